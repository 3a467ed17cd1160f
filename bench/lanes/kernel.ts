// The kernel by itself: walk over records, and verdicts, counters and groups of the frames; nothing is called in JavaScript
// but once a batch.
import type { FrameBatch } from "../../ts/frames.ts";
import type { Intake } from "../../ts/intake.ts";
import { Kernel, TABLES_BASE } from "../../ts/kernel.ts";
import { compilePolicy, type PolicyImage } from "../../ts/policy/compile.ts";
import type { PolicyInput } from "../../ts/policy/input.ts";
import { resolvePolicy } from "../../ts/policy/read.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";
import { throughChunks } from "./chunks.ts";

export const walkLane: Lane = chunkLane("kernel/walk", "records found and made into rows, nothing judged", () => {});

export const chunksLane: Lane = chunkLane(
  "kernel/chunks",
  "walk and verdicts, the capture copied to the kernel in pieces of 256 KiB before the clock starts",
  judge,
);

export const oneLane: Lane = callsLane("kernel/frames", "the same with a call of the kernel for each frame", 1);

/** Verdicts in calls of at most so many frames each; one call doesn't go beyond a piece. */
export function callsLane(name: string, what: string, most: number): Lane {
  return chunkLane(name, what, (kernel, batch) => {
    for (let first = 0; first < batch.count; ) first += kernel.classify(kernel.load(batch, first, most)).judged;
  });
}

function chunkLane(name: string, what: string, take: (kernel: Kernel, batch: FrameBatch) => void): Lane {
  return {
    name,
    what,
    open({ policy, capture, frames }: Workload): OpenLane {
      const image = imageOf(policy);
      return {
        frames,
        octets: capture.length,
        round() {
          const kernel = new Kernel(image);
          let taken = 0;
          const spent = throughChunks(capture, intakeOf(kernel), (batch) => {
            take(kernel, batch);
            taken += batch.count;
          });
          if (taken !== frames) throw new Error(`${taken} frames were taken of ${frames}`);
          return spent;
        },
        close() {},
      };
    },
  };
}

/** Verdicts on every frame of a batch. */
export function judge(kernel: Kernel, batch: FrameBatch): void {
  for (let first = 0; first < batch.count; ) first += kernel.classify(kernel.load(batch, first)).judged;
}

export function imageOf(policy: PolicyInput): PolicyImage {
  return compilePolicy(resolvePolicy(policy), TABLES_BASE);
}

export function intakeOf(kernel: Kernel): Intake {
  const intake = kernel.lend();
  if (intake === null) throw new Error("a new kernel's memory is lent already");
  return intake;
}
