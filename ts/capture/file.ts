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
import { CaptureScan } from "./scan.ts";

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

/** The same, read to what `lend` gives, which is asked when the file is open. */
export function* readFileInto(
  path: string,
  lend: () => Intake | null,
  onProgress?: (bytesRead: number, bytesTotal: number | null) => void,
): Generator<FrameBatch, void> {
  let bytesRead = 0;
  const attempt = <T>(call: () => T): T => {
    try {
      return call();
    } catch (cause) {
      const { code, message } = cause as { code?: string; message: string };
      throw new CaptureError(`cannot read ${path}: ${REASONS[code ?? ""] ?? message}`, bytesRead, { cause });
    }
  };
  const file = attempt(() => openSync(path, "r"));
  let intake: Intake | null = null;
  try {
    intake = lend();
    const status = attempt(() => fstatSync(file));
    const bytesTotal = status.isFile() ? status.size : null;
    const scan = new CaptureScan(intake ?? undefined);
    while (true) {
      const count = attempt(() => readSync(file, scan.room()));
      if (count === 0) break;
      scan.advance(count);
      bytesRead += count;
      onProgress?.(bytesRead, bytesTotal);
      yield* scan.batches();
    }
    scan.end();
  } finally {
    closeSync(file);
    intake?.release();
  }
}
