// Templates by address (F-01 to F-07).
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { briefly, CIPSO, imported } from "./importing.ts";

const test = suite("import, tnrhdb");

/** Prefixes of a file whose template is there, and its notes. */
function read(tnrhdb: string): { hosts: string[] | null; notes: string[] } {
  const { policy, notes } = imported({ tnrhtp: CIPSO, tnrhdb });
  return { hosts: policy && Object.keys(policy.hosts), notes: briefly(notes) };
}

function assertReads(pairs: Readonly<Record<string, string>>): void {
  for (const [text, prefix] of Object.entries(pairs)) {
    assert.equal(read(`${text}:cipso`), { hosts: [prefix], notes: [] }, text);
  }
}

function assertRefused(addresses: readonly string[], words?: RegExp): void {
  for (const text of addresses) {
    const { policy, notes } = imported({ tnrhtp: CIPSO, tnrhdb: `${text}:cipso` });
    assert.equal([policy, briefly(notes)], [null, ["tnrhdb:1:1 error 25"]], text);
    if (words !== undefined) assert.match(notes[0]!.message, words);
  }
}

test("F-01: addresses of both versions, with a prefix length and without", () => {
  assertReads({
    "192.168.8.61": "192.168.8.61/32",
    "10.4.0.0/16": "10.4.0.0/16",
    "2001\\:DB8\\:22\\:5000\\:\\:0/52": "2001:db8:22:5000::/52",
    "0.0.0.0/32": "0.0.0.0/32",
    "2001\\:db8\\:\\:1": "2001:db8::1/128",
    "\\:\\:1.2.3.4/128": "::102:304/128",
    "2001\\:db8\\:\\:192.0.2.0/120": "2001:db8::c000:200/120",
    " 10.0.0.1 ": "10.0.0.1/32",
  });
});

test("F-01: an unescaped colon of an IPv6 address is malformed, and it is said how to write it", () => {
  const { notes } = imported({ tnrhtp: CIPSO, tnrhdb: "2001:db8::/32:cipso" });
  assert.equal(briefly(notes), ["tnrhdb:1:9 error 3"]);
  assert.match(notes[0]!.message, "written \\:");
});

test("F-02: without a prefix length trailing zero octets imply it", () => {
  assertReads({
    "10.1.2.3": "10.1.2.3/32",
    "10.1.2.0": "10.1.2.0/24",
    "10.1.0.0": "10.1.0.0/16",
    "10.0.0.0": "10.0.0.0/8",
    "0.0.0.0": "0.0.0.0/0",
    "10.0.1.0": "10.0.1.0/24",
    "0.0.1.0": "0.0.1.0/24",
    "10.0.0.0/24": "10.0.0.0/24",
  });
});

test("F-02: partial addresses are the first octets", () => {
  assertReads({
    "10": "10.0.0.0/8",
    "10.1": "10.1.0.0/16",
    "10.1.1": "10.1.1.0/24",
    "10.1.0": "10.1.0.0/24",
    "10/16": "10.0.0.0/16",
  });
  assertRefused(["0", "0.1", "0.0.1"], /write all four octets/);
});

test("F-03: IPv6 without a prefix length is one address, and a warning where a network may be meant", () => {
  assert.equal(read("\\:\\:0:cipso"), { hosts: ["::/128"], notes: ["tnrhdb:1:1 warning"] });
  assert.equal(read("2001\\:db8\\:\\::cipso"), { hosts: ["2001:db8::/128"], notes: ["tnrhdb:1:1 warning"] });
  assert.match(imported({ tnrhtp: CIPSO, tnrhdb: "\\:\\:0:cipso" }).notes[0]!.message, "all are \\:\\:0/0");
  assertReads({ "\\:\\:0/0": "::/0", "\\:\\:0/128": "::/128", "2001\\:db8\\:\\:1": "2001:db8::1/128" });
});

test("F-04: prefix lengths to 32 and to 128, in plain decimal", () => {
  assertReads({ "10.0.0.1/32": "10.0.0.1/32", "0.0.0.0/0": "0.0.0.0/0", "\\:\\:1/128": "::1/128" });
  assertRefused(["10.0.0.1/33", "10.0.0.1/", "10.0.0.0/-8", "10.0.0.0/+8", "10.0.0.0/8x", "10.0.0.0/08"], /0 to 32/);
  assertRefused(["10.0.0.0/0x8", "10.0.0.0/ 8", "10.0.0.0/x", "10.0.0.0/8/8", "/8"]);
  assertRefused(["\\:\\:1/129"], /0 to 128/);
});

test("F-04: host bits must be zero; it is said which prefix holds the address", () => {
  assertRefused(["10.1.0.0/8"], /write 10\.0\.0\.0\/8/);
  assertRefused(["2001\\:db8\\:\\:1/32"], /write 2001\\:db8\\:\\:\/32/);
  assertReads({ "192.168.118.128/26": "192.168.118.128/26" });
});

test("F-04, F-14: what is no address is error 25", () => {
  assertRefused(
    ["x", "10.0.0.0.0", "10..1", "10.", ".10", "256", "1.2.3.256", "-1", "1e1"].filter((text) => text !== "10.0.0"),
  );
  assertRefused(["010.0.0.1", "10.01"], /octal/);
  assertRefused([
    "0x0a000001",
    "١٠.0.0.1",
    "2001\\:db8",
    "\\:\\:\\:",
    "\\:\\:1%eth0",
    "1\\:\\:2\\:\\:3",
    "\\:\\:12345",
  ]);
  assertRefused(["1".repeat(65), "\\:".repeat(500), "host.example"]);
});

test("F-05: an IPv4 address inside IPv6 never matches: a warning, and it is left out", () => {
  assert.equal(read("\\:\\:ffff\\:10.0.0.1:cipso"), { hosts: [], notes: ["tnrhdb:1:1 warning"] });
  assert.equal(read("\\:\\:ffff\\:a00\\:1/96:cipso").hosts, []);
  assert.equal(read("\\:\\:FFFF\\:a00\\:1/128:cipso").hosts, []);
});

test("F-06: what no entry holds has no template: nothing is added, and a file without entries is a warning", () => {
  assert.equal(read("10.0.0.1:cipso").hosts, ["10.0.0.1/32"]);
  assert.equal(read("# nothing\n"), { hosts: [], notes: ["tnrhdb warning 2"] });
});

test("F-07, F-24: a prefix that stands twice is an error, however it is written", () => {
  for (const [first, second] of [
    ["10.0.0.0", "10/8"],
    ["0.0.0.0", "0.0.0.0/0"],
    ["2001\\:db8\\:\\:/32", "2001\\:DB8\\:0\\:0\\:\\:/32"],
  ]) {
    assert.equal(read(`${first}:cipso\n#\n${second}:cipso`), { hosts: null, notes: ["tnrhdb:3:1 error"] });
  }
  assert.equal(read("10.0.0.0/8:cipso\n10.0.0.0/9:cipso\n0.0.0.0:cipso\n0.0.0.0/32:cipso").notes, []);
});

test("F-24: a template that tnrhtp does not have is an error, unless a record of tnrhtp can't be read", () => {
  const tnrhdb = "10.0.0.1:cipso\n10.0.0.2:nobody\n10.0.0.3:CIPSO\n";
  const unknown = ["tnrhdb:2:10 error", "tnrhdb:3:10 error"];
  assert.equal(briefly(imported({ tnrhtp: CIPSO, tnrhdb }).notes), unknown);
  assert.equal(briefly(imported({ tnrhtp: `${CIPSO}x\n`, tnrhdb }).notes), ["tnrhtp:2:1 error 5"]);
  // One that is read and then found wrong has a name.
  assert.equal(briefly(imported({ tnrhtp: CIPSO + CIPSO, tnrhdb }).notes), ["tnrhtp:2:1 error", ...unknown]);
  assert.equal(briefly(imported({ tnrhdb }).notes), ["tnrhdb error"]);
  assert.match(imported({ tnrhdb: "10.0.0.1:constructor", tnrhtp: CIPSO }).notes[0]!.message, /no template is named/);
});

test("hosts of a template with DOI 0 are left out, each with a note", () => {
  const tnrhtp = CIPSO + CIPSO.replace("cipso:", "zero:").replace("doi=1", "doi=0");
  const { policy, notes } = imported({
    tnrhtp,
    tnrhdb: "10.0.0.0:zero\n10.0.0.1:cipso\n\\:\\:1:zero\n11.0.0.0:zero\n",
  });
  assert.equal(policy?.hosts, { "10.0.0.1/32": "cipso" });
  assert.equal(briefly(notes).slice(2), ["tnrhdb:1:1 lost", "tnrhdb:3:1 lost", "tnrhdb:4:1 lost"]);
});

test("a host is not left out where a shorter prefix would let it send, here or in the base", () => {
  const tnrhtp = CIPSO + CIPSO.replace("cipso:", "zero:").replace("doi=1", "doi=0");
  const inside = imported({
    tnrhtp,
    tnrhdb: "10.1.0.0:zero\n10.0.0.0:cipso\n10.0.0.0/12:cipso\n10.1.2.3:zero\n11.0.0.0:zero\n",
  });
  assert.is(inside.policy, null);
  assert.equal(briefly(inside.notes).slice(2), ["tnrhdb:1:1 error", "tnrhdb:4:1 error", "tnrhdb:5:1 lost"]);
  assert.match(inside.notes[2]!.message, "10.0.0.0/12 would let these hosts send");
  for (const [prefix, wrong] of Object.entries({
    "0.0.0.0/0": true,
    "10.1.0.0/16": true,
    "10.1.0.0/17": false,
    "::/0": false,
    x: false,
  })) {
    const { policy } = imported({ tnrhtp, tnrhdb: "10.1.0.0:zero\n" }, { hosts: { [prefix]: "theirs" } });
    assert.is(policy === null, wrong, prefix);
  }
});

test.run();
