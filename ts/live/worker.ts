/**
 * A Worker as the port of a partition. Frames go as one transferred ArrayBuffer a batch, both ways; the worker says how many
 * batches it took.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { type CaptureInterface, FrameBatch } from "../frames.ts";
import { listen, type WorkerLike } from "../worker-like.ts";
import { GATE_MAC, PARTITION_MAC } from "./own-mac.ts";
import type { FrameRoom, Outgoing, PartitionPort, SinkStats, SourceStats } from "./port.ts";

/** Batches that a worker may leave untaken, and that may wait for us; what is beyond is refused, or dropped. */
export const MAX_WORKER_BATCHES = 64;
/** Frames of one batch. */
export const MAX_WORKER_FRAMES = 1024;
/** Octets of one frame. */
export const MAX_WORKER_FRAME = 2048;
const ETHERNET = 1;
const MTU = 1500;

/** Frames on their way: one after the other, and the octets of each. */
export interface WorkerFrames {
  /** Their octets, one frame behind the other. */
  readonly frames: ArrayBuffer;
  /** Octets of each. */
  readonly lengths: Uint32Array<ArrayBuffer>;
}

/** What a worker says once it is done with batches. */
export interface WorkerTaken {
  /** How many batches. */
  readonly taken: number;
}

interface Waiting {
  readonly octets: Uint8Array;
  readonly lengths: Uint32Array;
  /** The next frame, and where it begins. */
  next: number;
  at: number;
}

/** A port to a worker, which is not ended with it. */
export class WorkerPort implements PartitionPort {
  readonly name: string;
  readonly descriptor = null;
  readonly isGone = false;
  onReadable: (() => void) | null = null;
  readonly mac: Uint8Array = GATE_MAC;
  readonly peerMac: Uint8Array = PARTITION_MAC;
  readonly mtu: number;
  readonly #worker: WorkerLike;
  readonly #forget: () => void;
  readonly #interfaces: readonly CaptureInterface[];
  readonly #waiting: Waiting[] = [];
  #untaken = 0;
  #received = 0;
  #dropped = 0;
  #malformed = 0;
  #sent = 0;
  #refused = 0;
  #isOpen = true;

  /** Of a worker that runs. @param mtu octets of the largest packet, 2,048 (`MAX_WORKER_FRAME`) less a header at most */
  constructor(worker: WorkerLike, name: string, mtu: number = MTU) {
    this.#worker = worker;
    this.name = `worker:${name}`;
    this.mtu = mtu;
    this.#interfaces = [{ linkType: ETHERNET, name: this.name, snapLength: 0 }];
    this.#forget = listen(worker, (message) => this.#take(message));
  }

  /** Messages that were none of ours, or said what can't be. */
  get malformed(): number {
    return this.#malformed;
  }

  receive(room: FrameRoom): FrameBatch | null {
    if (this.#waiting.length === 0) return null;
    const most = Math.floor(room.rows.length / FRAME_SIZE);
    const now = Date.now();
    const seconds = Math.floor(now / 1000);
    const nanoseconds = (now - seconds * 1000) * 1_000_000;
    const batch = new FrameBatch(room.bytes, room.rows, this.#received + 1, this.#interfaces);
    let to = 0;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const { octets, lengths } = first;
      while (first.next < lengths.length) {
        const length = lengths[first.next]!;
        if (batch.count === most || to + length > room.bytes.length) break;
        room.bytes.set(octets.subarray(first.at, first.at + length), to);
        batch.push(to, length, length, ETHERNET, 0, seconds, nanoseconds);
        to += length;
        first.at += length;
        first.next++;
      }
      if (first.next < lengths.length) break;
      this.#waiting.shift();
    }
    this.#received += batch.count;
    return batch.count === 0 ? null : batch;
  }

  send({ bytes, offsets, lengths, count }: Outgoing): number {
    let taken = 0;
    while (this.#isOpen && taken < count && this.#untaken < MAX_WORKER_BATCHES) {
      const most = Math.min(count - taken, MAX_WORKER_FRAMES);
      const own = lengths.slice(taken, taken + most);
      const octets = new Uint8Array(own.reduce((sum, length) => sum + length, 0));
      let at = 0;
      own.forEach((length, i) => {
        const offset = offsets[taken + i]!;
        octets.set(bytes.subarray(offset, offset + length), at);
        at += length;
      });
      this.#worker.postMessage({ frames: octets.buffer, lengths: own } satisfies WorkerFrames, [
        octets.buffer,
        own.buffer,
      ]);
      this.#untaken++;
      taken += most;
    }
    this.#sent += taken;
    this.#refused += count - taken;
    return taken;
  }

  /** What came from the worker; `dropped`: it waited for us in vain. */
  stats(): SourceStats {
    return { received: this.#received, dropped: this.#dropped, truncated: 0, foreign: 0, unfinished: 0 };
  }

  sinkStats(): SinkStats {
    return { sent: this.#sent, refused: this.#refused };
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#waiting.length = 0;
    this.#forget();
  }

  // Whatever it says: a worker is a partition, and may be anybody's.
  #take(message: unknown): void {
    const { taken, frames, lengths } = (message ?? {}) as Partial<WorkerFrames & WorkerTaken>;
    if (taken !== undefined) {
      if (Number.isInteger(taken) && taken > 0 && taken <= this.#untaken) this.#untaken -= taken;
      else this.#malformed++;
      return;
    }
    const waiting = readFrames(frames, lengths);
    if (waiting === null) {
      this.#malformed++;
    } else if (this.#waiting.length === MAX_WORKER_BATCHES) {
      this.#dropped += waiting.lengths.length;
    } else {
      this.#waiting.push(waiting);
      this.onReadable?.();
    }
  }
}

// `null`: malformed.
function readFrames(frames: unknown, lengths: unknown): Waiting | null {
  if (!(frames instanceof ArrayBuffer && lengths instanceof Uint32Array)) return null;
  if (lengths.length === 0 || lengths.length > MAX_WORKER_FRAMES) return null;
  // They may be in memory that the worker shares, and change after they were looked at.
  const own = Uint32Array.from(lengths);
  let sum = 0;
  for (const length of own) {
    if (length === 0 || length > MAX_WORKER_FRAME) return null;
    sum += length;
  }
  return sum === frames.byteLength ? { octets: new Uint8Array(frames), lengths: own, next: 0, at: 0 } : null;
}
