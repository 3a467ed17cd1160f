// Every decision of the table, each derived from docs/decision.md by hand: kernel and oracle make it.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "./both.ts";
import { DECISIONS } from "./decisions.ts";

const test = suite("decisions");

for (const { name, policy, frames, expect } of DECISIONS) {
  test(name, () => {
    assert.is(expect.length, frames.length);
    assert.equal(judge(policy, ...frames), expect);
  });
}

test("no two decisions have one name", () => {
  const names = DECISIONS.map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
});

test.run();
