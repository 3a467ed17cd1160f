/**
 * Host prefixes for longest prefix match (F-05), in the two forms the kernel searches: a trie for IPv4, sorted ranges
 * for IPv6 (assembly/hosts.ts).
 *
 * @module
 */
import { compareAddresses, lastOf } from "../address.ts";
import type { HostPrefix } from "./model.ts";

/** Addresses from `start` up to the next range's start belong to `host`. */
export interface HostRange {
  /** 4 or 16 octets. */
  readonly start: Uint8Array;
  /** The prefix that wins here, or `null`: none. */
  readonly host: HostPrefix | null;
}

/**
 * The prefixes of one family as ranges, ascending: who wins where. A prefix that is in no range is covered by longer ones
 * and never wins.
 */
export function rangesOf(hosts: readonly HostPrefix[]): HostRange[] {
  const order = [...hosts].sort((a, b) => compareAddresses(a.address, b.address) || a.prefix - b.prefix);
  const ranges: HostRange[] = [];
  const open: { readonly host: HostPrefix; readonly last: Uint8Array }[] = []; // each inside the one before

  const begin = (start: Uint8Array, host: HostPrefix | null): void => {
    if (ranges.length > 0 && compareAddresses(ranges.at(-1)!.start, start) === 0) ranges.pop();
    ranges.push({ start, host });
  };
  const closeBefore = (start: Uint8Array | null): void => {
    while (open.length > 0 && (start === null || compareAddresses(open.at(-1)!.last, start) < 0)) {
      const next = successorOf(open.pop()!.last);
      if (next !== null) begin(next, open.at(-1)?.host ?? null);
    }
  };
  for (const host of order) {
    closeBefore(host.address);
    begin(host.address, host);
    open.push({ host, last: lastOf({ address: host.address, length: host.prefix }) });
  }
  closeBefore(null);
  return ranges;
}

// The next address, or `null` after the highest.
function successorOf(address: Uint8Array): Uint8Array | null {
  const next = Uint8Array.from(address);
  for (let i = next.length - 1; i >= 0; i--) {
    next[i] = (next[i]! + 1) & 0xff;
    if (next[i] !== 0) return next;
  }
  return null;
}

const ROOT_ENTRIES = 65_536;
const NODE_ENTRIES = 256;
const NODE = 0x8000_0000;

/**
 * The IPv4 trie: 65,536 root entries by the first two octets as a little-endian number, then nodes of 256 entries by
 * the third and the fourth octet. An entry is 0, template + 1, or NODE | octets from the root to a node.
 */
export function trieOf(hosts: readonly HostPrefix[]): Uint32Array {
  let entries = new Uint32Array(ROOT_ENTRIES + NODE_ENTRIES);
  let used = ROOT_ENTRIES;

  // The node behind an entry, made when there is none: it starts with what held for the whole of it.
  const nodeAt = (entry: number): number => {
    const value = entries[entry]!;
    if (value >= NODE) return (value - NODE) / 4;
    if (used + NODE_ENTRIES > entries.length) {
      const larger = new Uint32Array(entries.length * 2);
      larger.set(entries);
      entries = larger;
    }
    const node = used;
    used += NODE_ENTRIES;
    entries.fill(value, node, used);
    entries[entry] = NODE + node * 4;
    return node;
  };

  // Shorter prefixes first: a longer one overwrites what it wins, and finds no node where it ends.
  for (const { address, prefix, template } of [...hosts].sort((a, b) => a.prefix - b.prefix)) {
    const value = template + 1;
    if (prefix <= 16) {
      const first = address[0]! * 256 + address[1]!;
      for (let high = first; high < first + 2 ** (16 - prefix); high++) {
        entries[((high & 0xff) << 8) | (high >> 8)] = value;
      }
      continue;
    }
    const middle = nodeAt((address[1]! << 8) | address[0]!);
    if (prefix <= 24) {
      entries.fill(value, middle + address[2]!, middle + address[2]! + 2 ** (24 - prefix));
      continue;
    }
    const last = nodeAt(middle + address[2]!);
    entries.fill(value, last + address[3]!, last + address[3]! + 2 ** (32 - prefix));
  }
  return entries.subarray(0, used);
}
