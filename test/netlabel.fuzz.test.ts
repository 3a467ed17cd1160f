// Any text is a policy or has errors; what a script of sound commands gives is what NetLabel would believe, or less.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareAddresses, networkOf, parseAddress, parsePrefix } from "../ts/address.ts";
import { importNetlabel } from "../ts/import/netlabel.ts";
import { formatLabel } from "../ts/label.ts";
import { parseLabel } from "../ts/notation.ts";
import { translate } from "../ts/policy/dois.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";

const test = suite("netlabel fuzz");

/** Imports anything: notes are at places that there are, and a policy is accepted. */
function assertImported(text: string): boolean {
  const { policy, notes } = importNetlabel([{ name: "fuzz", text }]);
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const { line, column, message, file } of notes) {
    assert.ok(message.length > 0 && message.length < 400 && file === "fuzz");
    assert.is(line === null, column === null);
    if (line === null || column === null) continue;
    assert.ok(line >= 1 && line <= lines.length, `line ${line}`);
    assert.ok(column >= 1 && column <= lines[line - 1]!.length + 1, `line ${line}, column ${column}`);
  }
  assert.is(
    policy === null,
    notes.some(({ severity }) => severity === "error"),
  );
  const places = notes.map(({ line, column }) => (line ?? 0) * 1e6 + (column ?? 0));
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
  );
  if (policy !== null) assert.equal(readResolved(policy).problems, []);
  return policy !== null;
}

const word = fc.constantFrom(
  ...[
    "netlabelctl",
    "cipso",
    "cipsov4",
    "calipso",
    "map",
    "unlbl",
    "mgmt",
    "add",
    "del",
    "list",
    "accept",
    "on",
    "off",
  ],
  ...["default", "domain:x", "domain:__proto__", "interface:eth0", "interface:eth1", "pass", "trans", "local", "-p"],
  ...["doi:1", "doi:2", "doi:0", "doi:x", "tags:1", "tags:1,2,5", "tags:", "levels:0=0", "levels:0=1,1=1", "levels:0"],
  ...["categories:0=1,1=0", "categories:=", "categories:2047=2047,5=2048", "protocol:unlbl", "protocol:unlbl,6"],
  ...[
    "protocol:cipso,1",
    "protocol:cipso,2",
    "protocol:calipso,1",
    "protocol:",
    "address:10.0.0.0/8",
    "address:10.1.0.0/16",
  ],
  ...[
    "address:0.0.0.0/0",
    "address:::/0",
    "address:::fffe:0:0/96",
    "address:::ffff:1.2.3.4",
    "address:x",
    "address:10.0.0.1",
  ],
  ...[
    "label:u:r:t:s0",
    "label:u:r:t:s5:c1.c3-s7:c0.c5",
    "label:foo",
    "label:u:r:t:s300",
    "label:",
    "\\\n",
    "#",
    ";",
    "&&",
  ],
  ...[
    "'",
    '"',
    "$x",
    "|",
    "\\",
    "\u0000",
    "\u00a0",
    "\ud800",
    "😀",
    "\r\n",
    "\r",
    "\uFEFF",
    "__proto__",
    "constructor",
    "",
  ],
);
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.tuple(word, fc.constantFrom(" ", " ", " ", "\n", "")), { maxLength: 30 })
    .map((parts) => parts.flat().join("")),
);

test("any text is a policy or has errors, at places that there are: 10,000 texts", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assertImported(text);
    }),
    { numRuns: 10_000 },
  );
});

const command = fc.oneof(
  fc.constantFrom(
    ...["map del default", "map del domain:x", "cipso del doi:1", "cipso del doi:2", "calipso del doi:1"],
    ...[
      "cipso add pass doi:1 tags:1",
      "cipso add pass doi:2 tags:1,2,5",
      "cipso add local doi:3",
      "calipso add pass doi:1",
    ],
    ...[
      "calipso add pass doi:2",
      "cipso add trans doi:1 tags:1 levels:0=1,1=0",
      "cipso add trans doi:2 tags:1 levels:0=0,1=0",
    ],
    ...["unlbl accept on", "unlbl accept off", "map add domain:x protocol:cipso,1", "map add domain:x protocol:unlbl"],
  ),
  fc
    .tuple(
      fc.constantFrom("", " address:10.0.0.0/8", " address:10.1.0.0/16", " address:::/0", " address:2001:db8::/32"),
      fc.constantFrom("unlbl", "unlbl", "cipso,1", "cipso,2", "cipso,3", "calipso,1", "calipso,2"),
    )
    .map(([address, protocol]) => `map add default${address} protocol:${protocol}`),
  fc
    .tuple(
      fc.constantFrom("add", "add", "add", "del"),
      fc.constantFrom("default", "interface:eth0", "interface:eth1"),
      fc.constantFrom("10.0.0.0/8", "10.1.0.0/16", "10.1.1.1", "0.0.0.0/0", "2001:db8::/32", "::/0"),
      fc.constantFrom("u:r:t:s0", "u:r:t:s1:c1", "u:r:t:s1", "foo"),
    )
    .map(([verb, owner, address, label]) => {
      return `unlbl ${verb} ${owner} address:${address}${verb === "add" ? ` label:${label}` : ""}`;
    }),
);

test("any commands in any order are a policy or have errors: 3,000 scripts, some of them sound", () => {
  let sound = 0;
  fc.assert(
    fc.property(fc.array(command, { maxLength: 8 }), (commands) => {
      if (assertImported(commands.join("\n"))) sound++;
    }),
    { numRuns: 3_000 },
  );
  assert.ok(sound > 100, `${sound} sound`);
});

const numbers = (most: number, length: number): fc.Arbitrary<number[]> => {
  return fc.uniqueArray(fc.nat(most), { minLength: 1, maxLength: length });
};

test("tables come back as they were written: 500 DOIs", () => {
  const table = (most: number, length: number) =>
    fc
      .tuple(numbers(most, length), numbers(most, length))
      .map(([local, remote]) => local.slice(0, remote.length).map((number, i) => [number, remote[i]!] as const));
  const runs = fc
    .tuple(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 300 }))
    .map(([local, remote, length]) => Array.from({ length }, (_, i) => [local + i, remote + i] as const));
  fc.assert(
    fc.property(table(255, 40), fc.oneof(table(2047, 60), runs), (levels, categories) => {
      const text = (pairs: readonly (readonly [number, number])[]): string =>
        pairs.map((pair) => pair.join("=")).join(",");
      const line = `cipso add trans doi:8 tags:1 levels:${text(levels)} categories:${text(categories)}`;
      const { policy } = importNetlabel([{ name: "fuzz", text: line }]);
      const translation = resolvePolicy(policy!).translations.get(8)!;
      assert.equal(translation.levels, new Map(levels.map(([local, remote]) => [remote, local])));
      assert.equal(translation.categories, new Map(categories.map(([local, remote]) => [remote, local])));
      const [ours, theirs] = levels[0]!;
      const [our, their] = categories.at(-1)!;
      const label = translate(parseLabel(`${theirs}:${their}`, 8), new Map([[8, translation]]));
      assert.is(label && formatLabel(label), `${ours}:${our}`);
    }),
    { numRuns: 500 },
  );
});

/** A map of the default domain, or a static entry. */
interface Line {
  readonly device: string | null;
  readonly prefix: string;
  /** `cipso`: DOI 1. `local`: a DOI without a counterpart. `""`: a label without a level. */
  readonly says: "unlbl" | "cipso" | "local" | { readonly label: string };
}

const ADDRESSES = ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.6", "10.0.0.7"];
const prefix = fc
  .tuple(fc.nat(7), fc.constantFrom(0, 8, 28, 29, 30, 31, 32))
  .map(([last, length]) => `${networkOf({ address: parseAddress(`10.0.0.${last}`), length }).join(".")}/${length}`);
const mapLine: fc.Arbitrary<Line> = fc.record({
  device: fc.constant(null),
  prefix,
  says: fc.constantFrom("unlbl" as const, "cipso" as const, "local" as const),
});
const staticLine: fc.Arbitrary<Line> = fc.record({
  device: fc.constantFrom(null, null, "eth0", "eth1"),
  prefix,
  says: fc.record({ label: fc.constantFrom("0", "0", "1", "") }),
});
const linesBy = (line: fc.Arbitrary<Line>): fc.Arbitrary<Line[]> => {
  return fc.uniqueArray(line, { maxLength: 7, selector: ({ device, prefix: text }) => `${device} ${text}` });
};

function lengthOf({ prefix: text }: Line): number {
  return Number(text.split("/")[1]);
}

function longest(lines: readonly Line[], address: Uint8Array): Line | undefined {
  return lines
    .filter(({ prefix: text }) => {
      const { address: network, length } = parsePrefix(text);
      return compareAddresses(networkOf({ address, length }), network) === 0;
    })
    .sort((a, b) => lengthOf(b) - lengthOf(a))[0];
}

/** Addresses that two entries both hold are one's of the two. */
function overlap(a: Line, b: Line): boolean {
  const length = Math.min(lengthOf(a), lengthOf(b));
  const networks = [a, b].map(({ prefix: text }) => networkOf({ address: parsePrefix(text).address, length }));
  return compareAddresses(networks[0]!, networks[1]!) === 0;
}

/** What a sender is believed, one address and one table of NetLabel at a time. */
function believed(maps: readonly Line[], statics: readonly Line[], address: Uint8Array): string | null {
  const map = longest(maps, address);
  const tables = [null, "eth0", "eth1"].map((device) => statics.filter((line) => line.device === device));
  const found = tables.flatMap((lines) => longest(lines, address) ?? []);
  const labels = new Set(found.map(({ says }) => (says as { label: string }).label));
  const [only] = labels;
  const fixed = labels.size === 1 && only !== "" ? `unlbl-${only}` : null;
  const specific = Math.max(-1, ...found.map(lengthOf));
  if (map === undefined || map.says === "unlbl" || specific > lengthOf(map)) return fixed;
  return map.says === "cipso" ? "cipso-1" : null;
}

test("no sender is believed what NetLabel's tables don't say of it: 3,000 configurations, every address", () => {
  let spared = 0;
  fc.assert(
    fc.property(linesBy(mapLine), linesBy(staticLine), (maps, statics) => {
      const text = [
        "map del default",
        "cipso add pass doi:1 tags:1",
        "cipso add local doi:2",
        ...maps.map(({ prefix: at, says }) => {
          const protocol = says === "unlbl" ? "unlbl" : `cipso,${says === "cipso" ? 1 : 2}`;
          return `map add default address:${at} protocol:${protocol}`;
        }),
        ...statics.map(({ device, prefix: at, says }) => {
          const { label } = says as { label: string };
          const owner = device === null ? "default" : `interface:${device}`;
          return `unlbl add ${owner} address:${at} label:${label === "" ? "foo" : `u:r:t:s${label}`}`;
        }),
      ].join("\n");
      const { hosts, templates } = resolvePolicy(importNetlabel([{ name: "fuzz", text }]).policy!);
      const tables = hosts.map(({ text: at, template }) => ({
        device: null,
        prefix: at,
        says: { label: templates[template]!.name },
      }));
      // An entry of an interface is left out whole when another label meets a part of it.
      const met = (line: Line): boolean =>
        line.device !== null &&
        statics.some((other) => {
          return (
            other.device !== line.device &&
            overlap(line, other) &&
            JSON.stringify(other.says) !== JSON.stringify(line.says)
          );
        });
      const strict = !statics.some(met);
      for (const at of ADDRESSES) {
        const address = parseAddress(at);
        const found = longest(tables, address);
        const belief = found === undefined ? null : (found.says as { label: string }).label;
        const expected = believed(maps, statics, address);
        if (strict || belief !== null) assert.is(belief, expected, `${at}\n${text}`);
        else if (belief !== expected) spared++;
      }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(spared > 0);
});

test.run();
