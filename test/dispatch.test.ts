// The dispatch table of a shared address, row by row: section 5 of the rules for sharing one address (Trusted Extensions'
// behaviour), with this project's decisions where they differ (docs/decision.md).
//
// 192.0.2.1 is shared by P (0x0002-08-08) and N (0x0004-08-48), DOI 1. The multilevel port tcp/8080 is P's. 10.0.0.0/8
// sends unlabelled at P's label; 192.0.2.0/24 labels what it sends, at any label.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { reasonName } from "../ts/reason.ts";
import { Oracle } from "./oracle.ts";
import { cipso, ipv4, type Packet4, RAW } from "./packets.ts";

const test = suite("dispatch table");

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const IGMP = 2;

/** Labels of the table, on the wire: class, then compartment octets with bit 0 the high one. */
const P = { text: "0x0002-08-08", option: cipso(2, [4], 1) };
const N = { text: "0x0004-08-48", option: cipso(4, [1, 4], 1) };
const NOBODY = { text: "0x0005-08-48", option: cipso(5, [1, 4], 1) };

const POLICY: PolicyInput = {
  doi: 1,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1"], range: ["0", "255:0.239"] }],
  partitions: [
    { name: "P", label: P.text, multilevelPorts: ["8080/tcp"] },
    { name: "N", label: N.text },
  ],
  templates: {
    labelled: { type: "labelled", range: ["0", "255:0.239"] },
    unlabelled: { type: "unlabelled", label: P.text },
  },
  hosts: { "192.0.2.0/24": "labelled", "10.0.0.0/8": "unlabelled" },
};

const range = (low: string, high: string, extra: Partial<PolicyInput> = {}): PolicyInput => ({
  ...POLICY,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1"], range: [low, high] }],
  ...extra,
});

interface Row {
  readonly name: string;
  readonly packet: Packet4;
  /** A partition, or a reason. */
  readonly to: string;
  readonly policy?: PolicyInput;
}

const LABELLER = "192.0.2.10";
const UNLABELLED = "10.1.1.1";

const ROWS: readonly Row[] = [
  { name: "1: label N to tcp/80 goes to N", packet: { src: LABELLER, options: N.option, protocol: TCP }, to: "N" },
  { name: "2: label P to tcp/80 goes to P", packet: { src: LABELLER, options: P.option, protocol: TCP }, to: "P" },
  {
    name: "3: label N to the multilevel port goes to its owner, P (D-02, A-04)",
    packet: { src: LABELLER, options: N.option, protocol: TCP, dport: 8080 },
    to: "P",
  },
  {
    name: "4: no label from an unlabelled host goes to the partition of its default label (R-20)",
    packet: { src: UNLABELLED, protocol: TCP },
    to: "P",
  },
  {
    name: "5: no label from a labelling host is dropped (R-21, A-03)",
    packet: { src: LABELLER, protocol: TCP },
    to: "LABEL_REQUIRED",
  },
  {
    name: "6: a sender without a template is dropped (F-06, R-22)",
    packet: { src: "203.0.113.5", options: N.option, protocol: TCP },
    to: "NO_TEMPLATE",
  },
  {
    name: "7: label N of DOI 2 is dropped; ours: an unknown DOI is not read (C3)",
    packet: { src: LABELLER, options: cipso(4, [1, 4], 2), protocol: TCP },
    to: "CIPSO_DOI_UNKNOWN",
  },
  {
    name: "7: label N of DOI 2, known but not the sender's, is dropped; ours: not accredited",
    packet: { src: LABELLER, options: cipso(4, [1, 4], 2), protocol: TCP },
    policy: { ...POLICY, templates: { ...POLICY.templates, other: { type: "labelled", doi: 2, range: ["0", "9"] } } },
    to: "SENDER_NOT_ACCREDITED",
  },
  {
    name: "7: label N of DOI 2 from a sender of DOI 2 has no partition",
    packet: { src: LABELLER, options: cipso(4, [1, 4], 2), protocol: TCP },
    policy: {
      ...POLICY,
      templates: { ...POLICY.templates, labelled: { type: "labelled", doi: 2, range: ["0", "9:0.9"] } },
    },
    to: "NO_PARTITION",
  },
  {
    name: "8: a label of no partition is dropped; ours: never the global zone (P-22, Q-09)",
    packet: { src: LABELLER, options: NOBODY.option, protocol: TCP },
    to: "NO_PARTITION",
  },
  {
    name: "9: an unlabelled host that shows label N on udp/53 is dropped; ours: accreditation for all protocols (Q-01)",
    packet: { src: UNLABELLED, options: N.option, protocol: UDP, dport: 53 },
    to: "SENDER_NOT_ACCREDITED",
  },
  {
    name: "9: an unlabelled host may show its own default label",
    packet: { src: UNLABELLED, options: P.option, protocol: UDP, dport: 53 },
    to: "P",
  },
  {
    name: "10: a binding that takes lower labels gets what P binds nothing for (A-05, D-06)",
    packet: { src: UNLABELLED, protocol: UDP, dport: 9 },
    policy: {
      ...POLICY,
      partitions: [
        { name: "P", label: P.text, bindings: [] },
        { name: "N", label: N.text, bindings: [{ name: "lower", ports: ["9/udp"], acceptLower: true }] },
      ],
    },
    to: "N",
  },
  {
    name: "10: but not from a labelling host (A-06)",
    packet: { src: LABELLER, options: P.option, protocol: UDP, dport: 9 },
    policy: {
      ...POLICY,
      partitions: [
        { name: "P", label: P.text, bindings: [] },
        { name: "N", label: N.text, bindings: [{ name: "lower", ports: ["9/udp"], acceptLower: true }] },
      ],
    },
    to: "NO_BINDING",
  },
  {
    name: "11: without read-down nothing dominated is delivered: N does not get P's label though P binds nothing there",
    packet: { src: UNLABELLED, protocol: UDP, dport: 9 },
    policy: {
      ...POLICY,
      partitions: [
        { name: "P", label: P.text, bindings: [{ name: "web", ports: ["80/tcp"] }] },
        { name: "N", label: N.text },
      ],
    },
    to: "NO_BINDING",
  },
  {
    name: "12: IGMP without a label is exempt and goes to the control partition (R-02; ours: only if there is one)",
    packet: { src: UNLABELLED, protocol: IGMP, ttl: 1, body: [0x16, 0, 0, 0, 0, 0, 0, 0] },
    policy: { ...POLICY, control: "P" },
    to: "P",
  },
  {
    name: "12: IGMP without a label has nowhere to go when the policy names no control partition",
    packet: { src: UNLABELLED, protocol: IGMP, ttl: 1, body: [0x16, 0, 0, 0, 0, 0, 0, 0] },
    to: "NO_PARTITION",
  },
  {
    name: "13: ICMP echo with label N goes to N (D-03)",
    packet: { src: LABELLER, options: N.option, protocol: ICMP, body: [8, 0, 0, 0, 0, 1, 0, 1] },
    to: "N",
  },
  {
    name: "14: label N is outside an interface narrowed to P (A-07)",
    packet: { src: LABELLER, options: N.option, protocol: TCP },
    policy: range("0", P.text),
    to: "OUTSIDE_INTERFACE_RANGE",
  },
  {
    name: "15: label N is inside an interface that reaches up to N (A-07; ours: a range, no set)",
    packet: { src: LABELLER, options: N.option, protocol: TCP },
    policy: range("0", N.text),
    to: "N",
  },
];

for (const { name, packet, to, policy = POLICY } of ROWS) {
  test(name, () => {
    const bytes = ipv4(packet);
    const [verdict] = createClassifier(policy).verdicts(batchOf([{ bytes, linkType: RAW }]));
    assert.is(verdict!.partition ?? verdict!.reason, to);

    const resolved = resolvePolicy(policy);
    const said = new Oracle(resolved).classify({
      bytes,
      wireLength: bytes.length,
      linkType: RAW,
      time: 0,
      device: null,
    });
    assert.is(said.partition === null ? reasonName(said.reason) : resolved.partitions[said.partition]!.name, to);
  });
}

// P-06, P-10, P-13: packets to one address, interleaved, each to its own partition and nowhere else.
test("interleaved packets reach their own partitions, each exactly one", () => {
  const classifier = createClassifier(POLICY);
  const got: Record<string, number[]> = { P: [], N: [] };
  for (const name of ["P", "N"]) {
    classifier.register(name, (delivery) => {
      for (const { frame } of delivery) got[name]!.push(frame);
    });
  }
  const frames = [P, N, P, N, N, P].map(({ option }) => ({
    bytes: ipv4({ src: LABELLER, options: option, protocol: TCP }),
    linkType: RAW,
  }));
  classifier.dispatch(batchOf(frames));
  assert.equal(got, { P: [1, 3, 6], N: [2, 4, 5] });
});

// P-04: labels that differ in a category alone choose different partitions.
test("a category alone makes the difference", () => {
  const classifier = createClassifier({
    ...POLICY,
    partitions: [
      { name: "alpha", label: "5:0" },
      { name: "bravo", label: "5:1" },
    ],
  });
  const verdicts = classifier.verdicts(
    batchOf(
      [cipso(5, [0], 1), cipso(5, [1], 1)].map((options) => ({
        bytes: ipv4({ src: LABELLER, options }),
        linkType: RAW,
      })),
    ),
  );
  assert.equal(
    [...verdicts].map(({ partition }) => partition),
    ["alpha", "bravo"],
  );
});

// P-05, B-01: the same port in every partition; each process gets its own.
test("the same port is bound in two partitions, and the label tells them apart", () => {
  const web = [{ name: "web", ports: ["80/tcp"] }];
  const classifier = createClassifier({
    ...POLICY,
    partitions: [
      { name: "P", label: P.text, bindings: web },
      { name: "N", label: N.text, bindings: web },
    ],
  });
  const frames = [P, N].map(({ option }) => ({
    bytes: ipv4({ src: LABELLER, options: option, protocol: TCP }),
    linkType: RAW,
  }));
  assert.equal(
    [...classifier.verdicts(batchOf(frames))].map(({ partition, binding }) => `${partition}/${binding}`),
    ["P/web", "N/web"],
  );
});

// P-12: the number of addresses does not bound the number of partitions.
test("a thousand partitions share one address", () => {
  const partitions = Array.from({ length: 1000 }, (_, i) => ({
    name: `p${i}`,
    label: `${i % 200}:${Math.floor(i / 200)}`,
  }));
  const classifier = createClassifier({ ...POLICY, partitions });
  const frames = partitions.map((_, i) => ({
    bytes: ipv4({ src: LABELLER, options: cipso(i % 200, [Math.floor(i / 200)], 1) }),
    linkType: RAW,
  }));
  assert.equal(
    [...classifier.verdicts(batchOf(frames))].map(({ partition }) => partition),
    partitions.map(({ name }) => name),
  );
});

const said = (policy: PolicyInput, ...packets: readonly Uint8Array[]): string[] => {
  const verdicts = createClassifier(policy).verdicts(batchOf(packets.map((bytes) => ({ bytes, linkType: RAW }))));
  return [...verdicts].map(({ partition, copies, reason }) =>
    reason === null ? [partition, ...copies.map((copy) => copy.partition)].join("+") : reason,
  );
};

test("an owned address takes its owner's label only, and any label on the owner's private multilevel port (D-01, D-07)", () => {
  const [p, n] = POLICY.partitions;
  const policy: PolicyInput = {
    ...POLICY,
    interfaces: [
      { name: "net0", addresses: ["192.0.2.1", { address: "192.0.2.9", partition: "P" }], range: ["0", "255:0.239"] },
    ],
    partitions: [{ ...p!, privateMultilevelPorts: ["8443/tcp"] }, n!],
  };
  const to = (options: readonly number[], dport: number) =>
    ipv4({ src: LABELLER, dst: "192.0.2.9", options, protocol: TCP, dport });
  assert.equal(said(policy, to(P.option, 80), to(N.option, 80), to(N.option, 8443), to(N.option, 8080)), [
    "P",
    "PARTITION_LABEL_MISMATCH",
    "P",
    "PARTITION_LABEL_MISMATCH",
  ]);
});

test("a broadcast goes to those who have its address, each by its label (P-26, M-01)", () => {
  const policy: PolicyInput = {
    ...POLICY,
    interfaces: [
      {
        name: "net0",
        addresses: [{ address: "192.0.2.1/24", partition: "P" }, "192.0.3.1/24"],
        range: ["0", "255:0.239"],
      },
    ],
  };
  const to = (dst: string) => ipv4({ src: LABELLER, dst, options: N.option });
  assert.equal(
    said(policy, to("192.0.2.1"), to("192.0.2.255"), to("192.0.3.255"), to("255.255.255.255"), to("224.0.0.1")),
    ["PARTITION_LABEL_MISMATCH", "NO_PARTITION", "N", "N", "N"],
  );
});

test("a multicast goes to those who joined, a copy for each that takes it (M-02), TCP to none (M-03)", () => {
  const second = { name: "N2", label: N.text, shared: false };
  const [p, n] = POLICY.partitions;
  const groups = ["224.0.0.251"];
  const policy: PolicyInput = {
    ...POLICY,
    partitions: [
      { ...p!, groups },
      { ...n!, groups },
      { ...second, groups },
    ],
  };
  const to = (dst: string, options: readonly number[], protocol = UDP) =>
    ipv4({ src: LABELLER, dst, options, protocol });
  assert.equal(
    said(
      policy,
      to("224.0.0.251", N.option),
      to("224.0.0.251", P.option),
      to("224.0.0.251", NOBODY.option),
      to("224.0.0.252", N.option),
      to("224.0.0.251", N.option, TCP),
    ),
    ["N+N2", "P", "NO_PARTITION", "NO_MEMBER", "GROUP_TCP"],
  );
});

test("ICMP of other labels is taken as broadcast and on owned addresses by those who ask for it, by no others (F-22)", () => {
  const [p, n] = POLICY.partitions;
  const policy: PolicyInput = {
    ...POLICY,
    interfaces: [
      {
        name: "net0",
        addresses: ["192.0.2.1/24", { address: "192.0.2.9", partition: "P" }],
        range: ["0", "255:0.239"],
      },
    ],
    partitions: [{ ...p!, icmp: "range" }, n!],
  };
  const ping = (dst: string, options: readonly number[], protocol = ICMP) =>
    ipv4({ src: LABELLER, dst, options, protocol, body: [8, 0, 0, 0, 0, 1, 0, 1] });
  assert.equal(
    said(
      policy,
      ping("192.0.2.9", N.option),
      ping("192.0.2.255", N.option),
      ping("192.0.2.1", N.option),
      ping("192.0.2.9", N.option, 99),
    ),
    ["P", "P+N", "N", "PARTITION_LABEL_MISMATCH"],
  );
});

test.run();
