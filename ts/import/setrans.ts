/**
 * SELinux's setrans.conf (mcstransd): the names of MLS and MCS labels. Before `Base=` an entry names a whole label; behind it
 * a level, with the categories it brings along; behind `ModifierGroup=` a word. `#` begins a comment anywhere.
 *
 * An inverse category (`~c3`) is cleared where `Default=` of the group has it, and says nothing elsewhere: so mcstransd
 * reads it.
 *
 * @module
 */
import { type Label, MAX_LEVEL, makeLabel, meet, type Run } from "../label.ts";
import { without } from "../names.ts";
import { parseCategories, parseLabel } from "../notation.ts";
import { linesOf } from "./lines.ts";
import { NameTables } from "./name-tables.ts";
import { Notes, type Place, shown } from "./notes.ts";
import type { ImportFile, NamesReading } from "./reading.ts";

/** What keywords of a group say that words of a policy can't. */
const OF_GROUPS: ReadonlyMap<string, string> = new Map([
  ["Whitespace", "words are separated by blanks alone"],
  ["Join", "words are joined by blanks alone"],
  ["Prefix", "words are written without a prefix"],
  ["Suffix", "words are written without a suffix"],
]);

const SAYS_NOTHING = "inverse categories count only in Default, others only outside of it";

/** A group of words and what its `Default=` has. */
interface Group {
  inverse: readonly Run[];
  hasWords: boolean;
}

const ANY_DOI = 1;

/**
 * Reads names from setrans.conf.
 *
 * @example
 * ```ts
 * import { readSetrans } from "labelgate";
 * const { names, notes } = readSetrans({ name: "setrans.conf", text: "s15:c0.c1023=SystemHigh\ns0-s15=Any\n" });
 * names; // { labels: { SystemHigh: "15:0.1023" } }
 * notes.map(({ line, severity }) => `${line} ${severity}`); // ["2 lost"]
 * ```
 */
export function readSetrans(file: ImportFile): NamesReading {
  const notes = new Notes(file.name);
  const tables = new NameTables();
  const reader = new Reader(tables, notes);
  for (const { text, line } of linesOf(file.text, notes)) reader.read(text, line);
  const names = tables.toNames(notes);
  return { names, notes: notes.list() };
}

class Reader {
  readonly #tables: NameTables;
  readonly #notes: Notes;
  #base = false;
  #group: Group | null = null;

  constructor(tables: NameTables, notes: Notes) {
    this.#tables = tables;
    this.#notes = notes;
  }

  read(text: string, line: number): void {
    const content = text.split("#", 1)[0]!;
    if (content.trim() === "") return;
    const place = { line, column: 1 + content.length - content.trimStart().length };
    const [, raw, operator, said] = /^([^=!>]*)([=!>])(.*)$/su.exec(content.trim()) ?? [];
    const [left, right] = [raw?.trim() ?? "", said?.trim() ?? ""];
    if (left === "" || right === "") {
      this.#error(
        place,
        `${shown(content.trim())}: expected a level and its name, s5:c0=Name, or a keyword and its value`,
      );
    } else if (operator === "=") this.#readEntry(left, right, place);
    else this.#readConstraint(left, right, place);
  }

  #error(place: Place, message: string): void {
    this.#notes.error(place, null, message);
  }

  #lost(place: Place, message: string): void {
    this.#notes.add("lost", place, null, message);
  }

  // What `run` gives; when it throws a RangeError, that is an error at the place.
  #attempt<T>(place: Place, run: () => T): T | null {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#error(place, error.message);
      return null;
    }
  }

  #readConstraint(left: string, right: string, place: Place): void {
    const sound = this.#attempt(place, () => {
      if (/^s\d+$/.test(left)) return parseCategories(right, "c");
      return [...parseCategories(left, "c"), ...parseCategories(right, "c")];
    });
    if (sound !== null) this.#lost(place, "a constraint: a policy has none on what goes together in a label");
  }

  #readEntry(key: string, value: string, place: Place): void {
    const group = this.#group;
    if (key === "Domain") {
      this.#group = null;
      this.#lost(place, "a domain: the names of all domains are one table");
    } else if (key === "Include") {
      this.#lost(place, `the file ${shown(value)} is not read; read it by itself`);
    } else if (key === "Base") {
      if (group !== null)
        this.#error(place, "Base behind ModifierGroup names no levels; put it before, or a Domain between");
      this.#group = null;
      this.#base = true;
    } else if (key === "ModifierGroup") {
      this.#group = { inverse: [], hasWords: false };
      this.#base = false;
      this.#lost(place, "a group: its words stand where any others may");
    } else if (key === "Default" || OF_GROUPS.has(key)) {
      if (group === null) this.#error(place, `${key} belongs to a group; put it behind ModifierGroup`);
      else if (key === "Default") this.#readDefault(group, value, place);
      else this.#lost(place, `${key}: ${OF_GROUPS.get(key)}`);
    } else if (group !== null) this.#readWord(group, key, value, place);
    else this.#readLevel(key, value, place);
  }

  #readDefault(group: Group, value: string, place: Place): void {
    if (group.hasWords) this.#error(place, "Default behind words of its group; put it before them");
    const runs = this.#attempt(place, () => parseCategories(value, "c"));
    if (runs !== null) group.inverse = makeLabel(ANY_DOI, 0, runs).categories;
  }

  #readWord(group: Group, key: string, name: string, place: Place): void {
    group.hasWords = true;
    if (name.includes("-")) this.#error(place, `${shown(name)}: a word of a group has no "-"`);
    const read = (inverse: boolean): Label =>
      makeLabel(
        ANY_DOI,
        0,
        key.split(",").flatMap((part) => {
          if (part === "" || part === "~")
            throw new RangeError(`${shown(key)}: expected c0 or ~c0, with commas between`);
          return part.startsWith("~") === inverse ? parseCategories(inverse ? part.slice(1) : part, "c") : [];
        }),
      );
    const items = this.#attempt(place, () => [read(false), read(true)] as const);
    if (items === null) return;
    const [sets, clears] = items;
    const both = meet(sets, clears)!.categories[0];
    if (both !== undefined) {
      this.#error(place, `c${both[0]} is set and cleared; leave one of them out`);
      return;
    }
    const inverse = makeLabel(ANY_DOI, 0, group.inverse);
    const effective = {
      sets: without(sets.categories, inverse.categories),
      clears: meet(clears, inverse)!.categories,
    };
    if (effective.sets.length + effective.clears.length === 0) {
      this.#lost(place, `${shown(name)} is left out: ${SAYS_NOTHING}`);
      return;
    }
    if (sizeOf(effective.sets) + sizeOf(effective.clears) < sizeOf(sets.categories) + sizeOf(clears.categories)) {
      this.#notes.add("warning", place, null, `${shown(name)}: some of its categories say nothing: ${SAYS_NOTHING}`);
    }
    this.#tables.addWord({ place, name }, effective.sets, effective.clears);
  }

  #readLevel(key: string, name: string, place: Place): void {
    const ends = key.split("-").map((end) => end.trim());
    if (ends.length > 2 || !ends.every((end) => /^s\d+(?::|$)/.test(end))) {
      this.#error(place, `${shown(key)} is no label: expected s5, s5:c0,c2.c4, or a keyword`);
      return;
    }
    const tall = ends.find((end) => Number(/\d+/.exec(end)![0]) > MAX_LEVEL);
    if (tall !== undefined) {
      this.#lost(
        place,
        `${shown(name)} is left out: its level is above ${MAX_LEVEL}, the highest that a packet can show`,
      );
      return;
    }
    const labels = this.#attempt(place, () => ends.map((end) => parseLabel(end, ANY_DOI)));
    if (labels === null) return;
    const [{ level, categories }] = labels as [Label];
    if (this.#base && labels.length > 1) this.#error(place, `${shown(key)}: Base names levels, not ranges`);
    else if (labels.length > 1) this.#lost(place, `${shown(name)} is left out: it names a range, and not a label`);
    else if (this.#base) this.#tables.addLevel({ place, name }, level, categories);
    else this.#tables.addLabel(place, name, level, categories);
  }
}

function sizeOf(runs: readonly Run[]): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
