/**
 * The classifier: a policy, its kernel, and the sinks of its partitions.
 *
 * @module
 */
import { type PolicyProblem, SinkError, type SinkFailure } from "./errors.ts";
import { type Explanation, explainFrame } from "./explain.ts";
import { batchOf, FrameBatch, type FrameInput } from "./frames.ts";
import { kindOf } from "./given.ts";
import { type Count, Kernel, requireRow, SOURCES, TABLES_BASE } from "./kernel.ts";
import {
  compilePolicy,
  DROP_SLOT,
  type Endpoint,
  FIRST_SINK_SLOT,
  type PolicyImage,
  UNCLAIMED_SLOT,
} from "./policy/compile.ts";
import type { PolicyInput } from "./policy/input.ts";
import type { Policy } from "./policy/model.ts";
import { resolvePolicy } from "./policy/read.ts";
import { warningsOf } from "./policy/warnings.ts";
import { REASONS, type ReasonName, reasonName } from "./reason.ts";
import { Delivery, type Sink } from "./sink.ts";
import type { LabelScheme, Verdict } from "./verdict.ts";

/** What was delivered to a partition, in all and by binding. */
export interface PartitionCount extends Count {
  readonly bindings: Readonly<Record<string, Count>>;
}

/** Counters since the classifier was made. `frames` is always `delivered.frames + dropped.frames`. */
export interface Stats extends Count {
  readonly delivered: Count;
  readonly dropped: Count;
  /** By partition, every one. */
  readonly partitions: Readonly<Record<string, PartitionCount>>;
  /** By reason of the drops, those that occurred. */
  readonly reasons: Readonly<Partial<Record<ReasonName, Count>>>;
}

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
}

/**
 * Makes a classifier.
 *
 * @throws {PolicyError} with everything that is wrong with the policy
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
export function createClassifier(policy: PolicyInput): Classifier {
  return new PolicyClassifier(resolvePolicy(policy));
}

// First octet of a label option.
const SCHEME_OF_OPTION: ReadonlyMap<number, LabelScheme> = new Map([
  [130, "ripso"],
  [134, "cipso"],
  [7, "calipso"],
]);

const DROPPED = "dropped";

class PolicyClassifier implements Classifier {
  readonly partitions: readonly string[];
  readonly #policy: Policy;
  readonly #image: PolicyImage;
  readonly #kernel: Kernel;
  #explainer: Kernel | undefined;
  #warnings: readonly PolicyProblem[] | undefined;
  /** By slot. */
  readonly #sinks: ({ readonly name: string; readonly sink: Sink } | undefined)[] = [];
  #dispatching = false;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#image = compilePolicy(policy, TABLES_BASE);
    this.#kernel = new Kernel(this.#image);
    this.partitions = Object.freeze(policy.partitions.map(({ name }) => name));
    this.#route();
  }

  get warnings(): readonly PolicyProblem[] {
    this.#warnings ??= warningsOf(this.#policy);
    return this.#warnings;
  }

  register(name: string, sink: Sink): () => void {
    if (!this.#image.endpoints.some((endpoint) => this.#nameOf(endpoint) === name)) {
      throw new RangeError(`"${name}" is no partition or partition/binding: expected one of ${this.#known()}`);
    }
    let slot = FIRST_SINK_SLOT;
    while (this.#sinks[slot] !== undefined) slot++;
    return this.#give(slot, name, sink);
  }

  registerDrops(sink: Sink): () => void {
    return this.#give(DROP_SLOT, DROPPED, sink);
  }

  dispatch(batch: FrameBatch): void {
    requireBatch(batch);
    this.#refuseInSink("dispatch");
    this.#dispatching = true;
    const failures: SinkFailure[] = [];
    try {
      for (let first = 0; first < batch.count; ) {
        const count = this.#kernel.load(batch, first);
        // A bad row is known before any sink is called: what is refused was not half delivered.
        if (first === 0) for (let row = count; row < batch.count; row++) requireRow(batch, row);
        const groups = this.#kernel.classify(count);
        const sinks = [...this.#sinks];
        for (const { slot, rows } of groups) {
          const registered = sinks[slot];
          // A sink may have taken another's place since: these frames were not judged for it.
          if (registered === undefined || registered !== this.#sinks[slot]) continue;
          const error = this.#deliver(registered.name, registered.sink, batch, first, rows);
          if (error !== null) failures.push({ sink: registered.name, error: error.thrown });
        }
        first += count;
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
      const count = this.#kernel.load(batch, first);
      this.#kernel.classify(count);
      // All at once: the consumer may dispatch another batch between two.
      yield* Array.from({ length: count }, (_, row) => this.#verdict(batch, first, row));
      first += count;
    }
  }

  stats(): Stats {
    const kernel = this.#kernel;
    const partitions: Record<string, PartitionCount> = {};
    for (const { name } of this.#policy.partitions) partitions[name] = { frames: 0, bytes: 0, bindings: {} };
    this.#image.endpoints.forEach(({ partition, binding }, i) => {
      const { name, bindings } = this.#policy.partitions[partition]!;
      const count = kernel.endpointCount(i);
      const before = partitions[name]!;
      partitions[name] = {
        ...sum([before, count]),
        bindings: binding === null ? before.bindings : { ...before.bindings, [bindings![binding]!.name]: count },
      };
    });
    const reasons: Partial<Record<ReasonName, Count>> = {};
    for (const { code, name } of REASONS) {
      const count = kernel.reasonCount(code);
      if (count.frames > 0) reasons[name] = count;
    }
    const { OK: delivered = { frames: 0, bytes: 0 }, ...drops } = reasons;
    const dropped = sum(Object.values(drops));
    return { ...sum([delivered, dropped]), delivered, dropped, partitions, reasons: drops };
  }

  explain(bytes: Uint8Array, frame: Omit<FrameInput, "bytes"> = {}): Explanation {
    this.#explainer ??= new Kernel(this.#image);
    this.#explainer.followFragmentsOf(this.#kernel);
    const batch = batchOf([{ ...frame, bytes }]);
    this.#explainer.load(batch, 0);
    this.#explainer.classify(1);
    const row = this.#explainer.verdict(0);
    const verdict = verdictOf(this.#policy, this.#image, this.#explainer, batch, 0, 0);
    return explainFrame({ policy: this.#policy, bytes, packet: this.#explainer.read(0), row, verdict });
  }

  // The kernel holds the batch whose frames are being handed out.
  #refuseInSink(called: string): void {
    if (!this.#dispatching) return;
    throw new TypeError(`${called} was called from inside a sink; copy() frames and call it later`);
  }

  // Sends every endpoint to its own sink's slot, else to its partition's, else to none.
  #route(): void {
    const slots = new Map(this.#sinks.flatMap((entry, slot) => (entry === undefined ? [] : [[entry.name, slot]])));
    this.#image.endpoints.forEach((endpoint, i) => {
      const own = slots.get(this.#nameOf(endpoint));
      const partition = slots.get(this.#policy.partitions[endpoint.partition]!.name);
      this.#kernel.setSlot(i, own ?? partition ?? UNCLAIMED_SLOT);
    });
  }

  #give(slot: number, name: string, sink: Sink): () => void {
    if (typeof sink !== "function") throw new TypeError(`sink of "${name}": expected a function, got ${kindOf(sink)}`);
    if (this.#sinks.some((entry) => entry?.name === name)) throw new RangeError(`"${name}" has a sink already`);
    const entry = { name, sink };
    this.#sinks[slot] = entry;
    this.#route();
    return () => {
      if (this.#sinks[slot] !== entry) return;
      this.#sinks[slot] = undefined;
      this.#route();
    };
  }

  #nameOf({ partition, binding }: Endpoint): string {
    const { name, bindings } = this.#policy.partitions[partition]!;
    return binding === null ? name : `${name}/${bindings![binding]!.name}`;
  }

  #known(): string {
    const names = this.#image.endpoints.map((endpoint) => this.#nameOf(endpoint));
    return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} …`;
  }

  #deliver(name: string, sink: Sink, batch: FrameBatch, first: number, rows: Uint32Array): { thrown: unknown } | null {
    const own = first === 0 ? rows : rows.map((row) => first + row);
    const delivery = new Delivery(name, batch, own, (row) => this.#verdict(batch, first, row - first));
    try {
      const returned: unknown = sink(delivery);
      if (isThenable(returned)) {
        Promise.resolve(returned).catch(() => {});
        throw new TypeError("a sink is synchronous: it returned a promise; copy() what is to be used later");
      }
      return null;
    } catch (thrown) {
      return { thrown };
    } finally {
      delivery.close();
    }
  }

  #verdict(batch: FrameBatch, first: number, row: number): Verdict {
    return verdictOf(this.#policy, this.#image, this.#kernel, batch, first, row);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function requireBatch(batch: unknown): void {
  if (batch instanceof FrameBatch) return;
  throw new TypeError(`batch: expected a FrameBatch, as readCapture and batchOf give, got ${kindOf(batch)}`);
}

// `row` counts from `first`, the row of the batch that was loaded first.
function verdictOf(
  policy: Policy,
  image: PolicyImage,
  kernel: Kernel,
  batch: FrameBatch,
  first: number,
  row: number,
): Verdict {
  const { reason, source, endpoint, label, labelSpan, blame } = kernel.verdict(row);
  const { partition, binding } = endpoint === null ? { partition: null, binding: null } : image.endpoints[endpoint]!;
  const labelSource = SOURCES[source]!;
  const own = labelSource === "option" && labelSpan !== null;
  const bindings = partition === null ? null : policy.partitions[partition]!.bindings;
  return {
    partition: partition === null ? null : policy.partitions[partition]!.name,
    binding: bindings === null || binding === null ? null : bindings[binding]!.name,
    reason: reason === 0 ? null : reasonName(reason),
    offset: blame,
    label: label !== null ? image.labels[label]! : own ? kernel.labelOf(row) : null,
    labelSource,
    labelScheme: own ? SCHEME_OF_OPTION.get(batch.bytes[batch.offset(first + row) + labelSpan.offset]!)! : null,
  };
}

function sum(counts: readonly Count[]): Count {
  return {
    frames: counts.reduce((total, { frames }) => total + frames, 0),
    bytes: counts.reduce((total, { bytes }) => total + bytes, 0),
  };
}
