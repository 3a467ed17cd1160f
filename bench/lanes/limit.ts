// What the machine can do natively, and what reading alone takes.
import { VERDICT_SIZE } from "../../assembly/columns.ts";
import { resolvePolicy } from "../../ts/policy/read.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";
import { Limit, limitReason } from "../limit/limit.ts";
import { firstDifference, verdictRows } from "../verdict-rows.ts";
import { CACHED_FRAMES } from "./cache.ts";

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
    if (!checked.has(workload)) await check(limit, workload);
  } catch (error) {
    limit.close();
    throw error;
  }
  const first = Math.min(CACHED_FRAMES, workload.frames);
  return {
    frames: command === "cache" ? first * Math.ceil(workload.frames / first) : workload.frames,
    octets: capture.length,
    round: () => limit.tell(command),
    close: () => limit.close(),
  };
}

// Verdicts have to be the kernel's, to the octet, or the limit is one of something else.
async function check(limit: Limit, workload: Workload): Promise<void> {
  const found = await limit.verdicts();
  const at = firstDifference(found, verdictRows(workload.policy, workload.capture));
  if (at !== null)
    throw new Error(`limit: frame ${Math.floor(at / VERDICT_SIZE) + 1} has another verdict than the kernel's`);
  checked.add(workload);
}
