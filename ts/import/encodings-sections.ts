/**
 * Sections and entries of Trusted Extensions' label_encodings. Keywords are case-free and end in `=` or `:`; a value ends at
 * `;` or with its line; `*` where a keyword may stand begins a comment. An entry begins with `name=`.
 *
 * @module
 */
import { linesOf } from "./lines.ts";
import { type Notes, type Place, shown } from "./notes.ts";

/** A keyword as written in capitals, `VALUE=` or `WORDS:`, and its value. */
export interface Statement extends Place {
  readonly keyword: string;
  readonly value: string;
}

export interface Section {
  readonly heading: string;
  readonly place: Place;
  readonly statements: readonly Statement[];
}

/** What stands from one `name=` to the next. */
export interface Entry {
  readonly place: Place;
  readonly name: string;
  /** By keyword, in the order written. */
  readonly fields: ReadonlyMap<string, readonly Statement[]>;
}

const VERSION = "VERSION=";

/** Headings in the order they have to be in. */
const HEADINGS: readonly string[] = [
  "CLASSIFICATIONS:",
  "INFORMATION LABELS:",
  "SENSITIVITY LABELS:",
  "CLEARANCES:",
  "CHANNELS:",
  "PRINTER BANNERS:",
  "ACCREDITATION RANGE:",
  "NAME INFORMATION LABELS:",
  "LOCAL DEFINITIONS:",
];

/** Those that names are read from. */
const NEEDED: readonly string[] = ["CLASSIFICATIONS:", "SENSITIVITY LABELS:"];

/** The sections of a file; what is out of place is reported. */
export function sectionsOf(text: string, notes: Notes): Section[] {
  const sections: (Omit<Section, "statements"> & { readonly statements: Statement[] })[] = [];
  let versions = 0;
  for (const statement of statementsOf(text, notes)) {
    const order = HEADINGS.indexOf(statement.keyword);
    const current = sections.at(-1);
    if (versions === 0) {
      versions++;
      if (statement.keyword === VERSION) continue;
      notes.error(statement, null, "the file begins without VERSION=");
    }
    if (order >= 0) {
      if (current !== undefined && HEADINGS.indexOf(current.heading) >= order) {
        notes.error(statement, null, `${statement.keyword} stands behind ${current.heading}, where it can't be`);
      }
      sections.push({ heading: statement.keyword, place: statement, statements: [] });
    } else if (current !== undefined) current.statements.push(statement);
    else notes.error(statement, null, `${shown(statement.keyword)} in no section: expected ${HEADINGS[0]}`);
  }
  for (const heading of NEEDED) {
    if (!sections.some((section) => section.heading === heading)) notes.error(null, null, `there is no ${heading}`);
  }
  return sections;
}

function* statementsOf(text: string, notes: Notes): Generator<Statement> {
  for (const { text: content, line } of linesOf(text, notes)) {
    for (let from = 0; from <= content.length; ) {
      const semicolon = content.indexOf(";", from);
      const end = semicolon < 0 ? content.length : semicolon;
      const raw = content.slice(from, end);
      const plain = raw.trim();
      if (plain.startsWith("*")) break;
      const column = from + 1 + raw.length - raw.trimStart().length;
      if (plain !== "") yield { ...partsOf(plain.replace(/\s+/g, " ")), line, column };
      from = end + 1;
    }
  }
}

function partsOf(plain: string): Pick<Statement, "keyword" | "value"> {
  const equals = plain.indexOf("=");
  if (equals < 0) return { keyword: plain.toUpperCase(), value: "" };
  return { keyword: plain.slice(0, equals + 1).toUpperCase(), value: plain.slice(equals + 1).trim() };
}

/** The entries of some statements, whose keywords are known. */
export function entriesOf(statements: readonly Statement[], known: readonly string[], notes: Notes): Entry[] {
  const entries: (Omit<Entry, "fields"> & { readonly fields: Map<string, Statement[]> })[] = [];
  let unnamed = false;
  for (const statement of statements) {
    const { keyword, value } = statement;
    const current = entries.at(-1);
    if (keyword === "NAME=") {
      unnamed = value === "";
      if (unnamed) notes.error(statement, null, "name= is empty");
      else entries.push({ place: statement, name: value, fields: new Map() });
    } else if (!known.includes(keyword)) {
      const expected = ["NAME=", ...known].join(", ").toLowerCase();
      notes.error(statement, null, `${shown(keyword.toLowerCase())} is no keyword here: expected ${expected}`);
    } else if (current === undefined && !unnamed) notes.error(statement, null, "an entry begins with name=");
    else if (current !== undefined && !unnamed) {
      const fields = current.fields.get(keyword);
      if (fields === undefined) current.fields.set(keyword, [statement]);
      else fields.push(statement);
    }
  }
  return entries;
}

/** The one field of an entry with a keyword; of several the last counts, as for the system itself. */
export function fieldOf({ fields }: Entry, keyword: string, notes: Notes): Statement | undefined {
  const [field, ...others] = [...(fields.get(keyword) ?? [])].reverse();
  for (const other of others) {
    notes.add("warning", other, null, `${keyword.toLowerCase()} is given again in line ${field!.line}, which counts`);
  }
  return field;
}
