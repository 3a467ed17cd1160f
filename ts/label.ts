/**
 * Security labels and their lattice, on plain numbers.
 *
 * A label is a DOI, a level (0–255) and a set of categories (0–65534). Labels are partially ordered by
 * {@link dominates}; labels of different DOIs never compare (RFC 5570 section 6.1, CIPSO 2.2 section 3).
 *
 * @module
 */
import { isWithin } from "./given.ts";

/** The highest category a label can name; 65535 is refused by CIPSO (C12). */
export const MAX_CATEGORY = 65534;
/** The highest level; every scheme has one octet for it. */
export const MAX_LEVEL = 255;
/** The highest DOI, an unsigned 32-bit number. 0 is reserved and never valid. */
export const MAX_DOI = 0xffff_ffff;

/** A run of consecutive categories, both ends included. */
export type Run = readonly [first: number, last: number];

/**
 * A label. `categories` is canonical: ascending, disjoint, and no two runs touch. Two labels are equal exactly when all
 * three parts are. Make one with {@link makeLabel} or {@link parseLabel}.
 */
export interface Label {
  /** Domain of interpretation, 1 to {@link MAX_DOI}. */
  readonly doi: number;
  /** Sensitivity level, 0 to {@link MAX_LEVEL}. */
  readonly level: number;
  /** Runs, ascending and apart. */
  readonly categories: readonly Run[];
}

/** A lattice interval: every label that dominates `low` and is dominated by `high`. */
export interface Range {
  /** The bottom. */
  readonly low: Label;
  /** The top, which dominates the bottom. */
  readonly high: Label;
}

/**
 * Makes a canonical label from categories in any order, single or as runs, repeated or overlapping.
 *
 * @throws {RangeError} a DOI, level or category outside its bounds, or a run whose first is above its last
 * @example
 * ```ts
 * import { formatLabel, makeLabel } from "labelgate";
 * formatLabel(makeLabel(16, 5, [4, 0, [2, 3]])); // "5:0,2.4"
 * ```
 */
export function makeLabel(doi: number, level: number, categories: Iterable<number | Run> = []): Label {
  if (!isWithin(doi, MAX_DOI, 1)) throw new RangeError(`DOI ${doi}: expected 1 to ${MAX_DOI}`);
  if (!isWithin(level, MAX_LEVEL)) throw new RangeError(`level ${level}: expected 0 to ${MAX_LEVEL}`);
  const runs: Run[] = [];
  for (const item of categories) {
    const run: Run = typeof item === "number" ? [item, item] : item;
    if (!isWithin(run[0], MAX_CATEGORY) || !isWithin(run[1], MAX_CATEGORY)) {
      throw new RangeError(`category ${run[0]}–${run[1]}: expected 0 to ${MAX_CATEGORY}`);
    }
    if (run[0] > run[1]) throw new RangeError(`category run ${run[0]}–${run[1]}: first is above last`);
    runs.push(run);
  }
  return { doi, level, categories: mergeRuns(runs) };
}

/** True when both are the same point of the lattice. */
export function equal(a: Label, b: Label): boolean {
  return a.doi === b.doi && a.level === b.level && sameRuns(a.categories, b.categories);
}

/** True when `a` has the DOI of `b`, at least its level, and all its categories. Reflexive; false across DOIs. */
export function dominates(a: Label, b: Label): boolean {
  return a.doi === b.doi && a.level >= b.level && covers(a.categories, b.categories);
}

/** True when `label` dominates `range.low` and `range.high` dominates `label`. */
export function within(label: Label, range: Range): boolean {
  return dominates(label, range.low) && dominates(range.high, label);
}

/** The lowest label that dominates both, or `null` across DOIs. */
export function join(a: Label, b: Label): Label | null {
  if (a.doi !== b.doi) return null;
  return { doi: a.doi, level: Math.max(a.level, b.level), categories: mergeRuns([...a.categories, ...b.categories]) };
}

/** The highest label that both dominate, or `null` across DOIs. */
export function meet(a: Label, b: Label): Label | null {
  if (a.doi !== b.doi) return null;
  const runs: Run[] = [];
  for (let i = 0, j = 0; i < a.categories.length && j < b.categories.length; ) {
    const [aFirst, aLast] = a.categories[i]!;
    const [bFirst, bLast] = b.categories[j]!;
    const first = Math.max(aFirst, bFirst);
    const last = Math.min(aLast, bLast);
    if (first <= last) runs.push([first, last]);
    if (aLast < bLast) i++;
    else j++;
  }
  return { doi: a.doi, level: Math.min(a.level, b.level), categories: runs };
}

/** Every category of the label, ascending. */
export function* categoriesOf(label: Label): Generator<number> {
  for (const [first, last] of label.categories) {
    for (let category = first; category <= last; category++) yield category;
  }
}

/** The categories as text: `0,2.4`. Runs of three or more are written `first.last`; the empty set is "". */
export function formatCategories(runs: readonly Run[]): string {
  return runs
    .map(([first, last]) => {
      if (first === last) return `${first}`;
      return last === first + 1 ? `${first},${last}` : `${first}.${last}`;
    })
    .join(",");
}

/** The one canonical text of a label: `5:0,2.4`, or `5` without categories. The DOI is not part of it. */
export function formatLabel(label: Label): string {
  return label.categories.length === 0 ? `${label.level}` : `${label.level}:${formatCategories(label.categories)}`;
}

function mergeRuns(runs: readonly Run[]): Run[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...runs].sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

function sameRuns(a: readonly Run[], b: readonly Run[]): boolean {
  return a.length === b.length && a.every((run, i) => run[0] === b[i]![0] && run[1] === b[i]![1]);
}

function covers(outer: readonly Run[], inner: readonly Run[]): boolean {
  let i = 0;
  return inner.every(([first, last]) => {
    while (i < outer.length && outer[i]![1] < first) i++;
    return i < outer.length && outer[i]![0] <= first && last <= outer[i]![1];
  });
}
