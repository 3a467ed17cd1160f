// Records of a pcap file (draft-ietf-opsawg-pcap), straight from its octets to FRAME rows.
//
//   seconds 4 | fraction 4 | captured length 4 | wire length 4 | octets
//   Kuznetzov's record has 8 octets more before the frame's
//
// What is out of the ordinary ends the walk: the API reads that record (ts/capture/pcap.ts), or says what is wrong with it.

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
import { closeRows, row, rowsEnd } from "./rows";

const FRACTION: usize = 4;
const CAPTURED: usize = 8;
const WIRE: usize = 12;

// Goes through whole records from `at` to `end`, offsets from `octets`, while there is room for rows. Lengths are in their
// order, integers in the file's byte order; `unit` is the nanoseconds in a unit of the fraction. Returns where it ended.
export function walkPcap(
  octets: usize,
  at: usize,
  end: usize,
  header: u32,
  swapped: bool,
  unit: u32,
  linkType: u32,
): usize {
  const units: u32 = 1000000000 / unit;
  const stop = octets + end;
  let record = octets + at;
  let frame = row;
  for (; frame < rowsEnd && record + header <= stop; frame += FRAME_SIZE) {
    let seconds = load<u32>(record);
    let fraction = load<u32>(record, FRACTION);
    let captured = load<u32>(record, CAPTURED);
    let wire = load<u32>(record, WIRE);
    if (swapped) {
      seconds = bswap(seconds);
      fraction = bswap(fraction);
      captured = bswap(captured);
      wire = bswap(wire);
    }
    const start = record + header;
    if (captured > <u32>MAX_CAPLEN || start + captured > stop || fraction >= units) break;
    store<u32>(frame, <u32>(start - octets), FRAME_OFFSET);
    store<u32>(frame, captured, FRAME_CAPLEN);
    store<u32>(frame, wire, FRAME_WIRELEN);
    store<u32>(frame, linkType, FRAME_LINKTYPE); // and interface 0
    store<f64>(frame, <f64>seconds, FRAME_SECONDS);
    store<u32>(frame, fraction * unit, FRAME_NANOS);
    record = start + captured;
  }
  closeRows(frame);
  return record - octets;
}
