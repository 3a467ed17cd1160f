/**
 * Writing captures, pcap and pcapng, little endian, with nanoseconds. Nothing here knows where the octets go.
 *
 * @module
 */
import { MAX_CAPLEN } from "../frames.ts";
import { isOctets, isWithin, kindOf, requireWithin } from "../given.ts";
import { MAX_OPTION, OPTION_HEADER, Output, padded, type WriteChunk } from "./output.ts";
import {
  PCAP_HEADER_LENGTH,
  PCAP_MAJOR,
  PCAP_MICROSECONDS,
  PCAP_MINOR,
  PCAP_NANOSECONDS,
  PCAP_RECORD_LENGTH,
} from "./pcap.ts";
import {
  BYTE_ORDER_MAGIC,
  ENHANCED_PACKET,
  ENHANCED_PACKET_LENGTH,
  INTERFACE_DESCRIPTION,
  INTERFACE_DESCRIPTION_LENGTH,
  MAX_INTERFACES,
  MAX_NAME,
  OPTION_APPLICATION,
  OPTION_COMMENT,
  OPTION_HARDWARE,
  OPTION_IF_NAME,
  OPTION_IF_TSRESOL,
  PCAPNG_MAJOR,
  SECTION_HEADER,
  SECTION_HEADER_LENGTH,
} from "./pcapng.ts";

export { MAX_OPTION, WRITE_BYTES, type WriteChunk } from "./output.ts";

const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;
const MAX_NANOSECONDS = 999_999_999;
/** The last time pcapng holds with nanoseconds: 2^64 - 1 of them. */
export const MAX_PCAPNG_TIME: PacketTime = { seconds: 18_446_744_073, nanoseconds: 709_551_615 };
/** if_tsresol of 10^-9. */
const NANOSECONDS = 9;

/** When a packet was seen. */
export interface PacketTime {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** Nanoseconds of the second, 0–999,999,999. */
  readonly nanoseconds: number;
}

/** A time, or the nearest one that pcapng holds. */
export function nearestPcapngTime({ seconds, nanoseconds }: PacketTime): PacketTime {
  if (seconds < 0) return { seconds: 0, nanoseconds: 0 };
  const { seconds: last, nanoseconds: lastNanoseconds } = MAX_PCAPNG_TIME;
  const isBeyond = seconds > last || (seconds === last && nanoseconds > lastNanoseconds);
  return isBeyond ? MAX_PCAPNG_TIME : { seconds, nanoseconds };
}

/** For {@link PcapWriter}. */
export interface PcapWriterOptions {
  /** LINKTYPE_ number of every packet. */
  readonly linkType: number;
  /** Stated in the header, in octets; packets are not cut to it. 262,144 when left out or 0. */
  readonly snapLength?: number;
  /** `false`: microseconds, for readers that know no others; times are rounded down. */
  readonly nanoseconds?: boolean;
}

/**
 * Writes a pcap file, version 2.4: one link type, and no comments.
 *
 * `write` is called with up to 262,144 (`WRITE_BYTES`) octets at a time, or with one longer record. The chunk is its to keep.
 *
 * @example
 * ```ts
 * import { closeSync, openSync, writeSync } from "node:fs";
 * import { PcapWriter } from "labelgate";
 * const file = openSync("/tmp/one.pcap", "w");
 * const writer = new PcapWriter((chunk) => writeSync(file, chunk), { linkType: 1 });
 * writer.packet(new Uint8Array(60), { seconds: 1_700_000_000, nanoseconds: 5 });
 * writer.flush();
 * closeSync(file);
 * ```
 */
export class PcapWriter {
  readonly #output: Output;
  readonly #nanosecondsPerUnit: number;

  /**
   * Begins with the file header.
   *
   * @throws {RangeError} a link type that isn't one, or a snap length that doesn't fit
   */
  constructor(write: WriteChunk, options: PcapWriterOptions) {
    const { linkType, snapLength = 0, nanoseconds = true } = options;
    requireWithin("link type", linkType, MAX_U16);
    requireWithin("snap length", snapLength, MAX_U32);
    this.#nanosecondsPerUnit = nanoseconds ? 1 : 1000;
    this.#output = new Output(write);
    this.#output.reserve(PCAP_HEADER_LENGTH);
    this.#output.u32(nanoseconds ? PCAP_NANOSECONDS : PCAP_MICROSECONDS);
    this.#output.u16(PCAP_MAJOR);
    this.#output.u16(PCAP_MINOR);
    this.#output.u32(0);
    this.#output.u32(0);
    this.#output.u32(snapLength === 0 ? MAX_CAPLEN : snapLength);
    this.#output.u32(linkType);
  }

  /**
   * Writes a packet. The octets are copied. `wireLength` is what there was on the wire; the octets' when left out.
   *
   * @throws {TypeError} octets that are no Uint8Array
   * @throws {RangeError} more octets than 262,144 (`MAX_CAPLEN`), or a time before 1970 or from 2106 on
   */
  packet(octets: Uint8Array, at: PacketTime & { readonly wireLength?: number }): void {
    requireOctets(octets);
    const { seconds, nanoseconds, wireLength = octets.length } = at;
    requireWithin("octets", octets.length, MAX_CAPLEN);
    requireWithin("seconds", seconds, MAX_U32);
    requireWithin("nanoseconds", nanoseconds, MAX_NANOSECONDS);
    requireWithin("wire length", wireLength, MAX_U32);
    this.#output.reserve(PCAP_RECORD_LENGTH + octets.length);
    this.#output.u32(seconds);
    this.#output.u32(Math.floor(nanoseconds / this.#nanosecondsPerUnit));
    this.#output.u32(octets.length);
    this.#output.u32(wireLength);
    this.#output.octets(octets);
  }

  /** Hands on what was gathered. Call it at the end; without packets it gives the header of an empty capture. */
  flush(): void {
    this.#output.flush();
  }
}

/** For {@link PcapngWriter}: what its section header says. */
export interface PcapngWriterOptions {
  /** What the capture was made on. */
  readonly hardware?: string;
  /** What is writing. */
  readonly application?: string;
}

/** An interface for {@link PcapngWriter.addInterface}. */
export interface InterfaceOptions {
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** Such as the device's; none when left out or `null`. */
  readonly name?: string | null;
  /** Stated in the description, in octets, 0 for no limit; packets are not cut to it. */
  readonly snapLength?: number;
}

/** What is known of a packet, for {@link PcapngWriter.packet}. */
export interface PacketOptions extends PacketTime {
  /** What {@link PcapngWriter.addInterface} gave. */
  readonly interface: number;
  /** Octets on the wire; those captured when left out. */
  readonly wireLength?: number;
  /** Shown beside the packet by readers; cut at a character when it is longer than 65,535 (`MAX_OPTION`) octets of UTF-8. */
  readonly comment?: string;
}

/**
 * Writes a pcapng file of one section: any interfaces, times in nanoseconds, and comments.
 *
 * `write` is called with up to 262,144 (`WRITE_BYTES`) octets at a time, or with one longer block. The chunk is its to keep.
 *
 * @example
 * ```ts
 * import { PcapngWriter, readCaptureSync } from "labelgate";
 * const chunks: Uint8Array[] = [];
 * const writer = new PcapngWriter((chunk) => chunks.push(chunk), { application: "an example" });
 * const net0 = writer.addInterface({ linkType: 1, name: "net0" });
 * writer.packet(new Uint8Array(60), { interface: net0, seconds: 1_700_000_000, nanoseconds: 5, comment: "dropped" });
 * writer.flush();
 * const [batch] = readCaptureSync(chunks);
 * batch!.count; // 1
 * ```
 */
export class PcapngWriter {
  readonly #output: Output;
  #interfaces = 0;

  /** Begins with the section header. */
  constructor(write: WriteChunk, options: PcapngWriterOptions = {}) {
    const { hardware, application } = options;
    requireText("hardware", hardware);
    requireText("application", application);
    this.#output = new Output(write);
    const block = this.#output.beginBlock(
      SECTION_HEADER,
      SECTION_HEADER_LENGTH + optionRoom(hardware) + optionRoom(application),
    );
    this.#output.u32(BYTE_ORDER_MAGIC);
    this.#output.u16(PCAPNG_MAJOR);
    this.#output.u16(0);
    // The section's length is not known beforehand: -1.
    this.#output.u32(MAX_U32);
    this.#output.u32(MAX_U32);
    if (hardware !== undefined) this.#output.textOption(OPTION_HARDWARE, hardware);
    if (application !== undefined) this.#output.textOption(OPTION_APPLICATION, application);
    if (hardware !== undefined || application !== undefined) this.#output.endOptions();
    this.#output.endBlock(block);
  }

  /**
   * Describes an interface, at any time before its first packet.
   *
   * @returns its number, counted from 0
   * @throws {TypeError} a name that is no text
   * @throws {RangeError} a link type that isn't one, a snap length that doesn't fit, a name above 1024 octets of UTF-8,
   *   or more interfaces than a reader takes, 65,535
   */
  addInterface(options: InterfaceOptions): number {
    const { linkType, name = null, snapLength = 0 } = options;
    requireWithin("link type", linkType, MAX_U16);
    requireWithin("snap length", snapLength, MAX_U32);
    requireText("name", name ?? undefined);
    if (name !== null) requireWithin("octets in the interface's name", new TextEncoder().encode(name).length, MAX_NAME);
    requireWithin("interface", this.#interfaces, MAX_INTERFACES - 1);
    const block = this.#output.beginBlock(
      INTERFACE_DESCRIPTION,
      INTERFACE_DESCRIPTION_LENGTH + optionRoom(name ?? undefined) + 3 * OPTION_HEADER,
    );
    this.#output.u16(linkType);
    this.#output.u16(0);
    this.#output.u32(snapLength);
    if (name !== null) this.#output.textOption(OPTION_IF_NAME, name);
    this.#output.u16(OPTION_IF_TSRESOL);
    this.#output.u16(1);
    this.#output.u32(NANOSECONDS); // one octet, the first, and three of padding
    this.#output.endOptions();
    this.#output.endBlock(block);
    return this.#interfaces++;
  }

  /**
   * Writes a packet. The octets are copied.
   *
   * @throws {TypeError} octets that are no Uint8Array, or a comment that is no text
   * @throws {RangeError} an interface that wasn't added, more octets than 262,144 (`MAX_CAPLEN`), or a time before 1970 or
   *   beyond 64 bits of nanoseconds, in 2554
   */
  packet(octets: Uint8Array, options: PacketOptions): void {
    requireOctets(octets);
    const { seconds, nanoseconds, wireLength = octets.length, comment } = options;
    requireText("comment", comment);
    if (!isWithin(options.interface, this.#interfaces - 1)) {
      throw new RangeError(`interface ${options.interface}: ${this.#interfaces} were added`);
    }
    requireWithin("octets", octets.length, MAX_CAPLEN);
    requireWithin("seconds", seconds, MAX_PCAPNG_TIME.seconds);
    const lastNanoseconds = seconds === MAX_PCAPNG_TIME.seconds ? MAX_PCAPNG_TIME.nanoseconds : MAX_NANOSECONDS;
    requireWithin("nanoseconds", nanoseconds, lastNanoseconds);
    requireWithin("wire length", wireLength, MAX_U32);
    const block = this.#output.beginBlock(
      ENHANCED_PACKET,
      ENHANCED_PACKET_LENGTH + padded(octets.length) + optionRoom(comment),
    );
    this.#output.u32(options.interface);
    this.#time(seconds, nanoseconds);
    this.#output.u32(octets.length);
    this.#output.u32(wireLength);
    this.#output.octets(octets);
    this.#output.pad(octets.length);
    if (comment !== undefined) {
      this.#output.textOption(OPTION_COMMENT, comment);
      this.#output.endOptions();
    }
    this.#output.endBlock(block);
  }

  /** Hands on what was gathered. Call it at the end; without packets it gives an empty capture. */
  flush(): void {
    this.#output.flush();
  }

  /** The 64-bit count of nanoseconds, in numbers that stay below 2^53: the seconds are taken in base 2^16. */
  #time(seconds: number, nanoseconds: number): void {
    const bottom = seconds % 0x1_0000;
    const top = ((seconds - bottom) / 0x1_0000) * 1_000_000_000;
    const low = (top % 0x1_0000) * 0x1_0000 + bottom * 1_000_000_000 + nanoseconds;
    this.#output.u32(Math.floor(top / 0x1_0000) + Math.floor(low / 0x1_0000_0000));
    this.#output.u32(low % 0x1_0000_0000);
  }
}

/** Octets to reserve for an option of text and the end of the options: UTF-8 takes at most three for a UTF-16 unit. */
function optionRoom(text: string | undefined): number {
  return text === undefined ? 0 : 2 * OPTION_HEADER + padded(Math.min(3 * text.length, MAX_OPTION));
}

function requireOctets(octets: unknown): void {
  if (!isOctets(octets)) throw new TypeError(`octets of a packet: expected Uint8Array, got ${kindOf(octets)}`);
}

function requireText(what: string, text: unknown): void {
  if (text !== undefined && typeof text !== "string")
    throw new TypeError(`${what}: expected text, got ${kindOf(text)}`);
}
