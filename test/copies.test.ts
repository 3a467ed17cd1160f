// Broadcast and multicast: a copy for each partition that takes it, each to its own sink, and all of them counted.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_COPIES } from "../assembly/memory.ts";
import { createClassifier } from "../ts/classifier.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { MAX_MEMBERS } from "../ts/policy/model.ts";
import { judge } from "./both.ts";
import { batch, framesOf, POLICY } from "./dispatching.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("copies");

const GROUP = "224.0.0.251";

/** `public` and so many others at its label, kept off shared addresses, in one group. */
const crowd = (count: number): PolicyInput => ({
  ...POLICY,
  partitions: [
    { name: "public", label: "1", groups: [GROUP], bindings: [{ name: "mdns", ports: ["80/udp"] }] },
    ...Array.from({ length: count - 1 }, (_, i) => ({ name: `p${i}`, label: "1", shared: false, groups: [GROUP] })),
    { name: "secret", label: "5:0", groups: [GROUP] },
  ],
});

const toGroup = ipv4({ dst: GROUP, options: cipso(1) });
const toPublic = ipv4({ options: cipso(1) });

test("each partition's sink gets its own copy, and is told of itself first", () => {
  const classifier = createClassifier(crowd(3));
  const got: Record<string, number[]> = {};
  for (const name of ["public/mdns", "p0", "p1", "secret"]) {
    classifier.register(name, (delivery) => {
      got[name] = framesOf(delivery);
      for (const { verdict, explanation } of delivery) {
        assert.is(verdict.binding === null ? verdict.partition : `${verdict.partition}/${verdict.binding}`, name);
        if (verdict.copies.length > 0) assert.match(explanation.steps[8]!.words, /copies for /);
      }
    });
  }
  classifier.dispatch(batch(toPublic, toGroup, toPublic));
  assert.equal(got, { "public/mdns": [1, 2, 3], p0: [2], p1: [2] });
});

test("the verdict names the first in the order of the policy, and the others as copies", () => {
  const classifier = createClassifier(crowd(3));
  const [verdict] = classifier.verdicts(batch(toGroup));
  assert.equal([verdict!.partition, verdict!.binding], ["public", "mdns"]);
  assert.equal(verdict!.copies, [
    { partition: "p0", binding: null },
    { partition: "p1", binding: null },
  ]);
});

test("a frame counts once, its copies apart", () => {
  const classifier = createClassifier(crowd(3));
  classifier.dispatch(batch(toGroup, toPublic));
  const { frames, delivered, copies, partitions } = classifier.stats();
  assert.equal([frames, delivered.frames, copies.frames, copies.bytes], [2, 2, 2, 2 * toGroup.length]);
  assert.equal(
    Object.entries(partitions).map(([name, count]) => [name, count.frames]),
    [
      ["public", 2],
      ["p0", 1],
      ["p1", 1],
      ["secret", 0],
    ],
  );
});

test("a member without a binding for it gets no copy; when none has one, nobody does", () => {
  const policy = crowd(2);
  const none = { ...policy, partitions: policy.partitions.map((partition) => ({ ...partition, bindings: [] })) };
  const [verdict] = createClassifier(policy).verdicts(batch(ipv4({ dst: GROUP, options: cipso(1), dport: 99 })));
  assert.equal([verdict!.partition, verdict!.copies], ["p0", []]);
  const [dropped] = createClassifier(none).verdicts(batch(toGroup));
  assert.is(dropped!.reason, "NO_BINDING");
});

test("a partition that label and port both point at gets one copy of a broadcast", () => {
  const everywhere = ipv4({ dst: "255.255.255.255", options: cipso(1), dport: 8080 });
  const partitions = [{ name: "public", label: "1", multilevelPorts: ["8080/udp"] }];
  assert.equal(judge({ ...POLICY, partitions }, everywhere), ["public"]);
});

test("a control packet to a group has no copies, whatever came before it (R-02)", () => {
  const policy = { ...crowd(3), control: "secret" };
  const report = ipv4({ src: "203.0.113.5", dst: GROUP, protocol: 2, ttl: 1, body: [0x16, 0, 0, 0, 224, 0, 0, 251] });
  const unbound = ipv4({ dst: GROUP, options: cipso(1), dport: 99 });
  assert.equal(judge(policy, toGroup, report, unbound, report), ["public/mdns+p0+p1", "secret", "p0+p1", "secret"]);
});

test("a multilevel port of a member kept off shared addresses needs no binding for a copy either (B-03)", () => {
  const away = { name: "away", label: "5:0", shared: false, bindings: [], groups: [GROUP] };
  const policy = { ...POLICY, partitions: [{ ...away, privateMultilevelPorts: ["80/udp"] }] };
  assert.equal(judge(policy, toGroup), ["away"]);
  assert.equal(judge({ ...POLICY, partitions: [away] }, toGroup), ["NO_PARTITION"]);
});

test(`frames with ${MAX_MEMBERS} copies each are judged whole, though a batch holds ${MAX_COPIES}`, () => {
  const members = MAX_MEMBERS - 1; // and secret
  const classifier = createClassifier(crowd(members));
  const seen: number[] = [];
  const lastOne: number[] = [];
  classifier.register("public", (delivery) => seen.push(...framesOf(delivery)));
  classifier.register(`p${members - 2}`, (delivery) => lastOne.push(...framesOf(delivery)));
  const packets = Array.from({ length: 11 }, () => toGroup);
  classifier.dispatch(batch(...packets, toPublic));
  const numbers = packets.map((_, i) => i + 1);
  assert.equal(seen, [...numbers, 12]);
  assert.equal(lastOne, numbers);
  assert.is(classifier.stats().copies.frames, 11 * (members - 1));
  assert.is(classifier.stats().frames, 12);
  const verdicts = [...createClassifier(crowd(members)).verdicts(batch(...packets))];
  assert.ok(verdicts.every(({ copies }) => copies.length === members - 1));
  assert.is(verdicts.length, packets.length);
});

test.run();
