// Rule F: fragments that pass, judged by what was taken of their datagram before.
import type { PolicyInput } from "../../ts/policy/input.ts";
import { calipso, cipso, type Packet4, type Packet6, piece4, piece6 } from "../packets.ts";
import { at, type Decision, PLAIN, raw, SENDERS } from "./case.ts";

export const POLICY: PolicyInput = {
  ...SENDERS,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1", "2001:db8::1"] }],
  partitions: [
    {
      ...{ name: "low", label: "1" },
      bindings: [
        { name: "dns", ports: ["53/udp"] },
        { name: "web", ports: ["80/udp", "80/136"] },
        { name: "echo", ports: ["*/icmp"] },
      ],
    },
    { name: "high", label: "5:0" },
  ],
};

const ONE = cipso(1);

/** From octet `from` to before `to`. */
type Octets = readonly [from: number, to: number];

/** A fragment with more behind it, labelled `1`, UDP to port 80. */
export const more = ([from, to]: Octets, packet: Packet4 = {}): Uint8Array =>
  piece4({ from, length: to - from, more: true }, { options: ONE, ...packet });
/** The last one. */
export const last = ([from, to]: Octets, packet: Packet4 = {}): Uint8Array =>
  piece4({ from, length: to - from, more: false }, { options: ONE, ...packet });

type Fragment6 = Packet6 & { readonly id?: number; readonly behind?: Packet6["headers"] };
export const more6 = ([from, to]: Octets, packet: Fragment6 = {}): Uint8Array =>
  piece6({ from, length: to - from, more: true }, { headers: [calipso(1)], ...packet });
export const last6 = ([from, to]: Octets, packet: Fragment6 = {}): Uint8Array =>
  piece6({ from, length: to - from, more: false }, { headers: [calipso(1)], ...packet });

const WEB = "low/web";
const decision = (name: string, frames: Decision["frames"], expect: readonly string[]): Decision => ({
  ...{ name, policy: POLICY },
  ...{ frames, expect },
});

/** The first so many octets, then every second eight, with a gap before each. */
const comb = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => more([i * 16, i * 16 + 8]));

const PIECES: readonly Decision[] = [
  decision(
    "Rule F 1, 13: what is taken goes where the fragment with offset 0 says",
    raw(more([0, 8], { dport: 53 }), last([8, 12]), more([0, 8], { id: 2 }), last([8, 12], { id: 2 })),
    ["low/dns", "low/dns", WEB, WEB],
  ),
  decision(
    "Rule F: a datagram is version, source, destination, identification, and of IPv4 protocol",
    raw(
      more([0, 8]),
      last([8, 9], { id: 2 }),
      last([8, 9], { src: "198.51.100.8" }),
      last([8, 9], { protocol: 136 }),
      last([8, 9]),
      more6([0, 8]),
      last6([8, 9], { id: 2 }),
      last6([8, 9], { protocol: 136 }),
    ),
    [WEB, "FRAG_NO_FIRST", "FRAG_NO_FIRST", "FRAG_NO_FIRST", WEB, WEB, "FRAG_NO_FIRST", WEB],
  ),
  decision(
    "Rule F 4: a fragment without a label in a datagram that has one condemns it",
    raw(more([0, 8], { src: PLAIN }), last([8, 9], { src: PLAIN, options: [] }), last([8, 9], { src: PLAIN })),
    [WEB, "FRAG_LABEL_MISSING", "FRAG_LABEL_MISSING"],
  ),
  decision(
    "Rule F 5: another label, or a label in a datagram that has none, condemns it (Q-04)",
    raw(
      more([0, 8]),
      last([8, 9], { options: cipso(5, [0]) }),
      last([8, 9]),
      more([0, 8], { src: PLAIN, options: [] }),
      last([8, 9], { src: PLAIN }),
      last([8, 9], { src: PLAIN, options: [] }),
    ),
    [WEB, "FRAG_LABEL_MISMATCH", "FRAG_LABEL_MISMATCH", WEB, "FRAG_LABEL_MISMATCH", "FRAG_LABEL_MISMATCH"],
  ),
  decision(
    "Rule F 5: one label may be written in several ways (Q-04)",
    raw(more([0, 8]), last([8, 9], { options: [1, 134, 10, 0, 0, 0, 16, 2, 4, 0, 1] })),
    [WEB, WEB],
  ),
  decision(
    "Rule F 3: what was condemned stays so, for the reason it was condemned for first",
    raw(
      more([0, 8]),
      more([8, 15]),
      last([8, 9], { options: cipso(5, [0]) }),
      more([0, 8], { dport: 53 }),
      more([0, 8], { id: 2 }),
    ),
    [WEB, "FRAG_LENGTH", "FRAG_LENGTH", "FRAG_LENGTH", WEB],
  ),
  decision(
    "Rule F 6: no payload, or one of no multiple of 8 octets with more behind it",
    raw(
      more([0, 12], { id: 1 }),
      more([0, 8], { id: 2 }),
      more([8, 8], { id: 2 }),
      more([0, 8], { id: 3 }),
      last([8, 8], { id: 3 }),
      more([0, 8], { id: 4 }),
      last([8, 15], { id: 4 }),
      more6([0, 8]),
      more6([8, 17]),
      more6([0, 8], { id: 2 }),
      last6([8, 17], { id: 2 }),
    ),
    ["FRAG_LENGTH", WEB, "FRAG_LENGTH", WEB, "FRAG_LENGTH", WEB, WEB, WEB, "FRAG_LENGTH", WEB, WEB],
  ),
  decision(
    "Rule F 6: of IPv6 the payload begins behind the fragment header",
    raw(more6([0, 8], { behind: [[60, [0, 1, 4, 0, 0, 0, 0]]] }), last6([8, 24]), last6([16, 24])),
    [WEB, "FRAG_OVERLAP", "FRAG_OVERLAP"],
  ),
  // A header of 32 octets; the last multiple of 8 that leaves room for one octet is 65496 + 7 = 65503.
  decision(
    "Rule F 7: an IPv4 datagram of 65,535 octets is taken, and of one more it is not",
    raw(
      more([0, 8]),
      last([65_496, 65_503]),
      more([0, 8], { id: 2 }),
      last([65_496, 65_504], { id: 2 }),
      last([8, 9], { id: 2 }),
    ),
    [WEB, WEB, WEB, "FRAG_TOO_LONG", "FRAG_TOO_LONG"],
  ),
  // A hop-by-hop header of 16 octets counts.
  decision(
    "Rule F 7: of IPv6 what stands before the fragment header counts, the fixed header does not",
    raw(more6([0, 8]), last6([65_512, 65_519]), more6([0, 8], { id: 2 }), last6([65_512, 65_520], { id: 2 })),
    [WEB, WEB, WEB, "FRAG_TOO_LONG"],
  ),
  decision(
    "Rule F 8: a second beginning with other ports or another protocol condemns",
    raw(
      more([0, 8]),
      more([0, 8], { dport: 53 }),
      more([0, 8], { id: 2 }),
      more([0, 8], { id: 2, sport: 1 }),
      last([8, 9], { id: 2 }),
      more6([0, 8]),
      more6([0, 8], { protocol: 136 }),
    ),
    [WEB, "FRAG_OVERLAP", WEB, "FRAG_OVERLAP", "FRAG_OVERLAP", WEB, "FRAG_OVERLAP"],
  ),
  decision(
    "Rule F 9: before the one with offset 0 the ports are not known; nothing is condemned, and nothing taken",
    raw(last([8, 9]), more([0, 8]), last([8, 9])),
    ["FRAG_NO_FIRST", WEB, WEB],
  ),
  decision(
    "Rule F 2: the label is that of the first to arrive, also when it is not taken",
    raw(last([8, 9], { options: cipso(5, [0]) }), more([0, 8])),
    ["FRAG_NO_FIRST", "FRAG_LABEL_MISMATCH"],
  ),
];

const OVERLAPS: readonly Decision[] = [
  decision(
    "Rule F 10: nothing lies behind the last, and there is one end",
    raw(
      ...[more([0, 8]), last([16, 24]), more([24, 32])],
      ...[more([0, 8], { id: 2 }), last([16, 24], { id: 2 }), last([16, 20], { id: 2 })],
      ...[more([0, 8], { id: 3 }), more([24, 32], { id: 3 }), last([8, 16], { id: 3 })],
      ...[more([0, 8], { id: 4 }), last([16, 24], { id: 4 }), last([8, 16], { id: 4 }), more([8, 16], { id: 4 })],
    ),
    [
      ...[WEB, WEB, "FRAG_OVERLAP"],
      ...[WEB, WEB, "FRAG_OVERLAP"],
      ...[WEB, WEB, "FRAG_OVERLAP"],
      ...[WEB, WEB, "FRAG_OVERLAP", "FRAG_OVERLAP"],
    ],
  ),
  decision(
    "Rule F 11: octets that were all taken are a duplicate, which alone is dropped",
    raw(more([0, 16]), more([0, 16]), more([8, 16]), last([24, 32]), last([24, 32]), more([16, 24])),
    [WEB, "FRAG_DUPLICATE", "FRAG_DUPLICATE", WEB, "FRAG_DUPLICATE", WEB],
  ),
  decision(
    "Rule F 11: octets of several fragments make a duplicate too",
    raw(more([0, 8]), more([8, 16]), more([0, 16])),
    [WEB, WEB, "FRAG_DUPLICATE"],
  ),
  decision(
    "Rule F 11: a part that was taken is an overlap, which condemns (RFC 5722)",
    raw(
      ...[more([0, 16]), more([8, 24]), last([24, 25])],
      ...[more([0, 8], { id: 2 }), more([16, 24], { id: 2 }), more([8, 24], { id: 2 })],
      ...[more6([0, 16]), last6([8, 24])],
    ),
    [WEB, "FRAG_OVERLAP", "FRAG_OVERLAP", WEB, WEB, "FRAG_OVERLAP", WEB, "FRAG_OVERLAP"],
  ),
  decision(
    "Rule F 12: 32 runs of octets with gaps between them are taken; one more condemns",
    raw(...comb(33), last([8, 16])),
    [...new Array<string>(32).fill(WEB), "FRAG_PIECES", "FRAG_PIECES"],
  ),
  decision(
    "Rule F 12: what closes a gap, or lies next to what was taken, makes no further run",
    raw(...comb(32), more([8, 16]), more([504, 512]), more([520, 528]), more([536, 544])),
    [...new Array<string>(32).fill(WEB), WEB, WEB, WEB, "FRAG_PIECES"],
  ),
  decision(
    "Rule F 13: when all was taken the datagram is over, and its identification begins anew",
    raw(
      ...[more([0, 8]), last([8, 12]), last([8, 12])],
      ...[more([0, 8], { dport: 53 }), last([16, 20]), more([8, 16])],
      ...[more([0, 8], { options: cipso(5, [0]) })],
    ),
    [WEB, WEB, "FRAG_NO_FIRST", "low/dns", "low/dns", "low/dns", "high"],
  ),
  decision(
    "Rule F 13: in whatever order; a duplicate of the last does not end it",
    raw(more([0, 8]), last([16, 20]), last([16, 20]), more([8, 16]), last([16, 20])),
    [WEB, WEB, "FRAG_DUPLICATE", WEB, "FRAG_NO_FIRST"],
  ),
  decision(
    "Rule F 13: what is dropped behind step 8 was taken nevertheless",
    raw(more([0, 8], { dport: 9 }), last([16, 20]), more([0, 8], { dport: 9 })),
    ["NO_BINDING", "NO_BINDING", "FRAG_DUPLICATE"],
  ),
  decision(
    "Rule F 13: a datagram without ports is judged by its protocol",
    raw(more([0, 8], { protocol: 1, body: [8, 0, 0, 0, 0, 1, 0, 1] }), last([8, 12], { protocol: 1 })),
    ["low/echo", "low/echo"],
  ),
];

const TIMES: readonly Decision[] = [
  decision(
    "Rule F: an IPv4 datagram counts as absent more than 30 s from its first fragment, either way",
    [
      at(100, more([0, 8])),
      at(130, last([16, 20])),
      at(70, more([24, 32])),
      ...[at(100, more([0, 8], { id: 2 })), at(130, last([8, 12], { id: 2 }), 1)],
      ...[at(100, more([0, 8], { id: 3 })), at(69, last([8, 12], { id: 3 }), 999_999_999)],
    ],
    [WEB, WEB, "FRAG_OVERLAP", WEB, "FRAG_NO_FIRST", WEB, "FRAG_NO_FIRST"],
  ),
  decision(
    "Rule F: an IPv6 datagram counts as absent more than 60 s from its first fragment, either way",
    [
      at(100, more6([0, 8])),
      at(160, more6([8, 16])),
      at(40, more6([16, 24])),
      ...[at(100, more6([0, 8], { id: 2 })), at(160, last6([8, 12], { id: 2 }), 1)],
      ...[at(100, more6([0, 8], { id: 3 })), at(39, last6([8, 12], { id: 3 }), 999_999_999)],
    ],
    [WEB, WEB, WEB, WEB, "FRAG_NO_FIRST", WEB, "FRAG_NO_FIRST"],
  ),
  decision(
    "Rule F: the time is that of the first to arrive; a later one does not renew it",
    [at(100, more([0, 8])), at(120, more([8, 16])), at(131, more([16, 24]))],
    [WEB, WEB, "FRAG_NO_FIRST"],
  ),
  decision(
    "Rule F: what was condemned begins anew when its time is over",
    [at(0, more([0, 8])), at(1, more([8, 15])), at(30, more([0, 8])), at(31, more([0, 8]))],
    [WEB, "FRAG_LENGTH", "FRAG_LENGTH", WEB],
  ),
  decision(
    "Rule F: 1024 datagrams are followed; one more displaces the oldest",
    raw(
      ...Array.from({ length: 1024 }, (_, id) => more([0, 8], { id })),
      last([16, 20], { id: 0 }),
      more([0, 8], { id: 1024 }),
      last([8, 12], { id: 1 }),
      last([8, 12], { id: 0 }),
      last([8, 12], { id: 2 }),
    ),
    // 0 comes anew, and displaces 1 in its turn.
    [...new Array<string>(1026).fill(WEB), WEB, "FRAG_NO_FIRST", WEB],
  ),
  decision(
    "Rule F: one that starts anew keeps its place, and is displaced in its turn",
    [
      ...Array.from({ length: 1024 }, (_, id) => at(id === 0 ? 0 : 40, more([0, 8], { id }))),
      at(40, more([0, 8], { id: 0 })),
      at(40, more([0, 8], { id: 1024 })),
      at(40, last([8, 12], { id: 1 })),
      at(40, last([8, 12], { id: 0 })),
    ],
    [...new Array<string>(1026).fill(WEB), WEB, "FRAG_NO_FIRST"],
  ),
];

export const FRAGMENTS: readonly Decision[] = [...PIECES, ...OVERLAPS, ...TIMES];
