/**
 * Sets of whole numbers as runs: ascending, disjoint, no two touch. Levels, categories, and ports of protocols are such
 * sets.
 *
 * @module
 */
import type { Run } from "../label.ts";

/** What is in both. */
export function meetRuns(a: readonly Run[], b: readonly Run[]): Run[] {
  const runs: Run[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [aFirst, aLast] = a[i]!;
    const [bFirst, bLast] = b[j]!;
    const first = Math.max(aFirst, bFirst);
    const last = Math.min(aLast, bLast);
    if (first <= last) runs.push([first, last]);
    if (aLast < bLast) i++;
    else j++;
  }
  return runs;
}

/** What is in the first only. */
export function lessRuns(a: readonly Run[], b: readonly Run[]): Run[] {
  const runs: Run[] = [];
  let j = 0;
  for (const [first, last] of a) {
    let from = first;
    while (j < b.length && b[j]![1] < from) j++;
    for (let k = j; k < b.length && b[k]![0] <= last; k++) {
      if (b[k]![0] > from) runs.push([from, b[k]![0] - 1]);
      from = b[k]![1] + 1;
    }
    if (from <= last) runs.push([from, last]);
  }
  return runs;
}

/** What is in either. The runs may stand in any order, overlap and touch. */
export function joinRuns(...sets: readonly (readonly Run[])[]): Run[] {
  const merged: [number, number][] = [];
  for (const [first, last] of sets.flat().sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** Whether the first holds all of the second. */
export function coversRuns(outer: readonly Run[], inner: readonly Run[]): boolean {
  let i = 0;
  return inner.every(([first, last]) => {
    while (i < outer.length && outer[i]![1] < first) i++;
    return i < outer.length && outer[i]![0] <= first && last <= outer[i]![1];
  });
}

/** How many numbers there are. */
export function sizeOfRuns(runs: readonly Run[]): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** The numbers that have a counterpart, by their counterparts. */
export function renumberRuns(runs: readonly Run[], counterparts: ReadonlyMap<number, number>): Run[] {
  const found: Run[] = [];
  for (const [from, to] of counterparts) {
    if (runs.some(([first, last]) => first <= from && from <= last)) found.push([to, to]);
  }
  return joinRuns(found);
}
