// What a careless caller may do: nothing of it may change which frames another one gets.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FRAME_SIZE } from "../assembly/columns.ts";
import { createClassifier } from "../ts/classifier.ts";
import { SinkError } from "../ts/errors.ts";
import { batchOf, FrameBatch } from "../ts/frames.ts";
import { batch, framesOf, NOWHERE, POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { RAW } from "./packets.ts";

const test = suite("misuse");

test("verdicts can't be asked for from inside a sink, nor gone on with", () => {
  const classifier = createClassifier(POLICY);
  const early = classifier.verdicts(batch(PUBLIC, PUBLIC));
  const got: number[][] = [];
  const refused: unknown[] = [];
  classifier.register("public", () => {
    for (const verdicts of [early, classifier.verdicts(batch(SECRET, SECRET, SECRET))]) {
      try {
        verdicts.next();
      } catch (error) {
        refused.push(error);
      }
    }
  });
  classifier.register("secret", (delivery) => got.push(framesOf(delivery)));
  classifier.registerDrops((delivery) => got.push(framesOf(delivery)));
  classifier.dispatch(batch(PUBLIC, SECRET, NOWHERE, PUBLIC));
  assert.is(refused.length, 2);
  for (const error of refused) assert.match((error as TypeError).message, /verdicts was called from inside a sink/);
  assert.equal(got.sort(), [[2], [3]]);
});

test("a sink registered from inside a sink gets nothing of the batch at hand, whatever place it takes", () => {
  const classifier = createClassifier(POLICY);
  const got: string[] = [];
  let done = false;
  const removes: (() => void)[] = [];
  // Whichever is called first takes the other's place for itself.
  for (const [own, other] of [["public", "secret"] as const, ["secret", "public"] as const]) {
    const remove = classifier.register(own, () => {
      got.push(own);
      if (done) return;
      done = true;
      for (const takeAway of removes) takeAway();
      classifier.register(own, () => got.push(`${own} again`));
      classifier.register(`${other}`, () => got.push(`${other} again`));
    });
    removes.push(remove);
  }
  classifier.dispatch(batch(PUBLIC, SECRET));
  assert.is(got.length, 1);
  classifier.dispatch(batch(PUBLIC, SECRET));
  assert.equal(got.slice(1).sort(), ["public again", "secret again"]);
});

test("frames are not shown to a sink once their reader has moved on", () => {
  const classifier = createClassifier(POLICY);
  const own = batch(SECRET, SECRET);
  classifier.register("secret", (delivery) => {
    const [frame] = [...delivery];
    assert.ok(frame!.bytes.length > 0);
    own.release();
    assert.throws(() => frame!.bytes, /the batch was released/);
    assert.throws(() => frame!.verdict, /the batch was released/);
  });
  classifier.dispatch(own);
});

test("what is no batch is refused by its name", () => {
  const classifier = createClassifier(POLICY);
  for (const [value, kind] of [
    [undefined, "undefined"],
    [PUBLIC, "Uint8Array"],
    [{ count: 1 }, "Object"],
  ] as const) {
    const words = new RegExp(`batch: expected a FrameBatch, as readCapture and batchOf give, got ${kind}`);
    assert.throws(() => classifier.dispatch(value as never), words);
    assert.throws(() => classifier.verdicts(value as never).next(), words);
  }
  assert.is(classifier.stats().frames, 0);
});

test("what is handed out can't be changed: names of partitions, labels of verdicts", () => {
  const classifier = createClassifier(POLICY);
  assert.throws(() => (classifier.partitions as string[]).sort(), TypeError);
  const [verdict] = classifier.verdicts(batch(SECRET));
  const label = verdict!.label as unknown as { level: number; categories: number[][] };
  assert.throws(() => {
    label.level = 9;
  }, TypeError);
  assert.throws(() => label.categories.push([9, 9]), TypeError);
  assert.throws(() => {
    label.categories[0]![0] = 9;
  }, TypeError);
});

test("a delivery speaks of its own rows only, and lets nobody into the kernel", () => {
  const classifier = createClassifier(POLICY);
  const kept: Uint32Array[] = [];
  classifier.register("public", (delivery) => {
    assert.is(delivery.rows.byteLength, delivery.rows.buffer.byteLength);
    kept.push(delivery.rows);
    for (const index of [-1, 2, 0.5, Number.NaN]) assert.throws(() => delivery.at(index), RangeError);
    for (const row of [1, 3, -1, 0.5, Number.NaN, 4096]) {
      assert.throws(() => delivery.verdictOf(row), /is not in this delivery/);
    }
    assert.equal([delivery.verdictOf(0).partition, delivery.verdictOf(2).partition], ["public", "public"]);
    assert.throws(() => {
      (delivery.at(0) as { row: number }).row = 1;
    }, TypeError);
  });
  classifier.dispatch(batch(PUBLIC, SECRET, PUBLIC));
  classifier.dispatch(batch(PUBLIC, NOWHERE, PUBLIC));
  assert.equal(
    kept.map((rows) => [...rows]),
    [
      [0, 2],
      [0, 2],
    ],
  );
});

test("whatever a sink throws, dispatch throws a SinkError", () => {
  const thrown = [Symbol("x"), Object.create(null), undefined, { toString: () => assert.unreachable() }];
  for (const value of thrown) {
    const classifier = createClassifier(POLICY);
    classifier.register("secret", () => {
      throw value;
    });
    assert.throws(
      () => classifier.dispatch(batch(SECRET)),
      (error: unknown) => error instanceof SinkError && error.failures[0]!.error === value,
    );
  }
});

test("a batch with a bad row is refused before any sink is called", () => {
  const classifier = createClassifier(POLICY);
  const rows = 5000;
  const bad = new FrameBatch(PUBLIC, new ArrayBuffer(rows * FRAME_SIZE));
  for (let row = 0; row < rows; row++) bad.push(0, PUBLIC.length + (row === 4500 ? 1 : 0), PUBLIC.length, RAW, 0, 0, 0);
  let calls = 0;
  classifier.register("public", () => calls++);
  assert.throws(() => classifier.dispatch(bad), /row 4500/);
  assert.equal([calls, classifier.stats().frames], [0, 0]);
});

test("what is no sink is refused when it is registered", () => {
  const classifier = createClassifier(POLICY);
  assert.throws(
    () => classifier.register("secret", undefined as never),
    /sink of "secret": expected a function, got undefined/,
  );
  assert.throws(() => classifier.registerDrops({} as never), /sink of "dropped": expected a function, got Object/);
  // biome-ignore lint/suspicious/noThenProperty: a promise of another library
  classifier.register("secret", (() => ({ then: () => {} })) as never);
  assert.throws(() => classifier.dispatch(batch(SECRET)), /a sink is synchronous/);
});

test("a link type that is not read is no IP to a caller's own batch", () => {
  const [verdict] = createClassifier(POLICY).verdicts(batchOf([{ bytes: PUBLIC, linkType: 105 }]));
  assert.is(verdict!.reason, "NOT_IP");
});

test.run();
