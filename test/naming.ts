// Names of a small made-up organisation, and what tests of names do with names.
import * as assert from "uvu/assert";
import { PolicyError } from "../ts/errors.ts";
import { formatLabel } from "../ts/label.ts";
import type { Names } from "../ts/names.ts";
import { parseLabel } from "../ts/notation.ts";
import type { NamesInput } from "../ts/policy/input.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { formatLabelAs } from "../ts/print.ts";

/** A small organisation: a level that brings categories along, an inverse word, words of several categories. */
export const INPUT: NamesInput = {
  levels: {
    PUBLIC: 1,
    TOP: 3,
    CONFIDENTIAL: { value: 4, short: "C", alternates: ["CONF", "IN CONFIDENCE"], categories: "4.5,190.191" },
    SECRET: { value: 5, short: "S" },
    "TOP SECRET": { value: 6, short: "TS" },
  },
  categories: { ALPHA: 0, BRAVO: 1 },
  words: [
    { name: "NEED TO KNOW", short: "NTK", alternates: ["NEEDED"], categories: "1.2" },
    { name: "INTERNAL", categories: "1,~2" },
    { name: "RELEASED", short: "REL", categories: "~4.5" },
    { name: "SECRET", categories: "9" },
    { name: "EVERYTHING", categories: "0.2,9" },
  ],
  labels: { SystemHigh: "15:0.1023", "System Low": "s0", Night: "0x0005-08-80" },
};
export const NAMES: Names = resolveNames(INPUT);

/** The canonical text of a label in words. */
export const read = (text: string, names: Names = NAMES): string => formatLabel(parseLabel(text, 16, names));
/** The words for a label. */
export const printed = (label: string, form: "names" | "short" = "names", names: Names = NAMES): string =>
  formatLabelAs(parseLabel(label, 16), form, names);

/** The message of the RangeError that `run` throws; any other outcome fails. */
export function refusal(run: () => unknown): string {
  try {
    const value = run();
    return assert.unreachable(`accepted: ${JSON.stringify(value)}`) as never;
  } catch (error) {
    if (error instanceof assert.Assertion) throw error;
    assert.instance(error, RangeError);
    return (error as RangeError).message;
  }
}

/** What is wrong with some names, as `path: message`. */
export function problemsOf(input: unknown): string[] {
  try {
    resolveNames(input as NamesInput);
    return [];
  } catch (error) {
    assert.instance(error, PolicyError);
    return (error as PolicyError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
}
