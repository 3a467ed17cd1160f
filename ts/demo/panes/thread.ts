/**
 * The thread: a thin line from the packet's line through its label and its place in the lattice to its room.
 *
 * @module
 */
import { byId, mayMove, svg } from "../dom.ts";
import { toneOf } from "../swatch.ts";
import type { Viewer } from "../viewer.ts";

/** Narrower pages stand in one column, where a line would cross everything. */
const MIN_WIDTH = 1100;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function showThread(viewer: Viewer): void {
  const layer = byId("thread");
  let pending = 0;
  const draw = (): void => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => {
      const { selection } = viewer;
      layer.replaceChildren();
      if (selection === null || innerWidth < MIN_WIDTH) return;
      const frame = layer.getBoundingClientRect();
      const points = anchors(selection.frame).map(({ x, y }) => ({ x: x - frame.left, y: y - frame.top }));
      if (points.length < 2) return;
      const path = svg("path", { class: `thread ${toneOf(selection.room, viewer.rooms)}`, d: curve(points) });
      if (mayMove()) path.classList.add("is-moving");
      layer.append(path, ...points.map(({ x, y }) => svg("circle", { class: "knot", cx: x, cy: y, r: 2.5 })));
    });
  };
  viewer.watch(["selection", "census", "policy"], draw);
  addEventListener("resize", draw);
  document.addEventListener("drawn", draw);
  document.addEventListener("scroll", draw, { capture: true, passive: true });
}

// Where the packet is in each pane, from left to right, as far as it is in view.
function anchors(frame: number): Point[] {
  const line = document.getElementById(`frame-${frame}`);
  const octet = document.querySelector("#octets .is-blamed") ?? document.querySelector("#octets .octet.is-label");
  const label = document.getElementById("label-headline");
  const node = document.querySelector("#packet-node .disc");
  const room = document.querySelector("#rooms .reason.is-here") ?? document.querySelector("#rooms .lane.is-here");
  return [
    at(line, "right", "packet-scroller"),
    at(octet, "left", "octets"),
    at(label, "left", "label"),
    at(node, "left", "lattice"),
    at(room, "left", "rooms-body"),
  ].filter((point) => point !== null);
}

function at(element: Element | null, side: "left" | "right", within: string): Point | null {
  if (element === null) return null;
  const box = element.getBoundingClientRect();
  const frame = byId(within).getBoundingClientRect();
  const y = box.top + box.height / 2;
  if (y < frame.top || y > frame.bottom) return null;
  return { x: side === "left" ? box.left : box.right, y };
}

function curve(points: readonly Point[]): string {
  return points
    .map(({ x, y }, i) => {
      const before = points[i - 1];
      if (before === undefined) return `M${x} ${y}`;
      const middle = (before.x + x) / 2;
      return `C${middle} ${before.y} ${middle} ${y} ${x} ${y}`;
    })
    .join("");
}
