/**
 * ICMP errors (RFC 792, RFC 1191, RFC 4443): what a sender must know to do better.
 *
 * @module
 */
import { addOctets, checksumOf, putChecksum6 } from "./checksum.ts";
import { putU16, u16 } from "./ethernet.ts";
import { upperLayer6 } from "./headers6.ts";

const ICMP = 1;
const ICMPV6 = 58;
const REDIRECT6 = 137;
const HEADER4 = 20;
const HEADER6 = 40;
const MESSAGE = 8;
/** Octets of the packet behind its header that an IPv4 error quotes (RFC 792). */
const QUOTED4 = 8;
/** The longest IPv6 error (RFC 4443 section 2.4 c). */
const MOST6 = 1280;
const TTL = 64;

/** What an error says. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** The second word: a pointer's octet, or an MTU. */
  readonly word: number;
}

/** Fragmentation needed (RFC 1191 section 4), with the most octets of a packet that get through. */
export const fragmentationNeeded = (mtu: number): IcmpError => ({ type: 3, code: 4, word: mtu });
/** Packet too big (RFC 4443 section 3.2). */
export const packetTooBig = (mtu: number): IcmpError => ({ type: 2, code: 0, word: mtu });
/** The octet at `pointer` of the header is wrong (RFC 792; CIPSO 2.2 section 5). */
export const parameterProblem = (pointer: number): IcmpError => ({ type: 12, code: 0, word: pointer * 0x1000000 });
/** An option of this type is required (RFC 1108 section 2.6, CIPSO 2.2 section 5.3). */
export const optionMissing = (type: number): IcmpError => ({ type: 12, code: 1, word: type * 0x1000000 });
/** Communication with the host is administratively prohibited (CIPSO 2.2 section 5.3). */
export const prohibited: IcmpError = { type: 3, code: 10, word: 0 };

/**
 * Whether an error about the packet at `at` may be sent at all (RFC 1122 section 3.2.2, RFC 4443 section 2.4 e): not about
 * ICMP errors, not about fragments but the first, not to or from groups (M-04).
 */
export function mayAnswer(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at]! >> 4 === 4) {
    if ((u16(bytes, at + 6) & 0x1fff) !== 0) return false;
    const [source, destination] = [bytes[at + 12]!, bytes[at + 16]!];
    if (source >= 224 || source === 0 || source === 127 || destination >= 224) return false;
    const transport = at + (bytes[at]! & 15) * 4;
    return bytes[at + 9] !== ICMP || (transport < end && isQuery(bytes[transport]!));
  }
  if (
    bytes[at + 8] === 0xff ||
    bytes[at + 24] === 0xff ||
    bytes.subarray(at + 8, at + 24).every((octet) => octet === 0)
  ) {
    return false;
  }
  const transport = upperLayer6(bytes, at, end, true);
  if (transport === null || transport.isLater) return false;
  const type = bytes[transport.at]!;
  return transport.protocol !== ICMPV6 || (type >= 128 && type !== REDIRECT6);
}

// Echo and the other queries of RFC 792 and RFC 950; whatever is not known may be an error.
function isQuery(type: number): boolean {
  return type === 0 || type === 8 || (type >= 13 && type <= 18);
}

/** An error about the packet from `at` to `end`, from its destination to its source. */
export function icmpError(bytes: Uint8Array, at: number, end: number, error: IcmpError): Uint8Array {
  return bytes[at]! >> 4 === 4 ? error4(bytes, at, end, error) : error6(bytes, at, end, error);
}

function error4(bytes: Uint8Array, at: number, end: number, { type, code, word }: IcmpError): Uint8Array {
  const quoted = Math.min(end, at + (bytes[at]! & 15) * 4 + QUOTED4) - at;
  const packet = new Uint8Array(HEADER4 + MESSAGE + quoted);
  packet[0] = 0x45;
  packet[1] = 0xc0; // internetwork control (RFC 1812 section 4.3.2.5)
  putU16(packet, 2, packet.length);
  packet[8] = TTL;
  packet[9] = ICMP;
  packet.set(bytes.subarray(at + 16, at + 20), 12);
  packet.set(bytes.subarray(at + 12, at + 16), 16);
  putU16(packet, 10, checksumOf(addOctets(0, packet, 0, HEADER4)));
  putMessage(packet, HEADER4, type, code, word, bytes.subarray(at, at + quoted));
  putU16(packet, HEADER4 + 2, checksumOf(addOctets(0, packet, HEADER4, packet.length)));
  return packet;
}

function error6(bytes: Uint8Array, at: number, end: number, { type, code, word }: IcmpError): Uint8Array {
  const quoted = Math.min(end - at, MOST6 - HEADER6 - MESSAGE);
  const packet = new Uint8Array(HEADER6 + MESSAGE + quoted);
  packet[0] = 0x60;
  putU16(packet, 4, MESSAGE + quoted);
  packet[6] = ICMPV6;
  packet[7] = TTL;
  packet.set(bytes.subarray(at + 24, at + 40), 8);
  packet.set(bytes.subarray(at + 8, at + 24), 24);
  putMessage(packet, HEADER6, type, code, word, bytes.subarray(at, at + quoted));
  putChecksum6(packet, 0, HEADER6, packet.length, ICMPV6, HEADER6 + 2);
  return packet;
}

function putMessage(
  packet: Uint8Array,
  at: number,
  type: number,
  code: number,
  word: number,
  quoted: Uint8Array,
): void {
  packet[at] = type;
  packet[at + 1] = code;
  new DataView(packet.buffer).setUint32(at + 4, word);
  packet.set(quoted, at + MESSAGE);
}
