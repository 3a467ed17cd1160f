/**
 * Names that were found in a file, and what of them a policy can have: names that it could not read, or that would have two
 * meanings, are left out and reported.
 *
 * @module
 */
import { formatCategories, formatLabel, makeLabel, type Run } from "../label.ts";
import { nameKey } from "../names.ts";
import type { LevelNameInput, NamesInput, WordInput } from "../policy/input.ts";
import { readNames, whyNoName } from "../policy/names.ts";
import { Report } from "../policy/report.ts";
import { UNUSABLE_KEYS } from "../policy/schema.ts";
import { type Notes, type Place, shown } from "./notes.ts";

// Labels are compared before they have a DOI.
const ANY_DOI = 1;

/** What something is called, and where it says so. */
export interface Called {
  readonly place: Place;
  readonly name: string;
  readonly short?: string | undefined;
  readonly alternates?: readonly string[];
}

/** Something with names. */
interface Entry extends Called {
  /** Equal for what is the same, in numbers. */
  readonly meaning: string;
}

interface LevelEntry extends Entry {
  readonly value: number;
  readonly categories: string;
}

interface WordEntry extends Entry {
  readonly categories: string;
}

/** Collects the names of a file. */
export class NameTables {
  readonly #levels: LevelEntry[] = [];
  readonly #words: WordEntry[] = [];
  readonly #labels: Entry[] = [];

  addLevel(called: Called, value: number, runs: readonly Run[]): void {
    const { categories } = makeLabel(ANY_DOI, value, runs);
    const text = formatCategories(categories);
    this.#levels.push({ ...called, value, categories: text, meaning: `${value}:${text}` });
  }

  addWord(called: Called, sets: readonly Run[], clears: readonly Run[]): void {
    const items = (runs: readonly Run[]): string[] => {
      const text = formatCategories(makeLabel(ANY_DOI, 0, runs).categories);
      return text === "" ? [] : text.split(",");
    };
    const categories = [...items(sets), ...items(clears).map((item) => `~${item}`)].join(",");
    this.#words.push({ ...called, categories, meaning: categories });
  }

  addLabel(place: Place, name: string, level: number, runs: readonly Run[]): void {
    this.#labels.push({ place, name, meaning: formatLabel(makeLabel(ANY_DOI, level, runs)) });
  }

  /** The names as a policy has them: none when there is an error. */
  toNames(notes: Notes): NamesInput {
    const levels = usable(this.#levels, notes, true).map(({ entry, short, alternates }): [string, LevelNameInput] => [
      entry.name,
      {
        value: entry.value,
        ...(short === undefined ? {} : { short }),
        ...(alternates.length === 0 ? {} : { alternates }),
        ...(entry.categories === "" ? {} : { categories: entry.categories }),
      },
    ]);
    const words = usable(this.#words, notes, false).map(
      ({ entry, short, alternates }): WordInput => ({
        name: entry.name,
        ...(short === undefined ? {} : { short }),
        ...(alternates.length === 0 ? {} : { alternates }),
        categories: entry.categories,
      }),
    );
    const labels = usable(this.#labels, notes, true).map(({ entry }): [string, string] => [entry.name, entry.meaning]);
    const names: NamesInput = {
      ...(levels.length === 0 ? {} : { levels: Object.fromEntries(levels.map(plain)) }),
      ...(words.length === 0 ? {} : { words }),
      ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
    };
    if (levels.length + words.length + labels.length === 0 && notes.errors === 0) {
      notes.add("warning", null, null, "there is no name in it that a policy can have");
    }
    const report = new Report();
    readNames(names, report);
    for (const { path, message } of report.problems) notes.error(null, null, `${path}: ${message}`);
    return notes.errors > 0 ? {} : names;
  }
}

function plain([name, level]: [string, LevelNameInput]): [string, LevelNameInput | number] {
  return [name, Object.keys(level).length === 1 ? level.value : level];
}

/** Something with the names of it that a policy can have. */
interface Usable<T> {
  readonly entry: T;
  readonly short: string | undefined;
  readonly alternates: string[];
}

// What is called the same twice, and is the same, is one.
function usable<T extends Entry>(entries: readonly T[], notes: Notes, asKeys: boolean): Usable<T>[] {
  const meanings = new Map<string, Entry | null>(); // by name; `null`: there are two
  for (const entry of entries) {
    for (const name of namesOf(entry)) {
      const key = nameKey(name);
      const other = meanings.get(key);
      if (other === undefined) meanings.set(key, entry);
      else if (other !== null && other.meaning !== entry.meaning) meanings.set(key, null);
    }
  }
  const list: Usable<T>[] = [];
  const owners = new Map<string, Usable<T>>();
  for (const entry of entries) {
    const good = namesOf(entry).filter((name) => {
      const why =
        asKeys && name === entry.name && UNUSABLE_KEYS.includes(name) ? "can't be used as a key" : whyNoName(name);
      const twice = meanings.get(nameKey(name)) === null;
      if (why === null && !twice) return true;
      notes.add(
        "lost",
        entry.place,
        null,
        `the name ${shown(name)} is left out: ${why ?? "it has two meanings in this file"}`,
      );
      return false;
    });
    if (!good.includes(entry.name)) continue;
    const owner = owners.get(nameKey(entry.name)) ?? { entry, short: undefined, alternates: [] };
    const fresh = good.filter((name) => !owners.has(nameKey(name)) && nameKey(name) !== nameKey(entry.name));
    const item = owner.entry === entry ? { ...owner, short: fresh.find((name) => name === entry.short) } : owner;
    item.alternates.push(...fresh.filter((name) => name !== item.short));
    if (owner.entry === entry) list.push(item);
    for (const name of [entry.name, ...fresh]) owners.set(nameKey(name), item);
  }
  return list;
}

function namesOf({ name, short, alternates = [] }: Called): string[] {
  return [...new Set([name, ...(short === undefined ? [] : [short]), ...alternates])];
}
