/**
 * What steps 1 to 3 read of one frame, whatever a policy makes of it (docs/decision.md).
 *
 * @module
 */
import type { Label } from "./label.ts";

/** A label as it stands in the packet. */
export type PacketLabel =
  | { readonly scheme: "cipso" | "calipso"; readonly label: Label }
  | {
      readonly scheme: "ripso";
      /** Level octet (RFC 1108 section 2.3). */
      readonly level: number;
      /** First authority octet, 0 when absent. */
      readonly authorities: number;
    };

/** Offsets count from the first octet of the frame. */
export interface Packet {
  /** A reason: OK, OK_NONMINIMAL, OK_FRAGMENT, NO_LABEL, or why the packet is malformed. */
  readonly status: number;
  /** The octet the status points at; `null` when nothing is wrong. */
  readonly blame: number | null;
  /** VLAN identifiers, outermost first. */
  readonly vlan: readonly number[];
  /** `null` when no IP header was found. */
  readonly ipVersion: 4 | 6 | null;
  /** Where the IP header begins in the frame. */
  readonly ipOffset: number | null;
  /** 4 or 16 octets; `null` when the fixed header was not captured. */
  readonly src: Uint8Array | null;
  /** The same for the destination. */
  readonly dst: Uint8Array | null;
  /** Of IPv6 the upper layer's, when the header chain could be walked. */
  readonly protocol: number | null;
  /** `null`: the protocol has none, or they were not reached. */
  readonly srcPort: number | null;
  /** `null`: the protocol has none, or they were not reached. */
  readonly dstPort: number | null;
  /** `null`: the fixed header was not read. */
  readonly fragment: Fragment | null;
  /** IPv4 option types, or IPv6 hop-by-hop and destination option types, in order, padding included. */
  readonly options: readonly number[];
  /** `null`: it carries none, or none that is well formed. */
  readonly label: PacketLabel | null;
  /** The label option, type and length octets included. */
  readonly labelSpan: Span | null;
  /** The upper-layer header, and the end of the packet by its IP length. */
  readonly transport: number | null;
  /** Where it ends in the frame, by its own length. */
  readonly packetEnd: number | null;
}

/** What a packet says of the datagram it is a part of. */
export interface Fragment {
  /** Octets. */
  readonly offset: number;
  /** Whether others follow. */
  readonly more: boolean;
  /** The number that its datagram has. */
  readonly id: number;
  /** False for a whole packet, and for an atomic IPv6 fragment. */
  readonly fragmented: boolean;
  /** The field that says so. */
  readonly at: number;
}

/** Octets of a frame. */
export interface Span {
  /** From the first octet of the frame. */
  readonly offset: number;
  /** In octets. */
  readonly length: number;
}
