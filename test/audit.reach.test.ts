// What can't be reached, and why; and how a packet comes to what can.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PartitionInput, PolicyInput } from "../ts/policy/input.ts";
import {
  audited,
  findingsAt,
  HIGH,
  LOW,
  NET0,
  OUTSIDE,
  PLAIN,
  packetsOf,
  READS_DOWN,
  unicastOnly,
  withOutcome,
  withPartitions,
} from "./auditing.ts";

const test = suite("audit, reach");

/** Why `high` is not reached, in a policy where all of it is refuted at once. */
const whyNot = (policy: PolicyInput, path = "partitions[1]"): string => {
  const [finding, ...others] = audited(policy).findings.filter(
    (item) => item.path === path && item.outcome === "refuted",
  );
  assert.is(others.length, 0);
  return finding!.words;
};

test("a partition that can't be reached is refuted, with the reason", () => {
  const peers = (range: readonly [string, string]): PolicyInput => ({
    ...PLAIN,
    templates: { peers: { type: "labelled", range } },
  });
  assert.is(whyNot(peers(["0", "9:0"])), "no packet reaches high: no host may send label 5:0,1 over IPv4 or IPv6");
  const doubtful = { ...peers(["0", "9:0"]), interfaces: unicastOnly("192.0.2.1") };
  assert.is(whyNot(doubtful), "no packet reaches high: no host may send label 5:0,1 over IPv4");
  assert.is(
    whyNot({ ...PLAIN, interfaces: [{ ...NET0, range: ["0", "4:0.9"] }] }),
    "no packet reaches high: label 5:0,1 is outside the range of net0",
  );
  const owner = { address: "192.0.2.1", partition: "low" };
  assert.is(
    whyNot({ ...PLAIN, interfaces: [{ ...NET0, addresses: [owner] }] }),
    "no packet reaches high: no address is shared, and it owns none",
  );
  assert.is(
    whyNot(withPartitions(LOW, { ...HIGH, shared: false })),
    "no packet reaches high: it is kept off shared addresses, and owns none",
  );
  assert.is(whyNot(withPartitions(LOW, { ...HIGH, bindings: [] })), "no packet reaches high: nothing is bound");
  const closed = [{ ...NET0, range: ["12", "12"] as const }];
  assert.is(
    whyNot({ ...withPartitions(LOW, { ...HIGH, multilevelPorts: ["1/tcp"] }), interfaces: closed }),
    "no packet reaches high: label 5:0,1 is outside the range of net0; no label arrives at net0 over IPv4",
  );
});

test("multicast that no interface is known to get reaches nobody", () => {
  const second = { name: "net1", addresses: ["192.0.2.129"] };
  const joined = { ...HIGH, shared: false, groups: ["239.1.1.1"] };
  assert.equal(withOutcome(withPartitions(LOW, joined), "refuted"), []);
  assert.is(
    whyNot({ ...PLAIN, interfaces: [NET0, second], partitions: [LOW, joined] }),
    "no packet reaches high: it is kept off shared addresses, and owns none; no multicast is known to come by net0 or net1",
  );
});

test("a binding that can't be reached is refuted while its partition is reached", () => {
  const bound = (binding: object, other: PartitionInput = LOW): PolicyInput =>
    withPartitions(other, {
      ...HIGH,
      bindings: [
        { name: "web", ports: ["80/tcp"] },
        { name: "x", ...binding },
      ],
    });
  const why = (policy: PolicyInput): string =>
    whyNot(policy, "partitions[1].bindings[1]").replace("no packet reaches high/x: ", "");
  assert.is(
    why(bound({ ports: ["8080-8081/tcp"] }, { ...LOW, multilevelPorts: ["8080-8090/tcp"] })),
    "on shared addresses 8080-8090/tcp is a multilevel port of low; broadcasts and multicasts carry no TCP",
  );
  assert.is(why(bound({ ports: [] })), "it lists no ports");
  const all = Array.from({ length: 256 }, (_, i) => `*/${i}`).filter((text) => !["*/0", "*/6"].includes(text));
  const policy = withPartitions(LOW, {
    ...HIGH,
    bindings: [{ name: "web", ports: ["*/tcp", ...all] }, { name: "x" }],
  });
  // Only protocol 0 is left, which IPv4 has.
  assert.equal(withOutcome(policy, "refuted"), []);
  const wide: PolicyInput = {
    ...policy,
    interfaces: [
      { name: "net0", addresses: ["2001:db8::1"] },
      { name: "net1", addresses: ["2001:db8::2"] },
    ],
    hosts: { "2001:db8:1::/48": "peers" },
  };
  assert.is(why(wide), "other bindings take all of its packets");
  assert.is(
    why({ ...wide, partitions: bound({ ports: ["*/ah", "*/60"] }).partitions }),
    "no packet is ah or 60 over IPv6",
  );
  const kept = { ...HIGH, shared: false, groups: ["239.1.1.1"] };
  assert.is(
    why(
      withPartitions(LOW, {
        ...kept,
        bindings: [
          { name: "dns", ports: ["53/udp"] },
          { name: "x", ports: ["80/tcp"] },
        ],
      }),
    ),
    "broadcasts and multicasts carry no TCP",
  );
});

const apart = (count: number): string => Array.from({ length: count }, (_, i) => 300 + i * 3).join(",");
const everything = (label: string, extra: Partial<PolicyInput> = {}): PolicyInput => ({
  ...PLAIN,
  interfaces: unicastOnly("192.0.2.1"),
  partitions: [LOW, { ...HIGH, label }],
  templates: { peers: { type: "labelled", range: ["0", "9:0.65534"] } },
  ...extra,
});

test("a label that fits no option reaches nothing; one that just fits does", () => {
  for (const label of [`5:${apart(15)}`, "5:0.239", "5:0.65534", "5:0,2,4,6,8,10.239", `5:0.7,${apart(6)}`]) {
    assert.equal(withOutcome(everything(label), "refuted"), [], label);
  }
  assert.is(
    whyNot(everything(`5:${apart(16)}`)),
    `no packet reaches high: no unlabelled host has label 5:${apart(16)}, and it fits no option of IPv4`,
  );
  const wide = (label: string): PolicyInput =>
    everything(label, {
      interfaces: [
        { name: "net0", addresses: ["2001:db8::1"] },
        { name: "net1", addresses: ["2001:db8::2"] },
      ],
      hosts: { "2001:db8:1::/48": "peers" },
    });
  assert.equal(withOutcome(wide(`5:${apart(16)},1951`), "refuted"), []);
  assert.match(whyNot(wide("5:1952")), "it fits no option of IPv6");
});

test("a label in a set of a template that fits no option is no better", () => {
  const label = `5:${apart(16)}`;
  const policy = everything(label, { templates: { peers: { type: "labelled", range: ["0", "1"], set: [label] } } });
  assert.match(whyNot(policy), "it fits no option of IPv4");
});

test("profile linux has room for an eighth range when that ends in category 0", () => {
  const label = `5:0.7,${Array.from({ length: 7 }, (_, i) => `${300 + i * 5}.${302 + i * 5}`).join(",")}`;
  assert.match(whyNot(everything(label)), "it fits no option of IPv4");
  assert.equal(withOutcome(everything(label, { profile: "linux" }), "refuted"), []);
});

test("what fits no CIPSO option comes without a label, or by RIPSO (Q-10)", () => {
  const label = `5:${apart(16)}`;
  const ripso = {
    mode: "map",
    levels: { SECRET: 5 },
    authorities: { "GENSER+NSA": apart(16).split(",").map(Number) },
  } as const;
  const [byRipso] = findingsAt(everything(label, { ripso }), "partitions", "partitions[1]");
  assert.match(packetsOf(byRipso!)[0]!, "with RIPSO label Secret GENSER NSA (here 5:300");
  const templates = { ...PLAIN.templates, outside: { type: "unlabelled", label } as const };
  const [byHost] = findingsAt(
    everything(label, { templates, hosts: { ...PLAIN.hosts, "203.0.113.0/24": "outside" } }),
    "partitions",
    "partitions[1]",
  );
  assert.match(packetsOf(byHost!)[0]!, "without a label (it gets 5:300");
});

test("a RIPSO label stands for a label in its sender's terms, and that for one in ours", () => {
  const policy: PolicyInput = {
    ...PLAIN,
    dois: { 8: { mode: "translate", levels: { 40: 5 }, categories: { "7.8": "0.1" } } },
    ripso: { mode: "map", doi: 8, levels: { SECRET: 40 }, authorities: { SCI: [7, 8] } },
    templates: { peers: { type: "labelled", doi: 8, set: [`40:7,8,${apart(16)}`, "40:7,8"] } },
  };
  const [reached] = findingsAt(policy, "partitions", "partitions[1]");
  assert.is(reached!.outcome, "proved");
  const only = { ...policy, templates: { peers: { type: "labelled", doi: 8, range: ["40:7", "40:7,8"] } as const } };
  const [found] = findingsAt(
    { ...only, partitions: [{ ...HIGH, multilevelPorts: ["1/tcp"] }] },
    "labels",
    "partitions[0].label",
  );
  assert.match(packetsOf(found!)[0]!, "with RIPSO label Secret SCI (here 5:0,1 in DOI 16): delivered to high");
});

test("RIPSO counts only where it is accredited, mapped and read", () => {
  const ripso = {
    mode: "map",
    levels: { SECRET: 5 },
    authorities: { NONE: apart(16).split(",").map(Number) },
  } as const;
  const narrow = everything(`5:${apart(16)}`, { ripso, templates: { peers: { type: "labelled", range: ["0", "5"] } } });
  assert.match(whyNot(narrow), "no host may send label");
  assert.match(whyNot(everything(`5:${apart(16)}`, { ripso: { mode: "ignore" } })), "fits no option");
});

test("a packet for an interface has its VLAN; one of many destinations is known to come by no other (P-01, M-01)", () => {
  const shared = { name: "all", label: "7", shared: false, groups: ["239.1.1.1"] };
  const net = (name: string, address: string, more: object) => ({ name, addresses: [address], ...more });
  const shown = (...interfaces: ReturnType<typeof net>[]): [string, string | undefined] => {
    const [found] = findingsAt({ ...PLAIN, interfaces, partitions: [shared] }, "partitions", "partitions[0]");
    return [packetsOf(found!)[0]!.replace(/, 53.*/, ""), found!.packets[0]!.frame.device];
  };
  const to = "198.51.100.1 → 239.1.1.1";
  assert.equal(shown(net("net0", "192.0.2.1", {})), [to, undefined]);
  assert.equal(shown(net("net0", "192.0.2.1", { vlan: 5 })), [`${to} in VLAN 5`, undefined]);
  assert.equal(shown(net("net0", "192.0.2.1", { vlan: 0 }), net("net1", "192.0.2.2", { vlan: 6 })), [to, undefined]);
  assert.equal(shown(net("net0", "192.0.2.1", { device: "eth0" }), net("net1", "192.0.2.2", { device: "eth1" })), [
    `${to} by device eth0`,
    "eth0",
  ]);
  // Of two, one of which takes all devices or VLANs, that one gets what the other can't.
  assert.equal(shown(net("net0", "192.0.2.1", { device: "eth0" }), net("net1", "192.0.2.2", {})), [
    `${to} by device other`,
    "other",
  ]);
  assert.equal(shown(net("net0", "192.0.2.1", { vlan: 5 }), net("net1", "192.0.2.2", {})), [`${to}`, undefined]);
  assert.equal(shown(net("net0", "192.0.2.1", { vlan: 0 }), net("net1", "192.0.2.2", {})), [
    `${to} in VLAN 4094`,
    undefined,
  ]);
});

test("a copy of a broadcast goes to every member that takes it, and the packet says so (M-02)", () => {
  const policy: PolicyInput = {
    ...PLAIN,
    interfaces: [{ ...NET0, addresses: ["192.0.2.1/24", { address: "192.0.2.9", partition: "own" }] }],
    partitions: [
      { ...LOW, bindings: [{ name: "ping", ports: ["*/icmp"] }] },
      { name: "own", label: "1", shared: false },
      { ...HIGH, shared: false, icmp: "range", groups: ["239.1.1.1"] },
    ],
  };
  const [found] = findingsAt(policy, "labels", "partitions[2].icmp");
  assert.match(packetsOf(found!)[0]!, "198.51.100.1 → 239.1.1.1, icmp");
  const broadcast = {
    ...policy,
    interfaces: [{ ...NET0, addresses: ["192.0.2.1/24", { address: "192.0.2.9", partition: "high" }] }],
  };
  const [shown] = findingsAt(broadcast, "partitions", "partitions[0]");
  assert.match(packetsOf(shown!)[0]!, "delivered to low/ping");
});

test("a labelled sender's packet is no copy for what reads down", () => {
  const joined = { ...READS_DOWN, groups: ["239.1.1.1"] };
  const low = { ...LOW, shared: false, groups: ["239.1.1.1"], bindings: [{ name: "log", ports: ["514/udp"] }] };
  const [labelled] = findingsAt({ ...PLAIN, partitions: [low, joined] }, "partitions", "partitions[0]");
  assert.match(packetsOf(labelled!)[0]!, "239.1.1.1, 514/udp with label 1 in DOI 16: delivered to low/log");
  const [unlabelled] = findingsAt({ ...OUTSIDE, partitions: [low, joined] }, "partitions", "partitions[0]");
  assert.match(packetsOf(unlabelled!)[0]!, "delivered to low/log and high/log");
});

test("directed broadcasts need not be known to come by their interface", () => {
  const second = { name: "net1", addresses: ["203.0.113.1/24"] };
  const policy = {
    ...OUTSIDE,
    interfaces: [{ ...NET0, addresses: ["192.0.2.1/24"] }, second],
    partitions: [LOW, READS_DOWN],
  };
  const [found] = findingsAt(policy, "separation", "partitions[1].bindings[0].acceptLower");
  assert.match(packetsOf(found!)[0]!, "192.0.2.255, 514/udp");
  assert.match(packetsOf(found!)[0]!, "delivered to low and high/log");
});

test.run();
