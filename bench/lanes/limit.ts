// What the machine can do natively, and what reading alone takes.
import { resolvePolicy } from "../../ts/policy/read.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";
import { Limit, limitReason } from "../limit/limit.ts";
import { requireKernelRows } from "../verdict-rows.ts";
import { cacheRound } from "./cache.ts";

const checked = new WeakSet<Workload>();

export const limitLanes: readonly Lane[] = [
  limitLane("limit/walk", "walk", "kernel/walk natively: the kernel's sources as C, cc -O3 -march=native"),
  limitLane("limit/chunks", "chunks", "kernel/chunks natively"),
  limitLane("limit/stream", "stream", "kernel/stream natively"),
  limitLane("limit/cache", "cache", "kernel/cache natively"),
  limitLane("limit/file", "file", "file natively: read(2) of the page cache, walk and verdicts"),
];

export const readLane: Lane = limitLane(
  "read",
  "read",
  "read(2) of the capture in the page cache, nothing done: cat's work",
);

function limitLane(name: string, command: string, what: string): Lane {
  return { name, what, open: (workload) => openLimit(workload, command) };
}

async function openLimit(workload: Workload, command: string): Promise<OpenLane | string> {
  const reason = limitReason();
  if (reason !== null) return reason;
  const { path, capture, policy } = workload;
  const limit = new Limit(resolvePolicy(policy), path);
  try {
    if (!checked.has(workload)) {
      requireKernelRows("limit", await limit.verdicts(), workload);
      checked.add(workload);
    }
  } catch (error) {
    limit.close();
    throw error;
  }
  const { first, times } = cacheRound(workload.frames);
  return {
    frames: command === "cache" ? first * times : workload.frames,
    octets: capture.length,
    round: () => limit.tell(command),
    close: () => limit.close(),
  };
}
