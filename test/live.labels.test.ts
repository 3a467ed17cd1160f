// Labels of what partitions send: their own, or of multilevel ports that of what they answer, in the terms of the host.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FLOW_TIME } from "../ts/live/flows.ts";
import { refusals, settled, v4, v6 } from "./live/settled.ts";
import { frame, HOST4, HOST6, hostAnswers, inside, labelIn, OUR4, OUR6, says } from "./live/world.ts";
import { calipso, cipso, ipv4, ipv6 } from "./packets.ts";

const test = suite("live labels");

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

test.run();
