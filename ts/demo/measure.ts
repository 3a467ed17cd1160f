/**
 * How fast this machine reads, judges and delivers the frames of a capture, beside the oracle on the same frames. Rounds are
 * short and interleaved; between them the worker answers what it is asked.
 *
 * @module
 */
import { readCaptureSync } from "../capture/read.ts";
import { type Classifier, createClassifier } from "../classifier.ts";
import { CaptureError } from "../errors.ts";
import type { FrameBatch } from "../frames.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Policy } from "../policy/model.ts";
import type { Sink } from "../sink.ts";
import type { Measure } from "./protocol.ts";

/** Octets of the capture's beginning that are measured. */
const MEASURED = 4_194_304;
/** Frames that the oracle is given: it is slow. */
const ORACLE_FRAMES = 1000;
const ROUNDS = 9;
/** Milliseconds of a round; clocks of browsers have a tenth of one. */
const ROUND = 20;

export async function measure(capture: Blob, input: PolicyInput, policy: Policy): Promise<Measure> {
  const bytes = new Uint8Array(await capture.slice(0, MEASURED).arrayBuffer());
  const reading = createClassifier(input);
  const judging = createClassifier(input);
  const delivering = createClassifier(input);
  const look: Sink = (delivery) => void delivery.rows;
  for (const name of delivering.partitions) delivering.register(name, look);
  delivering.registerDrops(look);
  const judge = await oracleFor(bytes, policy);
  const frames = pass(bytes, reading, () => {});
  const ways = [
    () => pass(bytes, reading, () => {}),
    () => pass(bytes, judging, (batch) => judging.dispatch(batch)),
    () => pass(bytes, delivering, (batch) => delivering.dispatch(batch)),
    judge.round,
  ];
  const times: number[][] = ways.map(() => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, way] of ways.entries()) {
      const time = timed(way);
      if (round > 0) times[i]!.push(time); // the first is for the compiler
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const [read, judged, deliver, oracle] = times.map(median) as [number, number, number, number];
  return {
    frames,
    octets: bytes.length,
    read,
    judge: judged,
    deliver,
    oracle,
    oracleFrames: judge.frames,
    rounds: times[2]!.map((nanoseconds) => 1000 / nanoseconds),
  };
}

// Frames of one reading, which ends where the measuring does.
function pass(bytes: Uint8Array, into: Classifier | null, use: (batch: FrameBatch) => void): number {
  let frames = 0;
  try {
    for (const batch of readCaptureSync(bytes, into === null ? {} : { into })) {
      frames += batch.count;
      use(batch);
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error; // cut there
  }
  return frames;
}

// Nanoseconds a frame.
function timed(way: () => number): number {
  const started = performance.now();
  let frames = 0;
  let now = started;
  while (now - started < ROUND) {
    frames += way();
    now = performance.now();
  }
  return ((now - started) * 1e6) / frames;
}

async function oracleFor(
  bytes: Uint8Array,
  policy: Policy,
): Promise<{ readonly frames: number; readonly round: () => number }> {
  const { Oracle, oracleFrameOf } = await import("./oracle.ts");
  const given: ReturnType<typeof oracleFrameOf>[] = [];
  pass(bytes, null, (batch) => {
    for (let row = 0; row < batch.count && given.length < ORACLE_FRAMES; row++) given.push(oracleFrameOf(batch, row));
  });
  return {
    frames: given.length,
    round: () => {
      const oracle = new Oracle(policy);
      for (const frame of given) oracle.classify(frame);
      return given.length;
    },
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
