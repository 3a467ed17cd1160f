// Many frames: a verdict for each by itself (P-10), the counters, and the rows grouped by the slot (sink) they go to.

import {
  FRAME_SIZE,
  FRAME_WIRELEN,
  VERDICT_ENDPOINT,
  VERDICT_REASON,
  VERDICT_SIZE,
} from "./columns";
import {
  COPIES,
  COPY_ENDPOINT,
  COPY_ROW,
  COPY_SIZE,
  GROUP_COUNT,
  GROUP_SIZE,
  GROUP_SLOT,
  GROUP_START,
  GROUPED,
  GROUPS,
  POLICY,
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
  let copied: u32 = 0; // copies that were grouped
  judged = 0;
  openCopies();
  while (judged < count && hasRoom()) {
    const frame = rows + judged * FRAME_SIZE;
    const verdict = VERDICTS + judged * VERDICT_SIZE;
    const reason = classifyFrame(frame, octets, verdict);
    const wireLength = load<u32>(frame + FRAME_WIRELEN);
    tally(load<u32>(POLICY + HEADER_REASON_COUNTERS) + reason * COUNTER_SIZE, wireLength);
    if (reason == OK) tallyEndpoint(load<u32>(verdict + VERDICT_ENDPOINT), wireLength);
    groups = countIn(slotGroups, slotOf(verdict), groups);
    for (; copied < copies; copied++) {
      const endpoint = load<u32>(COPIES + copied * COPY_SIZE + COPY_ENDPOINT);
      tallyEndpoint(endpoint, wireLength);
      groups = countIn(slotGroups, slotOfEndpoint(endpoint), groups);
    }
    judged++;
  }

  let start: u32 = 0;
  for (let group: u32 = 0; group < groups; group++) {
    const row = GROUPS + group * GROUP_SIZE;
    store<u32>(row + GROUP_START, start);
    start += load<u32>(row + GROUP_COUNT);
    store<u32>(row + GROUP_COUNT, 0);
  }
  copied = 0;
  for (let i: u32 = 0; i < judged; i++) {
    place(slotGroups, slotOf(VERDICTS + i * VERDICT_SIZE), i);
    for (; copied < copies && load<u32>(COPIES + copied * COPY_SIZE + COPY_ROW) == i; copied++) {
      place(slotGroups, slotOfEndpoint(load<u32>(COPIES + copied * COPY_SIZE + COPY_ENDPOINT)), i);
    }
  }
  for (let group: u32 = 0; group < groups; group++) {
    store<u32>(slotGroups + (load<u32>(GROUPS + group * GROUP_SIZE + GROUP_SLOT) << 2), 0);
  }
  return groups;
}

// One more frame for a slot. Returns the number of groups.
function countIn(slotGroups: usize, slot: u32, groups: u32): u32 {
  const slotGroup = slotGroups + (slot << 2);
  let group = load<u32>(slotGroup);
  if (group == 0) {
    group = ++groups;
    store<u32>(slotGroup, group);
    const row = GROUPS + (group - 1) * GROUP_SIZE;
    store<u32>(row + GROUP_SLOT, slot);
    store<u32>(row + GROUP_COUNT, 0);
  }
  const counter = GROUPS + (group - 1) * GROUP_SIZE + GROUP_COUNT;
  store<u32>(counter, load<u32>(counter) + 1);
  return groups;
}

function place(slotGroups: usize, slot: u32, i: u32): void {
  const row = GROUPS + (load<u32>(slotGroups + (slot << 2)) - 1) * GROUP_SIZE;
  const position = load<u32>(row + GROUP_COUNT);
  store<u32>(GROUPED + ((load<u32>(row + GROUP_START) + position) << 2), i);
  store<u32>(row + GROUP_COUNT, position + 1);
}

// Slot 0 is the drops.
function slotOf(verdict: usize): u32 {
  if (load<u8>(verdict + VERDICT_REASON) != OK) return 0;
  return slotOfEndpoint(load<u32>(verdict + VERDICT_ENDPOINT));
}

// @ts-ignore: decorator
@inline
function slotOfEndpoint(endpoint: u32): u32 {
  return load<u32>(load<u32>(POLICY + HEADER_SLOTS) + (endpoint << 2));
}

function tallyEndpoint(endpoint: u32, octets: u32): void {
  tally(load<u32>(POLICY + HEADER_ENDPOINT_COUNTERS) + endpoint * COUNTER_SIZE, octets);
}

function tally(counter: usize, octets: u32): void {
  store<u64>(counter + COUNTER_FRAMES, load<u64>(counter + COUNTER_FRAMES) + 1);
  store<u64>(counter + COUNTER_BYTES, load<u64>(counter + COUNTER_BYTES) + octets);
}
