// The IPv4 trie: over 16, 8 and 8 bits of an address. Made by ts/policy/trie.ts, searched by hosts; compiled by asc and
// imported by ts/.
//
// The root has an entry for every first two octets, as the little-endian number that they are on the wire; a node has one
// for every value of the next octet. An entry is a template + 1, 0 for none, or TRIE_NODE | where the next node stands, in
// words from the root. Nodes are plain (256 entries) or, with TRIE_PACKED in the entry that leads to them, packed:
//
//   u64[4]  bit n: the entry of octet n differs from that of n - 1; bit 0 is set
//   u8[4]   bits that are set in the u64s before this one
//   u32[]   an entry for every bit that is set
//
// Measured for 1, 1,000, 100,000 and 1,000,000 prefixes as in a routing table and a million senders, most of them in one
// of the prefixes (Xeon at 2.8 GHz, Node 20), ns for a lookup: plain 3.0, 4.4, 24, 31; packed 6.1, 6.4, 17, 34; each /16 a
// list searched by halves 5.7, 6.2, 19, 87, and 55 where one /16 has 50,000 of them (packed 11). Octets for a prefix,
// behind the root of 256 KiB: plain 2048, 1040, 572, 167; packed about 100, 55, 34, 15; lists 16, 14, 11, 7. So tables of
// few nodes have plain ones, and larger tables packed ones, which are as fast however many prefixes share a /16.

export const TRIE_ROOT = 65536; // entries
export const TRIE_NODE = 0x80000000;
export const TRIE_PACKED = 0x40000000;
export const TRIE_OFFSET = 0x3fffffff;

export const PACKED_COUNTS = 32; // octets from the start of a packed node
export const PACKED_ENTRIES = 36;
