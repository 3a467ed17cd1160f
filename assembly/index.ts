// The whole export surface of the kernel. Everything else it shares with the outside are the rows and tables in its
// memory (columns, tables, memory).

import { judged } from "./batch";
import { count as copies } from "./copies";
import { indexAddresses } from "./addresses";
import { indexLabels } from "./partitions";
import { FRAME_SIZE } from "./columns";
import { FRAMES } from "./memory";
import { readFrame } from "./read";

// Once, when the policy's header and tables are in place.
export function prepare(): void {
  indexAddresses();
  indexLabels();
}

// Reads the frame of one FRAME row: its status; PACKET and LABEL hold the rest.
export function read(row: u32): i32 {
  return readFrame(FRAMES + row * FRAME_SIZE);
}

export { classifyBatch as classify } from "./batch";

// Rows that the last call of classify judged: fewer than asked when there is no more room for copies.
export function judgedRows(): u32 {
  return judged;
}

export function copyCount(): u32 {
  return copies;
}

// The lattice, on LABEL blocks anywhere in memory.
export { labelEqual, labelDominates, labelWithin, labelJoin, labelMeet } from "./label";
