/**
 * What a partition takes (steps 9 and 11): at each place, through what it is declared to take, on which port, for which of
 * its bindings. One opening stands for all that differ in nothing a label or a sender depends on.
 *
 * @module
 */
import { compareAddresses, formatAddress } from "../address.ts";
import { dominates, equal, type Label, type Run } from "../label.ts";
import type { Binding, Partition, Policy } from "../policy/model.ts";
import { labelKey } from "./accredited.ts";
import { type InterfacePlaces, isMember, type Place } from "./places.ts";
import { ICMP_OF, PORTS, type Port, portRuns, somePort, wholeProtocol } from "./ports.ts";
import { joinRuns, lessRuns, meetRuns } from "./runs.ts";

/** What lets a partition take a packet: its label, or what stands under that key of the policy. */
export type Way =
  | { readonly kind: "label" | "icmp" }
  | { readonly kind: "multilevelPorts" | "privateMultilevelPorts" | "acceptLower"; readonly index: number };

/** A partition takes packets here. */
export interface Opening extends Port {
  readonly partition: number;
  /** `null`: the partition itself. */
  readonly binding: number | null;
  readonly way: Way;
  readonly place: Place;
  /** The one label; `null`: every label of the interface's range. */
  readonly label: Label | null;
}

/** What is asked of the policy for every partition, worked out once. */
export interface Ground {
  readonly policy: Policy;
  readonly places: readonly InterfacePlaces[];
  /** Multilevel ports of shared addresses, of all partitions (D-02). */
  readonly multilevel: readonly Run[];
  /** Ports of packets for shared addresses that no multilevel port takes first. */
  readonly byLabel: Readonly<Record<4 | 6, readonly Run[]>>;
  /** Partitions on shared addresses by {@link labelKey} (D-03). */
  readonly sharedByLabel: ReadonlyMap<string, number>;
  /** Labels of unlabelled senders. */
  readonly defaults: readonly Label[];
}

/** Works out what is asked of the policy for every partition. `defaults` are labels of unlabelled senders. */
export function groundOf(policy: Policy, places: readonly InterfacePlaces[], defaults: readonly Label[]): Ground {
  const multilevel = portRuns(
    policy.partitions.flatMap(({ shared, multilevelPorts }) => (shared ? multilevelPorts : [])),
  );
  const byLabel = { 4: lessRuns(PORTS[4].one, multilevel), 6: lessRuns(PORTS[6].one, multilevel) };
  const sharedByLabel = new Map<string, number>();
  policy.partitions.forEach(({ label, shared }, i) => {
    if (shared) sharedByLabel.set(labelKey(label), i);
  });
  return { policy, places, multilevel, byLabel, sharedByLabel, defaults };
}

/** The openings of a partition, whether a packet comes to them or not. */
export function openingsOf(ground: Ground, partition: number): Opening[] {
  return new Openings(ground, partition).find();
}

/** The name of a way as the key of a map: the same for equal ways of one partition. */
export function wayKey(way: Way): string {
  return "index" in way ? `${way.kind} ${way.index}` : way.kind;
}

/**
 * Which bindings take what of some ports at an address (`null`: of a group), in the order of step 11. What no binding takes
 * is the partition's own when it has none, or when `open` says so.
 */
export function bindingsFor(
  { bindings }: Partition,
  address: Uint8Array | null,
  ports: readonly Run[],
  open: boolean,
): { readonly binding: number | null; readonly ports: readonly Run[] }[] {
  if (bindings === null) return ports.length === 0 ? [] : [{ binding: null, ports }];
  const found: { binding: number | null; ports: readonly Run[] }[] = [];
  let rest = ports;
  const here = (binding: Binding): boolean =>
    address !== null && binding.address !== null && compareAddresses(binding.address, address) === 0;
  const anywhere = (binding: Binding): boolean => binding.address === null;
  for (const [isThere, isRest] of [
    [here, false],
    [anywhere, false],
    [here, true],
    [anywhere, true],
  ] as const) {
    const before = rest;
    bindings.forEach((binding, i) => {
      if (before.length === 0 || (binding.ports === null) !== isRest || !isThere(binding)) return;
      const own = binding.ports === null ? before : meetRuns(before, portRuns(binding.ports));
      if (own.length === 0) return;
      found.push({ binding: i, ports: own });
      rest = lessRuns(rest, own);
    });
  }
  if (open && rest.length > 0) found.push({ binding: null, ports: rest });
  return found;
}

class Openings {
  readonly #ground: Ground;
  readonly #index: number;
  readonly #partition: Partition;
  readonly #found = new Map<string, Opening>();
  /** Addresses that one of its bindings is bound to. */
  readonly #bound: ReadonlySet<string>;
  /** Labels that its bindings may take from unlabelled senders beside its own. */
  readonly #lower: readonly Label[];

  constructor(ground: Ground, index: number) {
    this.#ground = ground;
    this.#index = index;
    this.#partition = ground.policy.partitions[index]!;
    const { bindings, label } = this.#partition;
    this.#bound = new Set(
      (bindings ?? []).flatMap(({ address }) => (address === null ? [] : [formatAddress(address)])),
    );
    this.#lower = (bindings ?? []).some(({ acceptLower }) => acceptLower)
      ? ground.defaults.filter((item) => dominates(label, item) && !equal(label, item))
      : [];
  }

  find(): Opening[] {
    const { policy, places } = this.#ground;
    for (const at of places) {
      for (const place of this.#partition.shared ? this.#distinct(at.shared) : []) this.#shared(place);
      if (this.#partition.shared) this.#lowerShared(at);
      for (const place of this.#distinct(at.owned.get(this.#index) ?? [])) this.#owned(place);
      const many = at.many.find(({ members }) => isMember(members!, policy, this.#index));
      if (many !== undefined) this.#copies(many);
    }
    return [...this.#found.values()];
  }

  // One place without bindings of its own, and each that has some.
  #distinct(places: readonly Place[]): Place[] {
    const isBound = ({ text }: Place): boolean => this.#bound.has(text);
    const plain = places.find((place) => !isBound(place));
    const bound = this.#bound.size === 0 ? [] : places.filter(isBound);
    return plain === undefined ? bound : [plain, ...bound];
  }

  #add(place: Place, way: Way, label: Label | null, ports: readonly Run[]): void {
    const open = way.kind === "multilevelPorts" || way.kind === "privateMultilevelPorts";
    const address = place.owner === null ? null : place.address;
    for (const { binding, ports: own } of bindingsFor(this.#partition, address, ports, open)) {
      this.#keep(place, way, label, binding, own);
    }
  }

  #keep(place: Place, way: Way, label: Label | null, binding: number | null, ports: readonly Run[]): void {
    const by = way.kind === "acceptLower" ? labelKey(label!) : "";
    const key = `${place.interface} ${place.version} ${wayKey(way)} ${binding} ${by}`;
    if (this.#found.has(key)) return;
    this.#found.set(key, { partition: this.#index, binding, way, place, label, ...somePort(ports) });
  }

  // D-02, D-03.
  #shared(place: Place): void {
    this.#add(place, { kind: "label" }, this.#partition.label, this.#ground.byLabel[place.version]);
    this.#partition.multilevelPorts.forEach((range, index) => {
      this.#add(place, { kind: "multilevelPorts", index }, null, portRuns([range]));
    });
  }

  // A-04, D-07, F-22.
  #owned(place: Place): void {
    this.#label(place, PORTS[place.version].one);
    this.#private(place, PORTS[place.version].one);
  }

  // M-01, M-02, B-03, U-11.
  #copies(place: Place): void {
    const ports = PORTS[place.version].many;
    this.#label(place, ports);
    if (this.#partition.shared) {
      this.#partition.multilevelPorts.forEach((range, index) => {
        this.#add(place, { kind: "multilevelPorts", index }, null, meetRuns(portRuns([range]), ports));
      });
    } else this.#private(place, ports);
    this.#partition.bindings?.forEach(({ acceptLower, address, ports: bound }, index) => {
      if (!acceptLower || address !== null) return;
      const own = meetRuns(portRuns(bound!), ports);
      if (own.length === 0) return;
      for (const label of this.#lower) this.#keep(place, { kind: "acceptLower", index }, label, index, own);
    });
  }

  #private(place: Place, ports: readonly Run[]): void {
    this.#partition.privateMultilevelPorts.forEach((range, index) => {
      this.#add(place, { kind: "privateMultilevelPorts", index }, null, meetRuns(portRuns([range]), ports));
    });
  }

  #label(place: Place, ports: readonly Run[]): void {
    this.#add(place, { kind: "label" }, this.#partition.label, ports);
    if (this.#partition.icmp === "range")
      this.#add(place, { kind: "icmp" }, null, meetRuns([wholeProtocol(ICMP_OF[place.version])], ports));
  }

  // A-05, D-06: where the partition of the label has no binding for the port.
  #lowerShared({ shared, version }: InterfacePlaces): void {
    const { byLabel, policy, sharedByLabel } = this.#ground;
    for (const label of this.#lower) {
      const equalTo = sharedByLabel.get(labelKey(label));
      const other = equalTo === undefined ? null : policy.partitions[equalTo]!;
      const anywhere = other === null ? [] : takenBy(other, null, PORTS[version].one);
      this.#partition.bindings!.forEach(({ acceptLower, address, ports }, index) => {
        if (!acceptLower) return;
        const wanted = lessRuns(meetRuns(portRuns(ports!), byLabel[version]), anywhere);
        if (wanted.length === 0) return;
        for (const place of shared) {
          if (address !== null && compareAddresses(address, place.address) !== 0) continue;
          const left = other === null ? wanted : lessRuns(wanted, takenBy(other, place.address, wanted));
          if (left.length === 0) continue;
          this.#keep(place, { kind: "acceptLower", index }, label, index, left);
          break;
        }
      });
    }
  }
}

// The ports for which a partition has a binding.
function takenBy(partition: Partition, address: Uint8Array | null, ports: readonly Run[]): Run[] {
  return joinRuns(...bindingsFor(partition, address, ports, false).map((taken) => taken.ports));
}
