// Policies at the command line: everything that is wrong or odd is reported at once, with the line and column it is at.
import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { at, file, folder, labelgate, linesOf, outputOf, RECORDING } from "./commands.ts";

const test = suite("command line, policies");
const recording = readFileSync(RECORDING);

/** Line and column of a part of a text, counted from 1; of its last occurrence. */
function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.lastIndexOf(part));
  return `${before.split("\n").length}:${before.length - before.lastIndexOf("\n")}`;
}

const SOUND = `{
  "doi": 16,
  "names": { "levels": { "LOW": 1, "HIGH": 9 } },
  "interfaces": [
    { "name": "net0", "addresses": ["192.0.2.1", "192.0.2.2"], "range": ["0", "5:0"] }
  ],
  "partitions": [
    { "name": "low", "label": "LOW", "bindings": [{ "name": "web", "ports": ["80/tcp"] }] },
    { "name": "mid", "label": "2" },
    { "name": "top", "label": "3" }
  ],
  "templates": {
    "peers": { "type": "labelled", "range": ["0", "9"] },
    "outside": { "type": "unlabelled", "label": "1" }
  },
  "hosts": {
    "198.51.100.0/24": "peers",
    "203.0.113.0/24": "outside"
  }
}
`;

/** A mistake: what stands instead of what, the path of the problem, the part of the text that it is at, and what is said. */
const MISTAKES: [right: string, wrong: string, path: string, part: string, words: RegExp][] = [
  ['"doi": 16,', '"doi": 16, "colour": "blue",', "colour", '"colour"', /unknown key; known here: .*doi/],
  ['"HIGH": 9', '"HIGH": 900', "names.levels.HIGH", '"HIGH": 900', /0 to 255/],
  ["192.0.2.2", "192.0.2.256", "interfaces[0].addresses[1]", '"192.0.2.256"', /is no address/],
  ['["0", "5:0"]', '["5:1", "5:0"]', "interfaces[0].range", '"range": ["5:1"', /5:0 does not dominate 5:1/],
  ["80/tcp", "80/tpc", "partitions[0].bindings[0].ports[0]", '"80/tpc"', /no protocol: expected .*tcp/],
  [
    '"name": "mid"',
    '"name": "low"',
    "partitions[1].name",
    '"name": "low", "label": "2"',
    /taken by partitions\[0\]\.name/,
  ],
  ['"label": "3"', '"label": "2"', "partitions[2].label", '"label": "2" }\n  ]', /that of partitions\[1\]\.label/],
  ['"range": ["0", "9"]', '"range": ["0", "HIHG"]', "templates.peers.range[1]", '"HIHG"', /"HIHG" is no level/],
  ["unlabelled", "unlabeled", "templates.outside.type", '"type": "unlabeled"', /"labelled" or "unlabelled"/],
  ["198.51.100.0/24", "198.51.100.7/24", 'hosts["198.51.100.7/24"]', '"198.51.100.7/24"', /write 198\.51\.100\.0\/24/],
];

test("ten mistakes in a policy are all reported at once, each with its line, column and path", async () => {
  assert.match(
    await outputOf(["check", file("sound.json", SOUND)]),
    "sound.json: sound, 3 partitions, 2 host prefixes\n",
  );
  const text = MISTAKES.reduce((before, [right, wrong]) => before.replace(right, wrong), SOUND);
  // Line ends and a byte order mark move nothing.
  for (const content of [text, text.replaceAll("\n", "\r\n"), `\uFEFF${text}`]) {
    const path = file("ten.json", content);
    const { code, stdout, stderr } = await labelgate(["check", path]);
    assert.equal([code, stderr], [1, ""]);
    for (const [, , key, part, words] of MISTAKES) {
      const found = linesOf(stdout).filter((line) =>
        line.startsWith(`${path}:${placeOf(text, part)}: error: ${key}: `),
      );
      assert.is(found.length, 1, `${key} at ${placeOf(text, part)} in\n${stdout}`);
      assert.match(found[0]!, words);
    }
    assert.equal(linesOf(stdout).slice(MISTAKES.length), [`${path}: ${MISTAKES.length} errors`]);
  }
  const policy = ["--policy", at("ten.json")];
  for (const args of [["classify"], ["split", "--out", at("never")], ["explain", "--frame", "1"]]) {
    const { code, stdout, stderr } = await labelgate([...args, RECORDING, ...policy]);
    assert.equal([code, stdout, linesOf(stderr).length], [1, "", MISTAKES.length]);
  }
  assert.not(existsSync(at("never")));
});

test("each mistake alone is one problem", async () => {
  const alone = [...MISTAKES.map(([right, wrong]) => [right, wrong] as const), ['"doi": 16', '"doi": 0'] as const];
  await Promise.all(
    alone.map(async ([right, wrong], i) => {
      const { stdout } = await labelgate(["check", file(`alone${i}.json`, SOUND.replace(right, wrong))]);
      assert.is(linesOf(stdout).filter((line) => line.includes(": error: ")).length, 1, stdout);
    }),
  );
});

test("a problem shows the value that stands there", async () => {
  const values: [right: string, wrong: string, value: string][] = [
    ['"HIGH": 9', '"HIGH": 900', "900"],
    ['": "peers",', '": "nobody",', "nobody"],
    ['"192.0.2.2"', '{ "address": "192.0.2.2", "partition": "nobody" }', "nobody"],
    ['"doi": 16,', '"doi": 16, "control": "nobody",', "nobody"],
    ['"name": "mid"', '"name": "m i d"', "m i d"],
  ];
  for (const [i, [right, wrong, value]] of values.entries()) {
    const { code, stdout } = await labelgate(["check", file(`value${i}.json`, SOUND.replace(right, wrong))]);
    assert.is(code, 1);
    assert.match(stdout, value);
  }
});

test("what is odd in a policy is a warning with its place, and does no harm", async () => {
  const odd = SOUND.replace('"label": "3"', '"label": "3:7"').replace('/24": "outside"', '/24": "peers"');
  const path = file("odd.json", odd);
  const sound = file("sound.json", SOUND);
  const lines = linesOf(await outputOf(["check", path, sound]));
  assert.match(
    lines[0]!,
    `${path}:${placeOf(odd, '"label": "3:7"')}: warning: partitions[2].label: no packet can reach it`,
  );
  assert.match(lines[1]!, `${path}:${placeOf(odd, '"outside": {')}: warning: templates.outside: no host has`);
  assert.equal(lines.slice(2), [
    `${path}: sound, 3 partitions, 2 host prefixes, 2 warnings`,
    `${sound}: sound, 3 partitions, 2 host prefixes`,
  ]);
  await outputOf(["classify", RECORDING, "--policy", path]);
});

test("what is no policy at all is said with its place, also among others", async () => {
  const none: [name: string, content: string | Uint8Array, place: RegExp][] = [
    ["yaml", "doi: 16\n", /:1:1: error: not JSON/],
    ["nothing", "", /empty/],
    ["blank", " \r\n\t", /empty/],
    ["cut", SOUND.slice(0, SOUND.indexOf('"peers"') + 3), /:13:\d+: error: not JSON/],
    ["two", `${SOUND}{}`, new RegExp(`:${SOUND.split("\n").length}:1: error: not JSON`)],
    ["comma", SOUND.replace('"LOW": 1,', '"LOW": 1'), /:3:35: error: not JSON/],
    ["number", "42", /:1:1: error: expected/],
    ["null", "null", /:1:1: error: expected/],
    ["capture", recording, /:1:1: error: not JSON/],
    ["utf16", Buffer.from(`\uFEFF${SOUND}`, "utf16le"), /:1:1: error: not JSON/],
  ];
  const sound = file("sound.json", SOUND);
  for (const [name, content, place] of none) {
    const path = file(`${name}.json`, content);
    const { code, stdout, stderr } = await labelgate(["check", path, sound]);
    assert.equal([code, stderr], [1, ""], name);
    const [problem, ...rest] = linesOf(stdout);
    assert.match(problem!, place);
    assert.match(problem!, /: error: /);
    assert.match(rest.at(-2)!, `${path}: `);
    assert.match(rest.at(-1)!, `${sound}: sound`);
  }
  for (const [path, why] of [
    [at("missing.json"), /no such file/],
    [folder, /directory/],
  ] as const) {
    const { code, stderr } = await labelgate(["classify", RECORDING, "--policy", path]);
    assert.is(code, 1);
    assert.match(stderr, why);
    assert.ok(stderr.startsWith(`${path}: error: `), stderr);
  }
});

test("an array is not taken for a policy that lacks everything", async () => {
  const { stdout } = await labelgate(["check", file("array.json", "[]")]);
  assert.match(stdout, /array\.json:1:1: error: expected .*found a list/);
});

test("keys that stand twice are reported with their path, at the second place", async () => {
  const doubled = SOUND.replace('"label": "2"', '"label": "2", "label": "4"').replace('"LOW": 1', '"LOW": 1, "LOW": 2');
  const path = file("doubled.json", doubled);
  const { code, stdout } = await labelgate(["check", path]);
  assert.is(code, 1);
  assert.is(linesOf(stdout).length, 3, stdout);
  assert.match(stdout, `${path}:${placeOf(doubled, '"label": "4"')}: error: partitions[1].label: `);
  assert.match(stdout, "names.levels.LOW: ");
});

test("no key escapes: not even those that every object of JavaScript has", async () => {
  for (const key of ["constructor", "prototype", "__proto__", "toString", "hasOwnProperty"]) {
    const unknown = file("key.json", SOUND.replace('"doi": 16', `"doi": 16, "${key}": 1`));
    assert.is((await labelgate(["check", unknown])).code, 1, `an unknown key ${key}`);
    const template = file("template.json", SOUND.replace('"outside": {', `"${key}": 5, "outside": {`));
    assert.is((await labelgate(["check", template])).code, 1, `a template ${key} that is a number`);
  }
});

test("nesting is refused at any depth, and never crashes", async () => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    await Promise.all(
      [10, 1000, 2000, 2500, 3000, 3500, 4000, 5000, 8000, 100_000].map(async (depth) => {
        const path = file(`deep${depth}${open.length}.json`, `${open.repeat(depth)}1${close.repeat(depth)}`);
        const { code, stdout } = await labelgate(["check", path]);
        assert.is(code, 1);
        assert.ok(stdout.startsWith(`${path}:`), stdout);
        if (depth > 64) assert.match(stdout, "nested deeper than 64 levels");
      }),
    );
  }
});

test("50 MB of blanks are empty, in reasonable time and memory", async () => {
  const path = file("blanks.json", new Uint8Array(50 * 1024 * 1024).fill(0x20));
  const { code, stdout } = await labelgate(["check", path], { limit: 5_000, node: ["--max-old-space-size=1024"] });
  assert.is(code, 1);
  assert.match(stdout, /blanks\.json.*(empty|too large|too long)/);
});

test.run();
