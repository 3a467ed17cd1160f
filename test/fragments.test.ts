// Rule F: the fragments of a datagram carry one label and share the first one's ports; the table is bounded in entries and
// time. Kernel and oracle are asked the same.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_DATAGRAMS } from "../assembly/memory.ts";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { reasonName } from "../ts/reason.ts";
import { Oracle } from "./oracle.ts";
import { calipso, cipso, ipv4, ipv6, type Packet4, RAW } from "./packets.ts";

const test = suite("fragments");

const POLICY: PolicyInput = {
  doi: 16,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1", "192.0.2.2", "2001:db8::1"], range: ["0", "9:0.100"] }],
  partitions: [
    {
      name: "one",
      label: "1",
      bindings: [
        { name: "dns", ports: ["53/udp"] },
        { name: "web", ports: ["80/udp", "80/tcp"] },
      ],
    },
    { name: "two", label: "2", multilevelPorts: ["8080/udp"] },
  ],
  templates: { peers: { type: "labelled", range: ["0", "9:0.100"] }, outside: { type: "unlabelled", label: "1" } },
  hosts: { "198.51.100.0/24": "peers", "203.0.113.0/24": "outside", "2001:db8:1::/48": "peers" },
};

const MORE = 0x2000;
const ONE = cipso(1);

interface Piece {
  readonly bytes: Uint8Array;
  readonly seconds?: number;
  readonly nanoseconds?: number;
}

/** Where each of some frames goes: a partition or a binding, or a reason. The oracle must say the same. */
function judge(pieces: readonly Piece[], policy: PolicyInput = POLICY): string[] {
  const batch = batchOf(pieces.map((piece) => ({ ...piece, linkType: RAW })));
  const said = [...createClassifier(policy).verdicts(batch)].map(
    ({ reason, binding, partition }) => reason ?? binding ?? partition!,
  );
  const resolved = resolvePolicy(policy);
  const oracle = new Oracle(resolved);
  const oracleSaid = pieces.map(({ bytes, seconds = 0, nanoseconds = 0 }) => {
    const time = seconds + nanoseconds / 1e9;
    const { reason, partition, binding } = oracle.classify({ bytes, wireLength: bytes.length, linkType: RAW, time });
    if (partition === null) return reasonName(reason);
    const { name, bindings } = resolved.partitions[partition]!;
    return binding === null ? name : bindings![binding]!.name;
  });
  assert.equal(said, oracleSaid);
  return said;
}

const first = (packet: Packet4 = {}): Uint8Array => ipv4({ options: ONE, dport: 53, fragment: MORE, ...packet });
const later = (packet: Packet4 = {}): Uint8Array =>
  ipv4({ options: ONE, body: [0, 9, 0, 9, 0, 0, 0, 0], fragment: 1, ...packet });
const pieces = (...packets: readonly Uint8Array[]): Piece[] => packets.map((bytes) => ({ bytes }));

test("later fragments go where the first one's ports say, whatever their own octets look like", () => {
  assert.equal(judge(pieces(first(), later(), first({ dport: 80, id: 2 }), later({ id: 2 }), later())), [
    "dns",
    "dns",
    "web",
    "web",
    "dns",
  ]);
});

test("a later fragment that arrives first is dropped, and so are those behind it until the first one comes", () => {
  assert.equal(judge(pieces(later(), later({ fragment: 2 }), first(), later())), [
    "FRAG_NO_FIRST",
    "FRAG_NO_FIRST",
    "dns",
    "dns",
  ]);
});

test("another label condemns the datagram, for good", () => {
  const other = later({ options: cipso(2) });
  assert.equal(judge(pieces(first(), other, later(), first())), ["dns", ...Array(3).fill("FRAG_LABEL_MISMATCH")]);
});

test("a missing label condemns it; so does a label where the first one had none", () => {
  const src = "203.0.113.5"; // need not label what it sends, but may send its own label
  const bare: Packet4 = { src, options: [] };
  assert.equal(judge(pieces(first({ src }), later(bare), later({ src }))), [
    "dns",
    "FRAG_LABEL_MISSING",
    "FRAG_LABEL_MISSING",
  ]);
  assert.equal(judge(pieces(first(bare), later({ src }), later(bare))), [
    "dns",
    "FRAG_LABEL_MISMATCH",
    "FRAG_LABEL_MISMATCH",
  ]);
  assert.equal(judge(pieces(first(bare), later(bare))), ["dns", "dns"]);
});

test("labels are compared as labels, not as octets", () => {
  const enumerated = [134, 12, 0, 0, 0, 16, 2, 6, 0, 2, 0, 7];
  const policy = { ...POLICY, partitions: [{ name: "two", label: "2:7" }] };
  assert.equal(judge(pieces(first({ options: cipso(2, [7]) }), later({ options: enumerated })), policy), [
    "two",
    "two",
  ]);
});

test("two first fragments that differ in a port or the other condemn it; two alike do not", () => {
  assert.equal(judge(pieces(first(), first(), later())), ["dns", "dns", "dns"]);
  assert.equal(judge(pieces(first(), first({ dport: 80 }), later())), ["dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
  assert.equal(judge(pieces(first(), first({ sport: 1 }), later())), ["dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
});

test("a datagram is its addresses, identification and, in IPv4, protocol: a later fragment of another has no first", () => {
  for (const change of [{ id: 2 }, { src: "198.51.100.8" }, { dst: "192.0.2.2" }, { protocol: 6 }]) {
    assert.equal(judge(pieces(first(), later(change))), ["dns", "FRAG_NO_FIRST"], JSON.stringify(change));
  }
});

const fragment6 = (offset: number, more: boolean, id: number, next?: number): [number, number[]] => [
  44,
  [next ?? 0, offset >> 5, ((offset << 3) & 0xff) | (more ? 1 : 0), 0, 0, 0, id],
];

test("IPv6 fragments are followed alike; their next header is not part of the datagram (RFC 8200 4.5)", () => {
  const to = (headers: [number, number[]][], protocol = 17): Uint8Array => ipv6({ headers, dport: 53, protocol });
  const head = to([calipso(1), fragment6(0, true, 1)]);
  const tail = to([calipso(1), fragment6(1, false, 1)], 99);
  assert.equal(judge(pieces(head, tail)), ["dns", "dns"]);
  const other = to([calipso(2), fragment6(1, false, 1)]);
  assert.equal(judge(pieces(head, other, tail)), ["dns", "FRAG_LABEL_MISMATCH", "FRAG_LABEL_MISMATCH"]);
  const atomic = to([calipso(1), fragment6(0, false, 1)]); // RFC 6946: meets no queue
  assert.equal(judge(pieces(atomic, tail)), ["dns", "FRAG_NO_FIRST"]);
});

test("a multilevel port holds for the fragments behind the first", () => {
  assert.equal(judge(pieces(first({ dport: 8080 }), later())), ["two", "two"]);
});

test("a datagram is followed for 30 s in IPv4, and not a nanosecond longer, forwards and backwards", () => {
  const at = (bytes: Uint8Array, seconds: number, nanoseconds = 0): Piece => ({ bytes, seconds, nanoseconds });
  assert.equal(judge([at(first(), 1000), at(later(), 1030)]), ["dns", "dns"]);
  assert.equal(judge([at(first(), 1000), at(later(), 1030, 1000)]), ["dns", "FRAG_NO_FIRST"]);
  assert.equal(judge([at(first(), 1030), at(later(), 1000)]), ["dns", "dns"]);
  assert.equal(judge([at(first(), 1030, 1000), at(later(), 1000)]), ["dns", "FRAG_NO_FIRST"]);
});

test("and for 60 s in IPv6", () => {
  const head = ipv6({ headers: [calipso(1), fragment6(0, true, 1)], dport: 53 });
  const tail = ipv6({ headers: [calipso(1), fragment6(1, false, 1)] });
  const to = (seconds: number, nanoseconds: number): string[] =>
    judge([
      { bytes: head, seconds: 1000 },
      { bytes: tail, seconds, nanoseconds },
    ]);
  assert.equal(to(1060, 0), ["dns", "dns"]);
  assert.equal(to(1060, 1000), ["dns", "FRAG_NO_FIRST"]);
});

test("a condemned datagram is forgotten with its time", () => {
  const mixed = [first(), later({ options: cipso(2) })].map((bytes) => ({ bytes, seconds: 1000 }));
  const again = [first(), later()].map((bytes) => ({ bytes, seconds: 1031 }));
  assert.equal(judge([...mixed, ...again]), ["dns", "FRAG_LABEL_MISMATCH", "dns", "dns"]);
});

test(`${MAX_DATAGRAMS} datagrams are followed at once; one more displaces the oldest`, () => {
  const heads = Array.from({ length: MAX_DATAGRAMS }, (_, id) => first({ id }));
  const oldest = later({ id: 0 });
  const second = later({ id: 1 });
  assert.equal(judge(pieces(...heads, oldest, second)).slice(-2), ["dns", "dns"]);
  const more = first({ id: MAX_DATAGRAMS });
  // The oldest comes back as a new one, and displaces the second.
  assert.equal(judge(pieces(...heads, more, second, oldest, second)).slice(-3), [
    "dns",
    "FRAG_NO_FIRST",
    "FRAG_NO_FIRST",
  ]);
});

test("a flood of fragments stays inside the table, and kernel and oracle agree on what is left", () => {
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const flood = Array.from({ length: 12_000 }, (_, i): Piece => {
    const packet = { id: random(2000), src: `198.51.100.${random(3)}`, options: random(20) === 0 ? cipso(2) : ONE };
    return { bytes: random(2) === 0 ? first(packet) : later(packet), seconds: 1000 + Math.floor(i / 500) };
  });
  const said = judge(flood);
  for (const expected of ["dns", "FRAG_NO_FIRST", "FRAG_LABEL_MISMATCH"]) assert.ok(said.includes(expected), expected);
});

test.run();
