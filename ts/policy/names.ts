/**
 * Reads the names of a policy, each checked for what it is: a name that is seen, that no number form is written like, and
 * that stands for one thing.
 *
 * @module
 */
import { PolicyError } from "../errors.ts";
import { isWithin } from "../given.ts";
import { MAX_CATEGORY, MAX_LEVEL, makeLabel, meet, type Run } from "../label.ts";
import {
  type LabelName,
  type LevelName,
  MAX_LEVEL_VARIANTS,
  MAX_NAME_WORDS,
  MAX_WORD_CATEGORIES,
  makeNames,
  type Names,
  nameKey,
  SEPARATOR,
  type Word,
} from "../names.ts";
import { looksNumeric, parseCategories, parseLabel } from "../notation.ts";
import type { NamesInput } from "./input.ts";
import { listOf, type Path, Report, recordOf, textOf } from "./report.ts";
import { shapeProblems } from "./schema.ts";

/** Control and format characters: two names that look the same would be two. */
export const INVISIBLE: RegExp = /[\p{C}\p{Zl}\p{Zp}]/u;

// Categories and labels are read before they have a DOI.
const ANY_DOI = 1;

/**
 * Reads names, for {@link parseLabel} and {@link formatLabelAs} without a policy.
 *
 * @throws {PolicyError} with every problem
 * @example
 * ```ts
 * import { formatLabel, parseLabel, resolveNames } from "labelgate";
 * const names = resolveNames({ levels: { SECRET: 5 }, words: [{ name: "ALPHA", categories: "0,2.4" }] });
 * formatLabel(parseLabel("Secret Alpha", 16, names)); // "5:0,2.4"
 * ```
 */
export function resolveNames(input: NamesInput): Names {
  const report = new Report();
  const policy = { doi: ANY_DOI, names: input, interfaces: [], partitions: [], templates: {}, hosts: {} };
  for (const { path, message, value } of shapeProblems(policy)) report.add(path, message, value);
  const names = readNames(input, report);
  if (report.problems.length > 0) throw new PolicyError(report.problems);
  return names;
}

/** Reads `names` of a policy. What is of a wrong type was reported with the shape; it is passed over. */
export function readNames(input: unknown, report: Report): Names {
  const { levels, categories, words, labels } = recordOf(input);
  const names = makeNames(readLevels(levels, report), readWords(categories, words, report), readLabels(labels, report));
  for (const [value, variants] of names.variants) {
    if (variants.length <= MAX_LEVEL_VARIANTS) continue;
    report.add(["names", "levels"], `level ${value} has more than ${MAX_LEVEL_VARIANTS} sets of categories`);
  }
  const count = names.wordList.reduce((sum, { sets, clears }) => sum + sizeOf(sets) + sizeOf(clears), 0);
  if (count > MAX_WORD_CATEGORIES) {
    report.add(["names", "words"], `${count} categories in all: at most ${MAX_WORD_CATEGORIES}`);
  }
  return names;
}

function sizeOf(runs: readonly Run[]): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Why a text can't be a name, or `null`: it can. */
export function whyNoName(name: string): string | null {
  const key = nameKey(name);
  if (name.trim() === "") return "an empty name";
  if (INVISIBLE.test(name)) return "has a character that can't be seen";
  if (looksNumeric(name)) return `"${name}" would be read as a number; begin with a letter`;
  if (key.split(" ").length > MAX_NAME_WORDS) return `more than ${MAX_NAME_WORDS} words`;
  return key === SEPARATOR ? `"${SEPARATOR}" stands between level and words; it can't be a name` : null;
}

/** What names of one kind stand for. */
class Table<T> {
  readonly known = new Map<string, T>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  add(path: Path, name: unknown, meaning: T): void {
    if (typeof name !== "string") return;
    const why = whyNoName(name);
    const key = nameKey(name);
    const other = this.known.get(key);
    if (why !== null) this.#report.add(path, why);
    else if (other !== undefined && other !== meaning) this.#report.add(path, "the same name again, in other letters");
    this.known.set(key, meaning);
  }

  /** Adds what else a level or word is called. */
  addOthers(path: Path, { short, alternates }: Readonly<Record<string, unknown>>, meaning: T): void {
    this.add([...path, "short"], short, meaning);
    listOf(alternates).forEach((name, i) => {
      this.add([...path, "alternates", i], name, meaning);
    });
  }
}

function readLevels(input: unknown, report: Report): Map<string, LevelName> {
  const table = new Table<LevelName>(report);
  for (const [name, item] of Object.entries(recordOf(input))) {
    const path: Path = ["names", "levels", name];
    const plain = typeof item !== "object";
    const entry = recordOf(item);
    const value = plain ? item : entry.value;
    if (typeof value !== "number") continue;
    const level: LevelName = {
      name,
      short: textOf(entry.short) ?? null,
      value,
      categories: readCategories([...path, "categories"], entry.categories, report).sets,
    };
    table.add(path, name, level);
    table.addOthers(path, entry, level);
    if (!isWithin(value, MAX_LEVEL)) {
      report.add(plain ? path : [...path, "value"], `expected 0 to ${MAX_LEVEL}`, value);
    }
  }
  return table.known;
}

function readWords(categories: unknown, words: unknown, report: Report): Map<string, Word> {
  const table = new Table<Word>(report);
  for (const [name, value] of Object.entries(recordOf(categories))) {
    const path: Path = ["names", "categories", name];
    if (typeof value !== "number") continue;
    const known = isWithin(value, MAX_CATEGORY);
    table.add(path, name, { name, short: null, sets: known ? [[value, value]] : [], clears: [] });
    if (!known) report.add(path, `expected 0 to ${MAX_CATEGORY}`, value);
  }
  listOf(words).forEach((item, i) => {
    const path: Path = ["names", "words", i];
    const entry = recordOf(item);
    const name = textOf(entry.name);
    if (name === undefined) return;
    const at: Path = [...path, "categories"];
    const { sets, clears } = readCategories(at, entry.categories, report, true);
    if (textOf(entry.categories)?.trim() === "") report.add(at, "it stands for nothing; name a category");
    const word: Word = { name, short: textOf(entry.short) ?? null, sets, clears };
    table.add([...path, "name"], name, word);
    table.addOthers(path, entry, word);
  });
  return table.known;
}

// `0,2.4,~7`: what is set, and with `~`, where it may be, what is cleared.
function readCategories(
  path: Path,
  input: unknown,
  report: Report,
  inverse = false,
): { readonly sets: readonly Run[]; readonly clears: readonly Run[] } {
  const text = textOf(input)?.trim() ?? "";
  const read = (): [Run[], Run[]] => {
    const [sets, clears]: [Run[], Run[]] = [[], []];
    for (const part of text === "" ? [] : text.split(",")) {
      const cleared = part.startsWith("~");
      if (cleared && !inverse) throw new RangeError(`"${part}": a level clears no category; leave it out`);
      const runs = parseCategories(cleared ? part.slice(1) : part);
      if (runs.length === 0) throw new RangeError(`categories "${text}": expected a or a.b, with commas between`);
      (cleared ? clears : sets).push(...runs);
    }
    return [sets, clears];
  };
  const [sets, clears] = (report.attempt(path, text, read) ?? [[], []]).map((runs) => makeLabel(ANY_DOI, 0, runs)) as [
    ReturnType<typeof makeLabel>,
    ReturnType<typeof makeLabel>,
  ];
  const both = meet(sets, clears)!.categories[0];
  if (both !== undefined) report.add(path, `sets category ${both[0]} and clears it`, text);
  return { sets: sets.categories, clears: clears.categories };
}

function readLabels(input: unknown, report: Report): Map<string, LabelName> {
  const table = new Table<LabelName>(report);
  for (const [name, value] of Object.entries(recordOf(input))) {
    const path: Path = ["names", "labels", name];
    const text = textOf(value);
    if (text === undefined) continue;
    const numeric = looksNumeric(text);
    if (!numeric) report.add(path, `"${text}" is no label in numbers: expected one as 5:0,2.4, s5:c0 or 0x0005-08-80`);
    const label = numeric ? report.attempt(path, text, () => parseLabel(text, ANY_DOI)) : undefined;
    table.add(path, name, { name, level: label?.level ?? 0, categories: label?.categories ?? [] });
  }
  return table.known;
}
