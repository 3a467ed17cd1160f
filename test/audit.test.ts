// What the audit says of policies that were made to show one thing each. Every packet is judged as claimed (audited).
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { auditPolicy } from "../ts/audit/audit.ts";
import { MAX_LISTED, MAX_PACKETS } from "../ts/audit/finding.ts";
import { MAX_REDUCED } from "../ts/audit/labels.ts";
import { MAX_COMPARISONS } from "../ts/audit/separation.ts";
import { PolicyError } from "../ts/errors.ts";
import type { PartitionInput, PolicyInput } from "../ts/policy/input.ts";
import { audited, findingsAt, PLAIN, packetsOf, said, withOutcome } from "./audited.ts";

const test = suite("audit");

const [LOW, HIGH] = PLAIN.partitions as [PartitionInput, PartitionInput];
const [NET0] = PLAIN.interfaces;

/** PLAIN with other partitions. */
const withPartitions = (...partitions: PartitionInput[]): PolicyInput => ({ ...PLAIN, partitions });
/** PLAIN with an address of its own for `high`. */
const OWNED: PolicyInput = {
  ...PLAIN,
  interfaces: [{ ...NET0!, addresses: ["192.0.2.1", { address: "192.0.2.9", partition: "high" }] }],
};
/** PLAIN with a host that sends no labels. */
const OUTSIDE: PolicyInput = {
  ...PLAIN,
  templates: { ...PLAIN.templates, outside: { type: "unlabelled", label: "1" } },
  hosts: { ...PLAIN.hosts, "203.0.113.0/24": "outside" },
};

test("a policy with problems is not audited: they are thrown, all of them", () => {
  assert.throws(
    () => auditPolicy({ ...PLAIN, doi: 0 }),
    (error: unknown) => error instanceof PolicyError,
  );
});

test("of a plain policy everything is proved, with a packet for every partition", () => {
  assert.equal(withOutcome(PLAIN, "refuted"), []);
  assert.equal(withOutcome(PLAIN, "declared"), []);
  assert.equal(said(PLAIN, "separation", "partitions"), [
    "proved: on shared addresses no two partitions have one label",
  ]);
  assert.equal(said(PLAIN, "labels", "partitions[1].label"), ["proved: high receives its label, 5:0,1 in DOI 16"]);
  const [reached] = findingsAt(PLAIN, "partitions", "partitions[1]");
  assert.is(reached!.words, "high is reached");
  assert.equal(packetsOf(reached!), ["198.51.100.1 → 192.0.2.1, 80/tcp with label 5:0,1 in DOI 16: delivered to high"]);
});

test("a multilevel port brings a label to a second partition: declared, with two packets of one label (D-02)", () => {
  const policy = withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }, HIGH);
  const [found] = findingsAt(policy, "separation", "partitions[0].multilevelPorts[0]");
  assert.is(found!.outcome, "declared");
  assert.is(found!.words, "5:0,1 in DOI 16 reaches low through multilevel port 8080/tcp, and high");
  assert.equal(packetsOf(found!), [
    "198.51.100.1 → 192.0.2.1, 8080/tcp with label 5:0,1 in DOI 16: delivered to low",
    "198.51.100.1 → 192.0.2.1, 80/tcp with label 5:0,1 in DOI 16: delivered to high",
  ]);
  assert.equal(said(policy, "labels", "partitions[0].multilevelPorts[0]"), [
    "declared: low receives 0 to 9:0.9 in DOI 16 through multilevel port 8080/tcp",
  ]);
});

test("two multilevel ports share labels that no partition has", () => {
  const policy = withPartitions(
    { name: "a", label: "12", multilevelPorts: ["1/tcp"] },
    { name: "b", label: "13", multilevelPorts: ["2/udp"] },
  );
  const [found] = findingsAt(policy, "separation", "partitions[0].multilevelPorts[0]");
  assert.is(found!.words, "0 in DOI 16 reaches a through multilevel port 1/tcp, and b");
  assert.is(found!.packets.length, 2);
});

test("a multilevel port that no other partition's label comes to is no matter of two partitions", () => {
  const policy = withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] });
  assert.equal(said(policy, "separation", "partitions[0].multilevelPorts[0]"), []);
  assert.is(said(policy, "labels", "partitions[0].multilevelPorts[0]").length, 1);
});

test("a multilevel port that no label but its partition's own can come to does nothing", () => {
  const narrow = {
    ...withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }),
    interfaces: [{ ...NET0!, range: ["1", "1"] as const }],
  };
  assert.equal(said(narrow, "separation", "partitions[0].multilevelPorts[0]"), [
    "proved: multilevel port 8080/tcp of low does nothing: no label but low's own comes to it",
  ]);
  const closed = { ...narrow, interfaces: [{ ...NET0!, range: ["12", "12"] as const }] };
  assert.equal(said(closed, "separation", "partitions[0].multilevelPorts[0]"), [
    "proved: multilevel port 8080/tcp of low does nothing: no packet comes to it",
  ]);
});

test("private multilevel ports are those of addresses that are owned (A-04, D-07)", () => {
  const ports = { privateMultilevelPorts: ["22/tcp"] };
  const policy = { ...OWNED, partitions: [LOW, { ...HIGH, ...ports }] };
  const [found] = findingsAt(policy, "separation", "partitions[1].privateMultilevelPorts[0]");
  assert.is(found!.outcome, "declared");
  assert.is(packetsOf(found!)[0], "198.51.100.1 → 192.0.2.9, 22/tcp with label 1 in DOI 16: delivered to high");
  assert.equal(said(withPartitions(LOW, { ...HIGH, ...ports }), "separation", found!.path), [
    "proved: private multilevel port 22/tcp of high does nothing: no packet comes to it",
  ]);
});

test("a partition that takes ICMP of the range takes it where it owns the address (F-22), and as a copy (U-11)", () => {
  const policy = { ...OWNED, partitions: [LOW, { ...HIGH, icmp: "range" as const }] };
  const [owned] = findingsAt(policy, "separation", "partitions[1].icmp");
  assert.is(owned!.words, "1 in DOI 16 reaches high through ICMP, and low");
  assert.is(packetsOf(owned!)[0], "198.51.100.1 → 192.0.2.9, icmp with label 1 in DOI 16: delivered to high");
  const copies = withPartitions(LOW, { ...HIGH, icmp: "range" });
  const [copied] = findingsAt(copies, "separation", "partitions[1].icmp");
  assert.is(packetsOf(copied!)[0], "198.51.100.1 → 224.0.0.1, icmp with label 1 in DOI 16: delivered to low and high");
});

const READS_DOWN: PartitionInput = {
  ...HIGH,
  bindings: [{ name: "log", ports: ["514/udp"], acceptLower: true }, { name: "rest" }],
};

test("a binding that reads down brings a label of unlabelled hosts to a second partition (A-05)", () => {
  const bound = { ...OUTSIDE, partitions: [{ ...LOW, bindings: [{ name: "web", ports: ["80/tcp"] }] }, READS_DOWN] };
  const [found] = findingsAt(bound, "separation", "partitions[1].bindings[0].acceptLower");
  assert.is(found!.words, "1 in DOI 16 reaches high through acceptLower of log, and low");
  assert.equal(packetsOf(found!), [
    "203.0.113.1 → 192.0.2.1, 514/udp without a label (it gets 1 in DOI 16): delivered to high/log",
    "203.0.113.1 → 192.0.2.1, 80/tcp without a label (it gets 1 in DOI 16): delivered to low/web",
  ]);
  assert.equal(said(bound, "labels", found!.path), ["declared: high receives 1 in DOI 16 through acceptLower of log"]);
});

test("the partition of the label comes before what reads down (D-06); copies go to both", () => {
  // `low` takes everything on the shared address, and no copy can come: two interfaces leave no doubt about that.
  const second = { name: "net1", addresses: ["192.0.2.129"], range: ["0", "9:0.9"] as const };
  const unicast = { ...OUTSIDE, interfaces: [NET0!, second], partitions: [LOW, READS_DOWN] };
  const path = "partitions[1].bindings[0].acceptLower";
  const [found] = findingsAt({ ...unicast, interfaces: [NET0!] }, "separation", path);
  assert.match(packetsOf(found!)[0]!, "224.0.0.1, 514/udp");
  assert.match(packetsOf(found!)[0]!, "delivered to low and high/log");
  // A frame of a device that nobody has could be of either.
  assert.equal(said(unicast, "separation", path), [
    "proved: acceptLower of log of high does nothing: no packet comes to it",
  ]);
});

test("nothing reads down where no unlabelled host's label is below", () => {
  const path = "partitions[1].bindings[0].acceptLower";
  assert.equal(said(withPartitions(LOW, READS_DOWN), "separation", path), [
    "proved: acceptLower of log of high does nothing: no packet comes to it",
  ]);
});

test("a label that a partition kept off shared addresses repeats reaches both (P-27)", () => {
  const policy = {
    ...OWNED,
    partitions: [LOW, { ...HIGH, label: "1", shared: false }],
  };
  const [found] = findingsAt(policy, "separation", "partitions[1].shared");
  assert.is(`${found!.outcome}: ${found!.words}`, "declared: 1 in DOI 16 is the label of high and of low");
  assert.equal(packetsOf(found!), [
    "198.51.100.1 → 192.0.2.9, 80/tcp with label 1 in DOI 16: delivered to high",
    "198.51.100.1 → 192.0.2.1, 80/tcp with label 1 in DOI 16: delivered to low",
  ]);
});

test("control packets reach the control partition without a label (R-02), or nothing", () => {
  const policy = { ...OUTSIDE, control: "high" };
  const [found] = findingsAt(policy, "unlabelled", "control");
  assert.is(found!.words, "control packets from everybody with a template reach high");
  assert.equal(packetsOf(found!), [
    "203.0.113.1 → 192.0.2.1, control packet (icmp) without a label: delivered to high",
    "203.0.113.1 → 192.0.2.1, control packet (igmp) without a label: delivered to high",
    "::ffff:203.0.113.1 → ff02::1, control packet (icmpv6) without a label: delivered to high",
  ]);
  assert.is(findingsAt(policy, "separation", "control")[0]!.outcome, "declared");
  const [none] = findingsAt(OUTSIDE, "unlabelled", "control");
  assert.equal(packetsOf(none!), [
    "203.0.113.1 → 192.0.2.1, control packet (icmp) without a label: dropped, NO_PARTITION",
  ]);
  const unbound = { ...policy, partitions: [LOW, { ...HIGH, bindings: [{ name: "web", ports: ["80/tcp"] }] }] };
  const [dropped] = findingsAt(unbound, "unlabelled", "control");
  assert.is(dropped!.words, "control packets without a label reach nothing: high has no binding for them");
  assert.match(packetsOf(dropped!)[0]!, "dropped, NO_BINDING");
});

test("control packets reach what is bound to an address, whoever owns it", () => {
  const bindings = [
    { name: "ping", ports: ["*/icmp"] },
    { name: "there", address: "192.0.2.9" },
  ];
  const policy = { ...OWNED, control: "high", partitions: [LOW, { ...HIGH, bindings }] };
  const [found] = findingsAt(policy, "unlabelled", "control");
  assert.is(found!.words, "control packets from everybody with a template reach high/ping and high/there");
  assert.is(found!.packets.length, 2);
});

test("labels of another DOI are said in our terms, and sent in theirs", () => {
  const policy: PolicyInput = {
    ...withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }, HIGH),
    dois: { 8: { mode: "translate", levels: { 40: 1, 50: 5, 70: 7 }, categories: { "100.101": "0.1", 200: 3 } } },
    templates: { peers: { type: "labelled", doi: 8, range: ["0", "60:0.300"] } },
  };
  assert.equal(said(policy, "labels", "partitions[0].multilevelPorts[0]"), [
    "declared: low receives 1 to 5:0,1,3 with level 1, 5 in DOI 16 through multilevel port 8080/tcp",
  ]);
  const [reached] = findingsAt(policy, "partitions", "partitions[1]");
  assert.match(packetsOf(reached!)[0]!, "with label 50:100,101 in DOI 8 (here 5:0,1 in DOI 16): delivered to high");
});

/** Two interfaces, of which no multicast is known to have come by one. */
const unicastOnly = (...addresses: string[]): PolicyInput["interfaces"] => [
  { name: "net0", addresses },
  { name: "net1", addresses: ["203.0.113.254"] },
];

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
    whyNot({ ...PLAIN, interfaces: [{ ...NET0!, range: ["0", "4:0.9"] }] }),
    "no packet reaches high: label 5:0,1 is outside the range of net0",
  );
  const owner = { address: "192.0.2.1", partition: "low" };
  assert.is(
    whyNot({ ...PLAIN, interfaces: [{ ...NET0!, addresses: [owner] }] }),
    "no packet reaches high: no address is shared, and it owns none",
  );
  assert.is(
    whyNot(withPartitions(LOW, { ...HIGH, shared: false })),
    "no packet reaches high: it is kept off shared addresses, and owns none",
  );
  assert.is(whyNot(withPartitions(LOW, { ...HIGH, bindings: [] })), "no packet reaches high: nothing is bound");
  const closed = [{ ...NET0!, range: ["12", "12"] as const }];
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
    whyNot({ ...PLAIN, interfaces: [NET0!, second], partitions: [LOW, joined] }),
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

test("a template or host prefix that never wins is refuted, with the reason (F-05)", () => {
  const never = (hosts: Record<string, string>, addresses = ["192.0.2.1", "2001:db8::1"]): string[] =>
    withOutcome(
      {
        ...PLAIN,
        interfaces: unicastOnly(...addresses),
        templates: { ...PLAIN.templates, lost: { type: "unlabelled", label: "1" } },
        hosts: { ...PLAIN.hosts, ...hosts },
      },
      "refuted",
    );
  assert.equal(never({}), ["templates.lost: lost never wins: no host has it"]);
  assert.equal(never({ "198.51.100.0/25": "peers", "198.51.100.128/25": "lost" }), [
    'hosts["198.51.100.0/24"]: 198.51.100.0/24 never wins: longer prefixes hold all of its addresses',
  ]);
  assert.equal(never({ "10.0.0.0/8": "lost", "10.0.0.0/9": "peers", "10.128.0.0/9": "peers" }), [
    "templates.lost: lost never wins: longer prefixes hold all of its addresses",
    'hosts["10.0.0.0/8"]: 10.0.0.0/8 never wins: longer prefixes hold all of its addresses',
  ]);
  assert.equal(never({ "ff00::/8": "lost" }), [
    "templates.lost: lost never wins: nobody sends from its addresses, they are of groups",
    'hosts["ff00::/8"]: ff00::/8 never wins: nobody sends from its addresses, they are of groups',
  ]);
  assert.equal(never({ "224.0.0.0/4": "lost" }, ["192.0.2.1"]), [
    "templates.lost: lost never wins: nobody sends from its addresses, they are of groups",
    'hosts["224.0.0.0/4"]: 224.0.0.0/4 never wins: nobody sends from its addresses, they are of groups',
  ]);
  // What is left of it is ::ffff:0:0/96, where IPv4 is looked up.
  assert.equal(never({ "::fffe:0:0/95": "lost", "::fffe:0:0/96": "peers" }), [
    "templates.lost: lost never wins: longer prefixes hold its addresses but those of groups and the IPv4-mapped ones, which are looked up as IPv4",
    'hosts["::fffe:0:0/95"]: ::fffe:0:0/95 never wins: longer prefixes hold its addresses but those of groups and the IPv4-mapped ones, which are looked up as IPv4',
  ]);
});

test("a prefix of a version of IP that nothing is ours in never wins", () => {
  const second = { name: "net1", addresses: ["192.0.2.129"] };
  const policy: PolicyInput = {
    ...PLAIN,
    interfaces: [NET0!, second],
    hosts: { ...PLAIN.hosts, "2001:db8::/32": "peers" },
  };
  assert.equal(withOutcome(policy, "refuted"), [
    'hosts["2001:db8::/32"]: 2001:db8::/32 never wins: no interface gets IPv6',
  ]);
});

test("a template wins where a shorter prefix ends, and for IPv4 inside IPv6 (F-05)", () => {
  const policy: PolicyInput = {
    ...OUTSIDE,
    interfaces: [
      { name: "net0", addresses: ["2001:db8::1"] },
      { name: "net1", addresses: ["2001:db8::2"] },
    ],
    hosts: { "0.0.0.0/0": "outside", "0.0.0.0/1": "peers" },
  };
  const [outside] = findingsAt(policy, "templates", "templates.outside");
  assert.equal(packetsOf(outside!), [
    "::ffff:203.0.113.1 → 2001:db8::1, 53/udp with label 2 in DOI 16: dropped, SENDER_NOT_ACCREDITED",
  ]);
  const [peers] = findingsAt(policy, "templates", "templates.peers");
  assert.match(packetsOf(peers!)[0]!, /^::ffff:0\.0\.0\.1 .*without a label: dropped, LABEL_REQUIRED$/);
});

test("what unlabelled senders reach is shown with the label they get (R-20); labelled ones reach nothing without (R-21)", () => {
  const policy = {
    ...OUTSIDE,
    partitions: [
      { ...LOW, bindings: [{ name: "web", ports: ["80/tcp"] }, { name: "rest" }] },
      { ...HIGH, multilevelPorts: ["8080/tcp"] },
    ],
  };
  const [found] = findingsAt(policy, "unlabelled", "templates.outside");
  assert.is(found!.outcome, "declared");
  assert.is(found!.words, "senders of outside get label 1 in DOI 16 and reach low/web, low/rest and high");
  assert.is(found!.packets.length, 3);
  const [labelled] = findingsAt(policy, "unlabelled", "templates");
  assert.is(labelled!.outcome, "proved");
  assert.match(packetsOf(labelled!)[0]!, "dropped, LABEL_REQUIRED");
  const nowhere = { ...OUTSIDE, partitions: [HIGH] };
  assert.equal(said(nowhere, "unlabelled", "templates.outside"), [
    "proved: senders of outside get label 1 in DOI 16 and reach nothing",
  ]);
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
    interfaces: [{ ...NET0!, addresses: ["192.0.2.1/24", { address: "192.0.2.9", partition: "own" }] }],
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
    interfaces: [{ ...NET0!, addresses: ["192.0.2.1/24", { address: "192.0.2.9", partition: "high" }] }],
  };
  const [shown] = findingsAt(broadcast, "partitions", "partitions[0]");
  assert.match(packetsOf(shown!)[0]!, "delivered to low/ping");
});

test("directed broadcasts need not be known to come by their interface", () => {
  const second = { name: "net1", addresses: ["203.0.113.1/24"] };
  const policy = {
    ...OUTSIDE,
    interfaces: [{ ...NET0!, addresses: ["192.0.2.1/24"] }, second],
    partitions: [LOW, READS_DOWN],
  };
  const [found] = findingsAt(policy, "separation", "partitions[1].bindings[0].acceptLower");
  assert.match(packetsOf(found!)[0]!, "192.0.2.255, 514/udp");
  assert.match(packetsOf(found!)[0]!, "delivered to low and high/log");
});

test("names that every object of JavaScript has are names", () => {
  const unlabelled = { type: "unlabelled", label: "1" } as const;
  const policy: PolicyInput = {
    ...PLAIN,
    partitions: [{ name: "constructor", label: "1" }],
    templates: { toString: unlabelled, valueOf: unlabelled },
    hosts: { "0.0.0.0/0": "toString" },
  };
  assert.equal(withOutcome(policy, "refuted"), ["templates.valueOf: valueOf never wins: no host has it"]);
  assert.equal(said(policy, "unlabelled", "templates.toString"), [
    "declared: senders of toString get label 1 in DOI 16 and reach constructor",
  ]);
});

test(`of many items ${MAX_LISTED} are said, and how many there are more`, () => {
  const bound = (count: number): PolicyInput => {
    const bindings = Array.from({ length: count }, (_, i) => ({ name: `b${i}`, ports: [`${i + 1}/udp`] }));
    return withPartitions({ ...LOW, bindings });
  };
  const [words] = said(bound(MAX_LISTED), "partitions", "partitions[0]");
  assert.is(words, "proved: low is reached: b0, b1, b2, b3, b4, b5, b6 and b7");
  const [more] = said(bound(MAX_LISTED + 1), "partitions", "partitions[0]");
  assert.is(more, "proved: low is reached: b0, b1, b2, b3, b4, b5, b6, b7 and 1 more");
});

test(`an audit shows ${MAX_PACKETS} packets and says how many more there are`, () => {
  const many = (count: number): PolicyInput => ({
    ...PLAIN,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
    partitions: Array.from({ length: count }, (_, i) => ({
      name: `p${i}`,
      label: `${i % 256}:${Math.floor(i / 256)}`,
    })),
    templates: { peers: { type: "labelled", range: ["0", "255:0.99"] } },
  });
  const packetsIn = (count: number): [number, number] => {
    const { findings, omitted } = auditPolicy(many(count));
    return [new Set(findings.flatMap(({ packets }) => packets)).size, omitted];
  };
  const [ten] = packetsIn(10);
  const fitting = MAX_PACKETS - ten + 10;
  assert.equal(packetsIn(fitting), [MAX_PACKETS, 0]);
  const [shown, omitted] = packetsIn(fitting + 1);
  assert.is(shown, MAX_PACKETS);
  assert.ok(omitted > 0);
});

test(`beyond ${MAX_COMPARISONS} pairs of ranges it is said that nothing was decided`, () => {
  // Ranges that never meet: a category of its own each, over IPv4 such as CALIPSO has no room for.
  const templates = (name: string, count: number, from: number) =>
    Array.from({ length: count }, (_, i) => {
      const range = [`0:${from + i}`, `9:${from + i}`] as const;
      return [`${name}${i}`, { type: "labelled" as const, range }] as const;
    });
  const policy = (count: number): PolicyInput => {
    const four = templates("four", 1000, 2000);
    const six = templates("six", count, 0);
    return {
      doi: 16,
      interfaces: [
        {
          name: "net0",
          addresses: [
            { address: "192.0.2.1", partition: "a" },
            { address: "2001:db8::1", partition: "b" },
          ],
          range: ["0", "255:0.65534"],
        },
        { name: "net1", addresses: ["192.0.2.129"] },
      ],
      partitions: ["a", "b"].map((name) => ({
        name,
        label: `250:${name === "a" ? 60_000 : 60_001}`,
        privateMultilevelPorts: ["1/tcp"],
      })),
      templates: Object.fromEntries([...four, ...six]),
      hosts: Object.fromEntries([
        ...four.map(([name], i) => [`10.${i >> 8}.${i & 255}.0/24`, name]),
        ...six.map(([name], i) => [`2001:db8:${(i + 1).toString(16)}::/48`, name]),
      ]),
    };
  };
  const outcomes = (count: number): string[] =>
    auditPolicy(policy(count))
      .findings.filter(({ question, path }) => question === "separation" && path.includes("rivate"))
      .map(({ outcome }) => outcome);
  assert.is(MAX_COMPARISONS, 1000 * 1000);
  assert.equal(outcomes(1000), []);
  assert.equal(outcomes(1001), ["undecided", "undecided"]);
});

test(`of up to ${MAX_REDUCED} ranges those that others hold are left out`, () => {
  const nested = (count: number): PolicyInput => {
    const names = Array.from({ length: count }, (_, i) => `t${i}`);
    return {
      ...withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }),
      interfaces: [
        { ...NET0!, range: ["0", "9:0.9999"] },
        { name: "net1", addresses: [{ address: "192.0.2.129", partition: "low" }], range: ["10", "10"] },
      ],
      templates: Object.fromEntries(names.map((name, i) => [name, { type: "labelled", range: ["0", `9:0.${i + 1}`] }])),
      hosts: Object.fromEntries(names.map((name, i) => [`10.${i >> 8}.${i & 255}.0/24`, name])),
    };
  };
  const received = (count: number): string => {
    const { findings } = auditPolicy(nested(count));
    return findings.find(({ question, path }) => question === "labels" && path.includes("multilevel"))!.words;
  };
  assert.is(received(MAX_REDUCED), `low receives 0 to 9:0.${MAX_REDUCED} in DOI 16 through multilevel port 8080/tcp`);
  assert.match(received(MAX_REDUCED + 1), `and ${MAX_REDUCED + 1 - MAX_LISTED} more`);
});

test.run();
