// Queued sinks: what is slow keeps so much and no more, what is lost is counted, and nobody else is kept waiting.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { SinkError } from "../ts/errors.ts";
import { batchOf } from "../ts/frames.ts";
import type { FrameCopy } from "../ts/sink.ts";
import { callbackSink } from "../ts/sinks/callback.ts";
import { HANDED_AT_ONCE, MAX_WAITING_BYTES, MAX_WAITING_FRAMES, queuedSink } from "../ts/sinks/queue.ts";
import { POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { RAW } from "./packets.ts";
import { feed, frames, gate } from "./sinking.ts";

const test = suite("queued sinks");
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("frames are handed on in order, some at once, and kept when their batch is gone", async () => {
  const got: number[] = [];
  const sizes: number[] = [];
  const sink = callbackSink(async (list) => {
    sizes.push(list.length);
    await turn();
    for (const { seconds, bytes } of list) {
      assert.equal(bytes, PUBLIC);
      got.push(seconds);
    }
  });
  const send = feed(sink);
  send(frames(3));
  send(frames(HANDED_AT_ONCE, 3));
  await sink.end();
  assert.equal(
    got,
    Array.from({ length: HANDED_AT_ONCE + 3 }, (_, i) => i),
  );
  assert.equal(sizes, [HANDED_AT_ONCE, 3]);
  const { given, handed, waiting, lost } = sink.stats();
  assert.equal(
    [given.frames, handed.frames, waiting.frames, lost.frames],
    [HANDED_AT_ONCE + 3, HANDED_AT_ONCE + 3, 0, 0],
  );
  assert.is(given.bytes, (HANDED_AT_ONCE + 3) * PUBLIC.length);
});

test("as many frames wait as there is room for, and the next is lost and counted", async () => {
  const { promise, open } = gate();
  const sink = callbackSink(() => promise, { maxFrames: 5 });
  const send = feed(sink);
  send(frames(5));
  await turn();
  assert.equal([sink.stats().waiting.frames, sink.stats().lost.frames], [5, 0]);
  send(frames(1));
  assert.equal([sink.stats().waiting.frames, sink.stats().lost.frames], [5, 1]);
  open();
  await sink.ready();
  send(frames(2));
  await sink.end();
  assert.equal([sink.stats().handed.frames, sink.stats().lost.frames], [7, 1]);
});

test("as many octets wait as there is room for; a frame with more never does", async () => {
  const { promise, open } = gate();
  const sink = callbackSink(() => promise, { maxBytes: 3 * PUBLIC.length });
  const send = feed(sink);
  send(frames(3));
  assert.equal(sink.stats().waiting, { frames: 3, bytes: 3 * PUBLIC.length });
  send(frames(1));
  assert.is(sink.stats().lost.frames, 1);
  open();
  await sink.end();
  const small = callbackSink(() => {}, { maxBytes: PUBLIC.length - 1 });
  feed(small)(frames(1));
  assert.is(small.stats().lost.frames, 1);
});

test("the bounds without being told", async () => {
  const { promise, open } = gate();
  const sink = callbackSink(() => promise);
  const send = feed(sink);
  for (let i = 0; i < MAX_WAITING_FRAMES / 4096; i++) send(frames(4096));
  assert.equal([sink.stats().waiting.frames, sink.stats().lost.frames], [MAX_WAITING_FRAMES, 0]);
  send(frames(1));
  assert.is(sink.stats().lost.frames, 1);
  open();
  await sink.end();
  const large = callbackSink(() => gate().promise);
  const classifier = createClassifier(POLICY);
  classifier.registerDrops(large);
  const octets = new Uint8Array(262_144);
  const count = MAX_WAITING_BYTES / octets.length;
  for (let i = 0; i < count + 1; i++) classifier.dispatch(batchOf([{ bytes: octets }]));
  assert.equal([large.stats().waiting.frames, large.stats().lost.frames], [count, 1]);
});

test("ready waits until half of the room is free", async () => {
  const { promise, open } = gate();
  const sink = callbackSink(() => promise, { maxFrames: 4 });
  const send = feed(sink);
  send(frames(2));
  await sink.ready();
  send(frames(1));
  let isReady = false;
  const ready = sink.ready().then(() => {
    isReady = true;
  });
  await turn();
  assert.not(isReady);
  open();
  await ready;
});

test("a slow sink keeps nothing from another, and nobody gets its frames", async () => {
  const classifier = createClassifier(POLICY);
  const { promise, open } = gate();
  const slow = callbackSink(() => promise, { maxFrames: 1 });
  let others = 0;
  classifier.register("public", slow);
  classifier.register("secret", ({ length }) => (others += length));
  classifier.registerDrops(({ length }) => (others += 1000 * length));
  for (let i = 0; i < 10; i++) {
    classifier.dispatch(batchOf([PUBLIC, SECRET].map((bytes) => ({ bytes, linkType: RAW }))));
  }
  assert.is(others, 10);
  assert.is(slow.stats().lost.frames, 9);
  assert.is(classifier.stats().partitions.public?.frames, 10);
  open();
  await slow.end();
});

test("what fails is called no more, fails at each dispatch, and loses nothing uncounted", async () => {
  let calls = 0;
  const classifier = createClassifier(POLICY);
  const sink = callbackSink(async () => {
    calls++;
    throw new Error("disk full");
  });
  let others = 0;
  classifier.register("public", sink);
  classifier.register("secret", ({ length }) => (others += length));
  const batch = batchOf([PUBLIC, SECRET, PUBLIC].map((bytes) => ({ bytes, linkType: RAW })));
  classifier.dispatch(batch);
  await turn();
  for (let i = 0; i < 2; i++) {
    assert.throws(
      () => classifier.dispatch(batch),
      (error: unknown) => error instanceof SinkError && /public: Error: disk full/.test(error.message),
    );
  }
  assert.equal([calls, others], [1, 3]);
  const { given, lost, waiting } = sink.stats();
  assert.equal([given.frames, lost.frames, waiting.frames], [6, 6, 0]);
  await sink.ready();
  await sink.end().then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "disk full"),
  );
});

test("what was ended takes nothing, and closes what it was for once, when the rest was handed on", async () => {
  const events: string[] = [];
  const sink = queuedSink({
    take: async (list: readonly FrameCopy[]) => {
      await turn();
      events.push(`take ${list.length}`);
    },
    close: () => void events.push("close"),
  });
  const send = feed(sink);
  send(frames(2));
  const ends = [sink.end(), sink.end()];
  assert.throws(
    () => send(frames(1)),
    (error: unknown) => error instanceof SinkError && /"public" was ended/.test(error.message),
  );
  await Promise.all(ends);
  assert.equal(events, ["take 2", "close"]);
  assert.is(sink.stats().lost.frames, 1);
});

test("closing that fails is told", async () => {
  const sink = queuedSink({
    take() {},
    close() {
      throw new Error("cannot close");
    },
  });
  await sink.end().then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "cannot close"),
  );
});

test("whatever the order of things, given is handed, waiting and lost", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.nat(9), fc.constant("open" as const), fc.constant("turn" as const)), { maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.option(fc.nat(6), { nil: null }),
      async (steps, maxFrames, failsAt) => {
        let calls = 0;
        let wait = gate();
        const sink = callbackSink(
          async () => {
            if (calls++ === failsAt) throw new Error("now");
            await wait.promise;
          },
          { maxFrames },
        );
        const send = feed(sink);
        for (const step of steps) {
          if (step === "turn") await turn();
          else if (step === "open") {
            wait.open();
            wait = gate();
          } else {
            try {
              send(frames(step));
            } catch (error) {
              assert.ok(failsAt !== null && error instanceof SinkError);
            }
          }
          const { given, handed, waiting, lost } = sink.stats();
          assert.is(given.frames, handed.frames + waiting.frames + lost.frames);
          assert.ok(waiting.frames >= 0 && waiting.frames <= maxFrames, `${waiting.frames} wait`);
        }
        wait.open();
      },
    ),
    { numRuns: 100 },
  );
});

test("bounds that are none are refused", () => {
  for (const bad of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => callbackSink(() => {}, { maxFrames: bad }), /maxFrames .*: expected 1 or more/);
    assert.throws(() => callbackSink(() => {}, { maxBytes: bad }), /maxBytes .*: expected 1 or more/);
  }
});

test.run();
