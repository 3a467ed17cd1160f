// The kernel behind load and classify, so many frames at a time.
import { CaptureScan } from "../../ts/capture/scan.ts";
import type { FrameBatch } from "../../ts/frames.ts";
import { Kernel, TABLES_BASE } from "../../ts/kernel.ts";
import { compilePolicy } from "../../ts/policy/compile.ts";
import { resolvePolicy } from "../../ts/policy/read.ts";
import { now } from "../clock.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";

/** The frames stand in the kernel's memory, read there before the clock starts; `size` of them are judged at a time. */
export function batchLane(name: string, what: string, size: number): Lane {
  return { name, what, open: (workload) => openBatches(workload, size) };
}

function openBatches({ policy, capture, frames }: Workload, size: number): OpenLane {
  const image = compilePolicy(resolvePolicy(policy), TABLES_BASE);
  return {
    frames,
    octets: capture.length,
    round() {
      const kernel = new Kernel(image);
      const intake = kernel.lend();
      if (intake === null) throw new Error("a new kernel's memory is lent already");
      const scan = new CaptureScan(intake);
      let spent = 0;
      let judged = 0;
      for (let at = 0; at < capture.length; ) {
        at += scan.take(capture.subarray(at));
        for (const batch of scan.batches()) {
          const start = now();
          judgeBatch(kernel, batch, size);
          spent += now() - start;
          judged += batch.count;
        }
      }
      if (judged !== frames) throw new Error(`${judged} frames were judged of ${frames}`);
      return spent;
    },
    close() {},
  };
}

function judgeBatch(kernel: Kernel, batch: FrameBatch, size: number): void {
  for (let first = 0; first < batch.count; ) first += kernel.classify(kernel.load(batch, first, size)).judged;
}
