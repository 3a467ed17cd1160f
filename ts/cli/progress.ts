/**
 * Progress of long work, on standard error when that is a terminal.
 *
 * @module
 */
import { Presets, SingleBar } from "cli-progress";
import { printable } from "./output.ts";

/** Work below this size is over before a bar could be read. */
const WORTH_SHOWING = 32 * 1024 * 1024;
const MEGA = 1_000_000;

/** A bar over the octets of a capture. */
export class Progress {
  readonly #name: string;
  #bar: SingleBar | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  show(read: number, total: number | null): void {
    if (total === null || total < WORTH_SHOWING || !process.stderr.isTTY) return;
    if (this.#bar === undefined) {
      // The name is a payload: braces in it are no placeholders.
      const format = `{name} {bar} {percentage} % of {total} MB, {eta_formatted} to go`;
      // The terminal is left as it is: an interrupted bar could not put it back.
      const options = { format, stream: process.stderr, hideCursor: false, linewrap: true, clearOnComplete: true };
      this.#bar = new SingleBar(options, Presets.rect);
      this.#bar.start(Math.round(total / MEGA), 0, { name: printable(this.#name) });
    }
    this.#bar.update(Math.round(read / MEGA));
  }

  end(): void {
    this.#bar?.stop();
  }
}
