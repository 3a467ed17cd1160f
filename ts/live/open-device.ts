/**
 * Frames of a device by a packet socket, for whoever only listens.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import type { FrameBatch } from "../frames.ts";
import { requireNoOffload } from "./device.ts";
import { LiveError } from "./error.ts";
import { type Libc, loadLibc } from "./libc.ts";
import { MAX_MESSAGES } from "./messages.ts";
import { PacketPort, SLOT } from "./packet-socket.ts";
import type { SourceStats } from "./port.ts";
import { Waiter } from "./wait.ts";

/** For {@link openDevice}. */
export interface OpenDeviceOptions {
  /** Receives by a ring of 8 MiB that the system writes to: the least work for many frames, up to `retire` later. */
  readonly ring?: boolean;
  /** Milliseconds that a block of the ring waits to be filled, 1 to 1000; 1 when left out. */
  readonly retire?: number;
  /** Frames to other hosts too, as far as the wire brings them. */
  readonly promiscuous?: boolean;
}

/** A device that is listened to. Its batches are valid until the next is asked for; there is one reader at a time. */
export interface OpenDevice extends AsyncIterable<FrameBatch> {
  /** What came, as the system and the ring counted it. */
  stats(): SourceStats;
  /** Ends the reading. Calling it twice does nothing. */
  close(): void;
}

/**
 * Listens to a device: the Ethernet frames that come to this host, without those that it sends itself.
 *
 * @throws {LiveError} no such device, it is down or puts frames together; no privilege, no koffi
 * @throws {RangeError} `retire` is none
 * @example
 * ```ts
 * import { createClassifier } from "labelgate";
 * import { openDevice } from "labelgate/live";
 *
 * export async function watch(classifier: ReturnType<typeof createClassifier>, name: string): Promise<void> {
 *   for await (const batch of await openDevice(name, { ring: true })) classifier.dispatch(batch);
 * }
 * ```
 */
export async function openDevice(name: string, options: OpenDeviceOptions = {}): Promise<OpenDevice> {
  const libc = await loadLibc();
  requireNoOffload(libc, name);
  return new ListenedDevice(libc, name, options);
}

class ListenedDevice implements OpenDevice {
  readonly #port: PacketPort;
  readonly #waiter: Waiter;
  readonly #room = {
    bytes: new Uint8Array(MAX_MESSAGES * SLOT),
    rows: new Uint8Array(MAX_MESSAGES * FRAME_SIZE),
  };
  #isClosed = false;

  constructor(libc: Libc, name: string, options: OpenDeviceOptions) {
    this.#port = new PacketPort(libc, name, options);
    this.#waiter = new Waiter(libc);
  }

  /** @throws {LiveError} the device was removed */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBatch, void> {
    try {
      while (!this.#isClosed) {
        const batch = this.#port.receive(this.#room);
        if (batch === null) {
          if (this.#port.isGone)
            throw new LiveError("NO_DEVICE", `device ${this.#port.name} was removed`, "ip link show");
          await this.#waiter.wait([this.#port], null);
          continue;
        }
        if (batch.count > 0) yield batch;
        batch.release();
      }
    } finally {
      this.close();
    }
  }

  stats(): SourceStats {
    return this.#port.stats();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiter.close();
    this.#port.close();
  }
}
