// The map: where everything stands in the kernel's memory. Addresses in octets. Compiled by asc and imported by ts/.
// Memory is imported and never grows: its size is fixed when a policy is loaded, because growth would leave every view
// and every address handed to the operating system stale.

export const DATA = 1024; // constants of the kernel itself (asc --memoryBase)
export const PACKET = 4096; // one PACKET record (columns)
export const LABEL = 6144; // the label of the packet at hand, canonical (label)
export const HIGH_RUNS = 6656; // its runs above the bitmap, while they are collected
export const COUNTERPART = 7168; // the label that the packet's is mapped to, canonical (counterpart)
export const POLICY = 8192; // the policy's header (tables)

export const CRC_TABLES = 12288; // u16[8][256] (crc)
export const ROW_GROUPS = 16384; // u16 each, group by row (batch)
export const CLOCKS = 24576; // MAX_CLOCKS CLOCK rows, by interface of the section (pcapng)

export const DATAGRAMS = 65536; // entries of both tables of Rule F (datagrams)
export const DATAGRAM_BUCKETS = 1130496; // u16 each, MAX_DATAGRAMS of them by table
export const DATAGRAM_TABLES = 1134592; // TABLE records by table
export const DATAGRAM_KEYS = 1134624; // u64, three of them, at random: of the hash of datagrams
export const DATAGRAMS_END = 1134648;

export const DEVICES = 1134656; // u16 device number by interface of the capture, 65536 of them; 0: not known

export const FRAMES = 1265728; // MAX_BATCH FRAME rows
export const VERDICTS = 1396800; // MAX_BATCH VERDICT rows
export const GROUPED = 1527872; // u32 row numbers, MAX_BATCH + MAX_COPIES of them, grouped by slot
export const GROUPS = 1560640; // MAX_BATCH + MAX_COPIES GROUP rows: the slots that got frames
export const COPIES = 1658944; // MAX_COPIES COPY rows, by frame

export const INTAKE_ROWS = 1708096; // MAX_BATCH FRAME rows of the batch in the intake
export const INTAKE = 1839168; // octets that a reader reads to, judged where they are
export const INTAKE_SIZE = 262144;
export const ARENA = 2105408; // octets that are copied here to be judged
export const ARENA_SIZE = 1048576;
export const SLACK = 4096; // readable octets behind the intake and the arena: loads may be wider than what they need
export const TABLES = 3158080; // the policy's tables, as many octets as it needs

export const MAX_BATCH = 4096; // frames a batch
export const MAX_COPIES = 4096; // deliveries of one batch beyond the first of each frame; a batch ends when it is near
export const MAX_DATAGRAMS = 1024; // datagrams that one table of Rule F knows at once
export const MAX_PIECES = 32; // runs of octets that were taken of one datagram

// Entries of Rule F (datagrams)
export const DATAGRAM_SIZE = 520;
export const DATAGRAM_CONDEMNED = 38; // u8, reason, or 0

// TABLE record of Rule F (datagrams)
export const DATAGRAM_TABLE_SIZE = 16;
export const DATAGRAM_COUNT = 0; // u32, entries in use
export const DATAGRAM_OLDEST = 4; // u32, the entry to be displaced next when all are
export const DATAGRAM_DISPLACED = 8; // u64, entries displaced while alive

export const MAX_CLOCKS = 256; // interfaces of a section whose blocks the kernel walks; the API reads those of others

// CLOCK: an interface of a pcapng section.
export const CLOCK_SIZE = 24;
export const CLOCK_TICKS = 0; // u64 in a second, a divisor of 1000000000; 0: the API converts its times
export const CLOCK_OFFSET = 8; // f64, whole seconds to add
export const CLOCK_COLUMNS = 16; // u16 link type, u16 interface, as in a FRAME row

// COPY: a frame goes to one more endpoint.
export const COPY_SIZE = 12;
export const COPY_ROW = 0; // u32
export const COPY_ENDPOINT = 4; // u32
export const COPY_GROUP = 8; // u32

// GROUP: frames of the batch that go to one slot. Slot 0 is the drops.
export const GROUP_SIZE = 12;
export const GROUP_SLOT = 0; // u32
export const GROUP_START = 4; // u32, index into GROUPED
export const GROUP_COUNT = 8; // u32
