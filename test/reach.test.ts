// Where a partition can be reached, and which interfaces need a range for what takes other labels there.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { InterfaceInput, PartitionInput } from "../ts/policy/input.ts";
import { reachIn } from "../ts/policy/reach.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";
import { type Change, changed } from "./policies.ts";

const test = suite("reach");

const owned = (last: number, partition: string) => ({ address: `192.0.2.${last}`, partition });
const parts = (
  interfaces: readonly Omit<InterfaceInput, "name">[],
  partitions: readonly PartitionInput[],
): Change[] => [
  [["interfaces"], interfaces.map((entry, i) => ({ ...entry, name: `net${i}` }))],
  [["partitions"], partitions],
  [["control"], undefined],
];

test("a partition is reached on shared addresses, those it owns, and where it joined a group", () => {
  const groups = [{ address: "ff02::fb", interface: "net2" }];
  const policy = resolvePolicy(
    changed(
      ...parts(
        [
          { addresses: ["192.0.2.1"] },
          { addresses: [owned(2, "owner"), owned(3, "apart"), owned(4, "apart")] },
          { addresses: [] },
          { addresses: ["192.0.2.5", owned(6, "owner")] },
        ],
        [
          { name: "plain", label: "1" },
          { name: "owner", label: "2" },
          { name: "apart", label: "3", shared: false },
          { name: "joined", label: "4", shared: false, groups },
          { name: "both", label: "5", groups },
          { name: "everywhere", label: "6", shared: false, groups: ["224.0.0.9"] },
          { name: "nowhere", label: "7", shared: false },
        ],
      ),
    ),
  );
  const reachOf = reachIn(policy);
  assert.equal(
    policy.partitions.map(({ name }, i) => [name, reachOf(i)]),
    [
      ["plain", [0, 3]],
      ["owner", [0, 1, 3]],
      ["apart", [1]],
      ["joined", [2]],
      ["both", [0, 2, 3]],
      ["everywhere", [0, 1, 2, 3]],
      ["nowhere", []],
    ],
  );
});

test("each interface without a range that it needs is said, with the first partition that needs it there (A-07)", () => {
  const { problems } = readResolved(
    changed(
      ...parts(
        [
          { addresses: ["192.0.2.1", owned(2, "private")] },
          { addresses: ["192.0.2.3"] },
          { addresses: ["192.0.2.4"], range: ["0", "9"] },
          { addresses: [owned(5, "last")] },
          { addresses: [owned(6, "plain")] },
        ],
        [
          { name: "private", label: "1", privateMultilevelPorts: ["80/tcp"] },
          { name: "plain", label: "2", shared: false },
          { name: "open", label: "3", multilevelPorts: ["81/tcp"] },
          { name: "more", label: "4", multilevelPorts: ["82/tcp"] },
          { name: "last", label: "5", shared: false, icmp: "range" },
        ],
      ),
    ),
  );
  const needed = "needed: it bounds the labels that reach the";
  assert.equal(
    problems.map(({ path, message }) => `${path}: ${message}`),
    [
      `interfaces[0].range: ${needed} multilevel ports of private`,
      `interfaces[1].range: ${needed} multilevel ports of open`,
      `interfaces[3].range: ${needed} ICMP of last`,
    ],
  );
});

test.run();
