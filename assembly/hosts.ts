// Step 5: which template holds for a sender. Longest prefix match (F-05), prepared by ts/policy/hosts.ts.
//
// IPv4: a trie (trie). IPv6: a search tree (tree).

import { POLICY } from "./memory";
import { u64At } from "./bytes";
import {
  HEADER_HOSTS4,
  HEADER_HOSTS6,
  HEADER_HOSTS6_LEVELS,
  HEADER_HOSTS6_LOWS,
  HEADER_HOSTS6_VALUES,
} from "./tables";
import { LOWS_COUNT, LOWS_LIST, TREE_KEYS, TREE_LINE, TREE_LOWS, TREE_OFFSET } from "./tree";
import { PACKED_COUNTS, PACKED_ENTRIES, TRIE_NODE, TRIE_OFFSET, TRIE_PACKED } from "./trie";

// Template + 1, or 0 when no prefix holds the address.
export function templateOf4(address: usize): u32 {
  const root = load<u32>(POLICY + HEADER_HOSTS4);
  if (root == 0) return 0;
  let entry = load<u32>(root + (<u32>load<u16>(address) << 2));
  if ((entry & u32(TRIE_NODE)) != 0) entry = entryOf(root, entry, load<u8>(address + 2));
  if ((entry & u32(TRIE_NODE)) != 0) entry = entryOf(root, entry, load<u8>(address + 3));
  return entry;
}

// The entry of an octet in the node that `entry` leads to.
// @ts-ignore: decorator
@inline
function entryOf(root: usize, entry: u32, octet: u32): u32 {
  const node = root + ((entry & TRIE_OFFSET) << 2);
  if ((entry & TRIE_PACKED) == 0) return load<u32>(node + (octet << 2));
  const word = octet >> 6;
  const before = load<u64>(node + (word << 3)) << (63 - (octet & 63)); // the octet's own bit is the highest
  const index = <u32>popcnt<u64>(before) + <u32>load<u8>(node + word, PACKED_COUNTS);
  return load<u32>(node + (index << 2), PACKED_ENTRIES - 4);
}

export function templateOf6(address: usize): u32 {
  const high = u64At(address);
  const low = u64At(address + 8);
  // F-05: an IPv4-mapped address (RFC 4291 section 2.5.5.2) is looked up as the IPv4 address in it.
  if (high == 0 && low >> 32 == 0xffff) return templateOf4(address + 12);
  const levels = load<u32>(POLICY + HEADER_HOSTS6_LEVELS);
  if (levels == 0) return 0;
  let level: usize = load<u32>(POLICY + HEADER_HOSTS6);
  let index: u32 = 0; // of the last key at or before the address
  for (const end = level + (levels << 2); level < end; level += 4) {
    const line = load<u32>(level) + index * TREE_LINE;
    index = index * TREE_KEYS + keysBelow(line, high);
  }
  const value = load<u32>(load<u32>(POLICY + HEADER_HOSTS6_VALUES) + (index << 2));
  return (value & u32(TREE_LOWS)) == 0 ? value : valueOfLow(value & TREE_OFFSET, low);
}

// How many keys of a line, behind the first, are at or before the address.
// @ts-ignore: decorator
@inline
function keysBelow(line: usize, high: u64): u32 {
  return (
    u32(load<u64>(line, 8) <= high) +
    u32(load<u64>(line, 16) <= high) +
    u32(load<u64>(line, 24) <= high) +
    u32(load<u64>(line, 32) <= high) +
    u32(load<u64>(line, 40) <= high) +
    u32(load<u64>(line, 48) <= high) +
    u32(load<u64>(line, 56) <= high)
  );
}

function valueOfLow(offset: u32, low: u64): u32 {
  const lows = load<u32>(POLICY + HEADER_HOSTS6_LOWS) + offset;
  const count = load<u32>(lows, LOWS_COUNT);
  let from: u32 = 1; // the first is 0
  let to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (load<u64>(lows + (middle << 3), LOWS_LIST) <= low) from = middle + 1;
    else to = middle;
  }
  return load<u32>(lows + (count << 3) + ((from - 1) << 2), LOWS_LIST);
}
