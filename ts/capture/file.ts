/**
 * Reading capture files, where there are files: Node, Deno, Bun.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Classifier } from "../classifier.ts";
import { CaptureError } from "../errors.ts";
import type { FrameBatch } from "../frames.ts";
import { borrow, type Intake } from "../intake.ts";
import type { CaptureFile } from "./feed.ts";
import { CaptureScan } from "./scan.ts";

export type { CaptureFile } from "./feed.ts";

/** For {@link readCaptureFile}. */
export interface ReadCaptureFileOptions {
  /** Called after each read, at most 256 KiB apart, in octets; the total is `null` when there is none, as for a pipe. */
  readonly onProgress?: (bytesRead: number, bytesTotal: number | null) => void;
  /** As `into` of `readCapture`. */
  readonly into?: Classifier;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
};

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

/** The same as {@link readCaptureFile}, read to what `lend` gives, which is asked when the file is open. */
export function* readFileInto(
  path: string,
  lend: () => Intake | null,
  onProgress?: (bytesRead: number, bytesTotal: number | null) => void,
): Generator<FrameBatch, void> {
  const file = new OpenFile(path);
  let intake: Intake | null = null;
  try {
    intake = lend();
    const bytesTotal = file.size();
    const scan = new CaptureScan(intake ?? undefined);
    for (let count = file.read(scan.room()); count > 0; count = file.read(scan.room())) {
      scan.advance(count);
      onProgress?.(file.bytesRead, bytesTotal);
      yield* scan.batches();
    }
    scan.end();
  } finally {
    file.close();
    intake?.release();
  }
}

/** A file that is open; what goes wrong with it is a CaptureError. */
class OpenFile {
  /** Octets so far. */
  bytesRead = 0;
  readonly #path: string;
  readonly #descriptor: number;
  #isOpen = true;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = this.#attempt(() => openSync(path, "r"));
  }

  /** Octets in all, `null` when there is no such number, as for a pipe. */
  size(): number | null {
    const status = this.#attempt(() => fstatSync(this.#descriptor));
    return status.isFile() ? status.size : null;
  }

  read(room: Uint8Array): number {
    // Its number may be another file's by now.
    if (!this.#isOpen) throw new CaptureError(`cannot read ${this.#path}: it was closed`, this.bytesRead);
    const count = this.#attempt(() => readSync(this.#descriptor, room));
    this.bytesRead += count;
    return count;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  #attempt<T>(call: () => T): T {
    try {
      return call();
    } catch (cause) {
      const { code, message } = cause as { code?: string; message: string };
      throw new CaptureError(`cannot read ${this.#path}: ${REASONS[code ?? ""] ?? message}`, this.bytesRead, { cause });
    }
  }
}
