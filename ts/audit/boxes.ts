/**
 * Sets of labels as intervals of the lattice. A box is every label of its DOI whose level is one of `levels` and whose
 * categories hold `must` and are held by `may`. A range is a box, and so is a single label, what two boxes share, and what
 * a DOI mapping makes of a box: tables are one to one.
 *
 * @module
 */
import { equal, formatLabel, type Label, type Range, type Run } from "../label.ts";
import type { Translation } from "../policy/model.ts";
import { coversRuns, joinRuns, meetRuns, renumberRuns, sizeOfRuns } from "./runs.ts";

/** Never empty: `levels` has one, and `may` holds `must`. */
export interface Box {
  readonly doi: number;
  readonly levels: readonly Run[];
  readonly must: readonly Run[];
  readonly may: readonly Run[];
}

/** Every label of a range. */
export function boxOf({ low, high }: Range): Box {
  return { doi: low.doi, levels: [[low.level, high.level]], must: low.categories, may: high.categories };
}

/** What two boxes share, or `null`: nothing. */
export function meetBoxes(a: Box, b: Box): Box | null {
  if (a.doi !== b.doi) return null;
  return boxUnlessEmpty({
    doi: a.doi,
    levels: meetRuns(a.levels, b.levels),
    must: joinRuns(a.must, b.must),
    may: meetRuns(a.may, b.may),
  });
}

/** Whether a label is in a box. */
export function boxHolds({ doi, levels, must, may }: Box, label: Label): boolean {
  return (
    doi === label.doi &&
    levels.some(([first, last]) => first <= label.level && label.level <= last) &&
    coversRuns(label.categories, must) &&
    coversRuns(may, label.categories)
  );
}

/** Whether every label of a box is in another. */
export function isBoxWithin(inner: Box, outer: Box): boolean {
  return (
    inner.doi === outer.doi &&
    coversRuns(outer.levels, inner.levels) &&
    coversRuns(inner.must, outer.must) &&
    coversRuns(outer.may, inner.may)
  );
}

/** The counterparts of a box, or `null`: no label of it has one. */
export function translateBox(box: Box, translations: ReadonlyMap<number, Translation>): Box | null {
  const translation = translations.get(box.doi);
  if (translation === undefined) return box;
  return renumberBox(box, translation.to, translation.levels, translation.categories);
}

/** The labels of a DOI whose counterparts are in the box, or `null`: none. */
export function untranslateBox(box: Box, doi: number, translations: ReadonlyMap<number, Translation>): Box | null {
  const translation = translations.get(doi);
  if ((translation?.to ?? doi) !== box.doi) return null;
  return renumberBox(box, doi, inverse(translation?.levels), inverse(translation?.categories));
}

function inverse(map: ReadonlyMap<number, number> | null | undefined): ReadonlyMap<number, number> | null {
  return map ? new Map([...map].map(([theirs, ours]) => [ours, theirs])) : null;
}

function renumberBox(
  box: Box,
  doi: number,
  levels: ReadonlyMap<number, number> | null,
  categories: ReadonlyMap<number, number> | null,
): Box | null {
  if (levels === null || categories === null) return { ...box, doi };
  const must = renumberRuns(box.must, categories);
  if (sizeOfRuns(must) < sizeOfRuns(box.must)) return null;
  return boxUnlessEmpty({
    doi,
    levels: renumberRuns(box.levels, levels),
    must,
    may: renumberRuns(box.may, categories),
  });
}

function boxUnlessEmpty(box: Box): Box | null {
  return box.levels.length === 0 || !coversRuns(box.may, box.must) ? null : box;
}

/** The box in words: `5:0 in DOI 16`, `1 to 5:0,1 in DOI 16`. */
export function formatBox({ doi, levels, must, may }: Box): string {
  const low: Label = { doi, level: levels[0]![0], categories: must };
  const high: Label = { doi, level: levels.at(-1)![1], categories: may };
  const span = equal(low, high) ? formatLabel(low) : `${formatLabel(low)} to ${formatLabel(high)}`;
  const gaps = levels.length === 1 ? "" : ` with level ${levels.map(formatLevels).join(", ")}`;
  return `${span}${gaps} in DOI ${doi}`;
}

function formatLevels([first, last]: Run): string {
  return first === last ? `${first}` : `${first}–${last}`;
}

/** A label with its DOI in words: `5:0 in DOI 16`. */
export function sayLabel(label: Label): string {
  return `${formatLabel(label)} in DOI ${label.doi}`;
}
