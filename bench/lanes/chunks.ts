// A capture in pieces, as when it is read from a file: each piece is copied to where the kernel reads it before the clock
// starts. Its octets are in a cache then, and their order was never seen.
import { CaptureScan } from "../../ts/capture/scan.ts";
import type { FrameBatch } from "../../ts/frames.ts";
import type { Intake } from "../../ts/intake.ts";
import { now } from "../clock.ts";

/** Gives the batches of a whole capture; the nanoseconds that walking over records and `take` needed. */
export function throughChunks(capture: Uint8Array, intake: Intake, take: (batch: FrameBatch) => void): number {
  const scan = new CaptureScan(intake);
  let spent = 0;
  for (let at = 0; at < capture.length; ) {
    at += scan.take(capture.subarray(at));
    const start = now();
    for (const batch of scan.batches()) take(batch);
    spent += now() - start;
  }
  scan.end();
  return spent;
}
