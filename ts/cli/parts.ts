/**
 * The captures that `split` writes, one for each partition and one of the drops, and what fills them.
 *
 * @module
 */
import { join } from "node:path";
import { countsOf, NO_COUNTS, type Stats, statsOf } from "../counts.ts";
import type { Policy } from "../policy/model.ts";
import type { Reason } from "../reason.ts";
import { Scatter } from "../scatter.ts";
import { PartFile } from "./part.ts";
import { readAll } from "./source.ts";

const DROPPED = "dropped";

export class Parts {
  readonly #policy: Policy;
  /** In the order of slots but for the drops, which come last: slot 0. */
  readonly #files: readonly PartFile[];
  readonly #scatter: Scatter;
  /** Number of the capture at hand. */
  #capture = 0;

  /** @param folder where they are to be; nothing is written yet */
  constructor(policy: Policy, folder: string) {
    this.#policy = policy;
    const open = new Set<PartFile>();
    this.#files = [...policy.partitions.map(({ name }) => name), DROPPED].map((name, i, { length }) => {
      const slot = (i + 1) % length;
      return new PartFile(join(folder, `${name}.pcapng`), (octets) => this.#scatter.append(slot, octets), open);
    });
    this.#scatter = new Scatter(policy, dropText, {
      write: (slot, octets) => this.#file(slot).write(octets),
      interfaceOf: (slot, batch, index) => this.#file(slot).interfaceOf(index, batch, this.#capture),
      frame: (slot, batch, row, comment) => this.#file(slot).frame(batch, row, this.#capture, comment),
    });
  }

  /** Where the captures will be. */
  get paths(): string[] {
    return this.#files.map(({ path }) => path);
  }

  get stats(): Stats {
    return statsOf(countsOf(this.#scatter.judge, NO_COUNTS), this.#policy);
  }

  /** Frames whose time was changed to one that pcapng can hold. */
  get changedTimes(): number {
    return this.#files.reduce((sum, { changedTimes }) => sum + changedTimes, 0);
  }

  /**
   * Every frame of every capture to its part. True when all were read whole.
   *
   * @throws {PartFileError} a part can't be written
   */
  async fill(captures: readonly string[]): Promise<boolean> {
    let whole = true;
    for (const [i, capture] of captures.entries()) {
      this.#capture = i;
      this.#scatter.beginCapture();
      const use = this.#scatter.take.bind(this.#scatter);
      if (!(await readAll([capture], use, () => this.#scatter.lend()))) whole = false;
    }
    return whole;
  }

  /**
   * Puts what was written in its place, also captures that got nothing.
   *
   * @throws {PartFileError} a part can't be written
   */
  keep(): void {
    for (const file of this.#files) file.end();
    this.#scatter.flush();
    for (const file of this.#files) file.keep();
  }

  /** Takes away what was written, unless it is in its place. */
  discard(): void {
    for (const file of this.#files) file.discard();
  }

  #file(slot: number): PartFile {
    return this.#files.at(slot - 1)!;
  }
}

// What a drop's comment says between the number of the frame and that of the octet.
function dropText({ name, rule, sentence }: Reason): string {
  return `: ${name} (${rule}): ${sentence}; octet `;
}
