/**
 * Trusted Extensions' label_encodings: names of classifications, which are levels, and of the words of sensitivity labels.
 * Words of information labels, clearances and printed pages stand in no packet, and are not read.
 *
 * @module
 */
import { isWithin } from "../given.ts";
import { MAX_LEVEL, makeLabel, meet, type Run } from "../label.ts";
import { SEPARATOR } from "../names.ts";
import { type Entry, entriesOf, fieldOf, type Section, type Statement, sectionsOf } from "./encodings-sections.ts";
import { type Called, NameTables } from "./name-tables.ts";
import { Notes, shown } from "./notes.ts";
import type { ImportFile, NamesReading } from "./reading.ts";

// Compartments are read before they have a DOI.
const ANY_DOI = 1;

/** The highest compartment (L-01). */
const MAX_COMPARTMENT = 255;

/** The highest classification of a label (L-01). */
const MAX_CLASSIFICATION = 0x7fff;

const OF_CLASSIFICATIONS = ["SNAME=", "ANAME=", "VALUE=", "INITIAL COMPARTMENTS=", "INITIAL MARKINGS="];

/** What keywords of a word say that a policy can't. */
const LOST_OF_WORDS: ReadonlyMap<string, string> = new Map([
  ["MINCLASS=", "a word goes with any level"],
  ["OMINCLASS=", "a word goes with any level"],
  ["MAXCLASS=", "a word goes with any level"],
  ["OMAXCLASS=", "a word goes with any level"],
  ["MARKINGS=", "labels have no markings"],
  ["FLAGS=", "words have no flags"],
  ["ACCESS RELATED", "words have no flags"],
]);

/** Entries with these are no words: they stand before or behind words. */
const AFFIXES = ["PREFIX", "SUFFIX"];

const OF_WORDS = ["SNAME=", "INAME=", "COMPARTMENTS=", "PREFIX=", "SUFFIX=", ...AFFIXES, ...LOST_OF_WORDS.keys()];

/**
 * Reads names from label_encodings.
 *
 * @example
 * ```ts
 * import { readLabelEncodings } from "labelgate";
 * const text = `VERSION= A SMALL FILE
 * CLASSIFICATIONS:
 * name= SECRET; sname= S; value= 5; initial compartments= 4-5;
 * SENSITIVITY LABELS:
 * WORDS:
 * name= ALPHA; compartments= 0 ~5; minclass= SECRET;
 * `;
 * const { names, notes } = readLabelEncodings({ name: "label_encodings", text });
 * names.levels; // { SECRET: { value: 5, short: "S", categories: "4,5" } }
 * names.words; // [{ name: "ALPHA", categories: "0,~5" }]
 * notes.map(({ line, severity }) => `${line} ${severity}`); // ["6 lost"]
 * ```
 */
export function readLabelEncodings(file: ImportFile): NamesReading {
  const notes = new Notes(file.name);
  const tables = new NameTables();
  for (const section of sectionsOf(file.text, notes)) {
    if (section.heading === "CLASSIFICATIONS:") readClassifications(section, tables, notes);
    else if (section.heading === "SENSITIVITY LABELS:") readSensitivityLabels(section, tables, notes);
    else if (section.heading === "ACCREDITATION RANGE:")
      loseEach(section.statements, "a policy has no accreditation range", notes);
    else if (section.statements.some(({ keyword }) => !keyword.endsWith(":"))) {
      notes.add("lost", section.place, null, `${section.heading} is not read: names are those of SENSITIVITY LABELS:`);
    }
  }
  const names = tables.toNames(notes);
  return { names, notes: notes.list() };
}

function loseEach(statements: readonly Statement[], why: string, notes: Notes): void {
  for (const statement of statements) {
    notes.add("lost", statement, null, `${shown(sayStatement(statement))}: ${why}`);
  }
}

function sayStatement({ keyword, value }: Statement): string {
  return `${keyword.toLowerCase()} ${value}`.trim();
}

function readClassifications({ statements }: Section, tables: NameTables, notes: Notes): void {
  const values = new Map<number, Entry>();
  for (const entry of entriesOf(statements, OF_CLASSIFICATIONS, notes)) {
    const called = calledOf(entry, "ANAME=", notes);
    for (const { keyword, value } of [{ keyword: "NAME=", value: entry.name }, ...[...entry.fields.values()].flat()]) {
      if (!/^[AS]?NAME=$/.test(keyword) || !/[/,]/.test(value)) continue;
      notes.error(entry.place, null, `${shown(value)}: the name of a classification has no "/" and no ","`);
    }
    loseEach(entry.fields.get("INITIAL MARKINGS=") ?? [], "labels have no markings", notes);
    const initial = bitsOf(fieldOf(entry, "INITIAL COMPARTMENTS=", notes), notes);
    if (initial.clears.length > 0) {
      const field = entry.fields.get("INITIAL COMPARTMENTS=")!.at(-1)!;
      notes.add("warning", field, null, "inverse compartments of a classification say nothing");
    }
    const field = fieldOf(entry, "VALUE=", notes);
    const value = /^\d+$/.test(field?.value ?? "") ? Number(field!.value) : -1;
    if (!isWithin(value, MAX_CLASSIFICATION)) {
      const found = field === undefined ? "nothing" : shown(field.value);
      notes.error(
        field ?? entry.place,
        null,
        `value= of ${shown(entry.name)}: expected 0 to ${MAX_LEVEL}, found ${found}`,
      );
      continue;
    }
    const other = values.get(value);
    if (other !== undefined) {
      notes.add("warning", field!, null, `${shown(other.name)} in line ${other.place.line} has the value ${value} too`);
    }
    values.set(value, other ?? entry);
    if (value <= MAX_LEVEL) tables.addLevel(called, value, initial.sets);
    else {
      const why = `its value is above ${MAX_LEVEL}, the highest that a packet can show (L-11)`;
      notes.add("lost", entry.place, null, `${shown(entry.name)} is left out: ${why}`);
    }
  }
}

// WORDS:, then REQUIRED COMBINATIONS: and COMBINATION CONSTRAINTS:, which have no counterpart.
function readSensitivityLabels({ place, statements }: Section, tables: NameTables, notes: Notes): void {
  const [first, ...more] = statements;
  if (first?.keyword !== "WORDS:") {
    notes.error(first ?? place, null, "SENSITIVITY LABELS: begins with WORDS:");
    return;
  }
  const end = more.findIndex(({ keyword }) => /^(?:REQUIRED COMBINATIONS|COMBINATION CONSTRAINTS):$/.test(keyword));
  readWords(end < 0 ? more : more.slice(0, end), tables, notes);
  const combinations = end < 0 ? [] : more.slice(end).filter(({ keyword }) => !keyword.endsWith(":"));
  loseEach(combinations, "a policy has no rules on what goes together in a label", notes);
}

function readWords(statements: readonly Statement[], tables: NameTables, notes: Notes): void {
  const affixes = new Map<string, boolean>(); // by name: whether it has compartments of its own
  for (const entry of entriesOf(statements, OF_WORDS, notes)) {
    const { place, name, fields } = entry;
    const called = calledOf(entry, "INAME=", notes);
    if (name.includes(",")) notes.error(place, null, `${shown(name)}: a word has no ","`);
    for (const [keyword, why] of LOST_OF_WORDS) loseEach(fields.get(keyword) ?? [], why, notes);
    const { sets, clears } = bitsOf(fieldOf(entry, "COMPARTMENTS=", notes), notes);
    const empty = sets.length + clears.length === 0;
    if (AFFIXES.some((keyword) => fields.has(keyword))) {
      affixes.set(affixKey(name), !empty);
      if (name !== SEPARATOR)
        notes.add("lost", place, null, `${shown(name)}: words are written without prefix and suffix`);
    } else if (needsNone(entry, affixes, notes)) {
      if (empty) notes.add("lost", place, null, `${shown(name)} is left out: it has no compartments`);
      else tables.addWord(called, sets, clears);
    }
  }
}

// Whether a word is the same without its prefix and suffix: one that has compartments says a part of what the word means.
function needsNone({ name, fields }: Entry, affixes: ReadonlyMap<string, boolean>, notes: Notes): boolean {
  const affixed = [...(fields.get("PREFIX=") ?? []), ...(fields.get("SUFFIX=") ?? [])].map((field) => {
    const compartments = affixes.get(affixKey(field.value));
    const what = shown(sayStatement(field));
    if (compartments === undefined) notes.error(field, null, `${what}: no prefix or suffix above has this name`);
    else if (compartments) notes.add("lost", field, null, `${shown(name)} is left out: its ${what} has compartments`);
    else if (field.value !== SEPARATOR) notes.add("lost", field, null, `${shown(name)} is written without its ${what}`);
    return compartments;
  });
  return affixed.every((compartments) => compartments === false);
}

function affixKey(name: string): string {
  return name.toUpperCase();
}

function calledOf(entry: Entry, further: string, notes: Notes): Called {
  return {
    place: entry.place,
    name: entry.name,
    short: fieldOf(entry, "SNAME=", notes)?.value,
    alternates: (entry.fields.get(further) ?? []).map(({ value }) => value),
  };
}

// `0 4-5 ~7`: compartments that are set, and with ~ cleared.
function bitsOf(
  field: Statement | undefined,
  notes: Notes,
): { readonly sets: readonly Run[]; readonly clears: readonly Run[] } {
  const [sets, clears]: [Run[], Run[]] = [[], []];
  for (const item of field === undefined || field.value === "" ? [] : field.value.split(" ")) {
    const match = /^(~?)(\d{1,3})(?:-(\d{1,3}))?$/.exec(item);
    const first = Number(match?.[2]);
    const last = match?.[3] === undefined ? first : Number(match[3]);
    if (match === null || last > MAX_COMPARTMENT || (match[3] !== undefined && first >= last)) {
      notes.error(
        field!,
        null,
        `${shown(item)}: expected a compartment, 0 to ${MAX_COMPARTMENT}, or a range 4-5; ~ before inverse ones`,
      );
    } else (match[1] === "~" ? clears : sets).push([first, last]);
  }
  const [set, cleared] = [makeLabel(ANY_DOI, 0, sets), makeLabel(ANY_DOI, 0, clears)];
  const both = meet(set, cleared)!.categories[0];
  if (both === undefined) return { sets: set.categories, clears: cleared.categories };
  notes.error(field!, null, `compartment ${both[0]} is set and cleared; leave out one of them`);
  return { sets: set.categories, clears: [] };
}
