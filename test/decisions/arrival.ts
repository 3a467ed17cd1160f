// Step 4: whose packet it is, and whether it can have come by that interface.
import type { FrameInput } from "../../ts/frames.ts";
import type { InterfaceInput, PolicyInput } from "../../ts/policy/input.ts";
import { calipso, cipso, ETHERNET, ethernet, ipv4, ipv6, RAW } from "../packets.ts";
import { type Decision, raw, SENDERS } from "./case.ts";

const on = (...interfaces: readonly Omit<InterfaceInput, "name">[]): PolicyInput => ({
  ...SENDERS,
  interfaces: interfaces.map((entry, i) => ({ name: `net${i}`, ...entry })),
  partitions: [{ name: "low", label: "1", groups: ["224.0.0.251", "ff02::fb"] }],
});

const to = (dst: string): Uint8Array => ipv4({ dst, options: cipso(1) });
const to6 = (dst: string): Uint8Array => ipv6({ dst, headers: [calipso(1)] });
const by = (device: string | undefined, bytes: Uint8Array): FrameInput =>
  device === undefined ? { bytes, linkType: RAW } : { bytes, linkType: RAW, device };
const tagged = (vlans: readonly number[], bytes: Uint8Array): FrameInput => ({
  bytes: ethernet(bytes, vlans),
  linkType: ETHERNET,
});

const NET0 = "192.0.2.1";
const NET1 = "192.0.2.129";
const SHARES = { addresses: [NET0] };

export const ARRIVAL: readonly Decision[] = [
  {
    name: "an interface with a device gets frames of that device, and frames whose device is not known (P-01)",
    policy: on({ ...SHARES, device: "eth0" }),
    frames: [by("eth0", to(NET0)), by(undefined, to(NET0)), by("eth1", to(NET0)), by("eth00", to(NET0))],
    expect: ["low", "low", "WRONG_INTERFACE", "WRONG_INTERFACE"],
  },
  {
    name: "an interface without a device gets frames of every device (P-01)",
    policy: on(SHARES),
    frames: [by("eth0", to(NET0)), by("eth1", to(NET0)), by(undefined, to(NET0))],
    expect: ["low", "low", "low"],
  },
  {
    name: "an interface with a VLAN gets frames with one tag, of that VLAN (P-01)",
    policy: on({ ...SHARES, vlan: 100 }),
    frames: [
      tagged([100], to(NET0)),
      tagged([], to(NET0)),
      tagged([101], to(NET0)),
      tagged([0], to(NET0)),
      tagged([100, 100], to(NET0)),
      tagged([0, 100], to(NET0)),
    ],
    expect: ["low", ...new Array<string>(5).fill("WRONG_INTERFACE")],
  },
  {
    name: "an interface on VLAN 0 gets frames without a tag, or with one tag of VLAN 0 (P-01)",
    policy: on({ ...SHARES, vlan: 0 }),
    frames: [
      tagged([], to(NET0)),
      tagged([0], to(NET0)),
      tagged([100], to(NET0)),
      tagged([0, 0], to(NET0)),
      ...raw(to(NET0)),
    ],
    expect: ["low", "low", "WRONG_INTERFACE", "WRONG_INTERFACE", "low"],
  },
  {
    name: "an interface without a VLAN gets frames with any tags (P-01)",
    policy: on(SHARES),
    frames: [tagged([], to(NET0)), tagged([100], to(NET0)), tagged([1, 2, 3], to(NET0))],
    expect: ["low", "low", "low"],
  },
  {
    name: "device and VLAN must both be right (P-01)",
    policy: on({ ...SHARES, device: "eth0", vlan: 100 }),
    frames: [
      { ...tagged([100], to(NET0)), device: "eth0" },
      { ...tagged([100], to(NET0)), device: "eth1" },
      { ...tagged([], to(NET0)), device: "eth0" },
    ],
    expect: ["low", "WRONG_INTERFACE", "WRONG_INTERFACE"],
  },
  {
    name: "a packet for the address of one interface that comes by another is for neither (P-01)",
    policy: on({ addresses: [NET0], device: "eth0" }, { addresses: [NET1], device: "eth1" }),
    frames: [by("eth0", to(NET1)), by("eth1", to(NET0)), by("eth1", to(NET1))],
    expect: ["WRONG_INTERFACE", "WRONG_INTERFACE", "low"],
  },
  {
    name: "what is no address, broadcast or multicast of ours is not ours, whatever it came by (P-01)",
    policy: on({ ...SHARES, device: "eth0" }),
    frames: [by("eth0", to("192.0.2.2")), by("eth1", to("192.0.2.2")), by("eth1", to("224.0.0.251"))],
    expect: ["NOT_OURS", "NOT_OURS", "NOT_OURS"],
  },
  {
    name: "multicast and 255.255.255.255 belong to the one interface that the frame can have come by (P-01, M-01)",
    policy: on(
      { addresses: [NET0, "2001:db8::1"], device: "eth0" },
      { addresses: [NET1], device: "eth1", range: ["5", "6"] },
    ),
    frames: [
      ...[by("eth0", to("224.0.0.251")), by("eth0", to("255.255.255.255")), by("eth0", to6("ff02::fb"))],
      ...[by("eth1", to("224.0.0.251")), by("eth1", to("255.255.255.255"))],
      ...[by(undefined, to("224.0.0.251")), by("eth2", to("224.0.0.251")), by(undefined, to("255.255.255.255"))],
    ],
    expect: [
      ...["low", "low", "low"],
      ...["OUTSIDE_INTERFACE_RANGE", "OUTSIDE_INTERFACE_RANGE"],
      ...["NOT_OURS", "NOT_OURS", "NOT_OURS"],
    ],
  },
  {
    name: "VLANs tell multicast of two interfaces apart (P-01, M-01)",
    policy: on({ addresses: [NET0], vlan: 0 }, { addresses: [NET1], vlan: 100, range: ["5", "6"] }),
    frames: [
      tagged([], to("224.0.0.251")),
      tagged([100], to("224.0.0.251")),
      tagged([101], to("224.0.0.251")),
      tagged([], to("192.0.2.1")),
    ],
    expect: ["low", "OUTSIDE_INTERFACE_RANGE", "NOT_OURS", "low"],
  },
  {
    name: "the broadcast of a prefix belongs to the interface of the address that is written with it (P-01, M-01)",
    policy: on(
      { addresses: [`${NET0}/25`], device: "eth0" },
      { addresses: [`${NET1}/30`], device: "eth1", range: ["5", "6"] },
    ),
    frames: [
      ...[by(undefined, to("192.0.2.127")), by("eth0", to("192.0.2.127")), by("eth1", to("192.0.2.127"))],
      ...[by(undefined, to("192.0.2.131")), by("eth0", to("192.0.2.131"))],
      ...[by(undefined, to("192.0.2.255"))],
    ],
    expect: ["low", "low", "WRONG_INTERFACE", "OUTSIDE_INTERFACE_RANGE", "WRONG_INTERFACE", "NOT_OURS"],
  },
  {
    name: "an address written without a prefix, or with one of more than 30, has no broadcast (M-01)",
    policy: on({ addresses: [NET0, "192.0.2.128/31", "198.51.100.1/30", "2001:db8::1/64"] }),
    frames: [
      ...raw(to("192.0.2.255"), to("192.0.2.129"), to("198.51.100.3")),
      ...raw(to6("2001:db8::ffff:ffff:ffff:ffff")),
    ],
    expect: ["NOT_OURS", "NOT_OURS", "low", "NOT_OURS"],
  },
];
