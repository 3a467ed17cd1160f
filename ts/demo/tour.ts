/**
 * Seven packets of the built-in capture that show what label dispatch is, under the built-in policy. Each is a test too.
 *
 * @module
 */
import type { ReasonName } from "../reason.ts";

export interface TourStep {
  readonly title: string;
  /** Sentences; what is between backquotes is code. */
  readonly text: string;
  readonly frame: number;
  /** Octets that are changed, from an offset on. */
  readonly patch: { readonly offset: number; readonly octets: readonly number[] } | null;
  /** Where it goes: a partition, or a reason. */
  readonly to: { readonly partition: string } | { readonly reason: ReasonName };
  /** The pane to look at. */
  readonly pane: "packets" | "bytes" | "label" | "lattice" | "rooms" | "decision";
}

const NOP = 1;

export const TOUR: readonly TourStep[] = [
  {
    title: "Equal: delivered",
    text: "Six partitions share one address, so the address cannot tell them apart. The label can: this packet says `1:7`, and *staff* is the one partition whose label equals that. Nothing else of the packet chose the room.",
    frame: 149,
    patch: null,
    to: { partition: "staff" },
    pane: "rooms",
  },
  {
    title: "No label: dropped",
    text: "The same packet, its label option overwritten with no-operation octets. Its sender is known as one that labels what it sends; a packet without a label is then no packet of the lowest label. It is nobody's.",
    frame: 149,
    patch: { offset: 34, octets: new Array<number>(12).fill(NOP) },
    to: { reason: "LABEL_REQUIRED" },
    pane: "label",
  },
  {
    title: "Dominated: not enough",
    text: "One bit of the category bitmap is cleared: `4:1,3,5` became `4:1,3`. *planning* dominates that label and could read the packet on any multilevel system. On a shared address only *equal* delivers, so that nobody learns from what falls to others.",
    frame: 257,
    patch: { offset: 44, octets: [0x50] },
    to: { reason: "NO_PARTITION" },
    pane: "lattice",
  },
  {
    title: "A multilevel port",
    text: "The policy opens one door on purpose: at `7777/udp` *audit* takes packets of every label within the interface's range. This one says `4:1,3,5`, would be *planning*'s at any other port, and goes to *audit*.",
    frame: 267,
    patch: null,
    to: { partition: "audit" },
    pane: "decision",
  },
  {
    title: "Another domain",
    text: "Level 0 of DOI 17 is not level 0 of DOI 16. Labels of different domains never compare, whatever their numbers are, and this policy knows only DOI 16.",
    frame: 22,
    patch: null,
    to: { reason: "CALIPSO_DOI_UNKNOWN" },
    pane: "label",
  },
  {
    title: "A length that lies",
    text: "The option's length octet says 40, and the header ends before that. A malformed label is not a missing one: the packet is dropped, and the octet to blame is marked.",
    frame: 257,
    patch: { offset: 35, octets: [40] },
    to: { reason: "OPT_OVERRUN" },
    pane: "bytes",
  },
  {
    title: "A checksum that does not match",
    text: "A CALIPSO option carries a checksum of its own. One flipped bit in the compartment bitmap, on a cable or by a hand, would be another label; the checksum says so before anything is compared.",
    frame: 165,
    patch: { offset: 66, octets: [0x03] },
    to: { reason: "CALIPSO_CRC" },
    pane: "bytes",
  },
];
