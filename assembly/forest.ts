// The IPv4 forest: a search tree of cache lines for every /12. Made by ts/policy/forest.ts, searched by hosts; compiled by
// asc and imported by ts/.
//
// The root has an entry for each of the 4096 values of an address's first 12 bits: a template + 1, 0 for none, where the
// whole /12 has one; else FOREST_TREE, how many levels are above the leaves, and the first line of the tree, in lines from
// the root. Lines have 64 octets and hold, ascending, the last addresses of ranges, 0xffffffff where there are no more:
//
//   leaf    u32[10] ends | u16[11] a template + 1 for each range, the last for what is behind all ends | 2 unused
//   others  u32[15] ends | u32 the line of the first child; there is one for each range, and they are neighbours
//
// Measured with 10,000 prefixes as in a routing table and 24,000 senders in no order, as a part of the whole decision (Xeon
// at 2.8 GHz, 1.25 MB of L2): a trie over 16, 8 and 8 bits took 46 ns of a frame's 150, nearly all of it waiting: its root
// and its nodes have 750 KB, this 210 KB.

export const FOREST_ROOT = 4096; // entries
export const FOREST_SHIFT = 20; // bits of an address behind those of the root
export const FOREST_TREE = 0x80000000;
export const FOREST_HEIGHT_SHIFT = 26; // levels above the leaves, 0-31
export const FOREST_HEIGHTS = 31;
export const FOREST_LINES = 0x3ffffff;

export const LINE_OCTETS_SHIFT = 6;
export const LEAF_ENDS = 10;
export const LEAF_VALUES = 40; // offset
export const FORK_ENDS = 15;
export const FORK_CHILD = 60; // offset
