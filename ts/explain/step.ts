/**
 * What is explained, and the parts that explanations are made of.
 *
 * @module
 */
import type { VerdictRow } from "../kernel.ts";
import { formatLabel, type Label, type Range } from "../label.ts";
import type { Packet, Span } from "../packet.ts";
import { type Policy, ripsoKey } from "../policy/model.ts";
import { formatPath, type Path } from "../policy/report.ts";
import type { Verdict } from "../verdict.ts";
import { wordingOf } from "../wording.ts";

/** A frame, what was read of it, and what was decided. */
export interface Explainable {
  readonly policy: Policy;
  readonly bytes: Uint8Array;
  /** The network device it came by, or `null`: not known. */
  readonly device: string | null;
  readonly packet: Packet;
  readonly row: VerdictRow;
  readonly verdict: Verdict;
  /** The partition that the verdict names, or the one that step 9 chose of a frame that is dropped later. */
  readonly chosen: number | null;
}

/** A step in the words of a pass. */
export interface Step {
  readonly title: string;
  readonly rule: string;
  readonly clause: string;
  readonly words: string;
  readonly span: Span | null;
  readonly path: string | null;
}

/** Puts a step together. */
export function step(title: string, rule: string, clause: string, words: string, span: Span | null, path: Path): Step {
  return { title, rule, clause, words, span, path: path.length === 0 ? null : formatPath(path) };
}

/** Where an address stands in the IP header. */
export function addressSpan({ ipVersion, ipOffset }: Packet, which: "src" | "dst"): Span {
  const [src, dst, length] = ipVersion === 4 ? [12, 16, 4] : [8, 24, 16];
  return { offset: ipOffset! + (which === "src" ? src : dst), length };
}

/** What the label came from: its option, or the sender's address. */
export function labelOctets({ verdict, packet }: Explainable): Span {
  return verdict.labelSource === "option" ? packet.labelSpan! : addressSpan(packet, "src");
}

/** The destination port, where the packet has one. */
export function portSpan({ dstPort, transport }: Packet): Span | null {
  return dstPort === null ? null : { offset: transport! + 2, length: 2 };
}

/** The lattice label that the packet's own option says; `null`: it has none, or none that the policy knows. */
export function carriedLabel({ packet: { label }, policy }: Explainable): Label | null {
  if (label === null || label.scheme !== "ripso") return label === null ? null : label.label;
  return policy.ripso.labels.get(ripsoKey(label.level, label.authorities)) ?? null;
}

/** `SECRET ALPHA`, or `null`: the policy has no words for the label. Labels in others' terms have none. */
export function labelWords(label: Label, { names, translations }: Policy): string | null {
  return translations.has(label.doi) ? null : wordingOf(label, names, false).text;
}

/** `5:0,2.4 (SECRET ALPHA) in DOI 16`, as far as the policy has words for it. */
export function labelText(label: Label, policy: Policy): string {
  const text = labelWords(label, policy);
  return `${formatLabel(label)}${text === null ? "" : ` (${text})`} in DOI ${label.doi}`;
}

/** What a template or an interface lets through. */
export function rangeText(range: Range | null, set: readonly Label[]): string {
  const parts = set.map(formatLabel);
  if (range !== null) parts.unshift(`${formatLabel(range.low)} to ${formatLabel(range.high)} in DOI ${range.low.doi}`);
  return parts.join(", ");
}
