// What a gate drops goes to a sink, as of a classifier: with its reason, as a delivery, and no failure of it is the gate's.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Delivery } from "../ts/sink.ts";
import { type DropRecord, dropLog } from "../ts/sinks/drop-log.ts";
import { frame, HOST4, OUR4, world, worldPolicy } from "./live/world.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("live drops");

const good = frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(5, [0]) }));
const nowhere = frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(3) }));
const unlabelled = frame(ipv4({ src: HOST4, dst: OUR4 }));

test("the sink gets the frames that no partition gets, with verdict, octets and device", () => {
  const w = world();
  const got: string[] = [];
  w.gate.registerDrops((delivery) => {
    assert.is(delivery.name, "dropped");
    for (const { reason, verdict, bytes, explanation } of delivery) {
      assert.is(verdict.reason, reason);
      assert.is(explanation.verdict.reason, reason);
      got.push(`${reason} ${Buffer.compare(bytes, reason === "NO_PARTITION" ? nowhere : unlabelled)}`);
    }
  });
  w.fromWire(good, nowhere, unlabelled, good);
  assert.equal(got, ["NO_PARTITION 0", "LABEL_REQUIRED 0"]);
  assert.is(w.ports.secret.take().length > 0 || w.gate.stats().partitions.secret!.delivered > 0, true);
});

test("lines of a drop log name sender, label and device", () => {
  const w = world();
  const lines: DropRecord[] = [];
  w.gate.registerDrops(dropLog((line) => lines.push(JSON.parse(line))));
  w.fromWire(nowhere);
  assert.equal(
    lines.map(({ reason, src, dst, label }) => [reason, src, dst, (label as { level: number }).level]),
    [["NO_PARTITION", HOST4, OUR4, 3]],
  );
});

test("one at a time; it can be taken away", () => {
  const w = world();
  let frames = 0;
  const take = w.gate.registerDrops(({ length }) => (frames += length));
  assert.throws(() => w.gate.registerDrops(() => {}), /a sink already/);
  w.fromWire(nowhere);
  take();
  take();
  w.fromWire(nowhere);
  assert.is(frames, 1);
  w.gate.registerDrops(({ length }) => (frames += length));
  take();
  w.fromWire(nowhere);
  assert.is(frames, 2);
});

test("a sink that throws is taken away and told of; the gate goes on, and what it had is gone", () => {
  const w = world();
  const told: unknown[] = [];
  let kept: Delivery | undefined;
  w.gate.registerDrops(
    (delivery) => {
      kept = delivery;
      throw new Error("disk full");
    },
    (error) => told.push((error as Error).message),
  );
  w.fromWire(nowhere, good);
  w.fromWire(nowhere, good);
  assert.equal(told, ["disk full"]);
  assert.is(w.gate.stats().partitions.secret!.delivered, 2);
  assert.throws(() => kept!.at(0), /valid until/);
  w.gate.registerDrops(() => {});
});

test("another policy keeps the sink", () => {
  const w = world();
  let frames = 0;
  w.gate.registerDrops(({ length }) => (frames += length));
  w.gate.replacePolicy(worldPolicy());
  w.fromWire(nowhere);
  assert.is(frames, 1);
});

test.run();
