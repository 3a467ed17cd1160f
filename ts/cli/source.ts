/**
 * The captures a command is given: files, or `-` for standard input, one after the other.
 *
 * @module
 */
import { fstatSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { readFileInto } from "../capture/open-file.ts";
import { readCapture } from "../capture/read.ts";
import { CaptureError } from "../errors.ts";
import type { FrameBatch } from "../frames.ts";
import type { Intake } from "../intake.ts";
import { reportError } from "./output.ts";
import { Progress } from "./progress.ts";
import { STANDARD_INPUT, sourceName } from "./usage.ts";

/** Milliseconds after which a signal is heard of, at the most. */
const HEARING = 100;

/** What lends memory to read captures to, as Kernel.lend does. */
export type Lend = () => Intake | null;

/** The batches of one capture, each valid until the next. Shows progress on a terminal. */
export async function* batchesOf(capture: string, lend: Lend = () => null): AsyncGenerator<FrameBatch, void> {
  if (capture === STANDARD_INPUT) {
    if (fstatSync(0).isDirectory()) throw new CaptureError("it is a directory", 0);
    yield* readCapture(standardInput());
    return;
  }
  const progress = new Progress(capture);
  try {
    yield* readFileInto(capture, lend, (read, total) => progress.show(read, total));
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
  lend?: Lend,
): Promise<boolean> {
  let whole = true;
  for (const capture of captures) {
    try {
      let heard = performance.now();
      for await (const batch of batchesOf(capture, lend)) {
        await use(batch, capture);
        // Reading files and judging never wait, and only who waits hears of signals.
        if (performance.now() - heard < HEARING) continue;
        await nextTurn();
        heard = performance.now();
      }
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
