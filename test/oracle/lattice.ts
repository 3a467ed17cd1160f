/**
 * The oracle: labels and their lattice, category by category.
 *
 * @module
 */
import type { Label, Range, Run } from "../../ts/label.ts";
import { type RipsoRule, ripsoKey } from "../../ts/policy/model.ts";
import type { ReadLabel } from "./reading.ts";

/** The end of step 3: `null` is RIPSO_NOT_MAPPED. */
export function latticeLabel(label: ReadLabel, rule: RipsoRule): Label | null {
  if (label.scheme !== "ripso") return { doi: label.doi, level: label.level, categories: runsOf(label.categories) };
  if (rule.mode !== "map") return null;
  return rule.labels.get(ripsoKey(label.level, label.authorities)) ?? null;
}

/** Not makeLabel: under profile linux a label can name category 65535. */
export function runsOf(categories: ReadonlySet<number>): Run[] {
  const runs: [first: number, last: number][] = [];
  for (const category of [...categories].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === category - 1) run[1] = category;
    else runs.push([category, category]);
  }
  return runs;
}

/** For each label that was asked for, worked out once: 1 at each of its categories. */
const marks = new WeakMap<Label, Uint8Array>();

function marksOf(label: Label): Uint8Array {
  let marked = marks.get(label);
  if (marked === undefined) {
    const [, highest] = label.categories.at(-1) ?? [0, -1];
    marked = new Uint8Array(highest + 1);
    for (const [first, last] of label.categories) {
      for (let category = first; category <= last; category++) marked[category] = 1;
    }
    marks.set(label, marked);
  }
  return marked;
}

function contains(outer: Label, inner: Label): boolean {
  const marked = marksOf(outer);
  for (const [first, last] of inner.categories) {
    for (let category = first; category <= last; category++) {
      if (marked[category] !== 1) return false;
    }
  }
  return true;
}

export function dominates(a: Label, b: Label): boolean {
  return a.doi === b.doi && a.level >= b.level && contains(a, b);
}

export function equal(a: Label, b: Label): boolean {
  return dominates(a, b) && dominates(b, a);
}

export function within(label: Label, range: Range): boolean {
  return dominates(label, range.low) && dominates(range.high, label);
}
