/**
 * What the two capture formats have in common: a capture is a run of records (pcapng: blocks), some of which hold a frame.
 *
 * @module
 */
import type { CaptureInterface } from "../frames.ts";
import type { Intake } from "../intake.ts";

/**
 * Reads a capture record by record. Holds what the headers said and, after {@link read}, the fields of one frame, which
 * the next record overwrites: no object is made for a frame.
 */
export interface RecordReader {
  /** Interfaces described so far; only ever grows. */
  readonly interfaces: readonly CaptureInterface[];
  /** True when the record that was read last holds a frame; the fields below are valid only then. */
  readonly hasFrame: boolean;
  /** Octets from the start of the record to those of the frame. */
  readonly octetsAt: number;
  readonly capturedLength: number;
  readonly wireLength: number;
  /** Index into {@link interfaces}. */
  readonly captureInterface: number;
  /** LINKTYPE_ number, a supported one. */
  readonly linkType: number;
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** 0–999,999,999. */
  readonly nanoseconds: number;

  /**
   * Reads the record at `at`, of which `available` octets are there; `offset` is where it starts in the capture.
   *
   * @returns the record's length. When that is more than `available`, nothing was read: call again with as many octets.
   * @throws {CaptureError} it is malformed, beyond a bound, or of a link type that isn't supported
   */
  read(view: DataView, at: number, available: number, offset: number): number;

  /**
   * How long the record at `at` is, as {@link read}, but nothing is looked at except its length and {@link hasFrame}; 0: it
   * has to be read, for it describes what comes behind it, or is malformed.
   */
  measure(view: DataView, at: number, available: number): number;

  /**
   * Has an intake walk over the plain records from `at` to `end`, into rows from number `row` on, up to `limit`. Returns
   * where it ended; {@link read} what is there.
   */
  walk(intake: Intake, at: number, end: number, row: number, limit: number): number;
}
