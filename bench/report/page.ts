// The report as a page: one file that needs no other, nor the network.
import {
  type CurveResult,
  isMeasured,
  type LaneResult,
  type MeasuredRatio,
  type Memory,
  type RatioResult,
  type Result,
} from "../result.ts";
import { curvePicture, heightOf } from "./curve.ts";
import {
  curveHeadline,
  curvesHeadline,
  lanesHeadline,
  memoryHeadline,
  ratiosHeadline,
  roundsHeadline,
  runHeadline,
  singlesHeadline,
} from "./headlines.ts";
import { lanesPicture } from "./lanes.ts";
import {
  isolationHead,
  isolationRows,
  isolationWords,
  LIVE_HEAD,
  LOSS_HEAD,
  liveHeadline,
  liveRows,
  lossRows,
} from "./live.ts";
import { element, type Markup, style, table, text } from "./markup.ts";
import { ratiosPicture } from "./ratios.ts";
import { roundsPictures } from "./rounds.ts";
import { STYLE } from "./style.ts";
import { bound, figure, grouped, mark, megabytes, megaframes, size } from "./words.ts";

/** So many digits of a digest are shown; all are in the JSON. */
const DIGEST = 16;

/** HTML. */
export function pageOf(result: Result): string {
  const { lanes, ratios, curves, memory, live } = result;
  const headline = runHeadline(result);
  const measured = lanes.filter(isMeasured);
  const body = [
    element("h1", {}, text(headline)),
    ...(lanes.length === 0 && curves.length === 0 ? [] : [note(runNote(result))]),
    ...(ratios.length === 0 ? [] : ratiosPart(ratios)),
    ...lanesParts(result),
    ...(curves.length === 0 ? [] : curvesPart(curves)),
    ...(memory === null ? [] : memoryPart(memory)),
    ...(live === null ? [] : livePart(live)),
    ...(measured.length === 0 ? [] : roundsPart(measured)),
    ...aboutPart(result),
  ];
  const head = [
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("title", {}, text(`labelgate: ${headline}`)),
    style(STYLE),
  ];
  const page = element("html", { lang: "en" }, element("head", {}, ...head), element("body", {}, ...body));
  return `<!doctype html>\n${page}\n`;
}

function runNote({ rounds, machine }: Result): string {
  return (
    `Medians of ${rounds} rounds on ${machine.cpu}, Node ${machine.versions.node}. In a round every lane goes once, so ` +
    "that lanes are compared within it: times depend on the machine and its hour, ratios hardly do."
  );
}

function ratiosPart(ratios: readonly RatioResult[]): Markup[] {
  const measured = ratios.filter((ratio): ratio is MeasuredRatio => !("reason" in ratio));
  const rows = measured.map((ratio) => [
    ratio.name,
    ratio.a.workload === ratio.b.workload ? ratio.a.workload : "both",
    figure(ratio.spread.median),
    `${figure(ratio.spread.low)}–${figure(ratio.spread.high)}`,
    `${figure(ratio.spread.min)}–${figure(ratio.spread.max)}`,
    bound(ratio, ratio.floor),
    bound(ratio, ratio.goal),
    mark(ratio),
  ]);
  const missing = ratios.flatMap((ratio) =>
    "reason" in ratio ? [[ratio.name, bound(ratio, ratio.floor), bound(ratio, ratio.goal), ratio.reason]] : [],
  );
  const head = ["ratio of the time a frame", "on", "median", "half the rounds", "all rounds", "floor", "goal", "so"];
  return [
    element("h2", {}, text(ratiosHeadline(ratios))),
    note(
      "The floor is what an honest run on a noisy machine passes; the goal is near what the machine can do. The bar is " +
        "the median over the rounds, the thin line all of them, between its small marks half of them.",
    ),
    ...(measured.length === 0 ? [] : [ratiosPicture(measured), table(head, rows, [2, 3, 4, 5, 6])]),
    ...(missing.length === 0 ? [] : [table(["ratio", "floor", "goal", "not measured, because"], missing, [1, 2])]),
  ];
}

function lanesParts({ workloads, lanes }: Result): Markup[] {
  const sets = workloads.map(({ name }) => lanes.filter((lane) => lane.workload === name));
  const singles = sets.filter((set) => set.length === 1).flat();
  const parts = sets
    .filter((set) => set.length > 1)
    .map((set) => lanesPart(lanesHeadline(set[0]!.workload, set), set, ({ lane }) => lane));
  if (singles.length === 0) return parts.flat();
  const headline = singlesHeadline(singles.filter(isMeasured));
  return [...parts, lanesPart(headline, singles, ({ lane, workload }) => `${lane} on ${workload}`)].flat();
}

function lanesPart(headline: string, lanes: readonly LaneResult[], nameOf: (lane: LaneResult) => string): Markup[] {
  const named = lanes.filter(isMeasured).map((lane) => ({ name: nameOf(lane), lane }));
  const rows = named.map(({ name, lane: { perFrame, octets, frames, what } }) => [
    name,
    figure(perFrame.median),
    `${figure(perFrame.low)}–${figure(perFrame.high)}`,
    figure(megaframes(perFrame.median)),
    figure(megabytes(octets, perFrame.median * frames)),
    what,
  ]);
  const missing = lanes.flatMap((lane) =>
    "reason" in lane ? [[nameOf(lane), lane.failed ? `it broke: ${lane.reason}` : lane.reason]] : [],
  );
  const head = ["lane", "ns a frame", "half the rounds", "million frames/s", "MB/s", "what it does"];
  return [
    element("h2", {}, text(headline)),
    note("The dot is the median, the thick line half the rounds, the thin line all of them. Blue: labelgate itself."),
    ...(named.length === 0 ? [] : [lanesPicture(named), table(head, rows, [1, 2, 3, 4])]),
    ...(missing.length === 0 ? [] : [table(["lane", "not measured, because"], missing, [])]),
  ];
}

function curvesPart(curves: readonly CurveResult[]): Markup[] {
  const height = heightOf(curves);
  const rounds = curves[0]!.points[0]!.samples.length;
  return [
    element("h2", {}, text(curvesHeadline(curves))),
    note(
      "The kernel by itself, as in kernel/chunks, on traffic in which one thing changes from point to point. The line is " +
        `the median of ${rounds} rounds, the band half of them. Titles compare the two ends, in each round.`,
    ),
    element(
      "div",
      { class: "curves" },
      ...curves.map((curve) =>
        element(
          "section",
          {},
          element("h3", {}, text(curveHeadline(curve))),
          curvePicture(curve, height),
          note(curve.note, "small"),
        ),
      ),
    ),
  ];
}

function memoryPart(memory: Memory): Markup[] {
  const rows = memory.growths.flatMap(({ name, note: words, points }) =>
    points.map(({ at, octets, each }, i) => [
      i === 0 ? name : "",
      grouped(at),
      size(octets),
      each === null ? "–" : figure(each),
      i === 0 ? words : "",
    ]),
  );
  return [
    element("h2", {}, text(memoryHeadline(memory))),
    note(
      `Tables of policies that differ in one number. Besides them the kernel has ${size(memory.fixed)} of buffers, ` +
        "whatever the policy, and it never asks for more once a policy is loaded.",
    ),
    table(["what", "so many", "tables", "octets for one more", "each"], rows, [1, 2, 3]),
  ];
}

function livePart(live: NonNullable<Result["live"]>): Markup[] {
  if ("reason" in live) return [element("h2", {}, text("The live gate was not measured")), note(live.reason)];
  const { rounds, isolation } = live;
  return [
    element("h2", {}, text(liveHeadline(live))),
    note(
      `Two gates with a labelled wire between them, and two bridges of the kernel in their place, on the same veth pairs, in ` +
        `turns; medians of ${rounds.length} rounds. Programs that measure are not labelgate's, and labels in the partitions ` +
        "are counted by nftables.",
    ),
    table([...LIVE_HEAD], liveRows(rounds), [1, 2, 3, 4, 5]),
    table([...LOSS_HEAD], lossRows(rounds), [1, 2, 3, 4]),
    ...("reason" in isolation
      ? [note(isolationWords(isolation))]
      : [table(isolationHead(isolation), isolationRows(isolation), [1, 2, 3])]),
  ];
}

function roundsPart(lanes: Parameters<typeof roundsPictures>[0]): Markup[] {
  return [
    element("h2", {}, text(roundsHeadline(lanes))),
    note(
      "Each round of each lane against the lane's median. Rounds that are slow in every lane are the machine's; those at an edge are beyond it.",
    ),
    roundsPictures(lanes),
  ];
}

function aboutPart({ date, command, seconds, machine, workloads, warmups }: Result): Markup[] {
  const facts = [
    ["processor", `${machine.cpu}, ${machine.cores} cores`],
    ["memory", size(machine.memory)],
    ["system", machine.system],
    ["load before", machine.load.toFixed(2)],
    ...Object.entries(machine.versions),
    ["commit", machine.commit ?? "–"],
    ["arguments", command.join(" ") || "none"],
    ["date", date],
    ["took", `${figure(seconds)} s, ${warmups} round before the first that counts`],
  ];
  const traffic = workloads.map(({ name, what, frames, octets, sha256 }) => [
    name,
    what,
    grouped(frames),
    size(octets),
    `${sha256.slice(0, DIGEST)}…`,
  ]);
  return [
    element("h2", {}, text("What was measured, and where")),
    ...(traffic.length === 0 ? [] : [table(["workload", "what", "frames", "capture", "SHA-256"], traffic, [2, 3])]),
    table(["", ""], facts, []),
  ];
}

function note(words: string, kind = ""): Markup {
  return element("p", { class: `quiet ${kind}`.trim() }, text(words));
}
