/**
 * The part of a kernel's memory that a reader reads a capture to: its records become rows there without JavaScript for
 * each, and its frames are judged where they are.
 *
 * @module
 */
import { FRAME_SIZE } from "../assembly/columns.ts";
import * as map from "../assembly/memory.ts";
import type { CaptureInterface } from "./frames.ts";

/** Of assembly/index.ts, what walks over captures. */
export interface WalkExports {
  openRows(at: number, count: number): void;
  walkedTo(): number;
  walkPcap(
    octets: number,
    at: number,
    end: number,
    header: number,
    swapped: number,
    unit: number,
    linkType: number,
  ): number;
  walkPcapng(octets: number, at: number, end: number, swapped: number, clocks: number): number;
}

/** How pcap records are laid out. */
export interface PcapLayout {
  readonly headerLength: number;
  readonly littleEndian: boolean;
  /** Nanoseconds in a unit of the fraction. */
  readonly unit: number;
  readonly linkType: number;
}

/** Interfaces of a section of which the intake knows the clock; blocks of others are left to the reader. */
export const MAX_CLOCKS: number = map.MAX_CLOCKS;

export class Intake {
  /** Where to read to. */
  readonly octets: Uint8Array;
  /** Memory of the rows, and where in it they are. */
  readonly memory: ArrayBufferLike;
  readonly rowsAt: number = map.INTAKE_ROWS;
  readonly #exports: WalkExports;
  readonly #view: DataView;
  readonly #release: () => void;
  #clocks = 0;

  constructor(exports: WalkExports, octets: Uint8Array, release: () => void) {
    this.octets = octets;
    this.memory = octets.buffer;
    this.#exports = exports;
    this.#view = new DataView(octets.buffer);
    this.#release = release;
  }

  /**
   * Walks over pcap records in {@link octets} from `at` to `end`, writing rows from number `row` on, up to `limit`.
   * Returns where it ended: at a record that isn't whole, that needs a look, or that there is no row for.
   */
  walkPcap(at: number, end: number, row: number, limit: number, layout: PcapLayout): number {
    this.#open(row, limit);
    const { headerLength, littleEndian, unit, linkType } = layout;
    return this.#exports.walkPcap(map.INTAKE, at, end, headerLength, littleEndian ? 0 : 1, unit, linkType);
  }

  /** The same for enhanced packet blocks; ends at any other block too. */
  walkPcapng(at: number, end: number, row: number, limit: number, littleEndian: boolean): number {
    this.#open(row, limit);
    return this.#exports.walkPcapng(map.INTAKE, at, end, littleEndian ? 0 : 1, this.#clocks);
  }

  /** The row behind the last that was written. */
  get row(): number {
    return (this.#exports.walkedTo() - this.rowsAt) / FRAME_SIZE;
  }

  /** A section begins: it has described no interface yet. */
  beginSection(): void {
    this.#clocks = 0;
  }

  /**
   * The section's next interface.
   *
   * @param index among those of the capture
   * @param ticks in a second, a divisor of 10^9, or 0: times are left to the reader, and so are unsupported link types
   * @param offset whole seconds to add
   */
  addClock({ linkType }: CaptureInterface, index: number, ticks: number, offset: number): void {
    if (this.#clocks === MAX_CLOCKS) return;
    const at = map.CLOCKS + this.#clocks++ * map.CLOCK_SIZE;
    this.#view.setBigUint64(at + map.CLOCK_TICKS, BigInt(ticks), true);
    this.#view.setFloat64(at + map.CLOCK_OFFSET, offset, true);
    this.#view.setUint16(at + map.CLOCK_COLUMNS, linkType, true);
    this.#view.setUint16(at + map.CLOCK_COLUMNS + 2, index, true);
  }

  /** Gives it back: another reader may have it. */
  release(): void {
    this.#release();
  }

  #open(row: number, limit: number): void {
    this.#exports.openRows(this.rowsAt + row * FRAME_SIZE, limit - row);
  }
}

const LENDERS = new WeakMap<object, () => Intake | null>();

/** Lets readers have the intake of a classifier's kernel, one at a time. */
export function lend(classifier: object, intake: () => Intake | null): void {
  LENDERS.set(classifier, intake);
}

/** The intake of a classifier, or `null`: another reader has it. */
export function borrow(classifier: object): Intake | null {
  const intake = LENDERS.get(classifier);
  if (intake === undefined) throw new TypeError("into: expected a classifier, as createClassifier gives");
  return intake();
}
