// Which lanes go through which workloads.
import type { Lane } from "./lane.ts";
import type { Options } from "./options.ts";
import { JUDGED_WORKLOAD, type Ratio } from "./ratios.ts";

/** A lane and the name of a workload. */
export interface Planned {
  readonly lane: Lane;
  readonly workload: string;
}

/** What `--capture` is called. */
export const CAPTURE = "capture";

/**
 * The lanes that were named, or all, on the workloads that were named. Where none was, on the one that floors and goals
 * are for; then ratios between workloads have their lanes on the others too.
 */
export function planOf(
  { lanes: named, workloads, capture }: Pick<Options, "lanes" | "workloads" | "capture">,
  all: readonly Lane[],
  traffic: readonly string[],
  ratios: readonly Ratio[],
): Planned[] {
  const lanes = named ?? all;
  const each = (workload: string): Planned[] => lanes.map((lane) => ({ lane, workload }));
  if (capture !== null) return each(CAPTURE);
  if (workloads !== null) return workloads.flatMap(each);
  const planned = each(JUDGED_WORKLOAD);
  for (const { lane: name, workload } of ratios.flatMap(({ a, b }) => [a, b])) {
    const lane = lanes.find((item) => item.name === name);
    if (workload === undefined || lane === undefined || !traffic.includes(workload)) continue;
    if (!planned.some((item) => item.lane === lane && item.workload === workload)) planned.push({ lane, workload });
  }
  return planned;
}
