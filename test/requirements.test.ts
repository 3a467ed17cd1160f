// docs/requirements.md says where each rule is enforced and proved: its tag stands there. No requirement is left unsaid.
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("requirements");

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const page = read("docs/requirements.md");
const rows = [...page.matchAll(/^\| ([A-Z]-\d{2}(?:, [A-Z]-\d{2})*) \| (.+) \|$/gm)].map(([, tags, rest]) => ({
  tags: tags!.split(", "),
  cells: rest!.split(" | "),
}));
const held = rows.filter(({ cells }) => cells.length === 3);
const leftOut = rows.filter(({ cells }) => cells.length === 1);

const upTo = (family: string, last: number, first = 1): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => `${family}-${`${first + i}`.padStart(2, "0")}`);
const REQUIRED = [
  ...[...upTo("P", 16), ...upTo("P", 27, 20)],
  ...["R-01", "R-02", ...upTo("R", 24, 20)],
  ...[...upTo("D", 7), ...upTo("C", 4), ...upTo("A", 7), ...upTo("I", 5), ...upTo("M", 5), ...upTo("B", 6)],
  ...[...upTo("S", 7), "S-10", "S-11", ...upTo("O", 5), ...upTo("G", 8), ...upTo("E", 3)],
  ...[...upTo("Z", 5), ...upTo("Q", 12)],
];

test("every requirement and rule stands on the page, once", () => {
  const said = rows.flatMap(({ tags }) => tags);
  assert.equal(
    said.filter((tag, i) => said.indexOf(tag) !== i),
    [],
  );
  assert.equal(
    REQUIRED.filter((tag) => !said.includes(tag)),
    [],
  );
});

test("the tag stands in the file that enforces it, and in a test that proves it", () => {
  const missing: string[] = [];
  for (const { tags, cells } of held) {
    const files = cells.slice(1).map((cell) => /^`([\w./-]+)`$/.exec(cell)![1]!);
    for (const tag of tags) for (const file of files) if (!read(file).includes(tag)) missing.push(`${tag} in ${file}`);
    assert.match(files[1]!, /^test\//);
  }
  assert.equal(missing, []);
  assert.ok(held.length > 40);
});

test("what is left out has a reason", () => {
  assert.ok(leftOut.length > 0);
  for (const { tags, cells } of leftOut) assert.ok(cells[0]!.length > 5, tags.join());
});

test.run();
