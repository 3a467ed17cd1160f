/**
 * Labels as text. Four forms are read, and printed by ts/print.ts:
 *
 * | form | example | from |
 * |---|---|---|
 * | level:categories | `5:0,2.4` | ours; `a.b` is a run |
 * | SELinux | `s5:c0,c2.c4` | MLS level of a context |
 * | hexadecimal | `0x0005-08-b8`, `0x0005b8` | Trusted Extensions (T-02): level 4 digits, words 2, category octets |
 * | names | `SECRET ALPHA BRAVO` | the policy's own, in any case (ts/readings.ts) |
 *
 * @module
 */
import { isWithin } from "./given.ts";
import { type Label, MAX_CATEGORY, MAX_DOI, MAX_LEVEL, makeLabel, type Run } from "./label.ts";
import { type Names, NO_NAMES } from "./names.ts";
import { parseNames } from "./readings.ts";

/** Words of Trusted Extensions' hexadecimal form: it holds 256 categories at most (T-02). */
const MAX_HEX_WORDS = 8;

/** True when a text would be read as a number form, so that it can't be a name. */
export function looksNumeric(text: string): boolean {
  return /^(?:s?\d|\[?\s*0x)/i.test(text.trim());
}

/**
 * Reads a label in any of the four forms.
 *
 * @param doi DOI of the label; no form holds one
 * @param names the words that may stand for it: a policy's, or those of {@link resolveNames}
 * @throws {RangeError} the text is no label, or its words may mean either of two; the message says what it should be
 * @example
 * ```ts
 * import { formatLabel, parseLabel } from "labelgate";
 * formatLabel(parseLabel("s5:c0,c2.c4", 16)); // "5:0,2.4"
 * ```
 */
export function parseLabel(text: string, doi: number, names: Names = NO_NAMES): Label {
  const trimmed = text.trim();
  const hex = withoutBrackets(trimmed);
  if (/^0x/i.test(hex)) return parseHexLabel(hex, doi);
  const mls = /^(s?)(\d+)(?::(.*))?$/i.exec(trimmed);
  if (mls !== null) return makeLabel(doi, parseLevel(mls[2]!), parseCategories(mls[3] ?? "", mls[1] === "" ? "" : "c"));
  return parseNames(trimmed, doi, names);
}

// T-01: of the hexadecimal form one pair of brackets does not count. Names keep theirs: they may be part of one.
function withoutBrackets(text: string): string {
  return text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1).trim() : text;
}

/**
 * Reads a DOI: a decimal number, or the four octets of RFC 5570's registry (`0:0:0:16`).
 *
 * @throws {RangeError} not a DOI, or 0
 */
export function parseDoi(text: string | number): number {
  if (typeof text === "number") return checkDoi(text, `${text}`);
  if (/^\d{1,10}$/.test(text)) return checkDoi(Number(text), text);
  const octets = text.split(":");
  if (octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)) {
    return checkDoi(
      octets.reduce((sum, octet) => sum * 256 + Number(octet), 0),
      text,
    );
  }
  throw new RangeError(`"${text}" is no DOI: expected 1 to ${MAX_DOI}, or four octets a:b:c:d`);
}

function checkDoi(doi: number, text: string): number {
  if (isWithin(doi, MAX_DOI, 1)) return doi;
  throw new RangeError(`DOI ${text}: expected 1 to ${MAX_DOI}${doi === 0 ? "; 0 is reserved" : ""}`);
}

function parseLevel(digits: string): number {
  const level = Number(digits);
  if (level <= MAX_LEVEL) return level;
  throw new RangeError(`level ${digits}: expected 0 to ${MAX_LEVEL}`);
}

/**
 * Reads categories: `0,2.4`. Items are `a` or `a.b`, each number with the prefix: "" or "c". SELinux refuses `c3.c3`: a run
 * needs two ends.
 *
 * @throws {RangeError} the text is no list of categories
 */
export function parseCategories(text: string, prefix: "" | "c" = ""): Run[] {
  if (text === "") return [];
  const item = new RegExp(`^${prefix}(\\d{1,5})(?:\\.${prefix}(\\d{1,5}))?$`, "i");
  return text.split(",").map((part) => {
    const match = item.exec(part);
    if (match === null) {
      throw new RangeError(`categories "${text}": expected ${prefix}a or ${prefix}a.${prefix}b, with commas between`);
    }
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (match[2] !== undefined && first >= last) {
      throw new RangeError(`category run "${part}": the first must be below the last`);
    }
    if (last > MAX_CATEGORY) throw new RangeError(`category ${last}: expected 0 to ${MAX_CATEGORY}`);
    return [first, last];
  });
}

// T-02: 0x, level in 4 digits, then "-", words in 2 digits, "-", or nothing, then category octets: bit 0 is the high
// bit of the first. Missing trailing octets are zero.
function parseHexLabel(text: string, doi: number): Label {
  const match = /^0x([\da-f]{4})(?:-([\da-f]{2})-)?((?:[\da-f]{2})*)$/i.exec(text);
  if (match === null) {
    throw new RangeError(`"${text}" is no label: expected 0x, four digits of level, -08-, whole octets of categories`);
  }
  const words = match[2] === undefined ? MAX_HEX_WORDS : Number.parseInt(match[2], 16);
  if (words > MAX_HEX_WORDS) throw new RangeError(`"${text}": at most ${MAX_HEX_WORDS} words of categories`);
  const octets = match[3]!;
  if (octets.length > words * 8) throw new RangeError(`"${text}": more category octets than ${words} words hold`);
  const level = parseLevel(`${Number.parseInt(match[1]!, 16)}`);
  const categories: number[] = [];
  for (let i = 0; i < octets.length / 2; i++) {
    const octet = Number.parseInt(octets.slice(i * 2, i * 2 + 2), 16);
    for (let bit = 0; bit < 8; bit++) if ((octet & (0x80 >> bit)) !== 0) categories.push(i * 8 + bit);
  }
  return makeLabel(doi, level, categories);
}
