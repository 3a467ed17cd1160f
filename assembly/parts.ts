// Where frames are gathered by slot (gather): compiled by asc and imported by ts/. Byte offsets.

// PART: memory of one slot.
export const PART_SIZE = 20;
export const PART_START = 0; // u32, address
export const PART_END = 4; // u32, behind the last block
export const PART_LIMIT = 8; // u32, behind the memory; there is none while all three are 0
export const PART_CAPTURE_INTERFACE = 12; // u32, interface of the capture, or NONE32
export const PART_INTERFACE = 16; // u32, what it is in the slot's own blocks

// TEXT: what a comment says of a reason, between the number of the frame and that of the octet.
export const TEXT_SIZE = 8;
export const TEXT_AT = 0; // u32, address
export const TEXT_LENGTH = 4; // u32

// What gather returns: what is to be done before it can go on.
export const GATHERED = 0; // nothing, it is through
export const GATHER_FULL = 1; // the slot's memory has no room for the row's block
export const GATHER_INTERFACE = 2; // another interface of the capture is the row's
export const GATHER_ROW = 3; // the row's time is one that pcapng can't hold, or nearly
