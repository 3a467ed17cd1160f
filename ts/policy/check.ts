/**
 * Whether the parts of a policy fit together: what can be ambiguous on a shared address is refused here, once, and not
 * decided per packet.
 *
 * @module
 */
import { broadcastOf, formatAddress } from "../address.ts";
import { formatLabel } from "../label.ts";
import { countGroups, groupsOf, membersIn } from "./groups.ts";
import { checkLower } from "./lower.ts";
import { type InterfaceAddress, MAX_ADDRESSES, MAX_MEMBERS, type Partition, type Policy } from "./model.ts";
import { formatPorts, overlapping } from "./ports.ts";
import { checkPrefixes } from "./prefixes.ts";
import { reachIn } from "./reach.ts";
import { formatPath, type Path, type Report } from "./report.ts";

/** Reports every conflict between parts that were read without problems of their own. */
export function checkPolicy(policy: Policy, report: Report): void {
  checkNames(policy, report);
  checkAddresses(policy, report);
  checkLabels(policy, report);
  checkMultilevelPorts(policy, report);
  checkRanges(policy, report);
  checkGroups(policy, report);
  checkLower(policy, report);
  const entries = policy.interfaces.flatMap(({ addresses }) => addresses);
  // Of one address the first counts.
  const known = new Map(entries.toReversed().map((entry) => [formatAddress(entry.address), entry]));
  policy.partitions.forEach((partition, i) => {
    checkBindings(policy, known, i, partition, report);
  });
  checkPrefixes(policy.hosts, report);
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
  if (addresses.length === 0 && policy.interfaces.length > 0) {
    report.add(["interfaces"], "no interface has an address: nothing would be ours");
  }
}

// P-14, P-27, Z-01, Z-03: on shared addresses a label stands for one partition.
function checkLabels(policy: Policy, report: Report): void {
  const labels = policy.partitions
    .map(({ label, shared }, i) => ({ label, shared, path: ["partitions", i, "label"] as Path }))
    .filter(({ label, shared }) => shared && label.doi !== 0)
    .map(({ label, path }) => [path, `${label.doi} ${formatLabel(label)}`] as const);
  checkUnique(labels, report, (first) => {
    return `the label is that of ${first}; on shared addresses a label is one partition's ("shared": false keeps one off)`;
  });
}

// F-23: one owner for each multilevel port of the shared addresses; an owner has ports of its own on its addresses.
function checkMultilevelPorts(policy: Policy, report: Report): void {
  for (const key of ["multilevelPorts", "privateMultilevelPorts"] as const) {
    const entries = policy.partitions.flatMap((partition, i) =>
      partition[key].map((range, j) => ({ range, partition: i, path: ["partitions", i, key, j] as Path })),
    );
    const placeOf = ({ partition }: (typeof entries)[number]): string =>
      key === "multilevelPorts" ? "shared" : `${partition}`;
    for (const [first, second] of overlapping(entries, placeOf)) {
      report.add(second.path, `overlaps ${formatPorts(first.range)} of ${formatPath(first.path)}`);
    }
    for (const { range, path } of entries) {
      if (range.first === 0)
        report.add(path, `${formatPorts(range)}: name the ports; a multilevel port is one or a range`);
    }
  }
  policy.partitions.forEach(({ shared, multilevelPorts }, i) => {
    if (shared || multilevelPorts.length === 0) return;
    report.add(
      ["partitions", i, "multilevelPorts"],
      "ports of shared addresses, which this partition is kept off; write privateMultilevelPorts",
    );
  });
}

// what takes other labels than its own is bounded by the interface's range.
function checkRanges(policy: Policy, report: Report): void {
  const { interfaces, partitions } = policy;
  const open = interfaces.flatMap(({ range }, i) => (range === null ? [i] : []));
  if (open.length === 0) return;
  const owners = interfaces.map(({ addresses }) => new Set(addresses.map(({ owner }) => owner)));
  const reachOf = reachIn(policy);
  const takers = new Map<number, Partition>(); // by interface, the first
  const done = new Set<readonly number[]>(); // all of which have one
  partitions.forEach((partition, index) => {
    const { icmp, multilevelPorts, privateMultilevelPorts, shared } = partition;
    const takes = icmp === "range" || (shared && multilevelPorts.length > 0);
    if (!takes && privateMultilevelPorts.length === 0) return;
    const reach = reachOf(index);
    if (done.has(reach)) return;
    if (takes) done.add(reach);
    for (const i of reach) {
      if (!takers.has(i) && (takes || !shared || owners[i]!.has(index))) takers.set(i, partition);
    }
  });
  for (const i of open) {
    const taker = takers.get(i);
    if (taker === undefined) continue;
    const what = taker.icmp === "range" ? "ICMP of" : "multilevel ports of";
    report.add(["interfaces", i, "range"], `needed: it bounds the labels that reach the ${what} ${taker.name}`);
  }
}

// M-02: the copies of a frame are bounded, and so are the rows of groups.
function checkGroups(policy: Policy, report: Report): void {
  policy.partitions.forEach(({ groups }, i) => {
    checkUnique(
      groups.map(({ address, interface: only }, j) => [
        ["partitions", i, "groups", j],
        `${formatAddress(address)} ${only ?? "any"}`,
      ]),
      report,
      (first) => `has joined the group at ${first} already`,
    );
  });
  const addresses = policy.interfaces.reduce((sum, { addresses }) => sum + addresses.length, 0);
  const isFull = addresses + countGroups(policy) > MAX_ADDRESSES;
  if (isFull) report.add(["interfaces"], `more than ${MAX_ADDRESSES} addresses, broadcasts and groups`);
  const membersOf = membersIn(policy);
  const crowded = [
    ...(isFull ? [] : groupsOf(policy)).map(({ address, members }) => ({ name: formatAddress(address), members })),
    ...policy.interfaces.map(({ addresses }) => ({ name: "255.255.255.255", members: membersOf(addresses) })),
  ].find(({ members }) => members.list.length > MAX_MEMBERS);
  if (crowded === undefined) return;
  report.add(
    ["partitions"],
    `${crowded.members.list.length} of them may get copies of ${crowded.name}: at most ${MAX_MEMBERS} that share no label`,
  );
}

// P-05, B-01: within a partition a port is bound once; other partitions do not matter.
function checkBindings(
  policy: Policy,
  known: ReadonlyMap<string, InterfaceAddress>,
  index: number,
  partition: Partition,
  report: Report,
): void {
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
  bindings.forEach(({ acceptLower, ports }, i) => {
    if (!acceptLower) return;
    const at: Path = [...path, i, "acceptLower"];
    if (ports === null) report.add(at, "takes lower labels on ports that it names; give it ports");
    if (!partition.shared) report.add(at, "takes lower labels on shared addresses, which this partition is kept off");
  });
  bindings.forEach(({ address, acceptLower }, i) => {
    if (address === null) return;
    const found = known.get(formatAddress(address));
    if (found === undefined) {
      report.add([...path, i, "address"], `no interface has ${formatAddress(address)}`);
    } else if (found.owner !== null && found.owner !== index) {
      const owner = policy.partitions[found.owner]!.name;
      report.add([...path, i, "address"], `${formatAddress(address)} is owned by ${owner}`);
    } else if (found.owner === null && !partition.shared) {
      report.add([...path, i, "address"], `${formatAddress(address)} is shared, and this partition is not`);
    } else if (found.owner !== null && acceptLower) {
      report.add(
        [...path, i, "acceptLower"],
        `${formatAddress(address)} is not shared: only its owner's labels are taken`,
      );
    }
  });
}
