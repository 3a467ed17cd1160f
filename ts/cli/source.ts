/**
 * The captures a command is given: files, or `-` for standard input, one after the other.
 *
 * @module
 */
import { fstatSync } from "node:fs";
import { readCaptureFile } from "../capture/file.ts";
import { readCapture } from "../capture/read.ts";
import { CaptureError } from "../errors.ts";
import type { FrameBatch } from "../frames.ts";
import { reportError } from "./output.ts";
import { Progress } from "./progress.ts";
import { STANDARD_INPUT, sourceName } from "./usage.ts";

/** The batches of one capture, each valid until the next. Shows progress on a terminal. */
export async function* batchesOf(capture: string): AsyncGenerator<FrameBatch, void> {
  if (capture === STANDARD_INPUT) {
    if (fstatSync(0).isDirectory()) throw new CaptureError("it is a directory", 0);
    yield* readCapture(standardInput());
    return;
  }
  const progress = new Progress(capture);
  try {
    yield* readCaptureFile(capture, { onProgress: (read, total) => progress.show(read, total) });
  } finally {
    progress.end();
  }
}

async function* standardInput(): AsyncGenerator<Uint8Array, void> {
  let read = 0;
  try {
    for await (const piece of process.stdin as AsyncIterable<Uint8Array>) {
      read += piece.length;
      yield piece;
    }
  } catch (error) {
    throw new CaptureError(`cannot be read: ${(error as Error).message}`, read);
  }
}

/**
 * Calls `use` for every batch of every capture. A capture that can't be read, or not to its end, is reported, and the
 * next one goes on. True when all were read whole.
 */
export async function readAll(
  captures: readonly string[],
  use: (batch: FrameBatch, capture: string) => void | Promise<void>,
): Promise<boolean> {
  let whole = true;
  for (const capture of captures) {
    try {
      for await (const batch of batchesOf(capture)) await use(batch, capture);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      reportCapture(capture, error);
      whole = false;
    }
  }
  return whole;
}

/** Reports that a capture can't be read, or not further; with that the command has failed. */
export function reportCapture(capture: string, error: CaptureError): void {
  process.exitCode = 1;
  // What the system refused says the file's name itself.
  reportError(error.cause === undefined ? `${sourceName(capture)}: ${error.message}` : error.message);
}
