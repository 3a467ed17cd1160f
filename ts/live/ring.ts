/**
 * The ring of a packet socket (TPACKET_V3): the system writes frames into memory that is mapped here, many a block. Layouts are
 * those of linux/if_packet.h.
 *
 * @module
 */
import { systemError } from "./errno.ts";
import type { Libc } from "./libc.ts";

const SOL_PACKET = 263;
const PACKET_RX_RING = 5;
const PACKET_VERSION = 10;
const PACKET_RESERVE = 12;
const TPACKET_V3 = 2;

/** Octets of a block, and blocks: 8 MiB. */
export const BLOCK = 262_144;
const BLOCKS = 32;
// The system only wants it to divide the blocks.
const FRAME = 2048;
/** Octets before each frame that are free: a tag goes there. */
const HEADROOM = 4;

// struct tpacket_block_desc
const BLOCK_STATUS = 8;
const FRAMES = 12;
const FIRST_FRAME = 16;
const OURS = 1;
const THE_SYSTEMS = 0;
// struct tpacket3_hdr, and struct sockaddr_ll behind it
const NEXT = 0;
const SECONDS = 4;
const NANOSECONDS = 8;
const CAPTURED = 12;
const LENGTH = 16;
const STATUS = 20;
const PLACE = 24;
const VLAN_TCI = 32;
const VLAN_TPID = 36;
const PACKET_TYPE = 58;
const HEADER = 68;

/** The most frames that a block holds. */
export const MAX_BLOCK_FRAMES: number = Math.ceil(BLOCK / HEADER);

/** Blocks of frames, one at a time. */
export class Ring {
  readonly #libc: Libc;
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  /** The block that is next, or at hand. */
  #block = 0;
  #isTaken = false;

  /**
   * @param retire milliseconds after which a block that is not full is handed over
   * @throws {LiveError} the system has no room for it
   */
  constructor(libc: Libc, descriptor: number, retire: number, what: string) {
    this.#libc = libc;
    const set = (name: number, ...values: readonly number[]): void => {
      const result = libc.setsockopt(descriptor, SOL_PACKET, name, new Uint8Array(Int32Array.from(values).buffer));
      if (result < 0) throw systemError(what, result);
    };
    set(PACKET_VERSION, TPACKET_V3);
    set(PACKET_RESERVE, HEADROOM);
    set(PACKET_RX_RING, BLOCK, BLOCKS, FRAME, (BLOCK / FRAME) * BLOCKS, retire, 0, 0);
    const memory = libc.map(descriptor, BLOCK * BLOCKS);
    if (typeof memory === "number") throw systemError(what, memory);
    this.#memory = memory;
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.length);
    this.#words = new Int32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  }

  /** The next block, if the system has handed it over: its octets. The one before is the system's again. */
  take(): Uint8Array | null {
    if (this.#isTaken) {
      Atomics.store(this.#words, this.#statusAt, THE_SYSTEMS);
      this.#block = (this.#block + 1) % BLOCKS;
      this.#isTaken = false;
    }
    if ((Atomics.load(this.#words, this.#statusAt) & OURS) === 0) return null;
    this.#isTaken = true;
    return this.#memory.subarray(this.#start, this.#start + BLOCK);
  }

  /** Frames of the block that was taken. */
  get count(): number {
    return this.#view.getUint32(this.#start + FRAMES, true);
  }

  /** Where the first one's header is in the block; those of the rest by {@link next}. */
  get first(): number {
    return this.#view.getUint32(this.#start + FIRST_FRAME, true);
  }

  next(header: number): number {
    return header + this.#view.getUint32(this.#start + header + NEXT, true);
  }

  /** Where the frame itself is in the block. */
  place(header: number): number {
    return header + this.#view.getUint16(this.#start + header + PLACE, true);
  }

  captured(header: number): number {
    return this.#view.getUint32(this.#start + header + CAPTURED, true);
  }

  length(header: number): number {
    return this.#view.getUint32(this.#start + header + LENGTH, true);
  }

  seconds(header: number): number {
    return this.#view.getUint32(this.#start + header + SECONDS, true);
  }

  nanoseconds(header: number): number {
    return this.#view.getUint32(this.#start + header + NANOSECONDS, true);
  }

  /** Bits of TP_STATUS. */
  status(header: number): number {
    return this.#view.getUint32(this.#start + header + STATUS, true);
  }

  /** To whom the frame was (PACKET_HOST …). */
  packetType(header: number): number {
    return this.#view.getUint8(this.#start + header + PACKET_TYPE);
  }

  vlan(header: number): { readonly tpid: number; readonly tci: number } {
    const at = this.#start + header;
    return { tci: this.#view.getUint32(at + VLAN_TCI, true), tpid: this.#view.getUint16(at + VLAN_TPID, true) };
  }

  close(): void {
    this.#libc.unmap(this.#memory);
  }

  get #start(): number {
    return this.#block * BLOCK;
  }

  get #statusAt(): number {
    return (this.#start + BLOCK_STATUS) / 4;
  }
}
