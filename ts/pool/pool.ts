/**
 * Captures judged on as many cores as there are, with the results of one classifier.
 *
 * @module labelgate/pool
 */
import { type KernelSource, kernelModule } from "../boot.ts";
import { type CaptureFile, type Feed, openFeed } from "../capture/feed.ts";
import type { CaptureSource } from "../capture/pieces.ts";
import type { Classifier } from "../classifier.ts";
import type { Stats } from "../counts.ts";
import { CaptureError, SinkError, type SinkFailure } from "../errors.ts";
import { isWithin, kindOf } from "../given.ts";
import type { PolicyInput } from "../policy/input.ts";
import { resolvePolicy } from "../policy/read.ts";
import type { Sink } from "../sink.ts";
import { Crew, MAX_WORKERS, type PoolWorker, startWorkers } from "./crew.ts";
import { Handing } from "./handing.ts";
import type { DescriptionMessage, JudgedMessage } from "./messages.ts";
import { type Chunk, Memories, type Run, Splitting } from "./splitting.ts";

export type { CaptureFile } from "../capture/feed.ts";
export type { WorkerLike } from "../worker-like.ts";
export { CHUNKS_AHEAD, MAX_WORKERS, type PoolWorker } from "./crew.ts";
export { CHUNK_BYTES, CHUNK_FRAMES } from "./splitting.ts";

/** For {@link createClassifierPool}. */
export interface ClassifierPoolOptions {
  /** How many, 1 to {@link MAX_WORKERS}; one for each core when left out, two where that can't be asked. */
  readonly workers?: number;
  /**
   * Starts a worker that runs `labelgate/pool-worker`: where a bundler moves files about, `() => new Worker(…)` as it wants that
   * written. Left out: the file beside this one is started.
   */
  readonly worker?: () => PoolWorker;
  /** The kernel, as for `createClassifier`; the workers use it too. */
  readonly wasm?: KernelSource;
}

/** For {@link ClassifierPool.classify}. */
export interface ClassifyOptions {
  /** Ends the reading: the promise is rejected with the signal's reason when what was read is judged. */
  readonly signal?: AbortSignal;
}

/**
 * Judges captures on several cores. Sinks get what those of one classifier would get, in the same order, and are called where
 * the pool was made. Made by {@link createClassifierPool}.
 */
export interface ClassifierPool extends Pick<Classifier, "partitions" | "register" | "registerDrops" | "stats"> {
  /**
   * Judges captures one after the other, and is done when all their frames reached their sinks. Frames are numbered from 1 in
   * each. Files are closed, also early. Called again before that, it waits for its turn.
   *
   * Memory is bounded: {@link CHUNKS_AHEAD} chunks of {@link CHUNK_BYTES} octets for each worker are under way at most.
   *
   * @throws {CaptureError} as `readCapture`: the good frames before what is wrong were handed on, and no capture is read further
   * @throws {SinkError} sinks threw: every other got the frames that were judged so far, the counters are right, and no capture
   *   is read further
   * @throws {TypeError} no list, what is no capture, or the pool was closed
   * @throws {Error} a worker is gone: what it had is in no counter, and the pool takes nothing any more
   */
  classify(captures: readonly (CaptureSource | CaptureFile)[], options?: ClassifyOptions): Promise<void>;
  /**
   * Goes on by another policy when it is its turn, as `replacePolicy` of a classifier.
   *
   * @throws {PolicyError} the policy has problems; nothing has changed
   */
  replacePolicy(next: PolicyInput): Promise<void>;
  /** Ends the workers. What is under way is lost. */
  close(): Promise<void>;
}

/**
 * Makes a pool.
 *
 * A capture is split between records into chunks, each read and judged by one worker. Fragments are judged where the pool is,
 * in the order of the capture, so that a datagram is followed to its end wherever the chunks part; so are broadcasts and
 * multicasts that several partitions take.
 *
 * @throws {PolicyError} with everything that is wrong with the policy
 * @throws {RangeError} a number of workers that is none
 * @throws {TypeError} `wasm` is not the kernel of this release
 * @example
 * ```ts
 * import { openCaptureFile } from "labelgate/file";
 * import { createClassifierPool } from "labelgate/pool";
 *
 * const pool = createClassifierPool(
 *   {
 *     doi: 16,
 *     interfaces: [{ name: "net0", addresses: ["10.2.0.2"] }],
 *     partitions: [{ name: "public", label: "0" }],
 *     templates: { clients: { type: "labelled", range: ["0", "15:0.255"] } },
 *     hosts: { "10.1.0.0/24": "clients" },
 *   },
 *   { workers: 2 },
 * );
 * let frames = 0;
 * pool.register("public", (delivery) => (frames += delivery.length));
 * await pool.classify([openCaptureFile("labelled.pcap")]);
 * await pool.close();
 * frames; // 10
 * ```
 */
export function createClassifierPool(policy: PolicyInput, options: ClassifierPoolOptions = {}): ClassifierPool {
  const { workers = Math.min(globalThis.navigator?.hardwareConcurrency ?? 2, MAX_WORKERS), worker, wasm } = options;
  if (!isWithin(workers, MAX_WORKERS, 1)) throw new RangeError(`workers ${workers}: expected 1 to ${MAX_WORKERS}`);
  const module = kernelModule(wasm);
  const handing = new Handing(resolvePolicy(policy), module);
  const started = worker === undefined ? startWorkers(workers) : Promise.all(Array.from({ length: workers }, worker));
  return new WorkerPool(handing, started, module);
}

class WorkerPool implements ClassifierPool {
  readonly #handing: Handing;
  /** Workers get it compiled: engines share the code that they have made of it by then. */
  readonly #module: WebAssembly.Module;
  readonly #memories = new Memories();
  readonly #crew: Promise<Crew>;
  #last: Promise<void> = Promise.resolve();
  #failures: SinkFailure[] = [];
  #broken: Error | null = null;
  #wake: (() => void)[] = [];

  constructor(handing: Handing, workers: Promise<readonly PoolWorker[]>, module: WebAssembly.Module) {
    this.#handing = handing;
    this.#module = module;
    this.#crew = workers.then((workers) => this.#begin(workers));
    this.#crew.catch((error) => this.#fail(error));
  }

  get partitions(): readonly string[] {
    return this.#handing.judge.policy.partitions.map(({ name }) => name);
  }

  register(name: string, sink: Sink): () => void {
    return this.#handing.register(name, sink);
  }

  registerDrops(sink: Sink): () => void {
    return this.#handing.register(null, sink);
  }

  stats(): Stats {
    return this.#handing.stats();
  }

  async classify(captures: readonly (CaptureSource | CaptureFile)[], { signal }: ClassifyOptions = {}): Promise<void> {
    if (!Array.isArray(captures)) throw new TypeError(`captures: expected a list of them, got ${kindOf(captures)}`);
    const feeds: Feed[] = [];
    const run: Run = { fault: null };
    try {
      for (const capture of captures) feeds.push(openFeed(capture, signal));
      await this.#inTurn(async (crew) => {
        try {
          for (const feed of feeds) await this.#split(feed, crew, run, signal);
        } finally {
          await this.#until(() => crew.pending === 0);
        }
        this.#requireWhole();
        requireSound(run);
      });
    } catch (error) {
      await Promise.all(feeds.map((feed) => feed.close(error)));
      throw error;
    }
  }

  async replacePolicy(next: PolicyInput): Promise<void> {
    const policy = resolvePolicy(next);
    await this.#inTurn(async (crew) => {
      this.#handing.replace(policy);
      this.#tellPolicy(crew);
    });
  }

  async close(): Promise<void> {
    this.#fail(new TypeError("the pool was closed"));
    const crew = await this.#crew.catch(() => null);
    await crew?.end();
  }

  #begin(workers: readonly PoolWorker[]): Crew {
    const crew = new Crew(workers, {
      judged: (chunk, judged) => this.#hand(chunk, judged),
      failed: (cause) => this.#fail(new Error("a worker of the pool failed: make another pool", { cause })),
    });
    this.#tellPolicy(crew);
    return crew;
  }

  #tellPolicy(crew: Crew): void {
    crew.tell({ kind: "policy", image: this.#handing.judge.image, module: this.#module });
  }

  // Workers know the headers of one capture at a time.
  #inTurn(work: (crew: Crew) => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => {
      this.#requireWhole();
      await work(await this.#crew);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #split(feed: Feed, crew: Crew, run: Run, signal: AbortSignal | undefined): Promise<void> {
    const splitting = new Splitting(this.#memories, run);
    const take = async (parts: Iterable<Chunk | DescriptionMessage>): Promise<void> => {
      for (const part of parts) {
        if (part.kind === "description") crew.tell(part);
        else crew.give(part);
        if (crew.isBusy) await this.#until(() => !crew.isBusy);
        this.#requireWhole();
        requireSound(run);
      }
    };
    try {
      for (;;) {
        signal?.throwIfAborted();
        const read = feed.read(splitting.room());
        const count = typeof read === "number" ? read : await read;
        if (count === 0) break;
        splitting.advance(count);
        await take(splitting.parts());
      }
      await take(splitting.flush());
      splitting.end();
      await feed.close();
    } catch (error) {
      if (error instanceof SinkError) throw error;
      // The frames before, and what a worker finds wrong with them, come first.
      for (const chunk of splitting.flush()) crew.give(chunk);
      await this.#until(() => crew.pending === 0);
      requireSound(run);
      throw error;
    }
  }

  #hand(chunk: Chunk, judged: JudgedMessage): void {
    const { run, count } = chunk;
    if (this.#broken !== null || run.fault !== null) {
      this.#stir();
      return;
    }
    if (judged.fault === null && judged.count !== count) {
      this.#fail(new Error(`a worker of the pool judged ${judged.count} frames of ${count}`));
      return;
    }
    run.fault = judged.fault;
    this.#failures.push(...this.#handing.hand(chunk, judged));
    this.#memories.give(judged);
    this.#stir();
  }

  #fail(error: Error): void {
    this.#broken ??= error;
    this.#stir();
  }

  #stir(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (this.#broken === null && !isSo()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** @throws what went wrong since this was last asked */
  #requireWhole(): void {
    if (this.#broken !== null) throw this.#broken;
    if (this.#failures.length > 0) throw new SinkError(this.#failures.splice(0));
  }
}

/** @throws {CaptureError} what a worker found wrong */
function requireSound({ fault }: Run): void {
  if (fault !== null) throw new CaptureError(fault.message, fault.offset);
}
