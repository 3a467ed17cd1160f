/**
 * Lines and fields of Trusted Extensions' files: a record a line, `#` in column 1 begins a comment, a backslash takes the
 * next character for what it is.
 *
 * @module
 */
import type { Notes, Place } from "./notes.ts";
import { TX } from "./tx-errors.ts";

/** Records of a file; Trusted Extensions itself searches its lists one by one, and has no bound. */
export const MAX_RECORDS = 1_048_576;

/** Characters of a record. The system's own buffers hold a 32nd of it. */
export const MAX_RECORD = 65_536;

/** Octets of a name, one less than the system's array for it (F-10). */
export const MAX_TX_NAME = 63;

/** A part of a line as written, escapes and all, and where it starts. */
export interface Field extends Place {
  readonly raw: string;
}

const ESCAPE = "\\";
/** What C's isspace takes for white space. */
const BLANKS = " \t\v\f\r";

/**
 * The records of a file. Comments and blank lines are passed over; a byte order mark and line ends of either kind mean
 * nothing. A record that is too long or ends in the midst of an escape is reported (error 3) and left out.
 */
export function* recordsOf(text: string, notes: Notes): Generator<Field> {
  let count = 0;
  let line = 0;
  for (let from = text.startsWith("\uFEFF") ? 1 : 0; from < text.length; ) {
    const feed = text.indexOf("\n", from);
    const end = feed < 0 ? text.length : feed;
    const raw = text.slice(from, text[end - 1] === "\r" && end > from ? end - 1 : end);
    from = end + 1;
    line++;
    if (raw[0] === "#" || raw.trim() === "") continue;
    if (++count > MAX_RECORDS) {
      notes.error({ line, column: 1 }, null, `more than ${MAX_RECORDS} entries; the rest is not read`);
      return;
    }
    if (raw.length > MAX_RECORD) {
      notes.error({ line, column: MAX_RECORD + 1 }, TX.malformedEntry, `longer than ${MAX_RECORD} characters`);
    } else if (endsInEscape(raw)) {
      const place = { line, column: raw.length };
      notes.error(place, TX.malformedEntry, "the backslash at the end escapes nothing; leave it out or double it");
    } else yield { raw, line, column: 1 };
  }
  if (count === 0) notes.add("warning", null, TX.empty, "there is no entry in it");
}

function endsInEscape(raw: string): boolean {
  let start = raw.length;
  while (raw[start - 1] === ESCAPE) start--;
  return (raw.length - start) % 2 === 1;
}

/** A part of a field. */
export function partOf(field: Field, from: number, to: number = field.raw.length): Field {
  return { raw: field.raw.slice(from, to), line: field.line, column: field.column + from };
}

/** Where the first of `stops` stands unescaped, at or behind `from`; the length when it does not. */
export function endOf(raw: string, stops: string, from = 0): number {
  for (let i = from; i < raw.length; i++) {
    if (raw[i] === ESCAPE) i++;
    else if (stops.includes(raw[i]!)) return i;
  }
  return raw.length;
}

/** As {@link endOf}, and white space stops too (F-21). */
export function endOfWord(raw: string, stops: string, from = 0): number {
  return endOf(raw, stops + BLANKS, from);
}

/** The parts between unescaped delimiters. */
export function split(field: Field, delimiter: string): Field[] {
  const parts: Field[] = [];
  for (let from = 0; from <= field.raw.length; ) {
    const end = endOf(field.raw, delimiter, from);
    parts.push(partOf(field, from, end));
    from = end + 1;
  }
  return parts;
}

/** Without white space around it. */
export function trimmed(field: Field): Field {
  let from = 0;
  let to = field.raw.length;
  while (from < to && BLANKS.includes(field.raw[from]!)) from++;
  while (to > from && BLANKS.includes(field.raw[to - 1]!)) to--;
  return partOf(field, from, to);
}

/** What a field says: escaped characters stand for themselves. */
export function textOf({ raw }: Field): string {
  return raw.replace(/\\(.?)/gsu, "$1");
}

/** A number as C's strtol with base 0 reads it: decimal, `0x…`, or octal after a 0. `null`: not all of it is one. */
export function integerOf(text: string): number | null {
  if (/^0x[\da-f]{1,12}$/i.test(text) || /^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  return /^0[0-7]{1,16}$/.test(text) ? Number.parseInt(text, 8) : null;
}

const utf8 = new TextEncoder();

/** Whether a name is longer than the system can hold. */
export function isTooLong(name: string): boolean {
  return name.length > MAX_TX_NAME || utf8.encode(name).length > MAX_TX_NAME;
}
