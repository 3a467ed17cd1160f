// Rule F: fragments that are refused before it, and what becomes of their datagram.
import { calipso, cipso, ETHERNET, ethernet, type Packet4, RAW } from "../packets.ts";
import { at, type Decision, raw } from "./case.ts";
import { last, last6, more, more6, POLICY } from "./fragments.ts";

const WEB = "low/web";
const decision = (
  name: string,
  frames: Decision["frames"],
  expect: readonly string[],
  policy: Decision["policy"] = POLICY,
): Decision => ({ name, policy, frames, expect });

/** An option that runs past the header. */
const MALFORMED: Packet4 = { options: [148, 40] };
const BARE: Packet4 = { options: [] };
/** Destination options with an unknown option that asks for the packet to be dropped. */
const BEHIND = [[60, [0, 0xde, 0, 1, 2, 0, 0]]] as const;

export const REFUSED: readonly Decision[] = [
  decision(
    "refused: a malformed fragment condemns a datagram that is followed, and keeps its own reason (P-13)",
    raw(more([0, 8]), more([8, 16], MALFORMED), last([8, 9]), more([0, 8])),
    [WEB, "OPT_OVERRUN", "FRAG_REFUSED", "FRAG_REFUSED"],
  ),
  decision(
    "refused: one that is not followed is remembered, and Rule F 1 drops what comes of it (P-13)",
    raw(more([0, 8], MALFORMED), more([0, 8]), last([8, 9]), more([0, 8], { id: 2 })),
    ["OPT_OVERRUN", "FRAG_REFUSED", "FRAG_REFUSED", WEB],
  ),
  decision(
    "refused: what is dropped with these reasons is refused like what is malformed",
    raw(
      ...[more([0, 8], BARE), last([8, 9])],
      ...[more([0, 8], { id: 2, options: cipso(10) }), last([8, 9], { id: 2 })],
      ...[more([0, 8], { id: 3, body: [1, 2, 3] }), last([8, 9], { id: 3 })],
      ...[more([0, 8], { id: 4, options: [130, 3, 0x5a] }), last([8, 9], { id: 4 })],
    ),
    [
      ...["LABEL_REQUIRED", "FRAG_REFUSED"],
      ...["SENDER_NOT_ACCREDITED", "FRAG_REFUSED"],
      ...["PORTS_MISSING", "FRAG_REFUSED"],
      ...["RIPSO_NOT_MAPPED", "FRAG_REFUSED"],
    ],
  ),
  decision(
    "refused: a label without counterpart too (DOI mapping)",
    raw(more([0, 8], { options: cipso(2) }), more([0, 8])),
    ["LABEL_NOT_MAPPED", "FRAG_REFUSED"],
    { ...POLICY, dois: { "16": { mode: "translate", levels: { "1": 1 } } } },
  ),
  decision(
    "refused: of IPv6, what is malformed behind the fragment header",
    raw(more6([0, 8], { behind: BEHIND }), last6([8, 9]), more6([0, 8], { id: 2 })),
    ["OPT_UNKNOWN_ACTION", "FRAG_REFUSED", WEB],
  ),
  decision(
    "refused: of IPv6, a second fragment header, for the datagram of the first",
    raw(more6([0, 8], { behind: [[44, [0, 0, 1, 0, 0, 0, 2]]] }), last6([8, 9]), more6([0, 8], { id: 2 })),
    ["FRAG_NESTED", "FRAG_REFUSED", WEB],
  ),
  decision(
    "not refused: of IPv6, what is malformed before the fragment header was read",
    raw(more6([0, 8], { headers: [[0, [0, 0xde, 0, 1, 2, 0, 0]]] }), more6([0, 8])),
    ["OPT_UNKNOWN_ACTION", WEB],
  ),
  decision(
    "refused: of IPv6, without a label the sender owes, or with one it may not use",
    raw(
      ...[more6([0, 8], { headers: [] }), more6([0, 8])],
      ...[more6([0, 8], { id: 2, headers: [calipso(10)] }), more6([0, 8], { id: 2 })],
    ),
    ["LABEL_REQUIRED", "FRAG_REFUSED", "SENDER_NOT_ACCREDITED", "FRAG_REFUSED"],
  ),
  decision(
    "not refused: what the capture cut (O2)",
    [
      { bytes: more6([0, 8], { behind: BEHIND }).slice(0, 66), linkType: RAW, wireLength: 80 },
      ...raw(more6([0, 8])),
      { bytes: more([0, 8]).slice(0, 34), linkType: RAW, wireLength: 40 },
      ...raw(more([0, 8])),
    ],
    ["IP_TRUNCATED", WEB, "IP_TRUNCATED", WEB],
  ),
  decision(
    "not refused: what step 2 drops",
    [
      ...raw(more([0, 8]).fill(0xff, 10, 12), more([0, 8])),
      { bytes: more([0, 8], { id: 2 }).slice(0, 39), linkType: RAW },
      ...raw(more([0, 8], { id: 2 })),
    ],
    ["IP_CHECKSUM", WEB, "IP_LENGTH", WEB],
    { ...POLICY, checksum: "verify" },
  ),
  decision(
    "not refused: what is not for one of our interfaces, or of a sender without a template",
    raw(more([0, 8], { ...MALFORMED, dst: "192.0.2.2" }), more([0, 8], { ...MALFORMED, src: "8.8.8.8" }), more([0, 8])),
    ["OPT_OVERRUN", "OPT_OVERRUN", WEB],
  ),
  decision(
    "not refused: what came by another device or VLAN (P-01)",
    [
      { ...raw(more([0, 8], MALFORMED))[0]!, device: "eth1" },
      { ...raw(more([0, 8]))[0]!, device: "eth0" },
      { bytes: ethernet(more([0, 8], { ...MALFORMED, id: 2 }), [7]), linkType: ETHERNET },
      { bytes: ethernet(more([0, 8], { id: 2 })), linkType: ETHERNET },
    ],
    ["OPT_OVERRUN", WEB, "OPT_OVERRUN", WEB],
    {
      ...POLICY,
      interfaces: [{ name: "net0", addresses: ["192.0.2.1"], device: "eth0", vlan: 0 }],
    },
  ),
  decision(
    "not refused: a packet that is whole",
    raw(last([0, 8], MALFORMED), last([0, 8], BARE), more([0, 8]), last([0, 8])),
    ["OPT_OVERRUN", "LABEL_REQUIRED", WEB, WEB],
  ),
  decision(
    "refused for 30 s from the first that was refused, of IPv6 60 s",
    [
      ...[at(100, more([0, 8], MALFORMED)), at(120, more([0, 8], MALFORMED)), at(130, more([0, 8]))],
      ...[at(131, more([0, 8])), at(132, more([0, 8], MALFORMED)), at(133, last([8, 9]))],
      ...[at(100, more6([0, 8], { behind: BEHIND })), at(160, more6([0, 8])), at(161, more6([0, 8]))],
    ],
    [
      ...["OPT_OVERRUN", "OPT_OVERRUN", "FRAG_REFUSED"],
      ...[WEB, "OPT_OVERRUN", "FRAG_REFUSED"],
      ...["OPT_UNKNOWN_ACTION", "FRAG_REFUSED", WEB],
    ],
  ),
  decision(
    "refused: a datagram that is over is remembered like one that was never there",
    raw(more([0, 8]), last([8, 9]), last([8, 9], MALFORMED), more([0, 8])),
    [WEB, WEB, "OPT_OVERRUN", "FRAG_REFUSED"],
  ),
  decision(
    "refused: 1024 are remembered; one more displaces the oldest, and none that is followed",
    raw(
      more([0, 8], { id: 5000 }),
      ...Array.from({ length: 1025 }, (_, id) => more([0, 8], { ...MALFORMED, id })),
      more([0, 8], { id: 0 }),
      more([0, 8], { id: 1 }),
      last([8, 9], { id: 5000 }),
    ),
    [WEB, ...new Array<string>(1025).fill("OPT_OVERRUN"), WEB, "FRAG_REFUSED", WEB],
  ),
  decision(
    "not refused: what displaces nothing that was, as it is nobody's (P-13)",
    raw(
      more([0, 8], { ...MALFORMED, id: 5000 }),
      ...Array.from({ length: 1024 }, (_, id) => more([0, 8], { ...MALFORMED, id, src: "8.8.8.8" })),
      ...Array.from({ length: 1024 }, (_, id) => more([0, 8], { ...MALFORMED, id, dst: "192.0.2.2" })),
      more([0, 8], { id: 5000 }),
    ),
    [...new Array<string>(2049).fill("OPT_OVERRUN"), "FRAG_REFUSED"],
  ),
  decision(
    "refused: what was condemned before keeps the reason it was condemned for",
    raw(more([0, 8]), more([8, 15]), more([8, 16], MALFORMED), last([8, 9])),
    [WEB, "FRAG_LENGTH", "OPT_OVERRUN", "FRAG_LENGTH"],
  ),
];
