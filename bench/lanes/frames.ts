import type { Lane } from "../lane.ts";
import { batchLane } from "./batches.ts";

export const framesLane: Lane = batchLane(
  "kernel/frames",
  "the kernel called for each frame, load and classify of one; reading is not counted",
  1,
);
