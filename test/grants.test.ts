// What is known of labels and ports before a packet comes: it spares looking, and changes no verdict.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HEADER_GRANTS, NAMED_PORTS } from "../assembly/tables.ts";
import { TABLES_BASE } from "../ts/kernel.ts";
import { compilePolicy, MAX_GRANTS } from "../ts/policy/compile.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { judge } from "./both.ts";
import { POLICY } from "./dispatching.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("grants");

const LABELS = 512;
/** Labels that are no partition's: the tops of ranges. */
const TOPS = 2;
/** As many as fill, with one interface, the bits that there are room for with so many labels. */
const TEMPLATES = (MAX_GRANTS / LABELS) * 8 - 1;

/** Partition i has level i % 256 and category i / 256; template k lets its hosts send what dominates partition k % 256. */
function policyOf(labels: number): PolicyInput {
  return {
    doi: 16,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1"], range: ["0:0", "254:0.9"] }],
    partitions: Array.from({ length: labels - TOPS }, (_, i) => ({ name: `p${i}`, label: `${i % 256}:${i >> 8}` })),
    templates: Object.fromEntries(
      Array.from({ length: TEMPLATES }, (_, k) => [`t${k}`, { type: "labelled", range: [`${k % 256}:0`, "255:0.9"] }]),
    ),
    hosts: Object.fromEntries(Array.from({ length: TEMPLATES }, (_, k) => [`198.51.${k >> 8}.${k & 255}`, `t${k}`])),
  };
}

const hasGrants = (labels: number): boolean => {
  const { header } = compilePolicy(resolvePolicy(policyOf(labels)), TABLES_BASE);
  return new DataView(header.buffer, header.byteOffset).getUint32(HEADER_GRANTS, true) !== 0;
};

/** From each of some senders each of some labels, the ones at both ends of the policy and one that is not in it. */
const packets = [0, 1, 7, 200, 255, TEMPLATES - 1].flatMap((k) =>
  [
    [0, 0],
    [1, 0],
    [199, 0],
    [200, 0],
    [254, 0],
    [255, 0],
    [254, 1],
    [201, 0, 3],
  ].map(([level, ...categories]) => ipv4({ src: `198.51.${k >> 8}.${k & 255}`, options: cipso(level!, categories) })),
);

test(`bits are kept up to ${MAX_GRANTS} octets of them, and not for one label more`, () => {
  assert.ok(hasGrants(LABELS));
  assert.not.ok(hasGrants(LABELS + 1));
});

test("with bits and without, who may say what and what may arrive is the same", () => {
  const verdicts = judge(policyOf(LABELS), ...packets);
  assert.equal(judge(policyOf(LABELS + 1), ...packets), verdicts);
  for (const expected of ["SENDER_NOT_ACCREDITED", "OUTSIDE_INTERFACE_RANGE", "p200", "p1"]) {
    assert.ok(verdicts.includes(expected), expected);
  }
});

test("a port that shares its bit with one that is named is still another port", () => {
  const named = 80;
  const policy: PolicyInput = {
    ...POLICY,
    partitions: [
      { name: "public", label: "1", bindings: [{ name: "web", ports: [`${named}/udp`] }, { name: "rest" }] },
      { name: "secret", label: "5:0", multilevelPorts: ["1000-5000/udp"] },
    ],
  };
  const to = (dport: number): Uint8Array => ipv4({ dport, options: cipso(1) });
  const ports = [named, named + NAMED_PORTS, named + 31 * NAMED_PORTS, 81, 999, 1000, 5000, 5001];
  assert.equal(judge(policy, ...ports.map(to)), [
    ...["public/web", "secret", "public/rest", "public/rest", "public/rest", "secret", "secret", "public/rest"],
  ]);
});

test.run();
