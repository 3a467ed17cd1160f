/**
 * What is found while a file is imported. Nothing stops at the first.
 *
 * @module
 */
import type { ImportNote } from "./reading.ts";

/** Notes that are kept of a file; of the rest it is said how many there are. */
export const MAX_NOTES = 10_000;

/** Characters of a file's own text that a message shows. */
const MAX_SHOWN = 60;

/** A place in a file, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

type Severity = ImportNote["severity"];

/** Text of a file in a message: short, and in quotes. */
export function shown(text: string): string {
  return JSON.stringify(text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`);
}

/** Collects the notes of a file. */
export class Notes {
  readonly #file: string;
  readonly #kept: ImportNote[] = [];
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0, lost: 0 };
  #numbered = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Errors so far, also those that were not kept. */
  get errors(): number {
    return this.#counts.error;
  }

  /** Those of them that have a number of the system's own: its reader would have refused the record. */
  get numbered(): number {
    return this.#numbered;
  }

  /** @param place `null`: the file as a whole */
  add(severity: Severity, place: Place | null, code: number | null, message: string): void {
    this.#counts[severity]++;
    if (severity === "error" && code !== null) this.#numbered++;
    if (this.#kept.length === MAX_NOTES) return;
    const { line, column } = place ?? { line: null, column: null };
    this.#kept.push({ severity, file: this.#file, line, column, code, message });
  }

  error(place: Place | null, code: number | null, message: string): void {
    this.add("error", place, code, message);
  }

  /** By line and column; what is about the file as a whole is last. */
  list(): ImportNote[] {
    const last = Number.POSITIVE_INFINITY;
    const notes = this.#kept.sort(
      (a, b) => order(a.line ?? last, b.line ?? last) || order(a.column ?? last, b.column ?? last),
    );
    const { error, warning, lost } = this.#counts;
    const more = error + warning + lost - notes.length;
    if (more === 0) return notes;
    const message = `${more} more of the same file are not listed; in all ${error} errors, ${warning} warnings, ${lost} lost`;
    const severity = error > 0 ? "error" : "warning";
    return [...notes, { severity, file: this.#file, line: null, column: null, code: null, message }];
  }
}

function order(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
