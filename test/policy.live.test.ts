// What a policy says about the machine it runs on: read, refused with its path, and of no account to classifiers.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved } from "../ts/policy/read.ts";
import { type Change, type Keys, putAt } from "./policies.ts";

const test = suite("policy live");

const livePolicy = (): PolicyInput => ({
  doi: 16,
  interfaces: [{ name: "net0", device: "eth0", addresses: ["192.0.2.1/24", "2001:db8::1/64"] }],
  partitions: [
    { name: "public", label: "1" },
    { name: "secret", label: "5:0" },
    { name: "idle", label: "7" },
  ],
  templates: { peers: { type: "labelled", range: ["1", "5:0"] } },
  hosts: { "192.0.2.0/24": "peers" },
  live: {
    interfaces: {
      net0: {
        gateways: ["192.0.2.254", "2001:db8::fe"],
        neighbours: { "192.0.2.7": "02:00:5e:10:00:07" },
        peer: "eth1",
      },
    },
    partitions: {
      public: { port: { veth: "q1", namespace: "lg-public" } },
      secret: { port: { tap: "eth0", namespace: "lg-secret" }, labels: "pass", mtu: 1280 },
    },
  },
});

test("names become indexes and addresses octets", () => {
  const { policy, problems } = readResolved(livePolicy());
  assert.equal(problems, []);
  assert.equal(policy!.live, {
    interfaces: [
      {
        device: "eth0",
        peer: "eth1",
        gateway4: Uint8Array.of(192, 0, 2, 254),
        gateway6: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe),
        neighbours: new Map([["192.0.2.7", Uint8Array.of(2, 0, 0x5e, 16, 0, 7)]]),
        ipv4: "cipso",
      },
    ],
    partitions: [
      { port: { veth: "q1", namespace: "lg-public" }, labels: "strip", mtu: null },
      { port: { tap: "eth0", namespace: "lg-secret" }, labels: "pass", mtu: 1280 },
      null,
    ],
    icmpErrors: false,
  });
  assert.is(readResolved({ ...livePolicy(), live: undefined }).policy!.live, null);
});

test("RFC 4861 section 2.3: an IPv6 gateway may be link-local", () => {
  const { policy, problems } = readResolved(changed(at([...net0, "gateways"], ["fe80::fe"])));
  assert.equal(problems, []);
  assert.is(policy!.live!.interfaces[0]!.gateway6![0], 0xfe);
});

test("a classifier passes over it", () => {
  assert.equal(createClassifier(livePolicy()).partitions, ["public", "secret", "idle"]);
});

function changed([keys, value]: Change): PolicyInput {
  const policy = livePolicy();
  putAt(policy, keys, value);
  return policy;
}

const net0: Keys = ["live", "interfaces", "net0"];
const publicPort: Keys = ["live", "partitions", "public", "port"];
const at = (keys: Keys, value: unknown): Change => [keys, value];
const vlans = (first: number | undefined, second: number | undefined): Change =>
  at(
    ["interfaces"],
    [
      { name: "net0", device: "eth0", vlan: first, addresses: ["192.0.2.1/24", "2001:db8::1/64"] },
      { name: "net1", device: "eth0", vlan: second, addresses: ["192.0.3.1/24"] },
    ],
  );

// biome-ignore format: a table, a row a line
const PROBLEMS: readonly (readonly [what: string, change: Change, ...problems: string[]])[] = [
  ["an unknown key", at(["live", "port"], {}), "live.port: unknown key; known here: interfaces, partitions, icmpErrors"],
  ["no partitions", at(["live", "partitions"], undefined), "live.partitions: missing"],
  ["an unknown interface", at(["live", "interfaces", "net9"], {}), "live.interfaces.net9: no interface has this name"],
  ["an unknown partition", at(["live", "partitions", "secrets"], { port: { veth: "q9" } }), "live.partitions.secrets: no partition has this name"],
  ["no device", at(["interfaces", 0, "device"], undefined), 'interfaces[0]: live needs a device: "device": "eth0"'],
  ["no IPv4 network", at(["interfaces", 0, "addresses", 0], "192.0.2.1"), 'interfaces[0].addresses[0]: live needs to know its network: "192.0.2.1/24"'],
  ["no IPv6 network", at(["interfaces", 0, "addresses", 1], "2001:db8::1"), 'interfaces[0].addresses[1]: live needs to know its network: "2001:db8::1/64"'],
  ["a gateway that is none", at([...net0, "gateways"], ["192.0.2.300"]), 'live.interfaces.net0.gateways[0]: "192.0.2.300" is no address: expected 192.0.2.1 or 2001:db8::1'],
  ["two gateways of a family", at([...net0, "gateways"], ["192.0.2.3", "192.0.2.4"]), "live.interfaces.net0.gateways: more than one of IPv4"],
  ["a gateway out of reach", at([...net0, "gateways"], ["192.0.3.254"]), "live.interfaces.net0.gateways[0]: is in no network of the interface: it can't be reached"],
  ["an IPv4 gateway of the link alone", at([...net0, "gateways"], ["169.254.0.1"]), "live.interfaces.net0.gateways[0]: is in no network of the interface: it can't be reached"],
  ["an IPv6 gateway out of reach", at([...net0, "gateways"], ["2001:db8:0:1::fe"]), "live.interfaces.net0.gateways[0]: is in no network of the interface: it can't be reached"],
  ["a short hardware address", at([...net0, "neighbours"], { "192.0.2.7": "02:00:5e:10:00" }), 'live.interfaces.net0.neighbours["192.0.2.7"]: expected a hardware address: 02:00:5e:10:00:01'],
  ["a group's hardware address", at([...net0, "neighbours"], { "192.0.2.7": "03:00:5e:10:00:01" }), "live.interfaces.net0.neighbours[\"192.0.2.7\"]: a group's hardware address belongs to no host"],
  ["RIPSO without its map", at([...net0, "ipv4"], "ripso"), 'live.interfaces.net0.ipv4: needs to know what RIPSO labels mean: "ripso": { "mode": "map", … }'],
  ["a port of no kind", at(publicPort, { device: "q1" }), "live.partitions.public.port: expected { veth, namespace, inside }, { tap, namespace }, { unix } or { worker }"],
  ["a device name past the longest", at([...publicPort, "veth"], "q123456789012345"), 'live.partitions.public.port.veth: expected the name of a device: 1 to 15 characters, none of "/", ":", "%"'],
  ["a namespace that leads elsewhere", at([...publicPort, "namespace"], "../x"), 'live.partitions.public.port.namespace: expected letters, digits, ".", "_" and "-"'],
  ["an MTU below the least", at(["live", "partitions", "secret", "mtu"], 1279), "live.partitions.secret.mtu: expected 1280 to 65535"],
  ["an MTU above the most", at(["live", "partitions", "secret", "mtu"], 65536), "live.partitions.secret.mtu: expected 1280 to 65535"],
  ["one device for two partitions", at(["live", "partitions", "idle"], { port: { veth: "q1" } }), "live.partitions.idle.port.veth: device q1 is that of partition public already"],
  ["one worker for two partitions", at(["live", "partitions"], { public: { port: { worker: "w" } }, idle: { port: { worker: "w" } } }), "live.partitions.idle.port.worker: worker w is that of partition public already"],
  ["a partition on the wire's device", at([...publicPort, "veth"], "eth0"), "live.partitions.public.port.veth: device eth0 is that of interfaces on eth0 already"],
  ["one device without VLANs", vlans(undefined, undefined), "interfaces[1].device: several interfaces are on eth0: live needs a VLAN of its own for each"],
  ["one device, one VLAN twice", vlans(7, 7), "interfaces[1].device: several interfaces are on eth0: live needs a VLAN of its own for each"],
];

for (const [what, change, ...problems] of PROBLEMS) {
  test(`${what} is refused`, () => {
    const { problems: found } = readResolved(changed(change));
    assert.equal(
      found.map(({ path, message }) => `${path}: ${message}`),
      problems,
    );
  });
}

test("names, MTUs and VLANs at their bounds are taken", () => {
  for (const change of [
    at([...publicPort, "veth"], "q12345678901234"),
    at(["live", "partitions", "secret", "mtu"], 1280),
    at(["live", "partitions", "secret", "mtu"], 65535),
    vlans(0, 4094),
  ]) {
    assert.equal(readResolved(changed(change)).problems, []);
  }
});

test.run();
