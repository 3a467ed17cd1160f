// The frames of the batch that was judged, as blocks of pcapng (draft-ietf-opsawg-pcapng, section 4.3) in memory of the slot
// they go to:
//
//   6 | length | interface | time high, low | captured length | wire length | octets, padded | options | length
//
// A drop has an option, the comment that says why: `frame 7: NO_TEMPLATE (step 5): ...; octet 26`.

import {
  FRAME_CAPLEN,
  FRAME_INTERFACE,
  FRAME_NANOS,
  FRAME_OFFSET,
  FRAME_SECONDS,
  FRAME_SIZE,
  FRAME_WIRELEN,
  VERDICT_BLAME,
  VERDICT_REASON,
  VERDICT_SIZE,
} from "./columns";
import { GROUP_COUNT, GROUP_SIZE, GROUP_SLOT, GROUP_START, GROUPED, GROUPS, VERDICTS } from "./memory";
import {
  GATHER_FULL,
  GATHER_INTERFACE,
  GATHER_ROW,
  GATHERED,
  PART_CAPTURE_INTERFACE,
  PART_END,
  PART_INTERFACE,
  PART_LIMIT,
  PART_SIZE,
  TEXT_AT,
  TEXT_LENGTH,
  TEXT_SIZE,
} from "./parts";

const ENHANCED_PACKET: u32 = 6;
const BEFORE: u32 = 28; // octets of a block before those of the frame
const AFTER: u32 = 4;
const COMMENT: u32 = 1; // option code; the end of the options is 0, without octets
const OPTION: u32 = 4; // octets of an option's header
const MAX_DIGITS: u32 = 20; // of a u64
const DROPS: u32 = 0; // slot
const SECOND: u64 = 1000000000; // nanoseconds
const LAST_SECOND: f64 = 18446744072; // the last one whose nanoseconds all fit a u64

let group: u32 = 0; // at hand
let position: u32 = 0; // in its rows
export let slot: u32 = 0; // of the group at hand
export let gatheredRow: u32 = 0; // that the API has to see to, counted from the first that was judged

// Before the first call for a batch.
export function openGather(): void {
  group = 0;
  position = 0;
}

// When the API has written a row itself.
export function passRow(): void {
  position++;
}

// Goes on through the groups: PART rows at `parts` by slot, TEXT rows at `texts` by reason; `first` is the number of the
// frame of the first row.
export function gather(rows: usize, octets: usize, groups: u32, parts: usize, texts: usize, first: f64): u32 {
  for (; group < groups; group++) {
    const at = GROUPS + group * GROUP_SIZE;
    const count = load<u32>(at, GROUP_COUNT);
    const list = GROUPED + (load<u32>(at, GROUP_START) << 2);
    slot = load<u32>(at, GROUP_SLOT);
    const part = parts + slot * PART_SIZE;
    for (; position < count; position++) {
      const row = load<u32>(list + (position << 2));
      const frame = rows + row * FRAME_SIZE;
      gatheredRow = row;
      if (<u32>load<u16>(frame, FRAME_INTERFACE) != load<u32>(part, PART_CAPTURE_INTERFACE)) return GATHER_INTERFACE;
      const seconds = load<f64>(frame, FRAME_SECONDS);
      if (!(seconds >= 0 && seconds <= LAST_SECOND)) return GATHER_ROW;
      const captured = load<u32>(frame, FRAME_CAPLEN);
      const verdict = VERDICTS + row * VERDICT_SIZE;
      const text = slot == DROPS ? texts + <usize>load<u8>(verdict, VERDICT_REASON) * TEXT_SIZE : 0;
      const comment: u32 = text == 0 ? 0 : OPTION + load<u32>(text, TEXT_LENGTH) + PREFIX + 2 * MAX_DIGITS + OPTION + 4;
      const block = load<u32>(part, PART_END);
      if (block + BEFORE + captured + 4 + comment + AFTER > load<u32>(part, PART_LIMIT)) return GATHER_FULL;

      const time = <u64>seconds * SECOND + load<u32>(frame, FRAME_NANOS);
      let end: usize = block + BEFORE + ((captured + 3) & ~3);
      store<u32>(end - 4, 0); // padding; the rest is written over
      store<u32>(block, ENHANCED_PACKET);
      store<u32>(block, load<u32>(part, PART_INTERFACE), 8);
      store<u64>(block, (time >> 32) | (time << 32), 12);
      store<u32>(block, captured, 20);
      store<u32>(block, load<u32>(frame, FRAME_WIRELEN), 24);
      memory.copy(block + BEFORE, octets + load<u32>(frame, FRAME_OFFSET), captured);
      if (text != 0) end = writeComment(end, text, <u64>first + row, load<u32>(verdict, VERDICT_BLAME));
      const length = <u32>(end - block) + AFTER;
      store<u32>(block, length, 4);
      store<u32>(end, length);
      store<u32>(part, <u32>end + AFTER, PART_END);
    }
    position = 0;
  }
  return GATHERED;
}

const PREFIX: u32 = 6; // "frame "

// The comment and the end of the options; where they end.
function writeComment(at: usize, text: usize, number: u64, blamed: u32): usize {
  const start = at + OPTION;
  store<u32>(start, 0x6d617266); // fram
  store<u16>(start, 0x2065, 4); // e and a space
  let end = writeDecimal(start + PREFIX, number);
  memory.copy(end, load<u32>(text, TEXT_AT), load<u32>(text, TEXT_LENGTH));
  end = writeDecimal(end + load<u32>(text, TEXT_LENGTH), blamed);
  const length = <u32>(end - start);
  store<u32>(at, COMMENT | (length << 16));
  store<u32>(end, 0); // padding, and more
  end = start + ((length + 3) & ~3);
  store<u32>(end, 0);
  return end + OPTION;
}

// Returns where the digits end.
function writeDecimal(at: usize, value: u64): usize {
  let digits: u32 = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) digits++;
  for (let i = digits; i > 0; i--) {
    store<u8>(at + i - 1, 0x30 + <u8>(value % 10));
    value /= 10;
  }
  return at + digits;
}
