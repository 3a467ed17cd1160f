// The policy as the kernel sees it: a header at a fixed place and tables behind the arena. Written by
// ts/policy/compile.ts, read by the kernel; compiled by asc and imported by ts/. Byte offsets.

// HEADER: u32 each. "at" is an address; HEADER_FORMATS, HEADER_RIPSO and HEADER_HOSTS4 are 0 when there is no table.
export const HEADER_FLAGS = 0;
export const HEADER_DOIS = 4; // at u32 each, ascending
export const HEADER_DOI_COUNT = 8;
export const HEADER_FORMATS = 12; // at 32 octets: bit n of octet n/8 is set when format code n is accepted (R9)
export const HEADER_RIPSO = 16; // at u32[4][32]: label block by level and authority octet >> 3, 0 when not mapped
export const HEADER_LABELS = 20; // at u32 each: label block by label number
export const HEADER_LABEL_COUNT = 24;
export const HEADER_LABEL_SLOTS = 28; // at LABEL_SLOT each: hash slots; filled by the kernel
export const HEADER_LABEL_MASK = 32; // slots - 1, a power of two less one
export const HEADER_LABEL_PARTITIONS = 36; // at u16 each: partition on shared addresses by label number, or NONE16
export const HEADER_ADDRESSES = 40; // at ADDRESS rows, in any order
export const HEADER_ADDRESS_COUNT = 44;
export const HEADER_ADDRESS_SLOTS = 48; // at u16 each: hash slots, address number + 1; filled by the kernel
export const HEADER_ADDRESS_MASK = 52;
export const HEADER_INTERFACE_COUNT = 56;
export const HEADER_INTERFACES = 60; // at INTERFACE rows
export const HEADER_HOSTS4 = 64; // at the root of the IPv4 forest (forest)
export const HEADER_HOSTS6 = 68; // at u32 each: where the levels of the IPv6 tree stand (tree), the highest first
export const HEADER_HOSTS6_VALUES = 72; // at u32 each, its values
export const HEADER_HOSTS6_LEVELS = 76; // 0: there is no tree
export const HEADER_TEMPLATES = 80; // at TEMPLATE rows
export const HEADER_PARTITIONS = 84; // at PARTITION rows
export const HEADER_MULTILEVEL = 88; // at PORT rows: multilevel ports on shared addresses, PORT_TARGET a partition
export const HEADER_MULTILEVEL_COUNT = 92;
export const HEADER_CONTROL = 96; // partition of exempt control packets, or NONE32
export const HEADER_SLOTS = 100; // at u32 each: slot by endpoint; changed when sinks are registered
export const HEADER_SLOT_GROUPS = 104; // at u32 each: group + 1 of a slot within the batch at hand
export const HEADER_ENDPOINT_COUNTERS = 108; // at COUNTER rows by endpoint
export const HEADER_REASON_COUNTERS = 112; // at COUNTER rows by reason, 256 of them
export const HEADER_DOI_MAPS = 116; // at u32 each: DOI MAP by index in HEADER_DOIS, 0: its labels stand for themselves
export const HEADER_LOWER = 120; // at PORT rows: bindings that take lower labels too, PORT_TARGET an endpoint
export const HEADER_LOWER_COUNT = 124;
export const HEADER_TEMPLATE_COUNT = 128;
export const HEADER_GRANTS = 132; // at bits by label number: what each label is within; filled by the kernel; 0: too many
export const HEADER_GRANT_OCTETS = 136; // octets of one label's bits: one for each template, then one for each interface
export const HEADER_NAMED = 140; // at 256 octets: ports that rows of any kind name (ports)
export const HEADER_HOSTS6_LOWS = 144; // at its lists of low halves
export const HEADER_SIZE = 152;

export const FLAG_LINUX = 1; // profile linux
export const FLAG_CHECKSUM = 2; // verify the IPv4 header checksum (I2)
export const FLAG_RIPSO = 4; // read options 130 and 133
export const FLAG_ANY_DOI = 8; // every DOI but 0 is known
export const FLAG_MAPS = 16; // there are DOI MAPs

// LABEL SLOT: free when the number is 0.
export const LABEL_SLOT_SIZE = 8;
export const LABEL_SLOT_NUMBER = 0; // u32, label number + 1
export const LABEL_SLOT_HASH = 4; // u32

// LABEL block: canonical, so that equal labels are equal octets. Packet labels and policy labels alike.
export const LABEL_DOI = 0; // u32
export const LABEL_LEVEL = 4; // u8
export const LABEL_WORDS = 5; // u8, u64 words of the bitmap, the last one not zero
export const LABEL_HIGHS = 6; // u16, runs above the bitmap
export const LABEL_BITMAP = 8; // u64 words: category c is octet c/8, bit 0x80 >> c%8, as on the wire
// then the runs: u16 first, u16 last, ascending, not touching, zero-padded to 8 octets
export const BITMAP_CATEGORIES = 2048; // categories 0-2047 stand in the bitmap, the others in runs
export const MAX_BITMAP_WORDS = 32;
export const MAX_HIGHS = 16; // of a packet: at most 15 enumerated categories or 8 ranges; a policy may have more

// DOI MAP: what becomes of labels of a DOI.
export const MAP_TO = 0; // u32, DOI
export const MAP_RENUMBERS = 4; // u32, 1: by the tables that follow; 0: the numbers stay, and there are none
export const MAP_LEVELS = 8; // u16 by level, or NONE16
export const MAP_CATEGORIES = 520; // u16 by category 0-2047, or NONE16
// The same by word and octet of the bitmap: which bits have a number, and how far they move as a whole, in bits to the back.
export const MAP_KNOWN = 4616; // u8[256]
export const MAP_WORD_MOVES = 4872; // i16[32], or MOVE_APART: they do not move together
export const MAP_OCTET_MOVES = 4936; // i16[256], or MOVE_APART
export const MAP_SIZE = 5448;
export const MOVE_APART = 0x7fff;

// ADDRESS: one of our own addresses, the broadcast of one, or a multicast group on one interface.
export const ADDRESS_SIZE = 32;
export const ADDRESS_OCTETS = 0; // 16; IPv4 in the first four, the others zero
export const ADDRESS_VERSION = 16; // u8, 4 or 6
export const ADDRESS_INTERFACE = 18; // u16
export const ADDRESS_OWNER = 20; // u16, partition, or NONE16: shared
export const ADDRESS_NUMBER = 22; // u16, for bindings to it; NONE16 for a broadcast or group
export const ADDRESS_MEMBERS = 24; // u32, at MEMBERS of a broadcast or group; 0: an address of one host

// MEMBERS: who may get a copy of a broadcast or multicast.
export const MEMBERS_SHARED = 0; // u32, 1: every partition on shared addresses too; those of them that need no look here
export const MEMBERS_OTHERS = 4; // u32, of those that have to be looked at for every packet
export const MEMBERS_ICMP = 8; // u32, of those and the ones that take ICMP of other labels
export const MEMBERS_PLAIN = 12; // u32, of all but the first: ICMP aside, they take their own label and nothing else
export const MEMBERS_LIST = 16; // u16 each, partitions: the first two lists ascending, the third by label number, ascending

// INTERFACE
export const INTERFACE_SIZE = 20;
export const INTERFACE_LOW = 0; // u32, label block; 0: no range
export const INTERFACE_HIGH = 4; // u32
export const INTERFACE_DEVICE = 8; // u32, number of its device; 0: any
export const INTERFACE_VLAN = 12; // u32, or NONE32: any
export const INTERFACE_MEMBERS = 16; // u32, at MEMBERS: of 255.255.255.255 and the groups of all hosts

// TEMPLATE
export const TEMPLATE_SIZE = 28;
export const TEMPLATE_LABELLED = 0; // u32, 1: labelled
export const TEMPLATE_LOW = 4; // u32, label block of the range; 0: no range
export const TEMPLATE_HIGH = 8; // u32
export const TEMPLATE_LABEL = 12; // u32, number of an unlabelled template's default label
export const TEMPLATE_SET = 16; // u32, at u32 each: label numbers of the set, ascending
export const TEMPLATE_SET_COUNT = 20; // u32
export const TEMPLATE_COUNTERPART = 24; // u32, number of what TEMPLATE_LABEL is mapped to (dois)

// PARTITION
export const PARTITION_SIZE = 36;
export const PARTITION_LABEL = 0; // u32, label number
export const PARTITION_ENDPOINT = 4; // u32, its own endpoint; its bindings' follow
export const PARTITION_OPEN = 8; // u32, 1: no bindings listed, it takes everything that reaches it
export const PARTITION_PORTS = 12; // u32, at PORT rows: its bindings, PORT_TARGET an endpoint
export const PARTITION_PORT_COUNT = 16; // u32
export const PARTITION_MULTILEVEL = 20; // u32, at PORT rows: its multilevel ports on addresses it owns
export const PARTITION_MULTILEVEL_COUNT = 24; // u32
export const PARTITION_FLAGS = 28; // u32
export const PARTITION_REST = 32; // u32, endpoint of the binding that takes the rest on any address, or NONE32

export const PARTITION_SHARED = 1; // reached on shared addresses
export const PARTITION_ICMP = 2; // takes ICMP of every label of the interface's range
export const PARTITION_ADDRESSED = 4; // some of its bindings are to one address

// Ports that rows name: a bit for each port modulo 2048, whatever the protocol. A bit that is not set spares the search.
export const NAMED_PORTS = 2048;

// PORT: ports and what they lead to, sorted by the u64 at 0. Rows of one protocol and address do not overlap.
export const PORT_SIZE = 16;
export const PORT_LAST = 0; // u16
export const PORT_FIRST = 2; // u16
export const PORT_ADDRESS = 4; // u16, address number, or NONE16: any
export const PORT_PROTOCOL = 6; // u16, 0: whatever no other row takes
export const PORT_TARGET = 8; // u32
export const PORT_PARTITION = 12; // u32, of an endpoint that takes lower labels

// COUNTER
export const COUNTER_SIZE = 16;
export const COUNTER_FRAMES = 0; // u64
export const COUNTER_BYTES = 8; // u64, octets on the wire
