// Who may get a copy of what is for many (M-01, M-02): members by the addresses of an interface, and rows of groups.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatAddress } from "../ts/address.ts";
import { countGroups, groupsOf, membersIn } from "../ts/policy/groups.ts";
import type { PartitionInput } from "../ts/policy/input.ts";
import { MAX_MEMBERS, type Policy } from "../ts/policy/model.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";
import { type Change, changed } from "./policies.ts";

const test = suite("groups");

// Partitions: 0 and 1 shared, 1 takes ICMP of other labels; 2 and 3 kept off shared addresses, 3 with ICMP of other labels.
const PARTITIONS: readonly PartitionInput[] = [
  { name: "a", label: "1" },
  { name: "b", label: "2", icmp: "range" },
  { name: "c", label: "3", shared: false },
  { name: "d", label: "4", shared: false, icmp: "range" },
];
const owned = (last: number, partition: string) => ({ address: `192.0.2.${last}`, partition });

function policyWith(addresses: readonly (readonly unknown[])[], groups: readonly (readonly unknown[])[]): Policy {
  const changes: Change[] = [
    [["interfaces"], addresses.map((list, i) => ({ name: `net${i}`, addresses: list, range: ["0", "9"] }))],
    [["partitions"], PARTITIONS.map((partition, i) => ({ ...partition, groups: groups[i] ?? [] }))],
    [["control"], undefined],
  ];
  return resolvePolicy(changed(...changes));
}

const membersOn = (addresses: readonly unknown[]): unknown => {
  const policy = policyWith([addresses, ["192.0.2.200"]], []);
  return membersIn(policy)(policy.interfaces[0]!.addresses);
};

test("of a shared address: the shared partitions, and by name those of them that take ICMP of other labels (M-01)", () => {
  assert.equal(membersOn(["192.0.2.1"]), { shared: true, list: [1] });
});

test("of owned addresses: their owners, each once, ascending (M-01)", () => {
  assert.equal(membersOn([owned(3, "d"), owned(2, "a"), owned(4, "d")]), { shared: false, list: [0, 3] });
});

test("of both: owners that the shared address does not reach are named too (M-01)", () => {
  const members = membersOn(["192.0.2.1", owned(2, "c"), owned(3, "a"), owned(4, "b")]);
  assert.equal(members, { shared: true, list: [1, 2] });
});

test("of no address: nobody", () => {
  assert.equal(membersOn([]), { shared: false, list: [] });
});

const rowsOf = (policy: Policy): [string, number, readonly number[]][] =>
  groupsOf(policy).map(({ address, interface: i, members }) => [formatAddress(address), i, members.list]);

test("a group that is joined on any interface has a row on each; who joined it there only is in that one (M-01)", () => {
  const here = { address: "224.0.0.9", interface: "net1" };
  const policy = policyWith(
    [["192.0.2.1"], ["192.0.2.2"], ["192.0.2.3"]],
    [["224.0.0.9"], [here], ["224.0.0.9", here], [{ address: "ff02::fb", interface: "net2" }]],
  );
  assert.equal(rowsOf(policy), [
    ["224.0.0.9", 0, [0, 2]],
    ["224.0.0.9", 1, [0, 1, 2]],
    ["224.0.0.9", 2, [0, 2]],
    ["ff02::fb", 2, [3]],
  ]);
  assert.is(countGroups(policy), 4);
});

test("the broadcast of a prefix has one row on its interface, for all addresses that have it (M-01)", () => {
  const policy = policyWith([["192.0.2.1/24", { address: "192.0.2.2/24", partition: "c" }], ["198.51.100.1/24"]], []);
  assert.equal(rowsOf(policy), [
    ["192.0.2.255", 0, [1, 2]],
    ["198.51.100.255", 1, [1]],
  ]);
  assert.is(countGroups(policy), 2);
});

test(`${MAX_MEMBERS} that joined a group on any interface and one that joined it on one: too many there (M-02)`, () => {
  const joined = (count: number, groups: readonly unknown[]): Partial<PartitionInput>[] =>
    Array.from({ length: count }, () => ({ label: "1", shared: false, groups }) as Partial<PartitionInput>);
  const problemsOf = (any: number, only: number): string[] => {
    const members = [...joined(any, ["ff02::fb"]), ...joined(only, [{ address: "ff02::fb", interface: "net0" }])];
    const partitions = [{ name: "a", label: "2" }, ...members.map((member, i) => ({ ...member, name: `m${i}` }))];
    const policy = changed(
      [["partitions"], partitions],
      [["control"], undefined],
      [["interfaces", 0, "addresses"], ["192.0.2.1"]],
    );
    return readResolved(policy).problems.map(({ path, message }) => `${path}: ${message}`);
  };
  assert.equal(problemsOf(MAX_MEMBERS - 1, 1), []);
  assert.equal(problemsOf(MAX_MEMBERS, 1), [
    "partitions: 1025 of them may get copies of ff02::fb: at most 1024 that share no label",
  ]);
});

test("many groups on many interfaces are refused by their number (M-02)", () => {
  const groups = Array.from({ length: 3000 }, (_, i) => `239.1.${i >> 8}.${i & 255}`);
  const policy = changed(
    [
      ["interfaces"],
      Array.from({ length: 4000 }, (_, i) => ({ name: `n${i}`, addresses: [`10.0.${i >> 8}.${i & 255 || 9}`] })),
    ],
    [["partitions"], [{ name: "a", label: "1", groups }]],
    [["control"], undefined],
  );
  const { problems } = readResolved(policy);
  assert.ok(problems.some(({ message }) => message === "more than 65534 addresses, broadcasts and groups"));
});

test.run();
