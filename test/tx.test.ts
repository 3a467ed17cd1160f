// Trusted Extensions' files together: the shipped ones, the set-up of the dispatch table, and anything at all.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_NOTES } from "../ts/import/notes.ts";
import { TX_ERRORS } from "../ts/import/tx-errors.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved } from "../ts/policy/read.ts";
import { root } from "./commands.ts";
import { briefly, imported, type Texts } from "./importing.ts";

const test = suite("import, Trusted Extensions");

const NAMES = ["tnrhdb", "tnrhtp", "tnzonecfg"] as const;
const SHIPPED: Texts = Object.fromEntries(
  NAMES.map((name) => [name, readFileSync(join(root, "fixtures/trusted-extensions", name), "utf8")]),
);

test("the files of fixtures/ make a policy; what is lost is the range of a gateway", () => {
  const { policy, notes } = imported(SHIPPED);
  assert.equal(briefly(notes), ["tnrhtp:4:44 lost"]);
  assert.equal(Object.keys(policy!.templates), ["cipso", "admin_low", "public", "need_to_know"]);
  assert.equal(policy!.hosts, {
    "192.168.8.61/32": "cipso",
    "10.4.0.0/16": "public",
    "2001:db8:22:5000::/52": "cipso",
    "192.168.118.128/26": "need_to_know",
    "172.16.0.0/16": "public",
    "0.0.0.0/32": "admin_low",
    "0.0.0.0/0": "admin_low",
    "::/0": "admin_low",
  });
  assert.equal(
    policy!.partitions.map(({ name, label }) => `${name} ${label}`),
    ["global 0", "public 2:4", "internal 4:1,4"],
  );
  assert.equal(readResolved(policy).problems, []);
});

test("the set-up of the dispatch table of section 5, as three files, says the same", () => {
  const { policy, notes } = imported({
    tnrhtp:
      "cipso:host_type=cipso;doi=1;min_sl=ADMIN_LOW;max_sl=ADMIN_HIGH;\n" +
      "outside:host_type=unlabeled;doi=1;def_label=0x0002-08-08;\n",
    tnrhdb: "192.0.2.0:cipso\n10.0.0.0/8:outside\n",
    tnzonecfg: "global:ADMIN_LOW:1::\nP:0x0002-08-08:0::8080/tcp\nN:0x0004-08-48:0::\n",
  });
  const same: PolicyInput = {
    doi: 1,
    interfaces: [],
    partitions: [
      { name: "global", label: "0", icmp: "range" },
      { name: "P", label: "2:4", multilevelPorts: ["8080/tcp"] },
      { name: "N", label: "4:1,4" },
    ],
    control: "global",
    templates: {
      cipso: { type: "labelled", range: ["0", "255:0.255"] },
      outside: { type: "unlabelled", label: "2:4" },
    },
    hosts: { "192.0.2.0/24": "cipso", "10.0.0.0/8": "outside" },
  };
  assert.equal([policy, notes], [same, []]);
});

test("files are imported alone too", () => {
  const nothing: PolicyInput = { doi: 1, interfaces: [], partitions: [], templates: {}, hosts: {} };
  assert.equal(imported({}), { policy: nothing, notes: [] });
  assert.is(imported({ tnzonecfg: SHIPPED.tnzonecfg! }).policy?.partitions.length, 3);
  assert.is(Object.keys(imported({ tnrhtp: SHIPPED.tnrhtp! }).policy!.templates).length, 4);
  for (const name of ["tnrhtp", "tnzonecfg"] as const) {
    assert.equal(readResolved(imported({ [name]: SHIPPED[name]! }).policy).problems, []);
  }
});

test("line ends and a byte order mark change nothing", () => {
  const changed = (change: (text: string) => string): Texts =>
    Object.fromEntries(Object.entries(SHIPPED).map(([name, text]) => [name, change(text)]));
  const plain = imported(SHIPPED);
  for (const change of [
    (s: string) => s.replaceAll("\n", "\r\n"),
    (s: string) => `\uFEFF${s}`,
    (s: string) => s.trimEnd(),
  ]) {
    assert.equal(imported(changed(change)), plain);
  }
});

test("F-24: with an error in one file there is no policy, and the others are still read", () => {
  const { policy, notes } = imported({ ...SHIPPED, tnrhtp: `${SHIPPED.tnrhtp}x\n`, tnrhdb: `${SHIPPED.tnrhdb}y:z\n` });
  assert.is(policy, null);
  assert.equal(briefly(notes), ["tnrhtp:4:44 lost", "tnrhtp:9:1 error 5", "tnrhdb:11:1 error 25"]);
});

/** What holds whatever was imported. */
function assertSound(texts: Texts): PolicyInput | null {
  const { policy, notes } = imported(texts);
  for (const { file, line, column, code, message } of notes) {
    const lines = (texts[file as keyof Texts] ?? "").replace(/^\uFEFF/, "").split("\n");
    assert.is(line === null, column === null);
    if (line !== null) {
      assert.ok(line >= 1 && line <= lines.length, `${file}:${line}`);
      assert.ok(column! >= 1 && column! <= lines[line - 1]!.length + 1, `${file}:${line}:${column}`);
    }
    assert.ok(code === null || (code > 1 && code < TX_ERRORS.length));
    assert.ok(message.length > 0 && message.length < 500 && !message.includes("\n"));
  }
  assert.is(
    policy === null,
    notes.some(({ severity }) => severity === "error"),
  );
  const order = notes.map(({ file, line }) => ["tnrhtp", "tnrhdb", "tnzonecfg"].indexOf(file) * 1e9 + (line ?? 1e8));
  assert.equal(
    order,
    [...order].sort((a, b) => a - b),
  );
  if (policy !== null) assert.equal(readResolved(policy).problems, []);
  return policy;
}

const WORDS =
  "cipso:host_type=|unlabeled|cipso|;doi=|0|1|16|0x|;min_sl=|;max_sl=|;sl_set=|;def_label=|ADMIN_LOW|ADMIN_HIGH|0x0002-08-08|0x0100-08-|" +
  "x|y|__proto__|constructor|dropped|global|:|:|:|\\|\\:|;|=|,|#|/| |\t|\n|\n|\n|\r\n|\uFEFF|\u0000|\u202e|\ud800|😀|10.0.0.0|10|/8|/32|" +
  "\\:\\:|\\:\\:/0|2001\\:db8\\:\\:/32|80/tcp|6000-6003/tcp|-|/udp|-08-|[|]|0x7fff";
const noise = fc.array(fc.oneof(fc.constantFrom(...WORDS.split("|")), fc.string({ unit: "binary", maxLength: 3 })), {
  maxLength: 40,
});

test("any text at all is imported or has errors, at places that there are: 5,000 times three files", () => {
  const text = noise.map((words) => words.join(""));
  fc.assert(
    fc.property(fc.record({ tnrhdb: text, tnrhtp: text, tnzonecfg: text }, { requiredKeys: [] }), (texts) => {
      assertSound(texts);
    }),
    { numRuns: 5_000 },
  );
});

test("sound files with small changes: what comes out is a policy that can be read, often enough", () => {
  const change = fc.record({
    name: fc.constantFrom(...NAMES),
    at: fc.nat({ max: 600 }),
    take: fc.nat({ max: 3 }),
    put: fc.constantFrom("", "", ...WORDS.split("|")),
  });
  let sound = 0;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      const texts: Record<string, string> = { ...SHIPPED };
      for (const { name, at, take, put } of changes) {
        texts[name] = texts[name]!.slice(0, at) + put + texts[name]!.slice(at + take);
      }
      if (assertSound(texts) !== null) sound++;
    }),
    { numRuns: 3_000 },
  );
  assert.ok(sound > 300, `${sound} sound`);
});

test("generated records are read as they were meant: 1,000 files", () => {
  const label = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uniqueArray(fc.nat({ max: 239 }), { maxLength: 5 }));
  const hex = ([level, categories]: readonly [number, readonly number[]]): string => {
    const octets = new Uint8Array(30);
    for (const category of categories) octets[category >> 3]! |= 0x80 >> (category & 7);
    return `0x${level.toString(16).padStart(4, "0")}-08-${Buffer.from(octets).toString("hex")}`;
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(label, fc.integer({ min: 1, max: 0xffff_ffff }))), (items) => {
      const tnrhtp = items
        .map(([own, doi], i) => `t${i}:host_type=unlabeled;doi=${doi};def_label=${hex(own)}\n`)
        .join("");
      const tnrhdb = items.map((_, i) => `10.${i}.0.0/16:t${i}\n`).join("");
      const { policy } = readResolved(assertSound({ tnrhtp, tnrhdb }));
      for (const [i, [[level, categories], doi]] of items.entries()) {
        const template = policy!.templates[policy!.hosts[i]!.template]!;
        assert.equal([template.name, template.doi], [`t${i}`, doi]);
        const found = template.type === "unlabelled" ? template.label : null;
        const bits = found!.categories.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, j) => first + j),
        );
        assert.equal([found!.level, bits], [level, [...categories].sort((a, b) => a - b)]);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("250 KB of anything take no more than seconds", () => {
  const size = 250_000;
  const repeated = (word: string): string => word.repeat(size / word.length);
  const words = [
    "\\",
    ":",
    ";",
    "x",
    "\n",
    "=",
    " ",
    "#",
    "\0",
    "x:y\n",
    "x\\:\n",
    "a=b;",
    "80/tcp;",
    "0.0.0.0:x\n",
    "\\:",
    "x:ADMIN_LOW:0:1/tcp;1/tcp:\n",
  ];
  for (const word of words) {
    for (const name of NAMES) {
      for (const before of ["", "x:sl_set=", "global:ADMIN_LOW:0:"]) {
        const start = performance.now();
        const { notes } = imported({ [name]: before + repeated(word) });
        assert.ok(notes.length <= MAX_NOTES + 2);
        assert.ok(performance.now() - start < 5_000, `${name} ${before} ${JSON.stringify(word)}`);
      }
    }
  }
});

test.run();
