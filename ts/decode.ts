/**
 * What each frame of a capture says, without a policy: addresses, ports, options, label, and whether it is well formed.
 *
 * @module
 */
import { formatAddress } from "./address.ts";
import { type KernelSource, kernelModule } from "./boot.ts";
import type { FrameBatch } from "./frames.ts";
import { isWithin } from "./given.ts";
import { Kernel, TABLES_BASE } from "./kernel.ts";
import { formatCategories, type Label } from "./label.ts";
import { parseDoi } from "./notation.ts";
import type { Packet, PacketLabel } from "./packet.ts";
import { compileReader } from "./policy/compile.ts";
import type { Profile } from "./policy/model.ts";
import { authorityNames, RIPSO_LEVELS } from "./policy/ripso.ts";
import { type ReasonName, reasonName } from "./reason.ts";

/** A label as records show it. */
export type LabelRecord =
  | {
      readonly scheme: "cipso" | "calipso" | "ripso" | null;
      readonly doi: number;
      readonly level: number;
      /** `0,2.4` */
      readonly categories: string;
    }
  | { readonly scheme: "ripso"; readonly level: string; readonly authorities: readonly string[] };

/** What a frame says. Absent things are `null`. */
export interface DecodeRecord {
  /** Counted from 1 over the capture. */
  readonly frame: number;
  /** Seconds since 1970, nine decimals. */
  readonly time: string;
  /** Octets captured, and on the wire. */
  readonly caplen: number;
  /** Octets on the wire. */
  readonly wirelen: number;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** VLAN identifiers, outermost first. */
  readonly vlan: readonly number[];
  /** `null`: no IP header was recognised. */
  readonly ipVersion: 4 | 6 | null;
  /** As text; `null`: not read. */
  readonly src: string | null;
  /** As text; `null`: not read. */
  readonly dst: string | null;
  /** Upper-layer protocol; `null`: not reached. */
  readonly protocol: number | null;
  /** `null`: the protocol has none, or they were not reached. */
  readonly srcPort: number | null;
  /** `null`: the protocol has none, or they were not reached. */
  readonly dstPort: number | null;
  /** Offset in octets. */
  readonly fragment: { readonly offset: number; readonly more: boolean } | null;
  /** IPv4 option types, or IPv6 hop-by-hop and destination option types, in order, padding included. */
  readonly options: readonly number[];
  /** `null`: the packet carries none, or none that is well formed. */
  readonly label: LabelRecord | null;
  /** `OK`, `OK_NONMINIMAL`, `OK_FRAGMENT`, `NO_LABEL`, or what is wrong. */
  readonly status: ReasonName;
  /** The octet of the frame to blame. */
  readonly offset: number | null;
  /** The IP header; `offset - ipOffset` is the pointer of an ICMP Parameter Problem. */
  readonly ipOffset: number | null;
}

/** How strictly, and with which DOIs, frames are read. */
export interface DecoderOptions {
  /** `strict` (the standards) unless told otherwise. */
  readonly profile?: Profile;
  /** The DOIs that are known; every one but 0 when left out. */
  readonly dois?: readonly (number | string)[];
  /** The kernel, as for `createClassifier`. */
  readonly wasm?: KernelSource;
}

/** Reads frames. It keeps nothing from one to the next. */
export interface Decoder {
  /** What each frame of a batch says, in order. */
  decode(batch: FrameBatch): Generator<DecodeRecord, void>;
  /**
   * The same in numbers, for one row of a batch.
   *
   * @throws {RangeError} there is no such row
   */
  read(batch: FrameBatch, row: number): Packet;
}

/**
 * Makes a decoder.
 *
 * @throws {RangeError} a DOI that is none
 * @throws {TypeError} `wasm` is not the kernel of this release
 * @example
 * ```ts
 * import { batchOf, createDecoder } from "labelgate";
 * const packet = Uint8Array.from([0x45, 0, 0, 20, 0, 0, 0, 0, 64, 59, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
 * const [record] = createDecoder().decode(batchOf([{ bytes: packet, linkType: 101 }]));
 * record.status; // "NO_LABEL"
 * ```
 */
export function createDecoder(options: DecoderOptions = {}): Decoder {
  const dois = options.dois?.map(parseDoi) ?? null;
  const image = compileReader({ profile: options.profile ?? "strict", dois }, TABLES_BASE);
  const kernel = new Kernel(image, 0, kernelModule(options.wasm));
  const read = (batch: FrameBatch, row: number): Packet => {
    if (!isWithin(row, batch.count - 1)) throw new RangeError(`row ${row}: the batch has ${batch.count}`);
    kernel.load(batch, row, 1);
    return kernel.read(0);
  };
  return {
    read,
    *decode(batch) {
      for (let row = 0; row < batch.count; row++) yield recordOf(batch, row, read(batch, row));
    },
  };
}

function recordOf(batch: FrameBatch, row: number, packet: Packet): DecodeRecord {
  const { fragment } = packet;
  return {
    frame: batch.first + row,
    time: formatTime(batch.seconds(row), batch.nanoseconds(row)),
    caplen: batch.capturedLength(row),
    wirelen: batch.wireLength(row),
    linkType: batch.linkType(row),
    vlan: packet.vlan,
    ipVersion: packet.ipVersion,
    src: packet.src === null ? null : formatAddress(packet.src),
    dst: packet.dst === null ? null : formatAddress(packet.dst),
    protocol: packet.protocol,
    srcPort: packet.srcPort,
    dstPort: packet.dstPort,
    fragment: fragment === null ? null : { offset: fragment.offset, more: fragment.more },
    options: packet.options,
    label: packet.label === null ? null : packetLabelRecord(packet.label),
    status: reasonName(packet.status),
    offset: packet.blame,
    ipOffset: packet.ipOffset,
  };
}

/** Seconds since 1970 as text, nine decimals. Before 1970 seconds are rounded down: -1 and 500,000,000 are -0.5. */
export function formatTime(seconds: number, nanoseconds: number): string {
  if (seconds >= 0) return `${seconds}.${`${nanoseconds}`.padStart(9, "0")}`;
  const [whole, rest] = nanoseconds === 0 ? [-seconds, 0] : [-seconds - 1, 1_000_000_000 - nanoseconds];
  return `-${formatTime(whole, rest)}`;
}

/** A label of the lattice as records show it; `scheme` is what carried it. */
export function labelRecord(label: Label, scheme: "cipso" | "calipso" | "ripso" | null): LabelRecord {
  return { scheme, doi: label.doi, level: label.level, categories: formatCategories(label.categories) };
}

/** The label of a packet as records show it. */
export function packetLabelRecord(label: PacketLabel): LabelRecord {
  if (label.scheme !== "ripso") return labelRecord(label.label, label.scheme);
  return {
    scheme: "ripso",
    level: RIPSO_LEVELS.get(label.level)!,
    authorities: authorityNames(label.authorities),
  };
}
