/**
 * Steps 9 to 11 in words: which partition takes the packet, and at which binding.
 *
 * @module
 */
import { broadcastOf, compareAddresses, formatAddress, isGroupAddress } from "../address.ts";
import { dominates, equal, formatLabel } from "../label.ts";
import { type Partition, PORT_PROTOCOLS, type PortRange } from "../policy/model.ts";
import { formatPorts, formatProtocol } from "../policy/ports.ts";
import type { Path } from "../policy/report.ts";
import { addressSpan, type Explainable, labelOctets, labelText, portSpan, rangeText, type Step, step } from "./step.ts";

const PARTITIONS = "policy: partitions";
/** Partitions that are listed in words. */
const LISTED = 4;

export function explainPartition(explained: Explainable): Step {
  const { chosen, policy, verdict } = explained;
  if (verdict.labelSource === "exempt") {
    const name = chosen === null ? "" : `${policy.partitions[chosen]!.name}, the control partition`;
    const path = chosen === null ? [] : ["control"];
    return step("partition", "R-02", "policy: control", name, labelOctets(explained), path);
  }
  if (chosen === null) return nobody(explained);
  const how = howTaken(explained, chosen);
  const copies = verdict.copies.map(({ partition }) => partition);
  const also = copies.length === 0 ? "" : `; copies for ${listed(copies)}`;
  const label = verdict.label === null ? "" : `, for ${labelText(verdict.label, policy)}`;
  return step("partition", how.rule, PARTITIONS, `${how.words}${label}${also}`, how.span, how.path);
}

// Why there is none.
function nobody(explained: Explainable): Step {
  const { policy, verdict } = explained;
  const said = verdict.label === null ? "" : labelText(verdict.label, policy);
  const { owner, group } = destinationOf(explained);
  if (owner !== null) {
    const { name, label } = policy.partitions[owner]!;
    const words = `${said}; ${name}, which owns the address, has ${labelText(label, policy)}`;
    return step("partition", "D-01", PARTITIONS, words, labelOctets(explained), ["partitions", owner, "label"]);
  }
  if (group) return step("partition", "M-02", PARTITIONS, said, groupSpan(explained), []);
  const known = policy.partitions.filter(({ shared }) => shared);
  const have = listed(known.map(({ name, label }) => `${name} has ${formatLabel(label)}`));
  const words = known.length === 0 ? said : `${said}; ${have}`;
  return step("partition", "D-03", PARTITIONS, words, labelOctets(explained), []);
}

// The label is what a member objects to; that there is none, or TCP, is the address's doing.
function groupSpan(explained: Explainable): Step["span"] {
  const { reason } = explained.verdict;
  return reason === "NO_PARTITION" ? labelOctets(explained) : addressSpan(explained.packet, "dst");
}

interface Taken {
  readonly rule: string;
  readonly words: string;
  readonly span: Step["span"];
  readonly path: Path;
}

// By what a partition took the packet, in the order of step 9.
function howTaken(explained: Explainable, index: number): Taken {
  const { policy, packet, verdict } = explained;
  const partition = policy.partitions[index]!;
  const { name } = partition;
  const path: Path = ["partitions", index];
  const { owner, group } = destinationOf(explained);
  const span = portSpan(packet);
  const own = owner !== null || (group && !partition.shared);
  const key = own ? "privateMultilevelPorts" : "multilevelPorts";
  const port = portOf(explained, partition[key]);
  if (port !== null) {
    const words = `multilevel port ${formatPorts(partition[key][port]!)} of ${name}`;
    return { rule: own ? "A-04" : "D-02", words, span, path: [...path, key, port] };
  }
  if (verdict.label === null || equal(verdict.label, partition.label)) {
    const rule = owner !== null ? "D-01" : group ? "M-01" : "D-03";
    const joined = partition.groups.findIndex(({ address }) => compare(address, packet.dst!));
    const words = group && joined >= 0 ? `${name}, which has joined ${formatAddress(packet.dst!)}` : name;
    return { rule, words, span: labelOctets(explained), path: joined >= 0 ? [...path, "groups", joined] : path };
  }
  if (partition.icmp === "range" && packet.protocol === (packet.ipVersion === 4 ? 1 : 58)) {
    return { rule: "F-22", words: `${name}, which takes ICMP of other labels`, span: null, path: [...path, "icmp"] };
  }
  const bound = (partition.bindings ?? []).find(({ name: binding }) => binding === verdict.binding);
  if (packet.dstPort === null && bound?.acceptLower === true) {
    const words = `binding ${bound.name} of ${name}, which takes lower labels, by the port of the first fragment`;
    return { rule: "A-05", words, span: null, path };
  }
  if (packet.dstPort === null && PORT_PROTOCOLS.has(packet.protocol!)) {
    const ports = partition[key].length > 0 ? [...path, key] : path;
    return {
      rule: own ? "A-04" : "D-02",
      words: `${name}, by the port of the first fragment`,
      span: null,
      path: ports,
    };
  }
  const lower = lowerBinding(explained, partition);
  if (lower < 0) return { rule: "D-03", words: name, span: labelOctets(explained), path };
  const words = `binding ${partition.bindings![lower]!.name} of ${name}, which takes lower labels`;
  return { rule: "A-05", words, span, path: [...path, "bindings", lower, "acceptLower"] };
}

function lowerBinding(explained: Explainable, { bindings, label }: Partition): number {
  return (bindings ?? []).findIndex(
    ({ acceptLower, ports }) =>
      acceptLower && portOf(explained, ports ?? []) !== null && dominates(label, explained.verdict.label!),
  );
}

export function explainRange(explained: Explainable): Step {
  const { policy, row, verdict } = explained;
  const clause = "policy: interfaces";
  if (verdict.labelSource === "exempt") {
    return step("interface range", "R-02", clause, "not asked of a control packet that needs no label", null, []);
  }
  const { range } = policy.interfaces[row.interface!]!;
  const words = range === null ? "the interface has no range" : rangeText(range, []);
  const path: Path = ["interfaces", row.interface!, ...(range === null ? [] : ["range"])];
  return step("interface range", "A-07", clause, words, labelOctets(explained), path);
}

export function explainBinding({ chosen, policy, packet, verdict }: Explainable): Step {
  const { protocol, dstPort } = packet;
  const { name, bindings } = policy.partitions[chosen!]!;
  const at = (bindings ?? []).findIndex((binding) => binding.name === verdict.binding);
  const asked = `${PORT_PROTOCOLS.has(protocol!) && dstPort !== null ? `${dstPort}/` : ""}${formatProtocol(protocol!)}`;
  const bound = (bindings ?? []).map(
    (binding) => `${binding.name} ${binding.ports?.map(formatPorts).join(" ") ?? "the rest"}`,
  );
  const words =
    verdict.partition === null
      ? `${asked}; ${name} binds ${bound.length === 0 ? "nothing" : listed(bound)}`
      : `${asked} → ${name}${at < 0 ? "" : `/${bindings![at]!.name}`}`;
  const path: Path = ["partitions", chosen!, ...(at < 0 ? [] : ["bindings", at])];
  return step("binding", "B-01", "policy: bindings", words, portSpan(packet), path);
}

// Whose address the packet is for.
function destinationOf({ policy, packet }: Explainable): { readonly owner: number | null; readonly group: boolean } {
  const dst = packet.dst!;
  const addresses = policy.interfaces.flatMap((entry) => entry.addresses);
  const exact = addresses.find(({ address }) => compare(address, dst));
  if (exact !== undefined) return { owner: exact.owner, group: false };
  const isBroadcast = addresses.some(({ address, prefix }) => {
    const broadcast = broadcastOf(address, prefix);
    return broadcast !== null && compare(broadcast, dst);
  });
  return { owner: null, group: isBroadcast || isGroupAddress(dst) };
}

function compare(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareAddresses(a, b) === 0;
}

// Which of some ports the packet came to.
function portOf({ packet: { protocol, dstPort } }: Explainable, ports: readonly PortRange[]): number | null {
  const port = PORT_PROTOCOLS.has(protocol!) ? dstPort : 0;
  const found = ports.findIndex(
    (range) => port !== null && range.protocol === protocol && range.first <= port && port <= range.last,
  );
  return found < 0 ? null : found;
}

function listed(items: readonly string[]): string {
  if (items.length <= LISTED) return items.join(", ");
  return `${items.slice(0, LISTED).join(", ")} and ${items.length - LISTED} more`;
}
