// The map: where everything stands in the kernel's memory. Addresses in octets. Compiled by asc and imported by ts/.
// Memory is imported and never grows: its size is fixed when a policy is loaded, because growth would leave every view
// and every address handed to the operating system stale.

export const DATA = 1024; // constants of the kernel itself (asc --memoryBase)
export const PACKET = 4096; // one PACKET record (columns)
export const LABEL = 6144; // the label of the packet at hand, canonical (label)
export const HIGH_RUNS = 6656; // its runs above the bitmap, while they are collected
export const POLICY = 8192; // the policy's header (tables)

export const FRAGMENTS = 65536; // MAX_DATAGRAMS entries (fragments)
export const FRAGMENT_BUCKETS = 475136; // u16 each, MAX_DATAGRAMS of them
export const FRAGMENT_COUNT = 477184; // u32, entries in use
export const FRAGMENT_OLDEST = 477188; // u32, the entry to be displaced next when all are
export const FRAGMENT_KEYS = 477192; // u64, three of them, at random: of the hash of datagrams
export const FRAGMENTS_END = 477216;

export const FRAMES = 491520; // MAX_BATCH FRAME rows
export const VERDICTS = 622592; // MAX_BATCH VERDICT rows
export const GROUPED = 753664; // u32 row numbers, MAX_BATCH of them, grouped by slot
export const GROUPS = 770048; // MAX_BATCH GROUP rows: the slots that got frames

export const ARENA = 1048576; // the octets of the batch at hand
export const ARENA_SIZE = 1048576;
export const SLACK = 4096; // readable octets behind the arena: loads may be wider than what they need
export const TABLES = 2101248; // the policy's tables, as many octets as it needs

export const MAX_BATCH = 4096; // frames a batch
export const MAX_DATAGRAMS = 1024; // datagrams whose fragments are followed at once (Rule F)

// GROUP: frames of the batch that go to one slot. Slot 0 is the drops.
export const GROUP_SIZE = 12;
export const GROUP_SLOT = 0; // u32
export const GROUP_START = 4; // u32, index into GROUPED
export const GROUP_COUNT = 8; // u32
