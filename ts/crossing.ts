/**
 * The part of a kernel in which packets cross from one side to the other: what was read of a frame, and rewriting. Places are
 * addresses in {@link Crossing.bytes}.
 *
 * @module
 */
import * as c from "../assembly/columns.ts";
import * as map from "../assembly/memory.ts";
import { decodeLabel } from "./block.ts";
import type { Label } from "./label.ts";

/** Of assembly/index.ts, what crossings use. */
export interface CrossingExports {
  read(row: number, octets: number): number;
  hostTemplate(version: number, address: number): number;
  strip(packet: number, length: number, to: number): number;
  stamp(packet: number, length: number, option: number, optionLength: number, to: number): number;
}

/** Rows that were loaded. */
export interface LoadedRows {
  /** Address of a FRAME row. */
  frame(row: number): number;
  /** What the rows' offsets count from. */
  base(): number;
}

/** Octets of the longest label option. */
const MAX_OPTION = 256;
const ADDRESS = 16;

/** Octets of the room that are kept for questions; the rest is {@link Crossing.from} to {@link Crossing.to}. */
export const CROSSING_SCRATCH: number = MAX_OPTION + ADDRESS;

/** Made by a kernel. */
export class Crossing {
  /** The kernel's memory. */
  readonly bytes: Uint8Array;
  /** Where packets may be written to. */
  readonly from: number;
  readonly to: number;
  readonly #exports: CrossingExports;
  readonly #view: DataView;
  readonly #rows: LoadedRows;
  readonly #optionAt: number;
  readonly #addressAt: number;
  #option: Uint8Array | undefined;

  /** @param room of the kernel, more than {@link CROSSING_SCRATCH} octets */
  constructor(exports: CrossingExports, bytes: Uint8Array, room: Uint8Array, rows: LoadedRows) {
    this.bytes = bytes;
    this.#exports = exports;
    this.#view = new DataView(bytes.buffer);
    this.#rows = rows;
    this.#optionAt = room.byteOffset;
    this.#addressAt = room.byteOffset + MAX_OPTION;
    this.from = room.byteOffset + CROSSING_SCRATCH;
    this.to = room.byteOffset + room.length;
  }

  /** The first octet of a loaded row's frame. */
  frameAt(row: number): number {
    return (this.#rows.base() + this.#view.getUint32(this.#rows.frame(row) + c.FRAME_OFFSET, true)) >>> 0;
  }

  /** Octets of it. */
  frameLength(row: number): number {
    return this.#view.getUint32(this.#rows.frame(row) + c.FRAME_CAPLEN, true);
  }

  /** Offset of the packet in the frame of a row that was judged and delivered. */
  judgedPacket(row: number): number {
    return this.#view.getUint16(map.VERDICTS + row * c.VERDICT_SIZE + c.VERDICT_IP, true);
  }

  /** Index of the interface that it is for. */
  judgedInterface(row: number): number {
    return this.#view.getUint16(map.VERDICTS + row * c.VERDICT_SIZE + c.VERDICT_INTERFACE, true);
  }

  /** The policy's label that it was delivered by, or `null`: one that the policy does not name. */
  judgedLabel(row: number): number | null {
    const label = this.#view.getUint32(map.VERDICTS + row * c.VERDICT_SIZE + c.VERDICT_LABEL, true);
    return label === c.NONE32 ? null : label;
  }

  /** Reads the frame of a loaded row (steps 1–3): a status. What follows says what was read last. */
  read(row: number): number {
    return this.#exports.read(this.#rows.frame(row), this.#rows.base());
  }

  /** 4 or 6; 0: no IP header was recognised. */
  get version(): number {
    return this.#u8(c.PACKET_VERSION);
  }

  get packetAt(): number {
    return this.#u32(c.PACKET_IP);
  }

  /** Behind its last octet, by its own length. */
  get packetEnd(): number {
    return this.#u32(c.PACKET_END);
  }

  get sourceAt(): number {
    return this.#u32(c.PACKET_SRC);
  }

  get destinationAt(): number {
    return this.#u32(c.PACKET_DST);
  }

  /** Upper-layer header, 0: not reached. */
  get transportAt(): number {
    return this.#u32(c.PACKET_TRANSPORT);
  }

  get protocol(): number {
    return this.#view.getUint16(map.PACKET + c.PACKET_PROTOCOL, true);
  }

  /** Whether it is a part of a datagram. */
  get isFragment(): boolean {
    return this.#u8(c.PACKET_FRAGMENT) !== 0;
  }

  /** Octets before it in its datagram. */
  get fragmentOffset(): number {
    return this.#u32(c.PACKET_FRAG_OFFSET);
  }

  get fragmentId(): number {
    return this.#u32(c.PACKET_FRAG_ID);
  }

  /** Whether it carries a label option. */
  get isLabelled(): boolean {
    return this.#u8(c.PACKET_SCHEME) !== c.SCHEME_NONE;
  }

  /** The CIPSO or CALIPSO label that it carries; `null`: a RIPSO one. */
  label(): Label | null {
    return this.#u8(c.PACKET_SCHEME) === c.SCHEME_RIPSO ? null : decodeLabel(this.#view, map.LABEL);
  }

  /** Level and authority octets of the RIPSO label that it carries. */
  ripso(): readonly [level: number, authorities: number] {
    return [this.#u8(c.PACKET_RIPSO_LEVEL), this.#u8(c.PACKET_RIPSO_AUTHORITIES)];
  }

  /** Index of an address's host template, or `null` (step 5). */
  templateOf(address: Uint8Array): number | null {
    this.bytes.set(address, this.#addressAt);
    const template = this.#exports.hostTemplate(address.length === 4 ? 4 : 6, this.#addressAt) >>> 0;
    return template === 0 ? null : template - 1;
  }

  /** Writes a packet without its label options to `to`: how many octets, 0: it can't be done (O-01, O-05). */
  strip(packet: number, length: number, to: number): number {
    return this.#exports.strip(packet, length, to);
  }

  /** Writes a packet with the option and no other label to `to`: how many octets, 0: it can't be done (O-02, O-05). */
  stamp(packet: number, length: number, option: Uint8Array, to: number): number {
    if (this.#option !== option) {
      this.bytes.set(option, this.#optionAt);
      this.#option = option;
    }
    return this.#exports.stamp(packet, length, this.#optionAt, option.length, to);
  }

  #u8(field: number): number {
    return this.bytes[map.PACKET + field]!;
  }

  #u32(field: number): number {
    return this.#view.getUint32(map.PACKET + field, true);
  }
}
