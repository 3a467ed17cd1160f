// Another policy in place of the one in force: all of it or nothing, and nothing that was counted or followed is lost.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { PolicyError } from "../ts/errors.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { batch, NOWHERE, POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("replacing the policy");

const OTHER: PolicyInput = { ...POLICY, partitions: [{ name: "third", label: "7" }] };

test("the other policy judges from then on, and counters go on", () => {
  const classifier = createClassifier(POLICY);
  let got = 0;
  classifier.register("public", (delivery) => {
    got += delivery.length;
  });
  classifier.dispatch(batch(PUBLIC, SECRET, NOWHERE));
  const before = classifier.stats();

  classifier.replacePolicy(OTHER);
  assert.equal(classifier.partitions, ["third"]);
  const kept = classifier.stats();
  assert.equal([kept.delivered, kept.dropped, kept.reasons], [before.delivered, before.dropped, before.reasons]);
  assert.equal(Object.keys(kept.partitions), ["public", "secret", "third"]);

  classifier.dispatch(batch(PUBLIC, SECRET, NOWHERE));
  const { frames, delivered, dropped, partitions, reasons } = classifier.stats();
  assert.equal([frames, delivered.frames, dropped.frames], [6, 3, 3]);
  assert.equal(
    Object.entries(partitions).map(([name, count]) => [name, count.frames]),
    [
      ["public", 1],
      ["secret", 1],
      ["third", 1],
    ],
  );
  assert.is(reasons.NO_PARTITION?.frames, 3);
  assert.is(got, 1);

  classifier.replacePolicy(POLICY);
  classifier.dispatch(batch(PUBLIC));
  assert.is(got, 2, "a sink is there again with its name");
});

test("sinks of names that are gone do not get in the way of what is counted and handed out", () => {
  const numbered = (indexes: readonly number[]): PolicyInput => ({
    ...POLICY,
    partitions: indexes.map((i) => ({ name: `p${i}`, label: `${i >> 6}:${i & 63}` })),
    templates: { peers: { type: "labelled", range: ["0", "9:0.100"] } },
    hosts: { "0.0.0.0/0": "peers" },
  });
  const packet = (i: number): Uint8Array => ipv4({ options: cipso(i >> 6, [i & 63]) });
  const many = Array.from({ length: 200 }, (_, i) => i);
  const classifier = createClassifier(numbered(many));
  const got: number[] = [];
  for (const i of many) classifier.register(`p${i}`, (delivery) => got.push(...Array(delivery.length).fill(i)));
  // Every slot once, beside every counter that a few endpoints' tables have behind them.
  for (const i of many) {
    classifier.replacePolicy(numbered([i]));
    const before = classifier.stats();
    classifier.dispatch(batch(NOWHERE, packet(i), NOWHERE));
    classifier.dispatch(batch(packet(i), NOWHERE));
    const after = classifier.stats();
    assert.equal(got.splice(0), [i, i]);
    assert.equal(
      [after.delivered.frames - before.delivered.frames, after.dropped.frames - before.dropped.frames],
      [2, 3],
    );
  }
});

test("a bad policy changes nothing", () => {
  const classifier = createClassifier(POLICY);
  classifier.dispatch(batch(PUBLIC));
  const before = classifier.stats();
  assert.throws(
    () => classifier.replacePolicy({ ...POLICY, doi: 0 }),
    (error: Error) => error instanceof PolicyError,
  );
  assert.equal(classifier.stats(), before);
  assert.equal(classifier.partitions, ["public", "secret"]);
  const [verdict] = classifier.verdicts(batch(SECRET));
  assert.is(verdict!.partition, "secret");
});

test("a batch is judged by one policy: none is replaced while sinks are called, between two verdicts one may be", () => {
  const classifier = createClassifier(POLICY);
  classifier.register("public", () => classifier.replacePolicy(OTHER));
  assert.throws(() => classifier.dispatch(batch(PUBLIC)), /replacePolicy was called from inside a sink/);
  const said: (string | null)[] = [];
  for (const { partition, reason } of classifier.verdicts(batch(PUBLIC, SECRET))) {
    said.push(partition ?? reason);
    classifier.replacePolicy(OTHER);
  }
  assert.equal(said, ["public", "secret"]);
});

test("a datagram that was condemned stays condemned under the next policy, and one that was followed is condemned", () => {
  const piece = (id: number, at: number, level: number) => ipv4({ options: cipso(level), id, fragment: 0x2000 | at });
  const classifier = createClassifier(POLICY);
  classifier.dispatch(batch(piece(1, 0, 1), piece(1, 1, 5), piece(2, 0, 1)));
  classifier.replacePolicy({ ...POLICY });
  const said = [...classifier.verdicts(batch(piece(1, 2, 1), piece(2, 1, 1)))];
  assert.equal(
    said.map(({ reason, partition }) => reason ?? partition),
    ["FRAG_LABEL_MISMATCH", "FRAG_REFUSED"],
  );
});

test.run();
