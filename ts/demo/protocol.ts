/**
 * What the page asks of its worker, and what it hears. Everything here can be cloned between threads.
 *
 * @module
 */

import type { Count } from "../counts.ts";
import type { DecodeRecord } from "../decode.ts";
import type { Explanation } from "../explain/explanation.ts";
import type { Label } from "../label.ts";
import type { ReasonName } from "../reason.ts";
import type { Moved, Shift } from "./moves.ts";

/** A partition of the policy. Frames are in rooms by its index; the room behind the last is that of the drops. */
export interface RoomView {
  readonly name: string;
  readonly label: Label;
  /** `SECRET ALPHA`, or `5:0` where the policy has no words for it. */
  readonly text: string;
  /** `8080/tcp`: where it takes other labels than its own. */
  readonly multilevel: readonly string[];
}

/** A label that the policy names, and what for: `audit`, `net0 up to`. */
export interface LabelUse {
  readonly label: Label;
  readonly text: string;
  readonly uses: readonly string[];
}

/** What the page shows of a policy in force. */
export interface PolicyView {
  readonly rooms: readonly RoomView[];
  readonly labels: readonly LabelUse[];
}

/** How many frames are in each room, and why others are in none. */
export interface Census {
  readonly frames: number;
  readonly bytes: number;
  readonly delivered: Count;
  readonly dropped: Count;
  /** By room; copies of broadcasts and multicasts are counted in each. */
  readonly rooms: readonly Count[];
  /** The most frequent first. */
  readonly reasons: readonly { readonly name: ReasonName; readonly count: Count }[];
}

/** A capture that was judged. */
export interface CaptureView {
  readonly name: string;
  /** Octets. */
  readonly size: number;
  /** Why it can't be read further; `null`: it was read to its end. */
  readonly error: string | null;
  /** Milliseconds that the reading and judging took. */
  readonly took: number;
}

/** One wrong or odd thing of a policy, and the characters it is about. */
export interface PolicyNote {
  readonly kind: "error" | "warning";
  /** `12:5`. */
  readonly position: string;
  readonly path: string;
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

/** Frames that changed rooms alike, and why. */
export interface Move extends Moved {
  /** What decides about the first of them now: the last step, and for a delivery the one that chose its partition. */
  readonly why: string;
}

/** What was asked to change a policy came to. */
export type PolicyOutcome =
  | { readonly accepted: false; readonly notes: readonly PolicyNote[] }
  | {
      readonly accepted: true;
      readonly notes: readonly PolicyNote[];
      readonly policy: PolicyView;
      readonly census: Census;
      readonly moved: number;
      /** The largest kinds; {@link Shift} is of all. */
      readonly moves: readonly Move[];
      readonly shifts: readonly Shift[];
    };

/** Which frames the list shows. */
export type Filter =
  | { readonly by: "all" }
  | { readonly by: "room"; readonly room: number }
  | { readonly by: "reason"; readonly reason: ReasonName };

/** A line of the list. */
export interface Row {
  /** Counted from 1. */
  readonly frame: number;
  /** Index, that of the drops included. */
  readonly room: number;
  readonly reason: ReasonName | null;
  readonly edited: boolean;
  readonly record: DecodeRecord;
  /** `5:0`, of the packet's own label. */
  readonly label: string | null;
}

/** Lines of the list, and how long it is. */
export interface Rows {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** A frame, looked at. */
export interface Inspection {
  readonly frame: number;
  readonly room: number;
  readonly bytes: Uint8Array;
  /** As it was captured, when it was edited since. */
  readonly original: Uint8Array | null;
  readonly record: DecodeRecord;
  readonly explanation: Explanation;
  /** The label it is judged by, in the policy's words where it has any. */
  readonly labelText: string | null;
}

/** Frames a second, and how they were measured. */
export interface Measure {
  readonly frames: number;
  readonly octets: number;
  /** Reading alone, with judging, with handing to sinks; nanoseconds a frame, medians. */
  readonly read: number;
  readonly judge: number;
  readonly deliver: number;
  /** The oracle in plain TypeScript on the first `oracleFrames` of the same frames. */
  readonly oracle: number;
  readonly oracleFrames: number;
  /** Millions of frames a second of each round that delivers, in their order. */
  readonly rounds: readonly number[];
}

/** A capture with everything that is known of it. */
export interface Opened {
  readonly capture: CaptureView;
  readonly policy: PolicyView;
  readonly notes: readonly PolicyNote[];
  readonly census: Census;
}

/** An edit: octets of a frame from now on; `null`: those captured. */
export interface Edit {
  readonly frame: number;
  readonly bytes: Uint8Array | null;
}

/** Every call, with what it takes and what it gives. */
export interface Calls {
  /** Judges a capture by a policy; when either is bad, nothing changes. */
  open(request: { capture: Blob; name: string; policy: string; edits: readonly Edit[] }): Opened;
  /** Judges the capture by another policy. */
  policy(request: { text: string }): PolicyOutcome;
  rows(request: { filter: Filter; first: number; count: number }): Rows;
  /** Where in the list a frame is, or the next behind it; the last where there is none behind. */
  find(request: { filter: Filter; frame: number }): { position: number; frame: number | null; total: number };
  inspect(request: { frame: number }): Inspection;
  edit(request: { edits: readonly Edit[] }): { census: Census; edited: readonly number[] };
  /** Rooms of the whole list in so many steps: the one that most frames of a step are in. */
  ticks(request: { filter: Filter; steps: number }): { total: number; rooms: Uint16Array<ArrayBuffer> };
  measure(request: Record<string, never>): Measure;
}

export type CallName = keyof Calls;
export type RequestOf<Name extends CallName> = Parameters<Calls[Name]>[0];
export type AnswerOf<Name extends CallName> = ReturnType<Calls[Name]>;

/** To the worker. */
export interface Asked {
  readonly id: number;
  readonly name: CallName;
  readonly request: unknown;
}

/** From the worker: an answer, a refusal in words, or how far a long call has come. */
export type Said =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly refusal: string }
  | { readonly id: number; readonly progress: number };
