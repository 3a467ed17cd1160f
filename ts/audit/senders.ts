/**
 * Who can send: for each host prefix an address that it wins for (step 5).
 *
 * @module
 */
import type { HostPrefix, Policy } from "../policy/model.ts";
import type { Version } from "./fit.ts";
import { type WinnerRange, winnersIn } from "./ranges.ts";

/** A host prefix and an address that it, and no longer one, holds. */
export interface Sender {
  readonly version: Version;
  /** Of the packet: 4 or 16 octets. IPv6 ones of an IPv4 prefix are IPv4-mapped (F-05). */
  readonly address: Uint8Array;
  readonly host: HostPrefix;
}

/** Senders of both versions of IP. */
export interface Senders {
  /** By host prefix; one that is not here wins for no address. */
  readonly byHost: ReadonlyMap<HostPrefix, readonly Sender[]>;
  /** The first sender of each template that has one, by version and template. */
  readonly byTemplate: Readonly<Record<Version, ReadonlyMap<number, Sender>>>;
}

/** First and last, as numbers. */
type Block = readonly [first: bigint, last: bigint];

const ALL: Readonly<Record<Version, bigint>> = { 4: 2n ** 32n - 1n, 6: 2n ** 128n - 1n };
/** Addresses that no sender has: multicast and the limited broadcast (RFC 1122 section 3.2.1.3, RFC 4291 section 2.7). */
const GROUPS: Readonly<Record<Version, readonly Block[]>> = {
  4: [
    [0xe000_0000n, 0xefff_ffffn],
    [0xffff_ffffn, 0xffff_ffffn],
  ],
  6: [[0xffn << 120n, ALL[6]]],
};
/** `::ffff:a.b.c.d` is looked up as IPv4, whatever IPv6 prefix holds it (F-05). */
const MAPPED: Block = [0xffff_0000_0000n, 0xffff_ffff_ffffn];
/** Addresses for documentation make the best examples: 203.0.113.1, 2001:db8:ffff::1. */
const FAVOURITE: Readonly<Record<Version, bigint>> = { 4: 0xcb00_7101n, 6: 0x2001_0db8_ffff_0000_0000_0000_0000_0001n };

/** Every host prefix that wins somewhere, with an address for each version of IP. */
export function sendersOf({ hosts }: Policy): Senders {
  const byHost = new Map<HostPrefix, Sender[]>();
  const byTemplate = { 4: new Map<number, Sender>(), 6: new Map<number, Sender>() };
  const add = (version: Version, host: HostPrefix, address: Uint8Array): void => {
    const sender = { version, host, address };
    const known = byHost.get(host);
    if (known === undefined) byHost.set(host, [sender]);
    else if (known.every((other) => other.version !== version)) known.push(sender);
    if (!byTemplate[version].has(host.template)) byTemplate[version].set(host.template, sender);
  };
  const starts4 = winnersIn(hosts, 4);
  const starts6 = winnersIn(hosts, 16);
  for (const [host, address] of winnersOf(starts4, 4, GROUPS[4])) add(4, host, octetsOf(address, 4));
  for (const [host, address] of winnersOf(starts6, 6, [MAPPED, ...GROUPS[6]])) add(6, host, octetsOf(address, 6));
  for (const [host, address] of winnersOf(starts4, 4, GROUPS[4])) add(6, host, octetsOf(MAPPED[0] + address, 6));
  return { byHost, byTemplate };
}

// An address for each prefix that wins outside the blocks.
function* winnersOf(
  starts: readonly WinnerRange[],
  version: Version,
  blocks: readonly Block[],
): Generator<readonly [HostPrefix, bigint]> {
  const ranges = starts.map(({ first, host }, i) => ({
    range: [first, (starts[i + 1]?.first ?? ALL[version] + 1n) - 1n] as const,
    host,
  }));
  const favourite = ranges.find(({ range }) => holds(range, FAVOURITE[version]));
  const seen = new Set<HostPrefix>();
  for (const { range, host } of favourite === undefined ? ranges : [favourite, ...ranges]) {
    if (host === null || seen.has(host)) continue;
    const address = addressIn(range, version, blocks);
    if (address === null) continue;
    seen.add(host);
    yield [host, address];
  }
}

// Not the first where there is another: that one would be the network's own.
function addressIn(range: Block, version: Version, blocks: readonly Block[]): bigint | null {
  if (holds(range, FAVOURITE[version])) return FAVOURITE[version];
  const [first, last] = range;
  for (const wanted of first < last ? [first + 1n, first] : [first]) {
    const address = behind(wanted, blocks);
    if (address <= last) return address;
  }
  return null;
}

// The first address from here on that is in no block; the blocks are ascending.
function behind(address: bigint, blocks: readonly Block[]): bigint {
  return blocks.reduce((at, block) => (holds(block, at) ? block[1] + 1n : at), address);
}

function holds([first, last]: Block, address: bigint): boolean {
  return first <= address && address <= last;
}

function octetsOf(address: bigint, version: Version): Uint8Array {
  const octets = new Uint8Array(version === 4 ? 4 : 16);
  for (let i = octets.length - 1, rest = address; i >= 0; i--, rest >>= 8n) octets[i] = Number(rest & 0xffn);
  return octets;
}
