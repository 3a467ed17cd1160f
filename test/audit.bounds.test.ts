// The bounds of an audit, each met and passed by one.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { auditPolicy } from "../ts/audit/audit.ts";
import { MAX_LISTED, MAX_PACKETS } from "../ts/audit/finding.ts";
import { MAX_REDUCED } from "../ts/audit/labels.ts";
import { MAX_COMPARISONS } from "../ts/audit/separation.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { LOW, NET0, PLAIN, said, withOutcome, withPartitions } from "./auditing.ts";

const test = suite("audit, bounds");

test("names that every object of JavaScript has are names", () => {
  const unlabelled = { type: "unlabelled", label: "1" } as const;
  const policy: PolicyInput = {
    ...PLAIN,
    partitions: [{ name: "constructor", label: "1" }],
    templates: { toString: unlabelled, valueOf: unlabelled },
    hosts: { "0.0.0.0/0": "toString" },
  };
  assert.equal(withOutcome(policy, "refuted"), ["templates.valueOf: valueOf never wins: no host has it"]);
  assert.equal(said(policy, "unlabelled", "templates.toString"), [
    "declared: senders of toString get label 1 in DOI 16 and reach constructor",
  ]);
});

test(`of many items ${MAX_LISTED} are said, and how many there are more`, () => {
  const bound = (count: number): PolicyInput => {
    const bindings = Array.from({ length: count }, (_, i) => ({ name: `b${i}`, ports: [`${i + 1}/udp`] }));
    return withPartitions({ ...LOW, bindings });
  };
  const [words] = said(bound(MAX_LISTED), "partitions", "partitions[0]");
  assert.is(words, "proved: low is reached: b0, b1, b2, b3, b4, b5, b6 and b7");
  const [more] = said(bound(MAX_LISTED + 1), "partitions", "partitions[0]");
  assert.is(more, "proved: low is reached: b0, b1, b2, b3, b4, b5, b6, b7 and 1 more");
});

test(`an audit shows ${MAX_PACKETS} packets and says how many more there are`, () => {
  const many = (count: number): PolicyInput => ({
    ...PLAIN,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
    partitions: Array.from({ length: count }, (_, i) => ({
      name: `p${i}`,
      label: `${i % 256}:${Math.floor(i / 256)}`,
    })),
    templates: { peers: { type: "labelled", range: ["0", "255:0.99"] } },
  });
  const packetsIn = (count: number): [number, number] => {
    const { findings, omitted } = auditPolicy(many(count));
    return [new Set(findings.flatMap(({ packets }) => packets)).size, omitted];
  };
  const [ten] = packetsIn(10);
  const fitting = MAX_PACKETS - ten + 10;
  assert.equal(packetsIn(fitting), [MAX_PACKETS, 0]);
  const [shown, omitted] = packetsIn(fitting + 1);
  assert.is(shown, MAX_PACKETS);
  assert.ok(omitted > 0);
});

test(`beyond ${MAX_COMPARISONS} pairs of ranges it is said that nothing was decided`, () => {
  // Ranges that never meet: a category of its own each, over IPv4 such as CALIPSO has no room for.
  const templates = (name: string, count: number, from: number) =>
    Array.from({ length: count }, (_, i) => {
      const range = [`0:${from + i}`, `9:${from + i}`] as const;
      return [`${name}${i}`, { type: "labelled" as const, range }] as const;
    });
  const policy = (count: number): PolicyInput => {
    const four = templates("four", 1000, 2000);
    const six = templates("six", count, 0);
    return {
      doi: 16,
      interfaces: [
        {
          name: "net0",
          addresses: [
            { address: "192.0.2.1", partition: "a" },
            { address: "2001:db8::1", partition: "b" },
          ],
          range: ["0", "255:0.65534"],
        },
        { name: "net1", addresses: ["192.0.2.129"] },
      ],
      partitions: ["a", "b"].map((name) => ({
        name,
        label: `250:${name === "a" ? 60_000 : 60_001}`,
        privateMultilevelPorts: ["1/tcp"],
      })),
      templates: Object.fromEntries([...four, ...six]),
      hosts: Object.fromEntries([
        ...four.map(([name], i) => [`10.${i >> 8}.${i & 255}.0/24`, name]),
        ...six.map(([name], i) => [`2001:db8:${(i + 1).toString(16)}::/48`, name]),
      ]),
    };
  };
  const outcomes = (count: number): string[] =>
    auditPolicy(policy(count))
      .findings.filter(({ question, path }) => question === "separation" && path.includes("rivate"))
      .map(({ outcome }) => outcome);
  assert.is(MAX_COMPARISONS, 1000 * 1000);
  assert.equal(outcomes(1000), []);
  assert.equal(outcomes(1001), ["undecided", "undecided"]);
});

test(`of up to ${MAX_REDUCED} ranges those that others hold are left out`, () => {
  const nested = (count: number): PolicyInput => {
    const names = Array.from({ length: count }, (_, i) => `t${i}`);
    return {
      ...withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }),
      interfaces: [
        { ...NET0, range: ["0", "9:0.9999"] },
        { name: "net1", addresses: [{ address: "192.0.2.129", partition: "low" }], range: ["10", "10"] },
      ],
      templates: Object.fromEntries(names.map((name, i) => [name, { type: "labelled", range: ["0", `9:0.${i + 1}`] }])),
      hosts: Object.fromEntries(names.map((name, i) => [`10.${i >> 8}.${i & 255}.0/24`, name])),
    };
  };
  const received = (count: number): string => {
    const { findings } = auditPolicy(nested(count));
    return findings.find(({ question, path }) => question === "labels" && path.includes("multilevel"))!.words;
  };
  assert.is(received(MAX_REDUCED), `low receives 0 to 9:0.${MAX_REDUCED} in DOI 16 through multilevel port 8080/tcp`);
  assert.match(received(MAX_REDUCED + 1), `and ${MAX_REDUCED + 1 - MAX_LISTED} more`);
});

test.run();
