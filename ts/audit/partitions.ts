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
import { meetRuns } from "./runs.ts";
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

/** A reason, and what it holds for: reasons that begin alike are said together. */
interface Reason {
  readonly words: string;
  readonly of?: string;
}

function because(reasons: readonly Reason[]): string {
  const together = new Map<string, Set<string>>();
  for (const { words, of } of reasons) {
    const known = together.get(words) ?? new Set();
    together.set(words, of === undefined ? known : known.add(of));
  }
  return [...together].map(([words, items]) => [words, listed([...items], "or")].join(" ").trimEnd()).join("; ");
}

// Why no packet comes to a binding (`null`: the partition itself), place by place.
function obstacles(reach: Reach, index: number, binding: number | null): Reason[] {
  const { name, bindings } = reach.policy.partitions[index]!;
  if (bindings?.length === 0 && binding === null) return [{ words: "nothing is bound" }];
  const places = placesOfPartition(reach, index);
  if (places.length === 0) return [...missingPlaces(reach, index)];
  const openings = reach.openings[index]!.filter((opening) => opening.binding === binding);
  if (openings.length > 0) return openings.map((opening) => unfed(reach, opening));
  if (binding === null) return [];
  const { address, ports } = bindings![binding]!;
  if (ports?.length === 0) return [{ words: "it lists no ports" }];
  const own = places.filter((place) => address === null || isAt(place, address));
  if (own.length === 0) return [{ words: `nothing at its address is for ${name}` }];
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

function* missingPlaces({ places, policy }: Reach, index: number): Generator<Reason> {
  const { shared, groups } = policy.partitions[index]!;
  yield {
    words: shared ? "no address is shared, and it owns none" : "it is kept off shared addresses, and owns none",
  };
  if (groups.length === 0) return;
  for (const at of places) {
    const words = "no multicast is known to come by";
    if (at.isAmbiguous) yield { words, of: policy.interfaces[at.interface]!.name };
  }
}

// Why no label comes to an opening.
function unfed(reach: Reach, { label, place, way }: Opening): Reason {
  const { name } = reach.policy.interfaces[place.interface]!;
  const version = `IPv${place.version}`;
  if (label === null) return { words: `no label arrives at ${name} over`, of: version };
  const said = `label ${formatLabel(label)}`;
  if (!reach.isInRange(place, label)) return { words: `${said} is outside the range of`, of: name };
  if (way.kind === "acceptLower") return { words: `no unlabelled host has ${said} over`, of: version };
  return reach.carry(place.version, label) === "unfit"
    ? { words: `no unlabelled host has ${said}, and it fits no option of`, of: version }
    : { words: `no host may send ${said} over`, of: version };
}

// Why a place has no packet for a binding, whatever its label.
function blocked(reach: Reach, index: number, binding: number, { owner, version }: Place): Reason {
  const { partitions } = reach.policy;
  const { ports } = partitions[index]!.bindings![binding]!;
  if (ports === null) return { words: "other bindings take all of its packets" };
  const wanted = portRuns(ports);
  const possible = meetRuns(wanted, PORTS[version][owner === null ? "many" : "one"]);
  if (possible.length === 0 && meetRuns(wanted, PORTS[version].one).length > 0) {
    return { words: "broadcasts and multicasts carry no TCP" };
  }
  if (possible.length === 0) {
    const protocols = new Set(ports.map(({ protocol }) => formatProtocol(protocol)));
    return { words: `no packet is ${listed([...protocols], "or")} over`, of: `IPv${version}` };
  }
  const shadows = partitions.flatMap(({ shared, multilevelPorts, name }) =>
    shared
      ? multilevelPorts
          .filter((range) => meetRuns(portRuns([range]), wanted).length > 0)
          .map((range) => `${formatPorts(range)} is a multilevel port of ${name}`)
      : [],
  );
  return { words: `on shared addresses ${listed(shadows)}` };
}
