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
  readonly ipOffset: number | null;
  /** 4 or 16 octets; `null` when the fixed header was not captured. */
  readonly src: Uint8Array | null;
  readonly dst: Uint8Array | null;
  /** Of IPv6 the upper layer's, when the header chain could be walked. */
  readonly protocol: number | null;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  readonly fragment: Fragment | null;
  /** IPv4 option types, or IPv6 hop-by-hop and destination option types, in order, padding included. */
  readonly options: readonly number[];
  readonly label: PacketLabel | null;
  /** The label option, type and length octets included. */
  readonly labelSpan: Span | null;
  /** The upper-layer header, and the end of the packet by its IP length. */
  readonly transport: number | null;
  readonly packetEnd: number | null;
}

export interface Fragment {
  /** Octets. */
  readonly offset: number;
  readonly more: boolean;
  readonly id: number;
  /** False for a whole packet, and for an atomic IPv6 fragment. */
  readonly fragmented: boolean;
  /** The field that says so. */
  readonly at: number;
}

/** Octets of a frame. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}
