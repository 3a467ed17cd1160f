// What a kernel grouped, as objects.
import type { Kernel } from "../ts/kernel.ts";

/** Frames that go to one slot. */
export interface Group {
  readonly slot: number;
  /** In the order of the batch. */
  readonly rows: Uint32Array;
}

/** The first `count` groups of the rows judged last. */
export function groupsOf(kernel: Kernel, count: number): Group[] {
  return Array.from({ length: count }, (_, group) => ({ slot: kernel.slotOf(group), rows: kernel.rowsOf(group) }));
}
