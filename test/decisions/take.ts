// Step 9 and 11 of packets to one: who takes what is for an address that a partition owns, or for a shared one.
import type { PartitionInput, PolicyInput } from "../../ts/policy/input.ts";
import { calipso, cipso, ipv4, ipv6, type Packet4, type Packet6 } from "../packets.ts";
import { type Decision, PLAIN, PLAIN6, raw, SENDERS } from "./case.ts";

const OWNED = "192.0.2.9";
const OWNED6 = "2001:db8::9";
const SHARED = "192.0.2.1";

const policy = (partitions: readonly PartitionInput[], more: Partial<PolicyInput> = {}): PolicyInput => ({
  ...SENDERS,
  interfaces: [
    {
      name: "net0",
      addresses: [
        ...[SHARED, "192.0.2.2", "2001:db8::1"],
        { address: OWNED, partition: partitions[0]!.name },
        { address: OWNED6, partition: partitions[0]!.name },
      ],
      range: ["0", "5:0.9"],
    },
  ],
  partitions,
  ...more,
});

type Labelled4 = Packet4 & { readonly label?: readonly [level: number, categories?: readonly number[]] };
/** From a host that labels what it sends: `1` unless told otherwise. */
const sent = ({ label: [level, categories = []] = [1], ...packet }: Labelled4 = {}): Uint8Array =>
  ipv4({ ...packet, options: cipso(level, categories) });
const owned = (packet: Labelled4 = {}): Uint8Array => sent({ dst: OWNED, ...packet });
/** From a host that does not: its label is `1`. */
const plain = (packet: Packet4 = {}): Uint8Array => ipv4({ src: PLAIN, ...packet });
const plain6 = (packet: Packet6 = {}): Uint8Array => ipv6({ src: PLAIN6, ...packet });

const ECHO = { protocol: 1, body: [8, 0, 0, 0, 0, 1, 0, 1] };
const ECHO6 = { protocol: 58, body: [128, 0, 0, 0, 0, 1, 0, 1] };
/** A router solicitation, which needs no label. */
const SOLICITATION = { protocol: 58, body: [133, 0, 0, 0, 0, 0, 0, 0], hopLimit: 255 };

const VAULT: PartitionInput = { name: "vault", label: "5:0", shared: false };
const LOW: PartitionInput = { name: "low", label: "1" };
const HIGH: PartitionInput = { name: "high", label: "5:0" };

export const OWNED_ADDRESSES: readonly Decision[] = [
  {
    name: "an owned address: its owner takes a packet of its label, and no other partition any (D-01)",
    policy: policy([VAULT, LOW, HIGH]),
    frames: raw(
      owned({ label: [5, [0]] }),
      owned(),
      owned({ label: [4] }),
      plain({ dst: OWNED }),
      ipv6({ dst: OWNED6, headers: [calipso(5, [0])] }),
      ipv6({ dst: OWNED6, headers: [calipso(5, [0, 1])] }),
    ),
    expect: [
      ...["vault", "PARTITION_LABEL_MISMATCH", "PARTITION_LABEL_MISMATCH", "PARTITION_LABEL_MISMATCH"],
      ...["vault", "PARTITION_LABEL_MISMATCH"],
    ],
  },
  {
    name: "an owned address: on a private multilevel port the owner takes every label of the range (A-04, D-07)",
    policy: policy([{ ...VAULT, privateMultilevelPorts: ["8080/udp", "6000-6001/tcp"] }, LOW]),
    frames: raw(
      owned({ dport: 8080 }),
      owned({ dport: 8080, label: [9] }),
      owned({ dport: 8080, protocol: 6 }),
      owned({ dport: 6001, protocol: 6 }),
      owned({ dport: 6002, protocol: 6 }),
      plain({ dst: OWNED, dport: 8080 }),
    ),
    expect: [
      ...["vault", "OUTSIDE_INTERFACE_RANGE", "PARTITION_LABEL_MISMATCH", "vault", "PARTITION_LABEL_MISMATCH"],
      ...["vault"],
    ],
  },
  {
    name: "a private multilevel port needs no binding; any other port does (D-07)",
    policy: policy([
      { ...VAULT, privateMultilevelPorts: ["8080/udp"], bindings: [{ name: "web", ports: ["80/udp"] }] },
    ]),
    frames: raw(owned({ dport: 8080 }), owned({ label: [5, [0]] }), owned({ label: [5, [0]], dport: 81 })),
    expect: ["vault", "vault/web", "NO_BINDING"],
  },
  {
    name: "a private multilevel port goes to its binding where it has one (D-07)",
    policy: policy([
      { ...VAULT, privateMultilevelPorts: ["8080/udp"], bindings: [{ name: "x", ports: ["8080/udp"] }] },
    ]),
    frames: raw(owned({ dport: 8080 })),
    expect: ["vault/x"],
  },
  {
    name: "private multilevel ports are of owned addresses only, the others of shared ones only (D-02, D-07)",
    policy: policy([{ ...HIGH, multilevelPorts: ["7000/udp"], privateMultilevelPorts: ["8080/udp"] }]),
    frames: raw(owned({ dport: 7000 }), owned({ dport: 8080 }), sent({ dport: 7000 }), sent({ dport: 8080 })),
    expect: ["PARTITION_LABEL_MISMATCH", "high", "high", "NO_PARTITION"],
  },
  {
    name: "an owned address: with `icmp: range` the owner takes ICMP of every label of the range (F-22)",
    policy: policy([{ ...VAULT, icmp: "range" }]),
    frames: raw(
      owned(ECHO),
      owned({ ...ECHO, label: [9] }),
      ipv6({ dst: OWNED6, headers: [calipso(1)], ...ECHO6 }),
      owned(),
      owned({ protocol: 89, body: [0, 0, 0, 0] }),
    ),
    expect: ["vault", "OUTSIDE_INTERFACE_RANGE", "vault", "PARTITION_LABEL_MISMATCH", "PARTITION_LABEL_MISMATCH"],
  },
  {
    name: "an owned address: without it the owner takes ICMP of its own label (F-22)",
    policy: policy([{ ...VAULT, icmp: "own" }]),
    frames: raw(owned(ECHO), owned({ ...ECHO, label: [5, [0]] })),
    expect: ["PARTITION_LABEL_MISMATCH", "vault"],
  },
  {
    name: "ICMP of every label still needs a binding (F-22)",
    policy: policy([{ ...VAULT, icmp: "range", bindings: [{ name: "web", ports: ["80/udp"] }] }]),
    frames: raw(owned(ECHO)),
    expect: ["NO_BINDING"],
  },
  {
    name: "an owned address: nothing is read down (A-05)",
    policy: policy([{ ...HIGH, bindings: [{ name: "reader", ports: ["7/udp"], acceptLower: true }] }, LOW]),
    frames: raw(plain({ dst: OWNED, dport: 7 })),
    expect: ["PARTITION_LABEL_MISMATCH"],
  },
  {
    name: "an exempt control packet goes to the control partition, whatever address it is for (R-02)",
    policy: policy([VAULT, LOW], { control: "low" }),
    frames: raw(
      plain6(SOLICITATION),
      plain6({ ...SOLICITATION, dst: OWNED6 }),
      plain6({ ...SOLICITATION, dst: "ff02::2" }),
      plain6({ ...SOLICITATION, dst: "2001:db8::2" }),
    ),
    expect: ["low", "low", "low", "NOT_OURS"],
  },
  {
    name: "without a control partition nobody takes an exempt control packet (R-02)",
    policy: policy([VAULT, LOW]),
    frames: raw(plain6(SOLICITATION), plain6({ ...SOLICITATION, dst: OWNED6 })),
    expect: ["NO_PARTITION", "NO_PARTITION"],
  },
];

const reader = (name: string, label: string, address?: string): PartitionInput => ({
  ...{ name, label },
  bindings: [{ name: "reader", ports: ["7/udp", "*/89"], acceptLower: true, address }],
});

export const SHARED_ADDRESSES: readonly Decision[] = [
  {
    name: "a shared address: the partition of a multilevel port takes every label of the range (D-02)",
    policy: policy([VAULT, LOW, { ...HIGH, multilevelPorts: ["8080/tcp"] }]),
    frames: raw(
      sent({ protocol: 6, dport: 8080 }),
      sent({ protocol: 6, dport: 8080, label: [4] }),
      sent({ protocol: 6, dport: 8080, label: [9] }),
      sent({ protocol: 6, dport: 8081 }),
      sent({ protocol: 17, dport: 8080 }),
      plain({ protocol: 6, dport: 8080 }),
    ),
    expect: ["high", "high", "OUTSIDE_INTERFACE_RANGE", "low", "low", "high"],
  },
  {
    name: "a shared address: else the partition of the packet's DOI and label (D-03)",
    policy: policy([{ ...LOW, name: "their", doi: 17 }, LOW, HIGH]),
    frames: raw(sent(), sent({ label: [5, [0]] }), sent({ label: [5] }), plain()),
    expect: ["low", "high", "NO_PARTITION", "low"],
  },
  {
    name: "a shared address: a partition that is kept off takes nothing, not even its own label (D-01, P-27)",
    policy: policy([VAULT, LOW]),
    frames: raw(sent({ label: [5, [0]] }), owned({ label: [5, [0]] })),
    expect: ["NO_PARTITION", "vault"],
  },
  {
    name: "a shared address: `icmp: range` says nothing there (F-22)",
    policy: policy([{ ...HIGH, icmp: "range" }, LOW]),
    frames: raw(sent(ECHO), sent({ ...ECHO, label: [5, [0]] }), sent({ ...ECHO, label: [4] })),
    expect: ["low", "high", "NO_PARTITION"],
  },
  {
    name: "read-down: what nobody of its label takes goes to the binding that accepts lower labels (A-05, D-06)",
    policy: policy([{ ...VAULT, label: "2" }, reader("high", "5:0")]),
    frames: raw(plain({ dport: 7 }), plain({ dport: 8 }), plain({ protocol: 89, body: [1, 2, 3, 4] })),
    expect: ["high/reader", "NO_PARTITION", "high/reader"],
  },
  {
    name: "read-down: another binding accepts its partition's label and nothing else (A-05)",
    policy: policy([VAULT, { ...HIGH, bindings: [{ name: "web", ports: ["80/udp"] }, { name: "rest" }] }]),
    frames: raw(plain(), plain({ dport: 7 }), sent({ label: [5, [0]] })),
    expect: ["NO_PARTITION", "NO_PARTITION", "high/web"],
  },
  {
    name: "read-down is for unlabelled senders only (A-05)",
    policy: policy([VAULT, reader("high", "5:0")]),
    frames: raw(
      sent({ dport: 7 }),
      sent({ dport: 7, label: [5, [0]] }),
      sent({ dport: 7, src: PLAIN }),
      plain({ dport: 7 }),
    ),
    expect: ["NO_PARTITION", "high/reader", "high/reader", "high/reader"],
  },
  {
    name: "read-down: the partition's label must dominate the packet's, DOI and all (A-05)",
    policy: policy(
      [
        VAULT,
        {
          ...{ name: "beside", label: "5:0" },
          bindings: [{ name: "reader", ports: ["7/udp"], acceptLower: true }],
        },
        {
          ...{ name: "other", label: "5:0,1,2", doi: 17 },
          bindings: [{ name: "reader", ports: ["8/udp"], acceptLower: true }],
        },
      ],
      {
        templates: {
          ...{ outside: { type: "unlabelled", label: "1:1" }, peers: { type: "unlabelled", label: "1:0" } },
        },
      },
    ),
    frames: raw(plain({ dport: 7 }), plain({ dport: 8 }), ipv4({ dport: 7 }), ipv4({ dport: 8 })),
    expect: ["NO_PARTITION", "NO_PARTITION", "beside/reader", "NO_PARTITION"],
  },
  {
    name: "read-down: the partition of the packet's label goes first, if it has a binding for it (D-03, D-06)",
    policy: policy([VAULT, reader("high", "5:0"), { ...LOW, bindings: [{ name: "rest" }] }]),
    frames: raw(plain({ dport: 7 })),
    expect: ["low/rest"],
  },
  {
    name: "read-down: without a binding for it, it does not; and only then (D-03, D-06)",
    policy: policy([VAULT, reader("high", "5:0"), { ...LOW, bindings: [{ name: "web", ports: ["80/udp"] }] }]),
    frames: raw(plain({ dport: 7 }), plain(), plain({ dport: 8 })),
    expect: ["high/reader", "low/web", "NO_BINDING"],
  },
  {
    name: "read-down comes behind multilevel ports (D-02, D-06)",
    policy: policy([
      { ...VAULT, label: "2" },
      reader("high", "5:0"),
      { name: "top", label: "5:1", multilevelPorts: ["7/udp"] },
    ]),
    frames: raw(plain({ dport: 7 })),
    expect: ["top"],
  },
  {
    name: "read-down: a binding on one address accepts on that one only (A-05, B-02)",
    policy: policy([VAULT, reader("high", "5:0", SHARED), reader("top", "5:0,1", "192.0.2.2")]),
    frames: raw(plain({ dport: 7 }), plain({ dport: 7, dst: "192.0.2.2" }), plain6({ dport: 7 })),
    expect: ["high/reader", "top/reader", "NO_PARTITION"],
  },
  {
    name: "the interface's range holds for read-down too (A-07)",
    policy: {
      ...policy([VAULT, reader("high", "5:0")]),
      interfaces: [{ name: "net0", addresses: [SHARED], range: ["2", "9:0"] }],
    },
    frames: raw(plain({ dport: 7 })),
    expect: ["OUTSIDE_INTERFACE_RANGE"],
  },
];
