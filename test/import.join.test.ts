// An imported policy laid over a base.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { joinPolicies } from "../ts/import/join.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved } from "../ts/policy/read.ts";
import { basePolicy } from "./policies.ts";

const test = suite("import, joined with a base");

const IMPORTED: PolicyInput = {
  doi: 1,
  interfaces: [],
  partitions: [
    { name: "global", label: "0" },
    { name: "far", label: "3", doi: 7 },
  ],
  control: "global",
  templates: { cipso: { type: "labelled", range: ["0", "255"] }, other: { type: "unlabelled", doi: 7, label: "1" } },
  hosts: { "10.0.0.0/8": "cipso" },
};

test("parts are joined, the base's first; of anything else the base's holds", () => {
  const base = { ...basePolicy(), profile: "linux", checksum: "verify" } as const;
  const { policy, problems } = joinPolicies(base, IMPORTED);
  assert.equal(problems, []);
  assert.equal([policy.doi, policy.control, policy.profile, policy.checksum], [16, "public", "linux", "verify"]);
  assert.equal([policy.interfaces, policy.names], [base.interfaces, base.names]);
  assert.equal(
    policy.partitions.map(({ name }) => name),
    ["public", "secret", "global", "far"],
  );
  assert.equal(Object.keys(policy.templates), ["peers", "outside", "cipso", "other"]);
  assert.equal(Object.keys(policy.hosts), [...Object.keys(base.hosts), "10.0.0.0/8"]);
  assert.equal(readResolved(policy).problems, []);
});

test("what was imported keeps its DOI where the base has another", () => {
  const { partitions, templates } = joinPolicies(basePolicy(), IMPORTED).policy;
  assert.equal(partitions.slice(2), [
    { name: "global", label: "0", doi: 1 },
    { name: "far", label: "3", doi: 7 },
  ]);
  assert.is(templates.cipso?.doi, 1);
  assert.is(templates.other?.doi, 7);
  assert.equal(joinPolicies({ doi: 1 }, IMPORTED).policy, IMPORTED);
});

test("an empty base changes nothing", () => {
  assert.equal(joinPolicies({}, IMPORTED), { policy: IMPORTED, problems: [] });
});

test("a name in both is a problem at its place in the base: partitions in any case, hosts in any spelling", () => {
  const base = {
    doi: 1,
    interfaces: [],
    partitions: [
      { name: "near", label: "9" },
      { name: "GLOBAL", label: "8" },
    ],
    templates: { cipso: { type: "unlabelled", label: "1" } },
    hosts: { "10.0.0.0/08": "cipso", "11.0.0.0/8": "cipso" },
  };
  const { policy, problems } = joinPolicies(base, IMPORTED);
  assert.equal(
    problems.map(({ path }) => path),
    ["partitions[1].name", "templates.cipso", 'hosts["10.0.0.0/08"]'],
  );
  for (const { message } of problems) assert.match(message, "was imported too");
  assert.equal(
    policy.partitions.map(({ name }) => name),
    ["near", "GLOBAL", "far"],
  );
});

test("a base that is wrong is joined all the same, and is refused when it is read", () => {
  const wrong: Record<string, unknown>[] = [
    { doi: null },
    { doi: "x" },
    { interfaces: 5 },
    { partitions: {} },
    { partitions: [null] },
    { templates: [] },
    { hosts: "10.0.0.0/8" },
    { hosts: { x: "cipso" } },
    { colour: "blue" },
    JSON.parse('{ "__proto__": {} }'),
    JSON.parse('{ "templates": { "__proto__": {} } }'),
  ];
  for (const base of wrong) {
    const { policy } = joinPolicies(base, IMPORTED);
    assert.is.not(readResolved(policy).problems.length, 0, JSON.stringify(base));
  }
});

test("DOIs are joined too", () => {
  const { policy } = joinPolicies(
    { dois: { "5": { mode: "pass", to: 1 } } },
    { ...IMPORTED, dois: { "6": { mode: "pass", to: 1 } } },
  );
  assert.equal(Object.keys(policy.dois!), ["5", "6"]);
});

test.run();
