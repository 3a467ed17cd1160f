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

/** Pairs of entries whose ranges overlap: each with the earlier of its kind that it meets, in the order given. */
export function* overlapping<T extends { readonly range: PortRange }>(entries: readonly T[]): Generator<[T, T]> {
  const order = entries.map((entry, i) => ({ entry, i }));
  order.sort((a, b) => a.entry.range.protocol - b.entry.range.protocol || a.entry.range.first - b.entry.range.first);
  let open: typeof order = [];
  for (const item of order) {
    open = open.filter(({ entry }) => overlap(entry.range, item.entry.range));
    for (const other of open) yield other.i < item.i ? [other.entry, item.entry] : [item.entry, other.entry];
    open.push(item);
  }
}
