// A port whose wire is two lists.
import { type CaptureInterface, FrameBatch } from "../../ts/frames.ts";
import type { FrameRoom, Outgoing, PartitionPort, SinkStats, SourceStats } from "../../ts/live/port.ts";

export class MemoryPort implements PartitionPort {
  readonly name: string;
  readonly descriptor: null = null;
  isGone = false;
  onReadable: (() => void) | null = null;
  readonly mac: Uint8Array;
  readonly peerMac: Uint8Array | null;
  readonly mtu: number;
  /** Frames that wait to be received. */
  readonly inbox: Uint8Array[] = [];
  /** Frames that were sent, until they are taken. */
  readonly sent: Uint8Array[] = [];
  /** Frames that are taken of one call. */
  most: number = Number.POSITIVE_INFINITY;
  isClosed = false;
  readonly #interfaces: readonly CaptureInterface[];
  #received = 0;
  #sentCount = 0;
  #refused = 0;

  constructor(name: string, mac: readonly number[], peerMac: readonly number[] | null = null, mtu = 1500) {
    this.name = name;
    this.mac = Uint8Array.from(mac);
    this.peerMac = peerMac === null ? null : Uint8Array.from(peerMac);
    this.mtu = mtu;
    this.#interfaces = [{ linkType: 1, name, snapLength: 0 }];
  }

  receive(room: FrameRoom): FrameBatch | null {
    if (this.inbox.length === 0) return null;
    const batch = new FrameBatch(room.bytes, room.rows, this.#received + 1, this.#interfaces);
    let at = 0;
    for (let frame = this.inbox.shift(); frame !== undefined; frame = this.inbox.shift()) {
      room.bytes.set(frame, at);
      batch.push(at, frame.length, frame.length, 1, 0, 1_700_000_000, 0);
      at += frame.length;
      this.#received++;
    }
    return batch;
  }

  send({ bytes, offsets, lengths, count }: Outgoing): number {
    const taken = Math.min(count, this.most);
    for (let i = 0; i < taken; i++) this.sent.push(bytes.slice(offsets[i]!, offsets[i]! + lengths[i]!));
    this.#sentCount += taken;
    this.#refused += count - taken;
    return taken;
  }

  /** What was sent since it was asked last. */
  take(): Uint8Array[] {
    return this.sent.splice(0);
  }

  stats(): SourceStats {
    return { received: this.#received, dropped: 0, truncated: 0, foreign: 0, unfinished: 0 };
  }

  sinkStats(): SinkStats {
    return { sent: this.#sentCount, refused: this.#refused };
  }

  close(): void {
    this.isClosed = true;
  }
}
