/**
 * How fast this machine is: the kernel's ways beside the oracle, on the same frames.
 *
 * @module
 */
import { byId, grouped, h, sayOctets, svg } from "../dom.ts";
import type { Measure } from "../protocol.ts";
import type { Viewer } from "../viewer.ts";

export function showMeter(viewer: Viewer): void {
  const body = byId("meter-body");
  const button = byId("measure") as HTMLButtonElement;
  button.addEventListener("click", () => {
    button.disabled = true;
    button.textContent = "Measuring …";
    void viewer.measure().finally(() => {
      button.disabled = false;
      button.textContent = "Measure again";
    });
  });
  viewer.watch(["meter"], () => {
    const { meter } = viewer;
    if (meter === null) return;
    body.replaceChildren(headline(meter), spark(meter.rounds), bars(meter), basis(meter));
  });
}

function headline({ deliver, oracle }: Measure): HTMLElement {
  return h(
    "p",
    { class: "headline" },
    h("strong", {}, (1000 / deliver).toFixed(2)),
    " million frames a second, ",
    h("strong", {}, `${(oracle / deliver).toFixed(0)}×`),
    " the plain TypeScript oracle",
  );
}

const WIDE = 120;
const HIGH = 24;

// The rounds that deliver, in their order.
function spark(rounds: readonly number[]): SVGSVGElement {
  const most = Math.max(...rounds);
  const points = rounds.map((value, i) => {
    const x = (i / Math.max(rounds.length - 1, 1)) * WIDE;
    return `${x.toFixed(1)},${(HIGH - 2 - (value / most) * (HIGH - 4)).toFixed(1)}`;
  });
  return svg(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": `${rounds.length} rounds` },
    svg("polyline", { points: points.join(" ") }),
  );
}

function bars({ read, judge, deliver, oracle }: Measure): HTMLElement {
  const ways: readonly (readonly [string, number])[] = [
    ["read", read],
    ["and judge", judge],
    ["and deliver", deliver],
    ["oracle, judge", oracle],
  ];
  const most = Math.max(...ways.map(([, nanoseconds]) => nanoseconds));
  return h(
    "dl",
    { class: "ways" },
    ...ways.flatMap(([name, nanoseconds]) => {
      const fill = h("span", { class: "fill" });
      fill.style.width = `${((100 * nanoseconds) / most).toFixed(2)}%`;
      return [
        h("dt", {}, name),
        h("dd", {}, h("span", { class: "bar", "aria-hidden": "true" }, fill), `${nanoseconds.toFixed(0)} ns a frame`),
      ];
    }),
  );
}

function basis({ frames, octets, oracleFrames, rounds }: Measure): HTMLElement {
  const of = `${grouped(frames)} frames, ${sayOctets(octets)}`;
  const first = oracleFrames === frames ? "" : `; oracle: the first ${grouped(oracleFrames)}`;
  return h("p", { class: "basis" }, `Medians of ${rounds.length} rounds here; ${of}${first}.`);
}
