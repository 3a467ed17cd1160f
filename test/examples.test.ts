// Every example in a doc comment of ts/, in README.md and in docs/ is type-checked and run with the package as it is built (its
// folder is in it, so its name is known), and does what it says: a line
// `expression; // value` is an assertion. It runs in a folder that holds `labelled.pcap` and `policy.json`.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "build/dist/examples");
interface Example {
  /** Where it stands: file and line. */
  readonly where: string;
  readonly code: string;
}

function filesIn(path: string, suffix: string): string[] {
  return readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(path, name));
}

// Fenced blocks marked `ts`; in sources those of doc comments, without their asterisks.
function examplesIn(path: string): Example[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  const inComment = path.endsWith(".ts");
  const text = lines.map((line) => (inComment ? /^ *\* ?(.*)$/.exec(line)?.[1] : line));
  const examples: Example[] = [];
  for (let i = 0; i < text.length; i++) {
    // Those with a name are followed by test/documents.test.ts.
    if (text[i]?.trim() !== "```ts") continue;
    const end = text.findIndex((line, j) => j > i && line?.trim() === "```");
    examples.push({ where: `${path}:${i + 1}`, code: text.slice(i + 1, end).join("\n") });
    i = end;
  }
  return examples;
}

// `expression; // value` becomes an assertion where the comment is a value.
function withAssertions(code: string): string {
  const asserted = code.replace(
    /^(\s*)(?!(?:for|if|while|const|let|import|export) ?\b)([^\s/].*); \/\/ (true|false|null|-?\d+|".*"|\[.*\]|\{.*\})$/gm,
    (_, indent, expression, value) => {
      return `${indent}$equal(${expression}, ${value});`;
    },
  );
  return `import { equal as $equal } from "${join(relative(folder, root), "test/equal.ts")}";\nvoid $equal;\n${asserted}\n`;
}

const test = suite("examples");
// docs/api is made from the sources' comments.
const documents = filesIn("docs", ".md").filter((path) => !path.startsWith("docs/api"));
const examples = [...filesIn("ts", ".ts"), ...documents, "README.md"].flatMap(examplesIn);
const fileOf = (index: number): string => `example-${index}.ts`;

test.before(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, "fixtures/captures/cipso-calipso-doi16-tag1-veth-A.pcap"), join(folder, "labelled.pcap"));
  copyFileSync(join(root, "fixtures/policies/recording.json"), join(folder, "policy.json"));
  for (const [i, { code }] of examples.entries()) writeFileSync(join(folder, fileOf(i)), withAssertions(code));
  const config = { extends: relative(folder, join(root, "tsconfig.json")), include: ["*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
});

test("there are examples in the sources and in the README", () => {
  assert.ok(examples.some(({ where }) => where.startsWith("README.md")));
  assert.ok(examples.filter(({ where }) => where.startsWith("ts/")).length >= 10);
});

test("every example is sound TypeScript", () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--noUnusedLocals", "false"], {
    encoding: "utf8",
  });
  const said = stdout.replace(/example-(\d+)\.ts/g, (name, index) => `${name} (${examples[Number(index)]?.where})`);
  assert.is(said.trim(), "");
});

for (const [i, { where }] of examples.entries()) {
  test(`${where} runs and does what it says`, () => {
    const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", fileOf(i)], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.is(status, 0, stderr.slice(0, 2000));
  });
}

test("the README shows what its first command prints", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { start: string } };
  const args = scripts.start.replace(/^.*build\/dist\/labelgate\.js /, "").split(" ");
  const { stdout } = spawnSync(process.execPath, ["build/dist/labelgate.js", ...args], { cwd: root, encoding: "utf8" });
  const readme = readFileSync(join(root, "README.md"), "utf8");
  assert.ok(readme.includes(`\`\`\`\n${stdout}\`\`\`\n`), `README.md should show\n${stdout}`);
});

test.run();
