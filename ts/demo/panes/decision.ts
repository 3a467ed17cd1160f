/**
 * How the frame that is looked at was decided, step by step.
 *
 * @module
 */

import type { ExplainedStep } from "../../explain/explanation.ts";
import { byId, h } from "../dom.ts";
import type { Viewer } from "../viewer.ts";
import type { ByteGrid } from "./bytes.ts";

export function showDecision(viewer: Viewer, bytes: ByteGrid): void {
  const list = byId("steps");
  const verdict = byId("verdict");
  viewer.watch(["selection"], () => {
    const { selection } = viewer;
    if (selection === null) return;
    const { explanation, frame } = selection;
    const { partition, binding, copies, reason } = explanation.verdict;
    const to = `${partition}${binding === null ? "" : `/${binding}`}`;
    const also = copies.length === 0 ? "" : `, and a copy to ${copies.map((copy) => copy.partition).join(", ")}`;
    verdict.textContent = reason === null ? `frame ${frame} → ${to}${also}` : `frame ${frame} dropped: ${reason}`;
    verdict.className = reason === null ? "verdict is-delivered" : "verdict is-dropped";
    list.replaceChildren(
      ...explanation.steps.map((step) => {
        const item = h("li", { class: `step is-${step.outcome}` }, ...parts(step));
        item.addEventListener("pointerenter", () => bytes.mark(step.span));
        item.addEventListener("pointerleave", () => bytes.mark(null));
        return item;
      }),
    );
    // What decides stands at the end.
    list.parentElement!.scrollTop = list.parentElement!.scrollHeight;
  });
}

function parts({ step, title, outcome, words, rule, clause, path }: ExplainedStep): HTMLElement[] {
  const isPass = outcome === "pass";
  const from = [path ?? "", rule === clause ? rule : `${rule}, ${clause}`].filter((part) => part !== "").join(" · ");
  return [
    h("span", { class: "outcome", "aria-label": isPass ? "passed" : "dropped", role: "img" }, isPass ? "✓" : "✗"),
    h("span", { class: "title" }, `${step} ${title}`),
    h("span", { class: "words" }, words),
    h("span", { class: "clause" }, from),
  ];
}
