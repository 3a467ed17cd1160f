/**
 * Where each frame of a capture is, so that any of them can be read again: rows of numbers, no octets.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { CaptureError } from "../errors.ts";
import { type CaptureInterface, FrameBatch, type FrameInput } from "../frames.ts";

/** Frames that the page keeps account of: about 340 MB of rows and columns. */
export const MAX_FRAMES = 8_388_608;
/** Octets of a capture: places are 32-bit numbers. */
export const MAX_CAPTURE = 0xffff_ffff;
/** Rows that room is made for at a time, a power of two. */
const PIECE_BITS = 14;
const PIECE = 1 << PIECE_BITS;

const NO_OCTETS = new Uint8Array(0);

export class Places {
  readonly #pieces: FrameBatch[] = [];
  #interfaces: readonly CaptureInterface[] = [];
  #count = 0;

  /** Frames. */
  get count(): number {
    return this.#count;
  }

  /**
   * Appends the frames of a batch of the capture.
   *
   * @throws {CaptureError} there are more than {@link MAX_FRAMES}
   */
  add(batch: FrameBatch): void {
    if (this.#count + batch.count > MAX_FRAMES) {
      const most = MAX_FRAMES.toLocaleString("en-US");
      throw new CaptureError(`more than ${most} frames; the command line takes any number`, batch.origin!);
    }
    this.#interfaces = batch.interfaces;
    for (let row = 0; row < batch.count; row++) {
      if (this.#count % PIECE === 0) this.#pieces.push(new FrameBatch(NO_OCTETS, new ArrayBuffer(PIECE * FRAME_SIZE)));
      this.#pieces
        .at(-1)!
        .push(
          batch.origin! + batch.offset(row),
          batch.capturedLength(row),
          batch.wireLength(row),
          batch.linkType(row),
          batch.interfaceOf(row),
          batch.seconds(row),
          batch.nanoseconds(row),
        );
      this.#count++;
    }
  }

  /** Captured octets of frame `index`, counted from 0. */
  lengthOf(index: number): number {
    return this.#pieces[index >> PIECE_BITS]!.capturedLength(index % PIECE);
  }

  /** Octets of it on the wire. */
  wireLengthOf(index: number): number {
    return this.#pieces[index >> PIECE_BITS]!.wireLength(index % PIECE);
  }

  /** Where those captured begin in the capture. */
  placeOf(index: number): number {
    return this.#pieces[index >> PIECE_BITS]!.offset(index % PIECE);
  }

  /** What is known of the frame besides its octets. */
  frameWith(index: number, bytes: Uint8Array): FrameInput {
    const piece = this.#pieces[index >> PIECE_BITS]!;
    const row = index % PIECE;
    const device = this.#interfaces[piece.interfaceOf(row)]?.name ?? null;
    return {
      bytes,
      linkType: piece.linkType(row),
      wireLength: piece.wireLength(row),
      seconds: piece.seconds(row),
      nanoseconds: piece.nanoseconds(row),
      ...(device === null ? {} : { device }),
    };
  }
}
