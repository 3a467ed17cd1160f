/**
 * How one frame is decided, step by step: the rule, the clause, the octets and the policy's entry behind each. Made from
 * what the kernel read and decided; nothing is parsed here a second time.
 *
 * @module
 */
import * as codes from "../assembly/reason.ts";
import { compareAddresses, formatAddress, networkOf, unmapped } from "./address.ts";
import { type LabelRecord, packetLabelRecord } from "./decode.ts";
import type { VerdictRow } from "./kernel.ts";
import { equal, formatLabel, type Label, type Range } from "./label.ts";
import type { Packet, Span } from "./packet.ts";
import type { HostPrefix, Policy } from "./policy/model.ts";
import { PORT_PROTOCOLS } from "./policy/model.ts";
import { formatPorts, formatProtocol } from "./policy/ports.ts";
import { formatPath } from "./policy/report.ts";
import { isWellFormed, REASONS } from "./reason.ts";
import type { Verdict } from "./verdict.ts";

/** One step of the decision (docs/decision.md). */
export interface ExplainedStep {
  /** 1 to 11. */
  readonly step: number;
  readonly title: string;
  /** `drop` is the last step there is. */
  readonly outcome: "pass" | "drop";
  /** The rule's tag, for a drop. */
  readonly rule: string | null;
  /** The clause of a standard or the part of the policy that decides. */
  readonly clause: string;
  readonly words: string;
  /** The octets of the frame that decide. */
  readonly span: Span | null;
  /** The entry of the policy that decides: `hosts["10.0.0.0/8"]`. */
  readonly path: string | null;
}

/** How a frame is decided. */
export interface Explanation {
  readonly verdict: Verdict;
  /** From the first to the one that decides. */
  readonly steps: readonly ExplainedStep[];
}

type Step = Omit<ExplainedStep, "outcome" | "rule">;

/** What is explained: a frame, what was read of it, and what was decided. */
export interface Explainable {
  readonly policy: Policy;
  readonly bytes: Uint8Array;
  readonly packet: Packet;
  readonly row: VerdictRow;
  readonly verdict: Verdict;
}

/** Explains a verdict by what was read of the frame. */
export function explainFrame(explainable: Explainable): Explanation {
  const { packet, row, verdict } = explainable;
  const last = row.reason === codes.OK ? 11 : stepOf(row.reason, packet);
  const steps = new Explainer(explainable).steps(last);
  return {
    verdict,
    steps: steps.map((step, i) =>
      row.reason !== codes.OK && i + 1 === last
        ? dropStep(step, explainable)
        : { ...step, outcome: "pass", rule: null },
    ),
  };
}

// The step that drops: its reason in place of the words of a pass.
function dropStep(step: Step, { row, bytes }: Explainable): ExplainedStep {
  const { name, rule, sentence, clause } = REASONS[row.reason]!;
  const offset = row.blame!;
  const span = { offset, length: Math.min(BLAMED_OCTETS.get(row.reason) ?? 1, Math.max(bytes.length - offset, 0)) };
  const isPolicy = row.reason >= codes.RIPSO_NOT_MAPPED;
  const unknownDoi = row.reason === codes.CIPSO_DOI_UNKNOWN || row.reason === codes.CALIPSO_DOI_UNKNOWN;
  const detail = unknownDoi ? `DOI ${new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset)}` : step.words;
  return {
    ...step,
    outcome: "drop",
    rule,
    clause,
    words: `${name}: ${sentence}${detail === "" ? "" : ` (${detail})`}`,
    // What the policy objects to is a whole field; what is malformed is where the rule says.
    span: isPolicy && step.span !== null && inside(span, step.span) ? step.span : span.length === 0 ? null : span,
  };
}

// Octets that a malformed field has, where it is not one.
const BLAMED_OCTETS: ReadonlyMap<number, number> = new Map([
  [codes.IP_LENGTH, 2],
  [codes.IP_CHECKSUM, 2],
  [codes.CIPSO_DOI_ZERO, 4],
  [codes.CIPSO_DOI_UNKNOWN, 4],
  [codes.CALIPSO_DOI_ZERO, 4],
  [codes.CALIPSO_DOI_UNKNOWN, 4],
  [codes.CALIPSO_CRC, 2],
]);

function inside(inner: Span, outer: Span): boolean {
  return inner.offset >= outer.offset && inner.offset + inner.length <= outer.offset + outer.length;
}

// The step that a reason belongs to; truncation can happen in three.
function stepOf(reason: number, packet: Packet): number {
  if (reason === codes.IP_TRUNCATED) {
    if (isWellFormed(packet.status)) return 8;
    return packet.src === null || (packet.ipVersion === 4 && packet.transport === null) ? 2 : 3;
  }
  if (reason <= codes.NOT_IP) return 1;
  if (reason <= codes.IP_CHECKSUM) return 2;
  if (reason <= codes.RIPSO_NOT_MAPPED) return 3;
  const steps: [from: number, step: number][] = [
    [codes.NO_BINDING, 11],
    [codes.OUTSIDE_INTERFACE_RANGE, 10],
    [codes.NO_PARTITION, 9],
    [codes.FRAG_LABEL_MISSING, 8],
    [codes.SENDER_NOT_ACCREDITED, 7],
    [codes.LABEL_REQUIRED, 6],
    [codes.NO_TEMPLATE, 5],
  ];
  return steps.find(([from]) => reason >= from)?.[1] ?? 4;
}

class Explainer {
  readonly #policy: Policy;
  readonly #packet: Packet;
  readonly #row: VerdictRow;
  readonly #verdict: Verdict;

  constructor({ policy, packet, row, verdict }: Explainable) {
    this.#policy = policy;
    this.#packet = packet;
    this.#row = row;
    this.#verdict = verdict;
  }

  /** The steps up to `last`, each in the words of a pass. */
  steps(last: number): Step[] {
    const all = [
      () => this.#link(),
      () => this.#header(),
      () => this.#label(),
      () => this.#destination(),
      () => this.#sender(),
      () => this.#effective(),
      () => this.#accredited(),
      () => this.#ports(),
      () => this.#partition(),
      () => this.#range(),
      () => this.#binding(),
    ];
    return all.slice(0, last).map((step) => step());
  }

  #step(step: number, title: string, clause: string, words: string, span: Span | null = null, path = ""): Step {
    return { step, title, clause, words, span, path: path === "" ? null : path };
  }

  #link(): Step {
    const { vlan, ipVersion, ipOffset } = this.#packet;
    const tags = vlan.length === 0 ? "" : `VLAN ${vlan.join(", ")}, `;
    const words = ipOffset === null ? "" : `${tags}IPv${ipVersion} at octet ${ipOffset}`;
    const span = ipOffset === null || ipOffset === 0 ? null : { offset: 0, length: ipOffset };
    return this.#step(1, "link layer", "step 1", words, span);
  }

  #header(): Step {
    const { src, dst, ipOffset, ipVersion, transport } = this.#packet;
    const words = src === null || dst === null ? "" : `${formatAddress(src)} → ${formatAddress(dst)}`;
    const whole = ipVersion === 4 && transport !== null ? transport - ipOffset! : ipVersion === 4 ? 20 : 40;
    const span = { offset: ipOffset!, length: whole };
    return this.#step(2, "IP header", ipVersion === 4 ? "RFC 791 3.1" : "RFC 8200 3", words, span);
  }

  #label(): Step {
    const { label, labelSpan, status } = this.#packet;
    const words =
      label === null ? (isWellFormed(status) ? "no label option" : "") : recordText(packetLabelRecord(label));
    const clause =
      label?.scheme === "calipso" ? "RFC 5570 5.1" : label?.scheme === "ripso" ? "RFC 1108 2" : "CIPSO 2.2 3";
    return this.#step(3, "label option", label === null ? "step 3" : clause, words, labelSpan);
  }

  #destination(): Step {
    const { dst } = this.#packet;
    const path = this.#row.interface === null ? "" : formatPath(["interfaces", this.#row.interface]);
    const name = this.#row.interface === null ? "" : this.#policy.interfaces[this.#row.interface]!.name;
    const words = `${formatAddress(dst!)}${name === "" ? "" : ` on ${name}`}`;
    return this.#step(4, "destination", "policy: interfaces", words, this.#addressSpan("dst"), path);
  }

  #sender(): Step {
    const host = this.#host();
    const template =
      host === null ? "" : ` is in ${host.text}, template ${this.#policy.templates[host.template]!.name}`;
    const words = `${formatAddress(this.#packet.src!)}${template}`;
    const path = host === null ? "" : formatPath(["hosts", host.text]);
    return this.#step(5, "sender", "policy: hosts", words, this.#addressSpan("src"), path);
  }

  #effective(): Step {
    const { labelSource, label } = this.#verdict;
    const words = {
      option: () => `the option's: ${text(label!)}`,
      host: () => `the sender's by its template: ${text(label!)}`,
      exempt: () => "none: a control packet that needs none",
    };
    const said = labelSource === null ? "" : words[labelSource]();
    const span = this.#packet.labelSpan ?? this.#addressSpan("src");
    return this.#step(6, "effective label", "policy: templates", said, span, this.#templatePath());
  }

  #accredited(): Step {
    const template = this.#policy.templates[this.#row.template!]!;
    const { labelSource, label } = this.#verdict;
    const words =
      labelSource !== "option"
        ? "nothing to test: the label is not the packet's own"
        : template.type === "unlabelled"
          ? `${text(label!)} against the default label ${text(template.label)}`
          : `${text(label!)} against ${rangeText(template.range, template.set)}`;
    return this.#step(7, "accreditation", "policy: templates", words, this.#labelSpan(), this.#templatePath());
  }

  #ports(): Step {
    const { protocol, srcPort, dstPort, fragment, transport } = this.#packet;
    const ports = srcPort === null ? "" : ` ${srcPort} → ${dstPort}`;
    const part = fragment!.fragmented ? `, fragment ${fragment!.id} at ${fragment!.offset}` : "";
    const span = srcPort === null ? null : { offset: transport!, length: 4 };
    return this.#step(8, "ports and fragments", "Rule F", `${formatProtocol(protocol!)}${ports}${part}`, span);
  }

  #partition(): Step {
    const index = this.#row.chosen;
    const { label, labelSource } = this.#verdict;
    const said = label === null ? "" : text(label);
    if (index === null) return this.#step(9, "partition", "policy: partitions", said, this.#labelSpan());
    const { name } = this.#policy.partitions[index]!;
    if (labelSource === "exempt") {
      return this.#step(
        9,
        "partition",
        "policy: control",
        `${name}, the control partition`,
        this.#labelSpan(),
        "control",
      );
    }
    const port = this.#multilevelPort(index);
    if (port === null && label !== null && !equal(label, this.#policy.partitions[index]!.label)) {
      const path = formatPath(["partitions", index, "multilevelPorts"]);
      const words = `multilevel port of ${name}, which the first fragment named, for ${said}`;
      return this.#step(9, "partition", "policy: partitions", words, null, path);
    }
    if (port === null) {
      const path = formatPath(["partitions", index]);
      return this.#step(9, "partition", "policy: partitions", `${name} for ${said}`, this.#labelSpan(), path);
    }
    const ports = formatPorts(this.#policy.partitions[index]!.multilevelPorts[port]!);
    const path = formatPath(["partitions", index, "multilevelPorts", port]);
    const words = `multilevel port ${ports} of ${name}, for ${said}`;
    return this.#step(9, "partition", "policy: partitions", words, this.#portSpan(), path);
  }

  // Which of a partition's multilevel ports the packet came to.
  #multilevelPort(index: number): number | null {
    const { protocol, dstPort } = this.#packet;
    const ports = this.#policy.partitions[index]!.multilevelPorts;
    const found = ports.findIndex(
      (range) => dstPort !== null && range.protocol === protocol && range.first <= dstPort && dstPort <= range.last,
    );
    return found < 0 ? null : found;
  }

  #range(): Step {
    const clause = "policy: interfaces";
    if (this.#verdict.labelSource === "exempt") {
      return this.#step(10, "interface range", clause, "not asked of a control packet that needs no label");
    }
    const { range } = this.#policy.interfaces[this.#row.interface!]!;
    const words = range === null ? "the interface has no range" : rangeText(range, []);
    const path = formatPath(["interfaces", this.#row.interface!, ...(range === null ? [] : ["range"])]);
    return this.#step(10, "interface range", clause, words, this.#labelSpan(), path);
  }

  #binding(): Step {
    const { protocol, dstPort } = this.#packet;
    const { name, bindings } = this.#policy.partitions[this.#row.chosen!]!;
    const at = (bindings ?? []).findIndex((binding) => binding.name === this.#verdict.binding);
    const asked = `${PORT_PROTOCOLS.has(protocol!) && dstPort !== null ? `${dstPort}/` : ""}${formatProtocol(protocol!)}`;
    const bound = (bindings ?? []).map(
      (binding) => `${binding.name} ${binding.ports?.map(formatPorts).join(" ") ?? "the rest"}`,
    );
    const words =
      this.#verdict.partition === null
        ? `${asked}; ${name} binds ${bound.join(", ") || "nothing"}`
        : `${asked} → ${name}${at < 0 ? "" : `/${bindings![at]!.name}`}`;
    const path = formatPath(["partitions", this.#row.chosen!, ...(at < 0 ? [] : ["bindings", at])]);
    return this.#step(11, "binding", "policy: bindings", words, dstPort === null ? null : this.#portSpan(), path);
  }

  #portSpan(): Span {
    return { offset: this.#packet.transport! + 2, length: 2 };
  }

  // The prefix behind the template that was found.
  #host(): HostPrefix | null {
    if (this.#row.template === null) return null;
    const src = unmapped(this.#packet.src!); // F-05
    let best: HostPrefix | null = null;
    for (const host of this.#policy.hosts) {
      if (host.address.length !== src.length || host.prefix < (best?.prefix ?? 0)) continue;
      if (compareAddresses(networkOf({ address: src, length: host.prefix }), host.address) === 0) best = host;
    }
    return best;
  }

  #templatePath(): string {
    const name = this.#policy.templates[this.#row.template!]!.name;
    return formatPath(["templates", name]);
  }

  #addressSpan(which: "src" | "dst"): Span {
    const { ipVersion, ipOffset } = this.#packet;
    const [src, dst, length] = ipVersion === 4 ? [12, 16, 4] : [8, 24, 16];
    return { offset: ipOffset! + (which === "src" ? src : dst), length };
  }

  #labelSpan(): Span {
    return this.#verdict.labelSource === "option" ? this.#packet.labelSpan! : this.#addressSpan("src");
  }
}

function text(label: Label): string {
  return `${formatLabel(label)} in DOI ${label.doi}`;
}

function rangeText(range: Range | null, set: readonly Label[]): string {
  const parts = set.map(formatLabel);
  if (range !== null) parts.unshift(`${formatLabel(range.low)} to ${formatLabel(range.high)} in DOI ${range.low.doi}`);
  return parts.join(", ");
}

function recordText(record: LabelRecord): string {
  if (!("doi" in record)) return `RIPSO ${record.level} ${record.authorities.join("+") || "no authority"}`;
  const categories = record.categories === "" ? "" : `:${record.categories}`;
  return `${record.scheme?.toUpperCase()} ${record.level}${categories} in DOI ${record.doi}`;
}
