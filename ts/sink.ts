/**
 * Sinks receive the frames of one partition, of one binding, or the drops, a batch at a time.
 *
 * @module
 */
import type { Explanation } from "./explain/explanation.ts";
import type { FrameBatch } from "./frames.ts";
import { isWithin } from "./given.ts";
import type { ReasonName } from "./reason.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Takes frames. Called synchronously from `dispatch`; what it is given is valid until it returns. What is to be kept is
 * copied ({@link DeliveredFrame.copy}). An error it throws is collected and surfaces at `dispatch`.
 */
export type Sink = (delivery: Delivery) => void;

/** A frame that a sink kept. */
export interface FrameCopy {
  /** Counted from 1 over the capture. */
  readonly frame: number;
  /** The captured octets. */
  readonly bytes: Uint8Array;
  /** Octets on the wire. */
  readonly wireLength: number;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** The interface of the capture, by name; `null`: it has none. */
  readonly device: string | null;
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** Nanoseconds of the second, 0–999,999,999. */
  readonly nanoseconds: number;
  /** Partition, binding, label, reason. */
  readonly verdict: Verdict;
}

/** What was judged last, by group: the frames of one delivery. Rows are those of the batch. */
export interface Judged {
  /** The row of a group's frame number `index`, counted from 0. */
  row(group: number, index: number): number;
  /** All rows of a group, ascending, in memory of their own. */
  rows(group: number): Uint32Array;
  /** Why it was dropped; `null`: it was not. */
  reason(row: number): ReasonName | null;
  /** For the sink of that name. */
  verdict(row: number, sink: string): Verdict;
  explanation(row: number, sink: string): Explanation;
}

/**
 * The frames of a batch that go to one sink, in the order of the batch. Three ways to look at them:
 *
 * - columns: {@link rows} are row numbers of {@link batch}, whose columns are offset, lengths and time;
 * - one cursor, moved by {@link at};
 * - iterating, which makes a small object for each frame.
 */
export class Delivery implements Iterable<DeliveredFrame> {
  /** The name the sink was registered under; `dropped` for the drops. */
  readonly name: string;
  /** The batch the frames are in. */
  readonly batch: FrameBatch;
  /** Frames. */
  readonly length: number;
  readonly #judged: Judged;
  readonly #group: number;
  #rows: Uint32Array | undefined;
  #cursor: DeliveredFrame | undefined;
  #open = true;

  /** Made by what judged the frames. */
  constructor(name: string, batch: FrameBatch, judged: Judged, group: number, length: number) {
    this.name = name;
    this.batch = batch;
    this.length = length;
    this.#judged = judged;
    this.#group = group;
  }

  /**
   * Rows of the batch. Copied when first asked for; what was asked for in time stays.
   *
   * @throws {TypeError} it was first asked for when the sink had returned
   */
  get rows(): Uint32Array {
    if (this.#rows === undefined) {
      this.assertOpen();
      this.#rows = this.#judged.rows(this.#group);
    }
    return this.#rows;
  }

  /**
   * The cursor, moved to a frame. It is the same object each time: what was got from it before has moved too.
   *
   * @throws {RangeError} there is no such frame
   */
  at(index: number): DeliveredFrame {
    const row = this.rowAt(index);
    this.#cursor ??= new DeliveredFrame(this, row);
    moveTo(this.#cursor, row);
    return this.#cursor;
  }

  /** Every frame, in an object of its own. */
  *[Symbol.iterator](): Generator<DeliveredFrame, void> {
    for (let index = 0; index < this.length; index++) yield new DeliveredFrame(this, this.#row(index));
  }

  /**
   * Some of the frames, or all, as a delivery of its own for another sink: with rows and a cursor that nobody else has. Valid as
   * long as this one.
   *
   * @param indexes of frames here, counted from 0, ascending; left out: all
   * @throws {RangeError} there is no such frame, or they do not ascend
   */
  pick(indexes?: Iterable<number>): Delivery {
    const picked = indexes === undefined ? Uint32Array.from({ length: this.length }, (_, i) => i) : [...indexes];
    picked.forEach((index, i) => {
      if (!isWithin(index, this.length - 1)) throw new RangeError(`frame ${index} of ${this.length}`);
      if (i > 0 && index <= picked[i - 1]!) throw new RangeError(`frame ${index} behind ${picked[i - 1]}`);
    });
    return new Delivery(this.name, this.batch, new Picked(this, picked), 0, picked.length);
  }

  /** Copies of all frames: allocates for each. */
  toArray(): FrameCopy[] {
    return Array.from(this, (frame) => frame.copy());
  }

  /**
   * Why one of the {@link rows} was dropped; `null`: it was not.
   *
   * @throws {RangeError} the row is another's
   */
  reasonOf(row: number): ReasonName | null {
    this.#require(row);
    return this.#judged.reason(row);
  }

  /**
   * The verdict on one of the {@link rows}. Allocates.
   *
   * @throws {RangeError} the row is another's
   */
  verdictOf(row: number): Verdict {
    this.#require(row);
    return this.#judged.verdict(row, this.name);
  }

  /**
   * How the verdict on one of the {@link rows} came about, step by step. Allocates.
   *
   * @throws {RangeError} the row is another's
   */
  explanationOf(row: number): Explanation {
    this.#require(row);
    return this.#judged.explanation(row, this.name);
  }

  #require(row: number): void {
    this.assertOpen();
    if (!this.#has(row)) throw new RangeError(`row ${row} is not in this delivery`);
  }

  // Rows ascend.
  #has(row: number): boolean {
    let from = 0;
    let to = this.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#row(middle) < row) from = middle + 1;
      else to = middle;
    }
    return from < this.length && this.#row(from) === row;
  }

  /**
   * The row of frame number `index`.
   *
   * @throws {RangeError} there is no such frame
   */
  rowAt(index: number): number {
    if (!isWithin(index, this.length - 1)) throw new RangeError(`frame ${index} of ${this.length}`);
    return this.#row(index);
  }

  // Not from the copy, which its sink may have written to.
  #row(index: number): number {
    this.assertOpen();
    return this.#judged.row(this.#group, index);
  }

  /** Nothing, while it is valid. @throws {TypeError} the sink has returned, or the batch's reader has moved on */
  assertOpen(): void {
    if (!this.#open) throw new TypeError("a delivery is valid until its sink returns; copy() what is to be kept");
    if (this.batch.released) throw new TypeError("the batch was released: its reader went on before the sink returned");
  }

  /** Called when the sink has returned. */
  close(): void {
    this.#open = false;
  }
}

/** Some frames of a delivery. */
class Picked implements Judged {
  readonly #from: Delivery;
  readonly #indexes: ArrayLike<number>;

  constructor(from: Delivery, indexes: ArrayLike<number>) {
    this.#from = from;
    this.#indexes = indexes;
  }

  row(_group: number, index: number): number {
    return this.#from.rowAt(this.#indexes[index]!);
  }

  rows(): Uint32Array {
    return Uint32Array.from(this.#indexes, (index) => this.#from.rowAt(index));
  }

  reason(row: number): ReasonName | null {
    return this.#from.reasonOf(row);
  }

  verdict(row: number): Verdict {
    return this.#from.verdictOf(row);
  }

  explanation(row: number): Explanation {
    return this.#from.explanationOf(row);
  }
}

// Only a delivery moves its cursor: a sink that could would look at another's frames.
let moveTo: (frame: DeliveredFrame, row: number) => void;

/** One frame of a delivery. Valid until the sink returns. */
export class DeliveredFrame {
  readonly #delivery: Delivery;
  #row: number;

  static {
    moveTo = (frame, row) => {
      frame.#row = row;
    };
  }

  /** Made by its delivery. */
  constructor(delivery: Delivery, row: number) {
    this.#delivery = delivery;
    this.#row = row;
  }

  /** Row in the batch. */
  get row(): number {
    return this.#row;
  }

  get #batch(): FrameBatch {
    this.#delivery.assertOpen();
    return this.#delivery.batch;
  }

  /** Counted from 1 over the capture. */
  get frame(): number {
    return this.#batch.first + this.row;
  }

  /** The captured octets: a view, not to be written to. */
  get bytes(): Uint8Array {
    return this.#batch.octets(this.row);
  }

  /** Octets that were captured. */
  get capturedLength(): number {
    return this.#batch.capturedLength(this.row);
  }

  /** Octets on the wire. */
  get wireLength(): number {
    return this.#batch.wireLength(this.row);
  }

  /** LINKTYPE_ number. */
  get linkType(): number {
    return this.#batch.linkType(this.row);
  }

  /** The interface of the capture, by name; `null`: it has none. */
  get device(): string | null {
    return this.#batch.interfaces[this.#batch.interfaceOf(this.row)]?.name ?? null;
  }

  /** Whole seconds since 1970. */
  get seconds(): number {
    return this.#batch.seconds(this.row);
  }

  /** Nanoseconds of the second, 0–999,999,999. */
  get nanoseconds(): number {
    return this.#batch.nanoseconds(this.row);
  }

  /** Why it was dropped; `null`: it was not. The same as the verdict's, and nothing is made for it. */
  get reason(): ReasonName | null {
    return this.#delivery.reasonOf(this.row);
  }

  /** Partition, binding, label, reason. Allocates. */
  get verdict(): Verdict {
    return this.#delivery.verdictOf(this.row);
  }

  /** How the verdict came about, step by step. Allocates. */
  get explanation(): Explanation {
    return this.#delivery.explanationOf(this.row);
  }

  /** The frame, to be kept. */
  copy(): FrameCopy {
    return {
      frame: this.frame,
      bytes: this.bytes.slice(),
      wireLength: this.wireLength,
      linkType: this.linkType,
      device: this.device,
      seconds: this.seconds,
      nanoseconds: this.nanoseconds,
      verdict: this.verdict,
    };
  }
}
