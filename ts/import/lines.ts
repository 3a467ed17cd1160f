/**
 * Lines of a file of names. A byte order mark and line ends of either kind mean nothing; the last line needs no end.
 *
 * @module
 */
import type { Notes } from "./notes.ts";

/** Lines that are read of a file. */
export const MAX_LINES = 1_048_576;

/** Characters of a line. */
export const MAX_LINE = 65_536;

/** A line, counted from 1. */
export interface Line {
  readonly text: string;
  readonly line: number;
}

/** The lines of a file. One that is too long is reported and left out. */
export function* linesOf(text: string, notes: Notes): Generator<Line> {
  let line = 0;
  for (let from = text.startsWith("\uFEFF") ? 1 : 0; from < text.length; ) {
    const feed = text.indexOf("\n", from);
    const end = feed < 0 ? text.length : feed;
    const content = text.slice(from, end > from && text[end - 1] === "\r" ? end - 1 : end);
    from = end + 1;
    if (++line > MAX_LINES) {
      notes.error({ line, column: 1 }, null, `more than ${MAX_LINES} lines; the rest is not read`);
      return;
    }
    if (content.length <= MAX_LINE) yield { text: content, line };
    else notes.error({ line, column: MAX_LINE + 1 }, null, `longer than ${MAX_LINE} characters`);
  }
}
