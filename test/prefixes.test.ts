// The prefixes of hosts as written: right ones become what is kept, and everything that is wrong is said with its path.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatPrefix, parsePrefix } from "../ts/address.ts";
import type { HostPrefix } from "../ts/policy/model.ts";
import { checkPrefixes, readPrefixes } from "../ts/policy/prefixes.ts";
import { readResolved } from "../ts/policy/read.ts";
import { Report } from "../ts/policy/report.ts";
import { changed } from "./policies.ts";

const test = suite("prefixes");

function readOf(written: Readonly<Record<string, unknown>>): { hosts: HostPrefix[]; problems: string[] } {
  const report = new Report();
  const templates = new Map([
    ["near", 0],
    ["far", 1],
  ]);
  const hosts = readPrefixes(written, Object.keys(written), templates, report);
  checkPrefixes(hosts, report);
  return { hosts, problems: report.problems.map(({ path, message }) => `${path}: ${message}`) };
}

test("prefixes are kept in the order written, in any spelling", () => {
  const written = {
    "10.0.0.0/8": "far",
    "2001:DB8:0::/32": "near",
    "10.0.0.1": "near",
    "64:ff9b::192.0.2.0/120": "far",
  };
  const { hosts, problems } = readOf(written);
  assert.equal(problems, []);
  assert.equal(
    hosts.map(({ text, address, prefix, template }) => [text, formatPrefix({ address, length: prefix }), template]),
    [
      ["10.0.0.0/8", "10.0.0.0/8", 1],
      ["2001:DB8:0::/32", "2001:db8::/32", 0],
      ["10.0.0.1", "10.0.0.1/32", 0],
      ["64:ff9b::192.0.2.0/120", "64:ff9b::c000:200/120", 1],
    ],
  );
});

test("5,000 prefixes keep an address each, though these share memory", () => {
  const texts = Array.from({ length: 5000 }, (_, i) =>
    i % 2 === 0 ? `10.${i >> 8}.${i & 255}.0/24` : `2001:db8:${i}::/48`,
  );
  const { hosts, problems } = readOf(Object.fromEntries(texts.map((text) => [text, "near"])));
  assert.equal(problems, []);
  hosts.forEach(({ text, address, prefix }) => {
    assert.equal({ address, length: prefix }, parsePrefix(text), text);
  });
});

test("everything that is wrong is said: the prefix, its template, its host bits, and that it was there before (F-04)", () => {
  const { problems } = readOf({
    "10/8": "nowhere",
    "10.0.0.1/8": "near",
    "::1/0": "nowhere",
    "10.0.0.0/9": "near",
    "10.0.0.0/09": "far",
    "192.0.2.0/24": 5,
    "10.0.0.0/009": "far",
  });
  assert.equal(problems, [
    'hosts["10/8"]: "10" is no address: expected 192.0.2.1 or 2001:db8::1',
    'hosts["10/8"]: no template has this name',
    'hosts["10.0.0.1/8"]: has host bits behind its prefix; write 10.0.0.0/8',
    'hosts["::1/0"]: no template has this name',
    'hosts["10.0.0.0/09"]: the prefix stands at hosts["10.0.0.0/9"] already',
    'hosts["10.0.0.0/009"]: the prefix stands at hosts["10.0.0.0/9"] already',
  ]);
});

test("prefixes that were there before are said in the order written, of both families", () => {
  const { problems } = readOf({
    "::/0": "near",
    "10.0.0.0/8": "far",
    "::/00": "far",
    "10.0.0.0/08": "far",
    "0::/0": "far",
  });
  assert.equal(problems, [
    'hosts["::/00"]: the prefix stands at hosts["::/0"] already',
    'hosts["10.0.0.0/08"]: the prefix stands at hosts["10.0.0.0/8"] already',
    'hosts["0::/0"]: the prefix stands at hosts["::/0"] already',
  ]);
});

// Among sound hosts, which the schema library is not asked about.
test("a key that JavaScript treats in a way of its own is refused as a key, and what is no text as no text", () => {
  const hosts = JSON.parse('{"10.0.0.0/8":"peers","constructor":"peers","__proto__":"peers","::/0":{"prototype":[]}}');
  const { problems } = readResolved(changed([["hosts"], hosts]));
  const said = problems.map(({ path, message }) => `${path}: ${message}`);
  for (const expected of [
    'hosts.constructor: "constructor" can\'t be used as a key',
    'hosts.__proto__: "__proto__" can\'t be used as a key',
    'hosts["::/0"].prototype: "prototype" can\'t be used as a key',
    'hosts["::/0"]: expected text, found an object',
  ]) {
    assert.ok(said.includes(expected), `${expected} in ${said.join("\n")}`);
  }
});

test.run();
