// Step 6: which packets without a label are control packets that need none and are taken without one, by
// the control partition (A-01, I-01), at each edge of each rule.
// Kernel and oracle are compared on more of them in differential.test.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import { ipv4, ipv6, type Packet4, type Packet6, RAW } from "./packets.ts";
import { basePolicy } from "./policies.ts";

const test = suite("exempt control packets");

const OUTSIDE4 = "203.0.113.1";
const LINK_LOCAL = "fe80::7";
const policy = { ...basePolicy(), control: "secret", hosts: { "0.0.0.0/0": "outside", "::/0": "outside" } };

const body = (type: number, length: number, code = 0): number[] => [type, code, ...new Array(length - 2).fill(0)];
const four = (packet: Packet4): Uint8Array => ipv4({ src: OUTSIDE4, ...packet });
const six = (packet: Packet6): Uint8Array => ipv6({ src: LINK_LOCAL, protocol: 58, ...packet });
const fragmentHeader = (offsetAndMore: number): [number, number[]] => [44, [0, 0, offsetAndMore, 0, 0, 0, 9]];

const IGMP = { protocol: 2, ttl: 1 };
const ICMP = { protocol: 1 };

const CASES: readonly (readonly [what: string, packet: Uint8Array, isExempt: boolean])[] = [
  ["IGMP with TTL 1", four({ ...IGMP, body: body(0x16, 8) }), true],
  ["IGMP that was forwarded", four({ ...IGMP, ttl: 2, body: body(0x16, 8) }), false],
  ["IGMP of 7 octets", four({ ...IGMP, body: body(0x16, 7) }), false],
  ["a first fragment of IGMP", four({ ...IGMP, body: body(0x16, 8), fragment: 0x2000 }), false],
  ["ICMP router advertisement", four({ ...ICMP, body: body(9, 8) }), true],
  ["ICMP router solicitation", four({ ...ICMP, body: body(10, 8) }), true],
  ["ICMP router solicitation of code 1", four({ ...ICMP, body: body(10, 8, 1) }), false],
  ["ICMP router solicitation of 7 octets", four({ ...ICMP, body: body(10, 7) }), false],
  ["a first fragment of ICMP router solicitation", four({ ...ICMP, body: body(10, 8), fragment: 0x2000 }), false],
  ["ICMP type 8", four({ ...ICMP, body: body(8, 8) }), false],
  ["ICMP type 11", four({ ...ICMP, body: body(11, 8) }), false],
  ...[130, 131, 132].flatMap((type): [string, Uint8Array, boolean][] => [
    [`ICMPv6 ${type}, hop limit 1`, six({ hopLimit: 1, body: body(type, 24) }), true],
    [`ICMPv6 ${type}, from ::`, six({ src: "::", hopLimit: 1, body: body(type, 24) }), true],
    [`ICMPv6 ${type}, from elsewhere`, six({ src: "2001:db8:1::7", hopLimit: 1, body: body(type, 24) }), false],
    [`ICMPv6 ${type}, hop limit 2`, six({ hopLimit: 2, body: body(type, 24) }), false],
    [`ICMPv6 ${type}, 23 octets`, six({ hopLimit: 1, body: body(type, 23) }), false],
  ]),
  ...(
    [
      [133, 8],
      [134, 16],
      [135, 24],
      [136, 24],
      [137, 40],
    ] as const
  ).flatMap(([type, shortest]): [string, Uint8Array, boolean][] => [
    [`ICMPv6 ${type}, hop limit 255`, six({ hopLimit: 255, body: body(type, shortest) }), true],
    [`ICMPv6 ${type}, hop limit 254`, six({ hopLimit: 254, body: body(type, shortest) }), false],
    [`ICMPv6 ${type}, code 1`, six({ hopLimit: 255, body: body(type, shortest, 1) }), false],
    [`ICMPv6 ${type}, an octet short`, six({ hopLimit: 255, body: body(type, shortest - 1) }), false],
    [
      `ICMPv6 ${type}, a first fragment`,
      six({ hopLimit: 255, headers: [fragmentHeader(1)], body: body(type, shortest) }),
      false,
    ],
    [
      `ICMPv6 ${type}, behind an atomic fragment header`,
      six({ hopLimit: 255, headers: [fragmentHeader(0)], body: body(type, shortest) }),
      true,
    ],
  ]),
  ["ICMPv6 138", six({ hopLimit: 255, body: body(138, 40) }), false],
  ["ICMPv6 129", six({ hopLimit: 1, body: body(129, 40) }), false],
  ["ICMPv6 143", six({ hopLimit: 1, body: body(143, 40) }), false],
];

for (const [what, bytes, isExempt] of CASES) {
  test(`${isExempt ? "exempt" : "not exempt"}: ${what}`, () => {
    const [verdict] = createClassifier(policy).verdicts(batchOf([{ bytes, linkType: RAW }]));
    assert.is(verdict!.labelSource, isExempt ? "exempt" : "host");
    assert.is(verdict!.partition, isExempt ? "secret" : "public");
  });
}

test("the fragments of a datagram go one way, whatever the first one looks like (P-13)", () => {
  const classifier = createClassifier(policy);
  const parts = [
    four({ ...IGMP, body: body(0x16, 8), fragment: 0x2000 }),
    four({ ...IGMP, body: body(0x16, 8), fragment: 1 }),
  ];
  const verdicts = [...classifier.verdicts(batchOf(parts.map((bytes) => ({ bytes, linkType: RAW }))))];
  assert.equal(
    verdicts.map(({ partition }) => partition),
    ["public", "public"],
  );
});

test.run();
