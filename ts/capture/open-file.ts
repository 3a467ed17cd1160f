/**
 * A capture file that is open.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CaptureError } from "../errors.ts";
import type { FrameBatch } from "../frames.ts";
import type { Intake } from "../intake.ts";
import { CaptureScan } from "./scan.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
};

/** A capture file, batch by batch, read to what `lend` gives, which is asked when the file is open. */
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
export class OpenFile {
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
