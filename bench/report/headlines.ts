// What a run comes to, in a sentence each: what stands over tables and pictures.
import {
  type CurveResult,
  isMeasured,
  type LaneResult,
  type MeasuredLane,
  type Memory,
  type RatioResult,
  type Result,
} from "../result.ts";
import { noiseOf, spreadOf } from "../spread.ts";
import { figure, grouped, megaframes } from "./words.ts";

/** Lanes that a run is summed up by, the first of them that was measured, and what they do with a frame. */
const TELLING: readonly (readonly [lane: string, does: string])[] = [
  ["kernel/chunks", "labelgate's kernel finds and judges a frame"],
  ["kernel/stream", "labelgate's kernel finds and judges a frame"],
  ["dispatch", "labelgate judges a frame"],
  ["file", "labelgate reads and judges a frame of a file"],
];

export function runHeadline({ lanes, curves, live }: Pick<Result, "lanes" | "curves" | "live">): string {
  const measured = lanes.filter(isMeasured);
  const found = TELLING.flatMap(([name]) => measured.find(({ lane }) => lane === name) ?? [])[0] ?? measured[0];
  if (found !== undefined) return laneHeadline(found);
  if (curves.length > 0) return "What a frame costs the kernel as policy and traffic grow";
  return lanes.length === 0 && live !== null
    ? "The live gate beside a bridge of the kernel"
    : "No lane could be measured";
}

function laneHeadline({ lane, workload, perFrame }: MeasuredLane): string {
  const rate = figure(megaframes(perFrame.median));
  const does = TELLING.find(([name]) => name === lane)?.[1] ?? `${lane} goes through a frame`;
  return `On the workload ${workload} ${does} in ${figure(perFrame.median)} ns: ${rate} million a second`;
}

export function lanesHeadline(workload: string, lanes: readonly LaneResult[]): string {
  const sorted = lanes.filter(isMeasured).sort((a, b) => a.perFrame.median - b.perFrame.median);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return `No lane could be measured on ${workload}`;
  const time = ({ lane, perFrame }: MeasuredLane): string => `${figure(perFrame.median)} ns (${lane})`;
  const times = first === last ? time(first) : `from ${time(first)} to ${time(last)}`;
  return `A frame of ${workload} takes ${times}`;
}

/** Of lanes that are each alone on their workload. */
export function singlesHeadline(lanes: readonly MeasuredLane[]): string {
  const times = lanes.map(({ workload, perFrame }) => `${figure(perFrame.median)} ns on ${workload}`);
  return `A frame of other traffic takes ${times.join(", ")}`;
}

export function ratiosHeadline(ratios: readonly RatioResult[]): string {
  const count = (wanted: (ratio: RatioResult) => boolean): number => ratios.filter(wanted).length;
  const goal = count((ratio) => "verdict" in ratio && ratio.verdict === "goal met");
  const floor = goal + count((ratio) => "verdict" in ratio && ratio.verdict === "floor met");
  const below = count((ratio) => "verdict" in ratio && ratio.verdict === "not met");
  const missing = count((ratio) => "reason" in ratio);
  const judged = floor + below;
  const parts = [
    judged === 0 ? "No ratio was judged" : `${floor} of ${judged} ratios meet their floor, ${goal} of them their goal`,
    ...(missing === 0 ? [] : [`${missing} could not be measured here`]),
  ];
  return parts.join("; ");
}

export function roundsHeadline(lanes: readonly MeasuredLane[]): string {
  const noise = spreadOf(lanes.map(({ perFrame }) => noiseOf(perFrame)));
  const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  return `Half the rounds of a lane lie within ±${percent(noise.median)} of its median, for the noisiest ±${percent(noise.max)}`;
}

/** Of the two ends, compared in each round. */
export function curveHeadline({ name, points }: CurveResult): string {
  return `${grouped(points.at(-1)!.at)} ${name} instead of ${grouped(points[0]!.at)}: time ×${figure(timesOf(points))}`;
}

/** A frame's time at the last point over that at the first: the median over the rounds. */
function timesOf(points: CurveResult["points"]): number {
  const [first, last] = [points[0]!, points.at(-1)!];
  const shares = last.samples.map((sample, round) => sample / last.frames / (first.samples[round]! / first.frames));
  return spreadOf(shares).median;
}

export function curvesHeadline(curves: readonly CurveResult[]): string {
  const [dearest] = [...curves].sort((a, b) => timesOf(b.points) - timesOf(a.points));
  const { name, points } = dearest!;
  const ends = `${grouped(points.at(-1)!.at)} instead of ${grouped(points[0]!.at)}`;
  return `Of all that can grow, ${name} cost most: with ${ends} a frame takes ${figure(timesOf(points))} times the time`;
}

/** What one more of each takes, where there are most already. */
export function memoryHeadline({ growths }: Memory): string {
  const [first, ...rest] = growths.map(({ name, points }) => ({ name, octets: figure(points.at(-1)!.each ?? 0) }));
  const others = rest.map(({ name, octets }) => `, a ${name} ${octets}`);
  return `One more ${first!.name} takes ${first!.octets} octets of the kernel's memory${others.join("")}`;
}
