/**
 * The oracle: labels and their lattice, on sets of categories.
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

/** The categories of each label that was asked for, worked out once. */
const sets = new WeakMap<Label, ReadonlySet<number>>();

function setOf(label: Label): ReadonlySet<number> {
  let set = sets.get(label);
  if (set === undefined) {
    const categories = new Set<number>();
    for (const [first, last] of label.categories) {
      for (let category = first; category <= last; category++) categories.add(category);
    }
    sets.set(label, categories);
    set = categories;
  }
  return set;
}

function contains(outer: ReadonlySet<number>, inner: ReadonlySet<number>): boolean {
  for (const category of inner) {
    if (!outer.has(category)) return false;
  }
  return true;
}

export function dominates(a: Label, b: Label): boolean {
  return a.doi === b.doi && a.level >= b.level && contains(setOf(a), setOf(b));
}

export function equal(a: Label, b: Label): boolean {
  return dominates(a, b) && dominates(b, a);
}

export function within(label: Label, range: Range): boolean {
  return dominates(label, range.low) && dominates(range.high, label);
}
