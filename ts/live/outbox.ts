/**
 * Frames on their way out: written once into a kernel's memory, sent from there port by port.
 *
 * @module
 */
import type { PartitionPort } from "./port.ts";

/** Frames that wait for one port; then it is sent. */
export const MAX_QUEUED = 256;

/** Frames for one port. */
export class Queue {
  readonly port: PartitionPort;
  readonly #offsets = new Uint32Array(MAX_QUEUED);
  readonly #lengths = new Uint32Array(MAX_QUEUED);
  #count = 0;
  #refused = 0;

  constructor(port: PartitionPort) {
    this.port = port;
  }

  /** Frames that the port did not take. */
  get refused(): number {
    return this.#refused;
  }

  add(bytes: Uint8Array, at: number, length: number): void {
    if (this.#count === MAX_QUEUED) this.flush(bytes);
    this.#offsets[this.#count] = at;
    this.#lengths[this.#count++] = length;
  }

  flush(bytes: Uint8Array): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    const taken = this.port.send({ bytes, offsets: this.#offsets, lengths: this.#lengths, count });
    this.#refused += count - taken;
  }
}

/** Memory that frames are written to, and the queues they are in. */
export class Outbox {
  readonly bytes: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  readonly #queues: readonly Queue[];
  #next: number;

  constructor(bytes: Uint8Array, from: number, to: number, queues: readonly Queue[]) {
    this.bytes = bytes;
    this.#from = from;
    this.#to = to;
    this.#queues = queues;
    this.#next = from;
  }

  /** Room for so many octets: where it begins. What is in it is kept once {@link add} says so. */
  reserve(octets: number): number {
    if (this.#next + octets > this.#to) this.flush();
    return this.#next;
  }

  /** A frame in the room that was reserved last. */
  add(queue: Queue, at: number, length: number): void {
    queue.add(this.bytes, at, length);
    this.#next = Math.max(this.#next, (at + length + 7) & ~7);
  }

  /** Sends everything. */
  flush(): void {
    for (const queue of this.#queues) queue.flush(this.bytes);
    this.#next = this.#from;
  }
}
