// One run: workloads made, lanes measured, ratios told.
import { type Curve, measureCurve } from "./curves.ts";
import { measureLive, whyNotLive } from "./live/measure.ts";
import { machine } from "./machine.ts";
import { measure } from "./measure.ts";
import { memoryOf } from "./memory.ts";
import type { Planned } from "./plan.ts";
import { ratiosOf } from "./ratio.ts";
import { RATIOS } from "./ratios.ts";
import { type CurveResult, RESULT_FORMAT, type Result } from "./result.ts";
import type { OpenWorkload, Parameters } from "./traffic.ts";

/** Rounds before the first that counts. */
export const WARMUPS = 1;

/** What a run is made of, besides what was asked for. */
export interface Course {
  /** Arguments as they were given. */
  readonly command: readonly string[];
  readonly rounds: number;
  readonly planned: readonly Planned[];
  readonly openWorkload: (name: string) => OpenWorkload;
  /** With what else generated traffic depends on; `null`: neither curves nor memory. */
  readonly curves: { readonly all: readonly Curve[]; readonly parameters: Parameters } | null;
  /** Rounds with the live gate; `null`: none. */
  readonly live: number | null;
  /** Called with what is being done. */
  readonly onProgress: (text: string) => void;
}

export async function run(course: Course): Promise<Result> {
  const { command, rounds, planned, openWorkload, curves, live, onProgress } = course;
  const start = performance.now();
  const date = new Date().toISOString();
  const here = machine();
  const workloads = new Map<string, OpenWorkload>();
  try {
    for (const { workload } of planned) {
      if (workloads.has(workload)) continue;
      onProgress(`making ${workload}`);
      workloads.set(workload, openWorkload(workload));
    }
    const entries = planned.map(({ lane, workload }) => ({ lane, workload: workloads.get(workload)! }));
    const lanes = await measure(entries, {
      rounds,
      warmups: WARMUPS,
      onTurn: (name, done, all) => onProgress(`${Math.floor((100 * done) / all)} %: ${name}`),
    });
    const measuredCurves: CurveResult[] = [];
    for (const curve of curves?.all ?? []) {
      measuredCurves.push(await measureCurve(curve, curves!.parameters, { rounds, warmups: WARMUPS }, onProgress));
    }
    const measuredLive = live === null ? null : await liveOf(live, onProgress);
    if (curves !== null) onProgress("memory");
    return {
      format: RESULT_FORMAT,
      date,
      command,
      seconds: (performance.now() - start) / 1000,
      machine: here,
      rounds,
      warmups: WARMUPS,
      workloads: [...workloads.values()].map(({ name, what, frames, capture, sha256 }) => ({
        ...{ name, what, frames, sha256 },
        octets: capture.length,
      })),
      lanes,
      ratios: planned.length === 0 ? [] : ratiosOf(RATIOS, lanes),
      curves: measuredCurves,
      memory: curves === null ? null : memoryOf(),
      live: measuredLive,
    };
  } finally {
    for (const workload of workloads.values()) workload.close();
  }
}

async function liveOf(rounds: number, onProgress: (text: string) => void): Promise<Result["live"]> {
  onProgress("live");
  const reason = whyNotLive();
  return reason === null ? await measureLive(rounds, onProgress) : { reason };
}
