/**
 * Who changed rooms when the policy changed, and why.
 *
 * @module
 */
import { byId, grouped, h } from "../dom.ts";
import type { Move } from "../protocol.ts";
import { swatch } from "../swatch.ts";
import type { Viewer } from "../viewer.ts";

export function showMoves(viewer: Viewer): void {
  const body = byId("moves-body");
  const lead = byId("moves-lead");
  viewer.watch(["moves"], () => {
    const { moves } = viewer;
    byId("lower-column").classList.toggle("has-moves", moves !== null);
    if (moves === null) {
      lead.textContent = "Change the policy: every packet is judged again, and those that change rooms stand here.";
      body.replaceChildren();
      return;
    }
    lead.textContent =
      moves.moved === 0 ? "The last change moved nobody." : `The last change moved ${grouped(moves.moved)} packets.`;
    body.replaceChildren(...moves.moves.map((move) => h("li", {}, line(viewer, move))));
  });
}

function line(viewer: Viewer, { from, to, fromReason, toReason, count, frame, why }: Move): HTMLElement {
  return h(
    "button",
    { type: "button", class: "move", onclick: () => void viewer.select(frame), title: `show frame ${frame}` },
    h("strong", {}, grouped(count)),
    h("span", { class: "way" }, place(viewer, from, fromReason), " → ", place(viewer, to, toReason)),
    h("span", { class: "why" }, why),
  );
}

function place({ policy, rooms }: Viewer, name: string | null, reason: string | null): HTMLElement {
  const room = name === null ? rooms : policy.rooms.findIndex((entry) => entry.name === name);
  const mark = name !== null && room < 0 ? null : swatch(room, rooms);
  return h("span", { class: "place" }, mark, name ?? `${reason}`);
}
