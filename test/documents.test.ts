// Every block of the documents is done as a reader does it, from top to bottom, in a folder that holds `labelled.pcap` and
// `policy.json`:
//   jsonc NAME, json NAME   becomes a file; without a name: keys that replace those of policy.json, which stays sound
//   diff NAME               changes a file
//   ts NAME                 becomes a file and is run; without a name: see test/examples.test.ts
//   console                 `$ ` lines are run, and print what stands behind them
//   sh                      is done by another test, which is named here
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parsePolicy } from "../ts/policy/parse.ts";
import { readJsonText } from "../ts/policy/text.ts";
import { root } from "./commands.ts";
import { type Block, blocksIn, Desk, exchanges, isShown } from "./documents.ts";
import { inNamespaces } from "./namespaces.ts";

const test = suite("documents");

/** Lines of `sh` blocks that can't be run here, and what runs them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "npm ci": "what runs this",
  "npm start": "test/examples.test.ts",
  "npm test": "what runs this",
  "npm run build": "what runs this",
  "npm run check": ".ci/run",
  "npm run api": "test/api.test.ts",
  "npm run demo": "test/demo.server.test.ts",
  "npm install labelgate": "test/runtimes/packed.ts",
  "npm init --yes": "test/runtimes/packed.ts",
  "npm pkg set type=module": "test/runtimes/packed.ts",
  "sh docs/trial/trial.sh": "test/trial.test.ts",
};

const documents = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("api"))
    .map((name) => `docs/${name}`),
].sort();

function follow({ language, name, text, where }: Block, desk: Desk): void {
  const write = (): void => desk.write(name!, `${text}\n`);
  if (language === "json" || language === "jsonc") {
    if (name !== null) write();
    else assertSound(text, readFileSync(desk.path("policy.json"), "utf8"));
  } else if (language === "diff") {
    desk.patch(name!, text);
  } else if (language === "ts") {
    write();
    desk.runProgram(name!);
  } else if (language === "console") {
    for (const { line, printed } of exchanges(text)) {
      const said = desk.run(line);
      assert.ok(isShown(printed, said), `${where}: ${line} prints\n${said}`);
    }
  } else if (language === "sh") {
    // Those of docs/live.md are below.
    if (/^(unshare|ethtool) /.test(text)) return;
    const commands = text.split("\n").flatMap((line) => line.replace(/ +#.*/, "").split(" && "));
    for (const command of commands) assert.ok(command in ELSEWHERE, `${where}: nothing runs ${command}`);
  } else {
    assert.unreachable(`${where}: nobody knows how to try "${language}"`);
  }
}

function assertSound(fragment: string, policy: string): void {
  const { input, problems } = readJsonText(fragment);
  assert.equal(problems, []);
  parsePolicy(JSON.stringify({ ...(readJsonText(policy).input as object), ...(input as object) }));
}

for (const document of documents) {
  const blocks = blocksIn(document).filter(
    ({ language, name }) => language !== "" && (language !== "ts" || name !== null),
  );
  if (blocks.length === 0) continue;
  test(`${document}: each of ${blocks.length} blocks does what it says`, () => {
    const desk = new Desk();
    try {
      for (const block of blocks) follow(block, desk);
    } finally {
      desk.remove();
    }
  });
}

// As typed by somebody who waits until a program is up.
const TYPED = (lines: readonly string[]): string =>
  lines
    .map((line) => {
      const refused = / # refused/.test(line);
      const typed = line.replace(/ +#.*/, "");
      if (typed.endsWith("&")) return `${typed}\nsleep 1`;
      if (refused) return `if ${typed} 2>&1; then exit 9; fi`;
      return / # answered/.test(line) ? `for n in 1 2 3 4 5 6 7 8; do ${typed} 2>&1 && break; sleep 1; done` : typed;
    })
    .join("\n");

for (const { where, text } of blocksIn("docs/live.md").filter(({ language }) => language === "sh")) {
  const lines = text.split("\n");
  const isTrial = lines[0]!.startsWith("unshare ");
  const tools = isTrial ? ["ip", "python3", "curl"] : ["ip", "ethtool"];
  inNamespaces(test, `${where}: the commands work`, tools, async () => {
    const desk = new Desk();
    const before = isTrial
      ? [`ln -s ${join(root, "docs")} docs`]
      : [
          ...["mount -t tmpfs none /run", "ip netns add n1", "ip link add eth0 type veth peer name inside"],
          ...["ip link set inside netns n1", "ip netns exec n1 ip link set inside name eth0"],
        ];
    desk.write("typed.sh", `set -e\n${before.join("\n")}\n${TYPED(isTrial ? lines.slice(1) : lines)}\necho all done\n`);
    try {
      const said = desk.run("unshare -Urnm --kill-child --fork --pid --mount-proc bash typed.sh");
      assert.match(said, /all done$/m);
      if (isTrial) assert.match(said, /Directory listing[\s\S]*Failed to connect/);
    } finally {
      desk.remove();
    }
  });
}

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema | readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}

function keysOf(schema: Schema): string[] {
  const { properties = {}, anyOf = [], oneOf = [], items = [], additionalProperties } = schema;
  const inner = [...Object.values(properties), ...anyOf, ...oneOf, ...[items].flat()];
  if (typeof additionalProperties === "object") inner.push(additionalProperties);
  return [...Object.keys(properties), ...inner.flatMap(keysOf)];
}

test("the policy's reference names every key there is, those of live on their own page", () => {
  const schema = JSON.parse(readFileSync(join(root, "policy.schema.json"), "utf8")) as Required<Schema>;
  const { live, ...others } = schema.properties;
  const rowOf = (key: string): RegExp => new RegExp(`^\\|[^|]*\\b${key}\\b`, "m");
  const policy = readFileSync(join(root, "docs/policy.md"), "utf8");
  const keys = keysOf({ properties: others });
  assert.ok(keys.length > 40);
  for (const key of new Set(keys)) {
    if (["$schema", "value", "short", "alternates", "address", "partition", "interface"].includes(key)) {
      assert.ok(policy.includes(`\`${key}\``) || policy.includes(`"${key}"`), key);
    } else assert.match(policy, rowOf(key));
  }
  const page = readFileSync(join(root, "docs/live.md"), "utf8");
  for (const key of keysOf(live!)) assert.match(page, new RegExp(`\\b${key}\\b`));
});

test("a bound that is told with its name, 4,096 (`BATCH_FRAMES`), is that of the source", () => {
  const sources = ["ts", "assembly"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(root, folder, name), "utf8")),
  );
  const constants = new Map<string, number>();
  for (const source of sources) {
    for (const [, name, value] of source.matchAll(
      /^(?:export )?const ([A-Z][A-Z_]+)(?:: \w+)? = (0x[\da-f_]+|[\d_]+);/gm,
    )) {
      constants.set(name!, Number(value!.replaceAll("_", "")));
    }
  }
  const texts = [...sources, ...documents.map((path) => readFileSync(join(root, path), "utf8"))];
  const told = texts.flatMap((text) => [...text.matchAll(/([\d,]+)(?: \w+)? \(`([A-Z][A-Z_]+)`\)/g)]);
  assert.ok(told.length > 15);
  for (const [words, number, name] of told) assert.is(Number(number!.replaceAll(",", "")), constants.get(name!), words);
});

/** What a heading is linked by. */
function anchorOf(heading: string): string {
  const text = heading.replace(/`|\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return text.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

test("every link to a file is to one that is there, and to a heading that it has", () => {
  const api = [...readdirSync(join(root, "docs/api"), { recursive: true, encoding: "utf8" })];
  const all = [...documents, ...api.filter((name) => name.endsWith(".md")).map((name) => `docs/api/${name}`)];
  const lost: string[] = [];
  let links = 0;
  for (const document of all) {
    const text = readFileSync(join(root, document), "utf8").replace(/```[\s\S]*?```/g, "");
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path, anchor] = target!.split("#");
      const file = path === "" ? join(root, document) : join(root, dirname(document), path!);
      links++;
      if (!existsSync(file)) lost.push(`${document}: ${target}`);
      else if (anchor !== undefined && !isIn(readFileSync(file, "utf8"), anchor)) lost.push(`${document}: ${target}`);
    }
  }
  assert.equal(lost, []);
  assert.ok(links > 500);
});

function isIn(text: string, anchor: string): boolean {
  if (text.includes(`id="${anchor}"`)) return true;
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
  // A heading that stands there again has a number behind it.
  return anchors.some((name, i) => {
    const before = anchors.slice(0, i).filter((other) => other === name).length;
    return anchor === (before === 0 ? name : `${name}-${before}`);
  });
}

test("the command line's reference names every key of a JSON line", () => {
  const text = readFileSync(join(root, "docs/command-line.md"), "utf8");
  const lines = text.split("\n").filter((line) => line.startsWith('{"frame":'));
  assert.ok(lines.length > 2);
  for (const key of lines.flatMap((line) => Object.keys(JSON.parse(line)))) {
    assert.match(text, new RegExp(`^\\|[^|]*\`${key}\``, "m"));
  }
});

test("an output that is another is none that is shown", () => {
  assert.ok(isShown("a 1\n…\nb…", "a 1\nx\ny\nbcd\n"));
  assert.not(isShown("a 1\n…\nb…", "a 2\nx\nb\n"));
  assert.not(isShown("a", "a\nb"));
  assert.equal(exchanges("$ one \\\n  two\n1\n2\n$ three"), [
    { line: "one \\\n  two", printed: "1\n2" },
    { line: "three", printed: "" },
  ]);
});

test.run();
