import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { PolicyError } from "../ts/errors.ts";
import { parsePolicy } from "../ts/policy/parse.ts";
import { MAX_NESTING } from "../ts/policy/text.ts";
import { POLICY } from "./commands.ts";
import { basePolicy } from "./policies.ts";

const test = suite("policy text");

function problemsOf(text: string): string[] {
  try {
    parsePolicy(text);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(({ position, path, message }) => `${position} ${path}: ${message}`);
  }
  return [];
}

test("a policy file with comments becomes the policy of a classifier", () => {
  const policy = parsePolicy(readFileSync(POLICY, "utf8"));
  assert.equal(createClassifier(policy).partitions, ["public", "internal", "staff", "finance", "planning", "audit"]);
});

test("plain JSON is what JSON.parse gives, with a byte order mark too", () => {
  const text = JSON.stringify(basePolicy());
  assert.is(JSON.stringify(parsePolicy(text)), text);
  assert.is(JSON.stringify(parsePolicy(`\uFEFF${text}`)), text);
});

test("every problem has its line and column, in the order of the text, and the error's message shows them", () => {
  const text = JSON.stringify({ ...basePolicy(), doi: 0, control: "nobody" }, null, 2);
  const lines = text.split("\n");
  const lineOf = (key: string): number => lines.findIndex((line) => line.startsWith(`  "${key}"`)) + 1;
  const problems = problemsOf(text);
  assert.ok(
    problems.some((problem) => problem.startsWith(`${lineOf("doi")}:3 doi: `)),
    problems.join("\n"),
  );
  assert.ok(
    problems.some((problem) => problem.startsWith(`${lineOf("control")}:3 control: `)),
    problems.join("\n"),
  );
  assert.throws(() => parsePolicy(text), new RegExp(`^the policy has .*\n  ${lineOf("doi")}:3 doi: `));
});

test("what is no JSON, empty, too deep, or has a key twice is refused, in words", () => {
  assert.match(problemsOf('{ "doi": 16, ]').join("\n"), /^1:14 : not JSON: /);
  assert.match(problemsOf("  ").join("\n"), /^undefined : it is empty/);
  assert.match(problemsOf("7").join("\n"), /^1:1 : expected a policy/);
  assert.match(problemsOf(`{ "doi": 16, "doi": 16 }`).join("\n"), /"doi" stands here twice/);
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  assert.match(problemsOf(nested(1_000_000)).join("\n"), /nested deeper than 64 levels/);
  assert.match(problemsOf(nested(2 * MAX_NESTING + 2)).join("\n"), /nested deeper than 64 levels/);
});

test("what is no text is a mistake of the caller", () => {
  const octets = readFileSync(POLICY) as unknown as string;
  for (const text of [undefined, null, 7, octets, basePolicy()] as string[]) {
    assert.throws(
      () => parsePolicy(text),
      (error: Error) =>
        error instanceof TypeError && /^text: expected the text of a policy, found /.test(error.message),
    );
  }
});

test.run();
