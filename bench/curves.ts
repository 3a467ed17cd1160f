// What a frame costs the kernel against one thing that changes: the size of the policy, of what comes, of a call. A curve's
// points go in rounds, as lanes do; one curve is measured after the other.
import type { Lane } from "./lane.ts";
import { callsLane, chunksLane } from "./lanes/kernel.ts";
import { type Entry, measure, type Rounds } from "./measure.ts";
import { JUDGED_WORKLOAD } from "./ratios.ts";
import { type CurveResult, isMeasured } from "./result.ts";
import { type OpenWorkload, type Parameters, TRAFFIC } from "./traffic.ts";

/** Of each point, at most: many points are in memory at once. */
export const CURVE_FRAMES = 100_000;
/** Rounds for each one of the lanes': they are short, and a disturbance takes most of one. */
const ROUNDS = 3;

export interface Curve extends Pick<CurveResult, "name" | "axis" | "note"> {
  readonly ats: readonly number[];
  /** What the mix of a point has different. */
  readonly mix: (at: number) => Parameters;
  /** Left out: `kernel/chunks`. */
  readonly lane?: (at: number) => Lane;
}

const ALIKE = "Otherwise the mix as it is.";

// Options with bitmaps of one length: few labels, since a short bitmap makes few, and no frames but those.
const ONLY_LABELLED = { unlabelled: 0, malformed: 0, tag1: 0, tag2: 0, tag5: 0, calipso: 0 };
const FEW_LABELS = { partitions: 16, labels: 48 };

export const CURVES: readonly Curve[] = [
  {
    name: "partitions",
    axis: "partitions, each with a label of its own",
    note: ALIKE,
    ats: [1, 10, 100, 1000, 10_000],
    mix: (partitions) => ({ partitions }),
  },
  {
    name: "host prefixes",
    axis: "host prefixes, 70 % of them IPv4",
    // With fewer than there are templates, what frames come to would change.
    note: "As many senders at each point, spread over all prefixes. Otherwise the mix as it is.",
    ats: [100, 1000, 10_000, 100_000, 1_000_000],
    mix: (prefixes) => ({ prefixes }),
  },
  {
    name: "senders",
    axis: "addresses that send, each frame from any of them",
    note: "100,000 host prefixes. Otherwise the mix as it is.",
    ats: [10, 100, 1000, 10_000, 100_000],
    mix: (hosts) => ({ hosts, prefixes: 100_000 }),
  },
  {
    name: "foreign labels",
    axis: "labels that frames carry and no partition has",
    note: "They are drawn by Zipf's law: the first is carried most. Otherwise the mix as it is.",
    ats: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000],
    mix: (labels) => ({ labels }),
  },
  {
    name: "octets of CIPSO",
    axis: "octets of the CIPSO option, a bitmap of 0 to 30 in it",
    note: "Every frame has tag 1. 16 partitions, 48 other labels.",
    ats: [10, 12, 16, 20, 24, 28, 32, 36, 40],
    mix: (option) => ({ ...ONLY_LABELLED, ...FEW_LABELS, tag1: 100, option }),
  },
  {
    name: "octets of CALIPSO",
    axis: "octets of the CALIPSO option, a bitmap of 0 to 124 in it",
    note: "Every frame has one, with the checksum over it. 16 partitions, 48 other labels.",
    ats: [10, 14, 22, 38, 70, 102, 134],
    mix: (option) => ({ ...ONLY_LABELLED, ...FEW_LABELS, calipso: 100, option }),
  },
  {
    name: "frames a call",
    axis: "frames the kernel is called with, at most",
    note: "Calls take frames of one piece of 256 KiB. The mix as it is.",
    ats: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    mix: () => ({}),
    lane: (frames) => callsLane("calls", "", frames),
  },
];

/** Makes a curve's traffic, goes through it in rounds and takes it away. @throws {Error} a point can't be measured */
export async function measureCurve(
  { name, axis, note, ats, mix, lane }: Curve,
  parameters: Parameters,
  rounds: Rounds,
  onProgress: (text: string) => void,
): Promise<CurveResult> {
  const traffic = TRAFFIC.find((item) => item.name === JUDGED_WORKLOAD)!;
  const workloads = new Map<string, OpenWorkload>();
  const open = (changed: Parameters): OpenWorkload => {
    const key = JSON.stringify(changed);
    const found =
      workloads.get(key) ??
      traffic.open({ ...parameters, ...changed, frames: Math.min(CURVE_FRAMES, parameters.frames!) });
    workloads.set(key, found);
    return found;
  };
  try {
    const entries = ats.map((at): Entry => {
      onProgress(`making ${at} ${name}`);
      return { lane: lane?.(at) ?? chunksLane, workload: open(mix(at)) };
    });
    onProgress(`measuring ${name}`);
    const results = await measure(entries, { ...rounds, rounds: ROUNDS * rounds.rounds });
    const points = results.map((result, i) => {
      const at = ats[i]!;
      if (!isMeasured(result)) throw new Error(`${at} ${name}: ${result.reason}`);
      const { frames, samples, perFrame } = result;
      return { at, frames, samples, perFrame };
    });
    return { name, axis, note, points };
  } finally {
    for (const workload of workloads.values()) workload.close();
  }
}
