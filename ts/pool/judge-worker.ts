/**
 * A worker of a pool: reads and judges chunks of captures, one after the other.
 *
 * @module labelgate/pool-worker
 */
import { FRAME_OFFSET, FRAME_SIZE } from "../../assembly/columns.ts";
import type { RecordReader } from "../capture/record.ts";
import { CaptureScan, recognise } from "../capture/scan.ts";
import { CaptureError } from "../errors.ts";
import type { FrameBatch } from "../frames.ts";
import type { Intake } from "../intake.ts";
import { Kernel } from "../kernel.ts";
import { listen, type WorkerLike } from "../worker-like.ts";
import type { ChunkMessage, DescriptionMessage, Fault, JudgedMessage, PolicyMessage, PoolMessage } from "./messages.ts";

const ROW_WORDS = FRAME_SIZE / 4;

class Desk {
  #kernel: Kernel | undefined;
  #intake: Intake | undefined;
  #records: RecordReader | undefined;

  follow({ image, module }: PolicyMessage): void {
    this.#kernel = new Kernel(image, 0, module);
    this.#intake = this.#kernel.lend()!;
  }

  describe({ octets, offset }: DescriptionMessage): void {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    if (offset === 0) this.#records = recognise(view, 0);
    this.#records!.read(view, 0, octets.length, offset);
  }

  judge({ octets, length, rows, offset, frames }: ChunkMessage): JudgedMessage {
    const scan = new CaptureScan(this.#intake!, { records: this.#records!, offset, frames });
    const records = new Uint8Array(octets, 0, length);
    const outcomes = new Uint32Array(rows.byteLength / FRAME_SIZE);
    const words = new Uint32Array(rows);
    let count = 0;
    let fault: Fault | null = null;
    try {
      for (let at = 0; at < length; ) {
        at += scan.take(records.subarray(at));
        for (const batch of scan.batches()) {
          keepRows(words, count, batch, offset);
          this.#judge(batch, outcomes.subarray(count));
          count += batch.count;
        }
      }
      scan.end();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      fault = { message: error.message.replace(/ \(at byte \d+\)$/, ""), offset: error.offset };
    }
    return { octets, rows, outcomes, count, fault };
  }

  #judge(batch: FrameBatch, outcomes: Uint32Array): void {
    const kernel = this.#kernel!;
    for (let first = 0; first < batch.count; ) {
      const { judged } = kernel.classify(kernel.load(batch, first));
      kernel.outcomes(outcomes.subarray(first));
      first += judged;
    }
  }
}

// Rows of a batch behind so many others, their offsets from where the chunk begins.
function keepRows(words: Uint32Array, count: number, batch: FrameBatch, chunkOffset: number): void {
  const rows = new Uint32Array(batch.rows.buffer, batch.rows.byteOffset, batch.count * ROW_WORDS);
  const from = count * ROW_WORDS;
  words.set(rows, from);
  const moved = batch.origin! - chunkOffset;
  const end = from + rows.length;
  for (let at = from + FRAME_OFFSET / 4; at < end; at += ROW_WORDS) words[at]! += moved;
}

function serve(port: WorkerLike): void {
  const desk = new Desk();
  listen(port, (data) => {
    const message = data as PoolMessage;
    if (message.kind === "policy") {
      desk.follow(message);
    } else if (message.kind === "description") {
      desk.describe(message);
    } else {
      const judged = desk.judge(message);
      port.postMessage(judged, [judged.octets, judged.rows, judged.outcomes.buffer]);
    }
  });
}

// Workers of the Web hear by themselves; those of Node by a port. What comes before somebody listens waits only in the latter.
if ("postMessage" in globalThis) {
  serve(globalThis as unknown as WorkerLike);
} else {
  const threads = "node:worker_threads"; // not for bundlers to look for
  const { parentPort } = (await import(threads)) as { readonly parentPort: WorkerLike | null };
  if (parentPort !== null) serve(parentPort);
}
