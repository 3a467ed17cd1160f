// Many frames: a verdict for each, the counters, and the rows grouped by the slot (sink) they go to.

import {
  FRAME_SIZE,
  FRAME_WIRELEN,
  VERDICT_ENDPOINT,
  VERDICT_REASON,
  VERDICT_SIZE,
} from "./columns";
import {
  FRAMES,
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

// Judges the first `count` FRAME rows. Returns the number of groups: GROUP rows by first frame, each with its rows in
// GROUPED in the order of the batch.
export function classifyBatch(count: u32): u32 {
  const slotGroups = load<u32>(POLICY + HEADER_SLOT_GROUPS);
  let groups: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const frame = FRAMES + i * FRAME_SIZE;
    const verdict = VERDICTS + i * VERDICT_SIZE;
    const reason = classifyFrame(frame, verdict);
    const wireLength = load<u32>(frame + FRAME_WIRELEN);
    tally(load<u32>(POLICY + HEADER_REASON_COUNTERS) + reason * COUNTER_SIZE, wireLength);
    if (reason == OK) {
      const endpoint = load<u32>(verdict + VERDICT_ENDPOINT);
      tally(load<u32>(POLICY + HEADER_ENDPOINT_COUNTERS) + endpoint * COUNTER_SIZE, wireLength);
    }

    const slotGroup = slotGroups + (slotOf(verdict) << 2);
    let group = load<u32>(slotGroup);
    if (group == 0) {
      group = ++groups;
      store<u32>(slotGroup, group);
      const row = GROUPS + (group - 1) * GROUP_SIZE;
      store<u32>(row + GROUP_SLOT, slotOf(verdict));
      store<u32>(row + GROUP_COUNT, 0);
    }
    const counter = GROUPS + (group - 1) * GROUP_SIZE + GROUP_COUNT;
    store<u32>(counter, load<u32>(counter) + 1);
  }

  let start: u32 = 0;
  for (let group: u32 = 0; group < groups; group++) {
    const row = GROUPS + group * GROUP_SIZE;
    store<u32>(row + GROUP_START, start);
    start += load<u32>(row + GROUP_COUNT);
    store<u32>(row + GROUP_COUNT, 0);
  }
  for (let i: u32 = 0; i < count; i++) {
    const group = load<u32>(slotGroups + (slotOf(VERDICTS + i * VERDICT_SIZE) << 2));
    const row = GROUPS + (group - 1) * GROUP_SIZE;
    const position = load<u32>(row + GROUP_COUNT);
    store<u32>(GROUPED + ((load<u32>(row + GROUP_START) + position) << 2), i);
    store<u32>(row + GROUP_COUNT, position + 1);
  }
  for (let group: u32 = 0; group < groups; group++) {
    store<u32>(slotGroups + (load<u32>(GROUPS + group * GROUP_SIZE + GROUP_SLOT) << 2), 0);
  }
  return groups;
}

// Slot 0 is the drops.
function slotOf(verdict: usize): u32 {
  if (load<u8>(verdict + VERDICT_REASON) != OK) return 0;
  return load<u32>(load<u32>(POLICY + HEADER_SLOTS) + (load<u32>(verdict + VERDICT_ENDPOINT) << 2));
}

function tally(counter: usize, octets: u32): void {
  store<u64>(counter + COUNTER_FRAMES, load<u64>(counter + COUNTER_FRAMES) + 1);
  store<u64>(counter + COUNTER_BYTES, load<u64>(counter + COUNTER_BYTES) + octets);
}
