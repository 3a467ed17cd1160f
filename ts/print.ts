/**
 * Labels as text in a form of one's choice: the forms that ts/notation.ts reads. What is printed is read back as the same
 * label.
 *
 * @module
 */
import { categoriesOf, formatLabel, type Label } from "./label.ts";
import { type Names, NO_NAMES } from "./names.ts";
import { wordingOf } from "./wording.ts";

/**
 * `levels`: the canonical form, `5:0,2.4`. `selinux`: `s5:c0,c2.c4`. `hex`: `0x0005-08-b8`. `names`: `SECRET ALPHA`.
 * `short`: short names where there are any, `S A`.
 */
export type LabelForm = "levels" | "selinux" | "hex" | "names" | "short";

/** Octets of categories in the hexadecimal form (L-01), which calls them 8 words. */
const HEX_OCTETS = 32;

/**
 * Prints a label in a form. Its DOI is part of none. Names are exact, or there are none: nothing is printed that would be
 * read as another label.
 *
 * @param names whose words are used in the forms `names` and `short`: a policy's, or those of {@link resolveNames}
 * @throws {RangeError} the form has no text for this label; the message says why
 * @example
 * ```ts
 * import { formatLabelAs, parseLabel } from "labelgate";
 * const label = parseLabel("5:0,2.4", 16);
 * formatLabelAs(label, "selinux"); // "s5:c0,c2.c4"
 * formatLabelAs(label, "hex"); // "0x0005-08-b8"
 * ```
 */
export function formatLabelAs(label: Label, form: LabelForm, names: Names = NO_NAMES): string {
  switch (form) {
    case "levels":
      return formatLabel(label);
    case "selinux":
      return `s${formatLabel(label).replace(/(?<=[:,.])/g, "c")}`;
    case "hex":
      return formatHex(label);
    case "names":
    case "short": {
      const { text, why } = wordingOf(label, names, form === "short");
      if (text === null) throw new RangeError(`label ${formatLabel(label)} has no names: ${why}`);
      return text;
    }
    default:
      throw new RangeError(`form ${JSON.stringify(form)}: expected levels, selinux, hex, names or short`);
  }
}

// T-03: the level in 4 digits, the words in 2, octets without the zero ones at the end; bit 0 is the high one (L-01).
function formatHex(label: Label): string {
  const octets = new Uint8Array(HEX_OCTETS);
  const last = label.categories.at(-1)?.[1] ?? 0;
  if (last >= HEX_OCTETS * 8) {
    throw new RangeError(
      `label ${formatLabel(label)} has no hexadecimal form: category ${last} is above ${HEX_OCTETS * 8 - 1}`,
    );
  }
  for (const category of categoriesOf(label)) octets[category >> 3]! |= 0x80 >> (category & 7);
  const digits = (value: number, length: number): string => value.toString(16).padStart(length, "0");
  const categories = Array.from(octets, (octet) => digits(octet, 2)).join("");
  return `0x${digits(label.level, 4)}-${digits(HEX_OCTETS / 4, 2)}-${categories.replace(/(?:00)+$/, "")}`;
}
