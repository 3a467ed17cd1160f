/**
 * Frames that witness something, octet by octet: Ethernet, IP with a label option, and the least of what is above it.
 *
 * @module
 */
import { isGroupAddress } from "../address.ts";
import type { Label, Run } from "../label.ts";
import { PORT_PROTOCOLS, type Profile } from "../policy/model.ts";
import { cipsoTag } from "./fit.ts";
import { ICMP, ICMPV6, IGMP, type Port, TCP, UDP } from "./ports.ts";

/** A packet to be made. */
export interface PacketPlan extends Port {
  /** 4 or 16 octets, like the destination. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly vlan: number | null;
  /** The label as it stands in the packet, a key of RIPSO, or nothing. */
  readonly option: { readonly label: Label } | { readonly ripso: number } | null;
  readonly profile: Profile;
  /** Whether it is a control packet that needs no label (step 6). */
  readonly exempt: boolean;
}

const SOURCE_PORT = 49_152;
const DONT_FRAGMENT = 0x4000;
const SYN = 0x02;

/** The octets of a frame, link type Ethernet. */
export function frameOctets(plan: PacketPlan): Uint8Array {
  const wide = plan.destination.length === 16;
  const tag = plan.vlan === null ? [] : [0x81, 0x00, ...two(plan.vlan)];
  const type = wide ? [0x86, 0xdd] : [0x08, 0x00];
  const packet = wide ? ipv6(plan) : ipv4(plan);
  return Uint8Array.from([...hardwareAddress(plan.destination), 2, 0, 0, 0, 0, 1, ...tag, ...type, ...packet]);
}

// RFC 1112 section 6.4, RFC 2464 section 7.
function hardwareAddress(destination: Uint8Array): number[] {
  if (!isGroupAddress(destination)) return [2, 0, 0, 0, 0, 2];
  if (destination.length === 16) return [0x33, 0x33, ...destination.subarray(12)];
  if (destination[0] === 255) return [255, 255, 255, 255, 255, 255];
  return [0x01, 0x00, 0x5e, destination[1]! & 0x7f, destination[2]!, destination[3]!];
}

function ipv4(plan: PacketPlan): number[] {
  const { option, profile, protocol, exempt } = plan;
  const options = option === null ? [] : "ripso" in option ? ripso(option.ripso) : cipso(option.label, profile);
  while (options.length % 4 !== 0) options.push(0);
  const body = bodyOf(plan);
  const ttl = exempt && protocol === IGMP ? 1 : 64;
  const header = [
    ...[0x45 + options.length / 4, 0, ...two(20 + options.length + body.length)],
    ...[0, 0, ...two(DONT_FRAGMENT), ttl, protocol, 0, 0],
    ...plan.source,
    ...plan.destination,
    ...options,
  ];
  header.splice(10, 2, ...two(internetChecksum(header)));
  return [...header, ...body];
}

function ipv6(plan: PacketPlan): number[] {
  const { option, protocol, exempt } = plan;
  const options = option !== null && "label" in option ? hopByHop(protocol, calipso(option.label)) : [];
  const body = bodyOf(plan);
  return [
    ...[0x60, 0, 0, 0, ...two(options.length + body.length)],
    ...[options.length > 0 ? 0 : protocol, exempt ? 255 : 64],
    ...plan.source,
    ...plan.destination,
    ...options,
    ...body,
  ];
}

// What is above IP, its checksum right.
function bodyOf(plan: PacketPlan): number[] {
  const { protocol, exempt } = plan;
  const ports = PORT_PROTOCOLS.has(protocol) ? [...two(SOURCE_PORT), ...two(plan.port)] : [0, 0, 0, 0];
  if (protocol === TCP)
    return withChecksum([...ports, ...new Array(8).fill(0), 0x50, SYN, 0xff, 0xff, 0, 0, 0, 0], 16, plan);
  if (protocol === UDP) return withChecksum([...ports, 0, 8, 0, 0], 6, plan);
  // RFC 792 echo, RFC 1256 router solicitation; RFC 2236 query.
  if (protocol === ICMP) return withChecksum([exempt ? 10 : 8, 0, 0, 0, 0, 0, 0, 0], 2, null);
  if (protocol === IGMP) return withChecksum([0x11, 100, 0, 0, 0, 0, 0, 0], 2, null);
  // RFC 4443 echo, RFC 4861 router solicitation.
  if (protocol === ICMPV6) return withChecksum([exempt ? 133 : 128, 0, 0, 0, 0, 0, 0, 0], 2, plan);
  return [...ports, 0, 0, 0, 0];
}

// RFC 1071, over the pseudo-header too (RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1) unless `plan` is null.
function withChecksum(body: number[], at: number, plan: PacketPlan | null): number[] {
  const pseudo =
    plan === null ? [] : [...plan.source, ...plan.destination, 0, 0, ...two(body.length), 0, 0, 0, plan.protocol];
  body.splice(at, 2, ...two(internetChecksum([...pseudo, ...body])));
  return body;
}

function internetChecksum(octets: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < octets.length; i += 2) sum += octets[i]! * 256 + (octets[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

/** A CIPSO option (CIPSO 2.2 section 3). */
function cipso({ doi, level, categories }: Label, profile: Profile): number[] {
  const tag = cipsoTag(categories, profile)!;
  const octets =
    tag === 1 ? bitmapOf(categories, 1) : tag === 2 ? numbersIn(categories).flatMap(two) : rangesOf(categories);
  return [134, 10 + octets.length, ...four(doi), tag, 4 + octets.length, 0, level, ...octets];
}

// Highest first; a last bottom of 0 is left out.
function rangesOf(categories: readonly Run[]): number[] {
  const octets = [...categories].reverse().flatMap(([first, last]) => [...two(last), ...two(first)]);
  return categories[0]![0] === 0 ? octets.slice(0, -2) : octets;
}

/** A basic RIPSO option (RFC 1108 section 2), by the key of a policy's label. */
function ripso(key: number): number[] {
  const [level, authorities] = two(key);
  return authorities === 0 ? [130, 3, level] : [130, 4, level, authorities];
}

/** A CALIPSO option (RFC 5570 section 5), for a place of 4n + 2 octets. */
function calipso({ doi, level, categories }: Label): number[] {
  const bitmap = bitmapOf(categories, 4);
  const option = [7, 8 + bitmap.length, ...four(doi), bitmap.length / 4, level, 0, 0, ...bitmap];
  const crc = crc16(option);
  option[8] = crc & 255;
  option[9] = crc >> 8;
  return option;
}

// The header, filled up with PadN or Pad1.
function hopByHop(next: number, option: readonly number[]): number[] {
  const rest = (8 - ((2 + option.length) % 8)) % 8;
  const padding = rest === 0 ? [] : rest === 1 ? [0] : [1, rest - 2, ...new Array<number>(rest - 2).fill(0)];
  return [next, (2 + option.length + rest) / 8 - 1, ...option, ...padding];
}

// CRC-16/X-25 (RFC 1662 appendix C), reflected.
function crc16(octets: readonly number[]): number {
  let crc = 0xffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x8408;
  }
  return crc ^ 0xffff;
}

// Bit 0 is the high bit of the first octet; whole units of so many octets.
function bitmapOf(categories: readonly Run[], unit: number): number[] {
  const bits = (categories.at(-1)?.[1] ?? -1) + 1;
  const bitmap = new Array<number>(Math.ceil(bits / (8 * unit)) * unit).fill(0);
  for (const category of numbersIn(categories)) bitmap[category >> 3]! |= 0x80 >> (category & 7);
  return bitmap;
}

function numbersIn(categories: readonly Run[]): number[] {
  return categories.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

function two(value: number): [number, number] {
  return [value >> 8, value & 255];
}

function four(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
