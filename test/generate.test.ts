// What is generated is worth comparing: policies of every kind and without problems, frames that come to every end. The
// oracle alone says where they end, for a seed that stays the same.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PartitionInput, PolicyInput } from "../ts/policy/input.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";
import { type ReasonName, reasonName } from "../ts/reason.ts";
import { frames, type GeneratedFrame } from "./generate/frame.ts";
import { policy } from "./generate/policy.ts";
import { Oracle, type OracleVerdict } from "./oracle.ts";

const test = suite("what is generated");

const POLICIES = 2000;
const SEED = 1;

const sample = fc.sample(policy, { numRuns: POLICIES, seed: SEED });

test("2,000 generated policies have no problem", () => {
  for (const input of sample) assert.equal(readResolved(input).problems, [], JSON.stringify(input));
});

const anyPartition = (has: (partition: PartitionInput) => unknown) => (input: PolicyInput) =>
  input.partitions.some(has);
const anyBinding = (has: (binding: NonNullable<PartitionInput["bindings"]>[number]) => unknown) =>
  anyPartition(({ bindings }) => bindings?.some(has));

const FEATURES: Readonly<Record<string, (input: PolicyInput) => unknown>> = {
  "a device": ({ interfaces }) => interfaces.some(({ device }) => device !== undefined),
  "untagged frames": ({ interfaces }) => interfaces.some(({ vlan }) => vlan === 0),
  "a VLAN": ({ interfaces }) => interfaces.some(({ vlan }) => vlan === 100),
  "two interfaces": ({ interfaces }) => interfaces.length === 2,
  "no range": ({ interfaces }) => interfaces.some(({ range }) => range === undefined),
  "a DOI that passes into another": ({ dois }) =>
    Object.values(dois ?? {}).some((doi) => doi.mode === "pass" && doi.to),
  "a DOI that is translated": ({ dois }) => Object.values(dois ?? {}).some(({ mode }) => mode === "translate"),
  "several partitions kept off shared addresses": ({ partitions }) =>
    partitions.filter(({ shared }) => shared === false).length > 1,
  "a label twice": ({ partitions }) =>
    new Set(partitions.map(({ doi, label }) => `${doi} ${label}`)).size < partitions.length,
  "multilevel ports": anyPartition(({ multilevelPorts }) => multilevelPorts?.length),
  "private multilevel ports": anyPartition(({ privateMultilevelPorts }) => privateMultilevelPorts?.length),
  "private multilevel ports of a shared partition": anyPartition(
    ({ shared, privateMultilevelPorts }) => shared !== false && privateMultilevelPorts?.length,
  ),
  "ICMP of every label": anyPartition(({ icmp }) => icmp === "range"),
  "a group on any interface": anyPartition(({ groups }) => groups?.some((group) => typeof group === "string")),
  "a group on one": anyPartition(({ groups }) => groups?.some((group) => typeof group !== "string")),
  "read-down on any address": anyBinding(({ acceptLower, address }) => acceptLower && address === undefined),
  "read-down on one address": anyBinding(({ acceptLower, address }) => acceptLower && address !== undefined),
  "a broadcast": ({ interfaces }) => JSON.stringify(interfaces).includes("192.0.2.1/24"),
  "a control partition": ({ control }) => control,
};

for (const [feature, has] of Object.entries(FEATURES)) {
  test(`generated policies have ${feature}, and some have not`, () => {
    const count = sample.filter(has).length;
    assert.ok(count > POLICIES / 50 && count < POLICIES, `${count} of ${POLICIES}`);
  });
}

/** Reasons that the policy gives: steps 4 to 11. */
const BY_POLICY: readonly ReasonName[] = [
  ...(["NOT_OURS", "WRONG_INTERFACE", "NO_TEMPLATE", "LABEL_REQUIRED", "SENDER_NOT_ACCREDITED"] as const),
  ...(["RIPSO_NOT_MAPPED", "LABEL_NOT_MAPPED", "PORTS_MISSING", "IP_TRUNCATED"] as const),
  ...(["FRAG_REFUSED", "FRAG_LABEL_MISSING", "FRAG_LABEL_MISMATCH", "FRAG_LENGTH", "FRAG_TOO_LONG"] as const),
  ...(["FRAG_NO_FIRST", "FRAG_OVERLAP", "FRAG_DUPLICATE", "FRAG_PIECES"] as const),
  ...(["NO_PARTITION", "PARTITION_LABEL_MISMATCH", "NO_MEMBER", "GROUP_TCP"] as const),
  ...(["OUTSIDE_INTERFACE_RANGE", "NO_BINDING"] as const),
];

const CASES = 100;
const FRAMES = 200;

function judged(): OracleVerdict[] {
  const verdicts: OracleVerdict[] = [];
  const judge = (input: PolicyInput, list: readonly GeneratedFrame[]): void => {
    const oracle = new Oracle(resolvePolicy(input));
    for (const { seconds, nanoseconds, device = null, ...frame } of list) {
      verdicts.push(oracle.classify({ ...frame, device, time: seconds + nanoseconds / 1e9 }));
    }
  };
  fc.assert(fc.property(policy, frames(FRAMES), judge), { numRuns: CASES, seed: SEED });
  return verdicts;
}

test("20,000 generated frames meet every reason of the policy; enough are delivered, copied and translated", () => {
  const verdicts = judged();
  assert.is(verdicts.length, CASES * FRAMES);
  const share = (has: (verdict: OracleVerdict) => boolean): number => verdicts.filter(has).length / verdicts.length;
  const missing = BY_POLICY.filter((name) => share(({ reason }) => reasonName(reason) === name) === 0);
  assert.equal(missing, []);
  const delivered = share(({ reason }) => reasonName(reason) === "OK");
  assert.ok(delivered > 0.15, `${delivered} delivered`);
  const copied = share(({ copies }) => copies.length > 0);
  assert.ok(copied > 0.01, `${copied} copied`);
  const mapped = share((verdict) => verdict.mapped);
  assert.ok(mapped > 0.01, `${mapped} mapped`);
});

test.run();
