// One of several workers on a file: waits for its turn, judges the records between two places, and says how many. Told and
// asked through shared memory, so that a round costs no more than it has to.
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { PCAP_HEADER_LENGTH } from "../../ts/capture/pcap.ts";
import { CaptureScan } from "../../ts/capture/scan.ts";
import { type Classifier, createClassifier } from "../../ts/classifier.ts";
import { borrow } from "../../ts/intake.ts";
import type { PolicyInput } from "../../ts/policy/input.ts";

/** What a worker is started with. */
export interface Half {
  readonly path: string;
  readonly policy: PolicyInput;
  readonly memory: SharedArrayBuffer;
}

export const SHARED_OCTETS = 32;
const WAIT = 120_000; // ms; a worker that is silent for longer has died

const IDLE = 0;
const PREPARE = 1;
const READY = 2;
const GO = 3;
const DONE = 4;
const FAILED = 5;

/** What a worker and its master both see. */
export class Shared {
  readonly memory: SharedArrayBuffer;
  readonly #state: Int32Array;
  readonly #numbers: Float64Array; // from, to, frames

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#state = new Int32Array(memory, 0, 1);
    this.#numbers = new Float64Array(memory, 8, 3);
  }

  /** Has a new classifier made. */
  prepare(): void {
    this.#set(PREPARE);
    this.#until(READY);
  }

  go(from: number, to: number): void {
    this.#numbers[0] = from;
    this.#numbers[1] = to;
    this.#set(GO);
  }

  /** Frames that were judged, when they all are. */
  frames(): number {
    this.#until(DONE);
    return this.#numbers[2]!;
  }

  /** The worker's side: for ever. */
  serve(prepare: () => void, judge: (from: number, to: number) => number): void {
    for (let state = IDLE; ; state = Atomics.load(this.#state, 0)) {
      try {
        if (state === PREPARE) {
          prepare();
          this.#set(READY);
        } else if (state === GO) {
          this.#numbers[2] = judge(this.#numbers[0]!, this.#numbers[1]!);
          this.#set(DONE);
        }
      } catch (error) {
        writeSync(2, `${error instanceof Error ? error.stack : error}\n`); // its master may be waiting and print nothing
        this.#set(FAILED);
      }
      const now = Atomics.load(this.#state, 0);
      if (now !== PREPARE && now !== GO) Atomics.wait(this.#state, 0, now);
    }
  }

  #set(state: number): void {
    Atomics.store(this.#state, 0, state);
    Atomics.notify(this.#state, 0);
  }

  #until(wanted: number): void {
    for (let state = Atomics.load(this.#state, 0); state !== wanted; state = Atomics.load(this.#state, 0)) {
      if (state === FAILED || Atomics.wait(this.#state, 0, state, WAIT) === "timed-out")
        throw new Error("a worker failed");
    }
  }
}

if (parentPort !== null) {
  const { path, policy, memory } = workerData as Half;
  let classifier: Classifier;
  parentPort.postMessage("begun");
  new Shared(memory).serve(
    () => {
      classifier = createClassifier(policy);
    },
    (from, to) => judge(classifier, path, from, to),
  );
}

// The records of a file between two places; the file's header comes before them.
function judge(classifier: Classifier, path: string, from: number, to: number): number {
  const file = openSync(path, "r");
  const intake = borrow(classifier)!;
  try {
    const scan = new CaptureScan(intake);
    scan.advance(readSync(file, scan.room(), 0, PCAP_HEADER_LENGTH, 0));
    for (let at = from; at < to; ) {
      const room = scan.room();
      const count = readSync(file, room, 0, Math.min(room.length, to - at), at);
      if (count === 0) break;
      scan.advance(count);
      at += count;
      for (const batch of scan.batches()) classifier.dispatch(batch);
    }
    if (to > from) scan.end();
    return classifier.stats().frames;
  } finally {
    intake.release();
    closeSync(file);
  }
}
