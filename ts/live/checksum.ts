/**
 * The Internet checksum (RFC 1071), whole and changed in place (RFC 1624).
 *
 * @module
 */
import { putU16, u16 } from "./ethernet.ts";

/** Adds octets from `from` to `to` to a sum. An odd last octet counts as if a zero followed. */
export function addOctets(sum: number, bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (; at + 1 < to; at += 2) sum += u16(bytes, at);
  return at < to ? sum + (bytes[at]! << 8) : sum;
}

/** The checksum of a sum. */
export function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** Puts the checksum of an upper-layer packet of IPv6 (RFC 8200 section 8.1); its field at `field` is zero. */
export function putChecksum6(
  bytes: Uint8Array,
  ip: number,
  from: number,
  to: number,
  protocol: number,
  field: number,
): void {
  const addresses = addOctets(0, bytes, ip + 8, ip + 40);
  putU16(bytes, field, checksumOf(addOctets(addresses + (to - from) + protocol, bytes, from, to)));
}

/** The checksum at `field` follows a change of the two octets at `at`. */
export function change(bytes: Uint8Array, field: number, at: number, value: number): void {
  const sum = (~u16(bytes, field) & 0xffff) + (~u16(bytes, at) & 0xffff) + value;
  putU16(bytes, at, value);
  putU16(bytes, field, checksumOf(sum));
}
