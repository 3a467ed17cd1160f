// Curves and memory of the benchmark: how points are made and put together. Nothing here is timed.
import { existsSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CURVES, type Curve, measureCurve } from "../bench/curves.ts";
import type { Lane, Workload } from "../bench/lane.ts";
import { growthOf } from "../bench/memory.ts";
import { RECORDING_POLICY } from "../bench/recording.ts";
import type { CurveResult } from "../bench/result.ts";
import { initialParameters, PARAMETERS } from "../bench/traffic.ts";

const test = suite("curves");

const PARAMETERS_OF_TEST = { ...initialParameters(), frames: 50, hosts: 10, prefixes: 10, labels: 10 };

/** Takes so many nanoseconds a round as the policy has partitions, and keeps the workloads. */
function recordingLane(workloads: Workload[]): Lane {
  return {
    ...{ name: "fake", what: "" },
    open(workload) {
      workloads.push(workload);
      const round = (): number => workload.policy.partitions.length;
      return { frames: workload.frames, octets: workload.capture.length, round, close() {} };
    },
  };
}

function measureOf(curve: Pick<Curve, "ats" | "mix" | "lane">): Promise<CurveResult> {
  const named = { ...{ name: "things", axis: "", note: "" }, ...curve };
  return measureCurve(named, PARAMETERS_OF_TEST, { rounds: 7, warmups: 1 }, () => {});
}

test("each point has its own traffic, made as the curve says, and the file of it is taken away", async () => {
  const workloads: Workload[] = [];
  const lane = recordingLane(workloads);
  const curve = await measureOf({ ats: [1, 4], mix: (partitions) => ({ partitions }), lane: () => lane });
  assert.equal(
    curve.points.map(({ at, perFrame }) => [at, perFrame.median]),
    [
      [1, 1 / 50],
      [4, 4 / 50],
    ],
  );
  for (const { samples } of curve.points) assert.is(samples.length, 3 * 7, "as many rounds as are said, three times");
  for (const { path } of workloads) assert.not(existsSync(path));
});

test("points that have the same traffic share it", async () => {
  const workloads: Workload[] = [];
  const lane = recordingLane(workloads);
  await measureOf({ ats: [1, 2], mix: () => ({ partitions: 3 }), lane: () => lane });
  assert.is(workloads.length, 2);
  assert.is(workloads[0], workloads[1]);
});

test("a point that can't be measured says which and why", async () => {
  const lane: Lane = { name: "fake", what: "", open: () => "not today" };
  try {
    await measureOf({ ats: [7], mix: () => ({}), lane: () => lane });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, "7 things: not today");
  }
});

test("the points of all curves are within the bounds of the generator, and ascend", () => {
  for (const { name, ats, mix } of CURVES) {
    assert.equal(
      ats,
      [...ats].sort((a, b) => a - b),
      name,
    );
    for (const [key, value] of ats.flatMap((at) => Object.entries(mix(at)))) {
      const parameter = PARAMETERS.find((item) => item.name === key);
      assert.ok(parameter, `${name}: ${key}`);
      assert.ok(value >= parameter.least && value <= parameter.most, `${name}: ${key} ${value}`);
    }
  }
});

test("memory is told by size, and what one more takes by the difference to the size before", () => {
  const partitions = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `p${i}`, label: `${i}` }));
  const { points } = growthOf({
    ...{ name: "partition", note: "", ats: [1, 11] },
    policy: (count) => ({ ...RECORDING_POLICY, partitions: partitions(count) }),
  });
  const [one, eleven] = points;
  assert.is(one?.each, null);
  assert.ok(eleven!.octets > one!.octets);
  assert.is(eleven!.each, (eleven!.octets - one!.octets) / 10);
});

test.run();
