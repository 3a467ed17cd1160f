/**
 * How one frame is decided, step by step: the rule, the clause, the octets and the policy's entry behind each. Made from
 * what the kernel read and decided; nothing is parsed here a second time.
 *
 * @module
 */
import * as codes from "../../assembly/reason.ts";
import type { Packet, Span } from "../packet.ts";
import { isWellFormed, REASONS } from "../reason.ts";
import type { Verdict } from "../verdict.ts";
import { explainHeader, explainLink, explainOption } from "./reading.ts";
import {
  explainAccreditation,
  explainDatagram,
  explainDestination,
  explainEffective,
  explainSender,
} from "./sender.ts";
import type { Explainable, Step } from "./step.ts";
import { explainBinding, explainPartition, explainRange } from "./taking.ts";

/** One step of the decision (docs/decision.md). */
export interface ExplainedStep {
  /** 1 to 11. */
  readonly step: number;
  /** What the step asks. */
  readonly title: string;
  /** `drop` is the last step there is. */
  readonly outcome: "pass" | "drop";
  /** Tag of the rule that decides. */
  readonly rule: string;
  /** The clause of a standard or the part of the policy that decides. */
  readonly clause: string;
  /** What it found, in a sentence. */
  readonly words: string;
  /** The octets of the frame that decide. */
  readonly span: Span | null;
  /** The entry of the policy that decides: `hosts["10.0.0.0/8"]`. */
  readonly path: string | null;
}

/** How a frame is decided. */
export interface Explanation {
  /** What was read of the frame, with the places of its headers. */
  readonly packet: Packet;
  /** What came of all steps. */
  readonly verdict: Verdict;
  /** From the first to the one that decides. */
  readonly steps: readonly ExplainedStep[];
}

const STEPS: readonly ((explained: Explainable) => Step)[] = [
  explainLink,
  explainHeader,
  explainOption,
  explainDestination,
  explainSender,
  explainEffective,
  explainAccreditation,
  explainDatagram,
  explainPartition,
  explainRange,
  explainBinding,
];

/** Explains a verdict by what was read of the frame. */
export function explainFrame(explained: Explainable): Explanation {
  const { packet, row, verdict } = explained;
  const last = row.reason === codes.OK ? STEPS.length : stepOf(row.reason, packet);
  return {
    packet,
    verdict,
    steps: STEPS.slice(0, last).map((explain, i) => {
      const step = explain(explained);
      if (row.reason !== codes.OK && i + 1 === last) return { step: last, ...dropped(step, explained) };
      return { step: i + 1, ...step, outcome: "pass" };
    }),
  };
}

// The step that drops: its reason in place of the words of a pass.
function dropped(step: Step, { row, bytes }: Explainable): Omit<ExplainedStep, "step"> {
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
  [codes.FRAG_LENGTH, 2],
  [codes.CIPSO_DOI_ZERO, 4],
  [codes.CIPSO_DOI_UNKNOWN, 4],
  [codes.CALIPSO_DOI_ZERO, 4],
  [codes.CALIPSO_DOI_UNKNOWN, 4],
  [codes.CALIPSO_CRC, 2],
]);

function inside(inner: Span, outer: Span): boolean {
  return inner.offset >= outer.offset && inner.offset + inner.length <= outer.offset + outer.length;
}

// The step that a reason belongs to; truncation can happen in three. Reasons of the policy name theirs.
function stepOf(reason: number, packet: Packet): number {
  if (reason === codes.IP_TRUNCATED) {
    if (isWellFormed(packet.status)) return 8;
    return packet.src === null || (packet.ipVersion === 4 && packet.transport === null) ? 2 : 3;
  }
  if (reason <= codes.NOT_IP) return 1;
  if (reason <= codes.IP_CHECKSUM) return 2;
  if (reason < codes.RIPSO_NOT_MAPPED) return 3;
  return Number(/^step (\d+)$/.exec(REASONS[reason]!.rule)![1]);
}
