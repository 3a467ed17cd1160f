import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importNetlabel } from "../ts/import/netlabel.ts";
import { MAX_TAGS } from "../ts/import/netlabel-commands.ts";
import { MAX_MAPPED_CATEGORY } from "../ts/policy/model.ts";
import { errorOf, notesOf, policyOf, script } from "./netlabels.ts";

const test = suite("netlabel");

const PASS = "cipso add pass doi:16 tags:1,2,5";

test("the fixture is imported whole", () => {
  const text = readFileSync(new URL("../fixtures/netlabel/netlabel.rules", import.meta.url), "utf8");
  const reading = importNetlabel([{ name: "netlabel.rules", text }]);
  const range = ["0", "255:0.65534"];
  assert.equal(policyOf(reading), {
    doi: 16,
    profile: "linux",
    dois: {
      8: {
        mode: "translate",
        to: 16,
        levels: { 1: 0, 2: 1 },
        categories: { 0: 1, 1: 0, "20.22": "10.12" },
      },
    },
    interfaces: [],
    partitions: [],
    templates: {
      "cipso-16": { type: "labelled", doi: 16, range },
      "cipso-8": { type: "labelled", doi: 8, range },
      "calipso-16": { type: "labelled", doi: 16, range },
      "unlbl-0:7": { type: "unlabelled", label: "0:7" },
      "unlbl-0": { type: "unlabelled", label: "0" },
    },
    hosts: {
      "192.0.2.9/32": "unlbl-0:7",
      "192.0.2.0/24": "cipso-16",
      "198.51.100.0/24": "cipso-8",
      "203.0.113.0/24": "unlbl-0",
      "2001:db8::/32": "calipso-16",
    },
  });
  assert.equal(
    reading.notes.map(({ severity, file, line, column }) => [severity, file, line, column]),
    [
      ["lost", "netlabel.rules", 9, 1],
      ["lost", "netlabel.rules", 12, 1],
    ],
  );
});

test("both spellings, with netlabelctl, a path to it, flags, or none of them, are the same", () => {
  const plain = [
    "cipso add trans doi:8 tags:1 levels:0=1 categories:2=3",
    "map add default address:192.0.2.0/24 protocol:cipso,8",
  ];
  const old = [
    "netlabelctl -p cipsov4 add std doi:8 tags:1 levels:0=1 categories:2=3",
    "/usr/sbin/netlabelctl -t 5 -v map add default address:192.0.2.0/24 protocol:cipsov4,8",
  ];
  const mixed = [
    "-pv cipso categories:2=3 add -t5".replace(
      "categories:2=3 add",
      "add categories:2=3 levels:0=1 tags:1 doi:8 trans",
    ),
    "map add protocol:cipso,8 address:192.0.2.0/24 default -p",
  ];
  const expected = policyOf(script(...plain));
  assert.equal(policyOf(script(...old)), expected);
  assert.equal(policyOf(script(...mixed)), expected);
});

test("commands that configure nothing are passed over without a note", () => {
  const lines = ["mgmt version", "mgmt protocols", "cipso list", "cipsov4 list doi:3", "calipso list", "map list"];
  const { notes } = script(...lines, "netlabelctl -p unlbl list", "netlabelctl -h", "netlabelctl -V map");
  assert.equal(notes, []);
});

test("nothing but a policy without anything comes of no file, and an empty file is odd", () => {
  const { policy, notes } = importNetlabel([]);
  assert.equal([policy?.doi, policy?.hosts, notes], [1, {}, []]);
  const empty = importNetlabel([{ name: "empty", text: "# nothing\n" }]);
  assert.is(empty.notes[0]?.message, "holds no command: expected netlabelctl commands, one a line");
  assert.equal([empty.notes[0]?.severity, empty.notes[0]?.line], ["warning", null]);
  assert.ok(empty.policy !== null);
});

test("files are one configuration, and notes are by file and line", () => {
  const { policy, notes } = importNetlabel([
    { name: "b", text: `unlbl accept off\nmap del default\n${PASS}` },
    { name: "a", text: "cipso add local doi:9\nmap add default protocol:cipso,16" },
  ]);
  assert.equal(policy?.hosts, { "0.0.0.0/0": "cipso-16" });
  assert.equal(
    notes.map(({ file, line, severity }) => [file, line, severity]),
    [
      ["a", 1, "lost"],
      ["a", 2, "lost"],
    ],
  );
});

test("a del takes away what an add made, and it can be added anew, otherwise", () => {
  const reading = script(
    PASS,
    "map add default protocol:cipso,16",
    "map del default",
    "cipso del doi:16",
    "cipso add pass doi:17 tags:1,2,5",
    "map add default address:192.0.2.0/24 protocol:cipso,17",
    "unlbl add default address:203.0.113.0/24 label:u:r:t:s0",
    "unlbl del default address:203.0.113.0/24",
    "unlbl add default address:203.0.113.0/24 label:u:r:t:s1",
    "calipso add pass doi:5",
    "calipso del doi:5",
    "map add domain:x protocol:unlbl",
    "map del domain:x",
  );
  const { doi, dois, hosts } = policyOf(reading);
  assert.equal([doi, dois, hosts], [17, {}, { "192.0.2.0/24": "cipso-17", "203.0.113.0/24": "unlbl-1" }]);
});

for (const [name, expected, ...lines] of [
  ["a DOI again", "2:1 [17] CIPSO DOI 16 is there already (line 3); delete it first", PASS, PASS],
  ["a DOI that is not there", "1:1 [2] there is no CIPSO DOI 16 to delete", "cipso del doi:16"],
  ["a DOI of the other scheme", "2:1 [2] there is no CALIPSO DOI 16 to delete", PASS, "calipso del doi:16"],
  [
    "a DOI that a map of the default has",
    "3:1 [16] CIPSO DOI 16 is used by a map (line 4); delete that first",
    PASS,
    "map add default protocol:cipso,16",
    "cipso del doi:16",
  ],
  ["a map that is not there", "1:1 [2] the default domain has no map to delete", "map del default"],
  ["a domain's map that is not there", '1:1 [2] domain "x" has no map to delete', "map del domain:x"],
  [
    "a map to a DOI that is not configured",
    "1:1 [22] there is no CIPSO DOI 16; add it before its map",
    "map add default protocol:cipso,16",
  ],
  [
    "a map to a DOI of the other scheme",
    "2:1 [22] there is no CALIPSO DOI 16; add it before its map",
    PASS,
    "map add default protocol:calipso,16",
  ],
  [
    "two maps for one prefix, written differently",
    "2:1 [17] the default domain has a map for 192.0.2.0/24 already (line 3); delete the domain's maps first",
    "map add default address:192.0.2.0/24 protocol:unlbl",
    "map add default protocol:unlbl address:192.0.2.0/024",
  ],
  [
    "a map beside one for every destination",
    "2:1 [22] the default domain has a map already (line 3); a map for every destination is the only one of its domain",
    "map add default protocol:unlbl,4",
    "map add default address:192.0.2.0/24 protocol:unlbl",
  ],
  [
    "a map for every destination beside one with an address",
    "2:1 [22] the default domain has a map already (line 3); a map for every destination is the only one of its domain",
    "map add default address:2001:db8::/32 protocol:unlbl",
    "map add default protocol:unlbl",
  ],
  [
    "a static entry again",
    '2:1 [17] interface "eth0" has an entry for 192.0.2.1/32 already (line 3); delete it first',
    "unlbl add interface:eth0 address:192.0.2.1 label:u:r:t:s0",
    "unlbl add interface:eth0 address:192.0.2.1/32 label:u:r:t:s0",
  ],
  [
    "a static entry that is not there",
    "2:1 [2] the default interface has no entry for 192.0.2.0/25 to delete",
    "unlbl add default address:192.0.2.0/24 label:u:r:t:s0",
    "unlbl del default address:192.0.2.0/25",
  ],
] as const) {
  test(`what the kernel refuses is an error with its number: ${name}`, () => assert.is(errorOf(...lines), expected));
}

test("a domain's map for every destination goes with its DOI", () => {
  const lines = [PASS, "map add domain:x protocol:cipso,16", "cipso del doi:16"];
  assert.equal(script(...lines).notes, []);
  assert.is(errorOf(...lines, "map del domain:x"), '4:1 [2] domain "x" has no map to delete');
});

test("a map that comes before the kernel's own is deleted is taken, with a warning", () => {
  const text = `unlbl accept off\n${PASS}\nmap add default protocol:cipso,16\nmap add default protocol:unlbl,6`;
  const { policy, notes } = importNetlabel([{ name: "rules", text }]);
  assert.equal(policy?.hosts, { "0.0.0.0/0": "cipso-16" });
  const warnings = notes.filter(({ severity }) => severity === "warning");
  assert.equal(
    warnings.map(({ line, column, code }) => [line, column, code]),
    [
      [3, 1, 22],
      [4, 1, 22],
    ],
  );
  assert.match(warnings[0]!.message, /^the kernel begins with a default map .*; write "map del default" before it$/);
});

const trans = (rest: string): string => `cipso add trans doi:8 tags:1 ${rest}`;

for (const [line, expected] of [
  ["netlabelctl", "1:1 [22] no module stands here: expected cipso, calipso, map, unlbl or mgmt"],
  [
    "echo x",
    '1:1 "echo" is no command that is read: expected netlabelctl, or its module cipso, calipso, map, unlbl or mgmt',
  ],
  ["netlabelctl -x map list", '1:13 "-x" is no flag: expected -p, -v, -t SECONDS, -h or -V'],
  ["netlabelctl -t map list", "1:16 -t takes a number of seconds"],
  ["cipso", "1:1 [22] no command stands here: expected add, del, list"],
  ["cipso put", '1:7 [22] "put" is no command of cipso: expected add, del, list'],
  ["map list x", '1:10 [22] "x" is not known here: nothing stands behind this command'],
  ["cipso list x", '1:12 [22] "x" is not known here: expected doi:NUMBER or nothing'],
  ["cipso add doi:8 tags:1", "1:1 [22] the type is missing: expected pass, trans, std, local"],
  [
    "cipso add pass local doi:8 tags:1",
    "1:16 pass or trans or std or local stands here already; leave one of them out",
  ],
  ["cipso add pass doi:8 doi:9 tags:1", "1:22 doi: stands here already; leave one of them out"],
  ["cipso add pass tags:1", "1:1 [22] doi: is missing: expected doi:NUMBER"],
  ["cipso add pass doi:0 tags:1", '1:20 [22] "0" is no DOI: expected 1 to 4294967295; 0 is reserved'],
  ["cipso add pass doi:4294967296 tags:1", '1:20 "4294967296" is no DOI: expected 1 to 4294967295'],
  ["cipso add pass doi:8x tags:1", '1:20 "8x" is no DOI: expected 1 to 4294967295'],
  ["cipso add pass doi:0:0:0:8 tags:1", '1:20 "0:0:0:8" is no DOI: expected 1 to 4294967295'],
  ["cipso add pass doi:-8 tags:1", '1:20 "-8" is no DOI: expected 1 to 4294967295'],
  ["cipso add pass doi:8", "1:1 [22] tags: is missing: expected tags:1,2,5"],
  ["cipso add pass doi:8 tags:", '1:27 [22] "" is no tag: expected 1, 2 or 5'],
  ["cipso add pass doi:8 tags:1,6", '1:29 [22] "6" is no tag: expected 1, 2 or 5'],
  ["cipso add pass doi:8 tags:7,1", '1:27 [22] "7" is no tag: expected 1, 2 or 5'],
  [
    "cipso add pass doi:8 tags:1 colour:red",
    '1:29 [22] "colour:red" is not known here: expected pass, trans, std, local, doi:, tags:, levels: and categories:',
  ],
  ["cipso add trans doi:8 levels:0=0", "1:1 [22] tags: is missing: expected tags:1"],
  ["cipso add trans doi:8 tags:1,2 levels:0=0", "1:30 [22] tag 2 can't be translated: expected tags:1"],
  [trans(""), "1:1 [22] levels: is missing: expected levels:LOCAL=REMOTE,…"],
  [trans("levels:0"), '1:37 "0" has no counterpart: expected LOCAL=REMOTE'],
  [trans("levels:0=0,1"), '1:41 "1" has no counterpart: expected LOCAL=REMOTE'],
  [trans("levels:0=0,"), '1:41 "" has no counterpart: expected LOCAL=REMOTE'],
  [trans("levels:0="), '1:39 "" is no remote level: expected 0 to 255'],
  [trans("levels:0=256"), '1:39 [22] "256" is no remote level: expected 0 to 255'],
  [trans("levels:256=0"), '1:37 "256" is no local level: expected 0 to 255'],
  [trans("levels:0=0=0"), '1:39 "0=0" is no remote level: expected 0 to 255'],
  [
    trans("levels:0=0 categories:2048=0"),
    "1:52 local category 2048: a policy translates categories 0 to 2047; leave it out, and its labels are dropped",
  ],
  [
    trans("levels:0=0 categories:0=2048"),
    "1:54 remote category 2048: a policy translates categories 0 to 2047; leave it out, and its labels are dropped",
  ],
  [trans("levels:0=0 categories:0=65535"), '1:54 [22] "65535" is no remote category: expected 0 to 2047'],
  [trans("levels:0=0 categories:c0=1"), '1:52 "c0" is no local category: expected 0 to 2047'],
  ["calipso add pass doi:8 tags:1", '1:24 [22] "tags:1" is not known here: expected pass, doi:'],
  ["cipso del", "1:1 [22] doi: is missing: expected doi:NUMBER"],
  ["cipso add local doi:8; cipso del doi:8 x", '1:40 [22] "x" is not known here: expected doi:NUMBER'],
  ["map add protocol:unlbl", "1:1 [22] expected default or domain:NAME"],
  ["map add default domain:x protocol:unlbl", "1:24 default and domain: exclude each other; leave one of them out"],
  ["map add domain: protocol:unlbl", "1:16 [22] the name is missing: expected domain:NAME"],
  ["map add default", "1:1 [22] protocol: is missing: expected protocol:unlbl, cipso,DOI or calipso,DOI"],
  [
    "map add default protocol:ripso,1",
    '1:26 [22] "ripso,1" is no protocol: expected protocol:unlbl, cipso,DOI or calipso,DOI',
  ],
  [
    "map add default protocol:cipso,1,2",
    '1:26 [22] "cipso,1,2" is no protocol: expected protocol:unlbl, cipso,DOI or calipso,DOI',
  ],
  ["map add default protocol:cipso", "1:26 [22] the DOI is missing: expected protocol:unlbl, cipso,DOI or calipso,DOI"],
  ["map add default protocol:cipso,0", '1:32 [22] "0" is no DOI: expected 1 to 4294967295; 0 is reserved'],
  ["map add default protocol:unlbl,5", '1:32 [22] "5" is no IP version: expected unlbl,4 or unlbl,6'],
  ["map add default address:2001:db8::1 protocol:unlbl,4", "1:25 [22] an IPv6 address, but unlbl,4 is for IPv4"],
  ["map add default address:192.0.2.1 protocol:unlbl,6", "1:25 [22] an IPv4 address, but unlbl,6 is for IPv6"],
  [
    "map add default address:192.0.2 protocol:unlbl",
    '1:25 [22] "192.0.2" is no address: expected 192.0.2.1 or 2001:db8::1',
  ],
  [
    "map add default address:192.0.2.1/33 protocol:unlbl",
    '1:25 [22] "192.0.2.1/33": expected a prefix length of 0 to 32',
  ],
  [
    "map add default address:010.0.0.1 protocol:unlbl",
    '1:25 [22] "010.0.0.1": leading zeros are octal to some; leave them out',
  ],
  [
    "map add default protocol:unlbl; map del default address:192.0.2.1",
    '1:49 [22] "address:192.0.2.1" is not known here: expected default or domain:NAME; a map goes with all of its addresses',
  ],
  ["unlbl accept", "1:1 [22] on or off is missing"],
  ["unlbl accept maybe", '1:14 [22] "maybe": expected on or off'],
  ["unlbl accept on off", '1:17 [22] "off" is not known here: expected on or off'],
  ["unlbl add default label:u:r:t:s0", "1:1 [22] address: is missing: expected address:PREFIX"],
  ["unlbl add default address:192.0.2.1", "1:1 [22] label: is missing: expected label:CONTEXT"],
  ["unlbl add interface: address:192.0.2.1 label:u:r:t:s0", "1:21 [22] the name is missing: expected interface:NAME"],
  ["unlbl add default address:192.0.2.1 label:", "1:43 [22] the label is missing: expected label:user:role:type:level"],
  [
    "unlbl add default address:192.0.2.1 label:u:r:t:SystemLow",
    '1:49 [22] "SystemLow" is no MLS level: expected s0 or s0:c0,c2.c4',
  ],
  ["unlbl add default address:192.0.2.1 label:u:r:t:s0:c3.c3", '1:49 [22] "c3.c3": the first must be below the last'],
  ["unlbl add default address:192.0.2.1 label:u:r:t:s0:3", '1:49 [22] "3" is no category: expected c0 or c2.c4'],
  ["unlbl add default address:192.0.2.1 label:u:r:t:s0-", '1:52 [22] "" is no MLS level: expected s0 or s0:c0,c2.c4'],
  [
    "unlbl add default address:192.0.2.1 label:u:r:t:s1-s0",
    '1:49 [22] "s1-s0" is no range: its high end does not dominate its low end',
  ],
] as const) {
  test(`an error has its place and the mend: ${line}`, () => assert.is(errorOf(line), expected));
}

test("a DOI is 1 to 4294967295", () => {
  for (const doi of [1, 4294967295]) assert.is(policyOf(script(`calipso add pass doi:${doi}`)).doi, doi);
});

test(`a DOI has ${MAX_TAGS} tags at most, and a repeated one is odd`, () => {
  const tags = (count: number): string => `cipso add pass doi:8 tags:${"1,2,5,1,2,5".split(",").slice(0, count)}`;
  assert.equal(notesOf(script(tags(MAX_TAGS)), "warning"), [
    "1:33 tag 1 stands here already",
    "1:35 tag 2 stands here already",
  ]);
  assert.is(errorOf(tags(MAX_TAGS + 1)), "1:37 [22] 6 tags: at most 5");
});

test(`levels up to 255 and categories up to ${MAX_MAPPED_CATEGORY} are translated, on either side`, () => {
  const { dois } = policyOf(script(trans("levels:0=255,255=0 categories:0=2047,2047=0")));
  const levels = { 0: 255, 255: 0 };
  assert.equal(dois, { 8: { mode: "translate", to: 1, levels, categories: { 0: 2047, 2047: 0 } } });
});

test("all errors are reported at once, of one line too", () => {
  const errors = notesOf(script("cipso add trans doi:x tags:9 levels:0 z", "map add", "$", "unlbl del"), "error");
  assert.equal(
    errors.map((error) => error.split(" ")[0]),
    ["1:21", "1:28", "1:37", "1:39", "2:1", "2:1", "3:1", "4:1", "4:1"],
  );
});

test("an error in a DOI's tables brings no further one of commands that use it", () => {
  assert.is(
    errorOf(trans("levels:0"), "map add default protocol:cipso,8", "map del default", "cipso del doi:8"),
    '1:37 "0" has no counterpart: expected LOCAL=REMOTE',
  );
});

test("accept is on from the beginning; on is never opened, and said once, where it was set last", () => {
  const lost = (text: string) =>
    importNetlabel([{ name: "rules", text }]).notes.map(({ line, severity }) => [line, severity]);
  assert.equal(lost("map del default"), [[null, "lost"]]);
  assert.equal(lost("unlbl accept off\nunlbl accept on"), [[2, "lost"]]);
  assert.equal(lost("unlbl accept ON\nunlbl accept 0"), []);
  assert.equal(policyOf(importNetlabel([{ name: "rules", text: "unlbl accept 1" }])).hosts, {});
});

test("names that JavaScript knows are names like any other", () => {
  const reading = script(
    PASS,
    "map add domain:__proto__ protocol:cipso,16",
    "map add domain:constructor protocol:unlbl",
    "unlbl add interface:__proto__ address:192.0.2.1 label:u:r:t:s0",
    "unlbl add interface:toString address:192.0.2.2 label:u:r:t:s0",
  );
  assert.equal(policyOf(reading).hosts, { "192.0.2.1/32": "unlbl-0", "192.0.2.2/32": "unlbl-0" });
  for (const word of ["__proto__", "constructor", "cipso constructor"]) assert.ok(script(word).policy === null);
});

test.run();
