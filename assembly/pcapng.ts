// Enhanced packet blocks of a pcapng file (draft-ietf-opsawg-pcapng), straight from its octets to FRAME rows.
//
//   type 4 | total length 4 | interface 4 | time, high half 4 | low half 4 | captured length 4 | wire length 4
//   octets, padded to 4 | options | total length 4
//
// Any other block, and what is out of the ordinary, ends the walk: the API reads that block (ts/capture/pcapng.ts), or says
// what is wrong with it.

import {
  FRAME_CAPLEN,
  FRAME_LINKTYPE,
  FRAME_NANOS,
  FRAME_OFFSET,
  FRAME_SECONDS,
  FRAME_SIZE,
  FRAME_WIRELEN,
  MAX_CAPLEN,
} from "./columns";
import { CLOCK_COLUMNS, CLOCK_OFFSET, CLOCK_SIZE, CLOCK_TICKS, CLOCKS } from "./memory";
import { closeRows, row, rowsEnd } from "./rows";

const ENHANCED_PACKET: u32 = 6;
const SHORTEST: u32 = 32;
const LONGEST: u32 = 1 << 24;

const LENGTH: usize = 4;
const INTERFACE: usize = 8;
const TIME_HIGH: usize = 12;
const TIME_LOW: usize = 16;
const CAPTURED: usize = 20;
const WIRE: usize = 24;
const OCTETS: usize = 28;
const CLOSING: usize = 4; // octets of the total length at the end

const BILLION: u64 = 1000000000;

// @ts-ignore: decorator
@inline
function u32Of(at: usize, swapped: bool): u32 {
  const value = load<u32>(at);
  return swapped ? bswap(value) : value;
}

// Goes through whole blocks from `at` to `end`, offsets from `octets`, while there is room for rows. The first `clocks`
// interfaces of the section have CLOCK rows. Returns where it ended.
export function walkPcapng(octets: usize, at: usize, end: usize, swapped: bool, clocks: u32): usize {
  const stop = octets + end;
  let block = octets + at;
  let frame = row;
  for (; frame < rowsEnd && block + SHORTEST <= stop; frame += FRAME_SIZE) {
    if (u32Of(block, swapped) != ENHANCED_PACKET) break;
    const length = u32Of(block + LENGTH, swapped);
    if (length < SHORTEST || length > LONGEST || (length & 3) != 0 || block + length > stop) break;
    const captured = u32Of(block + CAPTURED, swapped);
    const source = u32Of(block + INTERFACE, swapped);
    if (captured > <u32>MAX_CAPLEN || captured > length - SHORTEST || source >= clocks) break;
    if (u32Of(block + length - CLOSING, swapped) != length) break;
    const clock = CLOCKS + source * CLOCK_SIZE;
    const ticks = load<u64>(clock, CLOCK_TICKS);
    if (ticks == 0) break;

    const time = (<u64>u32Of(block + TIME_HIGH, swapped) << 32) | u32Of(block + TIME_LOW, swapped);
    const seconds = time / ticks;
    store<u32>(frame, <u32>(block + OCTETS - octets), FRAME_OFFSET);
    store<u32>(frame, captured, FRAME_CAPLEN);
    store<u32>(frame, u32Of(block + WIRE, swapped), FRAME_WIRELEN);
    store<u32>(frame, load<u32>(clock, CLOCK_COLUMNS), FRAME_LINKTYPE); // and the interface
    store<f64>(frame, <f64>seconds + load<f64>(clock, CLOCK_OFFSET), FRAME_SECONDS);
    store<u32>(frame, <u32>((time - seconds * ticks) * (BILLION / ticks)), FRAME_NANOS);
    block += length;
  }
  closeRows(frame);
  return block - octets;
}
