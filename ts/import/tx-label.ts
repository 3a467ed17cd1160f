/**
 * Trusted Extensions' labels (L-01 to L-11) as text (T-01, T-02). They are this project's labels but for their bounds:
 * levels to 0x7fff, categories to 255.
 *
 * @module
 */
import { formatLabel, type Label, MAX_LEVEL, makeLabel } from "../label.ts";
import type { Names } from "../names.ts";
import { looksNumeric, parseLabel } from "../notation.ts";
import type { NamesInput } from "../policy/input.ts";
import { readNames } from "../policy/names.ts";
import { Report } from "../policy/report.ts";

/** Stands where labels of one DOI are compared, and none is named. */
const ONE_DOI = 1;

/** Bits of a label's categories (L-01). */
const CATEGORIES = 256;
/** Categories that a packet can show: what CIPSO tag 1 has room for (L-11). */
export const WIRE_CATEGORIES = 240;

/** L-02. */
export const ADMIN_LOW: Label = makeLabel(ONE_DOI, 0);
/** L-02. Above every level that a packet can show. */
export const ADMIN_HIGH: Label = labelOf(0x7fff, [[0, CATEGORIES - 1]]);

function labelOf(level: number, categories: Label["categories"]): Label {
  return { ...makeLabel(ONE_DOI, 0, categories), level };
}

/** What a text that is no label should have been. */
export const EXPECTED_LABEL =
  'expected ADMIN_LOW, ADMIN_HIGH, hexadecimal as 0x0002-08-08, or words that the base policy has in "names"';

/**
 * Reads a label: ADMIN_LOW, ADMIN_HIGH, hexadecimal, or names if there are any (T-05: those of label_encodings can't be
 * had from here). `null`: it is none.
 */
export function parseTxLabel(text: string, names: Names): Label | null {
  const bare = withoutBrackets(text);
  const upper = bare.slice(0, 16).toUpperCase();
  if (bare.length < 16 && upper === "ADMIN_LOW") return ADMIN_LOW;
  if (bare.length < 16 && upper === "ADMIN_HIGH") return ADMIN_HIGH;
  return looksNumeric(bare) ? parseHex(bare) : parseNames(bare, names);
}

// T-01: blanks around and one pair of brackets.
function withoutBrackets(text: string): string {
  const bare = text.trim();
  return bare.startsWith("[") && bare.endsWith("]") ? bare.slice(1, -1).trim() : bare;
}

// T-02: bit n is octet n/8, mask 0x80 >> n%8. Octets that are left out are 0; the words only have to be 8 at most.
function parseHex(text: string): Label | null {
  const match = /^0x([0-7][\da-f]{3})(?:-(0[0-8])-)?((?:[\da-f]{2}){0,32})$/i.exec(text);
  if (match === null) return null;
  const octets = match[3]!;
  const categories: [number, number][] = [];
  for (let bit = 0; bit < octets.length * 4; bit++) {
    const octet = Number.parseInt(octets.slice((bit >> 3) * 2, (bit >> 3) * 2 + 2), 16);
    if ((octet & (0x80 >> (bit & 7))) !== 0) categories.push([bit, bit]);
  }
  return labelOf(Number.parseInt(match[1]!, 16), categories);
}

function parseNames(text: string, names: Names): Label | null {
  try {
    const label = parseLabel(text, ONE_DOI, names);
    return (label.categories.at(-1)?.[1] ?? 0) < CATEGORIES ? label : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The names of a policy, as far as they are any; what is wrong with them is said where the policy is read. */
export function namesOf(input: NamesInput | undefined): Names {
  return readNames(input, new Report());
}

/** Why no packet can show a label (F-24, L-11), or `null`: one can. */
export function whyNotShown({ level, categories }: Label): string | null {
  const highest = categories.at(-1)?.[1] ?? 0;
  if (level > MAX_LEVEL) return `level ${level} is above ${MAX_LEVEL}, the highest that a packet can show`;
  if (highest < WIRE_CATEGORIES) return null;
  return `category ${highest} is above ${WIRE_CATEGORIES - 1}, the highest that a packet can show`;
}

/** A label for a policy. A level that no packet can show stands as the highest that one can. */
export function formatTxLabel(label: Label): string {
  return formatLabel({ ...label, level: Math.min(label.level, MAX_LEVEL) });
}
