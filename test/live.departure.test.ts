// What a partition sends has its label, whatever it says, and goes only where that label may go.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { makeLabel } from "../ts/label.ts";
import { FLOW_TIME } from "../ts/live/flows.ts";
import { SIZE_ERRORS_A_SECOND } from "../ts/live/limit.ts";
import { solicitation } from "../ts/live/ndp.ts";
import { REFUSALS } from "../ts/live/refusal.ts";
import { stampLabel } from "../ts/rewrite.ts";
import { MemoryPort } from "./live/memory-port.ts";
import {
  arpRequest,
  frame,
  GATE_MACS,
  HOST_MAC,
  HOST4,
  HOST6,
  hostAnswers,
  INSIDE_MACS,
  inside,
  labelIn,
  type Mutable,
  OUR4,
  OUR6,
  says,
  WIRE_MAC,
  type World,
  world,
  worldPolicy,
} from "./live/world.ts";
import { calipso, cipso, ipv4, ipv6, type Packet4, type Packet6 } from "./packets.ts";

const test = suite("live departure");

const v4 = (more: Packet4 = {}): Uint8Array => ipv4({ src: OUR4, dst: HOST4, sport: 80, dport: 12345, ...more });
const v6 = (more: Packet6 = {}): Uint8Array => ipv6({ src: OUR6, dst: HOST6, sport: 80, dport: 12345, ...more });
const authentication = [17, 4, 0, 0, ...new Array<number>(28).fill(1)];
const SECRET = makeLabel(16, 5, [0]);

/** A world whose hosts have said where they are. */
function settled(change?: (policy: Mutable) => void, options?: { mtu?: number }): World {
  const w = world(change, options);
  for (const packet of [v4(), v6()]) w.fromPartition("public", inside("public", packet));
  w.fromWire(hostAnswers(), hostAnswers(HOST6));
  w.wire.take();
  return w;
}

const worldCopy = (): Mutable => structuredClone(worldPolicy());
const refusals = (w: World, name: "public" | "secret" | "audit"): Record<string, number> => ({
  ...w.gate.stats().partitions[name]!.refusals,
});

test("the next host is asked for, what waits goes when it answers, with the partition's label", () => {
  const w = world();
  w.fromPartition("secret", inside("secret", v4()), inside("secret", v6()));
  const questions = w.wire.take();
  assert.is(questions.length, 2);
  assert.equal(Array.from(questions[0]!.subarray(28, 42)), [192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 7]);
  assert.equal(says(questions[1]!).src, OUR6);
  w.fromWire(hostAnswers(), hostAnswers(HOST6));
  assert.equal(w.wire.take(), [
    frame(stampLabel(v4(), SECRET), WIRE_MAC, HOST_MAC),
    frame(stampLabel(v6(), SECRET), WIRE_MAC, HOST_MAC),
  ]);
  w.fromPartition("public", inside("public", v4()));
  assert.is(labelIn(w.wire.take()[0]!), "1");
});

test("S-01, P-25: the label is bound to the port: the same packet by another port has another label", () => {
  const w = settled();
  for (const [name, label] of [
    ["public", "1"],
    ["secret", "5:0"],
    ["audit", "7"],
  ] as const) {
    w.fromPartition(name, inside(name, v4()), inside(name, v6()));
    assert.equal(w.wire.take().map(labelIn), [label, label]);
  }
});

test("O-03: a packet that has the partition's label goes as it is", () => {
  const w = settled();
  const packet = v4({ options: cipso(5, [0]) });
  w.fromPartition("secret", inside("secret", packet));
  assert.equal(w.wire.take(), [frame(packet, WIRE_MAC, HOST_MAC)]);
});

const REFUSED: readonly (readonly [name: string, packet: Uint8Array, change?: (policy: Mutable) => void])[] = [
  ["SOURCE_NOT_OURS", v4({ src: "192.0.2.3" })],
  ["SOURCE_NOT_OURS", v6({ src: "fe80::5" })],
  ["LABEL_NOT_OWN", v4({ options: cipso(1) })],
  ["LABEL_NOT_OWN", v6({ headers: [calipso(5, [0, 1])] })],
  ["CIPSO_DOI_UNKNOWN", v4({ options: cipso(5, [0], 99) })],
  ["CIPSO_TAG_LEN", v4({ options: [134, 10, 0, 0, 0, 16, 1, 3, 0, 5] })],
  ["GROUP_DESTINATION", v4({ dst: "224.0.0.5" })],
  ["GROUP_DESTINATION", v4({ dst: "192.0.2.255" })],
  ["GROUP_DESTINATION", v4({ dst: "192.0.2.0" })],
  ["GROUP_DESTINATION", v4({ dst: "255.255.255.255" })],
  ["GROUP_DESTINATION", v6({ dst: "ff02::5" })],
  ["LOCAL_DESTINATION", v4({ dst: OUR4 })],
  ["NO_DESTINATION_TEMPLATE", v4({ dst: "203.0.113.1" })],
  ["DESTINATION_NOT_ACCREDITED", v4({ dst: "192.0.2.8" })],
  ["DESTINATION_NOT_ACCREDITED", v4({ dst: "192.0.2.9" })],
  [
    "LABEL_MAY_NOT_LEAVE",
    v4(),
    (policy) => {
      policy.interfaces[0].range = ["0", "3"];
      policy.partitions.pop();
      delete policy.live.partitions.audit;
    },
  ],
  [
    "NO_ROUTE",
    v4({ dst: "198.51.100.1" }),
    (policy) => {
      policy.live.interfaces.net0.gateways = [];
    },
  ],
  [
    "NO_GATEWAY_TEMPLATE",
    v4({ dst: "198.51.100.1" }),
    (policy) => {
      policy.hosts = { "198.51.100.0/24": "peers" };
    },
  ],
  [
    "GATEWAY_NOT_ACCREDITED",
    v4({ dst: "198.51.100.1" }),
    (policy) => {
      policy.hosts["192.0.2.254/32"] = "low";
    },
  ],
  [
    "LABEL_NOT_ENCODABLE",
    v4(),
    (policy) => {
      const label = `5:${Array.from({ length: 16 }, (_, i) => 300 + 3 * i).join(",")}`;
      policy.partitions[1].label = label;
      policy.interfaces[0].range = ["0", "7:0.9999"];
      policy.templates.peers.range = ["0", "7:0.9999"];
    },
  ],
  ["AUTHENTICATED", v4({ protocol: 51 })],
  ["AUTHENTICATED", v6({ protocol: 51, body: authentication })],
  ["AUTHENTICATED", v6({ headers: [[44, [0, 8, 0, 0, 0, 1, 0]]], protocol: 51, body: authentication })],
  ["NO_ROOM_FOR_LABEL", v4({ options: [7, 31, 4, ...new Array<number>(28).fill(0)] })],
  ["IP_LENGTH", v4().subarray(0, 27)],
];
for (const [name, packet, change] of REFUSED) {
  test(`${name}: refused, counted, and nothing goes out`, () => {
    const w = settled();
    const changed = change === undefined ? w : world(change);
    changed.fromPartition("secret", inside("secret", packet));
    assert.equal(changed.wire.take(), []);
    assert.equal(refusals(changed, "secret"), { [name]: 1 });
    assert.is(changed.gate.stats().partitions.secret!.departed, 0);
  });
}

test("RFC 4302: an authenticated packet that has its label already goes as it is", () => {
  const w = settled();
  const packets = [v4({ protocol: 51 }), v6({ protocol: 51, body: authentication })].map((packet) =>
    stampLabel(packet, SECRET),
  );
  w.fromPartition("secret", ...packets.map((packet) => inside("secret", packet)));
  assert.equal(
    w.wire.take(),
    packets.map((packet) => frame(packet, WIRE_MAC, HOST_MAC)),
  );
});

test("every refusal has a rule and a sentence", () => {
  assert.is(new Set(REFUSALS.map(({ name }) => name)).size, REFUSALS.length);
  for (const { rule, sentence } of REFUSALS) assert.ok(rule !== "" && sentence.length > 20);
});

test("S-05: an unlabelled host on the wire gets its own label without an option", () => {
  const w = settled();
  w.fromPartition("public", inside("public", v4({ dst: "192.0.2.9" })));
  w.fromWire(hostAnswers("192.0.2.9"));
  const [, sent] = w.wire.take();
  assert.equal(sent, frame(v4({ dst: "192.0.2.9" }), WIRE_MAC, HOST_MAC));
  w.fromPartition("public", inside("public", v4({ dst: "192.0.2.9", options: cipso(1) })));
  assert.is(labelIn(w.wire.take()[0]!), null, "G-05: its option does not leave");
});

test("G-06: behind a gateway that labels, an unlabelled host's packets have an option on the way", () => {
  const w = settled((policy) => {
    policy.hosts["198.51.100.9/32"] = "plain";
  });
  w.fromPartition("public", inside("public", v4({ dst: "198.51.100.9" })));
  w.fromWire(hostAnswers("192.0.2.254", [2, 0, 0, 0, 0, 0x99]));
  const [, sent] = w.wire.take();
  assert.equal(Array.from(sent!.subarray(0, 6)), [2, 0, 0, 0, 0, 0x99]);
  assert.is(labelIn(sent!), "1");
});

test("RFC 4302: the announced segment of an authenticated packet stays", () => {
  const w = settled();
  const syn = [0, 80, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0, 2, 4, 0xff, 0xff];
  const packet = stampLabel(v6({ protocol: 51, body: [6, ...authentication.slice(1, 24), ...syn] }), SECRET);
  w.fromPartition("secret", inside("secret", packet));
  assert.equal(w.wire.take(), [frame(packet, WIRE_MAC, HOST_MAC)]);
});

test("RFC 4861 section 2.3: an IPv6 gateway may be link-local; others of the link are not learnt", () => {
  const w = settled((policy) => {
    policy.live.interfaces.net0.gateways = ["fe80::fe"];
    policy.hosts["fe80::/10"] = "peers";
    policy.hosts["2001:db8:9::/64"] = "peers";
  });
  w.fromPartition("secret", inside("secret", v6({ dst: "2001:db8:9::9" })));
  w.fromWire(hostAnswers("fe80::fd", [2, 0, 0, 0, 0, 0x98]), hostAnswers("fe80::fe", [2, 0, 0, 0, 0, 0x99]));
  const [, sent, ...more] = w.wire.take();
  assert.equal(more, []);
  assert.equal(Array.from(sent!.subarray(0, 6)), [2, 0, 0, 0, 0, 0x99]);
  assert.is(labelIn(sent!), "5:0");
});

test("S-03: only a port that reads down answers a host whose label is lower", () => {
  const w = settled((policy) => {
    policy.partitions[1].bindings = [{ name: "mail", ports: ["25/tcp"], acceptLower: true }, { name: "rest" }];
    policy.templates.plain.label = "1";
  });
  const tcp = (sport: number): Uint8Array =>
    v4({ dst: "192.0.2.9", protocol: 6, body: [0, sport, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 16, 0, 0, 0, 0, 0, 0] });
  w.fromPartition("secret", inside("secret", tcp(26)));
  assert.equal(w.wire.take(), []);
  w.fromPartition("secret", inside("secret", tcp(25)));
  w.fromWire(hostAnswers("192.0.2.9"));
  const [, sent] = w.wire.take();
  assert.is(labelIn(sent!), null);
  assert.equal(refusals(w, "secret"), { DESTINATION_NOT_ACCREDITED: 1 });
});

test("S-03: later parts of a datagram go down with the first, whatever their data begins with", () => {
  const w = settled((policy) => {
    policy.partitions[1].bindings = [{ name: "dns", ports: ["53/udp"], acceptLower: true }, { name: "rest" }];
  });
  const part = (id: number, offset: number, data: readonly number[]): Uint8Array =>
    v4({ dst: "192.0.2.9", id, fragment: (offset === 0 ? 0x2000 : 0) | (offset / 8), body: [...data] });
  const first = (id: number, port: number): Uint8Array => part(id, 0, [0, port, 4, 0, 0, 24, 0, 0]);
  const later = (id: number, port: number): Uint8Array => part(id, 8, [0, port, 1, 2, 3, 4, 5, 6]);
  const sent = (...packets: readonly Uint8Array[]): number => {
    w.fromPartition("secret", ...packets.map((packet) => inside("secret", packet)));
    w.fromWire(hostAnswers("192.0.2.9"));
    return w.wire.take().filter((octets) => octets[13] === 0).length;
  };
  assert.is(sent(first(1, 54), later(1, 53)), 0, "its data looks like the port that may");
  assert.is(sent(first(2, 53), later(2, 54)), 2);
  assert.is(sent(first(2, 54), later(2, 53)), 0, "the identification is that of another datagram now");
  assert.is(sent(later(3, 53)), 0, "it came before its first");
  assert.equal(refusals(w, "secret"), { DESTINATION_NOT_ACCREDITED: 5 });
});

test("S-01: on a multilevel port the answer has the label of what it answers, and without that there is none", () => {
  const w = settled();
  const syslog = (level: number, sport: number): Uint8Array =>
    frame(ipv4({ src: HOST4, dst: OUR4, sport, dport: 514, options: cipso(level, level === 5 ? [0] : []) }));
  w.fromWire(syslog(1, 1001), syslog(5, 1005), syslog(3, 1003));
  assert.is(w.ports.audit.take().length, 3);
  const answer = (dport: number): Uint8Array => inside("audit", v4({ sport: 514, dport }));
  w.fromPartition("audit", answer(1001), answer(1005), answer(1003));
  assert.equal(w.wire.take().map(labelIn), ["1", "5:0", "3"]);
  w.fromPartition("audit", answer(1002));
  assert.equal(w.wire.take(), []);
  assert.equal(refusals(w, "audit"), { LABEL_NOT_KNOWN: 1 });
  w.fromPartition("audit", inside("audit", v4({ sport: 515, dport: 1001 })));
  assert.equal(w.wire.take().map(labelIn), ["7"], "its other ports have its own label");
});

test("S-01: peers that share an address and a port, and not their label, get no answer while both may wait", () => {
  const w = settled();
  const syslog = (level: number): Uint8Array =>
    frame(ipv4({ src: HOST4, dst: OUR4, sport: 1001, dport: 514, options: cipso(level) }));
  w.fromWire(syslog(1), syslog(3));
  assert.is(w.ports.audit.take().length, 2);
  const answer = inside("audit", v4({ sport: 514, dport: 1001 }));
  w.fromPartition("audit", answer);
  assert.equal(w.wire.take(), []);
  assert.equal(refusals(w, "audit"), { LABEL_NOT_KNOWN: 1 });
  w.clock.now += FLOW_TIME;
  w.fromPartition("audit", answer);
  w.fromWire(hostAnswers());
  assert.equal(
    w.wire
      .take()
      .filter((sent) => sent[13] === 0)
      .map(labelIn),
    ["3"],
  );
});

test("S-01: a connection on a multilevel port keeps its label: segments of another are dropped and counted", () => {
  const w = settled((policy) => {
    policy.partitions[2].multilevelPorts = ["22/tcp"];
  });
  const tcp = (sport: number, dport: number, flags: number): number[] => [
    ...[sport >> 8, sport & 255, dport >> 8, dport & 255, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0],
  ];
  const from = (level: number, flags: number, sport = 1001): Uint8Array =>
    frame(ipv4({ src: HOST4, dst: OUR4, protocol: 6, body: tcp(sport, 22, flags), options: cipso(level) }));
  const answer = inside("audit", v4({ protocol: 6, body: tcp(22, 1001, 16) }));
  w.fromWire(from(3, 2));
  w.fromPartition("audit", answer);
  w.fromWire(from(1, 2), from(1, 16), from(1, 4), from(3, 16));
  w.fromPartition("audit", answer);
  assert.is(w.ports.audit.take().length, 2);
  assert.is(w.gate.stats().relabelled, 3);
  assert.equal(w.wire.take().map(labelIn), ["3", "3"]);
  w.fromWire(from(1, 2, 1002));
  assert.is(w.ports.audit.take().length, 1, "another port is another connection");
  w.clock.now += FLOW_TIME;
  w.fromWire(from(1, 2));
  assert.is(w.ports.audit.take().length, 1, "and so is one long after");
});

test("S-10: on a multilevel port a partition that sees labels may say one, while it is not known", () => {
  const says7 = v4({ sport: 514, dport: 1001, options: cipso(7) });
  const says3 = v4({ sport: 514, dport: 1001, options: cipso(3) });
  const above = v4({ sport: 514, dport: 1001, options: cipso(7, [10]) });
  const seeing = settled((policy) => {
    policy.live.partitions.audit.labels = "pass";
    policy.templates.peers.range = ["0", "9:0.20"];
  });
  seeing.fromPartition("audit", inside("audit", says3), inside("audit", says7));
  assert.equal(seeing.wire.take().map(labelIn), ["3", "7"]);
  seeing.fromPartition("audit", inside("audit", v4({ sport: 514, dport: 1001 })), inside("audit", above));
  assert.equal(refusals(seeing, "audit"), { LABEL_NOT_KNOWN: 2 });
  seeing.fromPartition("audit", inside("audit", v4({ sport: 515, dport: 1001, options: cipso(3) })));
  assert.equal(refusals(seeing, "audit"), { LABEL_NOT_KNOWN: 2, LABEL_NOT_OWN: 1 });
  seeing.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, sport: 1001, dport: 514, options: cipso(1) })));
  seeing.fromPartition("audit", inside("audit", says3));
  assert.equal(refusals(seeing, "audit"), { LABEL_NOT_KNOWN: 2, LABEL_NOT_OWN: 2 });

  const blind = settled();
  blind.fromPartition("audit", inside("audit", says3));
  assert.equal(refusals(blind, "audit"), { LABEL_NOT_KNOWN: 1 });
  assert.equal([seeing.wire.take(), blind.wire.take()], [[], []]);
});

const FRAGMENT_HEADER: readonly [number, number[]] = [44, [0, 0, 1, 0, 0, 0, 9]];
for (const [what, labels, more] of [
  ["whose label it sees", "pass", []],
  ["with destination options", "strip", [[60, [0, 1, 4, 0, 0, 0, 0]]]],
  ["in parts", "strip", [FRAGMENT_HEADER]],
] as const) {
  test(`S-01: a multilevel port answers an IPv6 packet ${what}`, () => {
    const w = settled((policy) => {
      policy.live.partitions.audit.labels = labels;
    });
    const headers = [calipso(5, [0]), ...more.map(([type, data]): [number, number[]] => [type, [...data]])];
    w.fromWire(frame(ipv6({ src: HOST6, dst: OUR6, sport: 1005, dport: 514, headers })));
    assert.is(w.ports.audit.take().length, 1);
    w.fromPartition("audit", inside("audit", v6({ sport: 514, dport: 1005 })));
    assert.equal(w.wire.take().map(labelIn), ["5:0"]);
  });
}

test("S-01: the parts of a multilevel answer have the label of the first", () => {
  const w = settled();
  w.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, sport: 1005, dport: 514, options: cipso(5, [0]) })));
  const part = (offset: number, more: boolean, id: number): Uint8Array =>
    inside(
      "audit",
      v4({
        id,
        fragment: (more ? 0x2000 : 0) | (offset / 8),
        body: offset === 0 ? [2, 2, 3, 0xed, 0, 16, 0, 0] : [9, 9],
      }),
    );
  w.fromPartition("audit", part(8, false, 77));
  assert.equal(refusals(w, "audit"), { LABEL_NOT_KNOWN: 1 });
  w.fromPartition("audit", part(0, true, 77), part(8, false, 77));
  assert.equal(w.wire.take().map(labelIn), ["5:0", "5:0"]);
});

test("I-05: an error about a multilevel packet has its label", () => {
  const w = settled();
  const asked = ipv4({ src: HOST4, dst: OUR4, sport: 1005, dport: 514, options: cipso(5, [0]) });
  w.fromWire(frame(asked));
  const quoted = Array.from(w.ports.audit.take()[0]!.subarray(14, 14 + 28));
  w.fromPartition("audit", inside("audit", v4({ protocol: 1, body: [3, 3, 0, 0, 0, 0, 0, 0, ...quoted] })));
  assert.equal(w.wire.take().map(labelIn), ["5:0"]);
});

test("RIPSO goes out where the interface wants it", () => {
  const w = settled((policy) => {
    policy.ripso = { mode: "map", levels: { SECRET: 5, UNCLASSIFIED: 1 }, authorities: { NONE: [], GENSER: [0] } };
    policy.live.interfaces.net0.ipv4 = "ripso";
  });
  w.fromPartition("secret", inside("secret", v4()));
  w.fromPartition("public", inside("public", v4()));
  const [secret, open] = w.wire.take();
  assert.equal(Array.from(secret!.subarray(34, 38)), [130, 4, 0x5a, 0x80]);
  assert.equal(Array.from(open!.subarray(34, 38)), [130, 3, 0xab, 0]);
  w.fromPartition("audit", inside("audit", v4()));
  assert.equal(refusals(w, "audit"), { LABEL_NOT_ENCODABLE: 1 });
});

test("labels go out in the terms of the host's DOI", () => {
  const w = settled((policy) => {
    policy.dois = { 99: { mode: "translate", to: 16, levels: { 50: 5, 10: 1 }, categories: { 8: 0 } } };
    policy.templates.peers = { type: "labelled", doi: 99, range: ["10", "50:8"] };
  });
  w.fromPartition("secret", inside("secret", v4()));
  const [sent] = w.wire.take();
  assert.is(labelIn(sent!), "50:8");
  assert.is((says(sent!).label as { doi: number }).doi, 99);
  w.fromPartition("audit", inside("audit", v4()));
  assert.equal(refusals(w, "audit"), { DESTINATION_NOT_ACCREDITED: 1 });
});

test("E-03: a packet that its label makes too large is answered with what fits", () => {
  const sized = (octets: number, fragment: number): Uint8Array =>
    v4({ fragment, body: [0, 80, 0, 80, ...new Array<number>(octets - 24).fill(0)] });
  const w = settled();
  w.fromPartition("secret", inside("secret", sized(1488, 0x4000)));
  assert.is(w.wire.take()[0]!.length, 1514);
  w.fromPartition("secret", inside("secret", sized(1489, 0x4000)));
  assert.equal(w.wire.take(), []);
  const [told] = w.ports.secret.take();
  assert.equal(Array.from(told!.subarray(0, 12)), [...INSIDE_MACS.secret!, ...GATE_MACS.secret!]);
  assert.equal([told![34], told![35], (told![40]! << 8) | told![41]!], [3, 4, 1488]);
  assert.is(says(told!).dst, OUR4);

  const large = v6({ body: [0, 80, 0, 80, ...new Array<number>(1485 - 44).fill(0)] });
  w.fromPartition("secret", inside("secret", large));
  const [told6] = w.ports.secret.take();
  assert.equal([told6![54], told6![55], (told6![60]! << 8) | told6![61]!], [2, 0, 1484]);
});

test("RFC 4443 section 2.4 f: a partition is told a hundred times a second that packets are too large, and no more", () => {
  const w = settled();
  const large = inside("secret", v6({ body: [0, 80, 0, 80, ...new Array<number>(1485 - 44).fill(0)] }));
  const tell = (): number => {
    w.fromPartition("secret", ...new Array<Uint8Array>(SIZE_ERRORS_A_SECOND + 1).fill(large));
    return w.ports.secret.take().length;
  };
  assert.is(tell(), SIZE_ERRORS_A_SECOND);
  w.clock.now += 20;
  assert.is(tell(), 2);
  assert.is(refusals(w, "secret").TOO_BIG, 2 * (SIZE_ERRORS_A_SECOND + 1));
});

test("the announced segment leaves room for the label", () => {
  const w = settled();
  const syn = [0, 80, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0, 2, 4, 0x05, 0xb4];
  w.fromPartition("secret", inside("secret", v4({ protocol: 6, body: syn })));
  const [sent] = w.wire.take();
  assert.is((sent!.at(-2)! << 8) | sent!.at(-1)!, 1460 - 40);
  w.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(5, [0]), protocol: 6, body: syn })));
  const [got] = w.ports.secret.take();
  assert.is((got!.at(-2)! << 8) | got!.at(-1)!, 1460 - 40);
  const seeing = settled((policy) => {
    policy.live.partitions.secret.labels = "pass";
  });
  seeing.fromWire(frame(ipv6({ src: HOST6, dst: OUR6, headers: [calipso(5, [0])], protocol: 6, body: syn })));
  const [behind] = seeing.ports.secret.take();
  assert.is((behind!.at(-2)! << 8) | behind!.at(-1)!, 1460 - 60, "behind a label too");
});

test("a partition is told that every other address is at the gate, and never that its own is", () => {
  const w = world();
  const own = INSIDE_MACS.public!;
  w.fromPartition("public", inside("public", arpRequest(own, OUR4, HOST4)));
  const [reply] = w.ports.public.take();
  assert.equal(Array.from(reply!.subarray(22, 32)), [...GATE_MACS.public!, 192, 0, 2, 7]);
  const ask = (source: string, target: string): Uint8Array =>
    inside("public", solicitation(parseAddress(source), Uint8Array.from(own), parseAddress(target)));
  w.fromPartition("public", ask(OUR6, HOST6));
  assert.is(says(w.ports.public.take()[0]!).src, HOST6);
  w.fromPartition(
    "public",
    inside("public", arpRequest(own, "0.0.0.0", OUR4)),
    inside("public", arpRequest(own, OUR4, OUR4)),
    ask("::", OUR6),
  );
  assert.equal(w.ports.public.take(), []);
  assert.equal(w.wire.take(), [], "nothing of it is on the wire");
  assert.is(w.gate.stats().partitions.public!.answered, 5);
});

test("two partitions never hear each other", () => {
  const w = settled();
  w.fromPartition(
    "public",
    inside("public", v4({ dst: OUR4 })),
    inside("public", v4({ src: HOST4, dst: OUR4, options: cipso(5, [0]) })),
  );
  assert.equal([w.ports.secret.take(), w.ports.audit.take(), w.wire.take()], [[], [], []]);
  assert.equal(refusals(w, "public"), { LOCAL_DESTINATION: 1, SOURCE_NOT_OURS: 1 });
});

test("a host that does not answer is asked three times, and what waited is counted", () => {
  const w = world();
  for (let i = 0; i < 4; i++) w.fromPartition("public", inside("public", v4()));
  assert.equal(refusals(w, "public"), { NO_NEIGHBOUR: 1 });
  for (let second = 0; second < 4; second++) {
    w.clock.now += 1000;
    w.gate.tick();
  }
  assert.is(w.wire.take().length, 3);
  assert.is(w.gate.stats().wires.w0!.unanswered, 3);
});

test("an answer that nobody asked for is not believed", () => {
  const w = settled();
  w.fromWire(hostAnswers(HOST4, [2, 6, 6, 6, 6, 6]));
  w.fromPartition("public", inside("public", v4()));
  assert.equal(Array.from(w.wire.take()[0]!.subarray(0, 6)), HOST_MAC);
});

test("what the policy says of a host's place is neither asked nor learnt", () => {
  const w = world((policy) => {
    policy.live.interfaces.net0.neighbours = { [HOST4]: "02:00:00:00:00:77" };
  });
  w.fromWire(hostAnswers());
  w.fromPartition("public", inside("public", v4()));
  const [sent, ...others] = w.wire.take();
  assert.equal(others, []);
  assert.equal(Array.from(sent!.subarray(0, 6)), [2, 0, 0, 0, 0, 0x77]);
});

test("another policy is in force between two batches, or nothing has changed", () => {
  const w = settled();
  const { gate } = w;
  const before = gate.stats().partitions.public!.departed;
  assert.throws(() => gate.replacePolicy({ doi: 0 } as Mutable), /problems/);
  w.fromPartition("public", inside("public", v4()));
  assert.is(labelIn(w.wire.take()[0]!), "1");
  gate.replacePolicy(
    ((policy) => {
      policy.partitions[0].label = "2";
      return policy;
    })(worldCopy()),
  );
  w.fromPartition("public", inside("public", v4()));
  w.fromWire(hostAnswers());
  assert.is(labelIn(w.wire.take().at(-1)!), "2");
  assert.is(gate.stats().partitions.public!.departed, before + 2);
  w.fromWire(
    frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(1) })),
    frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(2) })),
  );
  assert.is(w.ports.public.take().length, 1);
});

test("counters go on under another policy, and at another port", () => {
  const w = settled();
  w.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(1) })), frame(arpRequest(HOST_MAC, HOST4, OUR4)));
  w.fromWire(hostAnswers(OUR4));
  w.fromPartition("public", inside("public", v4({ dst: OUR4 })), inside("public", v4({ dst: "192.0.2.20" })));
  for (let second = 0; second < 4; second++) {
    w.clock.now += 1000;
    w.gate.tick();
  }
  const before = w.gate.stats();
  const { answered, conflicts, unanswered } = before.wires.w0!;
  assert.equal([answered, conflicts, unanswered], [1, 1, 1]);
  w.gate.replacePolicy(worldPolicy());
  w.gate.replacePolicy(worldPolicy());
  assert.equal(w.gate.stats(), before);

  const other = new MemoryPort("other", GATE_MACS.public!, INSIDE_MACS.public!);
  const partitions = new Map<string, MemoryPort>(Object.entries(w.ports)).set("public", other);
  w.gate.replacePolicy(worldPolicy(), { wires: new Map([["w0", w.wire]]), partitions });
  const { source: _, sink: __, ...kept } = before.partitions.public!;
  const { source, sink, ...now } = w.gate.stats().partitions.public!;
  assert.equal(now, kept);
  assert.equal([source.received, sink.sent], [0, 0], "the port's own begin anew");
});

test.run();
