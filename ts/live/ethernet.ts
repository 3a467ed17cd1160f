/**
 * Ethernet headers (IEEE 802.3, 802.1Q).
 *
 * @module
 */

/** Octets of a hardware address. */
export const MAC_LENGTH = 6;
/** Octets of a header without a tag. */
export const HEADER_LENGTH = 14;
/** Octets of an 802.1Q tag. */
export const TAG_LENGTH = 4;
/** Octets of the longest header that is written. */
export const MAX_HEADER = 18;

export const TYPE_IPV4 = 0x0800;
export const TYPE_ARP = 0x0806;
export const TYPE_IPV6 = 0x86dd;
const TYPE_VLAN = 0x8100;

/** Every host of a wire. */
export const BROADCAST_MAC: Uint8Array = new Uint8Array(MAC_LENGTH).fill(0xff);

/** What stands in front of a packet. */
export interface EthernetHeader {
  readonly type: number;
  /** VLAN identifier of its one tag, 0 without a tag. */
  readonly vlan: number;
  /** Octets. */
  readonly length: number;
}

/** The header of the frame at `at`; `null`: it ends too soon, or has two tags. */
export function readHeader(bytes: Uint8Array, at: number, length: number): EthernetHeader | null {
  if (length < HEADER_LENGTH) return null;
  const type = u16(bytes, at + 12);
  if (type !== TYPE_VLAN) return { type, vlan: 0, length: HEADER_LENGTH };
  if (length < MAX_HEADER) return null;
  const inner = u16(bytes, at + 16);
  return inner === TYPE_VLAN ? null : { type: inner, vlan: u16(bytes, at + 14) & 0xfff, length: MAX_HEADER };
}

/** Octets of a header for the VLAN, 0 or `null` for none. */
export function headerLength(vlan: number | null): number {
  return vlan === null || vlan === 0 ? HEADER_LENGTH : MAX_HEADER;
}

/** Writes a header that ends at `end`; where it begins. */
export function writeHeader(
  bytes: Uint8Array,
  end: number,
  destination: Uint8Array,
  source: Uint8Array,
  type: number,
  vlan: number | null = null,
): number {
  const at = end - headerLength(vlan);
  bytes.set(destination, at);
  bytes.set(source, at + MAC_LENGTH);
  if (vlan !== null && vlan !== 0) {
    putU16(bytes, at + 12, TYPE_VLAN);
    putU16(bytes, at + 14, vlan);
  }
  putU16(bytes, end - 2, type);
  return at;
}

/** Whether the six octets are those of a group. */
export function isGroupMac(bytes: Uint8Array, at: number): boolean {
  return (bytes[at]! & 1) !== 0;
}

/** The hardware address of a multicast group or broadcast (RFC 1112 section 6.4, RFC 2464 section 7). */
export function groupMac(address: Uint8Array): Uint8Array {
  if (address.length === 16) return Uint8Array.of(0x33, 0x33, ...address.subarray(12));
  if (address[0]! >= 240) return BROADCAST_MAC;
  return Uint8Array.of(1, 0, 0x5e, address[1]! & 0x7f, address[2]!, address[3]!);
}

/** `02:00:5e:10:00:01`. */
export function formatMac(mac: Uint8Array): string {
  return Array.from(mac, (octet) => octet.toString(16).padStart(2, "0")).join(":");
}

/** Two octets in network order. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Writes two octets in network order. */
export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}
