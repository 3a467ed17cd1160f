/**
 * A capture that `split` writes.
 *
 * @module
 */
import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { MAX_INTERFACES } from "../capture/pcapng.ts";
import { MAX_PCAPNG_TIME, PcapngWriter } from "../capture/write.ts";
import type { FrameBatch } from "../frames.ts";
import type { DeliveredFrame } from "../sink.ts";
import { writeFailure } from "./output.ts";

/** A part can't be written: the message names the file. */
export class PartFileError extends Error {
  override readonly name = "PartFileError";
}

/** Behind the name of a part until all parts are whole. */
const PARTIAL = ".partial";

/**
 * One of the captures. It grows beside its place, in a file that shows it is not whole, and takes its place when all
 * are: whatever happens on the way, what was there before stays.
 */
export class PartFile {
  readonly path: string;
  /** Frames whose time was changed to one that pcapng can hold. */
  changedTimes = 0;
  readonly #partial: string;
  readonly #writer: PcapngWriter;
  /** Interfaces as they were added, by capture and interface there. */
  readonly #interfaces = new Map<string, number>();
  #made = false;

  constructor(path: string) {
    this.path = path;
    this.#partial = `${path}${PARTIAL}`;
    this.#writer = new PcapngWriter((chunk) => this.#append(chunk), { application: "labelgate split" });
  }

  /** @param capture number of the capture the batch is of */
  write(frame: DeliveredFrame, batch: FrameBatch, capture: number, comment?: string): void {
    this.#writer.packet(frame.bytes, {
      interface: this.#interfaceOf(batch.interfaceOf(frame.row), batch, capture),
      ...this.#timeOf(frame),
      wireLength: frame.wireLength,
      ...(comment === undefined ? {} : { comment }),
    });
  }

  /** Writes what is left. */
  end(): void {
    this.#writer.flush();
  }

  /** Puts what was written in its place. */
  keep(): void {
    this.#refusing(() => renameSync(this.#partial, this.path));
  }

  /** Takes away what was written, unless it is in its place. */
  discard(): void {
    if (this.#made) rmSync(this.#partial, { force: true });
  }

  #append(chunk: Uint8Array): void {
    this.#refusing(() => {
      if (!this.#made) {
        // One that an interrupted run left, or a link somewhere else, is not written to.
        rmSync(this.#partial, { force: true });
        this.#made = true;
        writeFileSync(this.#partial, chunk, { flag: "wx" });
      } else appendFileSync(this.#partial, chunk);
    });
  }

  #refusing(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw new PartFileError(`${this.path}: cannot be written: ${writeFailure(error)}`);
    }
  }

  #timeOf({ seconds, nanoseconds }: DeliveredFrame): { seconds: number; nanoseconds: number } {
    const { seconds: last, nanoseconds: lastNanoseconds } = MAX_PCAPNG_TIME;
    if (seconds >= 0 && (seconds < last || (seconds === last && nanoseconds <= lastNanoseconds))) {
      return { seconds, nanoseconds };
    }
    this.changedTimes++;
    return seconds < 0 ? { seconds: 0, nanoseconds: 0 } : MAX_PCAPNG_TIME;
  }

  #interfaceOf(index: number, { interfaces }: FrameBatch, capture: number): number {
    const key = `${capture}/${index}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    if (this.#interfaces.size === MAX_INTERFACES) {
      throw new PartFileError(`${this.path}: more than ${MAX_INTERFACES} interfaces; split fewer captures at a time`);
    }
    const { linkType, name, snapLength } = interfaces[index]!;
    const added = this.#writer.addInterface({ linkType, snapLength, ...(name === null ? {} : { name }) });
    this.#interfaces.set(key, added);
    return added;
  }
}
