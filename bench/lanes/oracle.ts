// test/oracle.ts: the decision written to be read, not to be fast.

import { Oracle, type OracleFrame, oracleFrameOf } from "../../test/oracle.ts";
import { readCaptureSync } from "../../ts/capture/read.ts";
import { resolvePolicy } from "../../ts/policy/read.ts";
import { timed } from "../clock.ts";
import type { Lane, Workload } from "../lane.ts";
import { endOf } from "../traffic.ts";

const FRAMES = 20_000;

export const oracleLane: Lane = {
  name: "oracle",
  what: `the same decision in the tests' oracle, slow and obvious, on the first ${FRAMES.toLocaleString("en-US")} frames`,
  open(workload) {
    const policy = resolvePolicy(workload.policy);
    const { frames, octets } = firstFrames(workload, FRAMES);
    return {
      frames: frames.length,
      octets,
      round() {
        const oracle = new Oracle(policy);
        return timed(() => {
          for (const frame of frames) oracle.classify(frame);
        });
      },
      close() {},
    };
  },
};

/** The first frames, and where in the capture the last of them ends. */
function firstFrames({ capture }: Workload, most: number): { frames: OracleFrame[]; octets: number } {
  const frames: OracleFrame[] = [];
  let octets = 0;
  for (const batch of readCaptureSync(capture)) {
    const count = Math.min(batch.count, most - frames.length);
    for (let row = 0; row < count; row++) frames.push(oracleFrameOf(batch, row));
    if (count > 0) octets = endOf(capture, batch, count - 1);
    if (frames.length === most) break;
  }
  return { frames, octets };
}
