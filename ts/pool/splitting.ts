/**
 * Captures split where records end, into chunks that workers read and judge; what describes the records behind it is told
 * to all of them. Nothing is looked at but the lengths.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { MAGIC_LENGTH } from "../capture/magic.ts";
import type { RecordReader } from "../capture/record.ts";
import { cutOff, notWhole, recognise } from "../capture/scan.ts";
import type { CaptureInterface } from "../frames.ts";
import type { ChunkMessage, DescriptionMessage, Fault } from "./messages.ts";

/** Octets of a chunk. A record that is longer has one by itself. */
export const CHUNK_BYTES = 1_048_576;
/** Frames of a chunk. */
export const CHUNK_FRAMES = 8192;

/** A chunk, and what is known of it without reading. */
export interface Chunk extends ChunkMessage {
  /** Frames in it. */
  readonly count: number;
  /** Of the capture, so far. */
  readonly interfaces: readonly CaptureInterface[];
  readonly run: Run;
}

/** Captures that are judged one after the other. */
export interface Run {
  /** What a worker found wrong with one; what comes behind that is not handed on. */
  fault: Fault | null;
}

/** Memory of a chunk. */
export interface ChunkMemory {
  readonly octets: ArrayBuffer;
  readonly rows: ArrayBuffer;
}

/** Memory of chunks that are done with. */
export class Memories {
  readonly #free: ChunkMemory[] = [];

  take(): ChunkMemory {
    return this.#free.pop() ?? newMemory(CHUNK_BYTES);
  }

  /** Gives memory back. What was made for a long record is let go of. */
  give({ octets, rows }: ChunkMemory): void {
    if (octets.byteLength === CHUNK_BYTES) this.#free.push({ octets, rows });
  }
}

function newMemory(octets: number): ChunkMemory {
  return { octets: new ArrayBuffer(octets), rows: new ArrayBuffer(CHUNK_FRAMES * FRAME_SIZE) };
}

/** Splits one capture: write to {@link room}, say how much with {@link advance}, take the {@link parts}. */
export class Splitting {
  readonly #run: Run;
  readonly #memories: Memories;
  #memory: ChunkMemory;
  #view: DataView;
  /** Octets of whole records at the start, where the next record begins, and octets that are there. */
  #at = 0;
  #end = 0;
  /** Where the memory's first octet is in the capture. */
  #offset = 0;
  /** Frames in the records up to `#at`, and before them. */
  #count = 0;
  #frames = 0;
  #needed = MAGIC_LENGTH;
  #records: RecordReader | null = null;

  constructor(memories: Memories, run: Run) {
    this.#run = run;
    this.#memories = memories;
    this.#memory = memories.take();
    this.#view = new DataView(this.#memory.octets);
  }

  /** Where the next octets go: at least one. */
  room(): Uint8Array {
    const size = this.#memory.octets.byteLength;
    if (this.#end === size) {
      // All of it is one record that is not whole.
      const octets = new ArrayBuffer(2 * size);
      new Uint8Array(octets).set(new Uint8Array(this.#memory.octets));
      this.#enter({ octets, rows: this.#memory.rows });
    }
    return new Uint8Array(this.#memory.octets, this.#end);
  }

  /** Says how many octets were written to {@link room}. */
  advance(count: number): void {
    this.#end += count;
  }

  /**
   * What the octets that are there come to, in order. What is left over is kept for later, unless the memory is full.
   *
   * @throws {CaptureError} a description is malformed, or there is none where one is needed
   */
  *parts(): Generator<Chunk | DescriptionMessage, void> {
    if (this.#records === null) {
      if (this.#end < MAGIC_LENGTH) return;
      this.#records = recognise(this.#view, 0);
    }
    const records = this.#records;
    while (this.#end - this.#at >= this.#needed) {
      const available = this.#end - this.#at;
      const length = records.measure(this.#view, this.#at, available);
      if (length === 0) {
        yield* this.flush();
        const read = records.read(this.#view, 0, available, this.#offset);
        if (read > available) this.#needed = read;
        else yield this.#describe(read);
      } else if (length > available) {
        this.#needed = length;
      } else {
        if (records.hasFrame) this.#count++;
        this.#at += length;
        this.#needed = 1;
        if (this.#count === CHUNK_FRAMES) yield* this.flush();
      }
    }
    if (this.#end === this.#memory.octets.byteLength) yield* this.flush();
  }

  /** What there is of a chunk, if anything. */
  *flush(): Generator<Chunk, void> {
    if (this.#at === 0) return;
    const memory = this.#memory;
    const [length, offset, frames, count] = [this.#at, this.#offset, this.#frames, this.#count];
    const rest = new Uint8Array(memory.octets, length, this.#end - length);
    const next = rest.length <= CHUNK_BYTES ? this.#memories.take() : newMemory(memory.octets.byteLength);
    new Uint8Array(next.octets).set(rest);
    this.#enter(next);
    this.#pass(length);
    const interfaces = this.#records!.interfaces.slice();
    yield { kind: "chunk", ...memory, length, offset, frames, count, interfaces, run: this.#run };
  }

  /**
   * Call when there are no more octets and the parts were taken.
   *
   * @throws {CaptureError} unless the capture ends where a record does
   */
  end(): void {
    const available = this.#end - this.#at;
    if (this.#records === null) throw notWhole(new Uint8Array(this.#memory.octets, 0, this.#end));
    if (available > 0) throw cutOff(this.#needed, available, this.#offset + this.#at);
  }

  // The record at the start, which was read.
  #describe(length: number): DescriptionMessage {
    const memory = new Uint8Array(this.#memory.octets);
    const [octets, offset] = [memory.slice(0, length), this.#offset];
    memory.copyWithin(0, length, this.#end);
    this.#pass(length);
    this.#needed = 1;
    return { kind: "description", octets, offset };
  }

  #enter(memory: ChunkMemory): void {
    this.#memory = memory;
    this.#view = new DataView(memory.octets);
  }

  // The records up to `length` are gone from the memory.
  #pass(length: number): void {
    this.#offset += length;
    this.#end -= length;
    this.#at = 0;
    this.#frames += this.#count;
    this.#count = 0;
  }
}
