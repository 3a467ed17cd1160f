/**
 * The policy, resolved: every name looked up, every label canonical, every address in octets. Read from JSON by
 * policy/read.ts, turned into the kernel's tables by policy/compile.ts.
 *
 * @module
 */
import type { Label, Range } from "../label.ts";
import type { Names } from "../names.ts";
import type { Live } from "./live.ts";

/** Bounds of a policy: the kernel numbers these with 16 bits and keeps 65535 for none. */
export const MAX_PARTITIONS = 65_535;
export const MAX_TEMPLATES = 65_535;
/** A group packet is looked for at every interface. */
export const MAX_INTERFACES = 4096;
/** Addresses of all interfaces together, broadcasts included; 65535 stands for none, and the count starts at 1. */
export const MAX_ADDRESSES = 65_534;
/** Partitions kept off shared addresses that can get one broadcast or multicast, and joined members of one group. */
export const MAX_MEMBERS = 1024;

/** Characters of a name, which becomes a file's; zone names of Trusted Extensions have as many at most. */
export const MAX_NAME_LENGTH = 64;

/** `strict` follows the standards; `linux` accepts what Linux with NetLabel accepts (docs/decision.md). */
export type Profile = "strict" | "linux";

export interface Policy {
  readonly profile: Profile;
  /** Whether the IPv4 header checksum is verified (I2). */
  readonly verifyChecksum: boolean;
  readonly names: Names;
  /** Every DOI the policy names, ascending. A label of any other is refused (C3, K9). */
  readonly dois: readonly number[];
  /** What becomes of labels of a DOI; one that is not here passes. */
  readonly translations: ReadonlyMap<number, Translation>;
  readonly ripso: RipsoRule;
  readonly interfaces: readonly Interface[];
  readonly partitions: readonly Partition[];
  /** Index of the partition that receives exempt control packets, or `null`: they are dropped. */
  readonly control: number | null;
  readonly templates: readonly Template[];
  readonly hosts: readonly HostPrefix[];
  /** What interfaces and partitions are on this machine, or `null`. */
  readonly live: Live | null;
}

/** The highest category that translation knows, on either side. */
export const MAX_MAPPED_CATEGORY = 2047;

/** Labels of one DOI in the terms of another. Without tables the numbers stay as they are. */
export interface Translation {
  readonly to: number;
  /** Our level by theirs, one to one. */
  readonly levels: ReadonlyMap<number, number> | null;
  /** Our category by theirs, one to one, 0 to {@link MAX_MAPPED_CATEGORY} on either side; `null` with `levels`. */
  readonly categories: ReadonlyMap<number, number> | null;
}

/** What a RIPSO label means here. */
export interface RipsoRule {
  /** `drop`: `RIPSO_NOT_MAPPED`. `map`: by `labels`. `ignore`: options 130 and 133 are not read. */
  readonly mode: "drop" | "map" | "ignore";
  /** Labels by {@link ripsoKey}. Empty unless the mode is `map`. */
  readonly labels: ReadonlyMap<number, Label>;
  /** Format codes of extended security options (133) that are accepted (R9), ascending. */
  readonly formats: readonly number[];
}

/** The key of {@link RipsoRule.labels}: level octet × 256 + authority octet (0 when the field is absent). */
export function ripsoKey(level: number, authorities: number): number {
  return level * 256 + authorities;
}

export interface Interface {
  readonly name: string;
  /** The device it is mapped to (P-01), or `null`. */
  readonly device: string | null;
  /** The VLAN it is on, 0 for none; `null`: tags are not looked at. */
  readonly vlan: number | null;
  readonly addresses: readonly InterfaceAddress[];
  /** Labels that may arrive here (step 10), or `null`: no test of its own. */
  readonly range: Range | null;
}

export interface InterfaceAddress {
  /** 4 or 16 octets, network order. */
  readonly address: Uint8Array;
  /** Prefix length it was written with, or `null`. An IPv4 one (below 31) makes the all-ones address a broadcast. */
  readonly prefix: number | null;
  /** Index of the partition that owns it, or `null`: shared. */
  readonly owner: number | null;
}

export interface Partition {
  readonly name: string;
  readonly label: Label;
  /** Whether it is reached on shared addresses; else only on addresses it owns (P-27). */
  readonly shared: boolean;
  /** Its bindings in the order written, or `null`: it takes everything that reaches it. */
  readonly bindings: readonly Binding[] | null;
  /** On shared addresses (D-02). */
  readonly multilevelPorts: readonly PortRange[];
  /** On addresses it owns (D-07). */
  readonly privateMultilevelPorts: readonly PortRange[];
  /** Labels it takes ICMP of: its own, or all of the interface's range (F-22). */
  readonly icmp: "own" | "range";
  /** Multicast groups it has joined. */
  readonly groups: readonly Group[];
}

export interface Group {
  /** 4 or 16 octets, a multicast address. */
  readonly address: Uint8Array;
  /** Index of the one interface it was joined on, or `null`: any. */
  readonly interface: number | null;
}

export interface Binding {
  readonly name: string;
  /** The address it is bound to (one of the interfaces'), or `null`: any. */
  readonly address: Uint8Array | null;
  /** What it takes; `null`: the catch-all, whatever no other binding takes. */
  readonly ports: readonly PortRange[] | null;
  /** Whether it takes from unlabelled senders what the partition's label dominates. */
  readonly acceptLower: boolean;
}

export interface PortRange {
  /** IP protocol number, 1–255. */
  readonly protocol: number;
  /** 0–65535 for a protocol with ports; 0 to 65535 whole for `*\/protocol`. */
  readonly first: number;
  readonly last: number;
}

/** What is believed of the hosts of a prefix. */
export type Template =
  | {
      readonly type: "labelled";
      readonly name: string;
      readonly doi: number;
      /** At least one of `range` and a non-empty `set`. */
      readonly range: Range | null;
      readonly set: readonly Label[];
    }
  | {
      readonly type: "unlabelled";
      readonly name: string;
      readonly doi: number;
      /** The label of what they send. */
      readonly label: Label;
    };

export interface HostPrefix {
  /** As written. */
  readonly text: string;
  /** 4 or 16 octets, network order, host bits zero. */
  readonly address: Uint8Array;
  readonly prefix: number;
  /** Index into {@link Policy.templates}. */
  readonly template: number;
}

/** Protocols whose first four octets are source and destination port: TCP, UDP, DCCP, SCTP, UDP-Lite. */
export const PORT_PROTOCOLS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
