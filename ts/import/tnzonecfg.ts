/**
 * tnzonecfg, the labelled zones (F-20 to F-24): `zone:label:match:private ports:shared ports`
 *
 * @module
 */
import { formatLabel, type Label } from "../label.ts";
import type { Names } from "../names.ts";
import { MAX_PARTITIONS, PORT_PROTOCOLS, type PortRange } from "../policy/model.ts";
import { formatPorts, formatProtocol, overlapping, parsePorts } from "../policy/ports.ts";
import { type Notes, type Place, shown } from "./notes.ts";
import {
  endOf,
  endOfWord,
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
import { EXPECTED_LABEL, parseTxLabel, whyNotShown } from "./tx-label.ts";

/** A zone. */
export interface TxZone {
  readonly name: string;
  readonly label: Label;
  /** F-22: whether it takes what is no transport in every label of the address, or in its own only. */
  readonly match: boolean;
  readonly privatePorts: readonly PortRange[];
  readonly sharedPorts: readonly PortRange[];
  readonly place: Place;
}

/** The zone that every file must have (F-21). */
export const GLOBAL = "global";

/** The highest of a field that the system keeps in an octet (F-21). */
const MAX_MATCH = 255;

/** A list of ports as it is compared: each with its zone and place. */
interface Entry {
  readonly range: PortRange;
  readonly zone: string;
  readonly place: Field;
}

interface ZoneRecord {
  readonly zone: TxZone;
  readonly shared: readonly Entry[];
}

/** Reads a file and everything that is wrong with it. */
export function readZones(text: string, names: Names, notes: Notes): TxZone[] {
  const zones: TxZone[] = [];
  const shared: Entry[] = [];
  const named = new Map<string, TxZone>();
  const labelled = new Map<string, TxZone>();
  let hasGlobal = false;
  for (const record of recordsOf(text, notes)) {
    hasGlobal ||= record.raw.startsWith(`${GLOBAL}:`); // it is there, even if it can't be read
    const read = readZone(record, names, notes);
    if (read === null) continue;
    const { zone } = read;
    shared.push(...read.shared);
    const first = named.get(zone.name);
    const other = labelled.get(formatLabel(zone.label));
    if (first !== undefined) {
      notes.error(record, null, `the zone ${shown(zone.name)} stands in line ${first.place.line} already`);
    } else if (other !== undefined) {
      // F-21, Z-01.
      const message = `the label is that of ${shown(other.name)} in line ${other.place.line}; on a shared address it is one zone's`;
      notes.error(record, null, message);
    } else if (zones.length === MAX_PARTITIONS) {
      notes.error(record, null, `more than ${MAX_PARTITIONS} zones`);
      break;
    } else zones.push(zone);
    if (first === undefined) named.set(zone.name, zone);
    if (other === undefined) labelled.set(formatLabel(zone.label), zone);
  }
  checkShared(shared, notes);
  if (!hasGlobal) {
    notes.error(null, null, `no entry for the zone ${GLOBAL}; write ${GLOBAL}:ADMIN_LOW:1::`);
  }
  return zones;
}

function readZone(record: Field, names: Names, notes: Notes): ZoneRecord | null {
  const { raw } = record;
  const before = notes.numbered;
  const nameEnd = endOfWord(raw, "#;:");
  const name = textOf(partOf(record, 0, nameEnd));
  if (name === "" || raw[nameEnd] !== ":") {
    refuseName(name, partOf(record, nameEnd), notes);
    return null;
  }
  if (isTooLong(name)) notes.error(record, TX.badName, `more than ${MAX_TX_NAME} octets`);
  const labelEnd = endOfWord(raw, "#;:", nameEnd + 1);
  if (raw[labelEnd] !== ":") {
    const message = "expected zone:label:match:ports:ports; blanks inside a label are written with a backslash";
    notes.error(partOf(record, labelEnd), TX.malformedEntry, message);
    return null;
  }
  const label = readLabel(partOf(record, nameEnd + 1, labelEnd), names, notes);
  const matchEnd = endOf(raw, ":", labelEnd + 1);
  const match = readMatch(partOf(record, labelEnd + 1, matchEnd), notes);
  if (matchEnd === raw.length) {
    notes.error(partOf(record, matchEnd), TX.badValueDelimiter, "expected a colon and the private ports behind match");
    return null;
  }
  const privateEnd = endOfWord(raw, "#:", matchEnd + 1);
  if (raw[privateEnd] !== ":") {
    notes.error(
      partOf(record, privateEnd),
      TX.malformedEntry,
      "expected a colon and the shared ports, which may be none",
    );
    return null;
  }
  const sharedEnd = endOfWord(raw, "#:", privateEnd + 1);
  if (raw[sharedEnd] === ":") {
    notes.error(partOf(record, sharedEnd), TX.malformedEntry, "a sixth field; there are five");
  }
  const privatePorts = readPorts(partOf(record, matchEnd + 1, privateEnd), name, notes);
  const sharedPorts = readPorts(partOf(record, privateEnd + 1, sharedEnd), name, notes);
  for (const list of [privatePorts, sharedPorts]) checkSelf(list, notes);
  if (notes.numbered > before || label === null || match === null) return null;
  const rangesOf = (list: readonly Entry[]) => list.map(({ range }) => range);
  const zone = { name, label, match, privatePorts: rangesOf(privatePorts), sharedPorts: rangesOf(sharedPorts) };
  return { zone: { ...zone, place: record }, shared: sharedPorts };
}

// F-21: fields end at white space too.
function refuseName(name: string, rest: Field, notes: Notes): void {
  const stop = rest.raw[0];
  if (name === "" && stop === ":") notes.error(rest, TX.noName, "expected the name of a zone before the colon");
  else if (name === "" || stop === ";") notes.error(rest, TX.badName, "expected the name of a zone and a colon");
  else notes.error(rest, TX.malformedEntry, "expected a colon behind the name of the zone");
}

function readLabel(field: Field, names: Names, notes: Notes): Label | null {
  const text = textOf(field);
  if (text === "") {
    notes.error(field, TX.noLabel, "expected the zone's label");
    return null;
  }
  const label = parseTxLabel(text, names);
  const why = label === null ? null : whyNotShown(label);
  if (label === null) notes.error(field, TX.badLabel, `${shown(text)}: ${EXPECTED_LABEL}`);
  if (why !== null) notes.error(field, null, `label: ${why}`);
  return label;
}

// F-21, F-22.
function readMatch(field: Field, notes: Notes): boolean | null {
  const text = textOf(trimmed(field));
  const match = integerOf(text);
  if (match === null || match > MAX_MATCH) {
    notes.error(field, TX.badFlag, `${shown(text)}: expected 0 (its own label) or 1 (the range of the address)`);
    return null;
  }
  if (match > 1)
    notes.add("lost", field, null, `match ${match} is not documented; it stands as 0 (its own label) here`);
  return match === 1;
}

// F-20, F-23.
function readPorts(field: Field, zone: string, notes: Notes): Entry[] {
  return split(field, ";").flatMap((place) => {
    const text = textOf(place);
    if (text === "") return [];
    const range = rangeOf(text);
    if (typeof range === "string") {
      notes.error(place, TX.badPort, `${shown(text)}: ${range}`);
      return [];
    }
    if (PORT_PROTOCOLS.has(range.protocol)) return [{ range, zone, place }];
    notes.add(
      "lost",
      place,
      null,
      `${shown(text)}: ${formatProtocol(range.protocol)} has no ports; no packet is for it`,
    );
    return [];
  });
}

function rangeOf(text: string): PortRange | string {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?\/(.{1,64})$/.exec(text);
  if (match === null) return "expected port/protocol or port-port/protocol, as 6000-6003/tcp";
  const [first, last] = [match[1]!, match[2] ?? match[1]!];
  if (/^0\d/.test(first) || /^0\d/.test(last)) return "leading zeros are octal; leave them out";
  const [low, high] = [Number(first), Number(last)];
  if (low < 1 || high > 0xffff) return "expected ports from 1 to 65535";
  if (low > high) return "the first port is above the last";
  try {
    return { protocol: parsePorts(`*/${match[3]}`).protocol, first: low, last: high };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `${shown(match[3]!)} is no protocol: expected its name or 1 to 255`;
  }
}

// F-23, F-24.
function checkSelf(list: readonly Entry[], notes: Notes): void {
  for (const [first, second] of overlapping(list, ({ zone }) => zone)) {
    notes.error(
      second.place,
      null,
      `${formatPorts(second.range)} overlaps ${formatPorts(first.range)} of the same list`,
    );
  }
}

// F-23, F-24: one list for the whole system. What overlaps within a zone was said.
function checkShared(list: readonly Entry[], notes: Notes): void {
  for (const [first, second] of overlapping(list, () => null)) {
    if (first.zone === second.zone) continue;
    const owner = `the zone ${shown(first.zone)} in line ${first.place.line}`;
    notes.error(second.place, null, `${formatPorts(second.range)} overlaps ${formatPorts(first.range)} of ${owner}`);
  }
}
