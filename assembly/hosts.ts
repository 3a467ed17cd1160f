// Step 5: which template holds for a sender. Longest prefix match (F-05), prepared by ts/policy/hosts.ts.
//
// IPv4: a trie (trie). IPv6: the starts of ranges, ascending, each with the template that holds up to the next; searched
// by halves.

import { POLICY } from "./memory";
import { u64At } from "./bytes";
import { HEADER_HOSTS4, HEADER_HOSTS6, HEADER_HOSTS6_COUNT, HEADER_HOSTS6_VALUES } from "./tables";
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
  const starts = load<u32>(POLICY + HEADER_HOSTS6);
  const high = u64At(address);
  const low = u64At(address + 8);
  // F-05: an IPv4-mapped address (RFC 4291 section 2.5.5.2) is looked up as the IPv4 address in it.
  if (high == 0 && low >> 32 == 0xffff) return templateOf4(address + 12);
  let from: u32 = 0; // ranges that start at or before the address
  let to = load<u32>(POLICY + HEADER_HOSTS6_COUNT);
  while (from < to) {
    const middle = (from + to) >> 1;
    const startHigh = load<u64>(starts + (middle << 4));
    const isBefore = startHigh < high || (startHigh == high && load<u64>(starts + (middle << 4) + 8) <= low);
    if (isBefore) from = middle + 1;
    else to = middle;
  }
  return from == 0 ? 0 : load<u32>(load<u32>(POLICY + HEADER_HOSTS6_VALUES) + ((from - 1) << 2));
}
