/**
 * Which labels an option can carry: not every label of a range has room in 40 octets of IPv4 options.
 *
 * @module
 */
import { type Label, makeLabel, type Run } from "../label.ts";
import type { Profile } from "../policy/model.ts";
import type { Box } from "./boxes.ts";
import { coversRuns, joinRuns, lessRuns, meetRuns, sizeOfRuns } from "./runs.ts";

/** The version of IP. */
export type Version = 4 | 6;

/** CIPSO tag 1: a bitmap of 30 octets. */
export const MAX_BITMAP_CATEGORY = 239;
/** CIPSO tag 2: 30 octets, two for a category. */
export const MAX_ENUMERATED = 15;
/** CIPSO tag 5 (C11). */
export const MAX_RANGES = 7;
/** CALIPSO: 244 octets of bitmap. */
export const MAX_CALIPSO_CATEGORY = 1951;

/** How CIPSO carries categories: the number of its tag; `null`: it can't. */
export function cipsoTag(categories: readonly Run[], profile: Profile): 1 | 2 | 5 | null {
  if ((categories.at(-1)?.[1] ?? 0) <= MAX_BITMAP_CATEGORY) return 1;
  if (sizeOfRuns(categories) <= MAX_ENUMERATED) return 2;
  // Profile linux does not count ranges (C11): an eighth has room when it ends in category 0, which is left out.
  const most = profile === "linux" && categories[0]![0] === 0 ? MAX_RANGES + 1 : MAX_RANGES;
  return categories.length <= most ? 5 : null;
}

/** Whether an option of that version of IP can carry the categories. */
export function fits(categories: readonly Run[], version: Version, profile: Profile): boolean {
  if (version === 6) return (categories.at(-1)?.[1] ?? 0) <= MAX_CALIPSO_CATEGORY;
  return cipsoTag(categories, profile) !== null;
}

/**
 * Labels of a box that an option can carry: one at least if there is any, two at least if there are two. So a box without
 * one is refuted, and with two one that is not a given label is among them.
 */
export function* labelsThatFit(box: Box, version: Version, profile: Profile): Generator<Label> {
  const { doi, levels } = box;
  let first: readonly Run[] | null = null;
  for (const categories of categoriesThatMayFit(box, version, profile)) {
    if (!fits(categories, version, profile) || !coversRuns(box.may, categories)) continue;
    first ??= categories;
    yield makeLabel(doi, levels[0]![0], categories);
  }
  if (first === null) return;
  const second = levels[0]![0] < levels[0]![1] ? levels[0]![0] + 1 : levels[1]?.[0];
  if (second !== undefined) yield makeLabel(doi, second, first);
}

// Whatever fits as a bitmap or one by one, the smallest set does. As ranges, the one with the fewest does: `must` with its
// gaps filled where `may` has no gap; profile linux likes one that begins with 0. A second one that fits has one category
// more than these, the lowest or one beside a range, or a gap that need not be filled.
function* categoriesThatMayFit({ must, may }: Box, version: Version, profile: Profile): Generator<Run[]> {
  const smallest = [...must];
  yield smallest;
  const more = lessRuns(may, must);
  if (more.length > 0) yield withOne(smallest, more[0]![0]);
  if (version === 6) return;
  const hulls = may.flatMap((run): Run[] => {
    const inside = meetRuns(must, [run]);
    return inside.length === 0 ? [] : [[inside[0]![0], inside.at(-1)![1]]];
  });
  const bases = [hulls];
  if (profile === "linux" && hulls.length > 0 && may[0]![0] === 0) {
    bases.push(joinRuns(hulls, [[0, Math.min(may[0]![1], hulls[0]![1])]]));
  }
  for (const base of bases) {
    yield base;
    for (const [first, last] of base) {
      if (first > 0) yield withOne(base, first - 1);
      yield withOne(base, last + 1);
    }
    const filled = lessRuns(base, must);
    if (filled.length > 0) yield lessRuns(base, [filled[0]!]);
  }
}

function withOne(runs: readonly Run[], category: number): Run[] {
  return joinRuns(runs, [[category, category]]);
}
