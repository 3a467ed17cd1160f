// The IPv6 search tree: over the high halves of the addresses at which another template begins to hold. Made by
// ts/policy/tree.ts, searched by hosts; compiled by asc and imported by ts/.
//
// The lowest level holds the high halves, ascending, u64 each; every level above holds each eighth of the one below it, and
// the highest at most eight. Eight are a cache line: a line for each level, and no branch that depends on the address.
// Behind the last a level is filled up with ones, which no sender's address begins with (ff00::/8 are groups).
//
// By high half there is a value: template + 1, 0 for none, or TREE_LOWS | where a list of low halves stands, in octets:
//
//   u32 count | u32 | u64[count] low halves, ascending, the first 0 | u32[count] values

export const TREE_KEYS = 8; // in a line
export const TREE_LINE = 64; // octets
export const TREE_LOWS = 0x80000000;
export const TREE_OFFSET = 0x7fffffff;
export const LOWS_COUNT = 0;
export const LOWS_LIST = 8;
