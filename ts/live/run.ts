/**
 * The live gate: opens the ports of a policy, moves frames until it is closed, and gives everything back.
 *
 * @module
 */

import type { PolicyInput } from "../policy/input.ts";
import type { Live, LivePartition } from "../policy/live.ts";
import type { Policy } from "../policy/model.ts";
import type { Sink } from "../sink.ts";
import type { WorkerLike } from "../worker-like.ts";
import { requireNoOffload } from "./device.ts";
import { LiveError } from "./error.ts";
import { Gate, type GatePorts, type GateStats } from "./gate.ts";
import { liveOf } from "./layout.ts";
import { type Libc, loadLibc } from "./libc.ts";
import { PacketPort } from "./packet-socket.ts";
import type { FrameSource, PartitionPort } from "./port.ts";
import { openTap } from "./tap.ts";
import { openUnixPort } from "./unix.ts";
import { Waiter } from "./wait.ts";
import { WorkerPort } from "./worker.ts";

/** Milliseconds between two looks at who did not answer. */
const TICK = 1000;
/** Milliseconds that the event loop is held up at most. */
const HOLD = 10;

/** A gate that is open. Made by {@link openGate}. */
export interface LiveGate {
  /** Moves frames until {@link close} is called. */
  run(): Promise<void>;
  /**
   * Puts another policy in force between two batches. Ports that are new are opened first, those that are gone closed last.
   *
   * @throws {PolicyError} {LiveError} nothing has changed
   */
  reload(policy: PolicyInput): Promise<void>;
  /**
   * Gives the frames of the wires that no partition got a sink. One that throws is taken away, and `onNotice` told: the gate goes
   * on. Returns what takes it away.
   *
   * @throws {RangeError} they have a sink
   */
  registerDrops(sink: Sink): () => void;
  /** Counters since it was opened. */
  stats(): GateStats;
  /** Ends {@link run}, closes every port. Calling it twice does nothing. */
  close(): void;
}

/**
 * Opens the gate of a policy with `live`: packet sockets on the devices of its interfaces, and the ports of its partitions.
 *
 * @throws {PolicyError} with everything that is wrong with the policy
 * @throws {LiveError} what is missing: privilege, a device, koffi; or offload is on, or the MTU too large
 * @example
 * ```ts
 * import type { PolicyInput } from "labelgate";
 * import { gateMetrics, openGate } from "labelgate/live";
 *
 * export async function serve(policy: PolicyInput, signal: AbortSignal): Promise<void> {
 *   const gate = await openGate(policy, { onNotice: console.error });
 *   signal.addEventListener("abort", () => gate.close());
 *   await gate.run();
 *   console.log(gateMetrics(gate.stats()));
 * }
 * ```
 */
export async function openGate(policy: PolicyInput, options: GateOptions = {}): Promise<LiveGate> {
  const libc = await loadLibc();
  const ports = new Ports(libc, options.workers ?? {});
  try {
    const gate = new Gate(policy, await ports.open(liveOf(policy)));
    return new OpenGate(policy, gate, ports, libc, options);
  } catch (error) {
    ports.closeAll();
    throw error;
  }
}

/** For {@link openGate}. */
export interface GateOptions {
  /**
   * Whether nothing else is to be done on this thread: then waiting holds up its event loop, for 10 ms at most, and frames are
   * taken up as soon as they are there. Else waiting is done beside it, which takes longer by two changes of threads.
   */
  readonly ownsThread?: boolean;
  /** Workers by the names that the policy's ports have for them. */
  readonly workers?: Readonly<Record<string, WorkerLike>>;
  /** Told once when a device was removed, why it can't be opened again yet, and when it was. */
  readonly onNotice?: (sentence: string) => void;
}

class OpenGate implements LiveGate {
  readonly #gate: Gate;
  readonly #ports: Ports;
  readonly #libc: Libc;
  readonly #ownsThread: boolean;
  readonly #waiter: Waiter;
  readonly #onNotice: (sentence: string) => void;
  #policy: PolicyInput;
  #noticed = "";
  /** Changes of ports, one after the other. */
  #changing: Promise<unknown> = Promise.resolve();
  #isRunning = false;
  #isClosed = false;

  constructor(policy: PolicyInput, gate: Gate, ports: Ports, libc: Libc, { ownsThread, onNotice }: GateOptions) {
    this.#policy = policy;
    this.#gate = gate;
    this.#ports = ports;
    this.#libc = libc;
    this.#ownsThread = ownsThread === true;
    this.#onNotice = onNotice ?? (() => {});
    this.#waiter = new Waiter(libc);
  }

  async run(): Promise<void> {
    let tickAt = performance.now() + TICK;
    let yieldAt = 0;
    let ready: ReadonlySet<number> | null = null;
    let known: readonly FrameSource[] = [];
    let descriptors: readonly number[] = [];
    this.#isRunning = true;
    try {
      while (!this.#isClosed) {
        const isMoved = this.#gate.step(ready);
        ready = null;
        const now = performance.now();
        if (now >= tickAt) {
          this.#gate.tick();
          tickAt = now + TICK;
          if (this.#gate.sources.some(({ isGone }) => isGone)) await this.#alone(() => this.#reopen());
        }
        const { sources } = this.#gate;
        if (this.#ownsThread && sources.every(hasDescriptor)) {
          if (sources !== known) {
            known = sources;
            descriptors = descriptorsOf(sources);
          }
          ready = this.#libc.pollHere(descriptors, HOLD);
          if (now < yieldAt) continue;
          yieldAt = now + HOLD;
          await nextTurn();
        } else if (isMoved) await nextTurn();
        else await this.#waiter.wait(sources, Math.ceil(tickAt - now));
      }
    } finally {
      this.#isRunning = false;
      this.#isClosed = true;
      this.#end();
    }
  }

  reload(policy: PolicyInput): Promise<void> {
    return this.#alone(() => this.#reload(policy));
  }

  async #reload(policy: PolicyInput): Promise<void> {
    const before = this.#ports.names;
    const next = await this.#ports.open(liveOf(policy));
    try {
      this.#gate.replacePolicy(policy, next);
    } catch (error) {
      this.#ports.closeAllBut(before);
      throw error;
    }
    this.#policy = policy;
    this.#ports.closeAllBut(keysOf(liveOf(policy)));
    this.#waiter.wake();
  }

  #alone<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change).finally(() => {
      if (this.#isClosed && !this.#isRunning) this.#end();
    });
    this.#changing = changed.catch(() => {});
    return changed;
  }

  // Containers come and go: what has a device's name now takes its place.
  async #reopen(): Promise<void> {
    const gone = this.#ports.gone.join(", ");
    try {
      const next = await this.#ports.openAgain(liveOf(this.#policy));
      this.#gate.replacePolicy(this.#policy, next);
      this.#notice(`${gone}: opened again`);
    } catch (error) {
      if (!(error instanceof LiveError)) throw error;
      this.#notice(`${gone}: removed; ${error.message}`);
    }
  }

  #notice(sentence: string): void {
    if (sentence === this.#noticed) return;
    this.#noticed = sentence;
    this.#onNotice(sentence);
  }

  registerDrops(sink: Sink): () => void {
    return this.#gate.registerDrops(sink, (error) =>
      this.#onNotice(`the sink of the drops failed, and gets no more: ${error}`),
    );
  }

  stats(): GateStats {
    return this.#gate.stats();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isRunning) this.#waiter.wake();
    else this.#end();
  }

  #end(): void {
    this.#ports.closeAll();
    this.#waiter.close();
  }
}

// Of the event loop: signals and timers come between.
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const hasDescriptor = ({ descriptor }: FrameSource): boolean => descriptor !== null;

function descriptorsOf(sources: readonly FrameSource[]): number[] {
  return sources.flatMap(({ descriptor }) => (descriptor === null ? [] : [descriptor]));
}

/** Ports that are open, by what they are. */
class Ports {
  readonly #libc: Libc;
  readonly #workers: Readonly<Record<string, WorkerLike>>;
  readonly #open = new Map<string, PartitionPort>();

  constructor(libc: Libc, workers: Readonly<Record<string, WorkerLike>>) {
    this.#libc = libc;
    this.#workers = workers;
  }

  /** Names of ports whose device was removed. */
  get gone(): readonly string[] {
    return [...this.#open.values()].filter(({ isGone }) => isGone).map(({ name }) => name);
  }

  /** The ports of a policy, those anew whose device was removed; when one can't be opened, none is. */
  async openAgain(policy: Policy & { readonly live: Live }): Promise<GatePorts> {
    const gone = [...this.#open].filter(([, { isGone }]) => isGone);
    for (const [key] of gone) this.#open.delete(key);
    try {
      const ports = await this.open(policy);
      for (const [, port] of gone) port.close();
      return ports;
    } catch (error) {
      for (const [key, port] of gone) this.#open.set(key, port);
      throw error;
    }
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#open.keys());
  }

  /** Opens those that are not open yet; when one can't be, none of them is. */
  async open(policy: Policy & { readonly live: Live }): Promise<GatePorts> {
    const before = this.names;
    try {
      const wires = new Map<string, PartitionPort>();
      for (const { device } of policy.live.interfaces) {
        wires.set(device, await this.#find(keyOfDevice(device), () => this.#openDevice(device)));
      }
      const partitions = new Map<string, PartitionPort>();
      for (const [i, partition] of policy.live.partitions.entries()) {
        if (partition === null) continue;
        partitions.set(
          policy.partitions[i]!.name,
          await this.#find(keyOfPartition(partition), () => this.#openPartition(partition)),
        );
      }
      return { wires, partitions };
    } catch (error) {
      this.closeAllBut(before);
      throw error;
    }
  }

  closeAllBut(kept: ReadonlySet<string>): void {
    for (const [key, port] of this.#open) {
      if (kept.has(key)) continue;
      port.close();
      this.#open.delete(key);
    }
  }

  closeAll(): void {
    this.closeAllBut(new Set());
  }

  async #find(key: string, open: () => PartitionPort | Promise<PartitionPort>): Promise<PartitionPort> {
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const port = await open();
    this.#open.set(key, port);
    return port;
  }

  #openDevice(device: string): PartitionPort {
    requireNoOffload(this.#libc, device);
    return new PacketPort(this.#libc, device);
  }

  #openPartition({ port }: LivePartition): PartitionPort | Promise<PartitionPort> {
    if ("veth" in port) return this.#openDevice(port.veth);
    if ("tap" in port) return openTap(this.#libc, port.tap, port.namespace ?? null);
    if ("worker" in port) return this.#openWorker(port.worker);
    return openUnixPort(port.unix);
  }

  #openWorker(name: string): PartitionPort {
    const worker = Object.hasOwn(this.#workers, name) ? this.#workers[name] : undefined;
    if (worker !== undefined) return new WorkerPort(worker, name);
    throw new LiveError(
      "NO_WORKER",
      `nobody brought a worker ${name}`,
      `openGate(policy, { workers: { ${name}: … } })`,
    );
  }
}

function keyOfDevice(device: string): string {
  return `device ${device}`;
}

function keyOfPartition({ port }: LivePartition): string {
  if ("veth" in port) return keyOfDevice(port.veth);
  if ("worker" in port) return `worker ${port.worker}`;
  return "tap" in port ? `tap ${port.namespace ?? ""} ${port.tap}` : `unix ${port.unix}`;
}

function keysOf({ live }: { readonly live: Live }): ReadonlySet<string> {
  const devices = live.interfaces.map(({ device }) => keyOfDevice(device));
  const partitions = live.partitions.flatMap((partition) => (partition === null ? [] : [keyOfPartition(partition)]));
  return new Set([...devices, ...partitions]);
}
