// Steps 5 to 7: who sent a packet, and which label it has.
import type { PolicyInput } from "../../ts/policy/input.ts";
import { calipso, cipso, ipv4, ipv6 } from "../packets.ts";
import { type Decision, LABELLED, PLAIN, raw } from "./case.ts";

const POLICY: PolicyInput = {
  doi: 16,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1", "2001:db8::1"] }],
  partitions: [
    { name: "low", label: "1" },
    { name: "high", label: "5:0" },
  ],
  templates: {
    peers: { type: "labelled", range: ["1", "4"], set: ["5:0"] },
    outside: { type: "unlabelled", label: "1" },
    trusted: { type: "unlabelled", label: "5:0" },
  },
  hosts: {
    ...{
      "0.0.0.0/0": "outside",
      "198.51.100.0/24": "peers",
      "198.51.100.64/26": "trusted",
      "198.51.100.65": "outside",
    },
    ...{ "::/0": "peers" },
  },
};

const decision = (name: string, frames: Decision["frames"], expect: readonly string[]): Decision => ({
  ...{ name, policy: POLICY },
  ...{ frames, expect },
});

export const SENDERS_AND_LABELS: readonly Decision[] = [
  decision(
    "the longest prefix says what is believed of a sender",
    raw(
      ...["203.0.113.1", "198.51.100.64", "198.51.100.65"].map((src) => ipv4({ src })),
      ...["198.51.100.1", "198.51.100.128"].map((src) => ipv4({ src })),
    ),
    ["low", "high", "low", "LABEL_REQUIRED", "LABEL_REQUIRED"],
  ),
  decision(
    "an IPv4 sender in an IPv6 address is looked up as the IPv4 one (F-05)",
    raw(mapped(ipv6()), mapped(ipv6({ headers: [calipso(1)] }))),
    ["high", "SENDER_NOT_ACCREDITED"],
  ),
  decision(
    "nobody sends from a group address, whatever prefix holds it",
    raw(
      ...["224.0.0.1", "239.255.255.255", "255.255.255.255"].map((src) => ipv4({ src })),
      ...["ff02::1", "ff0e::9"].map((src) => ipv6({ src, headers: [calipso(1)] })),
      ipv4({ src: "223.255.255.255" }),
      ipv4({ src: "240.0.0.1" }),
    ),
    [...new Array<string>(5).fill("NO_TEMPLATE"), "low", "low"],
  ),
  decision(
    "a labelled sender may use the labels of its range and of its set, and must use one (R-01, R-21, Q-01)",
    raw(
      ...[cipso(1), cipso(5, [0]), cipso(4), cipso(0), cipso(5), cipso(3, [0]), []].map((options) =>
        ipv4({ src: LABELLED, options }),
      ),
    ),
    [
      ...["low", "high", "NO_PARTITION", "SENDER_NOT_ACCREDITED", "SENDER_NOT_ACCREDITED", "SENDER_NOT_ACCREDITED"],
      ...["LABEL_REQUIRED"],
    ],
  ),
  decision(
    "an unlabelled sender may show its default label, and no other (R-20, Q-01)",
    raw(...[[], cipso(1), cipso(5, [0]), cipso(0)].map((options) => ipv4({ src: PLAIN, options }))),
    ["low", "low", "SENDER_NOT_ACCREDITED", "SENDER_NOT_ACCREDITED"],
  ),
];

/** The packet as if sent from `::ffff:198.51.100.64`. */
function mapped(packet: Uint8Array): Uint8Array {
  packet.set([...new Array<number>(10).fill(0), 255, 255, 198, 51, 100, 64], 8);
  return packet;
}
