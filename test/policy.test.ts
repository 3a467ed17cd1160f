import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeLabel } from "../ts/label.ts";
import { type Policy, ripsoKey } from "../ts/policy/model.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";
import { basePolicy, type Change, changed } from "./policies.ts";

const test = suite("policy");

const resolved = (...changes: readonly Change[]): Policy => resolvePolicy(changed(...changes));
const accepted = (...changes: readonly Change[]): void => assert.equal(readResolved(changed(...changes)).problems, []);

const octets6 = (...groups: readonly number[]): Uint8Array =>
  Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
const PUBLIC = makeLabel(16, 1);
const SECRET_ALPHA = makeLabel(16, 5, [0]);
const RANGE = { low: PUBLIC, high: makeLabel(16, 5, [0, 1]) };

test("a policy gives exactly its model", () => {
  const expected: Policy = {
    profile: "strict",
    verifyChecksum: false,
    dois: [16],
    translations: new Map(),
    names: resolveNames(basePolicy().names!),
    ripso: { mode: "drop", labels: new Map(), formats: [] },
    interfaces: [
      {
        name: "net0",
        device: "eth0",
        vlan: null,
        addresses: [
          { address: Uint8Array.of(192, 0, 2, 1), prefix: 24, owner: null },
          { address: octets6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), prefix: null, owner: null },
          { address: Uint8Array.of(192, 0, 2, 9), prefix: null, owner: 1 },
        ],
        range: RANGE,
      },
    ],
    partitions: [
      {
        name: "public",
        label: PUBLIC,
        shared: true,
        bindings: [
          {
            name: "web",
            address: null,
            ports: [
              { protocol: 6, first: 80, last: 80 },
              { protocol: 17, first: 53, last: 53 },
            ],
            acceptLower: false,
          },
          { name: "rest", address: null, ports: null, acceptLower: false },
        ],
        multilevelPorts: [],
        privateMultilevelPorts: [],
        icmp: "own",
        groups: [],
      },
      {
        name: "secret",
        label: SECRET_ALPHA,
        shared: true,
        bindings: null,
        multilevelPorts: [
          { protocol: 6, first: 8080, last: 8080 },
          { protocol: 6, first: 6000, last: 6003 },
        ],
        privateMultilevelPorts: [],
        icmp: "own",
        groups: [],
      },
    ],
    control: 0,
    templates: [
      { type: "labelled", name: "peers", doi: 16, range: RANGE, set: [makeLabel(16, 9, [100])] },
      { type: "unlabelled", name: "outside", doi: 16, label: PUBLIC },
    ],
    hosts: [
      { text: "198.51.100.0/24", address: Uint8Array.of(198, 51, 100, 0), prefix: 24, template: 0 },
      { text: "0.0.0.0/0", address: Uint8Array.of(0, 0, 0, 0), prefix: 0, template: 1 },
      { text: "2001:db8::/32", address: octets6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), prefix: 32, template: 0 },
    ],
    live: null,
  };
  assert.equal(readResolved(basePolicy()), { policy: expected, problems: [], warnings: [] });
});

test("what is left out opens nothing", () => {
  const policy = resolvePolicy({
    doi: 1,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
    partitions: [{ name: "public", label: "0" }],
    templates: { outside: { type: "unlabelled", label: "0" }, peers: { type: "labelled", set: ["0"] } },
    hosts: {},
  });
  assert.equal([policy.profile, policy.verifyChecksum, policy.control], ["strict", false, null]);
  assert.is(policy.ripso.mode, "drop");
  assert.equal(policy.interfaces[0], {
    name: "net0",
    device: null,
    vlan: null,
    addresses: [{ address: Uint8Array.of(192, 0, 2, 1), prefix: null, owner: null }],
    range: null,
  });
  assert.equal(policy.partitions[0], {
    name: "public",
    label: makeLabel(1, 0),
    shared: true,
    bindings: null,
    multilevelPorts: [],
    privateMultilevelPorts: [],
    icmp: "own",
    groups: [],
  });
  assert.equal(policy.templates[1], { type: "labelled", name: "peers", doi: 1, range: null, set: [makeLabel(1, 0)] });
  assert.equal(policy.hosts, []);
});

test("a key with the value undefined is one that is left out", () => {
  const { policy } = readResolved({ ...basePolicy(), profile: undefined, ripso: undefined, checksum: undefined });
  assert.equal(policy, resolvePolicy(basePolicy()));
});

test("reading changes nothing in what it reads, and gives the same again", () => {
  const input = basePolicy();
  const first = readResolved(input);
  assert.equal(input, basePolicy());
  assert.equal(readResolved(input), first);
  assert.equal(readResolved(JSON.parse(JSON.stringify(input))), first);
});

test("switches are read", () => {
  assert.is(resolved([["profile"], "linux"]).profile, "linux");
  assert.is(resolved([["checksum"], "verify"]).verifyChecksum, true);
  assert.is(resolved([["partitions", 0, "shared"], false]).partitions[0]!.shared, false);
  assert.equal(resolved([["partitions", 0, "bindings"], []]).partitions[0]!.bindings, []);
});

// A policy with every part, as people write one.
const DESIGN = `{
  "$schema": "./node_modules/labelgate/policy.schema.json",
  "doi": 16,
  "names": { "levels": { "PUBLIC": 1, "SECRET": 5 }, "categories": { "ALPHA": 0, "BRAVO": 1 } },
  "interfaces": [ { "name": "net0", "device": "eth0", "addresses": ["192.0.2.1", "2001:db8::1"], "range": ["PUBLIC", "SECRET ALPHA BRAVO"] } ],
  "partitions": [
    { "name": "public", "label": "PUBLIC", "bindings": [ { "name": "web", "ports": ["80/tcp", "53/udp"] } ] },
    { "name": "secret", "label": "SECRET ALPHA", "multilevelPorts": ["8080/tcp", "6000-6003/tcp"] }
  ],
  "templates": {
    "peers":   { "type": "labelled",   "doi": 16, "range": ["PUBLIC", "SECRET ALPHA BRAVO"], "set": ["9:100"] },
    "outside": { "type": "unlabelled", "doi": 16, "label": "PUBLIC" }
  },
  "hosts": { "198.51.100.0/24": "peers", "0.0.0.0/0": "outside", "2001:db8::/32": "peers" }
}`;

test("the example of the design is accepted, with its owned address and its map of RIPSO too", () => {
  const { policy, problems, warnings } = readResolved(JSON.parse(DESIGN));
  assert.equal([problems, warnings], [[], []]);
  assert.equal(
    policy!.partitions.map(({ label }) => label),
    [PUBLIC, SECRET_ALPHA],
  );
  accepted(
    [
      ["interfaces", 0, "addresses"],
      ["192.0.2.1", { address: "192.0.2.9", partition: "secret" }],
    ],
    [["ripso"], { mode: "map", doi: 16, levels: { SECRET: 5 }, authorities: { "GENSER+NSA": [3, 4] } }],
  );
});

test("a label is one label in all four notations", () => {
  for (const label of ["5:0,2.4", "s5:c0,c2.c4", "0x0005-08-b8", "SECRET ALPHA C D E"]) {
    const { partitions } = resolved(
      [["names", "categories"], { ALPHA: 0, BRAVO: 1, C: 2, D: 3, E: 4 }],
      [["partitions", 1, "label"], label],
    );
    assert.equal(partitions[1]!.label, makeLabel(16, 5, [0, [2, 4]]));
  }
});

test("the DOI of a part holds for its labels, and every one is known, once, in order", () => {
  const policy = resolved(
    [["doi"], "0:0:0:16"],
    [["interfaces", 0, "doi"], 4294967295],
    [["partitions", 0, "doi"], 20],
    [["partitions", 1, "doi"], "0:0:0:3"],
    [["templates", "peers", "doi"], 20],
    [["templates", "outside", "doi"], 9],
    [["ripso"], { mode: "map", doi: 2, levels: { SECRET: 5 } }],
  );
  assert.equal(policy.dois, [2, 3, 9, 16, 20, 4294967295]);
  assert.is(policy.interfaces[0]!.range!.low.doi, 4294967295);
  assert.equal(
    policy.partitions.map(({ label }) => label.doi),
    [20, 3],
  );
  const [peers, outside] = policy.templates;
  assert.ok(peers?.type === "labelled" && outside?.type === "unlabelled");
  assert.equal([peers.doi, peers.range!.low.doi, peers.range!.high.doi, peers.set[0]!.doi], [20, 20, 20, 20]);
  assert.equal([outside.doi, outside.label.doi], [9, 9]);
  assert.is(policy.ripso.labels.get(ripsoKey(0x5a, 0))!.doi, 2);
});

test("what shares an address may bind one port in two partitions (P-05, B-01), and repeat a label off it (P-27, Z-03)", () => {
  const bindings = [{ name: "web", ports: ["80/tcp", "53/udp"] }, { name: "rest" }];
  accepted([["partitions", 1, "bindings"], bindings]);
  const other = { name: "other", label: "SECRET ALPHA", shared: false, privateMultilevelPorts: ["8080/tcp"] };
  accepted(
    [["partitions", 2], other],
    [["interfaces", 0, "addresses", 3], { address: "192.0.2.10", partition: "other" }],
  ); // F-23: its multilevel port is private
  accepted(
    [["partitions", 1, "doi"], 17],
    [["partitions", 1, "label"], "PUBLIC"],
    [["partitions", 1, "multilevelPorts"], []],
  ); // Z-01
  const onAddress = (address: string) => ({ name: address.slice(-1), address, ports: ["80/tcp"] });
  accepted([
    ["partitions", 1, "bindings"],
    [onAddress("192.0.2.1"), onAddress("192.0.2.9")],
  ]);
});

test("a thousand partitions share one address (P-12)", () => {
  const partitions = Array.from({ length: 1000 }, (_, i) => ({ name: `p${i}`, label: `1:${i}` }));
  const [addresses, control] = [["192.0.2.1"], undefined];
  const policy = resolved(
    [["partitions"], partitions],
    [["interfaces", 0, "addresses"], addresses],
    [["control"], control],
  );
  assert.is(policy.partitions.length, 1000);
});

test("RIPSO levels and authorities stand for labels, every one with every other", () => {
  const { ripso } = resolved([
    ["ripso"],
    {
      mode: "map",
      doi: 17,
      levels: { "TOP SECRET": "TOP SECRET", secret: 5, Unclassified: "PUBLIC" },
      authorities: { none: [], GENSER: [7], "NSA+genser": [0, 2, 1], "SIOP-ESI+SCI+DOE+NSA+GENSER": [65534] },
      formats: [255, 0, 5, 5],
    },
  ]);
  assert.is(ripso.mode, "map");
  assert.equal(ripso.formats, [0, 5, 255]);
  const levels = [0x3d, 6, 0x5a, 5, 0xab, 1];
  const expected = new Map<number, unknown>();
  for (let i = 0; i < levels.length; i += 2) {
    for (const [flags, categories] of [
      [0, []],
      [0x80, [7]],
      [0x90, [0, 1, 2]],
      [0xf8, [65534]],
    ] as const) {
      expected.set(ripsoKey(levels[i]!, flags), makeLabel(17, levels[i + 1]!, categories));
    }
  }
  assert.equal([...ripso.labels].sort(), [...expected].sort());
});

test("without authorities RIPSO's level stands alone; in mode ignore nothing is read", () => {
  const alone = resolved([["ripso"], { mode: "map", levels: { SECRET: 5 } }]).ripso;
  assert.equal(alone.labels, new Map([[ripsoKey(0x5a, 0), makeLabel(16, 5)]]));
  assert.equal(resolved([["ripso"], { mode: "ignore" }]).ripso, { mode: "ignore", labels: new Map(), formats: [] });
});

test.run();
