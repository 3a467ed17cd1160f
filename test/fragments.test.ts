// Rule F: the fragments of a datagram carry one label, share the first one's ports and do not overlap; the tables are
// bounded in entries and time. Kernel and oracle are asked the same.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_DATAGRAMS, MAX_PIECES } from "../assembly/memory.ts";
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
  readonly wireLength?: number;
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
  const oracleSaid = pieces.map(({ bytes, wireLength = bytes.length, seconds = 0, nanoseconds = 0 }) => {
    const time = seconds + nanoseconds / 1e9;
    const frame = { bytes, wireLength, linkType: RAW, time, device: null };
    const { reason, partition, binding } = oracle.classify(frame);
    if (partition === null) return reasonName(reason);
    const { name, bindings } = resolved.partitions[partition]!;
    return binding === null ? name : bindings![binding]!.name;
  });
  assert.equal(said, oracleSaid);
  return said;
}

/** The fragment with offset 0: 8 octets. */
const first = (packet: Packet4 = {}): Uint8Array => ipv4({ options: ONE, dport: 53, fragment: MORE, ...packet });
/** A later one: 8 octets from `at` × 8 on, with more to come. */
const later = (at: number, packet: Packet4 = {}): Uint8Array =>
  ipv4({ options: ONE, body: [0, 9, 0, 9, 0, 0, 0, 0], fragment: MORE | at, ...packet });
const last = (at: number, packet: Packet4 = {}): Uint8Array => later(at, { fragment: at, ...packet });
const pieces = (...packets: readonly Uint8Array[]): Piece[] => packets.map((bytes) => ({ bytes }));
const dns = (count: number): string[] => new Array<string>(count).fill("dns");

test("later fragments go where the first one's ports say, whatever their own octets look like", () => {
  const said = judge(pieces(first(), later(1), first({ dport: 80, id: 2 }), later(1, { id: 2 }), later(2)));
  assert.equal(said, ["dns", "dns", "web", "web", "dns"]);
});

test("a later fragment that arrives first is dropped, and so are those behind it until the first one comes", () => {
  const said = judge(pieces(later(1), later(2), first(), later(1), later(2)));
  assert.equal(said, ["FRAG_NO_FIRST", "FRAG_NO_FIRST", "dns", "dns", "dns"]);
});

test("another label condemns the datagram, for good (R-24, Q-04)", () => {
  const other = later(1, { options: cipso(2) });
  assert.equal(judge(pieces(first(), other, later(1), first())), ["dns", ...Array(3).fill("FRAG_LABEL_MISMATCH")]);
});

test("a missing label condemns it; so does a label where the first one had none", () => {
  const src = "203.0.113.5"; // need not label what it sends, but may send its own label
  const bare: Packet4 = { src, options: [] };
  assert.equal(judge(pieces(first({ src }), later(1, bare), later(1, { src }))), [
    "dns",
    "FRAG_LABEL_MISSING",
    "FRAG_LABEL_MISSING",
  ]);
  assert.equal(judge(pieces(first(bare), later(1, { src }), later(1, bare))), [
    "dns",
    "FRAG_LABEL_MISMATCH",
    "FRAG_LABEL_MISMATCH",
  ]);
  assert.equal(judge(pieces(first(bare), later(1, bare))), dns(2));
});

test("labels are compared as labels, not as octets", () => {
  const enumerated = [134, 12, 0, 0, 0, 16, 2, 6, 0, 2, 0, 7];
  const policy = { ...POLICY, partitions: [{ name: "two", label: "2:7" }] };
  const said = judge(pieces(first({ options: cipso(2, [7]) }), later(1, { options: enumerated })), policy);
  assert.equal(said, ["two", "two"]);
});

test("a fragment that is refused condemns the datagram that is followed, and keeps its own reason", () => {
  const refused: [Packet4, string][] = [
    [{ options: [134, 3, 0] }, "CIPSO_OPT_SHORT"],
    [{ options: [] }, "LABEL_REQUIRED"],
    [{ options: cipso(200) }, "SENDER_NOT_ACCREDITED"],
  ];
  for (const [packet, reason] of refused) {
    assert.equal(judge(pieces(first(), later(1, packet), later(1), first())), [
      "dns",
      reason,
      "FRAG_REFUSED",
      "FRAG_REFUSED",
    ]);
    assert.equal(judge(pieces(first(packet), first(), later(1))), [reason, "FRAG_REFUSED", "FRAG_REFUSED"]);
    assert.equal(judge(pieces(later(1, packet), first({ id: 2 }))), [reason, "dns"], "another datagram is not touched");
  }
});

test("a fragment of somebody else's, or one that the capture cut, refuses nothing", () => {
  const broken: Packet4 = { options: [134, 3, 0] };
  assert.equal(judge(pieces(first({ ...broken, dst: "192.0.2.99" }), first())), ["CIPSO_OPT_SHORT", "dns"]);
  assert.equal(judge(pieces(first({ ...broken, src: "9.9.9.9" }), first())), ["CIPSO_OPT_SHORT", "dns"]);
  const cut = { bytes: first().subarray(0, 30), wireLength: first().length };
  assert.equal(judge([cut, { bytes: first() }]), ["IP_TRUNCATED", "dns"]);
});

test("what is refused is forgotten with its time", () => {
  const broken = first({ options: [134, 3, 0] });
  const after = (seconds: number) =>
    judge([
      { bytes: broken, seconds: 1000 },
      { bytes: first(), seconds },
    ]);
  assert.equal(after(1030), ["CIPSO_OPT_SHORT", "FRAG_REFUSED"]);
  assert.equal(after(1031), ["CIPSO_OPT_SHORT", "dns"]);
});

test("octets that are not the last are a multiple of 8 and not none (RFC 791 3.2)", () => {
  for (const body of [[], new Array<number>(7).fill(0), new Array<number>(9).fill(0)]) {
    assert.equal(judge(pieces(first(), later(1, { body }), later(1))), ["dns", "FRAG_LENGTH", "FRAG_LENGTH"]);
  }
  assert.equal(judge(pieces(first(), last(1, { body: [] }))), ["dns", "FRAG_LENGTH"]);
  assert.equal(judge(pieces(first(), last(1, { body: [1] }))), ["dns", "dns"]);
});

test("a datagram has 65535 octets at most, and not one more", () => {
  const header = 32; // with the option
  const at = Math.floor((65_535 - header) / 8);
  const room = 65_535 - header - at * 8;
  const end = (octets: number) => last(at, { body: new Array<number>(octets).fill(0) });
  assert.equal(judge(pieces(first(), end(room))), ["dns", "dns"]);
  assert.equal(judge(pieces(first(), end(room + 1))), ["dns", "FRAG_TOO_LONG"]);
});

test("octets that came before are dropped alone, a part of them condemns (RFC 8200 4.5, RFC 5722)", () => {
  assert.equal(judge(pieces(first(), first(), later(1), later(1), later(2))), [
    "dns",
    "FRAG_DUPLICATE",
    "dns",
    "FRAG_DUPLICATE",
    "dns",
  ]);
  const wide = later(1, { body: new Array<number>(16).fill(0) });
  assert.equal(judge(pieces(first(), later(2), wide, later(3))), ["dns", "dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
  assert.equal(judge(pieces(first({ body: new Array<number>(16).fill(0) }), later(1), later(2))), [
    "NO_BINDING",
    "FRAG_DUPLICATE",
    "NO_BINDING",
  ]);
});

test("an IPv6 fragment can't bring other ports behind the first: its octets came before", () => {
  const body = [0, 0, 0, 53, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const head = ipv6({ headers: [calipso(1), fragment6(0, true, 1)], body });
  const ports = ipv6({ headers: [calipso(1), fragment6(1, true, 1)], body });
  assert.equal(judge(pieces(head, ports, head)), ["dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
});

test("two first fragments that differ in a port or the other condemn it", () => {
  assert.equal(judge(pieces(first(), first({ dport: 80 }), later(1))), ["dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
  assert.equal(judge(pieces(first(), first({ sport: 1 }), later(1))), ["dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
});

test("nothing ends behind the last fragment, and there is one last", () => {
  assert.equal(judge(pieces(first(), last(2), later(3))), ["dns", "dns", "FRAG_OVERLAP"]);
  assert.equal(judge(pieces(first(), last(3), last(2), later(1))), ["dns", "dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
  assert.equal(judge(pieces(first(), later(3), last(2), later(1))), ["dns", "dns", "FRAG_OVERLAP", "FRAG_OVERLAP"]);
  assert.equal(judge(pieces(first(), last(3), last(3), later(1))), ["dns", "dns", "FRAG_DUPLICATE", "dns"]);
});

test("a datagram that is whole is forgotten: its identification may be used again", () => {
  assert.equal(judge(pieces(first(), last(1), first({ dport: 80 }), last(1), later(2))), [
    "dns",
    "dns",
    "web",
    "web",
    "FRAG_NO_FIRST",
  ]);
});

test(`${MAX_PIECES} runs with gaps between them are followed, one more condemns`, () => {
  const gaps = Array.from({ length: MAX_PIECES - 1 }, (_, i) => later(2 * i + 2));
  assert.equal(judge(pieces(first(), ...gaps, later(1), later(3))), dns(MAX_PIECES + 2));
  const said = judge(pieces(first(), ...gaps, later(2 * MAX_PIECES), later(1)));
  assert.equal(said, [...dns(MAX_PIECES), "FRAG_PIECES", "FRAG_PIECES"]);
});

test("a datagram is its addresses, identification and, in IPv4, protocol: a later fragment of another has no first", () => {
  for (const change of [{ id: 2 }, { src: "198.51.100.8" }, { dst: "192.0.2.2" }, { protocol: 6 }]) {
    assert.equal(judge(pieces(first(), later(1, change))), ["dns", "FRAG_NO_FIRST"], JSON.stringify(change));
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
  assert.equal(judge(pieces(first({ dport: 8080 }), later(1))), ["two", "two"]);
});

test("a datagram is followed for 30 s in IPv4, and not a nanosecond longer, forwards and backwards", () => {
  const at = (bytes: Uint8Array, seconds: number, nanoseconds = 0): Piece => ({ bytes, seconds, nanoseconds });
  assert.equal(judge([at(first(), 1000), at(later(1), 1030)]), ["dns", "dns"]);
  assert.equal(judge([at(first(), 1000), at(later(1), 1030, 1000)]), ["dns", "FRAG_NO_FIRST"]);
  assert.equal(judge([at(first(), 1030), at(later(1), 1000)]), ["dns", "dns"]);
  assert.equal(judge([at(first(), 1030, 1000), at(later(1), 1000)]), ["dns", "FRAG_NO_FIRST"]);
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
  const mixed = [first(), later(1, { options: cipso(2) })].map((bytes) => ({ bytes, seconds: 1000 }));
  const again = [first(), later(1)].map((bytes) => ({ bytes, seconds: 1031 }));
  assert.equal(judge([...mixed, ...again]), ["dns", "FRAG_LABEL_MISMATCH", "dns", "dns"]);
});

test(`${MAX_DATAGRAMS} datagrams are followed at once; one more displaces the oldest, and is counted`, () => {
  const heads = Array.from({ length: MAX_DATAGRAMS }, (_, id) => first({ id }));
  assert.equal(judge(pieces(...heads, later(1, { id: 0 }), later(1, { id: 1 }))).slice(-2), ["dns", "dns"]);
  const more = first({ id: MAX_DATAGRAMS });
  // The oldest comes back as a new one, and displaces the second.
  const flood = pieces(...heads, more, later(1, { id: 1 }), later(1, { id: 0 }), later(2, { id: 1 }));
  assert.equal(judge(flood).slice(-3), ["dns", "FRAG_NO_FIRST", "FRAG_NO_FIRST"]);

  const classifier = createClassifier(POLICY);
  classifier.dispatch(batchOf(pieces(...heads).map((piece) => ({ ...piece, linkType: RAW }))));
  assert.equal(classifier.stats().displaced, { followed: 0, refused: 0 });
  classifier.dispatch(batchOf([{ bytes: more, linkType: RAW }]));
  assert.equal(classifier.stats().displaced, { followed: 1, refused: 0 });
});

test(`${MAX_DATAGRAMS} refused datagrams are remembered; a flood of them displaces none that is followed`, () => {
  const broken = Array.from({ length: MAX_DATAGRAMS }, (_, id) => first({ id, options: [134, 3, 0] }));
  assert.equal(judge(pieces(...broken, first({ id: 0 }))).at(-1), "FRAG_REFUSED");
  const more = first({ id: MAX_DATAGRAMS, options: [134, 3, 0] });
  assert.equal(judge(pieces(...broken, more, first({ id: 0 }), first({ id: 1 }))).slice(-2), ["dns", "FRAG_REFUSED"]);

  const followed = first({ id: 5000 });
  assert.equal(judge(pieces(followed, ...broken, more, later(1, { id: 5000 }))).at(-1), "dns");
  const classifier = createClassifier(POLICY);
  classifier.dispatch(batchOf(pieces(...broken, more).map((piece) => ({ ...piece, linkType: RAW }))));
  assert.equal(classifier.stats().displaced, { followed: 0, refused: 1 });
});

test("a flood of fragments stays inside the tables, and kernel and oracle agree on what is left", () => {
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const labels = [...new Array<readonly number[]>(20).fill(ONE), cipso(2), [134, 3, 0]];
  const flood = Array.from({ length: 12_000 }, (_, i): Piece => {
    const options = labels[random(labels.length)]!;
    const packet = { id: random(2000), src: `198.51.100.${random(3)}`, options };
    const bytes = [() => first(packet), () => later(1 + random(4), packet), () => last(5, packet)][random(3)]!();
    return { bytes, seconds: 1000 + Math.floor(i / 500) };
  });
  const said = judge(flood);
  for (const expected of ["dns", "FRAG_NO_FIRST", "FRAG_LABEL_MISMATCH", "FRAG_DUPLICATE", "FRAG_REFUSED"]) {
    assert.ok(said.includes(expected), expected);
  }
});

test.run();
