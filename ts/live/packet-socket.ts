/**
 * Packet sockets (AF_PACKET): whole Ethernet frames of a device, in and out, many a system call. Frames are received right into
 * the memory that they are judged in.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { type CaptureInterface, FrameBatch } from "../frames.ts";
import { type Device, deviceOf } from "./device.ts";
import { EAGAIN, EINTR, EMSGSIZE, ENETDOWN, ENOBUFS, ENXIO, systemError } from "./errno.ts";
import { LiveError } from "./error.ts";
import type { Libc } from "./libc.ts";
import { MAX_MESSAGES, type Messages, makeMessages } from "./messages.ts";
import type { FrameRoom, Outgoing, PartitionPort, SinkStats, SourceStats } from "./port.ts";
import { MAX_BLOCK_FRAMES, Ring } from "./ring.ts";

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0x8_0000;
const ETH_P_ALL = 3;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_RCVBUF = 8;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_STATISTICS = 6;
const PACKET_AUXDATA = 8;
const PACKET_QDISC_BYPASS = 20;
const PACKET_IGNORE_OUTGOING = 23;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;

/** Octets that the system keeps of frames that were not received yet. */
const RECEIVE_BUFFER = 16_777_216;
const SEND_BUFFER = 4_194_304;
/** Octets for one frame, the tag that is put back included. */
export const SLOT = 2048;
const TAG = 4;
const MOST_RETIRE = 1000;
const PROMISCUOUS = 1;
const ETHERNET = 1;
const OTHER_HOST = 3;
const CHECKSUM_NOT_READY = 8;
const VLAN_VALID = 16;
const TYPE_VLAN = 0x8100;
/** Octets that a frame has beyond its packet: header and two tags. */
const BEYOND = 22;

// Nothing there, or the device is down: it may come up again.
const QUIET: ReadonlySet<number> = new Set([EAGAIN, EINTR, ENOBUFS, ENETDOWN, ENXIO]);

/** For {@link PacketPort}. */
export interface PacketOptions {
  /**
   * Receives by a ring of 8 MiB that the system writes to, a block a batch: the least work for many frames, up to
   * {@link retire} later. Without it frames are received right into the room, at once.
   */
  readonly ring?: boolean;
  /** Milliseconds that a block of the ring waits to be filled, 1 to 1000; 1 when left out. */
  readonly retire?: number;
  /** Sends past the queueing discipline: faster, and not seen by captures on this machine. */
  readonly bypass?: boolean;
  /** Frames to other hosts too, as far as the wire brings them. */
  readonly promiscuous?: boolean;
}

/** A packet socket on a device. */
export class PacketPort implements PartitionPort {
  readonly name: string;
  readonly descriptor: number;
  onReadable: (() => void) | null = null;
  readonly peerMac = null;
  readonly #libc: Libc;
  readonly #device: Device;
  readonly #interfaces: readonly CaptureInterface[];
  readonly #incoming: Messages;
  readonly #outgoing: Messages;
  readonly #statistics = new Uint8Array(12);
  /** Where the messages point to: slots of the room at hand. */
  #pointed: { readonly buffer: ArrayBufferLike | null; readonly byteOffset: number; readonly most: number } = {
    buffer: null,
    byteOffset: 0,
    most: 0,
  };
  #received = 0;
  #dropped = 0;
  #truncated = 0;
  #foreign = 0;
  #unfinished = 0;
  #sent = 0;
  #refused = 0;
  readonly #isPromiscuous: boolean;
  #isOpen = true;
  #isGone = false;
  /** The batch at hand, in the ring. */
  #batch: FrameBatch | null = null;
  readonly #error = new Uint8Array(4);
  readonly #ring: Ring | null = null;
  readonly #blockRows: ArrayBuffer | null = null;

  /**
   * @throws {LiveError} no such device, it is down, or no privilege
   * @throws {RangeError} `retire` is none
   */
  constructor(libc: Libc, name: string, options: PacketOptions = {}) {
    const { ring = false, retire = 1, bypass = false, promiscuous = false } = options;
    if (!Number.isInteger(retire) || retire < 1 || retire > MOST_RETIRE) {
      throw new RangeError(`retire ${retire}: expected 1 to ${MOST_RETIRE} milliseconds`);
    }
    this.name = name;
    this.#libc = libc;
    this.#device = deviceOf(libc, name);
    this.#interfaces = [{ linkType: ETHERNET, name, snapLength: 0 }];
    this.#isPromiscuous = promiscuous;
    this.#incoming = makeMessages(libc, true);
    this.#outgoing = makeMessages(libc, false);
    const what = `a packet socket on ${name}`;
    const descriptor = libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); // nothing comes before it is bound
    if (descriptor < 0) throw systemError(what, descriptor, name);
    this.descriptor = descriptor;
    try {
      this.#set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, what);
      this.#set(SOL_PACKET, PACKET_AUXDATA, 1, what);
      if (this.#trySet(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER) < 0)
        this.#trySet(SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
      this.#trySet(SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER);
      if (bypass) this.#set(SOL_PACKET, PACKET_QDISC_BYPASS, 1, what);
      if (ring) {
        this.#ring = new Ring(libc, descriptor, retire, what);
        this.#blockRows = new ArrayBuffer(MAX_BLOCK_FRAMES * FRAME_SIZE);
      }
      if (promiscuous) this.#addMembership(what);
      const address = new Uint8Array(20);
      const view = new DataView(address.buffer);
      view.setUint16(0, AF_PACKET, true);
      view.setUint16(2, ETH_P_ALL);
      view.setInt32(4, this.#device.index, true);
      const bound = libc.bind(descriptor, address);
      if (bound < 0) throw systemError(what, bound, name);
    } catch (error) {
      this.#ring?.close();
      libc.close(descriptor);
      throw error;
    }
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get mac(): Uint8Array {
    return this.#device.mac;
  }

  get mtu(): number {
    return this.#device.mtu;
  }

  receive(room: FrameRoom): FrameBatch | null {
    if (!this.#isOpen) return null;
    return this.#ring === null ? this.#receiveInto(room) : this.#receiveBlock(this.#ring);
  }

  #receiveInto(room: FrameRoom): FrameBatch | null {
    const most = Math.min(
      MAX_MESSAGES,
      Math.floor(room.bytes.length / SLOT),
      Math.floor(room.rows.length / FRAME_SIZE),
    );
    const messages = this.#incoming;
    const { buffer, byteOffset } = room.bytes;
    if (this.#pointed.buffer !== buffer || this.#pointed.byteOffset !== byteOffset || this.#pointed.most < most) {
      const base = Number(this.#libc.addressOf(room.bytes));
      for (let i = 0; i < most; i++) messages.point(i, base + i * SLOT + TAG, SLOT - TAG);
      this.#pointed = { buffer, byteOffset, most };
    }
    const count = this.#libc.recvmmsg(this.descriptor, messages.address, most, MSG_DONTWAIT | MSG_TRUNC);
    if (count <= 0) {
      if (count === -ENETDOWN || count === -ENXIO) this.#look();
      if (count === 0 || QUIET.has(-count)) return null;
      throw systemError(`receiving on ${this.name}`, count, this.name);
    }
    const now = Date.now();
    const seconds = Math.floor(now / 1000);
    const nanoseconds = (now - seconds * 1000) * 1_000_000;
    const batch = new FrameBatch(room.bytes, room.rows, this.#received + 1, this.#interfaces);
    this.#received += count;
    for (let i = 0; i < count; i++) {
      const length = messages.length(i);
      const status = messages.status(i);
      if (!this.#admits(messages.packetType(i), status, length)) continue;
      const vlan = (status & VLAN_VALID) === 0 ? null : messages.vlan(i);
      this.#add(batch, i * SLOT + TAG, Math.min(length, SLOT - TAG), length, vlan, seconds, nanoseconds);
    }
    messages.reopen(count);
    return batch;
  }

  #receiveBlock(ring: Ring): FrameBatch | null {
    this.#batch?.release();
    const block = ring.take();
    if (block === null) {
      // That the device is down is said once, and waiting would not last until somebody has heard it.
      this.#libc.getsockopt(this.descriptor, SOL_SOCKET, SO_ERROR, this.#error);
      if (this.#error[0] !== 0) this.#look();
      this.#batch = null;
      return null;
    }
    const batch = new FrameBatch(block, this.#blockRows!, this.#received + 1, this.#interfaces);
    this.#batch = batch;
    const { count } = ring;
    this.#received += count;
    for (let i = 0, header = ring.first; i < count; i++, header = ring.next(header)) {
      const length = ring.length(header);
      const status = ring.status(header);
      if (!this.#admits(ring.packetType(header), status, length)) continue;
      const vlan = (status & VLAN_VALID) === 0 ? null : ring.vlan(header);
      const captured = ring.captured(header);
      this.#add(batch, ring.place(header), captured, length, vlan, ring.seconds(header), ring.nanoseconds(header));
    }
    return batch;
  }

  // Down, or gone: then another device may have its name by now.
  #look(): void {
    try {
      this.#isGone = deviceOf(this.#libc, this.name).index !== this.#device.index;
    } catch (error) {
      this.#isGone = error instanceof LiveError && error.code === "NO_DEVICE";
    }
  }

  #admits(packetType: number, status: number, length: number): boolean {
    if (packetType === OTHER_HOST && !this.#isPromiscuous) {
      this.#foreign++;
      return false;
    }
    if ((status & CHECKSUM_NOT_READY) !== 0 || length > this.#device.mtu + BEYOND) {
      this.#unfinished++;
      return false;
    }
    return true;
  }

  /** The frame begins at `at`, with room for a tag before it. */
  #add(
    batch: FrameBatch,
    at: number,
    captured: number,
    length: number,
    vlan: { readonly tpid: number; readonly tci: number } | null,
    seconds: number,
    nanoseconds: number,
  ): void {
    if (captured < length) this.#truncated++;
    const tag = vlan === null ? 0 : TAG;
    if (vlan !== null) putBackTag(batch.bytes, at, vlan);
    batch.push(at - tag, captured + tag, length + tag, ETHERNET, 0, seconds, nanoseconds);
  }

  send({ bytes, offsets, lengths, count }: Outgoing): number {
    if (!this.#isOpen) {
      // The descriptor may be somebody else's by now.
      this.#refused += count;
      return 0;
    }
    const base = Number(this.#libc.addressOf(bytes));
    const messages = this.#outgoing;
    let taken = 0;
    let refused = 0;
    for (let next = 0; next < count; ) {
      const most = Math.min(MAX_MESSAGES, count - next);
      for (let i = 0; i < most; i++) messages.point(i, base + offsets[next + i]!, lengths[next + i]!);
      const sent = this.#libc.sendmmsg(this.descriptor, messages.address, most, MSG_DONTWAIT);
      if (sent > 0) {
        taken += sent;
        next += sent;
      } else if (sent === -EMSGSIZE) {
        refused++;
        next++;
      } else if (sent === -EINTR) {
      } else if (sent === -EAGAIN || sent === -ENOBUFS || sent === -ENETDOWN || sent === -ENXIO || sent === 0) {
        refused += count - next;
        break;
      } else {
        throw systemError(`sending on ${this.name}`, sent, this.name);
      }
    }
    this.#sent += taken;
    this.#refused += refused;
    return taken;
  }

  stats(): SourceStats {
    if (this.#isOpen) {
      const result = this.#libc.getsockopt(this.descriptor, SOL_PACKET, PACKET_STATISTICS, this.#statistics);
      // Packets and drops since it was asked last.
      if (result >= 0) this.#dropped += new DataView(this.#statistics.buffer).getUint32(4, true);
    }
    return {
      received: this.#received,
      dropped: this.#dropped,
      truncated: this.#truncated,
      foreign: this.#foreign,
      unfinished: this.#unfinished,
    };
  }

  sinkStats(): SinkStats {
    return { sent: this.#sent, refused: this.#refused };
  }

  close(): void {
    if (!this.#isOpen) return;
    this.stats();
    this.#isOpen = false;
    this.#batch?.release();
    this.#ring?.close();
    this.#libc.close(this.descriptor);
  }

  // It ends with the socket.
  #addMembership(what: string): void {
    const request = new Uint8Array(16);
    const view = new DataView(request.buffer);
    view.setInt32(0, this.#device.index, true);
    view.setUint16(4, PROMISCUOUS, true);
    const result = this.#libc.setsockopt(this.descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request);
    if (result < 0) throw systemError(what, result, this.name);
  }

  #set(level: number, name: number, value: number, what: string): void {
    const result = this.#trySet(level, name, value);
    if (result < 0) throw systemError(what, result, this.name);
  }

  #trySet(level: number, name: number, value: number): number {
    return this.#libc.setsockopt(this.descriptor, level, name, new Uint8Array(Int32Array.of(value).buffer));
  }
}

// The system takes the outermost tag out of a frame; it goes back behind the addresses.
function putBackTag(bytes: Uint8Array, at: number, { tpid, tci }: { tpid: number; tci: number }): void {
  bytes.copyWithin(at - TAG, at, at + 12);
  const type = tpid === 0 ? TYPE_VLAN : tpid;
  bytes[at + 8] = type >> 8;
  bytes[at + 9] = type & 255;
  bytes[at + 10] = tci >> 8;
  bytes[at + 11] = tci & 255;
}
