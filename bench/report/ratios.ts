// The picture of ratios: how much of what its floor allows each uses. Whether small or large is good, less is better here.
import type { MeasuredRatio } from "../result.ts";
import { element, label, line, type Markup, picture, tip } from "./markup.ts";
import { linearScale } from "./scale.ts";
import { bound, figure, mark } from "./words.ts";

const WIDTH = 860;
const LEFT = 280;
const RIGHT = 610;
const ROW = 28;
const BAR = 12;
const TOP = 44;
const BOTTOM = 40;
/** Shares of the floor that are drawn; a bar beyond ends in an arrow. */
const MOST = 1.5;

const KINDS = { "goal met": "good", "floor met": "fair", "not met": "bad" } as const;

export function ratiosPicture(ratios: readonly MeasuredRatio[]): Markup {
  const scale = linearScale(0, MOST, { from: LEFT, to: RIGHT });
  const bottom = TOP + ratios.length * ROW;
  const grid = scale.ticks.flatMap((tick) => {
    const x = scale.place(tick);
    const said = `${Math.round(tick * 100)} %`;
    return [line(x, TOP - 8, x, bottom, "grid"), label(x, bottom + 16, said, { class: "quiet middle" })];
  });
  const floor = scale.place(1);
  const heads = [
    label(floor, TOP - 18, "floor", { class: "quiet middle" }),
    label(RIGHT + 62, TOP - 18, "median", { class: "quiet end" }),
    label(RIGHT + 76, TOP - 18, "floor, goal", { class: "quiet" }),
    label(WIDTH, TOP - 18, "so", { class: "quiet end" }),
    line(floor, TOP - 10, floor, bottom, "floor"),
  ];
  const rows = ratios.flatMap((ratio, i) => row(ratio, TOP + i * ROW + ROW / 2, scale.place));
  const axis = label((LEFT + RIGHT) / 2, bottom + 34, "share of what the floor allows; dashed: the goal", {
    class: "quiet middle",
  });
  const said = ratios.map((ratio) => `${ratio.name}: ${figure(ratio.spread.median)}, ${mark(ratio)}`).join("; ");
  return picture(WIDTH, bottom + BOTTOM, said, ...grid, ...rows, ...heads, axis);
}

function row(ratio: MeasuredRatio, y: number, place: (value: number) => number): Markup[] {
  const { spread, floor, goal } = ratio;
  const share = (value: number): number => (ratio.good === "small" ? value / floor : floor / value);
  const kind = ratio.verdict === null ? "other" : KINDS[ratio.verdict];
  const [x, end] = [place(0), place(share(spread.median))];
  const isBeyond = share(spread.median) > MOST;
  const aim = place(share(goal));
  const said = `${ratio.name}: median ${figure(spread.median)}, half the rounds ${figure(spread.low)}–${figure(spread.high)}, all ${figure(spread.min)}–${figure(spread.max)}`;
  return [
    label(0, y + 4, ratio.name),
    element("rect", { x, y: y - BAR / 2, width: end - x, height: BAR, class: kind, opacity: 0.75 }, tip(said)),
    ...(isBeyond ? [element("path", { d: `M${end} ${y - BAR} l10 ${BAR} l-10 ${BAR} z`, class: kind })] : []),
    line(place(share(spread.min)), y, place(share(spread.max)), y, "rule"),
    line(place(share(spread.low)), y - 3, place(share(spread.low)), y + 3, "rule"),
    line(place(share(spread.high)), y - 3, place(share(spread.high)), y + 3, "rule"),
    line(aim, y - BAR, aim, y + BAR, "goal"),
    label(RIGHT + 62, y + 4, figure(spread.median), { class: "end" }),
    label(RIGHT + 76, y + 4, `${bound(ratio, floor)}, ${bound(ratio, goal)}`, { class: "quiet" }),
    label(WIDTH, y + 4, mark(ratio), { class: `end ${kind}` }),
  ];
}
