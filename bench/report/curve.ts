// The pictures of curves: the median of each point, and half its rounds as a band. All have one scale of time,
// which medians determine: of a band that leaves it the rest is cut off.
import type { CurveResult } from "../result.ts";
import { element, label, line, type Markup, picture, tip } from "./markup.ts";
import { linearScale, logScale } from "./scale.ts";
import { figure, grouped, tickFigure } from "./words.ts";

const WIDTH = 450;
const HEIGHT = 224;
const LEFT = 44;
const RIGHT = 436;
const TOP = 24;
const BOTTOM = 180;
/** Ends of a range that are this many times apart are drawn on a logarithmic axis. */
const WIDE = 20;

/** The dearest point, in nanoseconds a frame. */
export function heightOf(curves: readonly CurveResult[]): number {
  return Math.max(...curves.flatMap(({ points }) => points.map(({ perFrame }) => perFrame.median)));
}

/** `height`: nanoseconds a frame at the top, or a little below it. */
export function curvePicture({ name, axis, points }: CurveResult, height: number): Markup {
  const ats = points.map(({ at }) => at);
  const ends = { from: LEFT + 14, to: RIGHT - 14 };
  const [least, most] = [Math.min(...ats), Math.max(...ats)];
  const across = most / least > WIDE ? logScale(ats, ends) : linearScale(least, most, ends);
  const up = linearScale(0, height, { from: BOTTOM, to: TOP });
  const at = (value: number, time: number): string => `${tenth(across.place(value))},${tenth(up.place(time))}`;
  const band = [
    ...points.map((point) => at(point.at, point.perFrame.high)),
    ...[...points].reverse().map((point) => at(point.at, point.perFrame.low)),
  ];
  return picture(
    WIDTH,
    HEIGHT,
    `${name}: ${points.map((point) => `${grouped(point.at)}: ${figure(point.perFrame.median)} ns a frame`).join("; ")}`,
    ...up.ticks.flatMap((tick) => {
      const y = up.place(tick);
      return [line(LEFT, y, RIGHT, y, "grid"), label(LEFT - 8, y + 4, tickFigure(tick), { class: "quiet end" })];
    }),
    ...across.ticks.map((tick) => label(across.place(tick), BOTTOM + 18, tickFigure(tick), { class: "quiet middle" })),
    label(0, TOP - 12, "ns a frame", { class: "quiet" }),
    label((LEFT + RIGHT) / 2, BOTTOM + 38, axis, { class: "quiet middle" }),
    element("polygon", { points: band.join(" "), class: "band" }),
    element("polyline", {
      points: points.map((point) => at(point.at, point.perFrame.median)).join(" "),
      class: "curve",
    }),
    ...points.map((point) => {
      const { median, low, high } = point.perFrame;
      const said = `${grouped(point.at)}: median ${figure(median)} ns a frame, half the rounds ${figure(low)}–${figure(high)}`;
      return element("circle", { cx: across.place(point.at), cy: up.place(median), r: 4, class: "own" }, tip(said));
    }),
  );
}

function tenth(place: number): number {
  return Math.round(place * 10) / 10;
}
