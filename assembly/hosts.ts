// Step 5: which template holds for a sender. Longest prefix match (F-05), prepared by ts/policy/hosts.ts.
//
// IPv4: a forest (forest). IPv6: a search tree (tree).

import { POLICY } from "./memory";
import { u32At, u64At } from "./bytes";
import {
  FOREST_HEIGHTS,
  FOREST_HEIGHT_SHIFT,
  FOREST_LINES,
  FOREST_SHIFT,
  FOREST_TREE,
  FORK_CHILD,
  LEAF_VALUES,
  LINE_OCTETS_SHIFT,
} from "./forest";
import {
  HEADER_HOSTS4,
  HEADER_HOSTS6,
  HEADER_HOSTS6_LEVELS,
  HEADER_HOSTS6_LOWS,
  HEADER_HOSTS6_VALUES,
} from "./tables";
import { LOWS_COUNT, LOWS_LIST, TREE_KEYS, TREE_LINE, TREE_LOWS, TREE_OFFSET } from "./tree";

// Template + 1, or 0 when no prefix holds the address.
export function templateOf4(at: usize): u32 {
  const root = load<u32>(POLICY + HEADER_HOSTS4);
  if (root == 0) return 0;
  const address = u32At(at);
  const entry = load<u32>(root + (address >> FOREST_SHIFT << 2));
  if ((entry & u32(FOREST_TREE)) == 0) return entry;
  let line = lineOf(root, entry & FOREST_LINES);
  for (let height = (entry >> FOREST_HEIGHT_SHIFT) & FOREST_HEIGHTS; height != 0; height--) {
    const half = u32(load<u32>(line, 28) < address);
    const ends = line + (half << 5);
    const before = endsBefore(ends, address) + u32(load<u32>(ends, 20) < address) + u32(load<u32>(ends, 24) < address);
    line = lineOf(root, load<u32>(line, FORK_CHILD) + (half << 3) + before);
  }
  const half = u32(load<u32>(line, 16) < address);
  const range = half * 5 + endsBefore(line + half * 20, address);
  return load<u16>(line + (range << 1), LEAF_VALUES);
}

// @ts-ignore: decorator
@inline
function lineOf(root: usize, line: u32): usize {
  return root + (line << LINE_OCTETS_SHIFT);
}

// How many of five ends are before the address.
// @ts-ignore: decorator
@inline
function endsBefore(ends: usize, address: u32): u32 {
  return (
    u32(load<u32>(ends) < address) +
    u32(load<u32>(ends, 4) < address) +
    u32(load<u32>(ends, 8) < address) +
    u32(load<u32>(ends, 12) < address) +
    u32(load<u32>(ends, 16) < address)
  );
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
