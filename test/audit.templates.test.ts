// Templates and prefixes that never win.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PolicyInput } from "../ts/policy/input.ts";
import { findingsAt, NET0, OUTSIDE, PLAIN, packetsOf, unicastOnly, withOutcome } from "./auditing.ts";

const test = suite("audit, templates");

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
    interfaces: [NET0, second],
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

test.run();
