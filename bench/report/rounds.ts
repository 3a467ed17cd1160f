// The pictures of rounds, one a lane: each round's time against the lane's median. All have one scale.
import type { MeasuredLane } from "../result.ts";
import { element, label, line, type Markup, picture, tip } from "./markup.ts";
import { linearScale } from "./scale.ts";
import { figure } from "./words.ts";

const WIDTH = 250;
const HEIGHT = 120;
const LEFT = 44;
const TOP = 26;
const BOTTOM = 88;
/** Shares of the median that are drawn: rounds beyond are at the edge. */
const LEAST = 0.5;
const MOST = 2;
/** The most rounds that each get a number. */
const NUMBERED = 12;

export function roundsPictures(lanes: readonly MeasuredLane[]): Markup {
  const shares = lanes.flatMap(sharesOf);
  const least = Math.max(LEAST, Math.min(...shares, 0.9));
  const most = Math.min(MOST, Math.max(...shares, 1.1));
  return element("div", { class: "charts" }, ...lanes.map((lane) => roundsPicture(lane, least, most)));
}

function sharesOf({ samples, perFrame, frames }: MeasuredLane): number[] {
  return samples.map((nanoseconds) => nanoseconds / frames / perFrame.median);
}

function roundsPicture(lane: MeasuredLane, least: number, most: number): Markup {
  const scale = linearScale(least, most, { from: BOTTOM, to: TOP });
  const shares = sharesOf(lane);
  const step = (WIDTH - LEFT - 12) / Math.max(1, shares.length - 1);
  const x = (round: number): number => LEFT + 6 + round * step;
  const every = Math.ceil(shares.length / NUMBERED);
  const name = `${lane.lane} on ${lane.workload}`;
  const [first, last] = [scale.ticks[0]!, scale.ticks.at(-1)!];
  return picture(
    WIDTH,
    HEIGHT,
    `${name}: rounds from ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))} of the median`,
    label(0, 12, name),
    ...[first, 1, last].flatMap((tick) => {
      const y = scale.place(tick);
      return [line(LEFT, y, WIDTH, y, "grid"), label(LEFT - 6, y + 4, percent(tick), { class: "quiet end" })];
    }),
    ...shares.map((share, round) => {
      const said = `round ${round + 1}: ${figure(share * lane.perFrame.median)} ns a frame`;
      return element("circle", { cx: x(round), cy: scale.place(share), r: 3, class: "own" }, tip(said));
    }),
    ...shares.flatMap((_, round) =>
      round % every === 0 ? [label(x(round), BOTTOM + 16, `${round + 1}`, { class: "quiet middle" })] : [],
    ),
    label((LEFT + WIDTH) / 2, BOTTOM + 31, "round", { class: "quiet middle" }),
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
