/**
 * Frames in a batch: many frames in one buffer, one row of numbers for each. Batches come from captures and sockets,
 * and go to `dispatch` and `decode`.
 *
 * @module
 */
import {
  FRAME_CAPLEN,
  FRAME_INTERFACE,
  FRAME_LINKTYPE,
  FRAME_NANOS,
  FRAME_OFFSET,
  FRAME_SECONDS,
  FRAME_SIZE,
  FRAME_WIRELEN,
  MAX_CAPLEN,
} from "../assembly/columns.ts";
import { isOctets, kindOf, requireWithin } from "./given.ts";

const ROW_WORDS = FRAME_SIZE / 4;
const ROW_DOUBLES = FRAME_SIZE / 8;

export { MAX_CAPLEN } from "../assembly/columns.ts";

/** The highest index of an interface of a capture; rows have 16 bits for it. */
const MAX_INTERFACE_INDEX = 0xffff;

/** An interface of a capture: what its frames have in common. */
export interface CaptureInterface {
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** Name given by the capture, or `null`. */
  readonly name: string | null;
  /** The most octets of a frame that were kept, 0 for no limit. */
  readonly snapLength: number;
}

/** One frame for {@link batchOf}. */
export interface FrameInput {
  /** The captured octets, link header first. */
  readonly bytes: Uint8Array;
  /** LINKTYPE_ number; 1, Ethernet, when left out. */
  readonly linkType?: number;
  /** Octets on the wire; those captured when left out. */
  readonly wireLength?: number;
  /** Whole seconds since 1970; 0 when left out. */
  readonly seconds?: number;
  /** Nanoseconds of the second, 0–999,999,999. */
  readonly nanoseconds?: number;
  /** The network device it came by; left out: not known (P-01). */
  readonly device?: string;
}

/**
 * Many frames: `bytes` holds their octets, `rows` a row of 32 (`FRAME_SIZE`) octets for each (assembly/columns.ts).
 * A batch from a reader is valid until the next one is asked for; then it is {@link released} and refuses to be used.
 */
export class FrameBatch {
  /**
   * Where the frames' octets are. They stay as they are until `dispatch` returns: what is judged is what was there when it
   * was called, and what sinks see is what is there then.
   */
  readonly bytes: Uint8Array;
  /** Number of the first frame, counted from 1 over the capture. */
  readonly first: number;
  /** Interfaces of the capture, by the rows' interface column. */
  readonly interfaces: readonly CaptureInterface[];
  /**
   * Octets of the capture before `bytes[0]`: a row's frame is at `origin + offset(row)` of it. `null`: not from a capture.
   */
  readonly origin: number | null;
  /** Frames in the batch. */
  count = 0;

  readonly #words: Uint32Array;
  readonly #halves: Uint16Array;
  readonly #doubles: Float64Array;
  #released = false;

  /**
   * Without rows: {@link push} them.
   *
   * @param rows room for the rows, a multiple of 32 (`FRAME_SIZE`) octets; reused by readers from batch to batch. A view
   *   of larger memory begins at a multiple of 8
   */
  constructor(
    bytes: Uint8Array,
    rows: ArrayBufferLike | Uint8Array,
    first = 1,
    interfaces: readonly CaptureInterface[] = [],
    origin: number | null = null,
  ) {
    this.bytes = bytes;
    this.origin = origin;
    this.first = first;
    this.interfaces = interfaces;
    const { buffer, byteOffset, byteLength } = rows instanceof Uint8Array ? rows : new Uint8Array(rows);
    this.#words = new Uint32Array(buffer, byteOffset, byteLength / 4);
    this.#halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
    this.#doubles = new Float64Array(buffer, byteOffset, byteLength / 8);
  }

  /** Rows there is room for. */
  get capacity(): number {
    return this.#words.length / ROW_WORDS;
  }

  /** The rows as octets, in the layout the kernel reads. */
  get rows(): Uint8Array {
    return new Uint8Array(this.#words.buffer, this.#words.byteOffset, this.count * FRAME_SIZE);
  }

  /** True once the reader has moved on: the octets are no longer this batch's. */
  get released(): boolean {
    return this.#released;
  }

  /** Called by the owner of the memory when it is about to be reused. */
  release(): void {
    this.#released = true;
  }

  /** Appends a row. Lengths in octets, `offset` into {@link bytes}. The caller sees to the {@link capacity}. */
  push(
    offset: number,
    capturedLength: number,
    wireLength: number,
    linkType: number,
    captureInterface: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const word = this.count * ROW_WORDS;
    this.#words[word + FRAME_OFFSET / 4] = offset;
    this.#words[word + FRAME_CAPLEN / 4] = capturedLength;
    this.#words[word + FRAME_WIRELEN / 4] = wireLength;
    this.#halves[word * 2 + FRAME_LINKTYPE / 2] = linkType;
    this.#halves[word * 2 + FRAME_INTERFACE / 2] = captureInterface;
    this.#doubles[this.count * ROW_DOUBLES + FRAME_SECONDS / 8] = seconds;
    this.#words[word + FRAME_NANOS / 4] = nanoseconds;
    this.count++;
  }

  /** Where the frame of a row begins in {@link bytes}. */
  offset(row: number): number {
    return this.#words[row * ROW_WORDS + FRAME_OFFSET / 4]!;
  }

  /** Octets of it that were captured. */
  capturedLength(row: number): number {
    return this.#words[row * ROW_WORDS + FRAME_CAPLEN / 4]!;
  }

  /** Octets of it on the wire. */
  wireLength(row: number): number {
    return this.#words[row * ROW_WORDS + FRAME_WIRELEN / 4]!;
  }

  /** LINKTYPE_ number of a row. */
  linkType(row: number): number {
    return this.#halves[row * ROW_WORDS * 2 + FRAME_LINKTYPE / 2]!;
  }

  /** Index of its interface in {@link interfaces}. */
  interfaceOf(row: number): number {
    return this.#halves[row * ROW_WORDS * 2 + FRAME_INTERFACE / 2]!;
  }

  /** Whole seconds since 1970. */
  seconds(row: number): number {
    return this.#doubles[row * ROW_DOUBLES + FRAME_SECONDS / 8]!;
  }

  /** Nanoseconds of the second, 0–999,999,999. */
  nanoseconds(row: number): number {
    return this.#words[row * ROW_WORDS + FRAME_NANOS / 4]!;
  }

  /** The captured octets of a row: a view, valid as long as the batch. */
  octets(row: number): Uint8Array {
    const offset = this.offset(row);
    return this.bytes.subarray(offset, offset + this.capturedLength(row));
  }
}

/** A row of a batch as a frame of its own, copied: what `batchOf` and `explain` take. */
export function frameOf(batch: FrameBatch, row: number): FrameInput {
  const device = batch.interfaces[batch.interfaceOf(row)]?.name ?? null;
  return {
    bytes: batch.octets(row).slice(),
    linkType: batch.linkType(row),
    wireLength: batch.wireLength(row),
    seconds: batch.seconds(row),
    nanoseconds: batch.nanoseconds(row),
    ...(device === null ? {} : { device }),
  };
}

/**
 * A batch of frames that are already in memory. Copies them.
 *
 * @throws {TypeError} no list, or a frame whose bytes are no Uint8Array or whose device is no text
 * @throws {RangeError} a frame above 262,144 (`MAX_CAPLEN`) octets, or a number that is none of its kind
 * @example
 * ```ts
 * import { batchOf } from "labelgate";
 * const batch = batchOf([{ bytes: new Uint8Array(60), linkType: 1 }]);
 * batch.count; // 1
 * ```
 */
export function batchOf(frames: readonly FrameInput[]): FrameBatch {
  if (!Array.isArray(frames)) throw new TypeError(`frames: expected a list, got ${kindOf(frames)}`);
  for (const frame of frames as readonly (FrameInput | null | undefined)[]) {
    const octets = frame?.bytes;
    if (!isOctets(octets)) throw new TypeError(`bytes of a frame: expected Uint8Array, got ${kindOf(octets)}`);
  }
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.bytes.length, 0));
  const interfaces: CaptureInterface[] = [];
  const batch = new FrameBatch(bytes, new ArrayBuffer(frames.length * FRAME_SIZE), 1, interfaces);
  const indexes = new Map<string, number>();
  let offset = 0;
  for (const frame of frames) {
    const { bytes: octets, linkType = 1, wireLength = octets.length, seconds = 0, nanoseconds = 0, device } = frame;
    if (octets.length > MAX_CAPLEN) throw new RangeError(`frame of ${octets.length} octets: at most ${MAX_CAPLEN}`);
    // The rows would hold other numbers than these.
    requireWithin("link type", linkType, 0xffff);
    requireWithin("wire length", wireLength, 0xffff_ffff);
    requireWithin("nanoseconds", nanoseconds, 999_999_999);
    if (!Number.isInteger(seconds)) throw new RangeError(`seconds ${seconds}: expected a whole number`);
    if (device !== undefined && typeof device !== "string") {
      throw new TypeError(`device of a frame: expected text, got ${kindOf(device)}`);
    }
    const key = `${linkType}${device === undefined ? "" : ` ${device}`}`;
    let index = indexes.get(key);
    if (index === undefined) {
      index = interfaces.push({ linkType, name: device ?? null, snapLength: 0 }) - 1;
      if (index > MAX_INTERFACE_INDEX)
        throw new RangeError(`more than ${MAX_INTERFACE_INDEX + 1} devices and link types`);
      indexes.set(key, index);
    }
    bytes.set(octets, offset);
    batch.push(offset, octets.length, wireLength, linkType, index, seconds, nanoseconds);
    offset += octets.length;
  }
  return batch;
}
