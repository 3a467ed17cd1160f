/**
 * IP addresses and prefixes as text and as octets. Reading is ipaddr.js's work, where the spelling is not plain enough for
 * plain.ts; what is refused here beyond it are the spellings that people and programs read differently: octal and
 * hexadecimal IPv4 (`010.0.0.1`), zones, and IPv4 inside IPv6.
 *
 * @module
 */
import ipaddr from "ipaddr.js";
import { type AddressPool, plainAddress, plainNumber } from "./plain.ts";

/**
 * Reads an address: 4 or 16 octets in network order.
 *
 * @throws {RangeError} not an address, or one whose meaning is in doubt
 */
export function parseAddress(text: string): Uint8Array {
  return plainAddress(text) ?? readAddress(text);
}

function readAddress(text: string): Uint8Array {
  const dotted = text.slice(text.lastIndexOf(":") + 1);
  if (/^\d+(?:\.\d+){3}$/.test(dotted) && /(?:^|\.)0\d/.test(dotted)) {
    throw new RangeError(`"${text}": leading zeros are octal to some; leave them out`);
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return Uint8Array.from(ipaddr.IPv4.parse(text).octets);
  // The library would read hexadecimal and short forms of IPv4 inside IPv6.
  const isPlain = !dotted.includes(".") || ipaddr.IPv4.isValidFourPartDecimal(dotted);
  if (isPlain && !text.includes("%") && ipaddr.IPv6.isValid(text)) {
    const address = ipaddr.IPv6.parse(text);
    if (address.isIPv4MappedAddress()) {
      throw new RangeError(`"${text}": write the IPv4 address ${address.toIPv4Address().toString()}`);
    }
    return Uint8Array.from(address.toByteArray());
  }
  throw new RangeError(`"${text}" is no address: expected 192.0.2.1 or 2001:db8::1`);
}

/** A prefix: an address and how many of its leading bits count. */
export interface Prefix {
  readonly address: Uint8Array;
  readonly length: number;
}

/**
 * Reads `address/length`, or an address alone, which is the prefix of just itself (F-03). Host bits are kept.
 *
 * @throws {RangeError} not an address, or a length that does not fit it
 */
export function parsePrefix(text: string): Prefix {
  return parsePooledPrefix(text, null);
}

/**
 * The same for very many: an address in the plain spelling is put into the pool.
 *
 * @throws {RangeError} not an address, or a length that does not fit it
 */
export function parsePooledPrefix(text: string, pool: AddressPool | null): Prefix {
  const slash = text.indexOf("/");
  const end = slash < 0 ? text.length : slash;
  const plain = pool === null ? plainAddress(text, end) : pool.read(text, end);
  const address = plain ?? readAddress(text.slice(0, end));
  if (slash < 0) return { address, length: address.length * 8 };
  const length = plainNumber(text, slash + 1);
  if (length < 0 || length > address.length * 8) {
    throw new RangeError(`"${text}": expected a prefix length of 0 to ${address.length * 8}`);
  }
  return { address, length };
}

/** The IPv4 address in an IPv4-mapped one (`::ffff:a.b.c.d`, RFC 4291 section 2.5.5.2); any other as it is. */
export function unmapped(address: Uint8Array): Uint8Array {
  const isMapped = address.length === 16 && address.subarray(0, 12).every((octet, i) => octet === (i < 10 ? 0 : 0xff));
  return isMapped ? address.subarray(12) : address;
}

/** The address with every bit behind the first `length` zero. */
export function networkOf({ address, length }: Prefix): Uint8Array {
  return address.map((octet, i) => octet & maskOf(length - i * 8));
}

/** Whether an address has a bit behind the first `length`. */
export function hasHostBits({ address, length }: Prefix): boolean {
  for (let i = length >> 3; i < address.length; i++) {
    if ((address[i]! & ~maskOf(length - i * 8)) !== 0) return true;
  }
  return false;
}

/** The address with every bit behind the first `length` one. */
export function lastOf({ address, length }: Prefix): Uint8Array {
  return address.map((octet, i) => octet | (~maskOf(length - i * 8) & 0xff));
}

/** The directed broadcast of an interface address written with its prefix length; `null` when it has none. */
export function broadcastOf(address: Uint8Array, length: number | null): Uint8Array | null {
  if (address.length !== 4 || length === null || length > 30) return null;
  const broadcast = lastOf({ address, length });
  return isGroupAddress(broadcast) ? null : broadcast;
}

/** The text of an address, in its shortest form (RFC 5952). */
export function formatAddress(address: Uint8Array): string {
  return address.length === 4
    ? address.join(".")
    : (ipaddr.fromByteArray([...address]) as ipaddr.IPv6).toRFC5952String();
}

/** The text of a prefix. */
export function formatPrefix({ address, length }: Prefix): string {
  return `${formatAddress(address)}/${length}`;
}

/** Whether an address is in the network of another, which has so many leading bits. */
export function isIn(address: Uint8Array, other: Uint8Array, prefix: number): boolean {
  if (address.length !== other.length) return false;
  const [network, own] = [address, other].map((item) => networkOf({ address: item, length: prefix }));
  return compareAddresses(network!, own!) === 0;
}

/** Of 169.254.0.0/16 or fe80::/10: on the link at hand, whatever that is. */
export function isLinkLocal(address: Uint8Array): boolean {
  if (address.length === 4) return address[0] === 169 && address[1] === 254;
  return address[0] === 0xfe && (address[1]! & 0xc0) === 0x80;
}

/** Multicast or the limited broadcast: addresses that no host has. */
export function isGroupAddress(address: Uint8Array): boolean {
  if (address.length === 16) return address[0] === 0xff;
  return address[0]! >> 4 === 14 || address.every((octet) => octet === 255);
}

/** Octet by octet; shorter addresses first. */
export function compareAddresses(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 8 ? 0xff : (0xff00 >> bits) & 0xff;
}
