/**
 * Whether the parts of a policy fit together: what can be ambiguous on a shared address is refused here, once, and not
 * decided per packet.
 *
 * @module
 */
import { broadcastOf, formatAddress } from "../address.ts";
import { formatLabel } from "../label.ts";
import { MAX_ADDRESSES, type Partition, type Policy } from "./model.ts";
import { formatPorts, overlapping } from "./ports.ts";
import { reaches } from "./reach.ts";
import { formatPath, type Path, type Report } from "./report.ts";

/** Reports every conflict between parts that were read without problems of their own. */
export function checkPolicy(policy: Policy, report: Report): void {
  checkNames(policy, report);
  checkAddresses(policy, report);
  checkLabels(policy, report);
  checkMultilevelPorts(policy, report);
  policy.partitions.forEach((partition, i) => {
    checkBindings(policy, i, partition, report);
  });
  checkHosts(policy, report);
  if (policy.profile === "linux" && policy.ripso.mode === "map") {
    report.add(["ripso"], 'profile "linux" reads no RIPSO label; leave ripso out or choose profile "strict"');
  }
}

/** Reports every entry whose key was there before. `say` makes the message from the path of the first. */
function checkUnique(
  entries: Iterable<readonly [path: Path, key: string]>,
  report: Report,
  say: (first: string) => string,
): void {
  const seen = new Map<string, Path>();
  for (const [path, key] of entries) {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, path);
    else report.add(path, say(formatPath(first)));
  }
}

function checkNames(policy: Policy, report: Report): void {
  // In any case: names become file names, and people read them.
  const taken = (first: string) => `the name is taken by ${first}; names that differ in case only count as one`;
  const named = (list: readonly { readonly name: string }[], path: Path) =>
    list.map(({ name }, i) => [[...path, i, "name"], name.toLowerCase()] as const).filter(([, name]) => name !== "");
  checkUnique(named(policy.interfaces, ["interfaces"]), report, taken);
  checkUnique(named(policy.partitions, ["partitions"]), report, taken);
  policy.partitions.forEach(({ bindings }, i) => {
    checkUnique(named(bindings ?? [], ["partitions", i, "bindings"]), report, taken);
  });
}

function checkAddresses(policy: Policy, report: Report): void {
  const addresses = policy.interfaces.flatMap(({ addresses }, i) =>
    addresses.map((entry, j) => ({ ...entry, interface: i, path: ["interfaces", i, "addresses", j] as Path })),
  );
  checkUnique(
    addresses.map(({ address, path }) => [path, formatAddress(address)] as const),
    report,
    (first) => `the address is at ${first} already; an address is on one interface`,
  );
  const broadcasts = new Map<string, (typeof addresses)[number]>();
  for (const entry of addresses) {
    const broadcast = broadcastOf(entry.address, entry.prefix);
    if (broadcast === null) continue;
    const first = broadcasts.get(formatAddress(broadcast));
    if (first === undefined) broadcasts.set(formatAddress(broadcast), entry);
    else if (first.interface !== entry.interface) {
      report.add(entry.path, `its broadcast ${formatAddress(broadcast)} is that of ${formatPath(first.path)} too`);
    }
  }
  for (const { address, path } of addresses) {
    const of = broadcasts.get(formatAddress(address));
    if (of !== undefined) report.add(path, `${formatAddress(address)} is the broadcast of ${formatPath(of.path)}`);
  }
  if (addresses.length + broadcasts.size > MAX_ADDRESSES) {
    report.add(["interfaces"], `more than ${MAX_ADDRESSES} addresses and broadcasts`);
  }
  if (addresses.length === 0 && policy.interfaces.length > 0) {
    report.add(["interfaces"], "no interface has an address: nothing would be ours");
  }
}

// P-14, P-27, Z-01: on shared addresses a label stands for one partition.
function checkLabels(policy: Policy, report: Report): void {
  const labels = policy.partitions
    .map(({ label, shared }, i) => ({ label, shared, path: ["partitions", i, "label"] as Path }))
    .filter(({ label, shared }) => shared && label.doi !== 0)
    .map(({ label, path }) => [path, `${label.doi} ${formatLabel(label)}`] as const);
  checkUnique(labels, report, (first) => {
    return `the label is that of ${first}; on shared addresses a label is one partition's ("shared": false keeps one off)`;
  });
}

// F-23: one owner for each multilevel port of the shared addresses. Q: its labels are bounded by the interface's range.
function checkMultilevelPorts(policy: Policy, report: Report): void {
  const entries = policy.partitions.flatMap(({ shared, multilevelPorts }, i) =>
    multilevelPorts.map((range, j) => ({ range, shared, partition: i, path: ["partitions", i, "multilevelPorts", j] })),
  );
  for (const [first, second] of overlapping(entries, ({ shared, partition }) => (shared ? "shared" : `${partition}`))) {
    report.add(second.path, `overlaps ${formatPorts(first.range)} of ${formatPath(first.path)}`);
  }
  for (const { range, path } of entries) {
    if (range.first === 0)
      report.add(path, `${formatPorts(range)}: name the ports; a multilevel port is one or a range`);
  }
  policy.interfaces.forEach((entry, i) => {
    if (entry.range !== null) return;
    const open = entries.find(({ partition }) => reaches(policy, entry, partition));
    if (open === undefined) return;
    const name = policy.partitions[open.partition]!.name;
    report.add(["interfaces", i, "range"], `needed: it bounds the labels that reach the multilevel ports of ${name}`);
  });
}

// B-01: within a partition a port is bound once; other partitions do not matter.
function checkBindings(policy: Policy, index: number, partition: Partition, report: Report): void {
  const path: Path = ["partitions", index, "bindings"];
  const bindings = partition.bindings ?? [];
  const ranges = bindings.flatMap((binding, i) =>
    (binding.ports ?? []).map((range, j) => ({ range, binding, path: [...path, i, "ports", j] as Path })),
  );
  const placeOf = ({ binding: { address } }: (typeof ranges)[number]) => address && formatAddress(address);
  for (const [first, second] of overlapping(ranges, placeOf)) {
    report.add(second.path, `overlaps ${formatPorts(first.range)} of ${formatPath(first.path)}`);
  }
  checkUnique(
    bindings.flatMap(({ ports, address }, i) =>
      ports === null ? [[[...path, i], address === null ? "any" : formatAddress(address)] as const] : [],
    ),
    report,
    (first) => `takes the rest, as ${first} does already; give it ports`,
  );
  bindings.forEach(({ address }, i) => {
    if (address === null) return;
    const found = policy.interfaces
      .flatMap(({ addresses }) => addresses)
      .find((entry) => formatAddress(entry.address) === formatAddress(address));
    if (found === undefined) {
      report.add([...path, i, "address"], `no interface has ${formatAddress(address)}`);
    } else if (found.owner !== null && found.owner !== index) {
      const owner = policy.partitions[found.owner]!.name;
      report.add([...path, i, "address"], `${formatAddress(address)} is owned by ${owner}`);
    } else if (found.owner === null && !partition.shared) {
      report.add([...path, i, "address"], `${formatAddress(address)} is shared, and this partition is not`);
    }
  });
}

function checkHosts(policy: Policy, report: Report): void {
  checkUnique(
    policy.hosts.map(({ text, address, prefix }) => [["hosts", text], `${address.join()}/${prefix}`] as const),
    report,
    (first) => `the prefix stands at ${first} already`,
  );
}
