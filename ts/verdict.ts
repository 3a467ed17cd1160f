/**
 * The verdict on a frame, in words.
 *
 * @module
 */
import type { Label } from "./label.ts";
import type { ReasonName } from "./reason.ts";

/** Who gave a frame its label: the packet's option, its sender's host template, or nobody (an exempt control packet). */
export type LabelSource = "option" | "host" | "exempt";

/** What carried a label in a packet. */
export type LabelScheme = "cipso" | "calipso" | "ripso";

/** Where a frame is delivered. */
export interface Target {
  /** Its name. */
  readonly partition: string;
  /** `null`: the partition itself. */
  readonly binding: string | null;
}

/** What is decided about one frame. */
export interface Verdict {
  /** The partition it is delivered to; `null`: dropped. */
  readonly partition: string | null;
  /** The binding it is delivered to; `null`: the partition itself, or dropped. */
  readonly binding: string | null;
  /** Further partitions that get a copy of it: a broadcast or multicast goes to each that takes it. */
  readonly copies: readonly Target[];
  /** Why it is dropped; `null`: delivered. */
  readonly reason: ReasonName | null;
  /** The octet of the frame to blame for a drop. */
  readonly offset: number | null;
  /** The label it was judged by, as far as that was known: in our terms, when the policy maps its DOI (dois). */
  readonly label: Label | null;
  /** Who gave it the label; `null`: none was known. */
  readonly labelSource: LabelSource | null;
  /** What carried the label; `null` for one that the host template gave. */
  readonly labelScheme: LabelScheme | null;
}
