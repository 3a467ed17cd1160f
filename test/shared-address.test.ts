// The requirements of the patent and the rules of Trusted Extensions' receive path that the dispatch table does not show,
// one test each, by their tags (docs/requirements.md). Kernel and oracle are asked the same.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf, type FrameInput } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved } from "../ts/policy/read.ts";
import { judge } from "./both.ts";
import { calipso, cipso, ETHERNET, ethernet, ipv4, ipv6, optionsHeader, RAW } from "./packets.ts";

const test = suite("shared address");

const ICMP = 1;
const TCP = 6;
const UDP = 17;

const POLICY: PolicyInput = {
  doi: 16,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1/24", "2001:db8::1"], range: ["0", "9:0.100"] }],
  partitions: [
    { name: "public", label: "1", bindings: [{ name: "web", ports: ["80/tcp", "80/udp"] }, { name: "rest" }] },
    { name: "secret", label: "5:0", bindings: [{ name: "web", ports: ["80/tcp", "80/udp"] }] },
  ],
  templates: { peers: { type: "labelled", range: ["0", "9:0.100"] }, outside: { type: "unlabelled", label: "1" } },
  hosts: { "198.51.100.0/24": "peers", "203.0.113.0/24": "outside", "2001:db8:1::/48": "peers" },
};
const [NET] = POLICY.interfaces;
const [PUBLIC, SECRET] = POLICY.partitions;

const one = ipv4({ options: cipso(1) });
const five = ipv4({ options: cipso(5, [0]) });
const bare = ipv4({ src: "203.0.113.5" });

test("P-01: what comes by another device than its interface's is not for it; what comes by an unknown one may be", () => {
  const policy = { ...POLICY, interfaces: [{ ...NET!, device: "eth0" }] };
  const by = (device?: string): FrameInput => ({
    bytes: one,
    linkType: RAW,
    ...(device === undefined ? {} : { device }),
  });
  assert.equal(judge(policy, by("eth0"), by("eth1"), by()), ["public/web", "WRONG_INTERFACE", "public/web"]);
  assert.equal(judge(POLICY, by("eth1")), ["public/web"], "an interface without a device takes from all");
});

test("P-01: an interface without a device takes from all, also where another interface has one", () => {
  const second = { name: "net1", device: "eth1", addresses: ["192.0.3.1"] };
  const by = (device: string): FrameInput => ({ bytes: one, linkType: RAW, device });
  assert.equal(judge({ ...POLICY, interfaces: [NET!, second] }, by("eth1"), by("eth2")), ["public/web", "public/web"]);
});

test("P-01: a VLAN is part of the interface; frames with two tags are on none", () => {
  const tagged = (...vlans: number[]): FrameInput => ({ bytes: ethernet(one, vlans), linkType: ETHERNET });
  const on = (vlan: number) => ({ ...POLICY, interfaces: [{ ...NET!, vlan }] });
  const all = [tagged(), tagged(0), tagged(100), tagged(0xe064), tagged(101), tagged(100, 100)];
  const wrong = "WRONG_INTERFACE";
  assert.equal(judge(on(100), ...all), [wrong, wrong, "public/web", "public/web", wrong, wrong]);
  assert.equal(judge(on(0), ...all), ["public/web", "public/web", wrong, wrong, wrong, wrong]);
  assert.equal(judge(POLICY, ...all), new Array(6).fill("public/web"));
});

test("P-01: a multicast belongs to the one interface that it can have come by", () => {
  const group = "224.0.0.251";
  const policy: PolicyInput = {
    ...POLICY,
    interfaces: [
      { ...NET!, device: "eth0" },
      { name: "net1", device: "eth1", addresses: ["192.0.3.1"], range: ["0", "9"] },
    ],
    partitions: [
      { name: "public", label: "1", groups: [{ address: group, interface: "net1" }] },
      { name: "two", label: "2", groups: [group] },
    ],
  };
  const by = (device: string | undefined, level: number): FrameInput => ({
    bytes: ipv4({ dst: group, options: cipso(level) }),
    linkType: RAW,
    ...(device === undefined ? {} : { device }),
  });
  const said = judge(
    policy,
    by("eth1", 1),
    by("eth0", 1),
    by("eth0", 2),
    by("eth1", 2),
    by("eth2", 2),
    by(undefined, 2),
  );
  assert.equal(said, ["public", "NO_PARTITION", "two", "two", "NOT_OURS", "NOT_OURS"]);
});

test("P-02: addresses are the interface's; with no partition of the label the address is ours all the same", () => {
  assert.equal(judge({ ...POLICY, partitions: [SECRET!] }, one, five), ["NO_PARTITION", "secret/web"]);
  assert.equal(judge({ ...POLICY, partitions: [] }, one), ["NO_PARTITION"]);
});

test("P-03, P-06, P-07, P-08, P-09, P-11: two packets to one address, each to the endpoint of its label's partition", () => {
  assert.equal(judge(POLICY, one, five), ["public/web", "secret/web"]);
  const six = (level: number, categories: number[]) => ipv6({ headers: [calipso(level, categories)] });
  assert.equal(judge(POLICY, six(1, []), six(5, [0])), ["public/web", "secret/web"]);
});

test("P-15: a sink that fails takes nothing from another partition and sees nothing of it", () => {
  const classifier = createClassifier(POLICY);
  const seen: number[] = [];
  classifier.register("public", () => {
    throw new Error("no");
  });
  classifier.register("secret", (delivery) => seen.push(...delivery.rows));
  const packets = [one, five, one, five].map((bytes) => ({ bytes, linkType: RAW }));
  assert.throws(() => classifier.dispatch(batchOf(packets)), /no/);
  assert.equal(seen, [1, 3]);
});

test("P-20, R-20: a sender that labels nothing has the label of its longest prefix", () => {
  const policy: PolicyInput = {
    ...POLICY,
    templates: { ...POLICY.templates, inside: { type: "unlabelled", label: "5:0" } },
    hosts: { ...POLICY.hosts, "203.0.113.128/25": "inside", "203.0.113.200": "outside" },
  };
  const from = (src: string) => ipv4({ src });
  assert.equal(judge(policy, from("203.0.113.5"), from("203.0.113.129"), from("203.0.113.200")), [
    "public/web",
    "secret/web",
    "public/web",
  ]);
});

test("P-21, L-03: a match is equality: neither a dominating nor a dominated label will do", () => {
  const near = [cipso(5), cipso(4, [0]), cipso(6, [0]), cipso(5, [0, 1])].map((options) => ipv4({ options }));
  assert.equal(judge(POLICY, ...near), new Array(4).fill("NO_PARTITION"));
});

test("P-22, D-05, Q-09: what matches nobody is nobody's, not the control partition's either", () => {
  assert.equal(judge({ ...POLICY, control: "public" }, ipv4({ options: cipso(7) })), ["NO_PARTITION"]);
});

test("P-24: the partition of control packets is one of the policy's, named by it", () => {
  const router = ipv4({ src: "203.0.113.5", protocol: ICMP, body: [9, 0, 0, 0, 0, 0, 0, 0] });
  assert.equal(
    judge(
      { ...POLICY, control: "secret" },
      ipv4({ src: "203.0.113.5", protocol: ICMP, body: [9, 0, 0, 0, 0, 0, 0, 0] }),
    ),
    ["NO_BINDING"],
  );
  const { bindings: _, ...open } = SECRET!;
  assert.equal(judge({ ...POLICY, control: "secret", partitions: [PUBLIC!, open] }, router), ["secret"]);
});

test("P-27, Z-03: a label again, only off the shared addresses, and reached there", () => {
  const again = { name: "again", label: "1" };
  const owns = { ...NET!, addresses: [...NET!.addresses, { address: "192.0.2.9", partition: "again" }] };
  const policy = { ...POLICY, interfaces: [owns], partitions: [...POLICY.partitions, { ...again, shared: false }] };
  assert.equal(judge(policy, one, ipv4({ dst: "192.0.2.9", options: cipso(1) })), ["public/web", "again"]);
  const { problems } = readResolved({ ...policy, partitions: [...POLICY.partitions, again] });
  assert.equal(
    problems.map(({ path }) => path),
    ["partitions[2].label"],
  );
});

test("R-22: a malformed option is dropped, never read as none", () => {
  const broken = ipv4({ src: "203.0.113.5", options: [134, 9, 0, 0, 0, 16, 1, 3, 0] });
  assert.equal(judge(POLICY, broken, bare), ["CIPSO_TAG_LEN", "public/web"]);
});

test("R-23, L-09, C-04: the DOI is part of every comparison, for every packet", () => {
  const policy: PolicyInput = {
    ...POLICY,
    templates: { ...POLICY.templates, other: { type: "labelled", doi: 17, range: ["0", "9"] } },
  };
  const other = (protocol: number) => ipv4({ options: cipso(1, [], 17), protocol });
  assert.equal(
    judge(policy, other(UDP), other(TCP), other(ICMP), other(99)),
    new Array(4).fill("SENDER_NOT_ACCREDITED"),
  );
});

test("I-02, I-03: what is no transport is tested like all else, sender and interface", () => {
  const policy = { ...POLICY, interfaces: [{ ...NET!, range: ["0", "4"] as const }] };
  const unknown = (src: string, options: number[]) => ipv4({ src, options, protocol: 99 });
  assert.equal(
    judge(
      {
        ...policy,
        partitions: [
          { name: "public", label: "1" },
          { name: "secret", label: "5:0" },
        ],
      },
      unknown("198.51.100.7", cipso(1)),
      unknown("198.51.100.7", cipso(5, [0])),
      unknown("203.0.113.5", cipso(5, [0])),
      unknown("9.9.9.9", cipso(1)),
    ),
    ["public", "OUTSIDE_INTERFACE_RANGE", "SENDER_NOT_ACCREDITED", "NO_TEMPLATE"],
  );
});

test("A-07: a multilevel port takes what the interface's range holds, and no more", () => {
  const policy = { ...POLICY, partitions: [{ ...PUBLIC!, multilevelPorts: ["8080/udp"] }, SECRET!] };
  const to = (level: number, categories: number[] = []) => ipv4({ options: cipso(level, categories), dport: 8080 });
  assert.equal(
    judge(
      { ...policy, templates: { ...POLICY.templates, peers: { type: "labelled", range: ["0", "255:0.200"] } } },
      to(5, [0]),
      to(9, [100]),
      to(10),
      to(9, [101]),
    ),
    ["public/rest", "public/rest", "OUTSIDE_INTERFACE_RANGE", "OUTSIDE_INTERFACE_RANGE"],
  );
});

test("C-03: one binding is found, and if it is not the packet's there is no second search", () => {
  assert.equal(judge(POLICY, ipv4({ options: cipso(5, [0]), dport: 81 })), ["NO_BINDING"]);
});

test("Q-03: the second and third tag types are labels as the first is", () => {
  const enumerated = [134, 12, 0, 0, 0, 16, 2, 6, 0, 5, 0, 0];
  const ranged = [134, 14, 0, 0, 0, 16, 5, 8, 0, 5, 0, 0, 0, 0];
  assert.equal(judge(POLICY, ipv4({ options: enumerated }), ipv4({ options: ranged })), ["secret/web", "secret/web"]);
});

test("Q-05: a second IPv6 label option is found behind another option", () => {
  const option = calipso(1)[1].slice(1, 11);
  const headers: [number, number[]][] = [[0, optionsHeader([...option, 5, 2, 0, 0, 1, 0, ...option])]];
  const [said] = judge(POLICY, ipv6({ headers }));
  assert.is(said, "CALIPSO_DUPLICATE");
});

test("Q-08: lower labels are taken on shared addresses only", () => {
  const policy: PolicyInput = {
    ...POLICY,
    interfaces: [{ ...NET!, addresses: [...NET!.addresses, { address: "192.0.2.9", partition: "secret" }] }],
    partitions: [
      { name: "public", label: "1", bindings: [] },
      { name: "secret", label: "5:0", bindings: [{ name: "lower", ports: ["9/udp"], acceptLower: true }] },
    ],
  };
  const to = (dst: string) => ipv4({ src: "203.0.113.5", dst, dport: 9 });
  assert.equal(judge(policy, to("192.0.2.1"), to("192.0.2.9")), ["secret/lower", "PARTITION_LABEL_MISMATCH"]);
});

test("Q-10: RIPSO stands for a label, is passed over, or is refused", () => {
  const basic = ipv4({ src: "198.51.100.7", options: [130, 4, 0x5a, 0x80] });
  const map = { mode: "map", levels: { SECRET: 5 }, authorities: { GENSER: [0] } } as const;
  assert.equal(judge({ ...POLICY, ripso: map }, basic), ["secret/web"]);
  assert.equal(judge({ ...POLICY, ripso: { mode: "ignore" } }, basic), ["LABEL_REQUIRED"]);
  assert.equal(judge(POLICY, basic), ["RIPSO_NOT_MAPPED"]);
});

test("Q-11: a set may have any size", () => {
  const labels = Array.from({ length: 60 }, (_, i) => `5:${i}`);
  const policy: PolicyInput = {
    ...POLICY,
    templates: { ...POLICY.templates, peers: { type: "labelled", set: labels } },
  };
  assert.equal(judge(policy, five, ipv4({ options: cipso(5, [59]) }), one), [
    "secret/web",
    "NO_PARTITION",
    "SENDER_NOT_ACCREDITED",
  ]);
});

test("DOI mapping: pass takes a label over, translate renumbers it, and what has no counterpart is dropped", () => {
  const policy: PolicyInput = {
    ...POLICY,
    dois: {
      "3": { mode: "pass", to: 16 },
      "8": { mode: "translate", levels: { "1": 5, "2": 1 }, categories: { "7": 0, "10.12": "20.22" } },
    },
    templates: {
      peers: { type: "labelled", doi: 3, range: ["0", "9:0.100"] },
      others: { type: "labelled", doi: 8, range: ["0", "9:0.100"] },
      outside: { type: "unlabelled", doi: 8, label: "1:7" },
    },
    hosts: { "198.51.100.0/24": "peers", "198.51.100.8": "others", "203.0.113.0/24": "outside" },
  };
  const theirs = (level: number, categories: number[]) =>
    ipv4({ src: "198.51.100.8", options: cipso(level, categories, 8) });
  assert.equal(
    judge(
      policy,
      ipv4({ options: cipso(5, [0], 3) }),
      ipv4({ options: cipso(5, [0], 16) }),
      theirs(1, [7]),
      theirs(2, []),
      theirs(3, []),
      theirs(1, [7, 8]),
      theirs(5, [0]),
      bare,
    ),
    [
      "secret/web",
      "SENDER_NOT_ACCREDITED",
      "secret/web",
      "public/web",
      "LABEL_NOT_MAPPED",
      "LABEL_NOT_MAPPED",
      "LABEL_NOT_MAPPED",
      "secret/web",
    ],
  );
});

test.run();
