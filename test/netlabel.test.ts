// NetLabel's configuration: scripts of netlabelctl as a policy, in both spellings, or what is wrong and where.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importNetlabel } from "../ts/import/netlabel.ts";
import { MAX_COMMANDS } from "../ts/import/netlabel-script.ts";
import { MAX_TAGS } from "../ts/import/netlabel-state.ts";
import { formatLabel, makeLabel } from "../ts/label.ts";
import { translate } from "../ts/policy/dois.ts";
import { readPolicy, resolvePolicy } from "../ts/policy/read.ts";
import { judge } from "./both.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("netlabel");

const read = (...texts: readonly string[]) =>
  importNetlabel(texts.map((text, i) => ({ name: texts.length === 1 ? "f" : `f${i}`, text })));
const OFF = "unlbl accept off\n";
/** Everything that is said, without the note on `accept on`. */
const said = (text: string): string[] =>
  read(`${OFF}${text}`).notes.map(
    ({ severity, line, column, message }) => `${line! - 1}:${column} ${severity} ${message}`,
  );
const policyOf = (text: string) => {
  const { policy, notes } = read(`${OFF}${text}`);
  assert.ok(policy !== null, notes.map(({ message }) => message).join("; "));
  assert.equal(readPolicy(policy).problems, []);
  return policy;
};

test("the fixture is a policy that says the same", () => {
  const text = readFileSync(new URL("../fixtures/netlabel/netlabel.rules", import.meta.url), "utf8");
  const { policy, notes } = read(text);
  assert.equal(policy, {
    doi: 16,
    profile: "linux",
    dois: { "8": { mode: "translate", to: 16, levels: { "0": 0, "1": 5 }, categories: { "0": 1, "1": 0 } } },
    interfaces: [],
    partitions: [],
    templates: {
      "cipso-16": { type: "labelled", doi: 16, range: ["0", "255:0.65534"] },
      "cipso-8": { type: "labelled", doi: 8, range: ["0", "255:0.65534"] },
      "calipso-16": { type: "labelled", doi: 16, range: ["0", "255:0.65534"] },
      "static 1": { type: "unlabelled", label: "1" },
    },
    hosts: {
      "198.51.100.0/24": "cipso-16",
      "198.51.100.8/32": "cipso-8",
      "2001:db8:1::/48": "calipso-16",
      "203.0.113.0/24": "static 1",
      "203.0.113.128/25": "static 1",
    },
  });
  assert.equal(
    notes.map(({ severity, line }) => `${severity} ${line}`),
    ["lost 4", "lost 7", "lost 8", "lost 9", "warning 13"],
  );
  assert.equal(readPolicy(policy).problems, []);
});

test("both spellings, with the program's name and flags or without", () => {
  const old = "netlabelctl -p -t 5 cipsov4 add std doi:8 tags:1 levels:5=1\nnetlabelctl -v map del default";
  const young = "cipso add trans doi:8 tags:1 levels:5=1 ; map del default";
  assert.equal(policyOf(old), policyOf(young));
  assert.equal(
    policyOf("/usr/sbin/netlabelctl cipsov4 add pass doi:3 tags:1,2,5"),
    policyOf("cipso add pass doi:3 tags:1,2,5"),
  );
});

test("a map is local=remote: their 1:7 stands for our 5:0, and a packet says so", () => {
  const policy = policyOf(
    "cipso add trans doi:8 tags:1 levels:5=1 categories:0=7\nmap add default address:198.51.100.0/24 protocol:cipso,8",
  );
  const { translations } = resolvePolicy(policy);
  assert.is(formatLabel(translate(makeLabel(8, 1, [7]), translations)!), "5:0");
  const gate = {
    ...policy,
    interfaces: [{ name: "n", addresses: ["192.0.2.1"] }],
    partitions: [{ name: "five", label: "5:0" }],
  };
  const from = (level: number, categories: number[]) => ipv4({ options: cipso(level, categories, 8) });
  assert.equal(judge(gate, from(1, [7]), from(5, [0])), ["five", "LABEL_NOT_MAPPED"]);
});

test("runs of one step are written as runs", () => {
  const pairs = Array.from({ length: 240 }, (_, i) => `${i + 100}=${i}`).join(",");
  const policy = policyOf(`cipso add trans doi:8 tags:1 levels:1=1 categories:${pairs},5=1000`);
  const { categories } = policy.dois!["8"] as { categories: unknown };
  assert.equal(categories, { "0.239": "100.339", "1000": 5 });
});

test("NetLabel's labels have one DOI here: the lowest that passes, else one that nobody else's is", () => {
  const two = policyOf("cipso add pass doi:9 tags:1,2,5\ncalipso add pass doi:4");
  assert.equal([two.doi, two.dois], [4, { "9": { mode: "pass", to: 4 } }]);
  const none = policyOf("cipso add trans doi:1 tags:1 levels:1=1\ncipso add trans doi:2 tags:1 levels:1=1");
  assert.equal([none.doi, Object.keys(none.dois!)], [3, ["1", "2"]]);
});

test("commands take effect in order: what is deleted is gone, with what is mapped to it", () => {
  const map = "map add default address:10.0.0.0/8 protocol:cipso,3";
  const add = "cipso add pass doi:3 tags:1,2,5";
  assert.equal(policyOf(`${add}\n${map}\ncipso del doi:3`).hosts, {});
  assert.equal(policyOf(`${add}\n${map}\nmap del default address:10.0.0.0/8`).hosts, {});
  assert.equal(policyOf(`${add}\n${map}\nmap del default`).hosts, {});
  const host = "default address:10.0.0.1 label:u:r:t:s3";
  assert.equal(policyOf(`unlbl add ${host}`).hosts, { "10.0.0.1/32": "static 3" });
  assert.equal(policyOf(`unlbl add ${host}\nunlbl del default address:10.0.0.1`).hosts, {});
  const again = `${add}\n${map}\ncipso del doi:3\n${add}\n${map}`;
  assert.equal(policyOf(again).hosts, { "10.0.0.0/8": "cipso-3" });
});

test("a second file goes on where the first ended", () => {
  const { policy } = read("cipso add pass doi:3 tags:1,2,5", "map add default address:10.0.0.0/8 protocol:cipso,3");
  assert.equal(policy!.hosts, { "10.0.0.0/8": "cipso-3" });
  const { notes } = read("map add default address:10.0.0.0/8 protocol:cipso,3", "cipso add pass doi:3 tags:1");
  assert.equal(
    notes.filter(({ severity }) => severity === "error").map(({ file }) => file),
    ["f0"],
  );
});

test("the whole of IPv4 is mapped by default to cipso, of IPv6 to calipso", () => {
  const both = "map del default\ncipso add pass doi:3 tags:1,2,5\ncalipso add pass doi:3\nmap add default protocol:";
  assert.equal(policyOf(`${both}cipso,3`).hosts, { "0.0.0.0/0": "cipso-3" });
  assert.equal(policyOf(`${both}calipso,3`).hosts, { "::/0": "calipso-3" });
});

const ADDED = "cipso add pass doi:3 tags:1,2,5\n";
const ERRORS: readonly (readonly [what: string, text: string, ...said: string[]])[] = [
  [
    "no module",
    "cipso6 add",
    '1:1 error "cipso6" is no module of netlabelctl: expected mgmt, map, unlbl, cipso, cipsov4, calipso',
  ],
  [
    "the program alone",
    "netlabelctl -p",
    '1:1 error "netlabelctl" is no module of netlabelctl: expected mgmt, map, unlbl, cipso, cipsov4, calipso',
  ],
  ["no command", "map", "1:1 error map: a command is missing: add, del, list …"],
  ["another command", "map toString", '1:5 error "toString": map has add, del, list'],
  ["another type", "calipso add trans doi:3", "1:13 error expected pass behind add"],
  ["no DOI", "cipso add pass tags:1,2,5", "1:7 error doi: is missing"],
  ["DOI 0", "cipso add pass doi:0 tags:1,2,5", '1:16 error doi "0": expected 1 to 4294967295'],
  ["a DOI that atoi would take", "cipso add pass doi:3x tags:1,2,5", '1:16 error doi "3x": expected 1 to 4294967295'],
  ["no tags", "cipso add pass doi:3", "1:7 error tags: is missing: 1, or for pass 1,2,5"],
  ["a tag nobody has", "cipso add pass doi:3 tags:1,6", '1:22 error tags "1,6": pass has 1, 2, 5 (EINVAL)'],
  ["a ranged tag translated", "cipso add trans doi:3 tags:5 levels:1=1", '1:23 error tags "5": trans has 1 (EINVAL)'],
  [
    "no levels",
    "cipso add trans doi:3 tags:1",
    "1:7 error levels: is missing: local=remote, with commas between (EINVAL)",
  ],
  [
    "half a pair",
    "cipso add trans doi:3 tags:1 levels:0",
    '1:30 error levels "0": expected local=remote, each 0 to 255',
  ],
  [
    "a level above 255",
    "cipso add trans doi:3 tags:1 levels:0=256",
    '1:30 error levels "0=256": expected local=remote, each 0 to 255',
  ],
  [
    "a category above 2047",
    "cipso add trans doi:3 tags:1 levels:0=0 categories:2048=1",
    '1:41 error categories "2048=1": expected local=remote, each 0 to 2047',
  ],
  [
    "two for one",
    "cipso add trans doi:3 tags:1 levels:0=0,0=1",
    '1:30 error levels "0=1": one of the two has a counterpart already; a table is read both ways',
  ],
  [
    "one for two",
    "cipso add trans doi:3 tags:1 levels:0=0,1=0",
    '1:30 error levels "1=0": one of the two has a counterpart already; a table is read both ways',
  ],
  [
    "a DOI twice",
    `${ADDED}cipso add pass doi:3 tags:1,2,5`,
    "2:7 error cipso DOI 3 is there already (EEXIST); delete it first",
  ],
  ["a DOI that is not there", "cipso del doi:3", "1:7 error there is no cipso DOI 3 (ENOENT)"],
  [
    "a DOI of both kinds",
    `${ADDED.replace("cipso", "calipso").replace(" tags:1,2,5", "")}cipso add trans doi:3 tags:1 levels:0=0`,
    "2:7 error DOI 3 is translated for cipso and passed for calipso; here a DOI is one, whatever carries it",
    "2:7 lost tags 1: tags 2 and 5 of DOI 3 are read too",
  ],
  [
    "a word it does not know",
    "cipso del doi:3 dio:4",
    '1:17 error "dio:4": expected doi:…',
    "1:7 error there is no cipso DOI 3 (ENOENT)",
  ],
  ["a word twice", `${ADDED}cipso del doi:3 doi:3`, "2:17 error doi stands here twice"],
  ["a map of nobody", "map add protocol:unlbl", "1:5 error expected default or domain:NAME"],
  [
    "a map without protocol",
    "map add default address:10.0.0.1",
    "1:5 error protocol: is missing: unlbl, cipso,DOI or calipso,DOI",
  ],
  [
    "another protocol",
    "map add default protocol:ipsec",
    '1:17 error protocol "ipsec": expected unlbl, cipso,DOI or calipso,DOI',
  ],
  [
    "a DOI that is not configured",
    "map add default address:10.0.0.1 protocol:cipso,3",
    "1:34 error cipso DOI 3 is not configured (ENOENT); add it first",
  ],
  [
    "cipso for IPv6",
    `${ADDED}map add default address:::1 protocol:cipso,3`,
    "2:29 error cipso is for IPv4 addresses (EINVAL)",
  ],
  [
    "a map twice",
    "map add default protocol:unlbl",
    "1:5 error default is mapped already (EEXIST); delete that map first",
  ],
  ["a map that is not there", "map del domain:x", '1:5 error "x" is not mapped (ENOENT)'],
  [
    "no address",
    "unlbl add default address:10.0.0 label:u:r:t:s0",
    '1:19 error "10.0.0" is no address: expected 192.0.2.1 or 2001:db8::1',
  ],
  ["accept what", "unlbl accept maybe", "1:14 error expected on or off"],
  [
    "a static label twice",
    "unlbl add default address:10.0.0.1 label:u:r:t:s0\nunlbl add default address:10.0.0.1/32 label:u:r:t:s1",
    "2:7 error 10.0.0.1/32 has a static label there already (EEXIST); delete it first",
  ],
  [
    "a static label that is not there",
    "unlbl del interface:eth0 address:10.0.0.1",
    "1:7 error 10.0.0.1/32 has no static label there (ENOENT)",
  ],
  [
    "no label",
    "unlbl add default address:10.0.0.1",
    "1:7 error label: is missing: a context as system_u:object_r:netlabel_peer_t:s0",
  ],
  [
    "a level that is none",
    "unlbl add default address:10.0.0.1 label:u:r:t:secret",
    '1:7 error "secret" is no level of SELinux: expected s5 or s5:c0,c2.c4',
  ],
  [
    "one label by a device, another by all",
    "unlbl add default address:10.0.0.0/8 label:u:r:t:s1\nunlbl add interface:eth0 address:10.1.0.0/16 label:u:r:t:s2",
    "2:7 error 10.1.0.0/16 by eth0 has another label than 10.0.0.0/8 by any device; here a sender has one label, whatever its packets come by",
    '2:7 warning interface "eth0": the device a sender\'s packets come by is not tested here',
  ],
  [
    "a variable",
    "cipso add pass doi:$DOI tags:1",
    '1:16 error "doi:$DOI": scripts of plain commands are read, no other shell syntax',
    "1:7 error doi: is missing",
  ],
  ["a pipe", "map list | cat", '1:10 error "|": scripts of plain commands are read, no other shell syntax'],
  [
    "a quote that does not end",
    'map del "default\nmap list',
    '1:9 error the quote " is not closed on its line',
    "1:5 error expected default or domain:NAME",
  ],
];

for (const [what, text, ...expected] of ERRORS) {
  test(`refused: ${what}`, () => {
    assert.is(read(`${OFF}${text}`).policy, null);
    assert.equal(said(text).sort(), [...expected].sort());
  });
}

const LOST: readonly (readonly [what: string, text: string, ...said: string[]])[] = [
  [
    "a local DOI, and what is mapped to it",
    "cipso add local doi:9\nmap add default address:10.0.0.1 protocol:cipso,9",
    "1:7 lost DOI 9 is local: its labels never leave the machine; left out",
    "2:5 lost DOI 9 is local: the map is for the machine itself; left out",
  ],
  [
    "a domain",
    `${ADDED}map add domain:x address:10.0.0.1 protocol:cipso,3`,
    '2:5 lost domain "x": there are no LSM domains here; the map is left out',
  ],
  [
    "a context without a level",
    "unlbl add default address:10.0.0.1 label:Smack",
    '1:7 lost "Smack" has no level (user:role:type:level); left out',
  ],
  [
    "a range of levels",
    "unlbl add default address:10.0.0.1 label:u:r:t:s1:c1-s2:c1",
    '1:7 lost "s1:c1-s2:c1" is a range; its low end "s1:c1" is taken',
  ],
  [
    "host bits",
    "unlbl add default address:10.1.2.3/8 label:u:r:t:s0",
    '1:19 warning "10.1.2.3/8" has host bits behind its prefix; it is 10.0.0.0/8',
  ],
  ["levels for pass", "cipso add pass doi:3 tags:1,2,5 levels:0=0", "1:33 warning levels mean nothing for pass"],
  [
    "a static label of a host that labels",
    `${ADDED}map add default address:10.0.0.1 protocol:cipso,3\nunlbl add default address:10.0.0.1 label:u:r:t:s0`,
    "2:5 lost 10.0.0.1/32: a map is for what is sent; the hosts are taken for senders that label, with any label of DOI 3",
    "3:7 lost 10.0.0.1/32 is a sender that labels (by a map), and has a static label; the static label is left out",
  ],
];

for (const [what, text, ...expected] of LOST) {
  test(`said: ${what}`, () => {
    policyOf(text);
    assert.equal(said(text), expected);
  });
}

test("accept on, the kernel's default, opens nothing and is said, where it stands or of the file", () => {
  const message =
    "unlbl accept on: unlabelled packets without a static label pass, with the LSM's own; here they are dropped";
  const of = (text: string) => read(text).notes.map((note) => [note.line, note.message]);
  assert.equal(of("mgmt version"), [[null, message]]);
  assert.equal(of("# first\nunlbl accept on"), [[2, message]]);
  assert.equal(of("unlbl accept on\nunlbl accept 0"), []);
});

test("comments, quotes, continued lines, blanks of all kinds, and a byte order mark", () => {
  const text = "\uFEFF# x\r\n  cipso add \\\n\tpass \"doi:3\" tags:'1,2',5 # y\r\n\n&& mgmt version";
  assert.equal(policyOf("").dois, {});
  assert.is(read(`${text}\n${OFF}`).policy?.doi, 3);
});

test(`${MAX_TAGS} tags are taken, one more is not; so are ${MAX_COMMANDS} commands`, () => {
  const tags = (count: number) => read(`cipso add pass doi:3 tags:${new Array(count).fill(1).join(",")}`).policy;
  assert.ok(tags(MAX_TAGS) !== null && tags(MAX_TAGS + 1) === null);
  const commands = (count: number) => read("mgmt version\n".repeat(count)).policy;
  assert.ok(commands(MAX_COMMANDS) !== null);
  assert.is(commands(MAX_COMMANDS + 1), null);
});

test("any text is read or refused, with places that are there, and what comes out is a policy", () => {
  const word = fc.constantFrom(
    ...[
      "cipso",
      "calipso",
      "map",
      "unlbl",
      "mgmt",
      "add",
      "del",
      "pass",
      "trans",
      "default",
      "netlabelctl",
      "accept",
      "on",
    ],
    ...["doi:3", "doi:0", "tags:1", "levels:1=1", "categories:0=0,1=1", "address:10.0.0.0/8", "protocol:cipso,3"],
    ...[
      "protocol:unlbl",
      "label:u:r:t:s0-s1",
      "interface:eth0",
      "domain:x",
      ";",
      "&&",
      "#",
      "\n",
      "\\\n",
      '"',
      "'",
      "$x",
      "__proto__",
    ],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word, { maxLength: 30 }).map((words) => words.join(" ")),
      ),
      (text) => {
        const { policy, notes } = read(text);
        const lines = text.split("\n");
        for (const { line, column } of notes) {
          assert.ok(line === null || (line >= 1 && line <= lines.length));
          assert.ok(line === null || (column! >= 1 && column! <= lines[line - 1]!.length + 1));
        }
        assert.is(
          policy === null,
          notes.some(({ severity }) => severity === "error"),
        );
        if (policy !== null) assert.equal(readPolicy(policy).problems, []);
      },
    ),
    { numRuns: 3000 },
  );
});

test("a generated table comes out as it went in", () => {
  const table = (most: number) =>
    fc
      .uniqueArray(fc.tuple(fc.nat(most), fc.nat(most)), { maxLength: 30, minLength: 1, selector: ([local]) => local })
      .map((pairs) => {
        const seen = new Set<number>();
        return pairs.filter(([, remote]) => !seen.has(remote) && seen.add(remote));
      });
  fc.assert(
    fc.property(table(255), table(2047), (levels, categories) => {
      const text = (pairs: readonly (readonly [number, number])[]) =>
        pairs.map(([local, remote]) => `${local}=${remote}`).join(",");
      const policy = policyOf(`cipso add trans doi:8 tags:1 levels:${text(levels)} categories:${text(categories)}`);
      const translation = resolvePolicy(policy).translations.get(8)!;
      const sorted = (pairs: Iterable<readonly [number, number]>) => [...pairs].sort(([a], [b]) => a - b);
      assert.equal(sorted(translation.levels!), sorted(levels.map(([local, remote]) => [remote, local] as const)));
      assert.equal(
        sorted(translation.categories!),
        sorted(categories.map(([local, remote]) => [remote, local] as const)),
      );
    }),
    { numRuns: 200 },
  );
});

test.run();
