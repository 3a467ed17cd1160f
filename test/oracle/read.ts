/**
 * The oracle, steps 1 to 3: what a frame says. Written from docs/decision.md line by line, slow and obvious; the tags
 * in the comments are the rule book's. Octets are read through a DataView, so a read outside the frame, which the rules
 * make impossible, would throw and be found by the tests.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import { PORT_PROTOCOLS, type Profile } from "../../ts/policy/model.ts";

export interface OracleFrame {
  /** The captured octets. */
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly linkType: number;
  /** Seconds + nanoseconds / 1e9. */
  readonly time: number;
}

export interface ReadOptions {
  readonly profile: Profile;
  /** The known DOIs; `null`: every one but 0. */
  readonly dois: readonly number[] | null;
  /** `false`: options 130 and 133 are passed over. The profile linux implies it. */
  readonly readRipso: boolean;
  /** Format codes of option 133 that are accepted (R9). */
  readonly formats: readonly number[];
  /** I2. */
  readonly verifyChecksum: boolean;
}

export type ReadLabel =
  | {
      readonly scheme: "cipso" | "calipso";
      readonly doi: number;
      readonly level: number;
      readonly categories: ReadonlySet<number>;
    }
  | {
      readonly scheme: "ripso";
      /** The level octet. */
      readonly level: number;
      /** The first authority octet, 0 when absent. */
      readonly authorities: number;
    };

export interface ReadFragment {
  /** In octets. */
  readonly offset: number;
  readonly more: boolean;
  readonly id: number;
  readonly fragmented: boolean;
  /** Blame of Rule F. */
  readonly at: number;
}

/** What one frame says. Offsets count from the start of the frame. */
export interface Reading {
  /** A reason code. */
  readonly status: number;
  /** `null` for OK, OK_NONMINIMAL, OK_FRAGMENT and NO_LABEL. */
  readonly blame: number | null;
  /** VLAN ids of the tags read, outermost first. */
  readonly vlan: readonly number[];
  /** Set, with `ipOffset`, once the version nibble was found right. */
  readonly ipVersion: 4 | 6 | null;
  readonly ipOffset: number | null;
  /** Set, with `dst` and `fragment`, once the fixed header was captured. */
  readonly src: Uint8Array | null;
  readonly dst: Uint8Array | null;
  /** IPv4: with `src`. IPv6: once the whole extension chain was walked. */
  readonly protocol: number | null;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  readonly fragment: ReadFragment | null;
  /** IPv4 option types, or hop-by-hop and destination option types, up to and including the offending one. */
  readonly options: readonly number[];
  /** `null` when the status is a rejection, except RIPSO_ESO_UNREGISTERED. */
  readonly label: ReadLabel | null;
  /** The type octet of the label option; with `label`. */
  readonly labelOffset: number | null;
  /** The whole option; with `label`. */
  readonly labelLength: number | null;
  /** The upper-layer header. IPv4: once I1, O2 and I2 passed. IPv6: once the chain was walked. */
  readonly transport: number | null;
  /** Set with `transport`. */
  readonly packetEnd: number | null;
}

/** A reading while it is made. */
type Draft = { -readonly [Key in Exclude<keyof Reading, "vlan" | "options">]: Reading[Key] } & {
  vlan: number[];
  options: number[];
};

/** The first rule that fails decides: thrown by {@link reject}, caught by {@link read}, never seen outside. */
class Rejection {
  readonly status: number;
  readonly blame: number;
  constructor(status: number, blame: number) {
    this.status = status;
    this.blame = blame;
  }
}

function reject(status: number, blame: number): never {
  throw new Rejection(status, blame);
}

/** A label option that was read. */
interface Found {
  readonly label: ReadLabel;
  /** The type octet, in the frame. */
  readonly offset: number;
  /** The whole option. */
  readonly length: number;
  readonly nonMinimal: boolean;
}

/** The outermost IP header, as the link layer announces it. */
interface Announced {
  /** `null`: the version nibble tells. */
  readonly version: 4 | 6 | null;
  readonly ip: number;
  readonly wireEnd: number;
}

/**
 * Steps 1 to 3 of docs/decision.md. Total over every octet sequence.
 *
 * @throws {RangeError} a link type that step 1 does not list, which is an error of the capture
 */
export function read(frame: OracleFrame, options: ReadOptions): Reading {
  const reading: Draft = {
    status: reason.NO_LABEL,
    blame: null,
    vlan: [],
    ipVersion: null,
    ipOffset: null,
    src: null,
    dst: null,
    protocol: null,
    srcPort: null,
    dstPort: null,
    fragment: null,
    options: [],
    label: null,
    labelOffset: null,
    labelLength: null,
    transport: null,
    packetEnd: null,
  };
  try {
    const view = new DataView(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.byteLength);
    const announced = readLink(frame, view, reading.vlan);
    const version = readVersion(view, announced);
    reading.ipVersion = version;
    reading.ipOffset = announced.ip;
    const found =
      version === 4 ? readIpv4(view, announced, options, reading) : readIpv6(view, announced, options, reading);
    if (found !== null) {
      keepLabel(reading, found);
      if (reading.fragment!.fragmented) reading.status = reason.OK_FRAGMENT;
      else if (found.nonMinimal) reading.status = reason.OK_NONMINIMAL;
      else reading.status = reason.OK;
    }
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    reading.status = error.status;
    reading.blame = error.blame;
  }
  return reading;
}

function keepLabel(reading: Draft, found: Found): void {
  reading.label = found.label;
  reading.labelOffset = found.offset;
  reading.labelLength = found.length;
}

/** A copy, a plain Uint8Array whatever the frame is. */
function octets(view: DataView, from: number, to: number): Uint8Array {
  const copy = new Uint8Array(to - from);
  for (let i = from; i < to; i++) copy[i - from] = view.getUint8(i);
  return copy;
}

// Step 1. Link layer.

function readLink(frame: OracleFrame, view: DataView, vlan: number[]): Announced {
  const capEnd = view.byteLength;
  const wireEnd = Math.max(frame.wireLength, capEnd);
  switch (frame.linkType) {
    case 1: // Ethernet
      if (capEnd < 14) reject(reason.LINK_TRUNCATED, 0); // L1
      return readEtherType(view, 12, 14, wireEnd, vlan);
    case 113: // Linux cooked
      if (capEnd < 16) reject(reason.LINK_TRUNCATED, 0); // L1
      return readEtherType(view, 14, 16, wireEnd, vlan);
    case 276: // Linux cooked v2
      if (capEnd < 20) reject(reason.LINK_TRUNCATED, 0); // L1
      return readEtherType(view, 0, 20, wireEnd, vlan);
    case 12: // raw IP
    case 101:
      return { version: null, ip: 0, wireEnd };
    case 228: // raw IPv4
      return { version: 4, ip: 0, wireEnd };
    case 229: // raw IPv6
      return { version: 6, ip: 0, wireEnd };
    case 0: // BSD loopback, either byte order
      if (capEnd < 4) reject(reason.LINK_TRUNCATED, 0); // L1
      return readFamily([view.getUint32(0), view.getUint32(0, true)], wireEnd);
    case 108: // OpenBSD loopback, network byte order
      if (capEnd < 4) reject(reason.LINK_TRUNCATED, 0); // L1
      return readFamily([view.getUint32(0)], wireEnd);
    case 9: {
      // PPP
      const framed = capEnd >= 2 && view.getUint8(0) === 0xff && view.getUint8(1) === 0x03;
      return readPpp(view, framed ? 2 : 0, wireEnd);
    }
    default:
      throw new RangeError(`link type ${frame.linkType}: not one that step 1 lists`);
  }
}

function readFamily(families: readonly number[], wireEnd: number): Announced {
  if (families.includes(2)) return { version: 4, ip: 4, wireEnd };
  if ([10, 24, 28, 30].some((family) => families.includes(family))) return { version: 6, ip: 4, wireEnd };
  return reject(reason.NOT_IP, 0); // L3
}

/** `field` holds the EtherType, `next` is where what it announces begins. */
function readEtherType(view: DataView, field: number, next: number, wireEnd: number, vlan: number[]): Announced {
  const type = view.getUint16(field);
  if (type === 0x0800) return { version: 4, ip: next, wireEnd };
  if (type === 0x86dd) return { version: 6, ip: next, wireEnd };
  if (type === 0x8864) return readPppoe(view, next, wireEnd);
  if (![0x8100, 0x88a8, 0x9100].includes(type)) reject(reason.NOT_IP, field); // L3
  if (vlan.length === 8) reject(reason.VLAN_DEPTH, field); // L2
  if (next + 4 > view.byteLength) reject(reason.LINK_TRUNCATED, next); // L1
  vlan.push(view.getUint16(next) & 0xfff);
  return readEtherType(view, next + 2, next + 4, wireEnd, vlan);
}

function readPppoe(view: DataView, at: number, wireEnd: number): Announced {
  if (at + 6 > view.byteLength) reject(reason.LINK_TRUNCATED, at); // L1
  if (view.getUint8(at) !== 0x11 || view.getUint8(at + 1) !== 0x00) reject(reason.NOT_IP, at); // L3
  const end = at + 6 + view.getUint16(at + 4);
  return readPpp(view, at + 6, Math.min(wireEnd, end));
}

function readPpp(view: DataView, at: number, wireEnd: number): Announced {
  const capEnd = view.byteLength;
  if (at + 1 > capEnd) reject(reason.LINK_TRUNCATED, at); // L1
  let protocol = view.getUint8(at);
  let ip = at + 1;
  if ((protocol & 1) === 0) {
    if (at + 2 > capEnd) reject(reason.LINK_TRUNCATED, at); // L1
    protocol = view.getUint16(at);
    ip = at + 2;
  }
  if (protocol === 0x21) return { version: 4, ip, wireEnd };
  if (protocol === 0x57) return { version: 6, ip, wireEnd };
  return reject(reason.NOT_IP, at); // L3
}

// Step 2. IP header.

function readVersion(view: DataView, announced: Announced): 4 | 6 {
  const { ip, version } = announced;
  if (ip + 1 > view.byteLength) reject(reason.IP_TRUNCATED, ip); // O2: no octet of it
  const nibble = view.getUint8(ip) >> 4;
  if (version === null) {
    if (nibble === 4 || nibble === 6) return nibble;
    return reject(reason.NOT_IP, 0); // L3: link types 12 and 101
  }
  if (nibble !== version) reject(reason.NOT_IP, ip); // L3
  return version;
}

function readIpv4(view: DataView, announced: Announced, options: ReadOptions, reading: Draft): Found | null {
  const { ip, wireEnd } = announced;
  const capEnd = view.byteLength;
  if (ip + 20 > capEnd) reject(reason.IP_TRUNCATED, ip); // O2
  const word = view.getUint16(ip + 6);
  const offset = (word & 0x1fff) * 8;
  const more = (word & 0x2000) !== 0;
  const protocol = view.getUint8(ip + 9);
  reading.src = octets(view, ip + 12, ip + 16);
  reading.dst = octets(view, ip + 16, ip + 20);
  reading.protocol = protocol;
  reading.fragment = { offset, more, id: view.getUint16(ip + 4), fragmented: more || offset !== 0, at: ip + 6 };

  const words = view.getUint8(ip) & 0x0f;
  if (words < 5) reject(reason.IP_IHL, ip); // O1
  const headerEnd = ip + words * 4;
  const packetEnd = ip + view.getUint16(ip + 2);
  if (packetEnd < headerEnd || packetEnd > wireEnd) reject(reason.IP_LENGTH, ip + 2); // I1
  if (headerEnd > capEnd) reject(reason.IP_TRUNCATED, ip); // O2
  if (options.verifyChecksum && !headerChecksumHolds(view, ip, headerEnd)) reject(reason.IP_CHECKSUM, ip + 10); // I2

  reading.transport = headerEnd;
  reading.packetEnd = packetEnd;
  readPorts(view, protocol, headerEnd, packetEnd, offset, reading);
  return readIpv4Options(view, ip + 20, headerEnd, options, reading);
}

/** RFC 791: the one's complement sum of the header's 16-bit words, checksum included, is all ones. */
function headerChecksumHolds(view: DataView, from: number, to: number): boolean {
  let sum = 0;
  for (let i = from; i < to; i += 2) sum += view.getUint16(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum === 0xffff;
}

function readPorts(
  view: DataView,
  protocol: number,
  transport: number,
  packetEnd: number,
  fragmentOffset: number,
  reading: Draft,
): void {
  if (!PORT_PROTOCOLS.has(protocol)) return;
  if (fragmentOffset !== 0) return;
  if (transport + 4 > packetEnd || transport + 4 > view.byteLength) return;
  reading.srcPort = view.getUint16(transport);
  reading.dstPort = view.getUint16(transport + 2);
}

// Step 3. The label: IPv4 options.

function readIpv4Options(
  view: DataView,
  from: number,
  end: number,
  options: ReadOptions,
  reading: Draft,
): Found | null {
  const readRipso = options.readRipso && options.profile !== "linux"; // Profile linux: RIPSO is not read
  let cipso: Found | null = null;
  let ripso: Found | null = null;
  let firstExtended: number | null = null;
  let firstUnregistered: number | null = null;

  let i = from;
  while (i < end) {
    const type = view.getUint8(i);
    reading.options.push(type);
    if (type === 0) break; // O3
    if (type === 1) {
      i += 1; // O4
      continue;
    }
    if (i + 2 > end) reject(reason.OPT_TRUNCATED, i); // O5
    const length = view.getUint8(i + 1);
    if (length < 2) reject(reason.OPT_LEN_LT2, i); // O6
    if (i + length > end) reject(reason.OPT_OVERRUN, i); // O7

    if (type === 134) {
      if (cipso !== null) reject(reason.CIPSO_DUPLICATE, i); // C16
      cipso = readCipso(view, i, length, options);
    }
    if (type === 130 && readRipso) {
      if (ripso !== null) reject(reason.RIPSO_DUPLICATE, i); // R7
      ripso = readRipsoBasic(view, i, length);
    }
    if (type === 133 && readRipso) {
      if (length < 3) reject(reason.RIPSO_LEN, i); // R4
      const format = view.getUint8(i + 2);
      if (firstExtended === null) firstExtended = i;
      if (firstUnregistered === null && !options.formats.includes(format)) firstUnregistered = i;
    }
    i += length;
  }

  if (firstExtended !== null && ripso === null) reject(reason.RIPSO_ESO_ALONE, firstExtended); // R8
  if (firstUnregistered !== null) {
    keepLabel(reading, ripso!); // a frame dropped by R9 still shows its basic label
    reject(reason.RIPSO_ESO_UNREGISTERED, firstUnregistered); // R9
  }
  if (ripso !== null && cipso !== null) reject(reason.MULTI_SCHEME, Math.max(ripso.offset, cipso.offset)); // R10
  return ripso ?? cipso;
}

// CIPSO.

interface Tag {
  readonly level: number;
  readonly categories: ReadonlySet<number>;
  readonly nonMinimal: boolean;
}

function isKnown(doi: number, options: ReadOptions): boolean {
  return options.dois === null || options.dois.includes(doi);
}

function readCipso(view: DataView, o: number, length: number, options: ReadOptions): Found {
  const strict = options.profile === "strict";
  if (length < 8) reject(reason.CIPSO_OPT_SHORT, o + 1); // C1
  const doi = view.getUint32(o + 2);
  if (doi === 0) reject(reason.CIPSO_DOI_ZERO, o + 2); // C2
  if (!isKnown(doi, options)) reject(reason.CIPSO_DOI_UNKNOWN, o + 2); // C3

  const end = o + length;
  const tags: Tag[] = [];
  let t = o + 6;
  while (t < end) {
    const type = view.getUint8(t);
    if (type !== 1 && type !== 2 && type !== 5) reject(reason.CIPSO_TAG_UNKNOWN, t); // C4
    if (end - t === 1) reject(reason.CIPSO_TAG_TRUNCATED, t); // C5
    const tagLength = view.getUint8(t + 1);
    if (tagLength < 4) reject(reason.CIPSO_TAG_LEN, t + 1); // C6
    if (t + tagLength > end) reject(reason.CIPSO_TAG_OVERRUN, t + 1); // C7
    if (strict && tags.length > 0) reject(reason.CIPSO_MULTI_MAC_TAG, t); // C8
    if (strict && view.getUint8(t + 2) !== 0) reject(reason.CIPSO_ALIGN_NONZERO, t + 2); // C9
    if (type === 1) tags.push(readTag1(view, t, tagLength));
    else if (type === 2) tags.push(readTag2(view, t, tagLength, strict));
    else tags.push(readTag5(view, t, tagLength, strict));
    t += tagLength;
  }
  const { level, categories, nonMinimal } = tags[0]!; // several under profile linux: the label is the first tag's
  return { label: { scheme: "cipso", doi, level, categories }, offset: o, length, nonMinimal };
}

function readTag1(view: DataView, t: number, length: number): Tag {
  const bitmapLength = length - 4;
  const categories = readBitmap(view, t + 4, bitmapLength);
  const endsInZero = bitmapLength > 0 && view.getUint8(t + length - 1) === 0;
  return { level: view.getUint8(t + 3), categories, nonMinimal: endsInZero && bitmapLength !== 10 };
}

/** Bit 0 is the most significant bit of the first octet, in CIPSO as in CALIPSO. */
function readBitmap(view: DataView, from: number, length: number): Set<number> {
  const categories = new Set<number>();
  for (let category = 0; category < length * 8; category++) {
    const octet = view.getUint8(from + Math.floor(category / 8));
    if ((octet & (0x80 >> (category % 8))) !== 0) categories.add(category);
  }
  return categories;
}

/** The 16-bit values behind the level of a tag 2 or 5. */
function readValues(view: DataView, t: number, length: number): number[] {
  if ((length - 4) % 2 !== 0) reject(reason.CIPSO_CAT_LEN_ODD, t + 4); // C10
  const values: number[] = [];
  for (let i = t + 4; i < t + length; i += 2) values.push(view.getUint16(i));
  return values;
}

function readTag2(view: DataView, t: number, length: number, strict: boolean): Tag {
  const values = readValues(view, t, length); // C10
  if (strict && values.includes(65535)) reject(reason.CIPSO_CAT_65535, t + 4); // C12
  for (let k = 1; k < values.length; k++) {
    if (values[k]! <= values[k - 1]!) reject(reason.CIPSO_CAT_ORDER, t + 4); // C13
  }
  return { level: view.getUint8(t + 3), categories: new Set(values), nonMinimal: false };
}

function readTag5(view: DataView, t: number, length: number, strict: boolean): Tag {
  const values = readValues(view, t, length); // C10
  const ranges: { readonly top: number; readonly bottom: number }[] = [];
  for (let k = 0; k < values.length; k += 2) {
    ranges.push({ top: values[k]!, bottom: values[k + 1] ?? 0 }); // the last bottom may be left out: it is 0
  }
  if (strict && ranges.length > 7) reject(reason.CIPSO_RANGE_COUNT, t + 4); // C11
  if (strict && values.includes(65535)) reject(reason.CIPSO_CAT_65535, t + 4); // C12
  if (strict && ranges.some((range) => range.top < range.bottom)) reject(reason.CIPSO_RANGE_INVERTED, t + 4); // C14
  for (let k = 1; k < ranges.length; k++) {
    const range = ranges[k]!;
    const before = ranges[k - 1]!;
    const fails = strict ? range.top >= before.bottom : range.top > before.bottom; // linux: only a top above
    if (fails) reject(range.bottom > before.top ? reason.CIPSO_RANGE_ORDER : reason.CIPSO_RANGE_OVERLAP, t + 4); // C15
  }
  const categories = new Set<number>();
  for (const { top, bottom } of ranges) {
    for (let category = bottom; category <= top; category++) categories.add(category); // an inverted one is empty
  }
  return { level: view.getUint8(t + 3), categories, nonMinimal: false };
}

// RIPSO.

function readRipsoBasic(view: DataView, o: number, length: number): Found {
  if (length < 3) reject(reason.RIPSO_LEN, o); // R1
  const level = view.getUint8(o + 2);
  if (![0x3d, 0x5a, 0x96, 0xab].includes(level)) reject(reason.RIPSO_LEVEL, o); // R2
  const field = Array.from(octets(view, o + 3, o + length));
  for (const [k, octet] of field.entries()) {
    const saysAnother = (octet & 1) === 1;
    const another = k + 1 < field.length;
    if (saysAnother !== another) reject(reason.RIPSO_AUTH_LEN, o); // R3
  }
  if (field.length > 1 && (field.at(-1)! & 0xfe) === 0) reject(reason.RIPSO_AUTH_NONMINIMAL, o); // R5
  for (const [k, octet] of field.entries()) {
    const flags = octet & 0xfe;
    const assigned = k === 0 ? 0x80 | 0x40 | 0x20 | 0x10 | 0x08 : 0;
    if ((flags & ~assigned) !== 0) reject(reason.RIPSO_AUTH_UNASSIGNED, o); // R6
  }
  const nonMinimal = field.length === 1 && field[0] === 0x00;
  return { label: { scheme: "ripso", level, authorities: field[0] ?? 0 }, offset: o, length, nonMinimal };
}

// Step 3. The label: IPv6 extension headers.

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AH = 51;
const DESTINATION = 60;

function readIpv6(view: DataView, announced: Announced, options: ReadOptions, reading: Draft): Found | null {
  const { ip, wireEnd } = announced;
  const capEnd = view.byteLength;
  if (ip + 40 > capEnd) reject(reason.IP_TRUNCATED, ip); // O2
  let fragment: ReadFragment = { offset: 0, more: false, id: 0, fragmented: false, at: ip };
  reading.src = octets(view, ip + 8, ip + 24);
  reading.dst = octets(view, ip + 24, ip + 40);
  reading.fragment = fragment;
  const packetEnd = ip + 40 + view.getUint16(ip + 4);
  if (packetEnd > wireEnd) reject(reason.IP_LENGTH, ip + 4); // I1

  let found: Found | null = null;
  let headers = 0;
  let nextAt = ip + 6; // the Next Header octet that says what stands at `at`
  let at = ip + 40;
  while ([HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION].includes(view.getUint8(nextAt))) {
    const type = view.getUint8(nextAt);
    if (type === HOP_BY_HOP && nextAt !== ip + 6) reject(reason.HBH_NOT_FIRST, nextAt); // E1
    if (headers === 12) reject(reason.EXT_COUNT, at); // E2
    if (type === FRAGMENT && fragment.fragmented) reject(reason.FRAG_NESTED, at); // E3
    if (at + 8 > packetEnd) reject(reason.EXT_OVERRUN, at); // E4
    if (at + 8 > capEnd) reject(reason.IP_TRUNCATED, at); // O2
    const n = view.getUint8(at + 1);
    let length = 8 * (n + 1);
    if (type === FRAGMENT) length = 8;
    if (type === AH) length = 4 * (n + 2);
    if (at + length > packetEnd) reject(reason.EXT_OVERRUN, at); // E4
    if (at + length > capEnd) reject(reason.IP_TRUNCATED, at); // O2
    headers++;

    if (type === HOP_BY_HOP || type === DESTINATION) {
      const label = readIpv6Options(view, type, at, at + length, options, reading);
      if (label !== null) found = label; // from the one hop-by-hop header
    }
    if (type === FRAGMENT) {
      const word = view.getUint16(at + 2);
      const offset = word & 0xfff8; // a count of 8 octets, in the upper 13 bits
      const more = (word & 1) === 1;
      const atomic = offset === 0 && !more;
      if (!atomic) {
        fragment = { offset, more, id: view.getUint32(at + 4), fragmented: true, at };
        reading.fragment = fragment;
      }
    }
    nextAt = at;
    at += length;
    if (fragment.offset !== 0) break; // a later fragment: the chain ends here
  }

  const protocol = view.getUint8(nextAt);
  reading.protocol = protocol;
  reading.transport = at;
  reading.packetEnd = packetEnd;
  readPorts(view, protocol, at, packetEnd, fragment.offset, reading);
  return found;
}

/** The options of a hop-by-hop or destination header that stands from `header` to `end`. */
function readIpv6Options(
  view: DataView,
  headerType: number,
  header: number,
  end: number,
  options: ReadOptions,
  reading: Draft,
): Found | null {
  const strict = options.profile === "strict";
  let found: Found | null = null;
  let padding = 0; // octets in a row
  let others = 0; // options that are not padding

  let i = header + 2;
  while (i < end) {
    const type = view.getUint8(i);
    reading.options.push(type);
    if (type === 0) {
      padding += 1;
      if (padding > 7) reject(reason.PAD1_LONG, i); // M1
      i += 1;
      continue;
    }
    if (i + 2 > end) reject(reason.OPT_TRUNCATED, i); // O5
    const length = view.getUint8(i + 1); // of the data
    if (i + 2 + length > end) reject(reason.OPT_OVERRUN, i); // O7
    if (type === 1) {
      padding += 2 + length;
      if (padding > 7) reject(reason.PADN_LONG, i); // M1
      if (octets(view, i + 2, i + 2 + length).some((octet) => octet !== 0)) reject(reason.PADN_NONZERO, i); // M1
      i += 2 + length;
      continue;
    }
    padding = 0;
    others += 1;
    if (others > 8) reject(reason.OPT_COUNT, i); // M2

    if (headerType === HOP_BY_HOP && type === 5) {
      if (length !== 2) reject(reason.ROUTER_ALERT_LEN, i + 1); // M4
    } else if (headerType === HOP_BY_HOP && type === 7) {
      if (strict && found !== null) reject(reason.CALIPSO_DUPLICATE, i); // K2
      const label = readCalipso(view, i, length, header, options);
      if (found === null) found = label; // a second one, under profile linux: the label is the first one's
    } else if (strict && type === 7) {
      reject(reason.CALIPSO_NOT_HBH, i); // K1
    } else if (type >> 6 !== 0) {
      reject(reason.OPT_UNKNOWN_ACTION, i); // M4
    }
    i += 2 + length;
  }
  return found;
}

// CALIPSO.

function readCalipso(view: DataView, o: number, length: number, header: number, options: ReadOptions): Found {
  const strict = options.profile === "strict";
  if (length < 8) reject(reason.CALIPSO_LEN, o + 1); // K3
  const words = view.getUint8(o + 6);
  if (8 + 4 * words > length) reject(reason.CALIPSO_CMPT_OVERRUN, o + 6); // K4
  if (strict && 8 + 4 * words < length) reject(reason.CALIPSO_LEN_MISMATCH, o + 1); // K5
  if (strict && (o - header) % 4 !== 2) reject(reason.CALIPSO_ALIGN, o); // K6
  if (!calipsoChecksumHolds(octets(view, o, o + 2 + length))) reject(reason.CALIPSO_CRC, o + 8); // K7
  const doi = view.getUint32(o + 2);
  if (doi === 0) reject(reason.CALIPSO_DOI_ZERO, o + 2); // K8
  if (!isKnown(doi, options)) reject(reason.CALIPSO_DOI_UNKNOWN, o + 2); // K9

  const bitmap = o + 10;
  const nonMinimal = words > 0 && view.getUint32(bitmap + 4 * (words - 1)) === 0;
  const categories = readBitmap(view, bitmap, 4 * words);
  const label: ReadLabel = { scheme: "calipso", doi, level: view.getUint8(o + 7), categories };
  return { label, offset: o, length: 2 + length, nonMinimal };
}

/** RFC 5570, RFC 1662 appendix C: CRC-16/X-25 over the option, type octet included, its checksum taken as zero. */
function calipsoChecksumHolds(option: Uint8Array): boolean {
  let crc = 0xffff;
  for (const [k, octet] of option.entries()) {
    crc ^= k === 8 || k === 9 ? 0 : octet;
    for (let bit = 0; bit < 8; bit++) {
      const out = crc & 1;
      crc >>= 1;
      if (out === 1) crc ^= 0x8408;
    }
  }
  crc ^= 0xffff;
  return option[8] === (crc & 0xff) && option[9] === crc >> 8; // low octet first
}
