/**
 * Can every partition and every binding of it be reached? A packet for each that can, the reason for each that can't.
 *
 * @module
 */
import { compareAddresses } from "../address.ts";
import { formatLabel } from "../label.ts";
import { formatPorts, formatProtocol } from "../policy/ports.ts";
import type { Path } from "../policy/report.ts";
import type { ControlPacket } from "./control.ts";
import { type Finding, finding, listed, type Witness } from "./finding.ts";
import type { Opening } from "./openings.ts";
import { isMember, type Place } from "./places.ts";
import { PORTS, portRuns } from "./ports.ts";
import type { Reach } from "./reach.ts";
import { lessRuns, meetRuns } from "./runs.ts";
import type { Witnesses } from "./witness.ts";

export function partitionFindings(reach: Reach, witnesses: Witnesses, control: readonly ControlPacket[]): Finding[] {
  return reach.policy.partitions.flatMap((partition, i) => {
    const shown = new Map<number | null, Witness | null>();
    for (const opening of reach.openings[i]!) {
      if (shown.has(opening.binding)) continue;
      const carried = reach.firstAt(opening);
      if (carried !== null) shown.set(opening.binding, witnesses.at(opening, carried));
    }
    if (reach.policy.control === i) {
      for (const { binding, witness } of control) if (!shown.has(binding)) shown.set(binding, witness);
    }
    const bindings = partition.bindings ?? [];
    const path: Path = ["partitions", i];
    if (shown.size === 0) {
      const whole = [null, ...bindings.keys()].flatMap((binding) => obstacles(reach, i, binding));
      const words = `no packet reaches ${partition.name}: ${because(whole)}`;
      return [finding("partitions", "refuted", path, words)];
    }
    const names = bindings.filter((_, j) => shown.has(j)).map(({ name }) => name);
    const parts = names.length === 0 ? "" : `: ${listed(names)}`;
    const reached = finding("partitions", "proved", path, `${partition.name} is reached${parts}`, [...shown.values()]);
    const missed = bindings.flatMap(({ name }, j) => {
      if (shown.has(j)) return [];
      const words = `no packet reaches ${partition.name}/${name}: ${because(obstacles(reach, i, j))}`;
      return [finding("partitions", "refuted", [...path, "bindings", j], words)];
    });
    return [reached, ...missed];
  });
}

function because(reasons: readonly string[]): string {
  return listed([...new Set(reasons)], "and");
}

// Why no packet comes to a binding (`null`: the partition itself), place by place.
function obstacles(reach: Reach, index: number, binding: number | null): string[] {
  const { name, bindings } = reach.policy.partitions[index]!;
  if (bindings?.length === 0 && binding === null) return ["nothing is bound"];
  const places = placesOfPartition(reach, index);
  if (places.length === 0) return [...missingPlaces(reach, index)];
  const openings = reach.openings[index]!.filter((opening) => opening.binding === binding);
  if (openings.length > 0) return openings.map((opening) => unfed(reach, opening));
  if (binding === null) return [];
  const { address, ports } = bindings![binding]!;
  if (ports?.length === 0) return ["it lists no ports"];
  const own = places.filter((place) => address === null || isAt(place, address));
  if (own.length === 0) return [`${name} is not reached at its address`];
  return own.map((place) => blocked(reach, index, binding, place));
}

function isAt({ owner, address }: Place, wanted: Uint8Array): boolean {
  return owner !== null && compareAddresses(address, wanted) === 0;
}

// Every place where something can be for the partition.
function placesOfPartition({ places, policy }: Reach, index: number): Place[] {
  return places.flatMap(({ shared, owned, many }) => [
    ...(policy.partitions[index]!.shared ? shared : []),
    ...(owned.get(index) ?? []),
    ...many.filter(({ members }) => isMember(members!, policy, index)),
  ]);
}

function* missingPlaces({ places, policy }: Reach, index: number): Generator<string> {
  const { shared, groups } = policy.partitions[index]!;
  yield shared ? "no address is shared, and it owns none" : "it is kept off shared addresses, and owns none";
  if (groups.length === 0) return;
  const ambiguous = places.filter(({ isAmbiguous }) => isAmbiguous);
  const names = new Set(ambiguous.map((at) => policy.interfaces[at.interface]!.name));
  if (names.size > 0) yield `no multicast comes by ${listed([...names])} for certain`;
}

// Why no label comes to an opening.
function unfed(reach: Reach, { label, place, way }: Opening): string {
  const { name } = reach.policy.interfaces[place.interface]!;
  const over = `over IPv${place.version}`;
  if (label === null) return `no label arrives at ${name} ${over}`;
  if (!reach.isInRange(place, label)) return `label ${formatLabel(label)} is outside the range of ${name}`;
  if (way.kind === "acceptLower") return `no unlabelled host sends label ${formatLabel(label)} ${over}`;
  return reach.carry(place.version, label) === "unfit"
    ? `label ${formatLabel(label)} fits no option of IPv${place.version}, and no unlabelled host has it`
    : `no host may send label ${formatLabel(label)} ${over}`;
}

// Why a place has no packet for a binding, whatever its label.
function blocked(reach: Reach, index: number, binding: number, { owner, version }: Place): string {
  const { partitions } = reach.policy;
  const { ports } = partitions[index]!.bindings![binding]!;
  const wanted = portRuns(ports ?? []);
  const possible = PORTS[version][owner === null ? "many" : "one"];
  if (ports !== null && meetRuns(wanted, possible).length === 0) {
    return meetRuns(wanted, PORTS[version].one).length > 0
      ? "broadcasts and multicasts carry no TCP"
      : `IPv${version} has no packets of ${listed([...new Set(ports.map(({ protocol }) => formatProtocol(protocol)))])}`;
  }
  const others = partitions.flatMap(({ shared, multilevelPorts, name }, i) =>
    shared && i !== index ? multilevelPorts.map((range) => ({ range, name })) : [],
  );
  const left = lessRuns(wanted, portRuns(others.map(({ range }) => range)));
  if (owner === "shared" && ports !== null && meetRuns(left, possible).length === 0) {
    const shadows = others.filter(({ range }) => meetRuns(portRuns([range]), wanted).length > 0);
    return listed(shadows.map(({ range, name }) => `${formatPorts(range)} is a multilevel port of ${name}`));
  }
  return "other bindings take all of its packets";
}
