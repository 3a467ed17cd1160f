// What comes out of a run: everything that is in the JSON, and all that the reports are made of.
import type { LiveResult } from "./live/result.ts";
import type { Spread } from "./spread.ts";

/** Version of the JSON. */
export const RESULT_FORMAT = 1;

export interface Result {
  readonly format: typeof RESULT_FORMAT;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Arguments as they were given. */
  readonly command: readonly string[];
  /** Seconds that the run took. */
  readonly seconds: number;
  readonly machine: Machine;
  readonly rounds: number;
  /** Rounds before the first that counts. */
  readonly warmups: number;
  readonly workloads: readonly WorkloadResult[];
  readonly lanes: readonly LaneResult[];
  readonly ratios: readonly RatioResult[];
  readonly curves: readonly CurveResult[];
  /** `null`: not asked for. */
  readonly memory: Memory | null;
  /** The live gate against a bridge of the kernel; `null`: not asked for. */
  readonly live: LiveResult | { readonly reason: string } | null;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Octets. */
  readonly memory: number;
  readonly system: string;
  /** Processes that wanted to run, over the last minute, when the run began: more than 0 here is noise there. */
  readonly load: number;
  /** Of node, v8, and programs that could be asked; of the peers' packages, the pinned ones. */
  readonly versions: Readonly<Record<string, string>>;
  /** The commit that was measured, `+` behind it when files had changed; `null`: no repository. */
  readonly commit: string | null;
}

export interface WorkloadResult {
  readonly name: string;
  readonly what: string;
  readonly frames: number;
  readonly octets: number;
  /** Of the capture, in hexadecimal. */
  readonly sha256: string;
}

/** A lane on a workload. */
export type LaneResult = MeasuredLane | MissingLane;

export interface MeasuredLane {
  readonly lane: string;
  readonly workload: string;
  readonly what: string;
  /** Of one round. */
  readonly frames: number;
  readonly octets: number;
  /** Nanoseconds by round, in the order of the rounds. */
  readonly samples: readonly number[];
  /** Nanoseconds a frame. */
  readonly perFrame: Spread;
  /** By tinybench, in nanoseconds a frame; `rme` in percent. */
  readonly statistics: { readonly mean: number; readonly sd: number; readonly mad: number; readonly rme: number };
}

export interface MissingLane {
  readonly lane: string;
  readonly workload: string;
  readonly what: string;
  /** Why there are no samples. */
  readonly reason: string;
  /** It broke: not a thing of this machine, but something to mend. */
  readonly failed: boolean;
}

/** A lane on a workload, by their names. */
export interface Side {
  readonly lane: string;
  readonly workload: string;
}

export type RatioResult = MeasuredRatio | MissingRatio;

interface RatioBase {
  readonly name: string;
  readonly a: Side;
  readonly b: Side;
  readonly good: "small" | "large";
  readonly floor: number;
  readonly goal: number;
}

export interface MeasuredRatio extends RatioBase {
  /** By round: time a frame of A over time a frame of B, in the same round. */
  readonly samples: readonly number[];
  readonly spread: Spread;
  /** `null`: floor and goal are for other traffic. */
  readonly verdict: "goal met" | "floor met" | "not met" | null;
}

export interface MissingRatio extends RatioBase {
  readonly reason: string;
}

/** What a frame costs the kernel, against one thing that changes. */
export interface CurveResult {
  /** What changes, behind a number: `10 partitions`. */
  readonly name: string;
  /** The axis: what changes, and its unit. */
  readonly axis: string;
  /** What else is to be known: what stays as it is. */
  readonly note: string;
  readonly points: readonly {
    readonly at: number;
    readonly frames: number;
    readonly samples: readonly number[];
    readonly perFrame: Spread;
  }[];
}

/** What a policy takes of the kernel's memory. */
export interface Memory {
  /** Octets whatever the policy: buffers, and the tables of fragments. */
  readonly fixed: number;
  readonly growths: readonly Growth[];
}

/** Octets of tables, against the number of one thing in the policy. */
export interface Growth {
  /** One of them: `host prefix`. */
  readonly name: string;
  readonly note: string;
  readonly points: readonly {
    readonly at: number;
    /** Of all tables of the policy. */
    readonly octets: number;
    /** What each beyond the number of the point before takes; `null`: there is none before. */
    readonly each: number | null;
  }[];
}

export function isMeasured(result: LaneResult): result is MeasuredLane {
  return "samples" in result;
}
