/**
 * Turns the octets of a capture into batches of frames, as they come and without waiting for anything: the readers in
 * read.ts and file.ts differ only in where their octets are from.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { CaptureError } from "../errors.ts";
import { FrameBatch } from "../frames.ts";
import { Intake } from "../intake.ts";
import { describeForeign, MAGIC_LENGTH } from "./magic.ts";
import { PcapReader } from "./pcap.ts";
import { PcapngReader } from "./pcapng.ts";
import type { RecordReader } from "./record.ts";

/** The most frames of a batch. */
export const BATCH_FRAMES = 4096;
/** The most octets of a batch, what lies between its frames included. Any one frame fits: it is MAX_CAPLEN too. */
export const BATCH_BYTES = 262_144;
/** Octets left over that are worth moving back into an intake, when a long record had to be read elsewhere. */
const SMALL = BATCH_BYTES / 2;

/** A place in a capture, between two records. */
export interface Place {
  /** What the headers before it said. */
  readonly records: RecordReader;
  /** Octets before it. */
  readonly offset: number;
  /** Frames before it. */
  readonly frames: number;
}

/**
 * A scan holds either the whole capture, which stays where it is, or a working buffer that is filled piece by piece:
 * write to {@link room}, say how much with {@link advance}, take the {@link batches}. The buffer is {@link BATCH_BYTES}
 * long, an intake if there is one; it doubles, as octets arrive, for a record that doesn't fit, so at most to MAX_BLOCK of
 * pcapng.ts, 16 MiB.
 */
export class CaptureScan {
  #bytes: Uint8Array;
  #view: DataView;
  /** What is there and not yet read. */
  #start = 0;
  #end: number;
  /** Where `#start` is in the capture. */
  #offset = 0;
  /** Octets without which it is no use to go on. */
  #needed = MAGIC_LENGTH;
  #records: RecordReader | null = null;
  #frames = 0;
  /** What stopped the scan, kept until the good frames before it were taken. */
  #fault: unknown = null;
  #rows: Uint8Array | null = null;
  readonly #intake: Intake | null;

  /**
   * @param source the whole capture, not copied, or where to read it to; then, and when it is left out, the octets come
   *   through {@link room}
   * @param place where the octets begin; left out: at the capture's first
   */
  constructor(source?: Uint8Array | Intake, place?: Place) {
    this.#intake = source instanceof Intake ? source : null;
    const whole = source instanceof Intake ? undefined : source;
    this.#bytes = whole ?? this.#intake?.octets ?? new Uint8Array(BATCH_BYTES);
    this.#view = viewOf(this.#bytes);
    this.#end = whole?.length ?? 0;
    if (place === undefined) return;
    this.#records = place.records;
    this.#offset = place.offset;
    this.#frames = place.frames;
    this.#needed = 1;
  }

  /** Where the next octets go: at least one. Valid until it is asked for again; batches taken before are not. */
  room(): Uint8Array {
    const left = this.#end - this.#start;
    // Octets are moved to the front when no more are left than were passed since: each about once, however small the
    // pieces are.
    if (left <= this.#start) this.#moveTo(left <= SMALL && this.#intake !== null ? this.#intake.octets : this.#bytes);
    if (this.#end === this.#bytes.length) {
      this.#moveTo(this.#start > 0 ? this.#bytes : new Uint8Array(2 * this.#bytes.length));
    }
    return this.#bytes.subarray(this.#end);
  }

  #moveTo(bytes: Uint8Array): void {
    if (bytes === this.#bytes) bytes.copyWithin(0, this.#start, this.#end);
    else {
      bytes.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.#end -= this.#start;
    this.#start = 0;
  }

  /** Says how many octets were written to {@link room}. */
  advance(count: number): void {
    this.#end += count;
  }

  /** Copies as much of `chunk` as there is {@link room} for, and says how much. */
  take(chunk: Uint8Array): number {
    const room = this.room();
    const count = Math.min(room.length, chunk.length);
    room.set(chunk.subarray(0, count));
    this.advance(count);
    return count;
  }

  /**
   * The frames in the octets that are there, each batch released when the next is asked for.
   *
   * @throws {CaptureError} when the good frames before what is wrong were taken
   */
  *batches(): Generator<FrameBatch, void> {
    for (let batch = this.#nextBatch(); batch !== null; batch = this.#nextBatch()) {
      try {
        yield batch;
        batch.release();
      } finally {
        // Left early, too: another reader may have the intake next.
        if (this.#isInIntake) batch.release();
      }
    }
  }

  /**
   * Call when there are no more octets and the batches were taken.
   *
   * @throws {CaptureError} unless the capture ends where a record does
   */
  end(): void {
    const available = this.#end - this.#start;
    if (this.#records === null) throw notWhole(this.#bytes.subarray(this.#start, this.#end));
    if (available > 0) throw cutOff(this.#needed, available, this.#offset);
  }

  #nextBatch(): FrameBatch | null {
    if (this.#fault !== null) throw this.#fault;
    let batch: FrameBatch | null = null;
    try {
      this.#records ??= this.#recognise();
      batch = this.#startBatch();
      if (batch !== null) this.#fillBatch(batch);
    } catch (error) {
      if (batch === null) throw error;
      this.#fault = error;
    }
    return batch;
  }

  #recognise(): RecordReader | null {
    if (this.#end - this.#start < MAGIC_LENGTH) return null;
    return recognise(this.#view, this.#start);
  }

  /** A batch that begins with the next frame, which is not yet in it; `null` when there is none. */
  #startBatch(): FrameBatch | null {
    for (let length = this.#peek(); length > 0; length = this.#peek()) {
      const records = this.#records!;
      if (records.hasFrame) {
        const from = this.#isInIntake ? 0 : this.#start + records.octetsAt;
        const bytes = this.#isInIntake
          ? this.#bytes
          : this.#bytes.subarray(from, Math.min(from + BATCH_BYTES, this.#end));
        const origin = this.#offset + from - this.#start;
        return new FrameBatch(bytes, this.#rowsOf(), this.#frames + 1, records.interfaces, origin);
      }
      this.#pass(length);
    }
    return null;
  }

  get #isInIntake(): boolean {
    return this.#intake !== null && this.#bytes === this.#intake.octets;
  }

  #rowsOf(): Uint8Array {
    const size = BATCH_FRAMES * FRAME_SIZE;
    if (this.#isInIntake) return new Uint8Array(this.#intake!.memory, this.#intake!.rowsAt, size);
    this.#rows ??= new Uint8Array(size);
    return this.#rows;
  }

  #fillBatch(batch: FrameBatch): void {
    const records = this.#records!;
    const isInIntake = this.#isInIntake;
    const origin = isInIntake ? 0 : this.#start + records.octetsAt;
    for (let length = this.#peek(); length > 0; length = this.#peek()) {
      if (records.hasFrame) {
        const at = this.#start + records.octetsAt - origin;
        if (batch.count === BATCH_FRAMES || at + records.capturedLength > BATCH_BYTES) return;
        batch.push(
          at,
          records.capturedLength,
          records.wireLength,
          records.linkType,
          records.captureInterface,
          records.seconds,
          records.nanoseconds,
        );
        this.#frames++;
      }
      this.#pass(length);
      if (isInIntake) this.#walk(batch);
    }
  }

  /** What needs no look goes into rows without coming here for each. */
  #walk(batch: FrameBatch): void {
    const intake = this.#intake!;
    const to = this.#records!.walk(intake, this.#start, this.#end, batch.count, BATCH_FRAMES);
    if (to === this.#start) return;
    this.#frames += intake.row - batch.count;
    batch.count = intake.row;
    this.#pass(to - this.#start);
  }

  /** Reads the next record without passing it; its length, or 0 when it isn't all there. */
  #peek(): number {
    const available = this.#end - this.#start;
    if (this.#records === null || available < this.#needed) return 0;
    const length = this.#records.read(this.#view, this.#start, available, this.#offset);
    this.#needed = length;
    return length > available ? 0 : length;
  }

  #pass(length: number): void {
    this.#start += length;
    this.#offset += length;
    this.#needed = 1;
  }
}

/** A reader for the format that the octets at `at` begin. @throws {CaptureError} it is none */
export function recognise(view: DataView, at: number): RecordReader {
  const records = PcapReader.recognise(view, at) ?? PcapngReader.recognise(view, at);
  if (records !== null) return records;
  throw new CaptureError(describeForeign(new Uint8Array(view.buffer, view.byteOffset + at, MAGIC_LENGTH)), 0);
}

/** The error of a capture that ends before its format is known. */
export function notWhole(octets: Uint8Array): CaptureError {
  return new CaptureError(octets.length === 0 ? "the capture is empty" : describeForeign(octets), 0);
}

/** The error of a capture that ends in a record. */
export function cutOff(needed: number, available: number, offset: number): CaptureError {
  const message = `the capture is cut off: a record of at least ${needed} octets begins, ${available} are there`;
  return new CaptureError(message, offset);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
