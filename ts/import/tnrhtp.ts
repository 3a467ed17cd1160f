/**
 * tnrhtp, the templates of remote hosts (F-10 to F-14): `name:key=value;key=value;…`
 *
 * @module
 */
import { dominates, equal, type Label, MAX_DOI, MAX_LEVEL } from "../label.ts";
import type { Names } from "../names.ts";
import { MAX_TEMPLATES } from "../policy/model.ts";
import { type Notes, type Place, shown } from "./notes.ts";
import {
  endOf,
  type Field,
  integerOf,
  isTooLong,
  MAX_TX_NAME,
  partOf,
  recordsOf,
  split,
  textOf,
  trimmed,
} from "./record.ts";
import { TX } from "./tx-errors.ts";
import { ADMIN_HIGH, EXPECTED_LABEL, formatTxLabel, parseTxLabel, whyNotShown } from "./tx-label.ts";

/** Labels of a template's set: the system's structure has four places (F-13, Q-11). */
export const MAX_SET = 4;

/** Characters of a name that the manual speaks of (F-10). */
const MANUAL_NAME = 31;

/** A template. */
export interface TxTemplate {
  readonly name: string;
  /** 0 can't be used; tnchkdb only warns (F-24). */
  readonly doi: number;
  readonly place: Place;
  readonly doiPlace: Place;
  readonly host: LabelledHost | UnlabelledHost;
}

interface LabelledHost {
  readonly type: "cipso";
  readonly min: Label;
  readonly max: Label;
  readonly set: readonly Label[];
}

/** The range and set of an unlabelled template are for it as a gateway, which has no counterpart (F-11). */
interface UnlabelledHost {
  readonly type: "unlabeled";
  readonly label: Label;
}

/** What a file holds. */
export interface TemplateReading {
  readonly templates: ReadonlyMap<string, TxTemplate>;
  /** Whether every record could be read: else a name that is not among the templates may be one (F-24). */
  readonly complete: boolean;
}

const KEYS = ["host_type", "doi", "def_label", "min_sl", "max_sl", "sl_set"] as const;
type Key = (typeof KEYS)[number];

/** Values by key; a field is where a value stands. */
type Attributes = ReadonlyMap<Key, Field>;

/** Where a record is read, and what its labels may be called. */
interface Reader {
  readonly notes: Notes;
  readonly names: Names;
}

// F-26, F-28: types of other releases, and what to do about them.
const OTHER_TYPES: Readonly<Record<string, string>> = {
  adaptive: "it takes its label from the receiving interface, which no template here can",
  netif: 'it is for an address of this machine; write that into "interfaces" of a base policy',
  sun_tsol: "it was removed with Trusted Solaris 8",
  ripso: 'it was removed with Trusted Solaris 8; "ripso" of a base policy maps RIPSO labels',
  tsix: "it was removed with Trusted Solaris 8",
};

/** Reads a file and everything that is wrong with it. */
export function readTemplates(text: string, names: Names, notes: Notes): TemplateReading {
  const templates = new Map<string, TxTemplate>();
  const reader: Reader = { notes, names };
  for (const record of recordsOf(text, notes)) {
    const template = readTemplate(record, reader);
    if (template === null) continue;
    const first = templates.get(template.name);
    if (first !== undefined) {
      notes.error(record, null, `the template ${shown(template.name)} stands in line ${first.place.line} already`);
    } else if (templates.size === MAX_TEMPLATES) {
      notes.error(record, null, `more than ${MAX_TEMPLATES} templates`);
      break;
    } else templates.set(template.name, template);
  }
  return { templates, complete: notes.numbered === 0 };
}

function readTemplate(record: Field, reader: Reader): TxTemplate | null {
  const { notes } = reader;
  const before = notes.numbered;
  const [nameField, attributeField, ...more] = split(record, ":") as [Field, Field?, ...Field[]];
  const name = textOf(nameField);
  checkName(nameField, name, notes);
  if (attributeField === undefined || attributeField.raw.trim() === "" || attributeField.raw.startsWith("#")) {
    notes.error(attributeField ?? nameField, TX.noAttributes, "expected name:host_type=…;doi=…");
    return null;
  }
  if (more.length > 0) {
    const place = { line: more[0]!.line, column: more[0]!.column - 1 };
    notes.error(place, TX.malformedEntry, "a second colon; write \\: for one that belongs to a value");
  }
  const attributes = readAttributes(attributeField, notes);
  const doi = readDoi(attributes, record, notes);
  const host = readHost(attributes, record, reader);
  if (notes.numbered > before || doi === null || host === null) return null;
  return { name, doi, place: record, doiPlace: attributes.get("doi")!, host };
}

// F-10.
function checkName(field: Field, name: string, notes: Notes): void {
  const reserved = field.raw.search(/[,#;]/);
  if (name === "") notes.error(field, TX.noName, "expected the name of a template before the colon");
  else if (isTooLong(name)) notes.error(field, TX.badName, `more than ${MAX_TX_NAME} octets`);
  else if (reserved >= 0) {
    notes.error(
      partOf(field, reserved),
      TX.badName,
      `${shown(name)} has "${field.raw[reserved]}", which no name can have`,
    );
  } else if (name.length > MANUAL_NAME) {
    const message = `all ${name.length} characters of the name count, where the manual has the first ${MANUAL_NAME}`;
    notes.add("warning", field, null, message);
  }
}

function readAttributes(field: Field, notes: Notes): Attributes {
  const attributes = new Map<Key, Field>();
  for (const item of split(field, ";").map(trimmed)) {
    if (item.raw === "") continue;
    const equals = endOf(item.raw, "=");
    const key = textOf(trimmed(partOf(item, 0, equals)));
    if (equals === item.raw.length) {
      notes.error(item, TX.badValueDelimiter, `expected = and a value behind ${shown(key)}`);
      continue;
    }
    const second = endOf(item.raw, "=", equals + 1);
    if (second < item.raw.length) {
      notes.error(partOf(item, second), TX.badKeyDelimiter, "a second =; expected ; before the next key");
    }
    if (!isKey(key)) notes.error(item, TX.unknownKey, `${shown(key)}; the keys are ${KEYS.join(", ")}`);
    else if (attributes.has(key)) notes.error(item, TX.duplicateKey, `${key} stands twice`);
    else attributes.set(key, trimmed(partOf(item, equals + 1, second)));
  }
  return attributes;
}

function isKey(text: string): text is Key {
  return (KEYS as readonly string[]).includes(text);
}

// F-10: base 0, and the whole value. What is above 32 bits the system cuts in silence.
function readDoi(attributes: Attributes, record: Field, notes: Notes): number | null {
  const field = attributes.get("doi");
  if (field === undefined) {
    // Without a type it is not said what else is needed.
    if (attributes.has("host_type")) notes.error(record, TX.noDoi, "every template needs doi=");
    return null;
  }
  const doi = integerOf(textOf(field));
  if (doi !== null && doi <= MAX_DOI) return doi;
  notes.error(field, TX.badDoi, `${shown(textOf(field))}: expected 1 to ${MAX_DOI}, decimal, 0x… or octal after a 0`);
  return null;
}

function readHost(attributes: Attributes, record: Field, reader: Reader): TxTemplate["host"] | null {
  const { notes } = reader;
  const field = attributes.get("host_type");
  if (field === undefined) {
    notes.error(record, TX.noHostType, "expected host_type=cipso or host_type=unlabeled");
    return null;
  }
  const type = textOf(field).toLowerCase();
  if (type === "cipso") return readLabelled(attributes, record, reader);
  if (type === "unlabeled") return readUnlabelled(attributes, record, reader);
  const why = Object.hasOwn(OTHER_TYPES, type) ? `: ${OTHER_TYPES[type]}` : "";
  notes.error(field, TX.badHostType, `expected cipso or unlabeled, found ${shown(textOf(field))}${why}`);
  return null;
}

// F-12.
function readLabelled(attributes: Attributes, record: Field, reader: Reader): LabelledHost | null {
  const { notes } = reader;
  const forbidden = attributes.get("def_label");
  if (forbidden !== undefined) {
    notes.error(forbidden, TX.keyNotForType, "a cipso template has no def_label: its hosts label what they send");
  }
  const range = readRange(attributes, record, reader);
  const set = readSet(attributes, reader);
  if (range === null || set === null) return null;
  if (range.max.level > MAX_LEVEL && !equal(range.max, ADMIN_HIGH)) {
    const message = `max_sl: ${whyNotShown(range.max)}; the range ends at ${formatTxLabel(range.max)} here`;
    notes.add("lost", attributes.get("max_sl")!, null, message);
  }
  return { type: "cipso", ...range, set };
}

// F-11.
function readUnlabelled(attributes: Attributes, record: Field, reader: Reader): UnlabelledHost | null {
  const { notes } = reader;
  const field = attributes.get("def_label");
  if (field === undefined) notes.error(record, TX.noLabel, "an unlabeled template needs def_label=");
  const label = field === undefined ? null : readLabel(field, TX.badLabel, reader);
  if (field !== undefined && label !== null) requireShown(field, "def_label", label, notes);
  if (attributes.has("min_sl") || attributes.has("max_sl")) readRange(attributes, record, reader);
  readSet(attributes, reader);
  const gateway = (["min_sl", "max_sl", "sl_set"] as const).filter((key) => attributes.has(key));
  if (gateway.length > 0) {
    const place = attributes.get(gateway[0]!)!;
    notes.add(
      "lost",
      place,
      null,
      `${gateway.join(", ")}: for an unlabeled host as a gateway; here nothing is forwarded`,
    );
  }
  return label === null ? null : { type: "unlabeled", label };
}

// F-13.
function readRange(attributes: Attributes, record: Field, reader: Reader): { min: Label; max: Label } | null {
  const { notes } = reader;
  const [low, high] = [attributes.get("min_sl"), attributes.get("max_sl")];
  if (low === undefined && high === undefined)
    notes.error(record, TX.noRange, "a cipso template needs min_sl= and max_sl=");
  else if (low === undefined) notes.error(record, TX.noLowerBound, "max_sl needs min_sl= with it");
  else if (high === undefined) notes.error(record, TX.noUpperBound, "min_sl needs max_sl= with it");
  const min = low === undefined ? null : readLabel(low, TX.badLowerBound, reader);
  const max = high === undefined ? null : readLabel(high, TX.badUpperBound, reader);
  if (low !== undefined && min !== null) requireShown(low, "min_sl", min, notes);
  if (min === null || max === null) return null;
  if (!dominates(max, min))
    notes.error(high!, TX.badRange, "max_sl does not dominate min_sl: no label is in the range");
  return { min, max };
}

// F-13: commas, blanks and tabs in any number between them.
function readSet(attributes: Attributes, reader: Reader): Label[] | null {
  const field = attributes.get("sl_set");
  if (field === undefined) return [];
  const items = Array.from(field.raw.matchAll(/[^, \t]+/g), (match) =>
    partOf(field, match.index, match.index + match[0].length),
  );
  if (items.length > MAX_SET) {
    reader.notes.error(items[MAX_SET]!, TX.setTooBig, `${items.length} labels: at most ${MAX_SET}`);
  }
  const labels = items.slice(0, MAX_SET).map((item) => {
    const label = readLabel(item, TX.badLabel, reader);
    if (label !== null) requireShown(item, "sl_set", label, reader.notes);
    return label;
  });
  return labels.every((label) => label !== null) ? labels : null;
}

function readLabel(field: Field, code: number, { notes, names }: Reader): Label | null {
  const label = parseTxLabel(textOf(field), names);
  if (label === null) notes.error(field, code, `${shown(textOf(field))}: ${EXPECTED_LABEL}`);
  return label;
}

// F-24; max_sl is not among what tnchkdb looks at.
function requireShown(field: Field, key: string, label: Label, notes: Notes): void {
  const why = whyNotShown(label);
  if (why !== null) notes.error(field, null, `${key}: ${why}`);
}
