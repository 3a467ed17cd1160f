/**
 * Ports of a protocol as text: `80/tcp`, `6000-6003/tcp`, `*\/icmp`.
 *
 * @module
 */
import { PORT_PROTOCOLS, type PortRange } from "./model.ts";

// IANA's numbers for the names in use here; any other protocol is written by its number.
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["icmp", 1],
  ["igmp", 2],
  ["tcp", 6],
  ["udp", 17],
  ["dccp", 33],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
  ["icmpv6", 58],
  ["ospf", 89],
  ["pim", 103],
  ["vrrp", 112],
  ["sctp", 132],
  ["udplite", 136],
]);

/** The name of a protocol, or its number. */
export function formatProtocol(protocol: number): string {
  for (const [name, number] of PROTOCOLS) if (number === protocol) return name;
  return `${protocol}`;
}

/** `80/tcp`, `6000-6003/tcp`, `*\/icmp`. */
export function formatPorts({ protocol, first, last }: PortRange): string {
  const name = formatProtocol(protocol);
  if (first === 0 && last === 0xffff) return `*/${name}`;
  return first === last ? `${first}/${name}` : `${first}-${last}/${name}`;
}

/**
 * Reads ports of a protocol.
 *
 * @throws {RangeError} not ports, a protocol that is not known or has none, a range upside down
 */
export function parsePorts(text: string): PortRange {
  const match = /^(\*|\d{1,5}(?:-\d{1,5})?)\/([a-z\d-]+)$/i.exec(text.trim());
  if (match === null) throw new RangeError(`"${text}": expected port/protocol as 80/tcp, 6000-6003/udp or */icmp`);
  const protocol = parseProtocol(match[2]!, text);
  if (match[1] === "*") return { protocol, first: 0, last: 0xffff };
  if (!PORT_PROTOCOLS.has(protocol)) {
    throw new RangeError(`"${text}": ${formatProtocol(protocol)} has no ports; write */${formatProtocol(protocol)}`);
  }
  const [first, last = first] = match[1]!.split("-").map(Number) as [number, number?];
  if (first < 1 || last > 0xffff) throw new RangeError(`"${text}": expected ports from 1 to 65535`);
  if (first > last) throw new RangeError(`"${text}": the first port is above the last`);
  return { protocol, first, last };
}

function parseProtocol(text: string, whole: string): number {
  const named = PROTOCOLS.get(text.toLowerCase());
  if (named !== undefined) return named;
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 255) return number;
  throw new RangeError(
    `"${whole}": "${text}" is no protocol: expected ${[...PROTOCOLS.keys()].join(", ")} or 1 to 255`,
  );
}

/** Whether two ranges share a port of one protocol. */
export function overlap(a: PortRange, b: PortRange): boolean {
  return a.protocol === b.protocol && a.first <= b.last && b.first <= a.last;
}

/**
 * Entries that share a port with another: pairs in the order given, a bounded number however many overlap. Two entries
 * can meet when `placeOf` says the same of both, or `null`, everywhere, of one.
 */
export function* overlapping<T extends { readonly range: PortRange }>(
  entries: readonly T[],
  placeOf: (entry: T) => string | null,
): Generator<[T, T]> {
  const order = entries.map((entry, i) => ({ entry, range: entry.range, place: placeOf(entry), i }));
  order.sort((a, b) => compareRanges(a.range, b.range) || a.i - b.i);
  type Item = (typeof order)[number];
  // Of what begins before an entry, the one that reaches furthest meets it if any does.
  const furthest = new Map<string | null, Item>();
  let anywhere: Item | undefined;
  const later = (a: Item | undefined, b: Item): Item =>
    a !== undefined && a.range.protocol === b.range.protocol && a.range.last >= b.range.last ? a : b;
  for (const item of order) {
    const others = item.place === null ? [anywhere] : [furthest.get(item.place), furthest.get(null)];
    const other = others.find((found) => found !== undefined && overlap(found.range, item.range));
    if (other !== undefined) yield other.i < item.i ? [other.entry, item.entry] : [item.entry, other.entry];
    furthest.set(item.place, later(furthest.get(item.place), item));
    anywhere = later(anywhere, item);
  }
}

/** By protocol, then by the first port. */
export function compareRanges(a: PortRange, b: PortRange): number {
  return a.protocol - b.protocol || a.first - b.first;
}

/** Of entries that are in order and do not overlap each other: those that share a port with `range`, the last first. */
export function* meeting<T extends { readonly range: PortRange }>(
  entries: readonly T[],
  range: PortRange,
): Generator<T> {
  let from = 0; // entries that begin at or before the range's end
  let to = entries.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compareRanges(entries[middle]!.range, { ...range, first: range.last }) <= 0) from = middle + 1;
    else to = middle;
  }
  for (let i = from - 1; i >= 0 && overlap(entries[i]!.range, range); i--) yield entries[i]!;
}
