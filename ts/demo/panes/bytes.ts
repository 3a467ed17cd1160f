/**
 * The octets of the frame that is looked at, tinted by what the kernel read of them. Each can be changed.
 *
 * @module
 */

import type { Span } from "../../packet.ts";
import { byId, h } from "../dom.ts";
import { type Region, regionsOf } from "../regions.ts";
import type { Viewer } from "../viewer.ts";

/** Octets that are shown: labels, and what else decides, stand in front. */
export const MAX_SHOWN = 1024;

export class ByteGrid {
  readonly #viewer: Viewer;
  readonly #refused: (why: string) => void;
  readonly #grid = byId("octets");
  readonly #about = byId("octet-about");
  readonly #bits = byId("octet-bits");
  readonly #legend = byId("octet-legend");
  #cells: HTMLElement[] = [];
  #regions: readonly Region[] = [];
  #frame = 0;
  /** The octet that keys act on. */
  #at = 0;
  /** The first digit was typed. */
  #isHalf = false;
  #perRow = 8;
  #last: Promise<void> = Promise.resolve();

  /** @param refused hears why a change was refused */
  constructor(viewer: Viewer, refused: (why: string) => void) {
    this.#viewer = viewer;
    this.#refused = refused;
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#grid.addEventListener("click", (event) => {
      const at = indexOf(event.target);
      if (at !== null) this.#moveTo(at, true);
    });
    this.#grid.addEventListener("focusin", (event) => {
      const at = indexOf(event.target);
      if (at !== null && at !== this.#at) this.#moveTo(at, false);
    });
    this.#grid.addEventListener("pointerover", (event) => {
      const at = indexOf(event.target);
      if (at !== null) this.#tell(at);
    });
    this.#grid.addEventListener("pointerleave", () => this.#tell(this.#at));
    new ResizeObserver(() => {
      const perRow = this.#grid.clientWidth >= 480 ? 16 : 8;
      if (perRow === this.#perRow) return;
      this.#perRow = perRow;
      this.#draw();
    }).observe(this.#grid);
    viewer.watch(["selection"], () => this.#draw());
  }

  /** Marks some octets, while their step is looked at; `null`: none. */
  mark(span: Span | null): void {
    this.#cells.forEach((cell, i) => {
      cell.classList.toggle("is-step", span !== null && i >= span.offset && i < span.offset + span.length);
    });
  }

  #draw(): void {
    const { selection } = this.#viewer;
    if (selection === null) return;
    const { bytes, explanation, frame, original } = selection;
    this.#regions = regionsOf(bytes.length, explanation);
    if (frame !== this.#frame) {
      this.#at = Math.min(explanation.verdict.offset ?? explanation.packet.labelSpan?.offset ?? 0, bytes.length - 1);
      this.#isHalf = false;
    }
    this.#frame = frame;
    const blamed = explanation.verdict.offset;
    const shown = Math.min(bytes.length, MAX_SHOWN);
    const hadFocus = this.#grid.contains(document.activeElement);
    let region = 0;
    this.#cells = Array.from({ length: shown }, (_, i) => {
      while (i >= this.#regions[region]!.offset + this.#regions[region]!.length) region++;
      const { kind, offset } = this.#regions[region]!;
      const isEdited = original !== null && original[i] !== bytes[i];
      const marks = [
        i === offset ? "is-start" : "",
        i === blamed ? "is-blamed" : "",
        isEdited ? "is-edited" : "",
      ].filter((name) => name !== "");
      const said = `octet ${i}, ${kind}${i === blamed ? ", blamed" : ""}${isEdited ? ", edited" : ""}: ${hex(bytes[i]!)}`;
      return h(
        "span",
        {
          class: ["octet", `is-${kind}`, ...marks].join(" "),
          role: "gridcell",
          "data-at": i,
          "aria-label": said,
          tabindex: i === this.#at ? 0 : -1,
        },
        hex(bytes[i]!),
      );
    });
    const rows: HTMLElement[] = [];
    for (let at = 0; at < shown; at += this.#perRow) {
      const text = [...bytes.subarray(at, Math.min(at + this.#perRow, shown))].map(printable).join("");
      rows.push(
        h(
          "div",
          { class: "octet-row", role: "row" },
          h("span", { class: "octet-offset", role: "rowheader" }, at.toString(16).padStart(4, "0")),
          ...this.#cells.slice(at, at + this.#perRow),
          h("span", { class: "octet-text", "aria-hidden": "true" }, text),
        ),
      );
    }
    this.#grid.replaceChildren(...rows);
    byId("octets-more").textContent = bytes.length > shown ? `… ${bytes.length - shown} more` : "";
    this.#drawLegend();
    this.#tell(this.#at);
    if (hadFocus) this.#cells[this.#at]?.focus({ preventScroll: true });
    else this.#bringIntoView(blamed ?? explanation.packet.labelSpan?.offset ?? 0);
    this.#grid.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  }

  #drawLegend(): void {
    const kinds = new Set(this.#regions.map(({ kind }) => kind));
    this.#legend.replaceChildren(
      ...[...kinds].map((kind) => h("li", {}, h("span", { class: `key is-${kind}`, "aria-hidden": "true" }), kind)),
    );
  }

  #bringIntoView(at: number): void {
    const cell = this.#cells[at];
    if (cell === undefined) return;
    const { offsetTop } = cell.parentElement!;
    const { scrollTop, clientHeight } = this.#grid;
    if (offsetTop < scrollTop || offsetTop > scrollTop + clientHeight - 24) this.#grid.scrollTop = offsetTop - 60;
  }

  // What an octet is, and its bits to flip.
  #tell(at: number): void {
    const { selection } = this.#viewer;
    const region = this.#regions.find(({ offset, length }) => at >= offset && at < offset + length);
    if (selection === null || region === undefined) return;
    const octet = selection.bytes[at]!;
    const steps = selection.explanation.steps.filter(
      ({ span }) => span !== null && at >= span.offset && at < span.offset + span.length,
    );
    // The one that drops, else the one about the fewest octets.
    const narrow = [...steps].sort((a, b) => a.span!.length - b.span!.length)[0];
    const step = steps.find(({ outcome }) => outcome === "drop") ?? narrow;
    const what = `octet ${at}: ${hex(octet)}, ${region.name}`;
    this.#about.textContent = step === undefined ? what : `${what}; step ${step.step}, ${step.words}`;
    this.#bits.replaceChildren(
      ...Array.from({ length: 8 }, (_, i) => {
        const bit = 7 - i;
        const isSet = ((octet >> bit) & 1) === 1;
        return h(
          "button",
          {
            type: "button",
            class: "bit",
            "aria-pressed": `${isSet}`,
            "aria-label": `bit ${bit} of octet ${at}: ${isSet ? 1 : 0}`,
            onclick: () => {
              this.#moveTo(at, false);
              this.#inTurn(async () => {
                await this.#set(at, (now) => now ^ (1 << bit));
                this.#focusBit(i);
              });
            },
          },
          isSet ? "1" : "0",
        );
      }),
    );
  }

  #focusBit(index: number): void {
    const bit = this.#bits.children[index];
    if (bit instanceof HTMLElement) bit.focus({ preventScroll: true });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: this.#perRow,
      ArrowUp: -this.#perRow,
      Home: -(this.#at % this.#perRow),
      End: this.#perRow - 1 - (this.#at % this.#perRow),
    };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.#moveTo(this.#at + step, true);
    } else if (/^[\da-f]$/i.test(event.key)) {
      event.preventDefault();
      this.#type(Number.parseInt(event.key, 16));
    }
  }

  // The first digit is the high half; the second goes on to the next octet.
  #type(digit: number): void {
    const at = this.#at;
    const isHalf = this.#isHalf;
    this.#inTurn(() => this.#set(at, (now) => (isHalf ? (now & 0xf0) | digit : (digit << 4) | (now & 0x0f))));
    if (isHalf) this.#moveTo(at + 1, true);
    this.#isHalf = !isHalf;
  }

  // One change after the other, each of what the one before left; what was meant for another frame is dropped.
  #inTurn(change: () => Promise<void>): void {
    const frame = this.#frame;
    this.#last = this.#last
      .then(() => (this.#frame === frame ? change() : undefined))
      .catch((error: Error) => this.#refused(error.message));
  }

  async #set(at: number, change: (octet: number) => number): Promise<void> {
    const { selection } = this.#viewer;
    if (selection === null || at >= selection.bytes.length) return;
    const bytes = selection.bytes.slice();
    bytes[at] = change(bytes[at]!);
    await this.#viewer.edit(selection.frame, bytes);
  }

  #moveTo(at: number, focus: boolean): void {
    if (at < 0 || at >= this.#cells.length) return;
    this.#cells[this.#at]?.setAttribute("tabindex", "-1");
    this.#at = at;
    this.#isHalf = false;
    const cell = this.#cells[at]!;
    cell.setAttribute("tabindex", "0");
    if (focus) cell.focus();
    this.#tell(at);
  }
}

function indexOf(target: EventTarget | null): number | null {
  const at = target instanceof HTMLElement ? target.dataset.at : undefined;
  return at === undefined ? null : Number(at);
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, "0");
}

function printable(octet: number): string {
  return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "·";
}
