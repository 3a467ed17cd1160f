/**
 * Frames with other octets than those captured. An edit never changes a frame's length.
 *
 * @module
 */
import type { FrameBatch } from "../frames.ts";

/** Frames that can be edited at a time. */
export const MAX_EDITS = 64;

/** Octets by frame, counted from 1. */
export type Edits = ReadonlyMap<number, Uint8Array>;

/** Puts edited octets in the place of those captured. The batch's memory must be its reader's own. */
export function editBatch(batch: FrameBatch, edits: Edits): void {
  for (const [frame, bytes] of edits) {
    const row = frame - batch.first;
    if (row >= 0 && row < batch.count) batch.bytes.set(bytes, batch.offset(row));
  }
}
