/**
 * A capture that `split` writes.
 *
 * @module
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { MAX_PCAPNG_TIME, PcapngWriter } from "../capture/write.ts";
import type { FrameBatch } from "../frames.ts";
import type { DeliveredFrame } from "../sink.ts";
import { writeFailure } from "./output.ts";

/** A part can't be written: the message names the file. */
export class PartFileError extends Error {
  override readonly name = "PartFileError";
}

/** One of the captures. The file is made, or emptied, when the first octets go to it. */
export class PartFile {
  readonly path: string;
  /** Frames whose time was changed to one that pcapng can hold. */
  changedTimes = 0;
  readonly #writer: PcapngWriter;
  /** Interfaces as they were added, by capture and interface there. */
  readonly #interfaces = new Map<string, number>();
  #made = false;

  constructor(path: string) {
    this.path = path;
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

  #append(chunk: Uint8Array): void {
    try {
      if (this.#made) appendFileSync(this.path, chunk);
      else writeFileSync(this.path, chunk);
      this.#made = true;
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
    let added = this.#interfaces.get(key);
    if (added === undefined) {
      const { linkType, name, snapLength } = interfaces[index]!;
      added = this.#writer.addInterface({ linkType, snapLength, ...(name === null ? {} : { name }) });
      this.#interfaces.set(key, added);
    }
    return added;
  }
}
