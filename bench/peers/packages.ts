// The packages of npm that are measured: each in a folder of its own, with its own lock file, installed on demand.

import type { Format } from "./excerpt.ts";

/** A package and what its driver does with it. */
export interface PeerPackage {
  /** Of the folder, and of the lane, behind `npm/` or `npm-part/`. */
  readonly name: string;
  /** Whether it decodes link, IP and transport of every frame that has no error; else it does a part of that. */
  readonly decodes: boolean;
  /** As npm names it. */
  readonly package: string;
  /** One line: what it does, and what of the job it leaves out. */
  readonly what: string;
  /** Frames it gets, so many that a round stays below a second and a half. */
  readonly frames: number;
  readonly format: Format;
}

const MANY = 100_000;
const FEW = 5000;

export const PACKAGES: readonly PeerPackage[] = [
  {
    name: "cap",
    decodes: true,
    package: "cap",
    what: "its decoders: Ethernet, one VLAN tag, IPv4 or IPv6, TCP or UDP, each into an object; options and extension headers are passed over",
    frames: MANY,
    format: "pcap",
  },
  {
    name: "pcap",
    decodes: true,
    package: "pcap",
    what: "decode.packet: Ethernet, one VLAN tag, IPv4 or IPv6, extension headers by their length, TCP with its options or UDP, each into an object; IP options are passed over",
    frames: MANY,
    format: "pcap",
  },
  {
    name: "ip-packet",
    decodes: false,
    package: "ip-packet",
    what: "the IPv4 header into an object, of the frames that have no options and no VLAN tag: it refuses the rest, every label among it",
    frames: MANY,
    format: "pcap",
  },
  {
    name: "pcap-parser",
    decodes: false,
    package: "pcap-parser",
    what: "takes a stream of the capture apart into records; no layer is decoded",
    frames: MANY,
    format: "pcap",
  },
  {
    name: "pcap-ng-parser",
    decodes: false,
    package: "pcap-ng-parser",
    what: "takes a stream of the capture, as pcapng, apart into blocks; no layer is decoded",
    frames: MANY,
    format: "pcapng",
  },
  {
    name: "wiregasm",
    decodes: true,
    package: "@goodtools/wiregasm",
    what: "Wireshark in WebAssembly: every layer of every frame dissected, twice, and the frames with a CIPSO or CALIPSO level found; nothing is judged",
    frames: FEW,
    format: "pcap",
  },
];
