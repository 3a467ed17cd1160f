/**
 * The gate: between the wire and the partitions that share its addresses.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { type Counts, countsOf, NO_COUNTS, type Stats, statsOf } from "../counts.ts";
import type { FrameBatch } from "../frames.ts";
import { Limit } from "../limit.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Sink } from "../sink.ts";
import { Arrival, type ArrivalCounts } from "./arrival.ts";
import { Departure } from "./departure.ts";
import { Drops } from "./drops.ts";
import { Layout } from "./layout.ts";
import { ERRORS_A_SECOND } from "./limits.ts";
import { Outbox, Queue } from "./outbox.ts";
import { PartitionSide } from "./partition-side.ts";
import type { FrameSource, PartitionPort, SinkStats, SourceStats } from "./port.ts";
import { WireSide } from "./wire-side.ts";

/** Batches that one source may bring before it is another's turn. */
const TURN = 8;
/** Frames of a batch after which nothing more is expected: asking costs a call. */
const SMALL = 32;

/** Ports that are open, by name: devices of interfaces, and partitions. */
export interface GatePorts {
  /** By device. */
  readonly wires: ReadonlyMap<string, PartitionPort>;
  /** By name of the partition. */
  readonly partitions: ReadonlyMap<string, PartitionPort>;
}

/** A wire, counted. */
export interface WireStats {
  /** What came from it. */
  readonly source: SourceStats;
  /** What went to it. */
  readonly sink: SinkStats;
  /** ARP and neighbour discovery that was answered. */
  readonly answered: number;
  /** Frames that said that an address of ours is somewhere else. */
  readonly conflicts: number;
  /** Packets that waited in vain for the next host. */
  readonly unanswered: number;
}

/** A partition, counted. */
export interface PartitionStats {
  /** What came from it. */
  readonly source: SourceStats;
  /** What went to it. */
  readonly sink: SinkStats;
  /** Packets that were handed to its port. */
  readonly delivered: number;
  /** Packets of it that went out. */
  readonly departed: number;
  /** Packets of it that did not, by refusal or reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Frames of its own link that were answered or end here: ARP, neighbour discovery, MLD, IGMP. */
  readonly answered: number;
  /** Packets for it that found nobody at its port. */
  readonly unplaced: number;
}

/** Counters since the gate was made. */
export interface GateStats extends ArrivalCounts {
  /** Verdicts on what came from the wires. */
  readonly verdicts: Stats;
  /** By device. */
  readonly wires: Readonly<Record<string, WireStats>>;
  /** By name. */
  readonly partitions: Readonly<Record<string, PartitionStats>>;
}

type WireCounts = Pick<WireStats, "answered" | "conflicts" | "unanswered">;

interface InForce {
  readonly layout: Layout;
  readonly outbox: Outbox;
  readonly arrival: Arrival;
  readonly departure: Departure;
  /** By index of the partition. */
  readonly sides: readonly (PartitionSide | null)[];
  /** By index of the interface. */
  readonly wires: readonly WireSide[];
  /** Each device of wires, and the interfaces on it. */
  readonly trunks: readonly (readonly [port: PartitionPort, wires: readonly WireSide[]])[];
  readonly sources: readonly FrameSource[];
}

/** Moves frames between ports that are open; does not wait, and owns no port. */
export class Gate {
  #now: InForce;
  #ports: GatePorts;
  readonly #clock: () => number;
  readonly #queues = new WeakMap<PartitionPort, Queue>();
  readonly #limit = new Limit(ERRORS_A_SECOND);
  readonly #drops = new Drops();
  #before: Counts = NO_COUNTS;
  /** By device, of the policies before. */
  readonly #heard = new Map<string, WireCounts>();
  #counted: ArrivalCounts = { portless: 0, broken: 0, authenticated: 0, relabelled: 0, tooBig: 0, labelErrors: 0 };

  /**
   * Between ports that stay open.
   *
   * @param clock milliseconds
   * @throws {PolicyError} with everything that is wrong with the policy
   * @throws {LiveError} the policy says nothing about this machine, or its MTUs leave no room for labels
   */
  constructor(policy: PolicyInput, ports: GatePorts, clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#ports = ports;
    this.#now = this.#build(policy, ports, new Map());
  }

  /** Everything that frames come from; another array after another policy. */
  get sources(): readonly FrameSource[] {
    return this.#now.sources;
  }

  /**
   * Moves what is there, at most some batches a source; whether there was anything.
   *
   * @param ready descriptors that can be read; of other sources with a descriptor nothing is asked. `null`: of all
   */
  step(ready: ReadonlySet<number> | null = null): boolean {
    let isMoved = false;
    const { layout, outbox, arrival, departure, sides, trunks } = this.#now;
    const isReady = ({ descriptor }: PartitionPort): boolean =>
      ready === null || descriptor === null || ready.has(descriptor);
    for (const [port, wires] of trunks) {
      if (!isReady(port)) continue;
      for (let turn = 0; turn < TURN; turn++) {
        const batch = port.receive(layout.room);
        if (batch === null) break;
        isMoved = true;
        const now = this.#clock();
        const { count } = batch;
        keep(batch, (at, length) => !wires.some((wire) => wire.control(batch.bytes, at, length, now)));
        arrival.arrive(batch, now);
        outbox.flush();
        if (count < SMALL) break;
      }
    }
    const { kernel } = layout.judge;
    for (const side of sides) {
      if (side === null || !isReady(side.port)) continue;
      for (let turn = 0; turn < TURN; turn++) {
        const batch = side.port.receive(layout.room);
        if (batch === null) break;
        isMoved = true;
        const now = this.#clock();
        const { count: brought } = batch;
        keep(batch, (at, length) => !side.control(batch.bytes, at, length, outbox));
        for (let first = 0; first < batch.count; ) {
          const count = kernel.load(batch, first);
          for (let row = 0; row < count; row++) departure.depart(side, row, now);
          first += count;
        }
        outbox.flush();
        if (brought < SMALL) break;
      }
    }
    return isMoved;
  }

  /**
   * Gives the frames of the wires that no partition got a sink, as `registerDrops` of a classifier. One that throws is taken away:
   * the gate goes on. Returns what takes it away.
   *
   * @param onFailure told what the sink threw
   * @throws {RangeError} they have a sink
   */
  registerDrops(sink: Sink, onFailure: (error: unknown) => void = () => {}): () => void {
    return this.#drops.register(sink, onFailure);
  }

  /** Asks again who did not answer; to be called about once a second. */
  tick(): void {
    const now = this.#clock();
    for (const wire of this.#now.wires) wire.tick(now);
    this.#now.outbox.flush();
  }

  /**
   * Puts another policy in force, and other ports. Counters go on.
   *
   * @throws {PolicyError} {LiveError} nothing has changed
   */
  replacePolicy(policy: PolicyInput, ports: GatePorts = this.#ports): void {
    const { layout, sides, arrival } = this.#now;
    const known = new Map(sides.flatMap((side) => (side === null ? [] : [[side.rules.partition.name, side] as const])));
    const next = this.#build(policy, ports, known);
    next.layout.judge.kernel.datagrams.condemnThoseOf(layout.judge.kernel.datagrams);
    this.#before = countsOf(layout.judge, this.#before);
    this.#counted = sum(this.#counted, arrival.counts);
    for (const device of this.#ports.wires.keys()) this.#heard.set(device, this.#wireCounts(device));
    this.#now = next;
    this.#ports = ports;
  }

  /** Counters, cheap: nothing is looked at but them. */
  stats(): GateStats {
    const { layout, arrival, sides } = this.#now;
    return {
      ...sum(this.#counted, arrival.counts),
      verdicts: statsOf(countsOf(layout.judge, this.#before), layout.policy),
      wires: Object.fromEntries(
        [...this.#ports.wires].map(([device, port]) => {
          const stats: WireStats = { source: port.stats(), sink: port.sinkStats(), ...this.#wireCounts(device) };
          return [device, stats];
        }),
      ),
      partitions: Object.fromEntries(
        sides.flatMap((side) => {
          if (side === null) return [];
          const { port, delivered, departed, answered, unplaced, refusals } = side;
          const stats: PartitionStats = {
            source: port.stats(),
            sink: port.sinkStats(),
            delivered,
            departed,
            answered,
            unplaced,
            refusals: Object.fromEntries(refusals),
          };
          return [[side.rules.partition.name, stats]];
        }),
      ),
    };
  }

  #wireCounts(device: string): WireCounts {
    const { layout, wires } = this.#now;
    const counts = { answered: 0, conflicts: 0, unanswered: 0, ...this.#heard.get(device) };
    wires.forEach((wire, i) => {
      if (layout.live.interfaces[i]!.device !== device) return;
      counts.answered += wire.answered;
      counts.conflicts += wire.conflicts;
      counts.unanswered += wire.unanswered;
    });
    return counts;
  }

  // What is known of a partition stays with its port.
  #build(policy: PolicyInput, ports: GatePorts, known: ReadonlyMap<string, PartitionSide>): InForce {
    const layout = new Layout(policy);
    const { bytes, from, to } = layout.crossing;
    const wirePorts = layout.live.interfaces.map(({ device }) => requirePort(ports.wires, device));
    const mtus = wirePorts.map(({ mtu }) => mtu);
    const rules = layout.policy.partitions.map(({ name }, i) => {
      if (layout.live.partitions[i] === null) return null;
      return layout.rulesOf(i, mtus, requirePort(ports.partitions, name).mtu);
    });
    const sides = rules.map((rule) => {
      if (rule === null) return null;
      const port = requirePort(ports.partitions, rule.partition.name);
      const before = known.get(rule.partition.name);
      return before?.port === port ? before : new PartitionSide(port, rule, before);
    });
    sides.forEach((side, i) => {
      if (side !== null) side.rules = rules[i]!;
    });
    const wireQueues = wirePorts.map((port) => this.#queueOf(port));
    const queues = [...new Set([...wireQueues, ...sides.flatMap((side) => (side === null ? [] : [side.queue]))])];
    const outbox = new Outbox(bytes, from, to, queues);
    const wires = layout.policy.interfaces.map(
      (item, i) => new WireSide(item, layout.live.interfaces[i]!, wireQueues[i]!, outbox),
    );
    const departure = new Departure(layout, outbox, wires);
    const arrival = new Arrival(layout, outbox, sides, wires, departure, this.#limit, this.#drops);
    const trunks = [...ports.wires].map(([device, port]) => {
      return [port, wires.filter((_, i) => layout.live.interfaces[i]!.device === device)] as const;
    });
    const sources = [...ports.wires.values(), ...ports.partitions.values()];
    return { layout, outbox, arrival, departure, sides, wires, trunks, sources };
  }

  #queueOf(port: PartitionPort): Queue {
    let queue = this.#queues.get(port);
    if (queue === undefined) {
      queue = new Queue(port);
      this.#queues.set(port, queue);
    }
    return queue;
  }
}

function requirePort(ports: ReadonlyMap<string, PartitionPort>, name: string): PartitionPort {
  const port = ports.get(name);
  if (port === undefined) throw new RangeError(`no port was opened for ${name}`);
  return port;
}

function sum(a: ArrivalCounts, b: ArrivalCounts): ArrivalCounts {
  return {
    portless: a.portless + b.portless,
    broken: a.broken + b.broken,
    authenticated: a.authenticated + b.authenticated,
    relabelled: a.relabelled + b.relabelled,
    tooBig: a.tooBig + b.tooBig,
    labelErrors: a.labelErrors + b.labelErrors,
  };
}

// Takes the rows of frames that are done with out of a batch.
function keep(batch: FrameBatch, isKept: (at: number, length: number) => boolean): void {
  const { rows } = batch;
  const { count } = batch;
  let kept = 0;
  for (let row = 0; row < count; row++) {
    if (!isKept(batch.offset(row), batch.capturedLength(row))) continue;
    if (kept !== row) rows.copyWithin(kept * FRAME_SIZE, row * FRAME_SIZE, (row + 1) * FRAME_SIZE);
    kept++;
  }
  batch.count = kept;
}
