/**
 * What importing the files of another system gives: a policy, and a note for everything in them that is wrong, odd, or
 * has no counterpart here. Nothing is passed over in silence.
 *
 * @module
 */
import type { NamesInput, PolicyInput } from "../policy/input.ts";

/** A file to import. */
export interface ImportFile {
  /** As notes name it. */
  readonly name: string;
  /** What is in it. */
  readonly text: string;
}

/** Something in a file. */
export interface ImportNote {
  /**
   * `error`: the file is wrong, or a policy of the rest of it would allow what it refuses; there is no policy. `warning`: it
   * is odd. `lost`: it is sound, and says what a policy can't.
   */
  readonly severity: "error" | "warning" | "lost";
  /** The file it is about. */
  readonly file: string;
  /** Counted from 1; `null`: the file as a whole. */
  readonly line: number | null;
  /** In characters, counted from 1. */
  readonly column: number | null;
  /** The system's own error number (F-14), where it has one. */
  readonly code: number | null;
  /** What was done with it, or why it could not be. */
  readonly message: string;
}

/** What an import gave. */
export interface ImportReading {
  /** `null` when there is an error. */
  readonly policy: PolicyInput | null;
  /** By file, in the order of its lines. */
  readonly notes: readonly ImportNote[];
}

/** What a file of names gave. */
export interface NamesReading {
  /** Without problems of their own ({@link resolveNames}); none at all when there is an error. */
  readonly names: NamesInput;
  /** In the order of the file's lines. */
  readonly notes: readonly ImportNote[];
}
