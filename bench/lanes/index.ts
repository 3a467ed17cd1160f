// Every lane, in the order of the report.
import type { Lane } from "../lane.ts";
import { cacheLane } from "./cache.ts";
import { copyLane } from "./copy.ts";
import { dispatchLane } from "./dispatch.ts";
import { fileLane } from "./file.ts";
import { javascriptLanes } from "./javascript.ts";
import { chunksLane, oneLane, walkLane } from "./kernel.ts";
import { limitLanes, readLane } from "./limit.ts";
import { oracleLane } from "./oracle.ts";
import { PEER_LANES } from "./peers.ts";
import { POOL_LANES } from "./pool.ts";
import { sinksLane } from "./sinks.ts";
import { splitCommandLane, splitLane } from "./split.ts";
import { streamLane } from "./stream.ts";
import { twoLane } from "./two.ts";
import { verdictsLane } from "./verdicts.ts";

export const LANES: readonly Lane[] = [
  // The kernel.
  walkLane,
  chunksLane,
  streamLane,
  cacheLane,
  oneLane,
  // The library, from memory.
  dispatchLane,
  sinksLane,
  verdictsLane,
  // Files.
  readLane,
  fileLane,
  twoLane,
  ...POOL_LANES,
  splitLane,
  splitCommandLane,
  copyLane,
  // The same decision otherwise.
  ...limitLanes,
  ...javascriptLanes,
  oracleLane,
  // Others, at part of the job.
  ...PEER_LANES,
];
