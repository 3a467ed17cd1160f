/**
 * The oracle, steps 4 to 11: where a packet goes. Written from docs/decision.md line by line; the numbers and tags in
 * the comments are the rule book's.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import type { Label } from "../../ts/label.ts";
import {
  type Binding,
  type Interface,
  type Partition,
  PORT_PROTOCOLS,
  type Policy,
  type PortRange,
  type Template,
} from "../../ts/policy/model.ts";
import { equal, latticeLabel, within } from "./lattice.ts";
import { read } from "./read.ts";
import type { OracleFrame, Reading } from "./reading.ts";

export interface OracleVerdict {
  /** `OK` when delivered. */
  readonly reason: number;
  /** What the options said: the status of the reading. */
  readonly status: number;
  /** Set with `label`: "option" by step 3, "host" and "exempt" by step 6; kept when a later step drops. */
  readonly source: "option" | "host" | "exempt" | null;
  /** The effective label; `null` for an exempt packet. */
  readonly label: Label | null;
  /** Index, when delivered. */
  readonly partition: number | null;
  /** Index in the partition's bindings, when delivered; `null`: it takes everything, or by its multilevel port. */
  readonly binding: number | null;
  /** Index, once step 4 passed. */
  readonly interface: number | null;
  /** Index, once step 5 passed. */
  readonly template: number | null;
  /** `null` when delivered. */
  readonly blame: number | null;
}

type Draft = { -readonly [Key in keyof OracleVerdict]: OracleVerdict[Key] };

const MAX_DATAGRAMS = 1024;
const SECONDS_IPV4 = 30;
const SECONDS_IPV6 = 60;

const ICMPV4 = 1;
const IGMP = 2;
const ICMPV6 = 58;

/** Where a packet is going to, in its own words; of a later fragment, in those of its datagram's first. */
interface Flow {
  readonly protocol: number;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
}

/** What Rule F remembers of a datagram. */
interface Datagram {
  /** Of the first-arrived fragment; `null`: it carried none. */
  readonly label: Label | null;
  /** Of the first-arrived fragment. */
  readonly time: number;
  /** The reason it was condemned for. */
  condemned: number | null;
  /** Of the fragment with offset 0. */
  kept: Flow | null;
}

/** Where step 9 sends a packet, or why not. */
type Destination =
  | { readonly partition: number; readonly byMultilevelPort: boolean }
  | { readonly partition: null; readonly reason: number };

/** Decides frames one after the other; keeps the table of Rule F between them. */
export class Oracle {
  readonly #policy: Policy;
  /** By datagram, in the order they were first made. */
  readonly #datagrams = new Map<string, Datagram>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  classify(frame: OracleFrame): OracleVerdict {
    const policy = this.#policy;
    const packet = read(frame, {
      profile: policy.profile,
      dois: policy.dois,
      readRipso: policy.ripso.mode !== "ignore",
      formats: policy.ripso.formats,
      verifyChecksum: policy.verifyChecksum,
    });
    const verdict: Draft = {
      reason: reason.OK,
      status: packet.status,
      source: null,
      label: null,
      partition: null,
      binding: null,
      interface: null,
      template: null,
      blame: null,
    };
    const drop = (why: number, blame: number): OracleVerdict => ({ ...verdict, reason: why, blame });

    // Steps 1 to 3.
    if (packet.blame !== null) return drop(packet.status, packet.blame);
    const ip = packet.ipOffset!;
    const src = packet.src!;
    const dst = packet.dst!;
    const transport = packet.transport!;
    const fragment = packet.fragment!;
    const isIpv4 = packet.ipVersion === 4;
    const sourceAt = isIpv4 ? ip + 12 : ip + 8;
    const destinationAt = isIpv4 ? ip + 16 : ip + 24;

    // Step 3, result: the label of the option, as a lattice label.
    let carried: Label | null = null;
    if (packet.label !== null) {
      carried = latticeLabel(packet.label, policy.ripso);
      if (carried === null) return drop(reason.RIPSO_NOT_MAPPED, packet.labelOffset!);
      verdict.source = "option";
      verdict.label = carried;
    }
    const labelBlame = carried !== null ? packet.labelOffset! : sourceAt;

    // Step 4.
    const interfaceIndex = findInterface(policy.interfaces, dst);
    if (interfaceIndex === null) return drop(reason.NOT_OURS, destinationAt);
    verdict.interface = interfaceIndex;

    // Step 5.
    const templateIndex = isGroup(src) ? null : findTemplate(policy, src);
    if (templateIndex === null) return drop(reason.NO_TEMPLATE, sourceAt);
    verdict.template = templateIndex;
    const template = policy.templates[templateIndex]!;

    // Step 6.
    let exempt = false;
    let label: Label | null = carried;
    if (carried === null) {
      if (isExempt(packet, frame)) {
        exempt = true;
        verdict.source = "exempt";
      } else if (template.type === "unlabelled") {
        label = template.label;
        verdict.source = "host";
        verdict.label = label;
      } else {
        return drop(reason.LABEL_REQUIRED, ip);
      }
    }

    // Step 7.
    if (carried !== null && !isAccredited(carried, template)) {
      return drop(reason.SENDER_NOT_ACCREDITED, packet.labelOffset!);
    }

    // Step 8.
    let flow: Flow = { protocol: packet.protocol!, srcPort: packet.srcPort, dstPort: packet.dstPort };
    if (PORT_PROTOCOLS.has(flow.protocol) && fragment.offset === 0) {
      if (transport + 4 > packet.packetEnd!) return drop(reason.PORTS_MISSING, transport);
      if (transport + 4 > frame.bytes.length) return drop(reason.IP_TRUNCATED, transport);
    }
    if (fragment.fragmented) {
      const judged = this.#ruleF(packet, frame.time, carried, flow);
      if (typeof judged === "number") return drop(judged, fragment.at);
      flow = judged;
    }

    // Step 9.
    const destination = exempt
      ? controlPartition(policy)
      : findPartition(policy, ownerOf(policy.interfaces, dst), label!, flow);
    if (destination.partition === null) return drop(destination.reason, labelBlame);
    const partition = policy.partitions[destination.partition]!;

    // Step 10.
    const range = policy.interfaces[interfaceIndex]!.range;
    if (!exempt && range !== null && !within(label!, range)) return drop(reason.OUTSIDE_INTERFACE_RANGE, labelBlame);

    // Step 11.
    let binding: number | null = null;
    if (partition.bindings !== null) {
      binding = findBinding(partition.bindings, dst, flow);
      if (binding === null && !destination.byMultilevelPort) {
        if (!PORT_PROTOCOLS.has(flow.protocol)) return drop(reason.NO_BINDING, isIpv4 ? ip + 9 : ip + 6);
        if (fragment.offset !== 0) return drop(reason.NO_BINDING, ip);
        return drop(reason.NO_BINDING, transport + 2);
      }
    }
    return { ...verdict, partition: destination.partition, binding };
  }

  /** Rule F: the reason the fragment is dropped for, or what it is judged with. */
  #ruleF(packet: Reading, time: number, label: Label | null, flow: Flow): number | Flow {
    const isIpv4 = packet.ipVersion === 4;
    const fragment = packet.fragment!;
    const key = [
      packet.ipVersion,
      packet.src!.join("."),
      packet.dst!.join("."),
      fragment.id,
      isIpv4 ? packet.protocol : "",
    ].join(" ");

    let datagram = this.#datagrams.get(key);
    const limit = isIpv4 ? SECONDS_IPV4 : SECONDS_IPV6;
    if (datagram !== undefined && !(Math.abs(time - datagram.time) <= limit)) datagram = undefined; // counts as absent
    if (datagram === undefined) {
      // Rule F 1. An expired one has its key still, and Map.set leaves it in its place.
      if (!this.#datagrams.has(key) && this.#datagrams.size === MAX_DATAGRAMS) {
        const [oldest] = this.#datagrams.keys();
        this.#datagrams.delete(oldest!);
      }
      datagram = { label, time, condemned: null, kept: null };
      this.#datagrams.set(key, datagram);
    }

    if (datagram.condemned !== null) return datagram.condemned; // Rule F 2
    if (datagram.label !== null && label === null) return condemn(datagram, reason.FRAG_LABEL_MISSING); // Rule F 3
    if (datagram.label === null && label !== null) return condemn(datagram, reason.FRAG_LABEL_MISMATCH); // Rule F 4
    if (datagram.label !== null && label !== null && !equal(datagram.label, label)) {
      return condemn(datagram, reason.FRAG_LABEL_MISMATCH); // Rule F 4
    }
    if (fragment.offset === 0) {
      // Rule F 5
      if (datagram.kept !== null && !sameFlow(datagram.kept, flow)) return condemn(datagram, reason.FRAG_OVERLAP);
      datagram.kept = flow;
      return flow;
    }
    return datagram.kept ?? reason.FRAG_NO_FIRST; // Rule F 6
  }
}

function condemn(datagram: Datagram, why: number): number {
  datagram.condemned = why;
  return why;
}

function sameFlow(a: Flow, b: Flow): boolean {
  return a.protocol === b.protocol && a.srcPort === b.srcPort && a.dstPort === b.dstPort;
}

// Addresses.

function sameAddress(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, k) => octet === b[k]);
}

function bit(address: Uint8Array, n: number): number {
  return (address[Math.floor(n / 8)]! >> (7 - (n % 8))) & 1;
}

/** True when `address` is of the same IP version as `net` and begins with its first `prefix` bits. */
function isInPrefix(address: Uint8Array, net: Uint8Array, prefix: number): boolean {
  if (address.length !== net.length) return false;
  for (let n = 0; n < prefix; n++) {
    if (bit(address, n) !== bit(net, n)) return false;
  }
  return true;
}

// Step 4.

/** Index of the interface the destination belongs to; `null` is NOT_OURS. */
function findInterface(interfaces: readonly Interface[], dst: Uint8Array): number | null {
  for (const [index, { addresses }] of interfaces.entries()) {
    if (addresses.some(({ address }) => sameAddress(address, dst))) return index;
  }
  if (isGroup(dst)) return interfaces.length === 1 ? 0 : null;
  for (const [index, { addresses }] of interfaces.entries()) {
    if (addresses.some(({ address, prefix }) => isDirectedBroadcast(dst, address, prefix))) return index;
  }
  return null;
}

/** Multicast, or the limited broadcast. */
function isGroup(address: Uint8Array): boolean {
  const isMulticast = address.length === 4 ? address[0]! >> 4 === 0xe : address[0] === 0xff; // 224.0.0.0/4, ff00::/8
  return isMulticast || (address.length === 4 && address.every((octet) => octet === 255));
}

/** True for the all-ones address of an IPv4 interface address that was written with a prefix length below 31. */
function isDirectedBroadcast(dst: Uint8Array, address: Uint8Array, prefix: number | null): boolean {
  if (dst.length !== 4 || prefix === null || prefix >= 31) return false;
  if (!isInPrefix(dst, address, prefix)) return false;
  for (let n = prefix; n < 32; n++) {
    if (bit(dst, n) === 0) return false;
  }
  return true;
}

/** Index of the partition that owns the address; `null`: shared, as broadcast and multicast are. */
function ownerOf(interfaces: readonly Interface[], dst: Uint8Array): number | null {
  for (const { addresses } of interfaces) {
    for (const { address, owner } of addresses) {
      if (sameAddress(address, dst)) return owner;
    }
  }
  return null;
}

// Step 5.

/** Index of the template of the longest prefix that holds the address; `null` is NO_TEMPLATE. */
function findTemplate(policy: Policy, sender: Uint8Array): number | null {
  // F-05: ::ffff:a.b.c.d is looked up as a.b.c.d.
  const isMapped = sender.length === 16 && sender.slice(0, 12).every((octet, k) => octet === (k < 10 ? 0 : 0xff));
  const src = isMapped ? sender.slice(12) : sender;
  let template: number | null = null;
  let longest = -1;
  for (const host of policy.hosts) {
    if (isInPrefix(src, host.address, host.prefix) && host.prefix > longest) {
      longest = host.prefix;
      template = host.template;
    }
  }
  return template;
}

// Step 6.

/** Octets of each message that needs no label, up to its options or records. */
const EXEMPT_ICMPV6 = new Map([
  [130, 24],
  [131, 24],
  [132, 24],
  [133, 8],
  [134, 16],
  [135, 24],
  [136, 24],
  [137, 40],
]);

/** Asked only of a packet without a label option. */
function isExempt(packet: Reading, frame: OracleFrame): boolean {
  if (packet.fragment!.fragmented) return false; // Q-02, P-13
  const ip = packet.ipOffset!;
  const at = packet.transport!;
  if (at + 2 > frame.bytes.length) return false; // type and code must be captured
  const length = packet.packetEnd! - at;
  const type = frame.bytes[at]!;
  const code = frame.bytes[at + 1]!;
  if (packet.ipVersion === 4) {
    if (length < 8) return false;
    if (packet.protocol === IGMP) return frame.bytes[ip + 8] === 1; // TTL, RFC 2236
    return packet.protocol === ICMPV4 && (type === 9 || type === 10) && code === 0; // RFC 1256
  }
  const shortest = EXEMPT_ICMPV6.get(type);
  if (packet.protocol !== ICMPV6 || shortest === undefined || length < shortest) return false;
  const hopLimit = frame.bytes[ip + 7]!;
  if (type >= 133) return hopLimit === 255 && code === 0; // RFC 4861
  const src = packet.src!;
  const isLinkLocal = src[0] === 0xfe && src[1]! >> 6 === 0b10; // fe80::/10
  const isUnspecified = src.every((octet) => octet === 0);
  return hopLimit === 1 && (isLinkLocal || isUnspecified); // RFC 2710, RFC 3590
}

// Step 7.

function isAccredited(label: Label, template: Template): boolean {
  if (template.type === "unlabelled") return equal(label, template.label);
  if (template.range !== null && within(label, template.range)) return true;
  return template.set.some((member) => equal(member, label));
}

// Step 9.

function controlPartition(policy: Policy): Destination {
  if (policy.control === null) return { partition: null, reason: reason.NO_PARTITION };
  return { partition: policy.control, byMultilevelPort: false };
}

function findPartition(policy: Policy, owner: number | null, label: Label, flow: Flow): Destination {
  if (owner !== null) {
    const partition = policy.partitions[owner]!;
    if (hasMultilevelPort(partition, flow)) return { partition: owner, byMultilevelPort: true };
    if (equal(partition.label, label)) return { partition: owner, byMultilevelPort: false };
    return { partition: null, reason: reason.PARTITION_LABEL_MISMATCH };
  }
  for (const [index, partition] of policy.partitions.entries()) {
    if (partition.shared && hasMultilevelPort(partition, flow)) return { partition: index, byMultilevelPort: true };
  }
  for (const [index, partition] of policy.partitions.entries()) {
    if (partition.shared && equal(partition.label, label)) return { partition: index, byMultilevelPort: false };
  }
  return { partition: null, reason: reason.NO_PARTITION };
}

function hasMultilevelPort(partition: Partition, flow: Flow): boolean {
  if (!PORT_PROTOCOLS.has(flow.protocol)) return false;
  return holds(partition.multilevelPorts, flow);
}

/** A protocol without ports is asked for as port 0: its ranges are written whole. */
function holds(ranges: readonly PortRange[], flow: Flow): boolean {
  const port = PORT_PROTOCOLS.has(flow.protocol) ? flow.dstPort! : 0;
  return ranges.some((range) => range.protocol === flow.protocol && range.first <= port && port <= range.last);
}

// Step 11.

/** Index of the binding; `null` is NO_BINDING. */
function findBinding(bindings: readonly Binding[], dst: Uint8Array, flow: Flow): number | null {
  const onAddress = ({ address }: Binding) => address !== null && sameAddress(address, dst);
  const onAny = ({ address }: Binding) => address === null;
  const forPort = ({ ports }: Binding) => ports !== null && holds(ports, flow);
  const catchAll = ({ ports }: Binding) => ports === null;
  const tries = [
    (binding: Binding) => onAddress(binding) && forPort(binding), // for (protocol, port) on the destination address
    (binding: Binding) => onAny(binding) && forPort(binding), // the same on any address
    (binding: Binding) => onAddress(binding) && catchAll(binding), // the catch-all of that address
    (binding: Binding) => onAny(binding) && catchAll(binding), // the catch-all
  ];
  for (const matches of tries) {
    const index = bindings.findIndex(matches);
    if (index !== -1) return index;
  }
  return null;
}
