// A policy that is anything at all: it is read or it has problems, and reading never throws.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PolicyError } from "../ts/errors.ts";
import { formatLabel } from "../ts/label.ts";
import { compilePolicy } from "../ts/policy/compile.ts";
import type { Policy } from "../ts/policy/model.ts";
import { overlap } from "../ts/policy/ports.ts";
import { readResolved } from "../ts/policy/read.ts";
import { basePolicy, type Change, changed, type Keys, putAt } from "./policies.ts";

const test = suite("policy fuzz");

const at = (keys: Keys, value: unknown): Change => [keys, value];

/** What every policy that is accepted must be. */
function assertSound({ dois, interfaces, partitions, control, templates, hosts }: Policy): void {
  const known = new Set(dois);
  const ranges = [...interfaces, ...templates].flatMap((item) => ("range" in item && item.range ? [item.range] : []));
  const labels = [
    ...partitions.map(({ label }) => label),
    ...ranges.flatMap(({ low, high }) => [low, high]),
    ...templates.flatMap((template) => (template.type === "unlabelled" ? [template.label] : template.set)),
  ];
  for (const { doi } of labels) assert.ok(doi >= 1 && known.has(doi));
  const keys = partitions.flatMap(({ label, shared }) => (shared ? [`${label.doi} ${formatLabel(label)}`] : []));
  assert.is(new Set(keys).size, keys.length, "P-14");
  assert.is(new Set(partitions.map(({ name }) => name.toLowerCase())).size, partitions.length);
  const owned = partitions.flatMap(({ shared, multilevelPorts }) => (shared ? multilevelPorts : []));
  owned.forEach((a, i) => {
    assert.ok(a.first >= 1 && a.last >= a.first && owned.every((b, j) => i === j || !overlap(a, b)), "F-23");
  });
  for (const { template } of hosts) assert.ok(templates[template] !== undefined);
  assert.ok(control === null || partitions[control] !== undefined);
  for (const { owner } of interfaces.flatMap(({ addresses: list }) => list)) {
    assert.ok(owner === null || partitions[owner] !== undefined);
  }
}

/** Reads anything: it never throws, and gives a sound policy or problems, the same again. */
function assertRead(input: unknown): Policy | null {
  const reading = readResolved(input);
  const { policy, problems } = reading;
  for (const { path, message } of problems) assert.ok(typeof path === "string" && message.length > 0);
  assert.is(policy === null, problems.length > 0);
  assert.equal(readResolved(input), reading);
  if (policy !== null) assertSound(policy);
  return policy;
}

const strange = fc.constantFrom<unknown[]>(
  ...["", " ", "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "😀", "\u0000", "\ud800", "null"],
  ...["0", "1", "5:0", "s5:c0", "0x0005-08-80", "PUBLIC", "secret", "public", "peers", "outside", "labelled", "map"],
  ...[
    "80/tcp",
    "1-65535/tcp",
    "*/udp",
    "192.0.2.1",
    "192.0.2.9/24",
    "::",
    "2001:db8::/32",
    "0.0.0.0/0",
    "16",
    "0:0:0:16",
  ],
  ...[0, -0, 1, -1, 1.5, 16, 255, 256, 65_535, 4294967295, 4294967296, 1e300, -1e300, Number.MAX_SAFE_INTEGER],
  ...[null, true, false, [], {}, [[]], [null], { address: "192.0.2.7", partition: "public" }, ["1", "5"], ["5", "1"]],
);
const known =
  "doi names levels categories interfaces name device addresses range partitions label shared bindings ports".split(
    " ",
  );
const keysToTry = fc.oneof(
  strange.map(String),
  fc.constantFrom(...known, "multilevelPorts", "templates", "hosts", "ripso"),
);
const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    strange,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(keysToTry, tie("value")), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value;

/** Every place in a value, as keys. */
function placesIn(value: unknown, keys: Keys = []): Keys[] {
  if (typeof value !== "object" || value === null) return [keys];
  return [
    keys,
    ...Object.entries(value).flatMap(([key, item]) =>
      placesIn(item, [...keys, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

test("random JSON is a policy or has problems: 15,000 values", () => {
  fc.assert(
    fc.property(json, (value) => {
      assertRead(value);
    }),
    { numRuns: 15_000 },
  );
});

test("a policy with anything changed is a policy or has problems: 5,000 changes, some of them right", () => {
  const full = changed(
    at(["ripso"], { mode: "map", doi: 16, levels: { SECRET: 5 }, authorities: { "GENSER+NSA": [3] }, formats: [5] }),
  );
  const places = placesIn(full).slice(1);
  const change = fc.oneof(
    fc.tuple(fc.constantFrom(...places), fc.oneof(strange, fc.constant(undefined), json)),
    fc
      .tuple(fc.constantFrom(...places), keysToTry, fc.oneof(strange, json))
      .map(([keys, key, value]) => [[...keys, key], value] as const),
  );
  let right = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const copy = structuredClone(full);
      for (const [keys, value] of changes) putAt(copy, keys, structuredClone(value));
      const input: unknown = JSON.parse(JSON.stringify(copy));
      const policy = assertRead(input);
      if (policy !== null && right++ % 16 === 0) compilePolicy(policy, 0);
    }),
    { numRuns: 5_000 },
  );
  assert.ok(right > 100, `${right} right`);
});

const NO_JSON = {
  bigint: 10n,
  symbol: Symbol("x"),
  function: () => 5,
  NaN: Number.NaN,
  date: new Date(),
  octets: new Uint8Array(3),
};

for (const [kind, value] of Object.entries(NO_JSON)) {
  test(`a value that no JSON has is a problem like any other: ${kind}`, () => {
    for (const keys of placesIn(basePolicy()).slice(1)) {
      const { policy, problems } = readResolved(changed(at(keys, value)));
      assert.is(policy === null, problems.length > 0);
      new PolicyError(problems);
    }
  });
}

test.run();
