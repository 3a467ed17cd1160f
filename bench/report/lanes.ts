// The picture of lanes: the median of each as a dot, half its rounds as a thick line, all of them as a thin one.
import type { MeasuredLane } from "../result.ts";
import { element, label, line, type Markup, picture, tip } from "./markup.ts";
import { logScale } from "./scale.ts";
import { figure, megaframes, tickFigure } from "./words.ts";

const WIDTH = 860;
const LEFT = 170;
const RIGHT = 610;
const ROW = 26;
const TOP = 44;
const BOTTOM = 40;

/** Lanes, or what their names begin with, that are labelgate's own. */
const OWN = ["kernel", "dispatch", "sinks", "verdicts", "file", "split"];

/** A lane, and what it is called in the picture. */
export interface Named {
  readonly name: string;
  readonly lane: MeasuredLane;
}

export function lanesPicture(lanes: readonly Named[]): Markup {
  const scale = logScale(
    lanes.flatMap(({ lane: { perFrame } }) => [perFrame.min, perFrame.max]),
    { from: LEFT, to: RIGHT },
  );
  const bottom = TOP + lanes.length * ROW;
  const grid = scale.ticks.flatMap((tick) => {
    const x = scale.place(tick);
    return [line(x, TOP - 8, x, bottom, "grid"), label(x, bottom + 16, tickFigure(tick), { class: "quiet middle" })];
  });
  const heads = [
    label(0, TOP - 18, "lane", { class: "quiet" }),
    label(RIGHT + 90, TOP - 18, "ns a frame", { class: "quiet end" }),
    label(WIDTH, TOP - 18, "million frames a second", { class: "quiet end" }),
  ];
  const rows = lanes.flatMap((lane, i) => row(lane, TOP + i * ROW + ROW / 2, scale.place));
  const axis = label((LEFT + RIGHT) / 2, bottom + 34, "nanoseconds a frame, each line ten times the one before", {
    class: "quiet middle",
  });
  const said = lanes.map(({ name, lane: { perFrame } }) => `${name}: ${figure(perFrame.median)} ns a frame`).join("; ");
  return picture(WIDTH, bottom + BOTTOM, said, ...grid, ...heads, ...rows, axis);
}

function row({ name, lane: { lane, perFrame } }: Named, y: number, place: (value: number) => number): Markup[] {
  const { median, low, high, min, max } = perFrame;
  const kind = isOwn(lane) ? "own" : "other";
  const said = `${name}: median ${figure(median)} ns a frame; half the rounds ${figure(low)}–${figure(high)}, all ${figure(min)}–${figure(max)}`;
  return [
    label(0, y + 4, name),
    line(place(min), y, place(max), y, "all"),
    line(place(low), y, place(high), y, `most ${kind}`),
    element("circle", { cx: place(median), cy: y, r: 4.5, class: kind }, tip(said)),
    label(RIGHT + 90, y + 4, figure(median), { class: "end" }),
    label(WIDTH, y + 4, figure(megaframes(median)), { class: "end" }),
  ];
}

function isOwn(lane: string): boolean {
  return OWN.some((name) => lane === name || lane.startsWith(`${name}/`));
}
