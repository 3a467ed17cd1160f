/**
 * DOI mapping: labels of one DOI in the terms of another, there and back. `pass` keeps the numbers, `translate` has a
 * table for levels and one for categories; what a table does not name has no counterpart.
 *
 * @module
 */
import { isWithin } from "../given.ts";
import { categoriesOf, type Label, MAX_LEVEL, makeLabel } from "../label.ts";
import { categoryNamed, type Names, nameKey } from "../names.ts";
import { parseDoi } from "../notation.ts";
import { MAX_MAPPED_CATEGORY, type Translation } from "./model.ts";
import { type Path, type Report, recordOf, textOf } from "./report.ts";

/** The label in our terms, or `null`: its level or one of its categories has no counterpart. */
export function translate(label: Label, translations: ReadonlyMap<number, Translation>): Label | null {
  const translation = translations.get(label.doi);
  if (translation === undefined) return label;
  return renumber(label, translation.to, translation.levels, translation.categories);
}

/** The label in the terms of `doi`: {@link translate} gives it back. `null`: it has no counterpart there. */
export function untranslate(label: Label, doi: number, translations: ReadonlyMap<number, Translation>): Label | null {
  const translation = translations.get(doi);
  if ((translation?.to ?? doi) !== label.doi) return null;
  return renumber(label, doi, inverse(translation?.levels ?? null), inverse(translation?.categories ?? null));
}

function renumber(
  label: Label,
  doi: number,
  levels: ReadonlyMap<number, number> | null,
  categories: ReadonlyMap<number, number> | null,
): Label | null {
  if (levels === null || categories === null) return { ...label, doi };
  const level = levels.get(label.level);
  if (level === undefined || label.categories.some(([, last]) => last > MAX_MAPPED_CATEGORY)) return null;
  const counterparts: number[] = [];
  for (const category of categoriesOf(label)) {
    const counterpart = categories.get(category);
    if (counterpart === undefined) return null;
    counterparts.push(counterpart);
  }
  return makeLabel(doi, level, counterparts);
}

function inverse(map: ReadonlyMap<number, number> | null): ReadonlyMap<number, number> | null {
  return map && new Map([...map].map(([theirs, ours]) => [ours, theirs]));
}

/** Reads `dois`. `doi` is the policy's own; every DOI that is named goes to `known`. */
export function readTranslations(
  input: unknown,
  doi: number | undefined,
  names: Names,
  known: Set<number>,
  report: Report,
): Map<number, Translation> {
  const translations = new Map<number, Translation>();
  for (const [key, value] of Object.entries(recordOf(input))) {
    const path: Path = ["dois", key];
    const from = report.attempt(path, key, () => parseDoi(key));
    if (from === undefined) continue;
    if (translations.has(from)) report.add(path, "the same DOI again, written differently");
    known.add(from);
    const { mode, to: given, levels, categories } = recordOf(value);
    const to =
      typeof given === "number" || typeof given === "string"
        ? report.attempt([...path, "to"], given, () => parseDoi(given))
        : mode === "translate"
          ? doi
          : from;
    if (to === undefined) continue;
    known.add(to);
    if (mode !== "translate") {
      translations.set(from, { to, levels: null, categories: null });
      continue;
    }
    if (Object.keys(recordOf(levels)).length === 0) {
      report.add([...path, "levels"], "no level has a counterpart: every label of this DOI would be dropped");
    }
    translations.set(from, {
      to,
      levels: readLevels([...path, "levels"], levels, names, report),
      categories: readCategories([...path, "categories"], categories, names, report),
    });
  }
  return translations;
}

function readLevels(path: Path, input: unknown, names: Names, report: Report): Map<number, number> {
  const table = new Table(report);
  for (const [key, value] of Object.entries(recordOf(input))) {
    const at: Path = [...path, key];
    const theirs = /^\d{1,3}$/.test(key) ? Number(key) : -1;
    if (!isWithin(theirs, MAX_LEVEL)) report.add(at, `"${key}" is no level: expected 0 to ${MAX_LEVEL}`);
    const text = textOf(value);
    const ours = text === undefined ? value : (names.levels.get(nameKey(text))?.value ?? decimal(text));
    if (!isWithin(ours, MAX_LEVEL)) {
      if (text === undefined && typeof value !== "number") continue;
      report.add(at, `expected a level, 0 to ${MAX_LEVEL} or a name of names.levels`, value);
    } else if (isWithin(theirs, MAX_LEVEL)) table.add(at, theirs, ours);
  }
  return table.counterparts;
}

function readCategories(path: Path, input: unknown, names: Names, report: Report): Map<number, number> {
  const table = new Table(report);
  for (const [key, value] of Object.entries(recordOf(input))) {
    const at: Path = [...path, key];
    const theirs = runOf(key);
    if (theirs === null) {
      report.add(at, `"${key}": expected a category or a run a.b, 0 to ${MAX_MAPPED_CATEGORY}`);
    }
    const text = typeof value === "number" ? (Number.isInteger(value) ? `${value}` : "") : textOf(value);
    if (text === undefined) continue;
    const named = categoryNamed(names, text);
    const ours = runOf(named === undefined ? text : `${named}`);
    if (ours === null) {
      report.add(
        at,
        `expected a category, a run a.b or a name of names.categories, 0 to ${MAX_MAPPED_CATEGORY}`,
        value,
      );
    }
    if (theirs === null || ours === null) continue;
    if (theirs[1] - theirs[0] !== ours[1] - ours[0]) {
      report.add(at, `${theirs[1] - theirs[0] + 1} categories stand for ${ours[1] - ours[0] + 1}`, value);
      continue;
    }
    for (let i = 0; i <= theirs[1] - theirs[0]; i++) table.add(at, theirs[0] + i, ours[0] + i);
  }
  return table.counterparts;
}

/** A table that is one to one, so that it can be read both ways. */
class Table {
  readonly counterparts = new Map<number, number>();
  readonly #taken = new Map<number, number>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  add(path: Path, theirs: number, ours: number): void {
    const other = this.#taken.get(ours);
    if (this.counterparts.has(theirs)) this.#report.add(path, `${theirs} has a counterpart already`);
    else if (other !== undefined) this.#report.add(path, `${ours} is the counterpart of ${other} already`);
    this.counterparts.set(theirs, ours);
    this.#taken.set(ours, theirs);
  }
}

function decimal(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : -1;
}

function runOf(text: string): readonly [number, number] | null {
  const match = /^(\d{1,5})(?:\.(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  return first <= last && last <= MAX_MAPPED_CATEGORY ? [first, last] : null;
}
