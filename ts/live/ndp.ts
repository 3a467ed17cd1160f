/**
 * Neighbour solicitations and advertisements (RFC 4861 sections 4.3, 4.4, 7.1).
 *
 *     IPv6 40 | type 135, 136 | code 0 | checksum 2 | flags 4 | target 16 | option: 1, 2 | words of 8 | hardware address 6
 *
 * @module
 */
import { addOctets, checksumOf, putChecksum6 } from "./checksum.ts";
import { putU16, u16 } from "./ethernet.ts";

export const SOLICITATION = 135;
export const ADVERTISEMENT = 136;

const ICMPV6 = 58;
const IP_LENGTH = 40;
const MESSAGE_LENGTH = 24;
const PACKET_LENGTH = IP_LENGTH + MESSAGE_LENGTH + 8;
const HOP_LIMIT = 255;
const SOURCE_OPTION = 1;
const TARGET_OPTION = 2;
const SOLICITED = 0x40;
const SOLICITED_AND_OVERRIDE = 0x60;
const OVERRIDE = 0x20;

/** A solicitation or an advertisement. */
export interface Neighbouring {
  readonly type: number;
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  /** Hardware address of its sender (135) or target (136), or `null`: it names none. */
  readonly mac: Uint8Array | null;
}

/** Whether the packet at `at` is ICMPv6 of a type, without extension headers. */
export function isIcmpv6(bytes: Uint8Array, at: number, length: number, first: number, last: number): boolean {
  if (length < IP_LENGTH + 4 || bytes[at + 6] !== ICMPV6) return false;
  const type = bytes[at + IP_LENGTH]!;
  return type >= first && type <= last;
}

/** The message in the packet at `at`; `null`: it is none, or not valid (RFC 4861 sections 7.1.1, 7.1.2). */
export function readNeighbouring(bytes: Uint8Array, at: number, length: number): Neighbouring | null {
  if (!isIcmpv6(bytes, at, length, SOLICITATION, ADVERTISEMENT) || bytes[at + 7] !== HOP_LIMIT) return null;
  const size = u16(bytes, at + 4);
  if (size < MESSAGE_LENGTH || IP_LENGTH + size > length || bytes[at + IP_LENGTH + 1] !== 0) return null;
  const message = at + IP_LENGTH;
  const end = message + size;
  const pseudo = addOctets(size + ICMPV6, bytes, at + 8, at + IP_LENGTH);
  if (checksumOf(addOctets(pseudo, bytes, message, end)) !== 0) return null;
  const type = bytes[message]!;
  const isAnonymous = type === SOLICITATION && isUnspecified(bytes, at + 8);
  if (bytes[message + 8] === 0xff) return null;
  if (isAnonymous && !isSolicitedNode(bytes, at + 24)) return null;
  if (type === ADVERTISEMENT && bytes[at + 24] === 0xff && (bytes[message + 4]! & SOLICITED) !== 0) return null;
  const wanted = type === SOLICITATION ? SOURCE_OPTION : TARGET_OPTION;
  let mac: Uint8Array | null = null;
  for (let option = message + MESSAGE_LENGTH; option < end; ) {
    const octets = option + 1 < end ? bytes[option + 1]! * 8 : 0;
    if (octets === 0 || option + octets > end) return null;
    if (isAnonymous && bytes[option] === SOURCE_OPTION) return null;
    if (bytes[option] === wanted && octets === 8 && (bytes[option + 2]! & 1) === 0) {
      mac = bytes.slice(option + 2, option + 8);
    }
    option += octets;
  }
  return { type, source: bytes.slice(at + 8, at + 24), target: bytes.slice(message + 8, message + 24), mac };
}

function isUnspecified(bytes: Uint8Array, at: number): boolean {
  return bytes.subarray(at, at + 16).every((octet) => octet === 0);
}

function isSolicitedNode(bytes: Uint8Array, at: number): boolean {
  return SOLICITED_NODES.every((octet, i) => octet === bytes[at + i]);
}

/** Asks who has `target`. */
export function solicitation(source: Uint8Array, mac: Uint8Array, target: Uint8Array): Uint8Array {
  return neighbourPacket(SOLICITATION, source, solicitedNode(target), 0, target, SOURCE_OPTION, mac);
}

/** Says that `target` is at `mac`: to `destination`, or to all nodes when nobody with an address asked. */
export function advertisement(target: Uint8Array, mac: Uint8Array, destination: Uint8Array): Uint8Array {
  const isAnonymous = isUnspecified(destination, 0);
  const to = isAnonymous ? ALL_NODES : destination;
  const flags = isAnonymous ? OVERRIDE : SOLICITED_AND_OVERRIDE;
  return neighbourPacket(ADVERTISEMENT, target, to, flags, target, TARGET_OPTION, mac);
}

const SOLICITED_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff);
const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** The group that a host with the address has joined (RFC 4291 section 2.7.1). */
export function solicitedNode(address: Uint8Array): Uint8Array {
  return Uint8Array.of(...SOLICITED_NODES, ...address.subarray(13));
}

/** The link-local address of a hardware address (RFC 4291 appendix A). */
export function linkLocal(mac: Uint8Array): Uint8Array {
  const [a, b, c, d, e, f] = mac as unknown as [number, number, number, number, number, number];
  return Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f);
}

function neighbourPacket(
  type: number,
  source: Uint8Array,
  destination: Uint8Array,
  flags: number,
  target: Uint8Array,
  option: number,
  mac: Uint8Array,
): Uint8Array {
  const packet = new Uint8Array(PACKET_LENGTH);
  packet[0] = 0x60;
  putU16(packet, 4, PACKET_LENGTH - IP_LENGTH);
  packet[6] = ICMPV6;
  packet[7] = HOP_LIMIT;
  packet.set(source, 8);
  packet.set(destination, 24);
  packet[40] = type;
  packet[44] = flags;
  packet.set(target, 48);
  packet[64] = option;
  packet[65] = 1;
  packet.set(mac, 66);
  putChecksum6(packet, 0, IP_LENGTH, PACKET_LENGTH, ICMPV6, 42);
  return packet;
}
