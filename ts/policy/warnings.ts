/**
 * What is odd in a policy that is otherwise sound: parts that can never matter.
 *
 * @module
 */
import { formatAddress } from "../address.ts";
import type { PolicyProblem } from "../errors.ts";
import { equal, formatLabel, type Label, within } from "../label.ts";
import { untranslate } from "./dois.ts";
import { NO_HOST, orderOf, rangesOf } from "./hosts.ts";
import type { Partition, Policy, PortRange, Template } from "./model.ts";
import { compareRanges, formatPorts, meeting } from "./ports.ts";
import { reaches } from "./reach.ts";
import { type Path, Report } from "./report.ts";

/** Everything that is odd, with its path. */
export function warningsOf(policy: Policy): PolicyProblem[] {
  const report = new Report();
  policy.partitions.forEach((partition, i) => {
    warnPartition(policy, i, partition, ["partitions", i], report);
  });
  warnShadowed(policy, report);
  warnHosts(policy, report);
  return report.problems;
}

function warnPartition(policy: Policy, index: number, partition: Partition, path: Path, report: Report): void {
  const ownsSome = policy.interfaces.some(({ addresses }) => addresses.some(({ owner }) => owner === index));
  if (partition.privateMultilevelPorts.length > 0 && !ownsSome && partition.shared) {
    report.add([...path, "privateMultilevelPorts"], "no packet can reach them: it owns no address");
  }
  const multilevel = partition.multilevelPorts.length > 0 || partition.privateMultilevelPorts.length > 0;
  const takesOthers = partition.icmp === "range" || (partition.bindings ?? []).some(({ acceptLower }) => acceptLower);
  const control = policy.control === index;
  const reached = policy.interfaces.filter((entry) => reaches(policy, entry, index));
  if (reached.length === 0 && !control) {
    report.add(path, "no packet can reach it: it is on no shared address and owns none");
    return;
  }
  const foreign = reached.find(({ range }) => multilevel && range !== null && range.low.doi !== partition.label.doi);
  if (foreign !== undefined) {
    // L-10: Trusted Extensions has one DOI for all that a zone is reached by.
    const [theirs, ours] = [foreign.range!.low.doi, partition.label.doi];
    report.add(
      [...path, "multilevelPorts"],
      `take labels of DOI ${theirs} on ${foreign.name}, and it is of DOI ${ours}`,
    );
  }
  if (partition.bindings?.length === 0 && !multilevel) {
    report.add([...path, "bindings"], "no packet can reach it: nothing is bound");
  }
  if (multilevel || control || takesOthers) return;
  if (reached.every(({ range }) => range !== null && !within(partition.label, range))) {
    const names = reached.map(({ name }) => name).join(", ");
    report.add(
      [...path, "label"],
      `no packet can reach it: outside the range of ${names}`,
      formatLabel(partition.label),
    );
  } else if (!policy.hosts.some(({ template }) => allows(policy, policy.templates[template]!, partition.label))) {
    report.add([...path, "label"], "no packet can reach it: no host may send its label", formatLabel(partition.label));
  }
}

// Step 9 looks for the owner of a multilevel port first: what another partition binds there, it never sees (B-04, Z-05).
function warnShadowed(policy: Policy, report: Report): void {
  const owners: { readonly range: PortRange; readonly partition: number }[] = [];
  policy.partitions.forEach(({ shared, multilevelPorts }, partition) => {
    for (const range of shared ? multilevelPorts : []) {
      owners.push({ range, partition });
    }
  });
  owners.sort((a, b) => compareRanges(a.range, b.range));
  const owned = new Set(
    policy.interfaces.flatMap(({ addresses }) =>
      addresses.flatMap(({ address, owner }) => (owner === null ? [] : [formatAddress(address)])),
    ),
  );
  policy.partitions.forEach(({ shared, bindings }, i) => {
    (shared ? (bindings ?? []) : []).forEach(({ address, ports }, j) => {
      if (address !== null && owned.has(formatAddress(address))) return;
      (ports ?? []).forEach((range, k) => {
        if (range.first === 0) return; // a whole protocol: the multilevel ports are exceptions to it
        const other = [...meeting(owners, range)].find(({ partition }) => partition !== i);
        if (other === undefined) return;
        const { name } = policy.partitions[other.partition]!;
        report.add(
          ["partitions", i, "bindings", j, "ports", k],
          `on shared addresses ${formatPorts(other.range)} is a multilevel port of ${name}, which gets its packets`,
        );
      });
    });
  });
}

// `label` is in our terms, the template in those of its DOI.
function allows({ translations }: Policy, template: Template, label: Label): boolean {
  const theirs = untranslate(label, template.doi, translations);
  if (theirs === null) return false;
  if (template.type === "unlabelled") return equal(template.label, theirs);
  if (template.range !== null && within(theirs, template.range)) return true;
  return template.set.some((item) => equal(item, theirs));
}

function warnHosts({ hosts, templates }: Policy, report: Report): void {
  for (const octets of [4, 16] as const) {
    const order = orderOf(hosts, octets);
    const wins = new Uint8Array(order.hosts.length);
    for (const winner of rangesOf(order).winners) if (winner !== NO_HOST) wins[winner] = 1;
    for (const host of order.hosts.filter((_, place) => wins[place] === 0).sort()) {
      report.add(["hosts", hosts[host]!.text], "never wins: longer prefixes hold all of its addresses");
    }
  }
  const used = new Set(hosts.map(({ template }) => template));
  templates.forEach(({ name }, i) => {
    if (!used.has(i)) report.add(["templates", name], "no host has this template");
  });
}
