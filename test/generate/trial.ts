// Frames for trying a policy: every label of a small lattice, written quickly and without the code that is tried.
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { FrameBatch } from "../../ts/frames.ts";
import { MAX_BATCH } from "../../ts/kernel.ts";
import { type Label, makeLabel } from "../../ts/label.ts";
import { PORT_PROTOCOLS, ripsoKey } from "../../ts/policy/model.ts";
import { optionsHeader } from "../packets.ts";
import { CATEGORIES, LEVELS, OURS, THEIRS } from "./audited.ts";
import { encodeCalipso, encodeCipso } from "./label.ts";

export type Version = 4 | 6;

/** The whole lattice of a DOI. */
export const latticeOf = (doi: number): Label[] =>
  LEVELS.flatMap((level) =>
    Array.from({ length: 2 ** CATEGORIES.length }, (_, bits) =>
      makeLabel(
        doi,
        level,
        CATEGORIES.filter((_, i) => (bits >> i) & 1),
      ),
    ),
  );

/** What stands in a packet, by version of IP; equal for the same text. */
export interface Option {
  readonly version: Version;
  readonly octets: readonly number[];
  /** The key of a RIPSO label. */
  readonly ripso?: number;
}

const padded = (octets: readonly number[]): number[] => [
  ...octets,
  ...new Array((4 - (octets.length % 4)) % 4).fill(0),
];
export const NONE: Readonly<Record<Version, Option>> = { 4: { version: 4, octets: [] }, 6: { version: 6, octets: [] } };
/** By DOI. */
export const LABELS: ReadonlyMap<number, readonly Option[]> = new Map(
  [OURS, THEIRS].map((doi) => [
    doi,
    latticeOf(doi).flatMap((label): Option[] => [
      { version: 4, octets: padded(encodeCipso(label, 0)) },
      { version: 6, octets: optionsHeader(encodeCalipso(label)) },
    ]),
  ]),
);
export const RIPSO: readonly Option[] = [0x5a, 0xab].flatMap((level): Option[] => [
  { version: 4, octets: padded([130, 3, level]), ripso: ripsoKey(level, 0) },
  { version: 4, octets: padded([130, 4, level, 0x80]), ripso: ripsoKey(level, 0x80) },
]);

/** Where a packet goes, and how it comes. */
export interface Target {
  readonly destination: Uint8Array;
  /** Index in DEVICES. */
  readonly device: number;
  readonly vlan: number | null;
}

/** Whom a packet is from, and what it says. */
export interface Sent {
  readonly source: Uint8Array;
  readonly option: Option;
}

/** A control packet: its type, and its TTL or hop limit. */
export interface Control {
  readonly protocol: number;
  readonly type: number;
  readonly ttl: number;
}

export const DEVICES = [null, "eth0", "eth1", "wlan7"] as const;
export const VLANS = [null, 5, 6, 77] as const;
const INTERFACES = DEVICES.map((name) => ({ linkType: 1, name, snapLength: 0 }));
const LONGEST = 120;

/** Frames written one behind the other, up to MAX_BATCH of them. */
export class Frames {
  readonly #bytes = new Uint8Array(MAX_BATCH * LONGEST);
  readonly #rows = new ArrayBuffer(MAX_BATCH * FRAME_SIZE);
  #at = 0;
  batch: FrameBatch = this.open();

  open(): FrameBatch {
    this.#at = 0;
    this.batch = new FrameBatch(this.#bytes, this.#rows, 1, INTERFACES);
    return this.batch;
  }

  /** Appends a frame. True when there is room for another. */
  add(
    { destination, device, vlan }: Target,
    { source, option }: Sent,
    protocol: number,
    port: number,
    control: Control | null = null,
  ): boolean {
    const start = this.#at;
    this.#write(source, destination, vlan, option, protocol, port, control);
    this.batch.push(start, this.#at - start, this.#at - start, 1, device, 0, 0);
    return this.batch.count < MAX_BATCH;
  }

  #write(
    source: Uint8Array,
    destination: Uint8Array,
    vlan: number | null,
    option: Option,
    protocol: number,
    port: number,
    control: Control | null,
  ): void {
    const bytes = this.#bytes;
    let at = this.#at;
    at += 12; // hardware addresses: whatever they are
    if (vlan !== null) {
      bytes[at++] = 0x81;
      bytes[at++] = 0;
      bytes[at++] = 0;
      bytes[at++] = vlan;
    }
    const { octets, version } = option;
    const ip = at + 2;
    const body = 24;
    if (version === 4) {
      bytes[at] = 8;
      bytes[at + 1] = 0;
      const header = 20 + octets.length;
      clear(bytes, ip, ip + header + body);
      bytes[ip] = 0x40 + header / 4;
      bytes[ip + 3] = header + body;
      bytes[ip + 8] = control?.ttl ?? 64;
      bytes[ip + 9] = protocol;
      put(bytes, ip + 12, source);
      put(bytes, ip + 16, destination);
      put(bytes, ip + 20, octets);
      let sum = 0;
      for (let i = ip; i < ip + header; i += 2) sum += bytes[i]! * 256 + bytes[i + 1]!;
      sum = (sum & 0xffff) + (sum >> 16);
      sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
      bytes[ip + 10] = sum >> 8;
      bytes[ip + 11] = sum;
      at = ip + header;
    } else {
      bytes[at] = 0x86;
      bytes[at + 1] = 0xdd;
      const rest = octets.length === 0 ? 0 : octets.length + 1;
      clear(bytes, ip, ip + 40 + rest + body);
      bytes[ip] = 0x60;
      bytes[ip + 5] = rest + body;
      bytes[ip + 6] = rest === 0 ? protocol : 0;
      bytes[ip + 7] = control?.ttl ?? 64;
      put(bytes, ip + 8, source);
      put(bytes, ip + 24, destination);
      if (rest > 0) bytes[ip + 40] = protocol;
      put(bytes, ip + 41, octets);
      at = ip + 40 + rest;
    }
    if (control !== null) bytes[at] = control.type;
    else if (PORT_PROTOCOLS.has(protocol)) {
      bytes[at + 2] = port >> 8;
      bytes[at + 3] = port;
    } else if (protocol === 1) bytes[at] = 8;
    else if (protocol === 58) bytes[at] = 128;
    this.#at = at + body;
  }
}

// Quicker than fill and set for so few octets.
function clear(bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) bytes[i] = 0;
}

function put(bytes: Uint8Array, at: number, octets: ArrayLike<number>): void {
  for (let i = 0; i < octets.length; i++) bytes[at + i] = octets[i]!;
}
