/**
 * A capture that `split` writes.
 *
 * @module
 */
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { MAX_INTERFACES } from "../capture/pcapng.ts";
import { nearestPcapngTime, type PacketTime, PcapngWriter } from "../capture/write.ts";
import type { FrameBatch } from "../frames.ts";
import { writeFailure } from "./output.ts";

/** A part can't be written: the message names the file. */
export class PartFileError extends Error {
  override readonly name = "PartFileError";
}

/** Behind the name of a part until all parts are whole. */
const PARTIAL = ".partial";
/** Parts that are open at once: a system lets a process have 1024 files, of which others are in use. */
export const MAX_OPEN = 256;

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
  readonly #open: Set<PartFile>;
  #file: number | null = null;
  #made = false;

  /**
   * @param append takes the octets of what is not a whole block of the kernel's, in their order
   * @param open the parts that are open, of all that are written together
   */
  constructor(path: string, append: (octets: Uint8Array) => void, open: Set<PartFile>) {
    this.path = path;
    this.#partial = `${path}${PARTIAL}`;
    this.#writer = new PcapngWriter(append, { application: "labelgate split" });
    this.#open = open;
  }

  /** Writes octets behind those before. */
  write(octets: Uint8Array): void {
    this.#refusing(() => {
      const file = this.#opened();
      for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at, octets.length - at);
    });
  }

  /** The part's own number of an interface, described when it is new. `capture`: number of the capture the batch is of. */
  interfaceOf(index: number, { interfaces }: FrameBatch, capture: number): number {
    const key = `${capture}/${index}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    if (this.#interfaces.size === MAX_INTERFACES) {
      throw new PartFileError(`${this.path}: more than ${MAX_INTERFACES} interfaces; split fewer captures at a time`);
    }
    const { linkType, name, snapLength } = interfaces[index]!;
    const added = this.#writer.addInterface({ linkType, snapLength, ...(name === null ? {} : { name }) });
    this.#writer.flush();
    this.#interfaces.set(key, added);
    return added;
  }

  /** A frame that is no block yet. */
  frame(batch: FrameBatch, row: number, capture: number, comment: string | null): void {
    this.#writer.packet(batch.octets(row), {
      interface: this.interfaceOf(batch.interfaceOf(row), batch, capture),
      ...this.#timeOf(batch.seconds(row), batch.nanoseconds(row)),
      wireLength: batch.wireLength(row),
      ...(comment === null ? {} : { comment }),
    });
    this.#writer.flush();
  }

  /** Hands on what is left: of a part that got no frame, that it is a capture. */
  end(): void {
    this.#writer.flush();
  }

  /** Puts what was written in its place. */
  keep(): void {
    this.#refusing(() => {
      this.#close();
      renameSync(this.#partial, this.path);
    });
  }

  /** Takes away what was written, unless it is in its place. */
  discard(): void {
    this.#close();
    if (this.#made) rmSync(this.#partial, { force: true });
  }

  // The part that has been open for longest makes way.
  #opened(): number {
    if (this.#file !== null) return this.#file;
    const [oldest] = this.#open;
    if (this.#open.size === MAX_OPEN) oldest!.#close();
    // One that an interrupted run left, or a link somewhere else, is not written to.
    if (!this.#made) rmSync(this.#partial, { force: true });
    this.#file = openSync(this.#partial, this.#made ? "a" : "ax");
    this.#made = true;
    this.#open.add(this);
    return this.#file;
  }

  #close(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
    this.#open.delete(this);
  }

  #refusing(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw new PartFileError(`${this.path}: cannot be written: ${writeFailure(error)}`);
    }
  }

  #timeOf(seconds: number, nanoseconds: number): PacketTime {
    const time = nearestPcapngTime({ seconds, nanoseconds });
    if (time.seconds !== seconds || time.nanoseconds !== nanoseconds) this.changedTimes++;
    return time;
  }
}
