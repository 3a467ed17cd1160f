// Sinks that pass frames on, count them, or write lines: at once, and nothing is waited for.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { SinkError } from "../ts/errors.ts";
import { batchOf } from "../ts/frames.ts";
import type { Delivery, Sink } from "../ts/sink.ts";
import { countingSink, MAX_KEYS } from "../ts/sinks/counting.ts";
import { type DropRecord, dropLog, LINES_A_SECOND } from "../ts/sinks/drop-log.ts";
import { fanOut } from "../ts/sinks/fan-out.ts";
import { sampled } from "../ts/sinks/sampling.ts";
import { NOWHERE, POLICY, PUBLIC } from "./dispatching.ts";
import { RAW } from "./packets.ts";
import { feed, feedDrops, frames } from "./sinking.ts";

const test = suite("sinks for frames");
const numbers = (delivery: Delivery): number[] => [...delivery].map(({ seconds }) => seconds);

test("counting: in all and by key, octets on the wire", () => {
  const sink = countingSink((frame) => `${frame.reason}`);
  const send = feedDrops(sink);
  send(3, 2);
  const before = sink.counts();
  send(1);
  assert.equal(before.total, { frames: 5, bytes: 3120 });
  const { keys, others, total } = sink.counts();
  assert.equal(
    [...keys],
    [
      ["NO_PARTITION", { frames: 4, bytes: 4000 }],
      ["NOT_IP", { frames: 2, bytes: 120 }],
    ],
  );
  assert.equal(
    [total, others],
    [
      { frames: 6, bytes: 4120 },
      { frames: 0, bytes: 0 },
    ],
  );
  const plain = countingSink();
  feed(plain)(frames(2));
  assert.equal([...plain.counts().keys], [["public", { frames: 2, bytes: 2 * PUBLIC.length }]]);
});

test("counting: so many keys have a count of their own, the next are counted together", () => {
  const by = (maxKeys?: number): [own: number, others: number] => {
    const sink = countingSink(({ seconds }) => `${seconds}`, maxKeys === undefined ? {} : { maxKeys });
    const send = feed(sink);
    send(frames(MAX_KEYS));
    if (maxKeys === undefined) assert.is(sink.counts().others.frames, 0);
    send(frames(2, MAX_KEYS));
    send(frames(1));
    const { keys, others, total } = sink.counts();
    assert.is(total.frames, MAX_KEYS + 3);
    return [keys.size, others.frames];
  };
  assert.equal(by(), [MAX_KEYS, 2]);
  assert.equal(by(0), [0, MAX_KEYS + 3]);
  assert.throws(() => countingSink(undefined, { maxKeys: -1 }), /maxKeys -1: expected 0 or more/);
});

test("fan-out: all get the frames, each with rows and a cursor of its own", () => {
  const got: number[][] = [];
  const spoiler: Sink = (delivery) => {
    delivery.rows.fill(77);
    delivery.at(0);
  };
  const keep: Sink = (delivery) => {
    const cursor = delivery.at(0);
    got.push(numbers(delivery), [...delivery.rows], [cursor.seconds]);
  };
  feed(fanOut(spoiler, keep, keep))(frames(3));
  assert.equal(got, [[0, 1, 2], [0, 1, 2], [0], [0, 1, 2], [0, 1, 2], [0]]);
});

test("fan-out: who throws keeps nothing from the others; a promise is refused as of any sink", () => {
  let got = 0;
  const count: Sink = ({ length }) => (got += length);
  const fail =
    (message: string): Sink =>
    () => {
      throw new Error(message);
    };
  const send = feed(fanOut(fail("one"), count, (async () => {}) as unknown as Sink, count));
  assert.throws(
    () => send(frames(2)),
    (error: unknown) => {
      assert.instance(error, SinkError);
      const [failure] = (error as SinkError).failures;
      assert.instance(failure!.error, AggregateError);
      assert.match((failure!.error as Error).message, /2 of 4 sinks threw/);
      return true;
    },
  );
  assert.is(got, 4);
  assert.throws(() => feed(fanOut(fail("only")))(frames(1)), /public: Error: only/);
});

test("a part of a delivery is one: its rows, verdicts and explanations, as long as the sink runs", () => {
  let kept: Delivery | undefined;
  feedDrops((delivery) => {
    const part = delivery.pick([1, 3]);
    kept = part;
    assert.equal([...part.rows], [1, 3]);
    assert.equal([part.length, part.name], [2, "dropped"]);
    assert.equal(
      [...part].map(({ reason }) => reason),
      ["NO_PARTITION", "NOT_IP"],
    );
    for (const frame of part) assert.is(frame.verdict.reason, frame.reason);
    assert.is(part.at(1).explanation.verdict.reason, "NOT_IP");
    assert.throws(() => part.verdictOf(0), /row 0 is not in this delivery/);
    assert.throws(() => part.at(2), /frame 2 of 2/);
    assert.equal([...delivery.pick([])], []);
    assert.equal([...delivery.pick().pick([2]).rows], [2]);
    for (const bad of [[4], [-1], [0.5]]) assert.throws(() => delivery.pick(bad), /frame .* of 4/);
    for (const bad of [
      [1, 1],
      [2, 1],
    ])
      assert.throws(() => delivery.pick(bad), /frame 1 behind/);
  })(2, 2);
  assert.throws(() => kept!.at(0), /valid until/);
});

test("sampling: the first of each so many, over batches", () => {
  const got: number[] = [];
  const sink = sampled((delivery) => void got.push(...numbers(delivery)), { every: 3 });
  const send = feed(sink);
  send(frames(2));
  send(frames(5, 2));
  assert.equal(got, [0, 3, 6]);
  assert.equal(sink.skipped(), { frames: 4, bytes: 4 * PUBLIC.length });
});

test("sampling: so many a second by the frames' clock, and none for one that goes back", () => {
  const got: number[] = [];
  const sink = sampled((delivery) => void got.push(...numbers(delivery)), { perSecond: 2 });
  const send = feed(sink);
  send(frames(3, 0, () => 10));
  send(frames(3, 0, () => 11));
  send(frames(3, 0, () => 10));
  send(frames(1, 0, () => 12));
  assert.equal(got, [10, 10, 11, 11, 12]);
  const both: number[] = [];
  feed(sampled((delivery) => void both.push(...numbers(delivery)), { every: 2, perSecond: 1 }))(
    frames(8, 0, (i) => Math.floor(i / 4)),
  );
  assert.equal(both, [0, 1]);
});

test("sampling: nothing is called for nothing, and what is no sample is refused", () => {
  let calls = 0;
  const send = feed(sampled(() => void calls++, { every: 100 }));
  send(frames(1));
  send(frames(99, 1));
  assert.is(calls, 1);
  assert.throws(() => sampled(() => {}, {}), /give every or perSecond/);
  for (const bad of [0, 1.5]) {
    assert.throws(() => sampled(() => {}, { every: bad }), /every .*: expected 1 or more/);
    assert.throws(() => sampled(() => {}, { perSecond: bad }), /perSecond .*: expected 1 or more/);
  }
});

test("drop log: a line says what, why, where, from whom", () => {
  const lines: string[] = [];
  feedDrops(dropLog((line) => lines.push(line)))(1, 1);
  const [nowhere, stranger] = lines.map((line) => JSON.parse(line) as DropRecord);
  assert.equal(nowhere, {
    frame: 1,
    time: "0.000000000",
    reason: "NO_PARTITION",
    rule: "step 9",
    offset: 20,
    src: "198.51.100.7",
    dst: "192.0.2.1",
    label: { scheme: "cipso", doi: 16, level: 7, categories: "" },
    device: null,
    wirelen: 1000,
    unlogged: 0,
  });
  assert.equal([stranger!.frame, stranger!.reason, stranger!.src, stranger!.label], [2, "NOT_IP", null, null]);
  assert.is(stranger!.device, "eth7");
});

test("drop log: so many lines a second for each reason, and the next says how many have none", () => {
  const lines: DropRecord[] = [];
  let now = 0;
  const log = dropLog((line) => lines.push(JSON.parse(line)), { now: () => now });
  const send = feedDrops(log);
  send(LINES_A_SECOND);
  assert.is(lines.length, LINES_A_SECOND);
  send(1000, 1);
  assert.equal([lines.length, lines.at(-1)!.reason], [LINES_A_SECOND + 1, "NOT_IP"]);
  assert.equal([...log.unlogged()], [["NO_PARTITION", 1000]]);
  now = 1000 / LINES_A_SECOND;
  send(2);
  assert.equal([lines.length, lines.at(-1)!.unlogged], [LINES_A_SECOND + 2, 1000]);
  assert.equal([...log.unlogged()], [["NO_PARTITION", 1]]);
});

test("drop log: whatever comes and when, every drop has a line or is counted in one, and lines are bounded", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.integer({ min: 0, max: 500 })), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (steps, perSecond) => {
        let [now, drops, lines, told] = [0, 0, 0, 0];
        const write = (line: string): void => {
          lines++;
          told += (JSON.parse(line) as DropRecord).unlogged;
        };
        const log = dropLog(write, { perSecond, now: () => now });
        const send = feedDrops(log);
        for (const [nowhere, noPacket, wait] of steps) {
          now += wait;
          drops += nowhere + noPacket;
          send(nowhere, noPacket);
        }
        assert.is(lines + told + [...log.unlogged().values()].reduce((sum, count) => sum + count, 0), drops);
        assert.ok(lines <= 2 * (perSecond + (now * perSecond) / 1000) + 1e-6);
      },
    ),
    { numRuns: 50 },
  );
  assert.throws(() => dropLog(() => {}, { perSecond: 0 }), /perSecond 0: expected 1 or more/);
});

test("the reason of a frame is its verdict's, without one", () => {
  const classifier = createClassifier(POLICY);
  const reasons: (string | null)[] = [];
  const take: Sink = (delivery) => {
    for (const frame of delivery) {
      assert.is(frame.reason, frame.verdict.reason);
      assert.is(delivery.reasonOf(frame.row), frame.reason);
      reasons.push(frame.reason);
    }
    assert.throws(() => delivery.reasonOf(99), /row 99/);
  };
  classifier.register("public", take);
  classifier.registerDrops(take);
  classifier.dispatch(batchOf([PUBLIC, NOWHERE].map((bytes) => ({ bytes, linkType: RAW }))));
  assert.equal(reasons, [null, "NO_PARTITION"]);
});

test.run();
