// The gate between its ports: whom it answers and asks, and another policy while it runs.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { solicitation } from "../ts/live/ndp.ts";
import { MemoryPort } from "./live/memory-port.ts";
import { refusals, settled, v4 } from "./live/settled.ts";
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
  world,
  worldPolicy,
} from "./live/world.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("live gate");

const worldCopy = (): Mutable => structuredClone(worldPolicy());

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
