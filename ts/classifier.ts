/**
 * The classifier: a policy, its kernel, and the sinks of its partitions.
 *
 * @module
 */
import { type KernelSource, kernelModule } from "./boot.ts";
import { type Counts, countsOf, NO_COUNTS, type Stats, statsOf } from "./counts.ts";
import { type PolicyProblem, SinkError, type SinkFailure } from "./errors.ts";
import type { Explanation } from "./explain/explanation.ts";
import { batchOf, type FrameBatch, type FrameInput } from "./frames.ts";
import { lend } from "./intake.ts";
import { Judge } from "./judge.ts";
import { JudgedBatch } from "./judged-batch.ts";
import { Kernel, requireRow } from "./kernel.ts";
import { DROP_SLOT, FIRST_SINK_SLOT, UNCLAIMED_SLOT } from "./policy/compile.ts";
import type { PolicyInput } from "./policy/input.ts";
import type { Policy } from "./policy/model.ts";
import { resolvePolicy } from "./policy/read.ts";
import { warningsOf } from "./policy/warnings.ts";
import { DROPPED, deliver, enter, type Registered, requireBatch, requireName } from "./registered.ts";
import { Delivery, type Sink } from "./sink.ts";
import type { Verdict } from "./verdict.ts";

/** Judges frames by a policy and hands them to the sinks of its partitions. Made by {@link createClassifier}. */
export interface Classifier {
  /** Names of the policy's partitions. */
  readonly partitions: readonly string[];
  /** What is odd in the policy but does no harm. Computed when first asked for. */
  readonly warnings: readonly PolicyProblem[];
  /**
   * Gives a partition (`secret`) or one of its bindings (`public/web`) a sink. A frame goes to its binding's sink, else
   * to its partition's, else it is only counted. Returns what takes the sink away again.
   *
   * @throws {RangeError} there is no such partition or binding, or it has a sink
   */
  register(name: string, sink: Sink): () => void;
  /**
   * Gives the drops a sink. Returns what takes it away again.
   *
   * @throws {RangeError} the drops have a sink
   */
  registerDrops(sink: Sink): () => void;
  /**
   * Judges the frames of a batch and calls each sink with its own.
   *
   * @throws {SinkError} sinks threw; every other sink got its frames, and the counters are right
   * @throws {TypeError} the batch is none, or was released by its reader, or a sink called this
   */
  dispatch(batch: FrameBatch): void;
  /**
   * Judges the frames of a batch and gives the verdict on each, in order, without sinks. Counts like `dispatch`, up to
   * 4096 frames ahead of the one that is given.
   *
   * @throws {TypeError} the batch is none, or was released by its reader, or a sink called this
   */
  verdicts(batch: FrameBatch): Generator<Verdict, void>;
  /** Counters, cheap: nothing is looked at but them. */
  stats(): Stats;
  /** How one frame would be judged now, step by step. Changes nothing and counts nothing. */
  explain(bytes: Uint8Array, frame?: Omit<FrameInput, "bytes">): Explanation;
  /**
   * Judges by another policy from the next batch on. Counters go on. What is still to come of a datagram in fragments is
   * dropped (`FRAG_REFUSED`): its parts could go two ways. Sinks stay with the names they were registered under: one whose partition is gone gets nothing until the name is there
   * again.
   *
   * @throws {PolicyError} the policy has problems; nothing has changed
   * @throws {TypeError} a sink called this
   */
  replacePolicy(next: PolicyInput): void;
}

/** For {@link createClassifier}. */
export interface ClassifierOptions {
  /**
   * The kernel, `labelgate/kernel.wasm` of the same release, for those who load it themselves; left out: the copy that the
   * library has embedded.
   */
  readonly wasm?: KernelSource;
}

/**
 * Makes a classifier.
 *
 * @throws {PolicyError} with everything that is wrong with the policy
 * @throws {TypeError} `wasm` is not the kernel of this release
 * @example
 * ```ts
 * import { createClassifier, readCapture } from "labelgate";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "1" }, { name: "secret", label: "5:0" }],
 *   templates: { peers: { type: "labelled", range: ["1", "5:0"] } },
 *   hosts: { "198.51.100.0/24": "peers" },
 * });
 * classifier.register("secret", (delivery) => {
 *   for (const frame of delivery) console.log(frame.frame, frame.bytes.length);
 * });
 * export async function run(capture: ReadableStream<Uint8Array>): Promise<number> {
 *   for await (const batch of readCapture(capture)) classifier.dispatch(batch);
 *   return classifier.stats().dropped.frames;
 * }
 * ```
 */
export function createClassifier(policy: PolicyInput, options: ClassifierOptions = {}): Classifier {
  return new PolicyClassifier(resolvePolicy(policy), kernelModule(options.wasm));
}

class PolicyClassifier implements Classifier {
  readonly #module: WebAssembly.Module;
  #judge: Judge;
  #partitions: readonly string[] = [];
  /** Of policies before this one. */
  #before: Counts = NO_COUNTS;
  #explainer: Kernel | undefined;
  #warnings: readonly PolicyProblem[] | undefined;
  /** By name, those too whose partition the policy has not. */
  readonly #sinks = new Map<string, Registered>();
  /** Those that get frames, by slot. */
  #bySlot: (Registered | undefined)[] = [];
  #dispatching = false;

  constructor(policy: Policy, module: WebAssembly.Module) {
    this.#module = module;
    this.#judge = new Judge(policy, 0, module);
    this.#enter(this.#judge);
    lend(this, () => this.#judge.kernel.lend());
  }

  get partitions(): readonly string[] {
    return this.#partitions;
  }

  get warnings(): readonly PolicyProblem[] {
    this.#warnings ??= warningsOf(this.#judge.policy);
    return this.#warnings;
  }

  register(name: string, sink: Sink): () => void {
    requireName(this.#judge, name);
    return this.#give(name, sink);
  }

  registerDrops(sink: Sink): () => void {
    return this.#give(DROPPED, sink);
  }

  dispatch(batch: FrameBatch): void {
    requireBatch(batch);
    this.#refuseInSink("dispatch");
    this.#dispatching = true;
    const failures: SinkFailure[] = [];
    const { kernel } = this.#judge;
    try {
      for (let first = 0; first < batch.count; ) {
        const count = kernel.load(batch, first);
        // A bad row is known before any sink is called: what is refused was not half delivered.
        if (first === 0) for (let row = count; row < batch.count; row++) requireRow(batch, row);
        const { judged, groups } = kernel.classify(count);
        const rows = new JudgedBatch(this.#judge, batch, first);
        const sinks = this.#bySlot;
        for (let group = 0; group < groups; group++) {
          const slot = kernel.slotOf(group);
          const registered = sinks[slot];
          // A sink may have taken another's place since: these frames were not judged for it.
          if (registered === undefined || registered !== this.#bySlot[slot]) continue;
          const delivery = new Delivery(registered.name, batch, rows, group, kernel.lengthOf(group));
          const failure = deliver(registered, delivery);
          if (failure !== null) failures.push(failure);
        }
        first += judged;
      }
    } finally {
      this.#dispatching = false;
    }
    if (failures.length > 0) throw new SinkError(failures);
  }

  verdicts(batch: FrameBatch): Generator<Verdict, void> {
    requireBatch(batch);
    return this.#verdicts(batch);
  }

  *#verdicts(batch: FrameBatch): Generator<Verdict, void> {
    for (let first = 0; first < batch.count; ) {
      this.#refuseInSink("verdicts");
      const judge = this.#judge;
      const { judged } = judge.kernel.classify(judge.kernel.load(batch, first));
      const from = first;
      first += judged;
      // All at once: the consumer may dispatch another batch between two, or replace the policy.
      yield* Array.from({ length: judged }, (_, row) => judge.verdict(batch, from, row, null));
    }
  }

  stats(): Stats {
    return statsOf(countsOf(this.#judge, this.#before), this.#judge.policy);
  }

  explain(bytes: Uint8Array, frame: Omit<FrameInput, "bytes"> = {}): Explanation {
    const { image, kernel } = this.#judge;
    this.#explainer ??= new Kernel(image, 0, this.#module);
    this.#explainer.datagrams.followThoseOf(kernel.datagrams);
    const batch = batchOf([{ ...frame, bytes }]);
    this.#explainer.load(batch, 0);
    this.#explainer.classify(1);
    return this.#judge.explain(batch, 0, 0, null, this.#explainer);
  }

  replacePolicy(next: PolicyInput): void {
    this.#refuseInSink("replacePolicy");
    const judge = new Judge(resolvePolicy(next), 0, this.#module);
    judge.kernel.datagrams.condemnThoseOf(this.#judge.kernel.datagrams);
    this.#before = countsOf(this.#judge, this.#before);
    this.#enter(judge);
  }

  #enter(judge: Judge): void {
    this.#judge = judge;
    this.#partitions = Object.freeze(judge.policy.partitions.map(({ name }) => name));
    this.#explainer = undefined;
    this.#warnings = undefined;
    this.#route();
  }

  // The kernel holds the batch whose frames are being handed out.
  #refuseInSink(called: string): void {
    if (!this.#dispatching) return;
    throw new TypeError(`${called} was called from inside a sink; copy() frames and call it later`);
  }

  #route(): void {
    this.#bySlot = [];
    for (const entry of this.#sinks.values()) {
      const slot = this.#slotOf(entry.name);
      if (slot !== null) this.#bySlot[slot] = entry;
    }
    this.#judge.image.endpoints.forEach((_, i) => {
      this.#send(i);
    });
  }

  // The slot of a sink is that of its name's first endpoint: there are as many as the kernel has room for, whatever was
  // registered under other policies. `null`: the policy has no such name.
  #slotOf(name: string): number | null {
    if (name === DROPPED) return DROP_SLOT;
    const [endpoint] = this.#judge.endpointsOf(name);
    return endpoint === undefined ? null : FIRST_SINK_SLOT + endpoint;
  }

  // Sends an endpoint to its own sink's slot, else to its partition's, else to none.
  #send(endpoint: number): void {
    const names = [this.#judge.nameOf(endpoint), this.#judge.targetOf(endpoint).partition];
    const name = names.find((item) => this.#sinks.has(item));
    this.#judge.kernel.setSlot(endpoint, name === undefined ? UNCLAIMED_SLOT : this.#slotOf(name)!);
  }

  #give(name: string, sink: Sink): () => void {
    const entry = enter(this.#sinks, name, sink);
    this.#put(name, entry);
    return () => {
      if (this.#sinks.get(name) !== entry) return;
      this.#sinks.delete(name);
      this.#put(name, undefined);
    };
  }

  #put(name: string, entry: Registered | undefined): void {
    const slot = this.#slotOf(name);
    // The batch at hand goes to the sinks there were when it was judged.
    if (this.#dispatching) this.#bySlot = [...this.#bySlot];
    if (slot !== null) this.#bySlot[slot] = entry;
    for (const endpoint of this.#judge.endpointsOf(name)) this.#send(endpoint);
  }
}
