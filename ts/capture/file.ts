/**
 * Reading capture files, where there are files: Node, Deno, Bun.
 *
 * @module labelgate/file
 */
import type { Classifier } from "../classifier.ts";
import type { FrameBatch } from "../frames.ts";
import { borrow } from "../intake.ts";
import type { CaptureFile } from "./feed.ts";
import { OpenFile, readFileInto } from "./open-file.ts";

export type { CaptureFile } from "./feed.ts";

/** For {@link readCaptureFile}. */
export interface ReadCaptureFileOptions {
  /** Called after each read, at most 256 KiB apart, in octets; the total is `null` when there is none, as for a pipe. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number | null) => void;
  /** As `into` of `readCapture`. */
  readonly into?: Classifier;
}

/**
 * Reads a capture file, batch by batch, without promises: at about the speed of the file. The octets are read to where
 * the batches have them, so a batch is valid until the next one is asked for. The file is opened when the first batch is
 * asked for, and closed when the generator ends, also early.
 *
 * @throws {CaptureError} as `readCapture`; also when the file can't be read, with the system's error as `cause`
 * @example
 * ```ts
 * import { readCaptureFile } from "labelgate/file";
 * let frames = 0;
 * for (const batch of readCaptureFile("labelled.pcap")) frames += batch.count;
 * frames; // 652
 * ```
 */
export function* readCaptureFile(path: string, options: ReadCaptureFileOptions = {}): Generator<FrameBatch, void> {
  const { onProgress, into } = options;
  yield* readFileInto(path, () => (into === undefined ? null : borrow(into)), onProgress);
}

/**
 * Opens a capture file for a pool of classifiers, which reads it straight to what its workers get, and closes it.
 *
 * @throws {CaptureError} it can't be opened
 * @example
 * ```ts
 * import { openCaptureFile } from "labelgate/file";
 * const file = openCaptureFile("labelled.pcap"); // await pool.classify([file])
 * file.readInto(new Uint8Array(24)); // 24
 * file.close();
 * ```
 */
export function openCaptureFile(path: string): CaptureFile {
  const file = new OpenFile(path);
  return { readInto: (room) => file.read(room), close: () => file.close() };
}
