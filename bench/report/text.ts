// The report in a terminal.
import Table from "cli-table3";
import type { Lane } from "../lane.ts";
import { isMeasured, type LaneResult, type Memory, type RatioResult, type Result } from "../result.ts";
import type { Traffic } from "../traffic.ts";
import { isolationHead, isolationRows, isolationWords, LIVE_HEAD, LOSS_HEAD, liveRows, lossRows } from "./live.ts";
import { bound, figure, grouped, mark, megabytes, megaframes, size } from "./words.ts";

const NANOSECONDS = "ns/frame";

/** The lanes and workloads there are. */
export function listText(lanes: readonly Lane[], traffic: readonly Traffic[]): string {
  const rows = (items: readonly { name: string; what: string }[]): string =>
    tableOf(
      [],
      items.map(({ name, what }) => [`  ${name}`, what]),
      ["left", "left"],
    );
  return `Lanes\n${rows(lanes)}\n\nWorkloads\n${rows(traffic)}`;
}

export function resultText(result: Result): string {
  const { machine, workloads, lanes, ratios, curves, memory, live, rounds } = result;
  const curveRounds = curves[0]?.points[0]?.samples.length;
  const andCurves = curveRounds === undefined ? "" : `, of curves ${curveRounds}`;
  const parts = [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.versions.node}; load ${machine.load.toFixed(2)}`,
    ...workloads.map(
      ({ name, what, frames, octets }) => `${name}: ${what}; ${grouped(frames)} frames, ${size(octets)}`,
    ),
    ...(workloads.length + curves.length === 0
      ? []
      : [`Medians of ${rounds} rounds${andCurves}; spread is the interquartile range.`]),
  ];
  const sections = [
    parts.join("\n"),
    ...workloads.map(({ name }) => lanesText(name, lanes)).filter((text) => text !== ""),
    ...(ratios.length === 0 ? [] : [ratiosText(ratios)]),
    ...curves.map(({ axis, points }) =>
      tableOf(
        [axis, NANOSECONDS, "spread"],
        points.map(({ at, perFrame }) => [grouped(at), figure(perFrame.median), range(perFrame)]),
        ["right", "right", "left"],
      ),
    ),
    ...(memory === null ? [] : [memoryText(memory)]),
    ...(live === null ? [] : [liveText(live)]),
  ];
  return sections.join("\n\n");
}

function lanesText(workload: string, lanes: readonly LaneResult[]): string {
  const own = lanes.filter((lane) => lane.workload === workload);
  const measured = own.filter(isMeasured);
  const missing = own.flatMap((lane) => ("reason" in lane ? [[lane.lane, why(lane)]] : []));
  const rows = measured.map(({ lane, what, perFrame, frames, octets }) => [
    lane,
    figure(perFrame.median),
    range(perFrame),
    figure(megaframes(perFrame.median)),
    figure(megabytes(octets, perFrame.median * frames)),
    what,
  ]);
  const head = [`on ${workload}`, NANOSECONDS, "spread", "Mframes/s", "MB/s", "what it does"];
  return [
    ...(rows.length === 0 ? [] : [tableOf(head, rows, ["left", "right", "left", "right", "right", "left"])]),
    ...(missing.length === 0 ? [] : [tableOf([`on ${workload}`, "not measured, because"], missing, ["left", "left"])]),
  ].join("\n\n");
}

function why({ reason, failed }: { reason: string; failed: boolean }): string {
  return failed ? `IT BROKE: ${reason}` : reason;
}

function ratiosText(ratios: readonly RatioResult[]): string {
  const rows = ratios.map((ratio) => {
    const figures =
      "reason" in ratio
        ? ["–", "", ""]
        : [figure(ratio.spread.median), range(ratio.spread), `${figure(ratio.spread.min)}–${figure(ratio.spread.max)}`];
    const where = ratio.a.workload === ratio.b.workload ? ratio.a.workload : "both";
    const said = "reason" in ratio ? `${mark(ratio)}: ${ratio.reason}` : mark(ratio);
    return [ratio.name, where, ...figures, bound(ratio, ratio.floor), bound(ratio, ratio.goal), said];
  });
  const head = ["ratio", "on", "median", "spread", "all", "floor", "goal", ""];
  return tableOf(head, rows, ["left", "left", "right", "left", "left", "left", "left", "left"]);
}

function memoryText({ fixed, growths }: Memory): string {
  const rows = growths.flatMap(({ name, points }) =>
    points.map(({ at, octets, each }) => [name, grouped(at), size(octets), each === null ? "–" : figure(each)]),
  );
  const head = ["in the policy", "so many", "tables", "octets for one more"];
  return `The kernel's memory: ${size(fixed)}, and tables.\n${tableOf(head, rows, ["left", "right", "right", "right"])}`;
}

function liveText(live: NonNullable<Result["live"]>): string {
  if ("reason" in live) return `live: not measured, because ${live.reason}`;
  const { rounds, isolation } = live;
  const numbers = (count: number): ("left" | "right")[] => Array.from({ length: count }, () => "right");
  return [
    `The live gate and a bridge of the kernel on the same veth pairs, medians of ${rounds.length} rounds.`,
    tableOf([...LIVE_HEAD], liveRows(rounds), ["left", ...numbers(5)]),
    tableOf([...LOSS_HEAD], lossRows(rounds), ["left", ...numbers(4)]),
    "reason" in isolation
      ? isolationWords(isolation)
      : `${tableOf(isolationHead(isolation), isolationRows(isolation), ["left", ...numbers(isolation.levels.length)])}\n${isolationWords(isolation)}`,
  ].join("\n\n");
}

function range({ low, high }: { low: number; high: number }): string {
  return `${figure(low)}–${figure(high)}`;
}

/** Without lines; without a head when that is empty. */
function tableOf(head: string[], rows: readonly string[][], colAligns: ("left" | "right")[]): string {
  const table = new Table({ head, colAligns, style: { head: [], border: [], "padding-left": 0 }, chars: NO_LINES });
  table.push(...rows);
  return table.toString().replace(/ +$/gm, "");
}

// No lines between cells.
const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};
