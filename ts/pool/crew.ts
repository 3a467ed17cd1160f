/**
 * The workers of a pool: chunks go to the one that has the fewest, and come back in the order in which they were given.
 *
 * @module
 */
import { listen, listenForFailure, type WorkerLike } from "../worker-like.ts";
import type { DescriptionMessage, JudgedMessage, PolicyMessage, PoolMessage } from "./messages.ts";
import type { Chunk } from "./splitting.ts";

/** Workers of a pool. */
export const MAX_WORKERS = 64;
/** Chunks for each worker that may be under way: one that it judges, and those that wait for it or for their turn. */
export const CHUNKS_AHEAD = 3;

/** A worker that runs `labelgate/pool-worker`. */
export type PoolWorker = WorkerLike & { terminate(): unknown };

interface Member {
  readonly worker: PoolWorker;
  /** Chunks that it has, oldest first. */
  readonly chunks: Given[];
  readonly forgets: readonly (() => void)[];
}

interface Given {
  readonly chunk: Chunk;
  judged: JudgedMessage | null;
}

/** What a crew reports. */
export interface CrewEvents {
  /** A chunk was judged, and so were all before it. */
  judged(chunk: Chunk, judged: JudgedMessage): void;
  /** A worker is gone: what was given and is not judged never will be. */
  failed(error: unknown): void;
}

export class Crew {
  readonly #members: readonly Member[];
  readonly #events: CrewEvents;
  /** Chunks that were given and are not reported yet, oldest first. */
  readonly #given: Given[] = [];

  constructor(workers: readonly PoolWorker[], events: CrewEvents) {
    this.#events = events;
    this.#members = workers.map((worker): Member => {
      const chunks: Given[] = [];
      const forgets = [
        listen(worker, (message) => this.#take(chunks, message as JudgedMessage)),
        listenForFailure(worker, (error) => events.failed(error)),
      ];
      return { worker, chunks, forgets };
    });
  }

  /** Chunks that were given and not reported. */
  get pending(): number {
    return this.#given.length;
  }

  /** Whether every worker has as many chunks as it may. */
  get isBusy(): boolean {
    return this.#given.length >= this.#members.length * CHUNKS_AHEAD;
  }

  /** Tells every worker something that goes for the chunks that are given from now on. */
  tell(message: PolicyMessage | DescriptionMessage): void {
    for (const { worker } of this.#members) worker.postMessage(message, []);
  }

  give(chunk: Chunk): void {
    const member = this.#members.reduce((least, each) => (each.chunks.length < least.chunks.length ? each : least));
    const given: Given = { chunk, judged: null };
    member.chunks.push(given);
    this.#given.push(given);
    const { kind, octets, length, rows, offset, frames } = chunk;
    const message: PoolMessage = { kind, octets, length, rows, offset, frames };
    member.worker.postMessage(message, [octets, rows]);
  }

  async end(): Promise<void> {
    for (const forget of this.#members.flatMap(({ forgets }) => forgets)) forget();
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  #take(chunks: Given[], message: JudgedMessage): void {
    const given = chunks.shift();
    if (given === undefined) return;
    given.judged = message;
    for (let [next] = this.#given; next !== undefined && next.judged !== null; [next] = this.#given) {
      this.#given.shift();
      this.#events.judged(next.chunk, next.judged);
    }
  }
}

/** Starts the workers that come with the package. */
export async function startWorkers(count: number): Promise<PoolWorker[]> {
  // In the package's sources it is a TypeScript file.
  const file = import.meta.url.endsWith(".ts") ? "./judge-worker.ts" : "./pool-worker.js";
  const url = new URL(file, import.meta.url);
  if (typeof Worker === "function") {
    return Array.from({ length: count }, () => new Worker(url, { type: "module" }) as PoolWorker);
  }
  const threads = "node:worker_threads"; // not for bundlers to look for
  const node = (await import(threads)) as { readonly Worker: new (url: URL) => PoolWorker };
  return Array.from({ length: count }, () => new node.Worker(url));
}
