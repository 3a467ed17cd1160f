/**
 * Reading captures, pcap and pcapng, from memory and from streams, in every runtime. Files are read by file.ts.
 *
 * @module
 */
import type { Classifier } from "../classifier.ts";
import type { FrameBatch } from "../frames.ts";
import { isOctets, kindOf } from "../given.ts";
import { borrow, type Intake } from "../intake.ts";
import { asWhole, type CaptureSource, isObject, notASource, openPieces, unlessAborted } from "./pieces.ts";
import { CaptureScan } from "./scan.ts";

export type { CaptureSource } from "./pieces.ts";
export { BATCH_BYTES, BATCH_FRAMES } from "./scan.ts";

/** For {@link readCapture}. */
export interface ReadCaptureOptions {
  /** Ends the reading: the generator throws the signal's reason and closes the source, also while it waits for octets. */
  readonly signal?: AbortSignal;
  /**
   * Reads into this classifier's memory, so that `dispatch` has nothing to copy: the fast way for captures of any size. The
   * batches are views of that memory; for what is to leave, as a message to a worker, `copy()` frames. A sink can reach all of
   * it through `batch.bytes.buffer`, the policy too: only for sinks that are trusted as the classifier is. It has room for one
   * reader at a time: others read as without it.
   */
  readonly into?: Classifier;
}

/**
 * Reads a capture, batch by batch. The format, pcap or pcapng, is told from its first four octets.
 *
 * Memory is bounded however long the capture is. A batch has at most 4,096 (`BATCH_FRAMES`) frames in at most
 * 262,144 (`BATCH_BYTES`) octets; it is valid until the next one is asked for and is then released, because its memory is
 * used again. A capture that is in memory is not copied, unless `into` is given: `batch.bytes` is a view of it.
 *
 * Every good frame before what is wrong with a capture comes first, then the error. A capture may end after any record.
 * The source is closed when the reading ends early, by `break`, an error or the signal.
 *
 * @throws {CaptureError} it is empty, no capture, malformed, cut off, beyond a bound, or of a link type that isn't
 *   supported; `offset` is where, in octets from its start. What a stream throws is passed on as it is.
 * @throws {TypeError} the source is none, or gives something else than Uint8Array
 * @example
 * ```ts
 * import { readCapture } from "labelgate";
 * import { createReadStream } from "node:fs"; // or the body of a fetch, a File, octets in memory
 * let frames = 0;
 * for await (const batch of readCapture(createReadStream("labelled.pcap"))) frames += batch.count;
 * frames; // 652
 * ```
 */
export async function* readCapture(
  source: CaptureSource,
  options: ReadCaptureOptions = {},
): AsyncGenerator<FrameBatch, void> {
  const { signal, into } = options;
  signal?.throwIfAborted();
  const whole = asWhole(source);
  if (whole !== null) {
    for (const batch of readCaptureSync(whole, into === undefined ? {} : { into })) {
      yield batch;
      signal?.throwIfAborted();
    }
    return;
  }
  const pieces = openPieces(source);
  let intake: Intake | null = null;
  let state: "open" | "ended" | "failed" = "open";
  try {
    if (into !== undefined) intake = borrow(into);
    const scan = new CaptureScan(intake ?? undefined);
    while (true) {
      const { done, value } = await unlessAborted(pieces.next(), signal);
      if (done === true) break;
      for (const batch of scanPiece(scan, value)) {
        yield batch;
        signal?.throwIfAborted();
      }
    }
    state = "ended";
    pieces.release?.();
    scan.end();
  } catch (error) {
    if (state === "open") state = "failed";
    throw error;
  } finally {
    intake?.release();
    if (state !== "ended") {
      const closing = pieces.cancel(signal?.aborted ? signal.reason : undefined);
      // A read may still wait after an abort, for ever perhaps, and closing waits for it: the caller must not.
      // After a failure, what went wrong first is what the caller hears of.
      if (signal?.aborted) closing.catch(() => {});
      else if (state === "failed") await closing.catch(() => {});
      else await closing;
    }
  }
}

/**
 * The same as {@link readCapture} without promises, for what is in memory or comes from a generator.
 *
 * @throws {CaptureError} as {@link readCapture}
 * @throws {TypeError} the source is none, or gives something else than Uint8Array
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { readCaptureSync } from "labelgate";
 * let frames = 0;
 * for (const batch of readCaptureSync(readFileSync("labelled.pcap"))) frames += batch.count;
 * ```
 */
export function* readCaptureSync(
  source: Uint8Array | ArrayBuffer | Iterable<Uint8Array>,
  options: Pick<ReadCaptureOptions, "into"> = {},
): Generator<FrameBatch, void> {
  const whole = asWhole(source);
  const intake = options.into === undefined ? null : borrow(options.into);
  try {
    const scan = new CaptureScan(intake ?? whole ?? undefined);
    if (whole !== null) {
      yield* intake === null ? scan.batches() : scanPiece(scan, whole);
    } else {
      if (!isObject(source) || !(Symbol.iterator in source)) throw notASource(source);
      for (const piece of source) yield* scanPiece(scan, piece);
    }
    scan.end();
  } finally {
    intake?.release();
  }
}

function* scanPiece(scan: CaptureScan, piece: unknown): Generator<FrameBatch, void> {
  if (!isOctets(piece)) throw new TypeError(`piece of a capture: expected Uint8Array, got ${kindOf(piece)}`);
  for (let at = 0; at < piece.length; ) {
    at += scan.take(piece.subarray(at));
    yield* scan.batches();
  }
}
