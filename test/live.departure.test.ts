// What a partition sends goes only where its label may go, and carries it.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeLabel } from "../ts/label.ts";
import { SIZE_ERRORS_A_SECOND } from "../ts/live/limits.ts";
import { REFUSALS } from "../ts/live/refusal.ts";
import { stampLabel } from "../ts/rewrite.ts";
import { refusals, settled, v4, v6 } from "./live/settled.ts";
import {
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
  world,
} from "./live/world.ts";
import { calipso, cipso, ipv4, ipv6 } from "./packets.ts";

const test = suite("live departure");

const authentication = [17, 4, 0, 0, ...new Array<number>(28).fill(1)];
const SECRET = makeLabel(16, 5, [0]);

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

test.run();
