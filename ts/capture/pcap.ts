/**
 * The pcap file format (draft-ietf-opsawg-pcap), and the variants of it that libpcap reads.
 *
 * ```text
 *   file     magic 4 | major 2 | minor 2 | zone 4 | accuracy 4 | snap length 4 | link type 4
 *   record   seconds 4 | micro- or nanoseconds 4 | captured length 4 | wire length 4 | octets
 *   Kuznetzov's record has interface 4 | protocol 2 | packet type 1 | 1 between the lengths and the octets
 * ```
 *
 * The byte order is that of the machine that wrote it; the magic number shows which.
 *
 * @module
 */
import { CaptureError } from "../errors.ts";
import { type CaptureInterface, MAX_CAPLEN } from "../frames.ts";
import type { Intake } from "../intake.ts";
import { LINK_TYPES, unsupportedLinkType } from "./link.ts";
import type { RecordReader } from "./record.ts";

export const PCAP_MICROSECONDS = 0xa1b2c3d4;
export const PCAP_NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetzov's format, of old Linux systems: microseconds and a longer record header. */
export const PCAP_KUZNETZOV = 0xa1b2cd34;

export const PCAP_MAJOR = 2;
export const PCAP_MINOR = 4;
/** DG/UX tcpdump writes version 543.0, with the lengths in the order they had before 2.3. */
const DGUX_MAJOR = 543;

export const PCAP_HEADER_LENGTH = 24;
export const PCAP_RECORD_LENGTH = 16;
const KUZNETZOV_RECORD_LENGTH = 24;

// Offsets in the file header.
const MAJOR_AT = 4;
const MINOR_AT = 6;
const SNAP_LENGTH_AT = 16;
const LINK_TYPE_AT = 20;
/** The rest of the field says how long the frame check sequence is, if there is one. */
const LINK_TYPE_MASK = 0x03ff_ffff;

// Offsets in a record's header.
const FRACTION_AT = 4;
const CAPTURED_AT = 8;
const WIRE_AT = 12;

/** Reads a pcap file, header first. Times are unsigned (2106), and a fraction of a second or more is carried over. */
export class PcapReader implements RecordReader {
  readonly interfaces: CaptureInterface[] = [];
  hasFrame = false;
  readonly octetsAt: number;
  capturedLength = 0;
  wireLength = 0;
  readonly captureInterface = 0;
  linkType = 0;
  seconds = 0;
  nanoseconds = 0;

  readonly #littleEndian: boolean;
  /** Units of the fraction in a second, and nanoseconds in a unit. */
  readonly #unitsPerSecond: number;
  readonly #unit: number;
  #lengths: "in order" | "swapped" | "perhaps swapped" = "in order";

  private constructor(magic: number, littleEndian: boolean) {
    this.#littleEndian = littleEndian;
    this.#unitsPerSecond = magic === PCAP_NANOSECONDS ? 1_000_000_000 : 1_000_000;
    this.#unit = 1_000_000_000 / this.#unitsPerSecond;
    this.octetsAt = magic === PCAP_KUZNETZOV ? KUZNETZOV_RECORD_LENGTH : PCAP_RECORD_LENGTH;
  }

  /** A reader, when the four octets at `at` begin a pcap file. */
  static recognise(view: DataView, at: number): PcapReader | null {
    for (const littleEndian of [true, false]) {
      const magic = view.getUint32(at, littleEndian);
      if (magic === PCAP_MICROSECONDS || magic === PCAP_NANOSECONDS || magic === PCAP_KUZNETZOV) {
        return new PcapReader(magic, littleEndian);
      }
    }
    return null;
  }

  read(view: DataView, at: number, available: number, offset: number): number {
    if (this.interfaces.length === 0) return this.#readHeader(view, at, available, offset);
    if (available < this.octetsAt) return this.octetsAt;
    const order = this.#littleEndian;
    let captured = view.getUint32(at + CAPTURED_AT, order);
    let wire = view.getUint32(at + WIRE_AT, order);
    const swapped = this.#lengths === "swapped" || (this.#lengths === "perhaps swapped" && captured > wire);
    if (swapped) [captured, wire] = [wire, captured];
    if (captured > MAX_CAPLEN) {
      const blame = offset + (swapped ? WIRE_AT : CAPTURED_AT);
      throw new CaptureError(`captured length ${captured}: at most ${MAX_CAPLEN}`, blame);
    }
    const length = this.octetsAt + captured;
    if (length > available) return length;

    this.seconds = view.getUint32(at, order);
    let fraction = view.getUint32(at + FRACTION_AT, order);
    if (fraction >= this.#unitsPerSecond) {
      this.seconds += Math.floor(fraction / this.#unitsPerSecond);
      fraction %= this.#unitsPerSecond;
    }
    this.nanoseconds = fraction * this.#unit;
    this.capturedLength = captured;
    this.wireLength = wire;
    this.hasFrame = true;
    return length;
  }

  measure(view: DataView, at: number, available: number): number {
    if (this.interfaces.length === 0) return 0;
    if (available < this.octetsAt) return this.octetsAt;
    this.hasFrame = true;
    const captured = this.#captured(view, at);
    return captured > MAX_CAPLEN ? 0 : this.octetsAt + captured;
  }

  walk(intake: Intake, at: number, end: number, row: number, limit: number): number {
    if (this.interfaces.length === 0 || this.#lengths !== "in order") return at;
    return intake.walkPcap(at, end, row, limit, {
      headerLength: this.octetsAt,
      littleEndian: this.#littleEndian,
      unit: this.#unit,
      linkType: this.linkType,
    });
  }

  #captured(view: DataView, at: number): number {
    const captured = view.getUint32(at + CAPTURED_AT, this.#littleEndian);
    if (this.#lengths === "in order") return captured;
    const wire = view.getUint32(at + WIRE_AT, this.#littleEndian);
    return this.#lengths === "swapped" ? wire : Math.min(captured, wire);
  }

  #readHeader(view: DataView, at: number, available: number, offset: number): number {
    if (available < PCAP_HEADER_LENGTH) return PCAP_HEADER_LENGTH;
    const order = this.#littleEndian;
    const major = view.getUint16(at + MAJOR_AT, order);
    const minor = view.getUint16(at + MINOR_AT, order);
    // The versions libpcap reads. Captured and wire length changed places with 2.3, but not every writer followed at once.
    if (!(major === PCAP_MAJOR && minor <= PCAP_MINOR) && !(major === DGUX_MAJOR && minor === 0)) {
      throw new CaptureError(`pcap version ${major}.${minor}: expected 2.0 to 2.4, or 543.0`, offset + MAJOR_AT);
    }
    if (major === DGUX_MAJOR || minor < 3) this.#lengths = "swapped";
    else if (minor === 3) this.#lengths = "perhaps swapped";
    this.linkType = view.getUint32(at + LINK_TYPE_AT, order) & LINK_TYPE_MASK;
    if (!LINK_TYPES.has(this.linkType)) {
      throw new CaptureError(unsupportedLinkType(this.linkType), offset + LINK_TYPE_AT);
    }
    const snapLength = view.getUint32(at + SNAP_LENGTH_AT, order);
    this.interfaces.push({ linkType: this.linkType, name: null, snapLength });
    return PCAP_HEADER_LENGTH;
  }
}
