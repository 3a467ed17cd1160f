/**
 * TAP devices: a partition's own end of a wire that has no other end but the gate.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { type CaptureInterface, FrameBatch } from "../frames.ts";
import { deviceOf } from "./device.ts";
import { EBADFD, ENOENT, systemError } from "./errno.ts";
import { LiveError } from "./error.ts";
import { inNamespace, namespacePath } from "./in-namespace.ts";
import { type Libc, O_RDWR_NONBLOCK } from "./libc.ts";
import { GATE_MAC } from "./own-mac.ts";
import type { FrameRoom, Outgoing, PartitionPort, SinkStats, SourceStats } from "./port.ts";

const TUNSETIFF = 0x400454ca;
const TAP_WITHOUT_HEADER = 0x1002; // IFF_TAP, IFF_NO_PI
const REQUEST = 40;
const FLAGS = 16;
/** Octets for one frame; a longer one is cut by the system. */
const SLOT = 2048;
/** Frames a batch: each is a call. */
const MOST_FRAMES = 64;
const ETHERNET = 1;

/**
 * Attaches to a TAP device that is there and up.
 *
 * @param namespace as ip netns names it; `null`: this one
 * @throws {LiveError} no /dev/net/tun, no privilege, no such namespace, or the device is down
 */
export function openTap(libc: Libc, name: string, namespace: string | null): PartitionPort {
  const attach = (): TapPort => {
    const descriptor = libc.open("/dev/net/tun", O_RDWR_NONBLOCK);
    if (descriptor === -ENOENT) {
      throw new LiveError("NO_DEVICE", "there is no /dev/net/tun", "mkdir -p /dev/net && mknod /dev/net/tun c 10 200");
    }
    if (descriptor < 0) throw systemError("/dev/net/tun", descriptor);
    try {
      const request = new Uint8Array(REQUEST);
      request.set(new TextEncoder().encode(name));
      new DataView(request.buffer).setUint16(FLAGS, TAP_WITHOUT_HEADER, true);
      const result = libc.ioctl(descriptor, TUNSETIFF, request);
      if (result < 0) throw systemError(`TAP device ${name}`, result, name);
      const { mac, mtu } = deviceOf(libc, name);
      return new TapPort(libc, name, descriptor, mac, mtu);
    } catch (error) {
      libc.close(descriptor);
      throw error;
    }
  };
  return namespace === null ? attach() : inNamespace(libc, namespacePath(namespace), attach);
}

class TapPort implements PartitionPort {
  readonly name: string;
  onReadable: (() => void) | null = null;
  readonly mac: Uint8Array = GATE_MAC;
  readonly peerMac: Uint8Array;
  readonly mtu: number;
  readonly #libc: Libc;
  readonly #file: number;
  readonly #interfaces: readonly CaptureInterface[];
  #received = 0;
  #truncated = 0;
  #sent = 0;
  #refused = 0;
  #isOpen = true;
  // Neither closed, when the descriptor may be somebody else's, nor removed.
  #isUsable = true;

  constructor(libc: Libc, name: string, file: number, peerMac: Uint8Array, mtu: number) {
    this.#libc = libc;
    this.name = name;
    this.#file = file;
    this.peerMac = peerMac;
    this.mtu = mtu;
    this.#interfaces = [{ linkType: ETHERNET, name, snapLength: 0 }];
  }

  /** `null` once the device was removed: it is readable for ever, and there is nothing to read. */
  get descriptor(): number | null {
    return this.#isUsable ? this.#file : null;
  }

  get isGone(): boolean {
    return this.#isOpen && !this.#isUsable;
  }

  receive(room: FrameRoom): FrameBatch | null {
    if (!this.#isUsable) return null;
    const most = Math.min(MOST_FRAMES, Math.floor(room.bytes.length / SLOT), Math.floor(room.rows.length / FRAME_SIZE));
    const now = Date.now();
    const seconds = Math.floor(now / 1000);
    const batch = new FrameBatch(room.bytes, room.rows, this.#received + 1, this.#interfaces);
    for (let i = 0; i < most; i++) {
      const length = this.#libc.read(this.#file, room.bytes.subarray(i * SLOT, (i + 1) * SLOT));
      if (length <= 0) {
        if (length === -EBADFD) this.#isUsable = false;
        break;
      }
      // One that fills its room was longer, or may have been.
      const isCut = length === SLOT;
      if (isCut) this.#truncated++;
      batch.push(
        i * SLOT,
        length,
        isCut ? length + 1 : length,
        ETHERNET,
        0,
        seconds,
        (now - seconds * 1000) * 1_000_000,
      );
    }
    this.#received += batch.count;
    return batch.count === 0 ? null : batch;
  }

  send({ bytes, offsets, lengths, count }: Outgoing): number {
    let taken = 0;
    for (let i = 0; this.#isUsable && i < count; i++) {
      const frame = bytes.subarray(offsets[i]!, offsets[i]! + lengths[i]!);
      if (this.#libc.write(this.#file, frame) === frame.length) taken++;
    }
    this.#sent += taken;
    this.#refused += count - taken;
    return taken;
  }

  stats(): SourceStats {
    return { received: this.#received, dropped: 0, truncated: this.#truncated, foreign: 0, unfinished: 0 };
  }

  sinkStats(): SinkStats {
    return { sent: this.#sent, refused: this.#refused };
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#isUsable = false;
    this.#libc.close(this.#file);
  }
}
