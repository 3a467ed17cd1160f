// The package as a whole: what it ships, what it depends on, and that the rule book, the kernel and the tests speak of the
// same rules.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { reasonsText } from "../build/reasons.ts";
import { schemaText } from "../build/schema.ts";
import { REASONS } from "../ts/reason.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => join(folder, name));

interface Manifest {
  readonly exports: Record<string, string | { types: string; default: string }>;
  readonly bin: Record<string, string>;
  readonly dependencies?: Record<string, string>;
}
const manifest: Manifest = JSON.parse(read("package.json"));

const test = suite("package");

test("policy.schema.json is that of the source", () => {
  assert.is(read("policy.schema.json"), schemaText());
});

test("docs/reasons.md is that of the source, and has every reason of a drop once", () => {
  const text = read("docs/reasons.md");
  assert.is(text, reasonsText());
  const headings = [...text.matchAll(/^### `([A-Z0-9_]+)`$/gm)].map(([, name]) => name).sort();
  const statuses = ["OK", "OK_NONMINIMAL", "OK_FRAGMENT", "NO_LABEL"];
  const drops = REASONS.map(({ name }) => name as string).filter((name) => !statuses.includes(name));
  assert.equal(headings, drops.sort());
});

test("everything the manifest names is built", () => {
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? [target] : [target.types, target.default],
  );
  for (const path of [...targets, ...Object.values(manifest.bin)]) assert.ok(existsSync(join(root, path)), path);
  assert.ok(read("build/dist/labelgate.js").startsWith("#!/usr/bin/env node\n"));
});

test("the library has no dependencies, and its core needs no Node", () => {
  assert.is(manifest.dependencies, undefined);
  const importsOf = (path: string): string[] =>
    [...read(path).matchAll(/^(?:import|export)\b.*?\bfrom "([^"]+)";|^import "([^"]+)";/gm)].map(
      ([, from, bare]) => from ?? bare!,
    );
  const chunks = importsOf("build/dist/index.js");
  assert.ok(
    chunks.every((name) => name.startsWith("./chunk-")),
    chunks.join(),
  );
  for (const chunk of chunks) assert.equal(importsOf(join("build/dist", chunk)), []);
  assert.ok(importsOf("build/dist/file.js").every((name) => name === "node:fs" || name.startsWith("./chunk-")));
  // What koffi is for is loaded when it is asked for.
  assert.ok(
    importsOf("build/dist/live.js").every((name) => /^node:\w+$/.test(name) || name.startsWith("./chunk-")),
    importsOf("build/dist/live.js").join(),
  );
  const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
  assert.ok(importsOf("build/dist/labelgate.js").every((name) => builtins.has(name)));
});

test("the notices name every package that the bundles hold", () => {
  const notices = read("build/dist/THIRD-PARTY.txt");
  for (const name of ["valibot", "ipaddr.js", "commander", "jsonc-parser", "cli-table3", "cli-progress"]) {
    assert.match(notices, new RegExp(`^${name.replace(".", "\\.")} \\d`, "m"));
  }
});

// A rule's tag stands in the rule book, where it is enforced, and in a test.
const TAG = /\b(?:L[1-3]|O[1-7]|I[12]|C(?:1[0-6]|[1-9])|R(?:10|[1-9])|E[1-4]|M[124]|K[1-9])\b/g;
const tagsOf = (text: string): string[] => [...new Set(text.match(TAG) ?? [])].sort();

test("every rule of the rule book is enforced in the kernel and the oracle, and proved by a test, under its tag", () => {
  const rules = tagsOf(read("docs/decision.md"));
  assert.is(rules.length, 3 + 7 + 2 + 16 + 10 + 4 + 3 + 9);
  const comments = (paths: readonly string[]): string =>
    paths.flatMap((path) => read(path).match(/\/\/.*|test\(.*/g) ?? []).join("\n");
  assert.equal(tagsOf(comments(filesIn("assembly"))), rules);
  assert.equal(tagsOf(comments(filesIn("test/oracle"))), rules);
  assert.equal(
    tagsOf(comments(filesIn("test").filter((path) => path.endsWith(".test.ts") && !path.includes("package")))),
    rules,
  );
});

test("sources speak of no unfinished work", () => {
  const marks = new RegExp(
    `\\b(?:${["TO", "FIX", "XX", "HA"].map((a, i) => a + ["DO", "ME", "X", "CK"][i]).join("|")})\\b`,
  );
  for (const path of ["assembly", "ts", "test", "build", "bench"].flatMap(filesIn)) {
    if (!path.startsWith("build/dist")) assert.not.match(read(path), marks, path);
  }
});

test.run();
