// The arithmetic of ratios: by round, then the median.
import { FASTEST, JUDGED_WORKLOAD, type Part, type Ratio } from "./ratios.ts";
import { isMeasured, type LaneResult, type MeasuredLane, type RatioResult, type Side } from "./result.ts";
import { spreadOf } from "./spread.ts";

/** Each ratio on each workload that was run; one that compares workloads once. Those that can't be told give the reason. */
export function ratiosOf(ratios: readonly Ratio[], lanes: readonly LaneResult[]): RatioResult[] {
  const workloads = [...new Set(lanes.map(({ workload }) => workload))];
  return ratios.flatMap((ratio) => {
    if (ratio.a.workload !== undefined || ratio.b.workload !== undefined || workloads.length === 0) {
      return [resultOf(ratio, JUDGED_WORKLOAD, lanes)];
    }
    // Workloads that were run for the sake of one lane are not asked for the others.
    const asked = workloads.filter((workload) => hasBoth(ratio, workload, lanes));
    const told = asked.length === 0 ? workloads.slice(0, 1) : asked;
    return told.map((workload) => resultOf(ratio, workload, lanes));
  });
}

function hasBoth({ a, b }: Ratio, workload: string, lanes: readonly LaneResult[]): boolean {
  return [a, b].every((part) => candidates(part, workload, lanes).length > 0);
}

function candidates(part: Part, workload: string, lanes: readonly LaneResult[]): LaneResult[] {
  return lanes.filter((lane) => lane.workload === (part.workload ?? workload) && isNamed(lane.lane, part.lane));
}

function isNamed(lane: string, name: string): boolean {
  return name.endsWith(FASTEST) ? lane.startsWith(name.slice(0, -FASTEST.length)) : lane === name;
}

function resultOf(ratio: Ratio, workload: string, lanes: readonly LaneResult[]): RatioResult {
  const a = find(ratio.a, workload, lanes);
  const b = find(ratio.b, workload, lanes);
  const { good, floor, goal } = ratio;
  const sides = { a: sideOf(a), b: sideOf(b) };
  const base = { name: nameOf(ratio, sides.a.lane), ...sides, good, floor, goal };
  const reasons = [a, b].flatMap((found) =>
    "reason" in found ? [`${found.lane} on ${found.workload}: ${found.reason}`] : [],
  );
  if ("reason" in a || "reason" in b) return { ...base, reason: reasons.join("; ") };
  const samples = ratioByRound(a, b);
  const spread = spreadOf(samples);
  const isJudged = ratio.a.workload !== undefined || workload === JUDGED_WORKLOAD;
  return { ...base, samples, spread, verdict: isJudged ? verdictOf(spread.median, ratio) : null };
}

/** By round: time a frame in one lane over that in the other. */
export function ratioByRound(a: MeasuredLane, b: MeasuredLane): number[] {
  if (a.samples.length !== b.samples.length) {
    throw new RangeError(`${a.lane} went ${a.samples.length} rounds, ${b.lane} ${b.samples.length}: expected as many`);
  }
  return a.samples.map((nanoseconds, round) => nanoseconds / a.frames / (b.samples[round]! / b.frames));
}

/** Judged as it is printed, with three digits. */
export function verdictOf(
  median: number,
  { good, floor, goal }: Pick<Ratio, "good" | "floor" | "goal">,
): "goal met" | "floor met" | "not met" {
  const printed = Number(median.toPrecision(3));
  const meets = (bound: number): boolean => (good === "small" ? printed <= bound : printed >= bound);
  if (meets(goal)) return "goal met";
  return meets(floor) ? "floor met" : "not met";
}

interface Unfound extends Side {
  readonly reason: string;
}

// The lane of one side: the fastest that was measured, else the first with a reason.
function find(part: Part, workload: string, lanes: readonly LaneResult[]): MeasuredLane | Unfound {
  const found = candidates(part, workload, lanes);
  const measured = found.filter(isMeasured).sort((a, b) => a.perFrame.median - b.perFrame.median);
  if (measured[0] !== undefined) return measured[0];
  const [first] = found;
  if (first !== undefined && "reason" in first) return first;
  return { lane: part.lane, workload: part.workload ?? workload, reason: "not run" };
}

function sideOf({ lane, workload }: Side): Side {
  return { lane, workload };
}

function nameOf({ a, b }: Ratio, found: string): string {
  const name = (part: Part): string => (part.workload === undefined ? part.lane : `${part.lane} on ${part.workload}`);
  const left = a.lane.endsWith(FASTEST) ? `fastest ${a.lane}${found === a.lane ? "" : ` (${found})`}` : name(a);
  // `kernel/chunks on attack ÷ on mix`
  return `${left} ÷ ${a.lane === b.lane ? `on ${b.workload}` : name(b)}`;
}
