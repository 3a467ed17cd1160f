// Many frames: a verdict for each by itself (P-10), the counters, and the rows grouped by the slot (sink) they go to.

import {
  FRAME_SIZE,
  FRAME_WIRELEN,
  VERDICT_ENDPOINT,
  VERDICT_SIZE,
} from "./columns";
import {
  COPIES,
  COPY_ENDPOINT,
  COPY_GROUP,
  COPY_ROW,
  COPY_SIZE,
  GROUP_COUNT,
  GROUP_SIZE,
  GROUP_SLOT,
  GROUP_START,
  GROUPED,
  GROUPS,
  POLICY,
  ROW_GROUPS,
  VERDICTS,
} from "./memory";
import { classifyFrame } from "./classify";
import { count as copies, hasRoom, openCopies } from "./copies";
import { OK } from "./reason";
import {
  COUNTER_BYTES,
  COUNTER_FRAMES,
  COUNTER_SIZE,
  HEADER_ENDPOINT_COUNTERS,
  HEADER_REASON_COUNTERS,
  HEADER_SLOT_GROUPS,
  HEADER_SLOTS,
} from "./tables";

// FRAME rows that were judged by the last call.
export let judged: u32 = 0;

// Judges `count` FRAME rows from the one at `rows` on, whose offsets count from `octets`, or as many of them as there is
// room for copies of (`judged`). Returns the number of groups: GROUP rows by first frame, each with its rows in GROUPED in
// the order of the batch, 0 being the first that was judged.
export function classifyBatch(rows: usize, octets: usize, count: u32): u32 {
  const slotGroups = load<u32>(POLICY + HEADER_SLOT_GROUPS);
  let groups: u32 = 0;
  let row: u32 = 0;
  openCopies();
  for (; row < count && hasRoom(); row++) {
    const frame = rows + row * FRAME_SIZE;
    const verdict = VERDICTS + row * VERDICT_SIZE;
    const before = copies;
    const reason = classifyFrame(frame, octets, verdict);
    const wireLength = load<u32>(frame, FRAME_WIRELEN);
    tally(load<u32>(POLICY + HEADER_REASON_COUNTERS) + reason * COUNTER_SIZE, wireLength);
    let slot: u32 = 0; // of the drops
    if (reason == OK) {
      const endpoint = load<u32>(verdict, VERDICT_ENDPOINT);
      tallyEndpoint(endpoint, wireLength);
      slot = slotOf(endpoint);
    }
    let group = load<u32>(slotGroups + (slot << 2));
    if (group == 0) group = openGroup(slotGroups, slot, ++groups);
    store<u16>(ROW_GROUPS + (row << 1), group);
    countIn(group);
    if (copies != before) groups = countCopies(slotGroups, before, wireLength, groups);
  }
  judged = row;

  let start: u32 = 0;
  for (let group: u32 = 1; group <= groups; group++) {
    const at = groupRow(group);
    store<u32>(slotGroups + (load<u32>(at, GROUP_SLOT) << 2), 0);
    const length = load<u32>(at, GROUP_COUNT);
    store<u32>(at, start, GROUP_START);
    store<u32>(at, 0, GROUP_COUNT);
    start += length;
  }
  let copied: u32 = 0; // that were placed
  for (let i: u32 = 0; i < row; i++) {
    place(load<u16>(ROW_GROUPS + (i << 1)), i);
    for (; copied < copies && load<u32>(COPIES + copied * COPY_SIZE, COPY_ROW) == i; copied++) {
      place(load<u32>(COPIES + copied * COPY_SIZE, COPY_GROUP), i);
    }
  }
  return groups;
}
// The copies of a row, the first of which is number `copy`. Returns the number of groups.
function countCopies(slotGroups: usize, copy: u32, wireLength: u32, groups: u32): u32 {
  for (; copy < copies; copy++) {
    const at = COPIES + copy * COPY_SIZE;
    const endpoint = load<u32>(at, COPY_ENDPOINT);
    tallyEndpoint(endpoint, wireLength);
    const slot = slotOf(endpoint);
    let group = load<u32>(slotGroups + (slot << 2));
    if (group == 0) group = openGroup(slotGroups, slot, ++groups);
    store<u32>(at, group, COPY_GROUP);
    countIn(group);
  }
  return groups;
}

// Groups are numbered from 1.
// @ts-ignore: decorator
@inline
function groupRow(group: u32): usize {
  return GROUPS - GROUP_SIZE + group * GROUP_SIZE;
}

function openGroup(slotGroups: usize, slot: u32, group: u32): u32 {
  store<u32>(slotGroups + (slot << 2), group);
  store<u32>(groupRow(group), slot, GROUP_SLOT);
  store<u32>(groupRow(group), 0, GROUP_COUNT);
  return group;
}

// @ts-ignore: decorator
@inline
function countIn(group: u32): void {
  const at = groupRow(group);
  store<u32>(at, load<u32>(at, GROUP_COUNT) + 1, GROUP_COUNT);
}

// @ts-ignore: decorator
@inline
function place(group: u32, row: u32): void {
  const at = groupRow(group);
  const position = load<u32>(at, GROUP_COUNT);
  store<u32>(GROUPED + ((load<u32>(at, GROUP_START) + position) << 2), row);
  store<u32>(at, position + 1, GROUP_COUNT);
}

// @ts-ignore: decorator
@inline
function slotOf(endpoint: u32): u32 {
  return load<u32>(load<u32>(POLICY + HEADER_SLOTS) + (endpoint << 2));
}

function tallyEndpoint(endpoint: u32, octets: u32): void {
  tally(load<u32>(POLICY + HEADER_ENDPOINT_COUNTERS) + endpoint * COUNTER_SIZE, octets);
}

// @ts-ignore: decorator
@inline
function tally(counter: usize, octets: u32): void {
  store<u64>(counter + COUNTER_FRAMES, load<u64>(counter + COUNTER_FRAMES) + 1);
  store<u64>(counter + COUNTER_BYTES, load<u64>(counter + COUNTER_BYTES) + octets);
}
