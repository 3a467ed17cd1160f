/**
 * The oracle, step 9: who takes a packet, as in docs/decision.md.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import type { Label } from "../../ts/label.ts";
import { type Partition, PORT_PROTOCOLS, type Policy, type PortRange, type Template } from "../../ts/policy/model.ts";
import { type Addressee, sameAddress } from "./addresses.ts";
import { type Flow, findBinding, holds, ICMPV4, ICMPV6, isForPort, isOnAddress, isOnAny, TCP } from "./bindings.ts";
import { dominates, equal } from "./lattice.ts";

/** What step 9 is asked. */
export interface Arrived {
  readonly ipVersion: 4 | 6;
  readonly dst: Uint8Array;
  readonly interface: number;
  readonly addressee: Addressee;
  readonly template: Template;
  /** The effective label. */
  readonly label: Label;
  readonly flow: Flow;
}

/** A partition that takes a packet, and how. */
export interface Taker {
  readonly partition: number;
  /** Step 11 finds a binding for it, and it needs one (`null`); it takes its own traffic without (`multilevel`); or this. */
  readonly by: null | "multilevel" | { readonly binding: number };
}

/** One or more takers, in the order of the policy; or why there is none. */
export type Taken =
  | { readonly reason: null; readonly takers: readonly Taker[] }
  | { readonly reason: number; readonly blameDestination: boolean };

const taken = (...takers: readonly Taker[]): Taken => ({ reason: null, takers });
const notTaken = (why: number): Taken => ({ reason: why, blameDestination: false });
const notThere = (why: number): Taken => ({ reason: why, blameDestination: true });

/** An exempt packet. */
export function takeExempt(policy: Policy): Taken {
  return policy.control === null ? notTaken(reason.NO_PARTITION) : taken({ partition: policy.control, by: null });
}

export function take(policy: Policy, packet: Arrived): Taken {
  const { addressee } = packet;
  if (addressee.kind === "owned") return takeOwned(policy, addressee.partition, packet);
  if (addressee.kind === "shared") return takeShared(policy, packet);
  return takeGroup(policy, packet);
}

/** D-01: an address that a partition owns. */
function takeOwned(policy: Policy, owner: number, packet: Arrived): Taken {
  const partition = policy.partitions[owner]!;
  // A-04, D-07
  if (isMultilevelPort(partition.privateMultilevelPorts, packet.flow)) {
    return taken({ partition: owner, by: "multilevel" });
  }
  if (isIcmp(packet) && partition.icmp === "range") return taken({ partition: owner, by: null }); // F-22
  if (equal(partition.label, packet.label)) return taken({ partition: owner, by: null });
  return notTaken(reason.PARTITION_LABEL_MISMATCH);
}

function takeShared(policy: Policy, packet: Arrived): Taken {
  const { dst, label, flow, template } = packet;
  const { partitions } = policy;

  // 1, D-02
  const multilevel = partitions.findIndex(
    ({ shared, multilevelPorts }) => shared && isMultilevelPort(multilevelPorts, flow),
  );
  if (multilevel !== -1) return taken({ partition: multilevel, by: "multilevel" });

  // 2, D-03
  const own = partitions.findIndex((partition) => partition.shared && equal(partition.label, label));
  if (own !== -1 && findBinding(partitions[own]!, dst, flow).found) return taken({ partition: own, by: null });

  // 3, A-05, D-06
  if (template.type === "unlabelled") {
    const reader = findReader(partitions, dst, flow);
    if (reader !== null && dominates(partitions[reader.partition]!.label, label)) {
      return taken({ partition: reader.partition, by: { binding: reader.binding } });
    }
  }

  // 4
  return own === -1 ? notTaken(reason.NO_PARTITION) : taken({ partition: own, by: null });
}

/** The binding with `acceptLower` for the port and the address: on this address before any address. */
function findReader(
  partitions: readonly Partition[],
  dst: Uint8Array,
  flow: Flow,
): { readonly partition: number; readonly binding: number } | null {
  const readers = partitions.flatMap(({ shared, bindings }, partition) =>
    (shared ? (bindings ?? []) : []).flatMap((entry, binding) =>
      entry.acceptLower && isForPort(entry, flow) ? [{ entry, partition, binding }] : [],
    ),
  );
  const found = readers.find(({ entry }) => isOnAddress(entry, dst)) ?? readers.find(({ entry }) => isOnAny(entry));
  return found ?? null;
}

/** M-01, M-02: broadcast and multicast. */
function takeGroup(policy: Policy, packet: Arrived): Taken {
  if (packet.flow.protocol === TCP) return notThere(reason.GROUP_TCP); // M-03
  const members = [...policy.partitions.keys()].filter((index) => isMember(policy, index, packet));
  if (members.length === 0) return notThere(reason.NO_MEMBER);
  const takers = members.flatMap((index) => takeAsMember(policy.partitions[index]!, index, packet));
  return takers.length === 0 ? notTaken(reason.NO_PARTITION) : taken(...takers);
}

function isMember(policy: Policy, index: number, packet: Arrived): boolean {
  const partition = policy.partitions[index]!;
  const entry = policy.interfaces[packet.interface]!;
  const addresses = packet.addressee.kind === "broadcast" ? packet.addressee.addresses : entry.addresses;
  if (packet.addressee.kind === "broadcast" || isForAll(packet.dst)) {
    if (addresses.some(({ owner }) => owner === index)) return true;
    return partition.shared && addresses.some(({ owner }) => owner === null);
  }
  return partition.groups.some(
    ({ address, interface: only }) => sameAddress(address, packet.dst) && (only === null || only === packet.interface),
  );
}

/** 255.255.255.255, 224.0.0.1, ff01::1 and ff02::1. */
function isForAll(dst: Uint8Array): boolean {
  const text = dst.join(".");
  if (dst.length === 4) return text === "255.255.255.255" || text === "224.0.0.1";
  return text === `255.1${".0".repeat(13)}.1` || text === `255.2${".0".repeat(13)}.1`;
}

function takeAsMember(partition: Partition, index: number, packet: Arrived): Taker[] {
  const { label, flow, template } = packet;
  const ports = partition.shared ? partition.multilevelPorts : partition.privateMultilevelPorts;
  if (isMultilevelPort(ports, flow)) return [{ partition: index, by: "multilevel" }]; // B-03
  if (isIcmp(packet) && partition.icmp === "range") return [{ partition: index, by: null }]; // F-22, U-11
  if (equal(partition.label, label)) return [{ partition: index, by: null }];
  if (template.type !== "unlabelled" || !dominates(partition.label, label)) return [];
  const binding = (partition.bindings ?? []).findIndex(
    (entry) => entry.acceptLower && isOnAny(entry) && isForPort(entry, flow),
  );
  return binding === -1 ? [] : [{ partition: index, by: { binding } }];
}

function isMultilevelPort(ranges: readonly PortRange[], flow: Flow): boolean {
  return PORT_PROTOCOLS.has(flow.protocol) && holds(ranges, flow);
}

/** ICMP of IPv4, ICMPv6 of IPv6. */
function isIcmp({ ipVersion, flow }: Arrived): boolean {
  return flow.protocol === (ipVersion === 4 ? ICMPV4 : ICMPV6);
}
