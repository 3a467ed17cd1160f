// The explanation of a verdict: it ends where the decision ended, in words, octets and entries that are there.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import { REASONS } from "../ts/reason.ts";
import { frames } from "./generate/frame.ts";
import { policy } from "./generate/policy.ts";
import { cipso, ipv4, ipv6, RAW } from "./packets.ts";
import { basePolicy } from "./policies.ts";

const test = suite("explain");

/** Whether a path, `hosts["10.0.0.0/8"]`, leads to something in the policy. */
function leadsSomewhere(root: unknown, path: string): boolean {
  const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([A-Za-z_$][\w$]*)/g)];
  assert.is(keys.map(([whole]) => whole).join(""), path);
  let value = root;
  for (const [, quoted, index, name] of keys) {
    const key = quoted !== undefined ? JSON.parse(`"${quoted}"`) : (index ?? name);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return value !== undefined;
}

test("every explanation ends with its verdict, and points at octets and entries that are there", () => {
  const stepsSeen = new Set<number>();
  fc.assert(
    fc.property(policy, frames(20), (input, list) => {
      const classifier = createClassifier(input);
      for (const { bytes, ...frame } of list) {
        const { verdict, steps } = classifier.explain(bytes, frame);
        assert.equal(verdict, [...classifier.verdicts(batchOf([{ bytes, ...frame }]))][0]);

        const last = steps.at(-1)!;
        assert.equal(
          steps.map(({ step }) => step),
          Array.from({ length: steps.length }, (_, i) => i + 1),
        );
        assert.is(last.outcome, verdict.reason === null ? "pass" : "drop");
        if (verdict.reason === null) assert.is(steps.length, 11);
        else {
          const { rule } = REASONS.find(({ name }) => name === verdict.reason)!;
          assert.is(last.rule, rule);
          assert.ok(last.words.startsWith(`${verdict.reason}: `));
          stepsSeen.add(last.step);
        }
        assert.ok(steps.slice(0, -1).every(({ outcome, rule }) => outcome === "pass" && rule !== ""));
        for (const { words, clause, span, path } of steps) {
          assert.ok(clause !== "" && !/undefined|NaN|null(?! DOI)|\[object/.test(words), words);
          if (span !== null) {
            assert.ok(span.offset >= 0 && span.length > 0 && span.offset + span.length <= bytes.length, words);
          }
          if (path !== null) assert.ok(leadsSomewhere(input, path), `${path} in ${words}`);
        }
      }
    }),
    { numRuns: 500, includeErrorInReport: true },
  );
  assert.equal(
    [...stepsSeen].sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
});

const wordsOf = (classifier: ReturnType<typeof createClassifier>, packet: Uint8Array, step: number) =>
  classifier.explain(packet, { linkType: RAW }).steps[step - 1];

test("an IPv4-mapped sender is explained by the IPv4 prefix that holds it (F-05)", () => {
  const sender = wordsOf(createClassifier(basePolicy()), mappedSender(), 5);
  assert.is(sender?.path, 'hosts["198.51.100.0/24"]');
});

test("a group address that sends is not said to be in a prefix", () => {
  const classifier = createClassifier(basePolicy());
  const step = wordsOf(classifier, ipv4({ src: "224.0.0.1" }), 5);
  assert.is(step?.words, "NO_TEMPLATE: no host prefix holds the sender, or nobody sends from its address (224.0.0.1)");
  assert.is(step?.path, null);
});

function mappedSender(): Uint8Array {
  const packet = ipv6();
  packet.set([...new Array<number>(10).fill(0), 255, 255, 198, 51, 100, 7], 8);
  return packet;
}

test("a later fragment to a multilevel port is explained by the first", () => {
  const classifier = createClassifier(basePolicy());
  const options = cipso(1, [], 16);
  const first = ipv4({ options, protocol: 6, dport: 8080, fragment: 0x2000 });
  const later = ipv4({ options, protocol: 6, fragment: 1 });
  classifier.dispatch(batchOf([{ bytes: first, linkType: RAW }]));
  const step = wordsOf(classifier, later, 9);
  assert.is(step?.words, "secret, by the port of the first fragment, for 1 (PUBLIC) in DOI 16");
  assert.is(step?.path, "partitions[1].multilevelPorts");
});

test.run();
