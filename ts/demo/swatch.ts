/**
 * The mark of a room: a colour and a shape, so that colour is never the only mark. Colours are in style.css.
 *
 * @module
 */
import { svg } from "./dom.ts";

/** Marks there are; rooms beyond share them, and their names tell them apart. */
export const MARKS = 8;

const SHAPES: readonly string[] = [
  "M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10Z",
  "M1.5 1.5h9v9h-9Z",
  "M6 .8 11.4 10.6H.6Z",
  "M6 .3 11.7 6 6 11.7.3 6Z",
  "M.6 1.4h10.8L6 11.2Z",
  "M4 .8h4V4h3.2v4H8v3.2H4V8H.8V4H4Z",
  "M3.2.9h5.6L11.6 6 8.8 11.1H3.2L.4 6Z",
  "M6 .4 7.7 4.2l4.1.4-3.1 2.8.9 4.1L6 9.3l-3.6 2.2.9-4.1L.2 4.6l4.1-.4Z",
];
const CROSS = "M1.2 2.8 2.8 1.2 6 4.4 9.2 1.2l1.6 1.6L7.6 6l3.2 3.2-1.6 1.6L6 7.6 2.8 10.8 1.2 9.2 4.4 6Z";

/** The class with the room's colour. `rooms`: partitions there are; the room behind them is that of the drops. */
export function toneOf(room: number, rooms: number): string {
  return room >= rooms ? "tone-dropped" : `tone-${room % MARKS}`;
}

/** The mark, for the eye only: a name stands beside it. */
export function swatch(room: number, rooms: number): SVGSVGElement {
  return svg(
    "svg",
    { class: `swatch ${toneOf(room, rooms)}`, viewBox: "0 0 12 12", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: pathOf(room, rooms) }),
  );
}

/** Its shape in a square of 12. */
export function pathOf(room: number, rooms: number): string {
  return room >= rooms ? CROSS : SHAPES[room % MARKS]!;
}
