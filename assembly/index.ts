// The whole export surface of the kernel. Everything else it shares with the outside are the rows and tables in its
// memory (columns, tables, memory).

import { judged } from "./batch";
import { count as copies } from "./copies";
import { indexAddresses } from "./addresses";
import { indexRemainders } from "./crc";
import { gatheredRow, slot } from "./gather";
import { indexGrants } from "./grants";
import { indexLabels } from "./partitions";
import { noteOptions } from "./packet";
import { readFrame } from "./read";
import { row, spanFrom, spanTo } from "./rows";

// Once, when the policy's header and tables are in place.
export function prepare(): void {
  indexRemainders();
  indexAddresses();
  indexLabels();
  indexGrants();
}

// Captures to FRAME rows: openRows says where to, walkedTo where they end.
export { openRows, spanRows } from "./rows";
export { walkPcap } from "./pcap";
export { walkPcapng } from "./pcapng";

export function walkedTo(): usize {
  return row;
}

export function spannedFrom(): u32 {
  return spanFrom;
}

export function spannedTo(): u32 {
  return spanTo;
}

// Reads the frame of one FRAME row, option types too: its status; PACKET and LABEL hold the rest.
export function read(frame: usize, octets: usize): i32 {
  noteOptions(true);
  const status = readFrame(frame, octets);
  noteOptions(false);
  return status;
}

export { classifyBatch as classify } from "./batch";

// Rows that the last call of classify judged: fewer than asked when there is no more room for copies.
export function judgedRows(): u32 {
  return judged;
}

export function copyCount(): u32 {
  return copies;
}

// What was judged, as blocks of a capture by slot.
export { gather, openGather, passRow } from "./gather";

// The slot and the row that gather can't go on with.
export function gatherSlot(): u32 {
  return slot;
}

export function gatherRow(): u32 {
  return gatheredRow;
}

// The host template of an address: index + 1, or 0.
export { templateOf as hostTemplate } from "./classify";

// Packets with another label, or without.
export { rewriteFailure, stamp, strip } from "./rewrite";

// The lattice, on LABEL blocks anywhere in memory.
export { labelEqual, labelDominates, labelWithin, labelJoin, labelMeet } from "./label";
