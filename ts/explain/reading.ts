/**
 * Steps 1 to 3 in words: what the frame says.
 *
 * @module
 */
import { formatAddress } from "../address.ts";
import { type LabelRecord, packetLabelRecord } from "../decode.ts";
import { isWellFormed } from "../reason.ts";
import { type Explainable, type Step, step } from "./step.ts";

export function explainLink({ packet: { vlan, ipVersion, ipOffset } }: Explainable): Step {
  const tags = vlan.length === 0 ? "" : `VLAN ${vlan.join(", ")}, `;
  const words = ipOffset === null ? "" : `${tags}IPv${ipVersion} at octet ${ipOffset}`;
  const span = ipOffset === null || ipOffset === 0 ? null : { offset: 0, length: ipOffset };
  return step("link layer", "L3", "step 1", words, span, []);
}

export function explainHeader({ packet: { src, dst, ipOffset, ipVersion, transport } }: Explainable): Step {
  const words = src === null || dst === null ? "" : `${formatAddress(src)} → ${formatAddress(dst)}`;
  const whole = ipVersion === 4 && transport !== null ? transport - ipOffset! : ipVersion === 4 ? 20 : 40;
  const span = { offset: ipOffset!, length: whole };
  return step(
    "IP header",
    ipVersion === 4 ? "O1" : "I1",
    ipVersion === 4 ? "RFC 791 3.1" : "RFC 8200 3",
    words,
    span,
    [],
  );
}

const LABEL_CLAUSES = {
  cipso: ["C1–C16", "CIPSO 2.2 3"],
  calipso: ["K1–K9", "RFC 5570 5.1"],
  ripso: ["R1–R10", "RFC 1108 2"],
} as const;

export function explainOption({ packet: { label, labelSpan, status } }: Explainable): Step {
  if (label === null) {
    return step("label option", "O3–O7", "step 3", isWellFormed(status) ? "no label option" : "", null, []);
  }
  const [rule, clause] = LABEL_CLAUSES[label.scheme];
  return step("label option", rule, clause, recordText(packetLabelRecord(label)), labelSpan, []);
}

function recordText(record: LabelRecord): string {
  if (!("doi" in record)) return `RIPSO ${record.level} ${record.authorities.join("+") || "no authority"}`;
  const categories = record.categories === "" ? "" : `:${record.categories}`;
  return `${record.scheme?.toUpperCase()} ${record.level}${categories} in DOI ${record.doi}`;
}
