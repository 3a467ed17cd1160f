/**
 * The rooms: one for each partition, and always the one of what was dropped, by reason.
 *
 * @module
 */

import { reasonNamed } from "../../reason.ts";
import { byId, grouped, h } from "../dom.ts";
import type { Filter } from "../protocol.ts";
import { swatch, toneOf } from "../swatch.ts";
import type { Viewer } from "../viewer.ts";

/** What the last change of the policy brought a room, and took from it. */
function shiftOf({ moves }: Viewer, name: string | null): string {
  const { came, went } = moves?.shifts.find(({ room }) => room === name) ?? { came: 0, went: 0 };
  return [came === 0 ? "" : `+${grouped(came)}`, went === 0 ? "" : `−${grouped(went)}`].join(" ").trim();
}

export function showRooms(viewer: Viewer): void {
  const body = byId("rooms-body");
  const why = byId("reason-why");
  viewer.watch(["census", "policy", "selection", "filter", "moves"], () => {
    const { census, policy, rooms, selection, filter } = viewer;
    if (census.frames === 0) return;
    // The list is made anew: who had the focus keeps it.
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.room : undefined;
    const lanes = policy.rooms.map(({ name, text }, room) =>
      h("li", {}, lane(viewer, { by: "room", room }, room, name, text, census.rooms[room]?.frames ?? 0)),
    );
    const dropped = h(
      "li",
      { class: "dropped" },
      lane(viewer, { by: "room", room: rooms }, rooms, "dropped", "by reason", census.dropped.frames),
      h(
        "ul",
        { class: "reasons" },
        ...census.reasons.map(({ name, count }) => {
          const isHere = selection?.explanation.verdict.reason === name;
          return h("li", {}, reason(viewer, { by: "reason", reason: name }, name, count.frames, isHere));
        }),
      ),
    );
    body.replaceChildren(...lanes, dropped);
    const shown = filter.by === "reason" ? filter.reason : (selection?.explanation.verdict.reason ?? null);
    const said = shown === null ? null : reasonNamed(shown);
    why.textContent = said === null ? "" : `${said.name}: ${said.sentence} (${said.rule}, ${said.clause}).`;
    if (focused !== undefined) body.querySelector<HTMLElement>(`[data-room="${CSS.escape(focused)}"]`)?.focus();
    body.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  });
}

function lane(viewer: Viewer, filter: Filter, room: number, name: string, label: string, frames: number): HTMLElement {
  const { rooms, census, selection } = viewer;
  const isHere = selection?.room === room;
  return h(
    "button",
    {
      type: "button",
      class: `lane ${toneOf(room, rooms)}${isHere ? " is-here" : ""}`,
      "data-room": name,
      "aria-pressed": `${viewer.isFilter(filter)}`,
      onclick: () => viewer.toggleFilter(filter),
    },
    swatch(room, rooms),
    h("span", { class: "name" }, name),
    h("span", { class: "shift" }, shiftOf(viewer, room < rooms ? name : null)),
    h("span", { class: "count" }, grouped(frames)),
    h("span", { class: "label" }, label),
    bar(frames / census.frames),
    isHere ? h("span", { class: "sr-only" }, ", the packet is here") : null,
  );
}

function reason(viewer: Viewer, filter: Filter, name: string, frames: number, isHere: boolean): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: `reason${isHere ? " is-here" : ""}`,
      "data-room": name,
      "aria-pressed": `${viewer.isFilter(filter)}`,
      onclick: () => viewer.toggleFilter(filter),
    },
    h("span", { class: "name" }, name),
    h("span", { class: "count" }, grouped(frames)),
    bar(frames / viewer.census.frames),
    isHere ? h("span", { class: "sr-only" }, ", the packet is here") : null,
  );
}

function bar(share: number): HTMLElement {
  const fill = h("span", { class: "fill" });
  fill.style.width = `${(100 * share).toFixed(2)}%`;
  return h("span", { class: "bar", "aria-hidden": "true" }, fill);
}
