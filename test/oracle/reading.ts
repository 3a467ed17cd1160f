/**
 * The oracle: what the reading of a frame (steps 1 to 3) is made of. Octets are read through a DataView, so a read outside
 * the frame, which the rules make impossible, would throw and be found by the tests.
 *
 * @module
 */
import type { FrameBatch } from "../../ts/frames.ts";
import type { Profile } from "../../ts/policy/model.ts";

export interface OracleFrame {
  /** The captured octets. */
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly linkType: number;
  /** Seconds + nanoseconds / 1e9. */
  readonly time: number;
  /** The network device it came by; `null`: not known (P-01). */
  readonly device: string | null;
}

/** A row of a batch, as the oracle takes it: its octets are a view. */
export function oracleFrameOf(batch: FrameBatch, row: number): OracleFrame {
  return {
    bytes: batch.octets(row),
    wireLength: batch.wireLength(row),
    linkType: batch.linkType(row),
    time: batch.seconds(row) + batch.nanoseconds(row) / 1e9,
    device: batch.interfaces[batch.interfaceOf(row)]?.name ?? null,
  };
}

export interface ReadOptions {
  readonly profile: Profile;
  /** The known DOIs; `null`: every one but 0. */
  readonly dois: readonly number[] | null;
  /** `false`: options 130 and 133 are passed over. The profile linux implies it. */
  readonly readRipso: boolean;
  /** Format codes of option 133 that are accepted (R9). */
  readonly formats: readonly number[];
  /** I2. */
  readonly verifyChecksum: boolean;
}

export type ReadLabel =
  | {
      readonly scheme: "cipso" | "calipso";
      readonly doi: number;
      readonly level: number;
      readonly categories: ReadonlySet<number>;
    }
  | {
      readonly scheme: "ripso";
      /** The level octet. */
      readonly level: number;
      /** The first authority octet, 0 when absent. */
      readonly authorities: number;
    };

export interface ReadFragment {
  /** In octets. */
  readonly offset: number;
  readonly more: boolean;
  readonly id: number;
  readonly fragmented: boolean;
  /** Blame of Rule F. */
  readonly at: number;
}

/** What one frame says. Offsets count from the start of the frame. */
export interface Reading {
  /** A reason code. */
  readonly status: number;
  /** `null` for OK, OK_NONMINIMAL, OK_FRAGMENT and NO_LABEL. */
  readonly blame: number | null;
  /** VLAN ids of the tags read, outermost first. */
  readonly vlan: readonly number[];
  /** Set, with `ipOffset`, once the version nibble was found right. */
  readonly ipVersion: 4 | 6 | null;
  readonly ipOffset: number | null;
  /** Set, with `dst` and `fragment`, once the fixed header was captured. */
  readonly src: Uint8Array | null;
  readonly dst: Uint8Array | null;
  /** IPv4: with `src`. IPv6: once the whole extension chain was walked. */
  readonly protocol: number | null;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  readonly fragment: ReadFragment | null;
  /** IPv4 option types, or hop-by-hop and destination option types, up to and including the offending one. */
  readonly options: readonly number[];
  /** `null` when the status is a rejection, except RIPSO_ESO_UNREGISTERED. */
  readonly label: ReadLabel | null;
  /** The type octet of the label option; with `label`. */
  readonly labelOffset: number | null;
  /** The whole option; with `label`. */
  readonly labelLength: number | null;
  /** The upper-layer header. IPv4: once I1, O2 and I2 passed. IPv6: once the chain was walked. */
  readonly transport: number | null;
  /** Set with `transport`. */
  readonly packetEnd: number | null;
}

/** A reading while it is made. */
export type Draft = { -readonly [Key in Exclude<keyof Reading, "vlan" | "options">]: Reading[Key] } & {
  vlan: number[];
  options: number[];
};

/** The first rule that fails decides: thrown by {@link reject}, caught by {@link read}, never seen outside. */
export class Rejection {
  readonly status: number;
  readonly blame: number;
  constructor(status: number, blame: number) {
    this.status = status;
    this.blame = blame;
  }
}

export function reject(status: number, blame: number): never {
  throw new Rejection(status, blame);
}

/** A label option that was read. */
export interface Found {
  readonly label: ReadLabel;
  /** The type octet, in the frame. */
  readonly offset: number;
  /** The whole option. */
  readonly length: number;
  readonly nonMinimal: boolean;
}

/** The outermost IP header, as the link layer announces it. */
export interface Announced {
  /** `null`: the version nibble tells. */
  readonly version: 4 | 6 | null;
  readonly ip: number;
  readonly wireEnd: number;
}

/** A copy, a plain Uint8Array whatever the frame is. */
export function octets(view: DataView, from: number, to: number): Uint8Array {
  const copy = new Uint8Array(to - from);
  for (let i = from; i < to; i++) copy[i - from] = view.getUint8(i);
  return copy;
}

export function keepLabel(reading: Draft, found: Found): void {
  reading.label = found.label;
  reading.labelOffset = found.offset;
  reading.labelLength = found.length;
}
