// The copies of a batch: deliveries of broadcasts and multicasts beyond the first, in the order of the frames.

import { COPIES, COPY_ENDPOINT, COPY_ROW, COPY_SIZE, MAX_COPIES } from "./memory";
import { endpoint, takeNextCopy } from "./take";

// The most copies of one frame: MAX_MEMBERS of ts/policy/model.ts, and three that a label or a port points at.
const MAX_OF_FRAME: u32 = 1027;

export let count: u32 = 0;

export function openCopies(): void {
  count = 0;
}

// Whether there is room for those of another frame.
export function hasRoom(): bool {
  return count + MAX_OF_FRAME <= <u32>MAX_COPIES;
}

// Takes those of the frame of a row, behind its first delivery. Returns how many.
export function takeCopies(row: u32): u32 {
  const before = count;
  while (takeNextCopy()) {
    store<u32>(COPIES + count * COPY_SIZE + COPY_ROW, row);
    store<u32>(COPIES + count * COPY_SIZE + COPY_ENDPOINT, endpoint);
    count++;
  }
  return count - before;
}
