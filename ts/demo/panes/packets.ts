/**
 * The list of packets: only the lines in view are there, however long it is; above it, the whole capture as a strip.
 *
 * @module
 */
import { formatProtocol } from "../../policy/ports.ts";
import { byId, grouped, h } from "../dom.ts";
import type { Row } from "../protocol.ts";
import { MARKS, swatch, toneOf } from "../swatch.ts";
import type { Viewer } from "../viewer.ts";

/** Height of a line, as in style.css. */
const LINE = 28;
/** The highest that browsers scroll through reliably; longer lists are scrolled in proportion. */
const MAX_SCROLL = 8_000_000;

export class PacketList {
  readonly #viewer: Viewer;
  readonly #scroller = byId("packet-scroller");
  readonly #spacer = byId("packet-spacer");
  readonly #lines = byId("packet-lines");
  readonly #title = byId("packet-filter");
  readonly #strip = byId("packet-strip") as HTMLCanvasElement;
  #total = 0;
  #first = 0;
  /** Place in the list of the frame that is looked at. */
  #position = 0;
  /** Goings there that are not shown yet. */
  #goes = 0;
  #asked = 0;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#scroller.addEventListener("keydown", (event) => this.#key(event));
    this.#lines.addEventListener("click", (event) => {
      const line = (event.target as Element).closest("[data-frame]");
      if (line instanceof HTMLElement) void viewer.select(Number(line.dataset.frame));
      this.#scroller.focus({ preventScroll: true });
    });
    this.#strip.addEventListener("click", (event) => {
      const share = event.offsetX / this.#strip.clientWidth;
      void this.#go(Math.floor(share * this.#total));
    });
    new ResizeObserver(() => void this.#show()).observe(this.#scroller);
    viewer.watch(["census", "filter", "edits"], () => void this.#renew());
    viewer.watch(["selection"], () => void this.#follow());
  }

  get #visible(): number {
    return Math.max(Math.floor(this.#scroller.clientHeight / LINE), 1);
  }

  // The list is another one: its length is, and what is in it.
  async #renew(): Promise<void> {
    if (this.#viewer.census.frames === 0) return;
    const { filter, rooms, policy } = this.#viewer;
    const what =
      filter.by === "all"
        ? "all"
        : filter.by === "reason"
          ? filter.reason
          : (policy.rooms[filter.room]?.name ?? "dropped");
    this.#title.textContent = what;
    const { rooms: ticks, total } = await this.#viewer.ticks(this.#strip.clientWidth || 200);
    this.#total = total;
    this.#spacer.style.height = `${Math.min(total * LINE, MAX_SCROLL)}px`;
    this.#draw(ticks, rooms);
    await this.#follow();
  }

  #draw(ticks: Uint16Array, rooms: number): void {
    const canvas = this.#strip;
    canvas.width = canvas.clientWidth || 200;
    canvas.height = canvas.clientHeight || 20;
    const context = canvas.getContext("2d")!;
    const style = getComputedStyle(canvas);
    const wide = canvas.width / Math.max(ticks.length, 1);
    const lane = canvas.height / (Math.min(rooms, MARKS) + 1);
    ticks.forEach((room, i) => {
      const tone = toneOf(room, rooms);
      context.fillStyle = style.getPropertyValue(`--${tone}`);
      // A lane for each mark: the height tells rooms apart where the colour can't.
      const row = room >= rooms ? Math.min(rooms, MARKS) : room % MARKS;
      context.fillRect(i * wide, row * lane, Math.max(wide, 1), Math.max(lane, 2));
    });
    canvas.setAttribute("aria-label", `the whole list, ${grouped(this.#total)} frames, as a strip of rooms`);
  }

  // Brings the frame that is looked at into view.
  async #follow(): Promise<void> {
    const frame = this.#viewer.selection?.frame;
    if (frame !== undefined) {
      const { position, frame: found } = await this.#viewer.find(frame);
      // While keys are pressed faster than frames are shown, the place is where the last key went.
      if (this.#goes === 0 && frame === this.#viewer.selection?.frame) {
        this.#position = found === frame ? position : position - 1;
      }
      if (position < this.#first || position >= this.#first + this.#visible) {
        this.#scrollTo(position - (this.#visible >> 1));
      }
    }
    await this.#show();
  }

  #scrollTo(first: number): void {
    const last = Math.max(this.#total - this.#visible, 0);
    this.#first = Math.min(Math.max(first, 0), last);
    const height = this.#spacer.clientHeight - this.#scroller.clientHeight;
    this.#scroller.scrollTop = this.#total * LINE <= MAX_SCROLL ? this.#first * LINE : (this.#first / last) * height;
  }

  #scrolled(): void {
    const top = this.#scroller.scrollTop;
    const height = this.#spacer.clientHeight - this.#scroller.clientHeight;
    const last = Math.max(this.#total - this.#visible, 0);
    const first = this.#total * LINE <= MAX_SCROLL ? top / LINE : (top / height) * last;
    const next = Math.min(Math.round(first), last);
    if (next === this.#first) return;
    this.#first = next;
    void this.#show();
  }

  async #show(): Promise<void> {
    if (this.#viewer.census.frames === 0) return;
    const asked = ++this.#asked;
    const { rows, total } = await this.#viewer.rows(this.#first, this.#visible + 1);
    if (asked !== this.#asked) return; // another place was asked for since
    this.#total = total;
    this.#lines.replaceChildren(...rows.map((row, i) => this.#line(row, this.#first + i)));
    if (total === 0) {
      this.#lines.replaceChildren(h("p", { class: "empty" }, "no frame is here"));
      this.#scroller.removeAttribute("role");
      this.#scroller.removeAttribute("aria-activedescendant");
      return;
    }
    this.#scroller.setAttribute("role", "listbox");
    const here = rows.some(({ frame }) => frame === this.#viewer.selection?.frame);
    if (here) this.#scroller.setAttribute("aria-activedescendant", `frame-${this.#viewer.selection!.frame}`);
    else this.#scroller.removeAttribute("aria-activedescendant");
    this.#lines.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  }

  #line({ frame, room, reason, record, label, edited }: Row, position: number): HTMLElement {
    const { policy, rooms, selection } = this.#viewer;
    const { protocol, dstPort, ipVersion } = record;
    const name = protocol === null ? (ipVersion === null ? "not IP" : "IP") : formatProtocol(protocol);
    const to = policy.rooms[room]?.name ?? `dropped, ${reason}`;
    return h(
      "div",
      {
        id: `frame-${frame}`,
        class: `line ${toneOf(room, rooms)}`,
        role: "option",
        "data-frame": frame,
        "aria-selected": `${selection?.frame === frame}`,
        "aria-setsize": this.#total,
        "aria-posinset": position + 1,
        title: `${record.src ?? "?"} → ${record.dst ?? "?"}: ${to}${edited ? ", edited" : ""}`,
      },
      swatch(room, rooms),
      h("span", { class: "number" }, grouped(frame)),
      h("span", { class: "what" }, dstPort === null ? name : `${name} ${dstPort}`),
      h("span", { class: "says" }, label ?? "–"),
      h("span", { class: "to" }, `${edited ? "✎ " : ""}${policy.rooms[room]?.name ?? "✗"}`),
      h("span", { class: "sr-only" }, `, ${to}${edited ? ", edited" : ""}`),
    );
  }

  #key(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: this.#visible,
      PageUp: -this.#visible,
      Home: -this.#total,
      End: this.#total,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    void this.#go(this.#position + step);
  }

  // Looks at the frame at a place of the list.
  async #go(position: number): Promise<void> {
    const place = Math.min(Math.max(position, 0), this.#total - 1);
    this.#position = place;
    this.#goes++;
    try {
      const { rows } = await this.#viewer.rows(place, 1);
      // Another key went on since.
      if (rows[0] !== undefined && place === this.#position) await this.#viewer.select(rows[0].frame);
    } finally {
      this.#goes--;
    }
  }
}
