import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readResolved } from "../ts/policy/read.ts";
import { type Change, changed } from "./policies.ts";

const test = suite("policy warnings");

// A partition of its own label, so that nothing but what is tried keeps packets from it.
const third = (more: object = {}): Change => [["partitions", 2], { name: "third", label: "5:1", ...more }];
const allOwned: Change = [["interfaces", 0, "addresses"], [{ address: "192.0.2.9/24", partition: "secret" }]];
const WARNINGS: readonly (readonly [what: string, changes: readonly Change[], warnings: readonly string[]])[] = [
  ["nothing", [third()], []],
  [
    "a partition that is on no address",
    [third({ shared: false })],
    ["partitions[2]: no packet can reach it: it is on no shared address and owns none"],
  ],
  [
    "a partition that binds nothing",
    [third({ bindings: [] })],
    ["partitions[2].bindings: no packet can reach it: nothing is bound"],
  ],
  ["but its multilevel port takes packets", [third({ bindings: [], multilevelPorts: ["99/tcp"] })], []],
  [
    "a label outside the range of the interface",
    [third({ label: "5:2" })],
    ["partitions[2].label: no packet can reach it: outside the range of net0"],
  ],
  [
    "a label of another DOI than the range",
    [third({ doi: 17 })],
    ["partitions[2].label: no packet can reach it: outside the range of net0"],
  ],
  [
    "but another interface lets it in",
    [
      third({ label: "9:100" }),
      [["interfaces", 1], { name: "net1", addresses: ["192.0.2.77"], range: ["9", "9:100"] }],
    ],
    [],
  ],
  [
    "a label that no host may send",
    [
      third({ label: "5:0.1" }),
      [
        ["templates", "peers", "range"],
        ["PUBLIC", "SECRET ALPHA"],
      ],
    ],
    ["partitions[2].label: no packet can reach it: no host may send its label"],
  ],
  [
    "but an unlabelled host does",
    [
      third(),
      [
        ["templates", "peers", "range"],
        ["1", "5:0"],
      ],
      [["templates", "outside", "label"], "5:1"],
    ],
    [],
  ],
  [
    "but it is in the set of a host",
    [
      third(),
      [
        ["templates", "peers", "range"],
        ["1", "5:0"],
      ],
      [["templates", "peers", "set"], ["5:1"]],
    ],
    [],
  ],
  [
    "a template that no host has",
    [[["templates", "spare"], { type: "unlabelled", label: "1" }]],
    ["templates.spare: no host has this template"],
  ],
  [
    "a prefix that never wins",
    [[["hosts"], { "0.0.0.0/0": "outside", "0.0.0.0/1": "peers", "128.0.0.0/1": "peers" }]],
    ['hosts["0.0.0.0/0"]: never wins: longer prefixes hold all of its addresses'],
  ],
  [
    "but the control partition gets its packets on every address",
    [third({ shared: false }), [["control"], "third"]],
    [],
  ],
  [
    "a port that another partition takes for every label (B-04, Z-05)",
    [
      third({
        bindings: [
          { name: "all", ports: ["*/udp"] },
          { name: "web", ports: ["8000-9000/tcp"] },
        ],
      }),
    ],
    [
      "partitions[2].bindings[1].ports[0]: on shared addresses 8080/tcp is a multilevel port of secret, which gets its packets",
    ],
  ],
  [
    "a multilevel port whose labels are of another DOI than its partition (L-10)",
    [[["partitions", 1, "doi"], 17]],
    ["partitions[1].multilevelPorts: take labels of DOI 16 on net0, and it is of DOI 17"],
  ],
  [
    "every address owned: nothing for the others",
    [allOwned, [["control"], undefined]],
    ["partitions[0]: no packet can reach it: it is on no shared address and owns none"],
  ],
  [
    "but a group that it has joined is enough",
    [allOwned, [["control"], undefined], [["partitions", 0, "groups"], ["ff02::fb"]]],
    [],
  ],
  [
    "private multilevel ports without an address (D-07)",
    [third({ privateMultilevelPorts: ["9/tcp"] })],
    ["partitions[2].privateMultilevelPorts: no packet can reach them: it owns no address"],
  ],
];

for (const [what, changes, expected] of WARNINGS) {
  test(`odd: ${what}`, () => {
    const { policy, problems, warnings } = readResolved(changed(...changes));
    assert.equal(problems, []);
    assert.ok(policy !== null);
    assert.equal(
      warnings.map(({ path, message }) => `${path}: ${message}`),
      expected,
    );
  });
}

test.run();
