/**
 * What is odd in a policy that is otherwise sound: parts that can never matter.
 *
 * @module
 */
import type { PolicyProblem } from "../errors.ts";
import { equal, formatLabel, type Label, within } from "../label.ts";
import { rangesOf } from "./hosts.ts";
import type { Partition, Policy, Template } from "./model.ts";
import { type Path, Report } from "./report.ts";

/** Everything that is odd, with its path. */
export function warningsOf(policy: Policy): PolicyProblem[] {
  const report = new Report();
  policy.partitions.forEach((partition, i) => {
    warnPartition(policy, i, partition, ["partitions", i], report);
  });
  warnHosts(policy, report);
  return report.problems;
}

function warnPartition(policy: Policy, index: number, partition: Partition, path: Path, report: Report): void {
  const multilevel = partition.multilevelPorts.length > 0;
  const reached = policy.interfaces.filter(({ addresses }) =>
    addresses.some(({ owner }) => owner === index || (owner === null && partition.shared)),
  );
  if (reached.length === 0) {
    report.add(path, "no packet can reach it: it is on no shared address and owns none");
    return;
  }
  const control = policy.control === index;
  if (partition.bindings?.length === 0 && !multilevel) {
    report.add([...path, "bindings"], "no packet can reach it: nothing is bound");
  }
  if (multilevel || control) return;
  if (reached.every(({ range }) => range !== null && !within(partition.label, range))) {
    const names = reached.map(({ name }) => name).join(", ");
    report.add(
      [...path, "label"],
      `no packet can reach it: outside the range of ${names}`,
      formatLabel(partition.label),
    );
  } else if (!policy.hosts.some(({ template }) => allows(policy.templates[template]!, partition.label))) {
    report.add([...path, "label"], "no packet can reach it: no host may send its label", formatLabel(partition.label));
  }
}

function allows(template: Template, label: Label): boolean {
  if (template.type === "unlabelled") return equal(template.label, label);
  if (template.range !== null && within(label, template.range)) return true;
  return template.set.some((item) => equal(item, label));
}

function warnHosts(policy: Policy, report: Report): void {
  for (const octets of [4, 16]) {
    const hosts = policy.hosts.filter(({ address }) => address.length === octets);
    const winners = new Set(rangesOf(hosts).map(({ host }) => host));
    for (const host of hosts) {
      if (winners.has(host)) continue;

      report.add(["hosts", host.text], `never wins: longer prefixes hold all of its addresses`);
    }
  }
  const used = new Set(policy.hosts.map(({ template }) => template));
  policy.templates.forEach(({ name }, i) => {
    if (!used.has(i)) report.add(["templates", name], "no host has this template");
  });
}
