// Small packets for tests, built octet by octet: raw IP (link type 101) unless wrapped.
import { parseAddress } from "../ts/address.ts";
import { type Label, makeLabel } from "../ts/label.ts";
import { encodeCalipso, encodeCipso } from "./generate/label.ts";

export const RAW = 101;
export const ETHERNET = 1;

export interface Packet4 {
  readonly src?: string;
  readonly dst?: string;
  /** Octets of options; padded with EOL. */
  readonly options?: readonly number[];
  readonly protocol?: number;
  readonly sport?: number;
  readonly dport?: number;
  /** In place of ports. */
  readonly body?: readonly number[];
  /** Flags and offset field. */
  readonly fragment?: number;
  readonly id?: number;
  readonly ttl?: number;
}

const two = (value: number): [number, number] => [value >> 8, value & 255];

/** An IPv4 packet, UDP to port 80 unless told otherwise, its header checksum right. */
export function ipv4(packet: Packet4 = {}): Uint8Array {
  const { src = "198.51.100.7", dst = "192.0.2.1", options = [], protocol = 17, sport = 12345, dport = 80 } = packet;
  const body = packet.body ?? [...two(sport), ...two(dport), 0, 8, 0, 0];
  const padded = [...options, ...new Array<number>((4 - (options.length % 4)) % 4).fill(0)];
  const header = [
    ...[0x45 + padded.length / 4, 0, ...two(20 + padded.length + body.length)],
    ...[...two(packet.id ?? 1), ...two(packet.fragment ?? 0)],
    ...[packet.ttl ?? 64, protocol, 0, 0],
    ...parseAddress(src),
    ...parseAddress(dst),
    ...padded,
  ];
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) sum += header[i]! * 256 + header[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  [header[10], header[11]] = two(~sum & 0xffff);
  return Uint8Array.from([...header, ...body]);
}

export interface Packet6 {
  readonly src?: string;
  readonly dst?: string;
  readonly hopLimit?: number;
  /** Extension headers, each [type, octets behind the next header octet]. */
  readonly headers?: readonly (readonly [type: number, rest: readonly number[]])[];
  readonly protocol?: number;
  readonly sport?: number;
  readonly dport?: number;
  readonly body?: readonly number[];
}

/** An IPv6 packet, UDP to port 80 unless told otherwise. */
export function ipv6(packet: Packet6 = {}): Uint8Array {
  const { src = "2001:db8:1::7", dst = "2001:db8::1", hopLimit = 64, headers = [], protocol = 17 } = packet;
  const body = packet.body ?? [...two(packet.sport ?? 12345), ...two(packet.dport ?? 80), 0, 8, 0, 0];
  const types = [...headers.map(([type]) => type), protocol];
  const chain = headers.flatMap(([, rest], i) => [types[i + 1]!, ...rest]);
  const length = chain.length + body.length;
  return Uint8Array.from([
    ...[0x60, 0, 0, 0, ...two(length), types[0]!, hopLimit],
    ...parseAddress(src),
    ...parseAddress(dst),
    ...chain,
    ...body,
  ]);
}

/** Octets of a datagram: which they are, and whether more come behind them. */
export interface Piece {
  readonly from: number;
  readonly length: number;
  readonly more: boolean;
}

/** A fragment of an IPv4 datagram, UDP to port 80 unless told otherwise; its ports are in the octets from 0 on. */
export function piece4({ from, length, more }: Piece, packet: Packet4 = {}): Uint8Array {
  const fragment = (more ? 0x2000 : 0) | (from / 8);
  return ipv4({ ...packet, fragment, body: pieceBody(from, length, packet) });
}

/** A fragment of an IPv6 datagram; `headers` stand before the fragment header, `behind` in the fragment with offset 0. */
export function piece6(
  { from, length, more }: Piece,
  packet: Packet6 & { readonly id?: number; readonly behind?: Packet6["headers"] } = {},
): Uint8Array {
  const { id = 1, headers = [], behind = [], ...rest } = packet;
  const fragment: [number, number[]] = [44, [0, ...two(from | (more ? 1 : 0)), 0, 0, ...two(id)]];
  return ipv6({ ...rest, headers: [...headers, fragment, ...behind], body: pieceBody(from, length, packet) });
}

function pieceBody(from: number, length: number, packet: Packet4 | Packet6): readonly number[] {
  if (packet.body !== undefined) return packet.body;
  const ports = from === 0 ? [...two(packet.sport ?? 12345), ...two(packet.dport ?? 80)] : [];
  return [...ports, ...new Array<number>(Math.max(0, length - ports.length)).fill(0)].slice(0, length);
}

/** A hop-by-hop or destination options header without its next header octet, filled up with PadN. */
export function optionsHeader(options: readonly number[]): number[] {
  const header = [0, ...options];
  const rest = (8 - ((header.length + 1) % 8)) % 8;
  if (rest === 1) header.push(0);
  else if (rest > 1) header.push(1, rest - 2, ...new Array<number>(rest - 2).fill(0));
  header[0] = (header.length + 1) / 8 - 1;
  return header;
}

/** An Ethernet frame around a packet, behind VLAN tags. */
export function ethernet(packet: Uint8Array, vlans: readonly number[] = []): Uint8Array {
  const tags = vlans.flatMap((vlan) => [0x81, 0, ...two(vlan)]);
  const type = packet[0]! >> 4 === 4 ? [8, 0] : [0x86, 0xdd];
  return Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ...tags, ...type, ...packet]);
}

/** A CIPSO option; the DOI is 16. */
export function cipso(level: number, categories: readonly number[] = [], doi = 16): number[] {
  return encodeCipso(labelled(doi, level, categories), 0);
}

/** A hop-by-hop header with a CALIPSO option; the DOI is 16. */
export function calipso(level: number, categories: readonly number[] = [], doi = 16): [number, number[]] {
  return [0, optionsHeader(encodeCalipso(labelled(doi, level, categories)))];
}

function labelled(doi: number, level: number, categories: readonly number[]): Label {
  return makeLabel(doi, level, categories);
}
