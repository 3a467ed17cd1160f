// What the gate decides: ratios within bounds, or which of them is beyond and by how much.
import { ratioByRound } from "./ratio.ts";
import { isMeasured, type LaneResult, type MeasuredLane } from "./result.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** Of the median, over rounds, of the time a frame takes in lane `a` over that in `b`. */
export interface Bound {
  readonly a: string;
  readonly b: string;
  readonly most?: number;
  readonly least?: number;
}

export interface Decision {
  readonly name: string;
  /** `null`: a lane was not measured. */
  readonly spread: Spread | null;
  readonly passes: boolean;
  /** What was found, in a sentence. */
  readonly said: string;
}

/** One decision a bound. What can't be measured doesn't pass. */
export function decide(bounds: readonly Bound[], lanes: readonly LaneResult[]): Decision[] {
  return bounds.map((bound) => {
    const name = `${bound.a} ÷ ${bound.b}`;
    const a = find(bound.a, lanes);
    const b = find(bound.b, lanes);
    if (typeof a === "string") return { name, spread: null, passes: false, said: `${name}: ${a}` };
    if (typeof b === "string") return { name, spread: null, passes: false, said: `${name}: ${b}` };
    const spread = spreadOf(ratioByRound(a, b));
    const { most = Number.POSITIVE_INFINITY, least = 0 } = bound;
    const beyond = Math.max(spread.median / most, least / spread.median) - 1;
    const allowed = bound.most === undefined ? `at least ${least}` : `at most ${most}`;
    const found = `${name}: ${spread.median.toFixed(3)} (${spread.low.toFixed(3)}–${spread.high.toFixed(3)}), ${allowed}`;
    const said = beyond > 0 ? `${found}: ${(100 * beyond).toFixed(1)} % beyond` : found;
    return { name, spread, passes: beyond <= 0, said };
  });
}

function find(name: string, lanes: readonly LaneResult[]): MeasuredLane | string {
  const lane = lanes.find((item) => item.lane === name);
  if (lane === undefined) return `there is no lane ${name}`;
  return isMeasured(lane) ? lane : `${name} can't be measured: ${lane.reason}`;
}
