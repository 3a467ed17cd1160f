// FRAME rows: where the walks over a capture write them, and what is looked at before frames are judged by them.

import { FRAME_CAPLEN, FRAME_INTERFACE, FRAME_OFFSET, FRAME_SIZE, MAX_CAPLEN } from "./columns";

export let row: usize = 0; // the next
export let rowsEnd: usize = 0; // behind the last there is room for

export function openRows(at: usize, count: u32): void {
  row = at;
  rowsEnd = at + count * FRAME_SIZE;
}

export function closeRows(at: usize): void {
  row = at;
}

// Octets that the last rows looked at lie between, offsets as in the rows.
export let spanFrom: u32 = 0;
export let spanTo: u32 = 0;

// How many of the rows, from the first, lie within `size` octets and `interfaces` (0: any), and span at most `most` octets.
export function spanRows(rows: usize, count: u32, size: u32, interfaces: u32, most: u32): u32 {
  spanFrom = 0;
  spanTo = 0;
  for (let i: u32 = 0; i < count; i++) {
    const frame = rows + i * FRAME_SIZE;
    const offset = load<u32>(frame, FRAME_OFFSET);
    const length = load<u32>(frame, FRAME_CAPLEN);
    if (length > <u32>MAX_CAPLEN || <u64>offset + length > <u64>size) return i;
    if (interfaces != 0 && <u32>load<u16>(frame, FRAME_INTERFACE) >= interfaces) return i;
    const from = i == 0 ? offset : min(spanFrom, offset);
    const to = max(spanTo, offset + length);
    if (to - from > most) return i;
    spanFrom = from;
    spanTo = to;
  }
  return count;
}
