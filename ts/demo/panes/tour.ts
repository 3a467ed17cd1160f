/**
 * The tour: a card that goes through seven packets.
 *
 * @module
 */
import { byId, marked } from "../dom.ts";
import { TOUR } from "../tour.ts";
import type { Viewer } from "../viewer.ts";

/** `refused` hears why a step can't be shown. */
export function showTour(viewer: Viewer, refused: (why: string) => void): void {
  const card = byId("tour-card");
  const [next, back, end] = ["tour-next", "tour-back", "tour-end"].map((id) => byId(id) as HTMLButtonElement);
  const start = byId("tour-start");
  let pending: Promise<void> = Promise.resolve();
  const go = (step: number | null): void => {
    pending = pending.then(() => viewer.goTo(step)).catch((error: Error) => refused(error.message));
  };
  start.addEventListener("click", () => go(0));
  next!.addEventListener("click", () => {
    const step = viewer.tour ?? 0;
    go(step === TOUR.length - 1 ? null : step + 1);
  });
  back!.addEventListener("click", () => go(Math.max((viewer.tour ?? 0) - 1, 0)));
  end!.addEventListener("click", () => go(null));
  card.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") go(null);
  });
  viewer.watch(["tour"], () => {
    const step = viewer.tour === null ? null : TOUR[viewer.tour]!;
    const wasOpen = !card.hidden;
    card.hidden = step === null;
    for (const pane of document.querySelectorAll(".pane")) pane.classList.toggle("is-shown", pane.id === step?.pane);
    if (step === null) {
      if (wasOpen) start.focus();
      return;
    }
    byId("tour-count").textContent = `${viewer.tour! + 1} of ${TOUR.length}`;
    byId("tour-title").textContent = step.title;
    byId("tour-text").replaceChildren(...marked(step.text).filter((child) => child !== null));
    next!.textContent = viewer.tour === TOUR.length - 1 ? "Finish" : "Next";
    back!.disabled = viewer.tour === 0;
    if (!wasOpen) next!.focus();
    byId(step.pane).scrollIntoView({ block: "nearest" });
  });
}
