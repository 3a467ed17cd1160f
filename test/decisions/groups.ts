// Step 9 and 11 of broadcast and multicast: a copy for each member that takes it.
import type { PartitionInput, PolicyInput } from "../../ts/policy/input.ts";
import { calipso, cipso, ipv4, ipv6, type Packet4, type Packet6 } from "../packets.ts";
import { type Decision, PLAIN, PLAIN6, raw, SENDERS } from "./case.ts";

const ECHO = { protocol: 1, body: [8, 0, 0, 0, 0, 1, 0, 1] };
const ECHO6 = { protocol: 58, body: [128, 0, 0, 0, 0, 1, 0, 1] };

const GROUP = "239.1.2.3";
const GROUP6 = "ff02::fb";

type Addresses = PolicyInput["interfaces"][number]["addresses"];

const policy = (
  partitions: readonly PartitionInput[],
  addresses: Addresses = ["192.0.2.1/24", "2001:db8::1"],
  range: readonly [string, string] = ["0", "5:0.9"],
): PolicyInput => ({ ...SENDERS, interfaces: [{ name: "net0", addresses, range }], partitions });

const to = (dst: string, packet: Packet4 = {}): Uint8Array => ipv4({ dst, options: cipso(1), ...packet });
const to6 = (dst: string, packet: Packet6 = {}): Uint8Array => ipv6({ dst, headers: [calipso(1)], ...packet });
const plain = (dst: string, packet: Packet4 = {}): Uint8Array => ipv4({ src: PLAIN, dst, ...packet });
const plain6 = (dst: string, packet: Packet6 = {}): Uint8Array => ipv6({ src: PLAIN6, dst, ...packet });

const LOW: PartitionInput = { name: "low", label: "1" };
const HIGH: PartitionInput = { name: "high", label: "5:0" };
const SAME: PartitionInput = { name: "same", label: "1", shared: false };
const AWAY: PartitionInput = { name: "away", label: "1", shared: false };

export const GROUPS: readonly Decision[] = [
  {
    name: "TCP has no place in broadcast and multicast, whoever is a member (M-03)",
    policy: policy([{ ...LOW, groups: [GROUP], multilevelPorts: ["80/tcp"] }]),
    frames: raw(
      to(GROUP, { protocol: 6 }),
      to("192.0.2.255", { protocol: 6 }),
      to("239.9.9.9", { protocol: 6 }),
      to(GROUP),
    ),
    expect: ["GROUP_TCP", "GROUP_TCP", "GROUP_TCP", "low"],
  },
  {
    name: "members of everybody's groups: owners of an address of the interface, and those of a shared one (M-01, M-02)",
    policy: policy(
      [LOW, HIGH, SAME, AWAY],
      ["192.0.2.1/24", "2001:db8::1", { address: "192.0.2.9", partition: "same" }],
    ),
    frames: raw(
      to("255.255.255.255"),
      to("224.0.0.1"),
      to6("ff01::1"),
      to6("ff02::1"),
      to("224.0.0.2"),
      to6("ff05::1"),
    ),
    expect: ["low+same", "low+same", "low+same", "low+same", "NO_MEMBER", "NO_MEMBER"],
  },
  {
    name: "without a shared address only owners are members (M-01)",
    policy: policy([LOW, SAME], [{ address: "192.0.2.9/24", partition: "same" }]),
    frames: raw(to("224.0.0.1"), to("192.0.2.255")),
    expect: ["same", "same"],
  },
  {
    name: "an interface that nobody of the policy is on has no members (M-01)",
    policy: policy([SAME, AWAY], ["192.0.2.1/24"]),
    frames: raw(to("224.0.0.1"), to("192.0.2.255"), to("255.255.255.255")),
    expect: ["NO_MEMBER", "NO_MEMBER", "NO_MEMBER"],
  },
  {
    name: "members of a broadcast: owners and sharers of the addresses whose broadcast it is (M-01)",
    policy: policy(
      [LOW, SAME, AWAY],
      [
        "192.0.2.1/24",
        { address: "192.0.2.9/24", partition: "same" },
        { address: "192.0.2.129/30", partition: "away" },
      ],
    ),
    frames: raw(to("192.0.2.255"), to("192.0.2.131"), to("255.255.255.255")),
    expect: ["low+same", "away", "low+same+away"],
  },
  {
    name: "members of a broadcast: an owned address written without its prefix has none (M-01)",
    policy: policy([LOW, SAME], ["192.0.2.1/24", { address: "192.0.2.9", partition: "same" }]),
    frames: raw(to("192.0.2.255")),
    expect: ["low"],
  },
  {
    name: "members of any other group are those that list it, kept off shared addresses or not (M-02)",
    policy: policy([
      { ...LOW, groups: [GROUP] },
      { ...SAME, groups: [GROUP, GROUP6] },
      { ...AWAY, groups: ["ff05::5"] },
    ]),
    frames: raw(to(GROUP), to6(GROUP6), to6("ff05::5"), to("239.1.2.4"), to6("ff02::fc")),
    expect: ["low+same", "same", "away", "NO_MEMBER", "NO_MEMBER"],
  },
  {
    name: "a group is joined on any interface, or on one (M-02)",
    policy: {
      ...SENDERS,
      interfaces: [
        { name: "net0", addresses: ["192.0.2.1"], device: "eth0" },
        { name: "net1", addresses: ["192.0.2.2"], device: "eth1" },
      ],
      partitions: [
        { ...LOW, groups: [{ address: GROUP, interface: "net0" }] },
        { ...SAME, groups: [{ address: GROUP, interface: "net1" }] },
        { ...AWAY, groups: [GROUP] },
      ],
    },
    frames: [
      ...raw(to(GROUP)).map((frame) => ({ ...frame, device: "eth0" })),
      ...raw(to(GROUP)).map((frame) => ({ ...frame, device: "eth1" })),
    ],
    expect: ["low+away", "same+away"],
  },
  {
    name: "a member takes its own label; when none takes it, nobody does (M-01, M-02)",
    policy: policy([
      { ...LOW, groups: [GROUP] },
      { ...HIGH, groups: [GROUP] },
    ]),
    frames: raw(to(GROUP), to(GROUP, { options: cipso(5, [0]) }), to(GROUP, { options: cipso(4) })),
    expect: ["low", "high", "NO_PARTITION"],
  },
  {
    name: "a member takes what is for its multilevel port, without a binding (B-03)",
    policy: policy([
      { ...LOW, groups: [GROUP] },
      { ...HIGH, groups: [GROUP], multilevelPorts: ["8080/udp"], bindings: [] },
    ]),
    frames: raw(to(GROUP, { dport: 8080 }), to(GROUP, { dport: 8081 })),
    expect: ["low+high", "low"],
  },
  {
    name: "of a member that is kept off it is the private ones that count, of another the others (B-03)",
    policy: policy(
      [
        { name: "top", label: "5:1", shared: false, groups: [GROUP], privateMultilevelPorts: ["8080/udp"] },
        { ...HIGH, groups: [GROUP], multilevelPorts: ["8081/udp"], privateMultilevelPorts: ["8080/udp"] },
      ],
      ["192.0.2.1", { address: "192.0.2.9", partition: "top" }, { address: "192.0.2.10", partition: "high" }],
    ),
    frames: raw(to(GROUP, { dport: 8080 }), to(GROUP, { dport: 8081 })),
    expect: ["top", "high"],
  },
  {
    name: "a member takes ICMP of every label with `icmp: range` (F-22, U-11)",
    policy: policy([
      { ...HIGH, icmp: "range" },
      LOW,
      { name: "top", label: "5:0,1", icmp: "range", bindings: [{ name: "rest" }] },
    ]),
    frames: raw(
      to("192.0.2.255", ECHO),
      to("192.0.2.255", { ...ECHO, options: cipso(4) }),
      to6("ff02::1", ECHO6),
      to("192.0.2.255"),
    ),
    expect: ["high+low+top/rest", "high+top/rest", "high+low+top/rest", "low"],
  },
  {
    name: "a member reads down what an unlabelled sender sends, on any address (A-05)",
    policy: policy([
      LOW,
      { ...HIGH, bindings: [{ name: "reader", ports: ["7/udp"], acceptLower: true }] },
      {
        name: "top",
        label: "5:0,1",
        bindings: [{ name: "here", ports: ["8/udp"], acceptLower: true, address: "192.0.2.1" }],
      },
      { name: "none", label: "0", bindings: [{ name: "below", ports: ["9/udp"], acceptLower: true }] },
    ]),
    frames: raw(
      plain("192.0.2.255", { dport: 7 }),
      to("192.0.2.255", { dport: 7 }),
      plain("192.0.2.255", { dport: 8 }),
      plain("192.0.2.255", { dport: 9 }),
      plain6("ff02::1", { dport: 7 }),
    ),
    expect: ["low+high/reader", "low", "low", "low", "low+high/reader"],
  },
  {
    name: "a member's other bindings read nothing down (A-05)",
    policy: policy([{ ...HIGH, bindings: [{ name: "web", ports: ["80/udp"] }, { name: "rest" }] }]),
    frames: raw(plain("192.0.2.255"), plain("192.0.2.255", { dport: 7 })),
    expect: ["NO_PARTITION", "NO_PARTITION"],
  },
  {
    name: "the verdict names the first partition in the order of the policy, and the others as copies (M-01)",
    policy: policy([
      { ...AWAY, groups: [GROUP] },
      { ...HIGH, groups: [GROUP], icmp: "range" },
      { ...LOW, groups: [GROUP] },
      { ...SAME, groups: [GROUP] },
    ]),
    frames: raw(to(GROUP, ECHO), to(GROUP)),
    expect: ["away+high+low+same", "away+low+same"],
  },
  {
    name: "the interface's range holds for all copies alike (A-07)",
    policy: policy(
      [
        { ...LOW, groups: [GROUP] },
        { ...HIGH, groups: [GROUP], icmp: "range" },
      ],
      ["192.0.2.1"],
      ["2", "9:0"],
    ),
    frames: raw(to(GROUP, ECHO), to(GROUP, { ...ECHO, options: cipso(3) })),
    expect: ["OUTSIDE_INTERFACE_RANGE", "high"],
  },
  {
    name: "a copy whose partition has no binding for it is left out; when none is left, NO_BINDING (M-01)",
    policy: policy([
      { ...LOW, groups: [GROUP], bindings: [{ name: "web", ports: ["80/udp"] }] },
      {
        ...SAME,
        groups: [GROUP],
        bindings: [
          { name: "dns", ports: ["53/udp"] },
          { name: "web", ports: ["80/udp"] },
        ],
      },
    ]),
    frames: raw(to(GROUP), to(GROUP, { dport: 53 }), to(GROUP, { dport: 54 })),
    expect: ["low/web+same/web", "same/dns", "NO_BINDING"],
  },
  {
    name: "bindings of one address are not for groups (M-01)",
    policy: policy([
      { ...LOW, bindings: [{ name: "here", ports: ["80/udp"], address: "192.0.2.1" }, { name: "rest" }] },
    ]),
    frames: raw(to("192.0.2.255"), to("192.0.2.1")),
    expect: ["low/rest", "low/here"],
  },
];
