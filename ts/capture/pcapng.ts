/**
 * The pcapng file format (draft-ietf-opsawg-pcapng): a run of blocks, in sections with a byte order and interfaces of
 * their own. Blocks that hold no frame and describe no interface are passed over, whatever their type.
 *
 * ```text
 *   any block         type 4 | total length 4 | … | total length 4
 *   section header    … byte order 4 | major 2 | minor 2 | section length 8 | options
 *   interface         … link type 2 | 2 | snap length 4 | options
 *   enhanced packet   … interface 4 | time, high half 4 | low half 4 | captured length 4 | wire length 4 | octets | options
 *   packet (obsolete) … interface 2 | drops 2 | time 8 | captured length 4 | wire length 4 | octets | options
 *   simple packet     … wire length 4 | octets
 *   option            code 2 | length 2 | value, padded to 4
 * ```
 *
 * @module
 */
import { CaptureError } from "../errors.ts";
import { type CaptureInterface, MAX_CAPLEN } from "../frames.ts";
import type { Intake } from "../intake.ts";
import { Clock, DEFAULT_RESOLUTION, isResolution } from "./clock.ts";
import { LINK_TYPES, unsupportedLinkType } from "./link.ts";
import type { RecordReader } from "./record.ts";

/** The longest block that is read, in octets; libpcap's bound (INITIAL_MAX_BLOCKSIZE). */
export const MAX_BLOCK = 16_777_216;
/** The most interfaces of a capture, over all its sections: rows have 16 bits to name one. */
export const MAX_INTERFACES = 65_535;
/** Octets of an interface's name that are kept, so that names can't fill the memory. */
export const MAX_NAME = 1024;

export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
export const PACKET = 2;
export const SIMPLE_PACKET = 3;
export const ENHANCED_PACKET = 6;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const PCAPNG_MAJOR = 1;

export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const OPTION_HARDWARE = 2;
export const OPTION_APPLICATION = 4;
export const OPTION_IF_NAME = 2;
export const OPTION_IF_TSRESOL = 9;
export const OPTION_IF_TSOFFSET = 14;

// Lengths of the blocks with nothing in them, closing length included: the shortest there can be.
export const BLOCK_LENGTH = 12;
export const SECTION_HEADER_LENGTH = 28;
export const INTERFACE_DESCRIPTION_LENGTH = 20;
export const ENHANCED_PACKET_LENGTH = 32;
export const SIMPLE_PACKET_LENGTH = 16;

// Offsets in a block.
const LENGTH_AT = 4;
const BODY_AT = 8;
const MAJOR_AT = 12;
const MINOR_AT = 14;
const IF_SNAP_LENGTH_AT = 12;
const IF_OPTIONS_AT = 16;
const TIME_AT = 12;
const CAPTURED_AT = 20;
const WIRE_AT = 24;
const ENHANCED_OCTETS_AT = 28;
const SIMPLE_OCTETS_AT = 12;
/** The copy of the total length that closes a block. */
const CLOSING_LENGTH = 4;

/** An interface of the current section. */
interface SectionInterface {
  /** Among the interfaces of the capture. */
  readonly index: number;
  readonly described: CaptureInterface;
  readonly isSupported: boolean;
  readonly clock: Clock;
}

/** Reads a pcapng file, its first section header included. */
export class PcapngReader implements RecordReader {
  readonly interfaces: CaptureInterface[] = [];
  hasFrame = false;
  octetsAt = 0;
  capturedLength = 0;
  wireLength = 0;
  captureInterface = 0;
  linkType = 0;
  seconds = 0;
  nanoseconds = 0;

  #littleEndian = true;
  #section: SectionInterface[] = [];
  /** Interfaces of the section that the intake knows. */
  #told = 0;
  /** Who was told: another knows nothing of them. */
  #toldTo: Intake | null = null;

  /** A reader, when the four octets at `at` begin a pcapng file. */
  static recognise(view: DataView, at: number): PcapngReader | null {
    return view.getUint32(at, true) === SECTION_HEADER ? new PcapngReader() : null;
  }

  read(view: DataView, at: number, available: number, offset: number): number {
    this.hasFrame = false;
    if (available < BLOCK_LENGTH) return BLOCK_LENGTH;
    // The section header's type reads the same in both byte orders; the others need it known.
    if (view.getUint32(at, true) === SECTION_HEADER) this.#readByteOrder(view, at, offset);
    const order = this.#littleEndian;
    const length = view.getUint32(at + LENGTH_AT, order);
    if (!isBlockLength(length)) {
      const wanted = `expected a multiple of 4, ${BLOCK_LENGTH} to ${MAX_BLOCK}`;
      throw new CaptureError(`block length ${length}: ${wanted}`, offset + LENGTH_AT);
    }
    if (length > available) return length;
    const closing = view.getUint32(at + length - CLOSING_LENGTH, order);
    if (closing !== length) {
      const message = `block length ${closing} at the end of the block: ${length} at its start`;
      throw new CaptureError(message, offset + length - CLOSING_LENGTH);
    }

    switch (view.getUint32(at, order)) {
      case SECTION_HEADER:
        this.#readSection(view, at, length, offset);
        break;
      case INTERFACE_DESCRIPTION:
        this.#readInterface(view, at, length, offset);
        break;
      case ENHANCED_PACKET:
        this.#readPacket(view, at, length, offset, view.getUint32(at + BODY_AT, order));
        break;
      case PACKET:
        this.#readPacket(view, at, length, offset, view.getUint16(at + BODY_AT, order));
        break;
      case SIMPLE_PACKET:
        this.#readSimplePacket(view, at, length, offset);
        break;
    }
    return length;
  }

  measure(view: DataView, at: number, available: number): number {
    if (available < BLOCK_LENGTH) return BLOCK_LENGTH;
    const type = view.getUint32(at, this.#littleEndian);
    if (type === SECTION_HEADER || type === INTERFACE_DESCRIPTION) return 0;
    this.hasFrame = type === ENHANCED_PACKET || type === PACKET || type === SIMPLE_PACKET;
    const length = view.getUint32(at + LENGTH_AT, this.#littleEndian);
    return isBlockLength(length) ? length : 0;
  }

  walk(intake: Intake, at: number, end: number, row: number, limit: number): number {
    if (this.#toldTo !== intake) this.#told = 0;
    this.#toldTo = intake;
    if (this.#told === 0) intake.beginSection();
    for (; this.#told < this.#section.length; this.#told++) {
      const { described, index, isSupported, clock } = this.#section[this.#told]!;
      intake.addClock(described, index, isSupported ? clock.plainTicks : 0, clock.plainOffset);
    }
    return intake.walkPcapng(at, end, row, limit, this.#littleEndian);
  }

  #readByteOrder(view: DataView, at: number, offset: number): void {
    this.#littleEndian = view.getUint32(at + BODY_AT, true) === BYTE_ORDER_MAGIC;
    if (this.#littleEndian || view.getUint32(at + BODY_AT, false) === BYTE_ORDER_MAGIC) return;
    throw new CaptureError("section header without the byte-order magic 1a2b3c4d", offset + BODY_AT);
  }

  /** The section length is not needed: a section ends where the next one begins. */
  #readSection(view: DataView, at: number, length: number, offset: number): void {
    requireLength(length, SECTION_HEADER_LENGTH, "section header", offset);
    const major = view.getUint16(at + MAJOR_AT, this.#littleEndian);
    if (major !== PCAPNG_MAJOR) {
      const minor = view.getUint16(at + MINOR_AT, this.#littleEndian);
      throw new CaptureError(`pcapng version ${major}.${minor}: expected ${PCAPNG_MAJOR}.x`, offset + MAJOR_AT);
    }
    this.#section = [];
    this.#told = 0;
  }

  #readInterface(view: DataView, at: number, length: number, offset: number): void {
    requireLength(length, INTERFACE_DESCRIPTION_LENGTH, "interface description", offset);
    if (this.interfaces.length === MAX_INTERFACES) {
      throw new CaptureError(`more than ${MAX_INTERFACES} interfaces`, offset);
    }
    const order = this.#littleEndian;
    let name: string | null = null;
    let resolution: number | undefined;
    let timeOffset: bigint | undefined;
    const end = at + length - CLOSING_LENGTH;
    for (let option = at + IF_OPTIONS_AT; option < end; ) {
      const blame = offset + option - at;
      const code = view.getUint16(option, order);
      const size = view.getUint16(option + 2, order);
      const value = option + 4;
      option = value + Math.ceil(size / 4) * 4;
      if (option > end) throw new CaptureError(`option ${code} of ${size} octets does not fit into its block`, blame);
      if (code === OPTION_END) {
        break;
      } else if (code === OPTION_IF_NAME) {
        name = readName(view, value, size);
      } else if (code === OPTION_IF_TSRESOL) {
        if (size !== 1 || resolution !== undefined) throw badOption("if_tsresol", size, 1, blame);
        resolution = view.getUint8(value);
        if (!isResolution(resolution)) {
          throw new CaptureError(`if_tsresol ${resolution}: ticks too short to be counted in 64 bits`, blame + 4);
        }
      } else if (code === OPTION_IF_TSOFFSET) {
        if (size !== 8 || timeOffset !== undefined) throw badOption("if_tsoffset", size, 8, blame);
        timeOffset = view.getBigInt64(value, order);
      }
    }
    const described: CaptureInterface = {
      linkType: view.getUint16(at + BODY_AT, order),
      name,
      snapLength: view.getUint32(at + IF_SNAP_LENGTH_AT, order),
    };
    this.#section.push({
      index: this.interfaces.length,
      described,
      isSupported: LINK_TYPES.has(described.linkType),
      clock: new Clock(resolution ?? DEFAULT_RESOLUTION, timeOffset ?? 0n),
    });
    this.interfaces.push(described);
  }

  /** Enhanced packets and obsolete ones differ in the interface field only. */
  #readPacket(view: DataView, at: number, length: number, offset: number, id: number): void {
    requireLength(length, ENHANCED_PACKET_LENGTH, "packet", offset);
    const order = this.#littleEndian;
    const source = this.#interface(id, offset, offset + BODY_AT);
    const captured = view.getUint32(at + CAPTURED_AT, order);
    requireCaptured(captured, length - ENHANCED_PACKET_LENGTH, offset + CAPTURED_AT);
    source.clock.convert(view.getUint32(at + TIME_AT, order), view.getUint32(at + TIME_AT + 4, order));
    this.seconds = source.clock.seconds;
    this.nanoseconds = source.clock.nanoseconds;
    this.#setFrame(source, ENHANCED_OCTETS_AT, captured, view.getUint32(at + WIRE_AT, order));
  }

  /** A simple packet is of the section's first interface, has no time, and was cut to the snap length. */
  #readSimplePacket(view: DataView, at: number, length: number, offset: number): void {
    requireLength(length, SIMPLE_PACKET_LENGTH, "simple packet", offset);
    const source = this.#interface(0, offset, offset);
    const wire = view.getUint32(at + BODY_AT, this.#littleEndian);
    const { snapLength } = source.described;
    const captured = snapLength === 0 ? wire : Math.min(wire, snapLength);
    requireCaptured(captured, length - SIMPLE_PACKET_LENGTH, offset + BODY_AT);
    this.seconds = 0;
    this.nanoseconds = 0;
    this.#setFrame(source, SIMPLE_OCTETS_AT, captured, wire);
  }

  #setFrame(source: SectionInterface, octetsAt: number, captured: number, wire: number): void {
    this.octetsAt = octetsAt;
    this.capturedLength = captured;
    this.wireLength = wire;
    this.captureInterface = source.index;
    this.linkType = source.described.linkType;
    this.hasFrame = true;
  }

  /** The interface a packet names; a link type that isn't supported does no harm before a packet has it. */
  #interface(id: number, offset: number, blame: number): SectionInterface {
    const found = this.#section[id];
    if (found === undefined) {
      throw new CaptureError(`packet of interface ${id}: the section describes ${this.#section.length}`, blame);
    }
    if (!found.isSupported) {
      throw new CaptureError(`packet of interface ${id}: ${unsupportedLinkType(found.described.linkType)}`, offset);
    }
    return found;
  }
}

function isBlockLength(length: number): boolean {
  return length >= BLOCK_LENGTH && length % 4 === 0 && length <= MAX_BLOCK;
}

function requireLength(length: number, shortest: number, what: string, offset: number): void {
  if (length >= shortest) return;
  throw new CaptureError(`${what} block of ${length} octets: at least ${shortest}`, offset + LENGTH_AT);
}

function requireCaptured(captured: number, room: number, blame: number): void {
  if (captured > MAX_CAPLEN) throw new CaptureError(`captured length ${captured}: at most ${MAX_CAPLEN}`, blame);
  if (captured > room) throw new CaptureError(`captured length ${captured}: the block has room for ${room}`, blame);
}

function badOption(name: string, size: number, expected: number, blame: number): CaptureError {
  return new CaptureError(
    size === expected ? `${name} given twice` : `${name} of ${size} octets: expected ${expected}`,
    blame,
  );
}

/** Up to {@link MAX_NAME} octets of UTF-8, cut at a character; some writers close a name with NUL, which isn't part of it. */
function readName(view: DataView, at: number, size: number): string {
  // A copy: the octets may be in shared memory, which TextDecoder refuses.
  const octets = new Uint8Array(view.buffer, view.byteOffset + at, Math.min(size, MAX_NAME)).slice();
  const end = octets.indexOf(0);
  // When more is announced to come, the decoder keeps back a character that was cut.
  const name = new TextDecoder("utf-8", { ignoreBOM: true }).decode(end < 0 ? octets : octets.subarray(0, end), {
    stream: size > MAX_NAME,
  });
  // Octets that are no UTF-8 grow to three each.
  return name.slice(0, new TextEncoder().encodeInto(name, new Uint8Array(MAX_NAME)).read);
}
