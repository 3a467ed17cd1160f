// Frames on their way out: in order, bounded, and counted where a port does not take them.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_QUEUED, Outbox, Queue } from "../ts/live/outbox.ts";
import { MemoryPort } from "./live/memory-port.ts";

const test = suite("live outbox");

const MAC = [2, 0, 0, 0, 0, 1];

interface Bench {
  readonly outbox: Outbox;
  readonly a: MemoryPort;
  readonly b: MemoryPort;
  readonly toA: Queue;
  readonly toB: Queue;
  /** Writes a frame of so many octets of a value; where it begins. */
  put(queue: Queue, length: number, value: number): number;
}

function bench(from = 0, to = 65_536): Bench {
  const [a, b] = [new MemoryPort("a", MAC), new MemoryPort("b", MAC)];
  const [toA, toB] = [new Queue(a), new Queue(b)];
  const outbox = new Outbox(new Uint8Array(to + 64), from, to, [toA, toB]);
  return {
    outbox,
    a,
    b,
    toA,
    toB,
    put: (queue, length, value) => {
      const at = outbox.reserve(length);
      outbox.bytes.fill(value, at, at + length);
      outbox.add(queue, at, length);
      return at;
    },
  };
}

/** Of each frame, how long it is and what it is filled with. */
const seen = (port: MemoryPort): number[][] =>
  port.take().map((frame) => {
    assert.ok(frame.every((octet) => octet === frame[0]));
    return [frame.length, frame[0]!];
  });

test("nothing is sent before it is flushed; then all, each port's in order", () => {
  const { outbox, a, b, toA, toB, put } = bench();
  put(toA, 60, 1);
  put(toB, 61, 2);
  put(toA, 1, 3);
  assert.equal([seen(a), seen(b)], [[], []]);
  outbox.flush();
  assert.equal(
    [seen(a), seen(b)],
    [
      [
        [60, 1],
        [1, 3],
      ],
      [[61, 2]],
    ],
  );
  outbox.flush();
  assert.equal([seen(a), seen(b)], [[], []], "once");
});

test("frames begin at multiples of 8 and do not touch", () => {
  const { put, toA, toB } = bench(64);
  assert.equal([put(toA, 1, 1), put(toB, 8, 2), put(toA, 9, 3), put(toA, 1, 4)], [64, 72, 80, 96]);
});

test("room that was reserved and not added to is given again", () => {
  const { outbox, toA, put } = bench();
  assert.is(outbox.reserve(100), outbox.reserve(200));
  put(toA, 8, 1);
  assert.is(outbox.reserve(100), 8);
});

test("a frame may begin behind where its room does, and the next stands behind it", () => {
  const { outbox, toA } = bench();
  const at = outbox.reserve(100) + 18;
  outbox.add(toA, at, 20);
  assert.is(outbox.reserve(1), 40);
});

test(`${MAX_QUEUED} frames wait for a port, one more sends them; the other port's wait on`, () => {
  const { outbox, a, b, toA, toB, put } = bench();
  put(toB, 1, 7);
  for (let i = 0; i < MAX_QUEUED; i++) put(toA, 1, i & 255);
  assert.is(a.sent.length, 0);
  put(toA, 2, 9);
  assert.equal(
    seen(a),
    Array.from({ length: MAX_QUEUED }, (_, i) => [1, i & 255]),
  );
  assert.is(b.sent.length, 0);
  outbox.flush();
  assert.equal([seen(a), seen(b)], [[[2, 9]], [[1, 7]]]);
});

test("room that is just enough is given; an octet more sends what waits and begins anew", () => {
  const { outbox, a, b, toA, toB, put } = bench(16, 16 + 64);
  put(toA, 32, 1);
  put(toB, 8, 2);
  assert.is(outbox.reserve(24), 56);
  assert.equal([a.sent.length, b.sent.length], [0, 0]);
  assert.is(outbox.reserve(25), 16);
  assert.equal([seen(a), seen(b)], [[[32, 1]], [[8, 2]]]);
  assert.is(put(toA, 64, 3), 16, "all of it");
  assert.is(put(toA, 1, 4), 16);
  outbox.flush();
  assert.equal(seen(a), [
    [64, 3],
    [1, 4],
  ]);
});

test("P-15: what a port does not take is counted as its own, and is not tried again", () => {
  const { outbox, a, b, toA, toB, put } = bench();
  a.most = 2;
  for (let i = 1; i <= 5; i++) {
    put(toA, i, i);
    put(toB, i, i);
  }
  outbox.flush();
  assert.equal(seen(a), [
    [1, 1],
    [2, 2],
  ]);
  assert.is(seen(b).length, 5);
  assert.equal([toA.refused, toB.refused], [3, 0]);
  a.most = 0;
  put(toA, 1, 1);
  outbox.flush();
  outbox.flush();
  assert.equal([toA.refused, toB.refused], [4, 0]);
  a.most = Number.POSITIVE_INFINITY;
  put(toA, 9, 9);
  outbox.flush();
  assert.equal(seen(a), [[9, 9]]);
  assert.is(toA.refused, 4);
});

test.run();
