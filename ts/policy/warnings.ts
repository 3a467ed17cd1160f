/**
 * What is odd in a policy that is otherwise sound: parts that can never matter.
 *
 * @module
 */
import { formatAddress } from "../address.ts";
import type { PolicyProblem } from "../errors.ts";
import { formatLabel, type Label, type Range, within } from "../label.ts";
import { untranslate } from "./dois.ts";
import { NO_HOST, orderOf, rangesOf } from "./hosts.ts";
import type { Interface, Partition, Policy, PortRange } from "./model.ts";
import { compareRanges, formatPorts, meeting } from "./ports.ts";
import { reachIn } from "./reach.ts";
import { type Path, Report } from "./report.ts";

/** Everything that is odd, with its path. */
export function warningsOf(policy: Policy): PolicyProblem[] {
  const report = new Report();
  const known: Known = {
    policy,
    owners: new Set(policy.interfaces.flatMap(({ addresses }) => addresses.map(({ owner }) => owner))),
    placesOf: placesIn(policy),
    used: usedIn(policy),
  };
  policy.partitions.forEach((partition, i) => {
    warnPartition(known, i, partition, ["partitions", i], report);
  });
  warnShadowed(policy, report);
  warnHosts(policy, report);
  return report.problems;
}

/** What is found out once for all partitions. */
interface Known {
  readonly policy: Policy;
  /** Partitions that own an address. */
  readonly owners: ReadonlySet<number | null>;
  readonly placesOf: (partition: number) => Places;
  /** By DOI, what hosts may send. */
  readonly used: ReadonlyMap<number, Used>;
}

/** Interfaces that a partition is reached on: all of them, and the first with each range. */
interface Places {
  readonly all: readonly Interface[];
  readonly ranged: readonly Interface[];
}

// Most partitions are reached on the same interfaces: what is told of these is told once.
function placesIn(policy: Policy): (partition: number) => Places {
  const reachOf = reachIn(policy);
  const known = new Map<readonly number[], Places>();
  return (partition) => {
    const reach = reachOf(partition);
    const before = known.get(reach);
    if (before !== undefined) return before;
    const all = reach.map((i) => policy.interfaces[i]!);
    const first = new Map(all.toReversed().map((entry) => [rangeKey(entry.range), entry]));
    const places = { all, ranged: all.filter((entry) => first.get(rangeKey(entry.range)) === entry) };
    known.set(reach, places);
    return places;
  };
}

function rangeKey(range: Range | null): string {
  return range === null ? "" : `${range.low.doi} ${formatLabel(range.low)} ${formatLabel(range.high)}`;
}

/** Labels of one DOI that hosts may send: these, and those in the ranges. */
interface Used {
  readonly labels: Set<string>;
  readonly ranges: Map<string, Range>;
}

function usedIn({ hosts, templates }: Policy): Map<number, Used> {
  const used = new Map<number, Used>();
  for (const index of new Set(hosts.map(({ template }) => template))) {
    const template = templates[index]!;
    const { labels, ranges } = used.get(template.doi) ?? { labels: new Set(), ranges: new Map() };
    used.set(template.doi, { labels, ranges });
    for (const label of template.type === "unlabelled" ? [template.label] : template.set)
      labels.add(formatLabel(label));
    const range = template.type === "unlabelled" ? null : template.range;
    if (range !== null) ranges.set(rangeKey(range), range);
  }
  return used;
}

function warnPartition(
  { policy, owners, placesOf, used }: Known,
  index: number,
  partition: Partition,
  path: Path,
  report: Report,
): void {
  if (partition.privateMultilevelPorts.length > 0 && !owners.has(index) && partition.shared) {
    report.add([...path, "privateMultilevelPorts"], "no packet can reach them: it owns no address");
  }
  const multilevel = partition.multilevelPorts.length > 0 || partition.privateMultilevelPorts.length > 0;
  const takesOthers = partition.icmp === "range" || (partition.bindings ?? []).some(({ acceptLower }) => acceptLower);
  const control = policy.control === index;
  const { all, ranged } = placesOf(index);
  if (all.length === 0 && !control) {
    report.add(path, "no packet can reach it: it is on no shared address and owns none");
    return;
  }
  const foreign = ranged.find(({ range }) => multilevel && range !== null && range.low.doi !== partition.label.doi);
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
  if (ranged.every(({ range }) => range !== null && !within(partition.label, range))) {
    const names = all.map(({ name }) => name).join(", ");
    report.add(
      [...path, "label"],
      `no packet can reach it: outside the range of ${names}`,
      formatLabel(partition.label),
    );
  } else if (!mayBeSent(policy, used, partition.label)) {
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

// `label` is in our terms, what is used in those of its DOI.
function mayBeSent({ translations }: Policy, used: ReadonlyMap<number, Used>, label: Label): boolean {
  return [...used].some(([doi, { labels, ranges }]) => {
    const theirs = untranslate(label, doi, translations);
    if (theirs === null) return false;
    return labels.has(formatLabel(theirs)) || [...ranges.values()].some((range) => within(theirs, range));
  });
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
