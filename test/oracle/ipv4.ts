/**
 * The oracle, steps 2 and 3 for IPv4, as in docs/decision.md.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import { PORT_PROTOCOLS } from "../../ts/policy/model.ts";
import { readCipso, readRipsoBasic } from "./labels.ts";
import { type Announced, type Draft, type Found, keepLabel, octets, type ReadOptions, reject } from "./reading.ts";

export function readIpv4(view: DataView, announced: Announced, options: ReadOptions, reading: Draft): Found | null {
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

export function readPorts(
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
