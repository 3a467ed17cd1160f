/**
 * What an audit says: findings, and packets that bear them out.
 *
 * @module
 */
import type { FrameInput } from "../frames.ts";
import { formatPath, type Path } from "../policy/report.ts";
import type { ReasonName } from "../reason.ts";
import type { Target } from "../verdict.ts";

/** The questions, in the order they are answered, as people ask them. */
export const QUESTIONS: Readonly<Record<Question, string>> = {
  separation: "Does a label reach two partitions?",
  labels: "Which labels does a partition receive?",
  partitions: "Can every partition and binding be reached?",
  templates: "Can every template and host prefix win?",
  unlabelled: "What can be reached without a label?",
};

/** A question of the audit. */
export type Question = "separation" | "labels" | "partitions" | "templates" | "unlabelled";

/**
 * `refuted`: it does not hold. `undecided`: a bound of the audit was met. `declared`: it would hold, but the policy says
 * otherwise. `proved`: it holds for every packet.
 */
export type Outcome = "refuted" | "undecided" | "declared" | "proved";

/** A frame and what becomes of it. */
export interface Witness {
  /** For `batchOf`: Ethernet, with the device it has to have come by where that matters. */
  readonly frame: FrameInput;
  /** The verdict on it. */
  readonly expected: Expected;
  /** Both in words. */
  readonly words: string;
}

/** Where a frame goes, or why it goes nowhere. */
export type Expected = (Target & { readonly copies: readonly Target[] }) | { readonly reason: ReasonName };

/** One answer. */
export interface Finding {
  /** What was asked. */
  readonly question: Question;
  /** What came of it. */
  readonly outcome: Outcome;
  /** The part of the policy it is about: `partitions[1].multilevelPorts[0]`. */
  readonly path: string;
  /** The answer, in a sentence. */
  readonly words: string;
  /** Packets that show it. One packet may show several findings: then it is the same object. */
  readonly packets: readonly Witness[];
}

/** Everything that was found. */
export interface Audit {
  /** By question, and in the order of the policy. */
  readonly findings: readonly Finding[];
  /** Packets that were left out because there are 10,000 (`MAX_PACKETS`) of them. */
  readonly omitted: number;
}

/** Packets of one audit; findings beyond have none. */
export const MAX_PACKETS = 10_000;

/** Items that are listed in the words of a finding before they are counted only. */
export const MAX_LISTED = 8;

/** Makes a finding; packets that were left out are `null`. */
export function finding(
  question: Question,
  outcome: Outcome,
  path: Path,
  words: string,
  packets: readonly (Witness | null)[] = [],
): Finding {
  const made = packets.filter((packet) => packet !== null);
  return { question, outcome, path: formatPath(path), words, packets: made };
}

/** `a, b and c`; of many the first, and how many there are more. */
export function listed(items: readonly string[], conjunction = "and"): string {
  if (items.length <= 1) return items[0] ?? "";
  if (items.length <= MAX_LISTED) return `${items.slice(0, -1).join(", ")} ${conjunction} ${items.at(-1)}`;
  return `${items.slice(0, MAX_LISTED).join(", ")} and ${items.length - MAX_LISTED} more`;
}
