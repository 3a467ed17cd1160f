/**
 * The shape of a policy's `live`: what its interfaces and partitions are on this machine. What the values mean is
 * policy/live.ts.
 *
 * @module
 */
import * as v from "valibot";
import type { LiveInput } from "./live-input.ts";
import { closed, described } from "./shape.ts";

const namespace = described(v.string(), "The network namespace of the partition, as ip netns names it");

const port = v.union(
  [
    closed({
      tap: described(v.string(), "Name of the TAP device in the partition's namespace"),
      namespace: v.optional(namespace),
    }),
    closed({
      unix: described(v.string(), "Path of a Unix stream socket; frames with their length, 4 octets, in front"),
    }),
    closed({
      worker: described(v.string(), "Name by which the program that opens the gate brings a worker"),
    }),
    closed({
      veth: described(v.string(), "Our end of the partition's veth pair"),
      namespace: v.optional(namespace),
      inside: v.optional(described(v.string(), "Name of the other end in the namespace; left out: eth0")),
    }),
  ],
  "expected { veth, namespace, inside }, { tap, namespace }, { unix } or { worker }",
);

const partition = closed({
  port,
  labels: v.optional(
    described(
      v.picklist(["strip", "pass"]),
      "strip: packets are delivered without their label. pass: as they came. What it sends is labelled either way",
    ),
  ),
  mtu: v.optional(
    described(v.number(), "The most octets of a packet inside; left out: the interfaces', less 40 for a label"),
  ),
});

const interfaceShape = closed({
  peer: v.optional(described(v.string(), "The other end of its device, a veth pair that netns up makes")),
  gateways: v.optional(
    described(v.array(v.string()), "Where packets go that are for no network of the interface: one address a family"),
  ),
  neighbours: v.optional(
    described(v.record(v.string(), v.string()), "Hardware address by address: these are not asked for, nor learnt"),
  ),
  ipv4: v.optional(described(v.picklist(["cipso", "ripso"]), "The option that IPv4 packets get here; left out: cipso")),
});

/** The schema of {@link LiveInput}. */
export const liveSchema: v.GenericSchema<LiveInput> = closed({
  interfaces: v.optional(described(v.record(v.string(), interfaceShape), "By name of the interface")),
  partitions: described(v.record(v.string(), partition), "By name of the partition; one that is left out gets nothing"),
  icmpErrors: v.optional(
    described(v.boolean(), "true: ICMP tells labelled IPv4 senders what was wrong with a label; left out: silence"),
  ),
});
