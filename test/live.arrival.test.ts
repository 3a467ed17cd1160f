// What comes from the wire reaches the one partition it is for, and nothing else does.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { solicitation } from "../ts/live/ndp.ts";
import { MAX_UNPLACED } from "../ts/live/partition-side.ts";
import { stripLabel } from "../ts/rewrite.ts";
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
  OUR4,
  OUR6,
  says,
  WIRE_MAC,
  type World,
  world,
} from "./live/world.ts";
import { calipso, cipso, ipv4, ipv6, piece4 } from "./packets.ts";

const test = suite("live arrival");

const v4 = (level: number, categories: readonly number[] = [], more = {}): Uint8Array =>
  ipv4({ src: HOST4, dst: OUR4, options: cipso(level, categories), ...more });
const v6 = (level: number, categories: readonly number[] = [], more = {}): Uint8Array =>
  ipv6({ src: HOST6, dst: OUR6, headers: [calipso(level, categories)], ...more });

const NAMES = ["public", "secret", "audit"] as const;
/** Frames that each partition got. */
function got({ ports }: World): Record<string, Uint8Array[]> {
  return Object.fromEntries(NAMES.map((name) => [name, ports[name].take()]));
}
const nothing = { public: [], secret: [], audit: [] };

for (const [version, packet] of [
  [4, v4(5, [0])],
  [6, v6(5, [0])],
] as const) {
  test(`a labelled IPv${version} packet reaches its partition, stripped, between the right hosts of its link`, () => {
    const w = world();
    w.fromWire(frame(packet));
    const { public: low, secret, audit } = got(w);
    assert.equal([low, audit], [[], []]);
    assert.equal(secret, [frame(stripLabel(packet), GATE_MACS.secret, INSIDE_MACS.secret)]);
    assert.is(labelIn(secret![0]!), null);
    assert.is(w.gate.stats().partitions.secret!.delivered, 1);
  });
}

test("labels pass through where the policy says so", () => {
  const w = world((policy) => {
    policy.live.partitions.secret.labels = "pass";
  });
  w.fromWire(frame(v4(5, [0])), frame(v6(5, [0])), frame(v4(1)));
  const { public: low, secret } = got(w);
  assert.equal(
    secret!.map((octets) => octets.slice(14)),
    [v4(5, [0]), v6(5, [0])],
  );
  assert.is(labelIn(low![0]!), null);
});

test("RFC 4302: the label of an authenticated packet is not taken out, but may pass", () => {
  const authentication = [17, 4, 0, 0, ...new Array<number>(28).fill(1)];
  const packets = [v4(5, [0], { protocol: 51 }), v6(5, [0], { protocol: 51, body: authentication })];
  const strict = world();
  strict.fromWire(...packets.map((packet) => frame(packet)));
  assert.equal(got(strict), nothing);
  assert.is(strict.gate.stats().authenticated, 2);
  const passing = world((policy) => {
    policy.live.partitions.secret.labels = "pass";
  });
  passing.fromWire(...packets.map((packet) => frame(packet)));
  assert.is(got(passing).secret!.length, 2);
  assert.is(passing.gate.stats().authenticated, 0);
});

test("what carries no label, another's, a malformed one or comes from nobody reaches no partition, and is counted", () => {
  const w = world();
  const malformed = v4(5, [0]);
  malformed[20 + 8] = 0xff; // the tag's length
  w.fromWire(
    frame(ipv4({ src: HOST4, dst: OUR4 })),
    frame(ipv6({ src: HOST6, dst: OUR6 })),
    frame(v4(5, [1])),
    frame(v4(9)),
    frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(5, [0], 17) })),
    frame(v4(5, [0], { src: "203.0.113.5" })),
    frame(v4(5, [0], { src: "192.0.2.8" })),
    frame(v4(5, [0], { dst: "192.0.2.2" })),
  );
  assert.equal(got(w), nothing);
  const { verdicts } = w.gate.stats();
  assert.equal(Object.fromEntries(Object.entries(verdicts.reasons).map(([reason, count]) => [reason, count!.frames])), {
    LABEL_REQUIRED: 2,
    NO_PARTITION: 1,
    SENDER_NOT_ACCREDITED: 2,
    CIPSO_DOI_UNKNOWN: 1,
    NO_TEMPLATE: 1,
    NOT_OURS: 1,
  });
  w.fromWire(frame(malformed));
  assert.equal(got(w), nothing);
  assert.is(w.gate.stats().verdicts.dropped.frames, 9);
  assert.equal(w.wire.take(), []);
});

test("G-07: a wrong header checksum is dropped without a word about checksums in the policy", () => {
  const w = world();
  const packet = v4(5, [0]);
  packet[10]! ^= 1;
  w.fromWire(frame(packet));
  assert.equal(got(w), nothing);
  assert.is(w.gate.stats().verdicts.reasons.IP_CHECKSUM?.frames, 1);
});

test("fragments reach the partition of their datagram, each stripped; one with another label reaches nobody", () => {
  const w = world();
  const piece = (from: number, more: boolean, level: number): Uint8Array =>
    frame(piece4({ from, length: 16, more }, { src: HOST4, dst: OUR4, options: cipso(level, level === 5 ? [0] : []) }));
  w.fromWire(piece(0, true, 5), piece(16, true, 1), piece(32, false, 5));
  const { public: low, secret } = got(w);
  assert.equal(low, []);
  assert.is(secret!.length, 1);
  assert.is(w.gate.stats().verdicts.reasons.FRAG_LABEL_MISMATCH?.frames, 2);
});

test("a frame whose packet was cut off is not delivered", () => {
  const w = world();
  const whole = frame(
    ipv4({ src: HOST4, dst: OUR4, options: cipso(1), body: [0, 80, 0, 80, ...new Array<number>(60).fill(7)] }),
  );
  w.fromWire(whole.subarray(0, whole.length - 1));
  assert.equal(got(w), nothing);
  const stats = w.gate.stats();
  assert.is(stats.broken + stats.verdicts.dropped.frames, 1);
});

test("the padding of a short frame stays behind", () => {
  const w = world();
  w.fromWire(Uint8Array.from([...frame(v4(1)), ...new Array<number>(18).fill(0xaa)]));
  assert.is(got(w).public![0]!.length, 14 + 28);
});

test("a broadcast is copied to every partition that may have it", () => {
  const w = world((policy) => {
    policy.partitions[0].groups = ["224.0.0.9"];
    policy.partitions[2].groups = ["224.0.0.9"];
  });
  w.fromWire(frame(v4(1, [], { dst: "224.0.0.9" })));
  const { public: low, secret, audit } = got(w);
  assert.equal([low!.length, secret!.length, audit!.length], [1, 0, 0]);
  assert.equal(Array.from(low![0]!.subarray(0, 6)), [1, 0, 0x5e, 0, 0, 9]);
});

test("a packet waits until its partition has said where it is: asked by ARP and by solicitation, once a second", () => {
  const w = world(() => {}, { known: false });
  w.fromWire(frame(v4(5, [0])));
  const questions = w.ports.secret.take();
  assert.is(questions.length, 2);
  assert.equal(Array.from(questions[0]!.subarray(0, 6)), [255, 255, 255, 255, 255, 255]);
  assert.equal(questions[1]!.subarray(0, 6), Uint8Array.of(0x33, 0x33, 0xff, 0, 0, 1));
  w.fromWire(frame(v6(5, [0])));
  assert.equal(w.ports.secret.take(), [], "not asked again within a second");
  w.fromPartition("secret", inside("secret", arpRequest(INSIDE_MACS.secret!, OUR4, HOST4)));
  const sent = w.ports.secret.take();
  assert.equal(
    sent.map((octets) => Array.from(octets.subarray(0, 6))),
    [INSIDE_MACS.secret, INSIDE_MACS.secret, INSIDE_MACS.secret],
  );
  assert.is(w.gate.stats().partitions.secret!.delivered, 2);
});

test("of the packets that wait, so many are kept, and the oldest go first", () => {
  for (const more of [0, 1]) {
    const w = world(() => {}, { known: false });
    for (let id = 0; id < MAX_UNPLACED + more; id++) w.fromWire(frame(v4(5, [0], { id })));
    w.fromPartition("secret", inside("secret", arpRequest(INSIDE_MACS.secret!, OUR4, HOST4)));
    const stats = w.gate.stats().partitions.secret!;
    assert.equal([stats.delivered, stats.unplaced], [MAX_UNPLACED, more]);
  }
});

test("ARP for the shared address is answered, for any other it is not", () => {
  const w = world();
  w.fromWire(frame(arpRequest(HOST_MAC, HOST4, "192.0.2.2"), HOST_MAC, [255, 255, 255, 255, 255, 255]));
  assert.equal(w.wire.take(), []);
  w.fromWire(frame(arpRequest(HOST_MAC, HOST4, OUR4), HOST_MAC, [255, 255, 255, 255, 255, 255]));
  const [reply, ...others] = w.wire.take();
  assert.equal(others, []);
  assert.equal(Array.from(reply!.subarray(0, 12)), [...HOST_MAC, ...WIRE_MAC]);
  assert.equal(Array.from(reply!.subarray(22, 32)), [...WIRE_MAC, 192, 0, 2, 1]);
  assert.is(w.gate.stats().wires.w0!.answered, 1);
});

test("a solicitation for the shared address is answered, for any other it is not", () => {
  const w = world();
  const ask = (target: string): Uint8Array =>
    frame(solicitation(parseAddress(HOST6), Uint8Array.from(HOST_MAC), parseAddress(target)));
  w.fromWire(ask("2001:db8::2"));
  assert.equal(w.wire.take(), []);
  w.fromWire(ask(OUR6));
  const [answer] = w.wire.take();
  const { src, dst, status } = says(answer!);
  assert.equal([src, dst, status], [OUR6, HOST6, "NO_LABEL"]);
  assert.equal(Array.from(answer!.subarray(80, 86)), WIRE_MAC);
});

test("who says to have our address is counted", () => {
  const w = world();
  w.fromWire(frame(arpRequest(HOST_MAC, OUR4, HOST4)));
  assert.is(w.gate.stats().wires.w0!.conflicts, 1);
});

test("on a VLAN only its frames are answered, with its tag", () => {
  const w = world((policy) => {
    policy.interfaces[0].vlan = 7;
  });
  const ask = arpRequest(HOST_MAC, HOST4, OUR4);
  w.fromWire(frame(ask), frame(ask, HOST_MAC, WIRE_MAC, 8));
  assert.equal(w.wire.take(), []);
  w.fromWire(frame(ask, HOST_MAC, WIRE_MAC, 7), frame(v4(1), HOST_MAC, WIRE_MAC, 7));
  const [reply] = w.wire.take();
  assert.equal(Array.from(reply!.subarray(12, 18)), [0x81, 0, 0, 7, 8, 6]);
  assert.equal(w.ports.public.take(), [frame(stripLabel(v4(1)), GATE_MACS.public, INSIDE_MACS.public)]);
});

test("E-03: a packet too large for its partition is told so, at its label", () => {
  for (const [octets, isTooBig] of [
    [1280, false],
    [1281, true],
  ] as const) {
    const w = world((policy) => {
      policy.live.partitions.secret.mtu = 1280;
    });
    w.fromWire(hostAnswers());
    const body = [0, 80, 0, 80, ...new Array<number>(octets - 24).fill(0)];
    w.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(5, [0]), body })), hostAnswers());
    assert.is(w.ports.secret.take().length, isTooBig ? 0 : 1);
    w.fromWire(hostAnswers());
    const told = w.wire.take().filter((sent) => sent[13] === 0 && sent[14]! >> 4 === 4);
    assert.is(told.length, isTooBig ? 1 : 0);
    if (!isTooBig) continue;
    assert.is(labelIn(told[0]!), "5:0");
    const { src, dst, protocol } = says(told[0]!);
    assert.equal([src, dst, protocol], [OUR4, HOST4, 1]);
    const icmp = told[0]!.subarray(14 + 32);
    assert.equal([icmp[0], icmp[1], (icmp[6]! << 8) | icmp[7]!], [3, 4, 1280 - 12]);
  }
});

test("a partition without a port is counted", () => {
  const w = world((policy) => {
    policy.live.partitions = { public: policy.live.partitions.public };
  });
  w.fromWire(frame(v4(5, [0])));
  assert.is(w.gate.stats().portless, 1);
  assert.equal(got(w), nothing);
});

test("P-15: a port that is full loses its own frames and holds up nobody", () => {
  const w = world();
  w.ports.public.most = 0;
  w.fromWire(frame(v4(1)), frame(v4(5, [0])));
  assert.is(w.ports.secret.take().length, 1);
  assert.is(w.gate.stats().partitions.public!.sink.refused, 1);
});

test("ICMP errors about labels are off unless the policy asks for them, limited, and never answer errors", () => {
  const missing = frame(ipv4({ src: HOST4, dst: OUR4 }));
  const silent = world();
  silent.fromWire(missing, hostAnswers());
  assert.equal(silent.wire.take(), []);
  const w = world((policy) => {
    policy.live.icmpErrors = true;
  });
  w.fromWire(missing);
  w.fromWire(hostAnswers());
  const told = w.wire.take().filter((sent) => sent[13] === 0);
  assert.is(told.length, 1);
  const icmp = told[0]!.subarray(34);
  assert.equal(
    Array.from(icmp.subarray(0, 5)).filter((_, i) => i !== 2 && i !== 3),
    [12, 1, 134],
  );
  assert.is(labelIn(told[0]!), null);

  const nobody = frame(v4(5, [1]));
  w.fromWire(nobody);
  const [prohibited] = w.wire.take();
  assert.is(labelIn(prohibited!), "5:1");
  assert.equal(Array.from(prohibited!.subarray(46, 48)), [3, 10]);
  const error = frame(ipv4({ src: HOST4, dst: OUR4, protocol: 1, body: [3, 1, 0, 0, 0, 0, 0, 0] }));
  w.fromWire(error);
  assert.equal(w.wire.take(), []);
  for (let i = 0; i < 20; i++) w.fromWire(missing);
  assert.is(w.wire.take().length, 8, "10 in all");
  w.clock.now += 100;
  for (let i = 0; i < 3; i++) w.fromWire(missing);
  assert.is(w.wire.take().length, 1, "one more after a tenth of a second");
});

test("E-02: an error at a label that may not leave by the interface is not sent", () => {
  for (const [highest, told] of [
    ["7:0.9", 1],
    ["7:0", 0],
  ] as const) {
    const w = world((policy) => {
      policy.live.icmpErrors = true;
      policy.interfaces[0].range = ["0", highest];
    });
    w.fromWire(frame(v4(5, [1])));
    w.fromWire(hostAnswers());
    assert.is(w.gate.stats().verdicts.reasons.NO_PARTITION!.frames, 1);
    assert.is(w.wire.take().filter((sent) => sent[13] === 0).length, told);
    assert.is(w.gate.stats().labelErrors, told);
  }
});

test.run();
