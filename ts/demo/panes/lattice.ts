/**
 * The lattice of the policy's labels, with the label of the frame that is looked at in its place.
 *
 * @module
 */
import { byId, svg } from "../dom.ts";
import { type Hasse, type HasseNode, hasseOf, type Relation, shortLabel } from "../hasse.ts";
import { pathOf, toneOf } from "../swatch.ts";
import type { Viewer } from "../viewer.ts";

const WIDE = 240;
const RANK = 56;
const SIDE = 64;
/** Characters of a name in the picture. */
const MAX_NAME = 12;

const MARKS: Readonly<Record<Relation, string>> = { equal: "=", below: "▾", above: "▴", apart: "∥", none: "" };

export function showLattice(viewer: Viewer): void {
  const picture = byId("lattice-picture");
  const words = byId("lattice-words");
  viewer.watch(["selection", "policy"], () => {
    const { policy, selection, rooms } = viewer;
    if (policy.labels.length === 0) return;
    const label = selection?.explanation.verdict.label ?? null;
    const text = selection?.labelText ?? "";
    const hasse = hasseOf(policy.labels, label === null ? null : { label, text });
    picture.replaceChildren(drawing(hasse, viewer, rooms));
    words.textContent =
      label === null
        ? "No label to place: nothing is compared."
        : hasse.hidden > 0
          ? `The ${hasse.nodes.length} labels nearest to the packet's; ${hasse.hidden} more are not drawn.`
          : `▾ it dominates · ▴ dominates it · ∥ incomparable`;
    picture.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  });
}

function drawing({ nodes, covers, ranks }: Hasse, viewer: Viewer, rooms: number): SVGSVGElement {
  const wide = Math.max(WIDE, ...widths(nodes));
  const high = ranks * RANK + 6;
  const x = (node: HasseNode): number => node.x * wide;
  const y = (node: HasseNode): number => high - 12 - (node.rank + 0.5) * RANK;
  const said = nodes.map(({ text, relation }) => `${text} ${SAID[relation]}`).join("; ");
  return svg(
    "svg",
    { viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": `labels of the policy: ${said}`, class: "hasse" },
    ...covers.map(({ upper, lower }) => {
      const [a, b] = [nodes[upper]!, nodes[lower]!];
      const side = sideOf(a, b);
      const ghost = a.isGhost || b.isGhost ? " is-ghost" : "";
      return svg("line", { class: `cover ${side}${ghost}`, x1: x(a), y1: y(a) + 11, x2: x(b), y2: y(b) - 11 });
    }),
    ...nodes.map((node) => drawNode(node, x(node), y(node), viewer, rooms)),
  );
}

const SAID: Readonly<Record<Relation, string>> = {
  equal: "is the packet's",
  below: "is dominated by it",
  above: "dominates it",
  apart: "is incomparable with it",
  none: "",
};

function drawNode(node: HasseNode, x: number, y: number, { policy }: Viewer, rooms: number): SVGGElement {
  const { relation, isGhost, uses, label, text } = node;
  const room = policy.rooms.findIndex(({ name }) => name === uses[0]);
  const name = room >= 0 ? policy.rooms[room]!.name : isGhost ? "this packet" : boundOf(uses[0] ?? "");
  const title = `${text}${uses.length === 0 ? "" : `: ${uses.join(", ")}`}`;
  const mark = pathOf(room < 0 ? 0 : room, rooms);
  return svg(
    "g",
    {
      class: `node is-${relation}${isGhost ? " is-ghost" : ""} ${room < 0 ? "tone-bound" : toneOf(room, rooms)}`,
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      ...(relation === "equal" ? { id: "packet-node" } : {}),
    },
    svg("title", {}, title),
    svg("circle", { class: "halo", r: 14.5 }),
    svg("circle", { class: "disc", r: 9.5 }),
    room < 0 ? null : svg("path", { class: "mark", d: mark, transform: "translate(-6 -6)" }),
    svg("text", { class: "name", y: 20, "text-anchor": "middle" }, cut(`${name} ${MARKS[relation]}`.trim())),
    svg("text", { class: "label", y: 30, "text-anchor": "middle" }, cut(shortLabel(label, 2))),
  );
}

// An edge is on the side of the packet's label that both its ends are.
function sideOf(upper: HasseNode, lower: HasseNode): string {
  const isDown = (relation: Relation): boolean => relation === "below" || relation === "equal";
  const isUp = (relation: Relation): boolean => relation === "above" || relation === "equal";
  if (isDown(upper.relation) && isDown(lower.relation)) return "is-down";
  return isUp(upper.relation) && isUp(lower.relation) ? "is-up" : "is-aside";
}

// What each rank needs so that names do not meet.
function widths(nodes: readonly HasseNode[]): number[] {
  const counts = new Map<number, number>();
  for (const { rank } of nodes) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  return [...counts.values()].map((count) => count * SIDE);
}

// `up to: net0` is a bound from above.
function boundOf(use: string): string {
  return use.replace(/^up to: /, "≤ ").replace(/^from: /, "≥ ");
}

function cut(text: string): string {
  return text.length <= MAX_NAME ? text : `${text.slice(0, MAX_NAME - 1)}…`;
}
