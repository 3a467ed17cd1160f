// `labelgate check --from`: files of another system at the command line.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { at, file, folder, labelgate, linesOf, outputOf, root } from "./commands.ts";
import { CIPSO, GLOBAL } from "./importing.ts";

const test = suite("command line, imports");

const SHIPPED = ["tnrhtp", "tnrhdb", "tnzonecfg"].map((name) => join(root, "fixtures/trusted-extensions", name));
const FROM_TX = ["check", "--from", "tx"];

const BASE = `{
  // what no file of Trusted Extensions says
  "doi": 1,
  "interfaces": [
    { "name": "net0", "addresses": ["192.0.2.1/24", { "address": "192.0.2.9", "partition": "public" }, { "address": "192.0.2.10", "partition": "global" }], "range": ["0", "255:0.255"] }
  ],
  "partitions": [],
  "templates": {},
  "hosts": {}
}
`;
const base = file("base.json", BASE);

/** Files in a folder of their own, since their names are given. */
let folders = 0;
function files(texts: Readonly<Record<string, string | Uint8Array>>): string[] {
  const place = at(`tx${folders++}`);
  mkdirSync(place);
  return Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(place, name), text);
    return join(place, name);
  });
}

test("F-24: files that are sound, exit 0: what is lost, and that there are no interfaces, once", async () => {
  const lines = linesOf(await outputOf([...FROM_TX, ...SHIPPED]));
  assert.is(lines.length, 3);
  assert.ok(lines[0]!.startsWith(`${SHIPPED[0]}:4:44: lost: min_sl, max_sl: `), lines[0]);
  assert.match(lines[1]!, /: warning: no packet reaches a partition, .*--base/);
  assert.is(lines[2], `${SHIPPED.join(", ")}: sound, 3 partitions, 8 host prefixes, 1 warning, 1 lost`);
});

test("F-14, F-24: every error of every file is said with its place, number and words, exit 1", async () => {
  const paths = files({
    "tnrhtp.site": `${CIPSO}x:host_type=unlabeled;doi=1\r\n`,
    tnrhdb: "10.0.0.1/8:cipso\n\n10.0.0.1:nobody\n:",
    "tnzonecfg.new": "public:0x0002-08-08:0::80/tpc",
  });
  const { code, stdout, stderr } = await labelgate([...FROM_TX, ...paths]);
  assert.equal([code, stderr], [1, ""]);
  const [tnrhtp, tnrhdb, tnzonecfg] = paths;
  const lines = linesOf(stdout);
  const expected = [
    [`${tnrhtp}:2:1: error: `, "(error 13: no label)"],
    [`${tnrhdb}:1:1: error: `, "write 10.0.0.0/8 (error 25: bad address)"],
    [`${tnrhdb}:4:1: error: `, "(error 24: no address)"],
    [`${tnrhdb}:4:2: error: `, "(error 11: no host type)"],
    [`${tnzonecfg}:1:24: error: `, "(error 27: bad multilevel port)"],
    [`${tnzonecfg}: error: no entry for the zone global`, ""],
    [`${paths.join(", ")}: 6 errors`, ""],
  ] as const;
  assert.is(lines.length, expected.length, stdout);
  for (const [i, [start, end]] of expected.entries()) {
    assert.ok(lines[i]!.startsWith(start) && lines[i]!.endsWith(end), lines[i]);
  }
});

test("an empty file is said to be empty, with its number", async () => {
  const { code, stdout } = await labelgate([...FROM_TX, ...files({ tnrhdb: "" })]);
  assert.is(code, 0);
  assert.match(stdout, "tnrhdb: warning: there is no entry in it (error 2: empty)\n");
});

test("F-24: usage is exit 2: names that are not known, a database twice, standard input, options without --from", async () => {
  const [tnrhdb, other] = files({ tnrhdb: "", "tnrhdb.other": "" });
  const wrong: [args: string[], words: RegExp][] = [
    [[...FROM_TX, file("tnrhdbx", "")], /known by their names/],
    [[...FROM_TX, file("x.tnrhdb", "")], /known by their names/],
    [[...FROM_TX, "-"], /known by their names/],
    [[...FROM_TX, tnrhdb!, other!], /a second tnrhdb/],
    [["check", "--from", "constructor", tnrhdb!], /choices are tx/],
    [["check", tnrhdb!, "--base", base], /--from says which/],
    [["check", tnrhdb!, "--out", at("x")], /--from says which/],
    [[...FROM_TX, tnrhdb!, "--out", "-"], /written to a file/],
    [[...FROM_TX, tnrhdb!, "--out", tnrhdb!], /is a file that is read/],
    [[...FROM_TX, tnrhdb!, "--base", base, "--out", base], /is a file that is read/],
    [[...FROM_TX, tnrhdb!, "--out", folder], /no regular file/],
    [[...FROM_TX, tnrhdb!, "--out", ""], /expected a file name/],
    [FROM_TX, /missing required argument/],
  ];
  for (const [args, words] of wrong) {
    const { code, stdout, stderr } = await labelgate(args);
    assert.equal([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, words);
  }
});

test("F-14, F-24: a file that can't be read is error 1, exit 2, and so is a base", async () => {
  const [tnrhdb] = files({ tnrhdb: "10.0.0.1:x\n" });
  const missing = at("tnrhtp");
  mkdirSync(at("tnzonecfg"));
  const { code, stdout } = await labelgate([...FROM_TX, tnrhdb!, missing, at("tnzonecfg"), "--out", at("never.json")]);
  assert.is(code, 2);
  assert.equal(linesOf(stdout), [
    `${missing}: error: cannot be read: there is no such file (error 1: system error)`,
    `${at("tnzonecfg")}: error: cannot be read: it is a directory (error 1: system error)`,
  ]);
  const without = await labelgate([...FROM_TX, tnrhdb!, "--base", missing]);
  assert.equal([without.code, without.stdout], [2, `${missing}: error: cannot be read: there is no such file\n`]);
  assert.not(existsSync(at("never.json")));
});

test("a file larger than a policy may be is not read", async () => {
  const [tnrhdb] = files({ tnrhdb: new Uint8Array(67_108_865).fill(0x0a) });
  const { code, stdout } = await labelgate([...FROM_TX, tnrhdb!]);
  assert.equal([code, stdout], [2, `${tnrhdb}: error: larger than 67108864 octets (error 1: system error)\n`]);
});

test("laid over a base the policy is written whole, is sound, and is used as it is", async () => {
  const out = at("policy.json");
  writeFileSync(out, "what was there");
  const said = await outputOf([...FROM_TX, ...SHIPPED, "--base", base, "--out", out]);
  assert.match(said, /sound, 3 partitions, 8 host prefixes, 1 lost\n$/);
  const text = readFileSync(out, "utf8");
  const policy = JSON.parse(text);
  assert.is(text, `${JSON.stringify(policy, null, 2)}\n`);
  assert.is(policy.interfaces[0].addresses[1].partition, "public");
  assert.equal(
    policy.partitions.map(({ name }: { name: string }) => name),
    ["global", "public", "internal"],
  );
  assert.match(await outputOf(["check", out]), "policy.json: sound, 3 partitions, 8 host prefixes\n");
  assert.equal(
    readdirSync(folder).filter((name) => name.includes("partial")),
    [],
  );
});

test("with an error nothing is written, and what was there stays", async () => {
  const out = file("stays.json", "{}");
  const [tnrhtp] = files({ tnrhtp: "x\n" });
  assert.is((await labelgate([...FROM_TX, tnrhtp!, "--out", out])).code, 1);
  assert.is((await labelgate([...FROM_TX, tnrhtp!, "--out", at("new.json")])).code, 1);
  assert.is(readFileSync(out, "utf8"), "{}");
  assert.not(existsSync(at("new.json")));
});

test("where nothing can be written it is said, exit 1; a link is not written through", async () => {
  const { code, stderr } = await labelgate([...FROM_TX, ...SHIPPED, "--out", at("no/such/folder.json")]);
  assert.is(code, 1);
  assert.match(stderr, /folder\.json: cannot be written/);
  symlinkSync(file("target.json", "{}"), at("link.json"));
  const link = await labelgate([...FROM_TX, ...SHIPPED, "--out", at("link.json")]);
  assert.is(link.code, 2);
  assert.is(readFileSync(at("target.json"), "utf8"), "{}");
});

test("problems of the base are said at their place in it, those of the import by its files", async () => {
  const both = BASE.replace('"partitions": []', '"partitions": [{ "name": "public", "label": "9" }]')
    .replace('"hosts": {}', '"hosts": { "10.4.0.0/16": "x" }')
    .replace(', "range": ["0", "255:0.255"]', ', "range": ["5", "1"]');
  const path = file("both.json", both);
  const { code, stdout } = await labelgate([...FROM_TX, ...SHIPPED, "--base", path, "--out", at("both.out")]);
  assert.is(code, 1);
  const lines = linesOf(stdout).slice(1);
  assert.match(lines[0]!, `${path}:7:20: error: partitions[0].name: a partition "public" was imported too`);
  assert.match(lines[1]!, `${path}:9:14: error: hosts["10.4.0.0/16"]: the prefix 10.4.0.0/16 was imported too`);
  assert.match(lines[2]!, `${path}:5:`);
  assert.match(lines[2]!, "error: interfaces[0].range: 1 does not dominate 5");
  assert.is(lines[3], `${SHIPPED.join(", ")}: 3 errors, 1 lost`);
  assert.not(existsSync(at("both.out")));

  const narrow = file("narrow.json", BASE.replace('["0", "255:0.255"]', '["0", "2:0.255"]'));
  const odd = linesOf(await outputOf([...FROM_TX, ...SHIPPED, "--base", narrow]));
  assert.match(odd[1]!, `${SHIPPED.join(", ")}: warning: partitions[2].label, internal: no packet can reach it`);
});

test("a base that is no policy is said to be none, and the files are still checked", async () => {
  for (const [content, words] of [
    ["[]", /:1:1: error: expected a policy/],
    ["{", /error: not JSON/],
    ["", /error: it is empty/],
    ['{ "doi": 1, "doi": 2 }', /:1:13: error: doi: "doi" stands here twice/],
  ] as const) {
    const { code, stdout } = await labelgate([...FROM_TX, ...SHIPPED, "--base", file("none.json", content)]);
    assert.is(code, 1);
    assert.match(stdout, words);
    assert.match(stdout, /: lost: /);
    assert.match(stdout, /: 1 error, 1 lost\n$/);
  }
});

test("T-05: names of the base are read in labels", async () => {
  const named = file("named.json", BASE.replace('"doi": 1,', '"doi": 1, "names": { "levels": { "PUBLIC": 2 } },'));
  const paths = files({ tnzonecfg: `${GLOBAL}public:PUBLIC:0::\n` });
  const out = at("named.out.json");
  assert.is((await labelgate([...FROM_TX, ...paths, "--base", named, "--out", out])).code, 0);
  assert.is(JSON.parse(readFileSync(out, "utf8")).partitions[1].label, "2");
  assert.is((await labelgate([...FROM_TX, ...paths])).code, 1);
});

test("what would act on a terminal is shown, not sent", async () => {
  const paths = files({ tnrhtp: CIPSO.replace("cipso:", "\u001b[31m\u202e:"), tnrhdb: "10.0.0.1:\u009b2J\n" });
  const { stdout } = await labelgate([...FROM_TX, ...paths]);
  assert.not.match(stdout, /[^\P{C}\n]/u);
  assert.match(stdout, "\\u001b[31m");
});

test("--from netlabel reads scripts of netlabelctl", async () => {
  const rules = join(root, "fixtures/netlabel/netlabel.rules");
  const out = at("netlabel.json");
  const base = file(
    "partitions.json",
    BASE.replace('"doi": 1', '"doi": 16')
      .replace('"public"', '"one"')
      .replace(', { "address": "192.0.2.10", "partition": "global" }', "")
      .replace('"partitions": []', '"partitions": [{ "name": "one", "label": "1" }]'),
  );
  const said = await outputOf(["check", "--from", "netlabel", rules, "--base", base, "--out", out]);
  assert.match(said, /netlabel\.rules:9:1: lost: tags of a DOI can't be chosen: /);
  assert.match(said, /sound, 1 partition, 5 host prefixes, /);
  assert.is(JSON.parse(readFileSync(out, "utf8")).dois["8"].mode, "translate");
  const wrong = await labelgate(["check", "--from", "netlabel", file("wrong.rules", "cipso del doi:3\n")]);
  assert.is(wrong.code, 1);
  assert.match(wrong.stdout, /wrong\.rules:1:\d+: error: .* \(error 2: ENOENT\)\n/);
});

test("a base can be read from standard input", async () => {
  const { code, stdout } = await labelgate([...FROM_TX, ...SHIPPED, "--base", "-"], { input: BASE });
  assert.equal([code, linesOf(stdout).length], [0, 2]);
});

test.run();
