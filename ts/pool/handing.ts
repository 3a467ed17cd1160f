/**
 * Chunks that were judged, handed to sinks: as if one classifier had judged all frames, one after the other. Fragments, and
 * what goes to several endpoints, are judged here: the order of the capture has a say in them.
 *
 * @module
 */
import { FRAME_SIZE, FRAME_WIRELEN } from "../../assembly/columns.ts";
import { OK } from "../../assembly/reason.ts";
import { type Count, type Counts, countsOf, NO_COUNTS, type Stats, statsOf, type Tally } from "../counts.ts";
import type { SinkFailure } from "../errors.ts";
import type { Explanation } from "../explain/explanation.ts";
import { FrameBatch } from "../frames.ts";
import { Judge, type JudgedRows } from "../judge.ts";
import { DROPPED as DROPPED_OUTCOME, Kernel, OPEN, type VerdictRow } from "../kernel.ts";
import { REASON_CODES } from "../policy/compile.ts";
import type { Policy } from "../policy/model.ts";
import { type ReasonName, reasonName } from "../reason.ts";
import { DROPPED, deliver, enter, type Registered, requireName } from "../registered.ts";
import { Delivery, type Judged, type Sink } from "../sink.ts";
import type { Verdict } from "../verdict.ts";
import type { JudgedMessage } from "./messages.ts";
import type { Chunk } from "./splitting.ts";

const ROW_WORDS = FRAME_SIZE / 4;
/** In the list of sinks: none. */
const NOBODY = -1;

export class Handing {
  readonly #module: WebAssembly.Module;
  readonly #sinks = new Map<string, Registered>();
  #judge: Judge;
  #tallies: Tallies;
  #before: Counts = NO_COUNTS;
  #explainer: Kernel | undefined;
  #routes: Routes | undefined;

  constructor(policy: Policy, module: WebAssembly.Module) {
    this.#module = module;
    this.#judge = new Judge(policy, 0, module);
    this.#tallies = new Tallies(this.#judge);
  }

  get judge(): Judge {
    return this.#judge;
  }

  /** As `register` of a classifier; `null`: the drops. */
  register(name: string | null, sink: Sink): () => void {
    if (name !== null) requireName(this.#judge, name);
    const key = name ?? DROPPED;
    const entry = enter(this.#sinks, key, sink);
    this.#routes = undefined;
    return () => {
      if (this.#sinks.get(key) !== entry) return;
      this.#sinks.delete(key);
      this.#routes = undefined;
    };
  }

  stats(): Stats {
    return statsOf(countsOf(this.#judge, this.#before, this.#tallies), this.#judge.policy);
  }

  /** Goes on by another policy, as a classifier does. */
  replace(policy: Policy): void {
    const judge = new Judge(policy, 0, this.#module);
    judge.kernel.datagrams.condemnThoseOf(this.#judge.kernel.datagrams);
    this.#before = countsOf(this.#judge, this.#before, this.#tallies);
    this.#judge = judge;
    this.#tallies = new Tallies(judge);
    this.#explainer = undefined;
    this.#routes = undefined;
  }

  /** Hands the frames of a chunk to their sinks. Returns what these threw. */
  hand({ frames, interfaces, offset }: Chunk, { octets, rows, outcomes, count }: JudgedMessage): SinkFailure[] {
    const batch = new FrameBatch(new Uint8Array(octets), rows, frames + 1, interfaces, offset);
    batch.count = count;
    this.#routes ??= new Routes(this.#judge, this.#sinks);
    const routes = this.#routes;
    const wireLengths = new Uint32Array(rows, FRAME_WIRELEN);
    const groups = new Groups(count, routes.sinks.length);
    const open = new Map<number, VerdictRow>();
    for (let row = 0; row < count; row++) {
      const outcome = outcomes[row]!;
      if (outcome === OPEN) {
        const judged = this.#judgeHere(batch, row);
        open.set(row, judged);
        const { endpoint, copies } = judged;
        if (endpoint === null) groups.add(row, routes.drops);
        else for (const each of [endpoint, ...copies]) groups.add(row, routes.of(each));
      } else {
        this.#tallies.add(outcome, wireLengths[row * ROW_WORDS]!);
        groups.add(row, outcome >= DROPPED_OUTCOME ? routes.drops : routes.of(outcome));
      }
    }
    const judged = new JudgedChunk({
      batch,
      groups,
      judge: this.#judge,
      reason: (row) => open.get(row)?.reason ?? Math.max(outcomes[row]! - DROPPED_OUTCOME, OK),
      look: (row) => this.#look(batch, row, open.get(row)),
    });
    const failures: SinkFailure[] = [];
    for (const group of groups.order) {
      const registered = routes.sinks[group]!;
      // A sink may have taken another away since.
      if (this.#sinks.get(registered.name) !== registered) continue;
      const failure = deliver(registered, new Delivery(registered.name, batch, judged, group, groups.lengthOf(group)));
      if (failure !== null) failures.push(failure);
    }
    batch.release();
    return failures;
  }

  #judgeHere(batch: FrameBatch, row: number): VerdictRow {
    const { kernel } = this.#judge;
    kernel.load(batch, row, 1);
    kernel.classify(1);
    return kernel.verdict(0);
  }

  // One row, to be asked about: judged again, unless what came before it had a say.
  #look(batch: FrameBatch, row: number, judgedHere: VerdictRow | undefined): JudgedRows {
    this.#explainer ??= new Kernel(this.#judge.image, 0, this.#module);
    const explainer = this.#explainer;
    explainer.load(batch, row, 1);
    if (judgedHere === undefined) {
      explainer.classify(1);
      return explainer;
    }
    return {
      verdict: () => judgedHere,
      labelOf: (each) => explainer.labelOf(each),
      read: (each) => explainer.read(each),
    };
  }
}

/** Counters of outcomes, on top of the kernel's. */
class Tallies implements Tally {
  readonly #kernel: Kernel;
  readonly #endpoints: Float64Array; // frames and octets
  readonly #reasons: Float64Array = new Float64Array(REASON_CODES * 2);

  constructor({ kernel, image }: Judge) {
    this.#kernel = kernel;
    this.#endpoints = new Float64Array(image.endpoints.length * 2);
  }

  add(outcome: number, octets: number): void {
    let reason = 0;
    if (outcome >= DROPPED_OUTCOME) {
      reason = outcome - DROPPED_OUTCOME;
    } else {
      this.#endpoints[outcome * 2]! += 1;
      this.#endpoints[outcome * 2 + 1]! += octets;
    }
    this.#reasons[reason * 2]! += 1;
    this.#reasons[reason * 2 + 1]! += octets;
  }

  endpointCount(endpoint: number): Count {
    return plus(this.#kernel.endpointCount(endpoint), this.#endpoints, endpoint);
  }

  reasonCount(reason: number): Count {
    return plus(this.#kernel.reasonCount(reason), this.#reasons, reason);
  }
}

function plus({ frames, bytes }: Count, counters: Float64Array, index: number): Count {
  return { frames: frames + counters[index * 2]!, bytes: bytes + counters[index * 2 + 1]! };
}

/** Which sink an endpoint's frames go to: that of its name, else its partition's. */
class Routes {
  readonly sinks: readonly Registered[];
  /** Index of the drops' sink. */
  readonly drops: number;
  readonly #ofEndpoints: Int32Array;

  constructor(judge: Judge, sinks: ReadonlyMap<string, Registered>) {
    this.sinks = [...sinks.values()];
    const indexes = new Map(this.sinks.map(({ name }, i) => [name, i]));
    this.drops = indexes.get(DROPPED) ?? NOBODY;
    const indexOf = (endpoint: number): number =>
      indexes.get(judge.nameOf(endpoint)) ?? indexes.get(judge.targetOf(endpoint).partition) ?? NOBODY;
    this.#ofEndpoints = Int32Array.from(judge.image.endpoints, (_, endpoint) => indexOf(endpoint));
  }

  of(endpoint: number): number {
    return this.#ofEndpoints[endpoint]!;
  }
}

/** Rows by sink, in the order in which they are added. */
class Groups {
  /** The groups that have rows, by the first of them. */
  readonly order: number[] = [];
  readonly #rows: (Uint32Array | undefined)[];
  readonly #lengths: Uint32Array;
  readonly #most: number;

  constructor(most: number, count: number) {
    this.#most = most;
    this.#rows = new Array(count);
    this.#lengths = new Uint32Array(count);
  }

  add(row: number, group: number): void {
    if (group === NOBODY) return;
    let rows = this.#rows[group];
    const length = this.#lengths[group]!;
    if (rows === undefined) {
      rows = this.#rows[group] = new Uint32Array(16);
      this.order.push(group);
    } else if (length === rows.length) {
      // A row may be there more than once: copies to several bindings of a partition.
      const larger = new Uint32Array(length < this.#most ? Math.min(length * 4, this.#most) : length * 2);
      larger.set(rows);
      rows = this.#rows[group] = larger;
    }
    rows[length] = row;
    this.#lengths[group] = length + 1;
  }

  lengthOf(group: number): number {
    return this.#lengths[group]!;
  }

  rowOf(group: number, index: number): number {
    return this.#rows[group]![index]!;
  }

  /** All of them. A copy. */
  rowsOf(group: number): Uint32Array {
    return this.#rows[group]!.slice(0, this.#lengths[group]);
  }
}

interface ChunkOutcome {
  readonly batch: FrameBatch;
  readonly groups: Groups;
  readonly judge: Judge;
  readonly reason: (row: number) => number;
  readonly look: (row: number) => JudgedRows;
}

class JudgedChunk implements Judged {
  readonly #outcome: ChunkOutcome;

  constructor(outcome: ChunkOutcome) {
    this.#outcome = outcome;
  }

  row(group: number, index: number): number {
    return this.#outcome.groups.rowOf(group, index);
  }

  rows(group: number): Uint32Array {
    return this.#outcome.groups.rowsOf(group);
  }

  reason(row: number): ReasonName | null {
    const reason = this.#outcome.reason(row);
    return reason === OK ? null : reasonName(reason);
  }

  verdict(row: number, sink: string): Verdict {
    const { batch, judge, look } = this.#outcome;
    return judge.verdict(batch, row, 0, sink, look(row));
  }

  explanation(row: number, sink: string): Explanation {
    const { batch, judge, look } = this.#outcome;
    return judge.explain(batch, row, 0, sink, look(row));
  }
}
