// The oracle makes every decision of the table, each derived from docs/decision.md by hand.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Policy } from "../ts/policy/model.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { reasonName } from "../ts/reason.ts";
import { DECISIONS, type Decision } from "./decisions.ts";
import { Oracle, type OracleDelivery, type OracleVerdict } from "./oracle.ts";

const test = suite("oracle");

function textOf(verdict: OracleVerdict, { partitions }: Policy): string {
  if (verdict.partition === null) return reasonName(verdict.reason);
  const nameOf = ({ partition, binding }: OracleDelivery): string => {
    const { name, bindings } = partitions[partition]!;
    return binding === null ? name : `${name}/${bindings![binding]!.name}`;
  };
  const first = { partition: verdict.partition, binding: verdict.binding };
  return [first, ...verdict.copies].map(nameOf).join("+");
}

function said({ policy, frames }: Decision): string[] {
  const resolved = resolvePolicy(policy);
  const oracle = new Oracle(resolved);
  return frames.map(({ bytes, linkType = 1, wireLength = bytes.length, seconds = 0, nanoseconds = 0, device = null }) =>
    textOf(oracle.classify({ bytes, linkType, wireLength, time: seconds + nanoseconds / 1e9, device }), resolved),
  );
}

for (const decision of DECISIONS) {
  test(decision.name, () => {
    assert.is(decision.expect.length, decision.frames.length);
    assert.equal(said(decision), decision.expect);
  });
}

test("no two decisions have one name", () => {
  const names = DECISIONS.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
});

test.run();
