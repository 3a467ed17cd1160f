/**
 * Where packets can be for (step 4): addresses of our interfaces, broadcasts and groups, and by which device and VLAN a
 * frame for one comes.
 *
 * @module
 */
import { broadcastOf, formatAddress } from "../address.ts";
import type { Interface, InterfaceAddress, Policy } from "../policy/model.ts";
import type { Version } from "./fit.ts";

/** A destination, and how a frame for it arrives. */
export interface Place {
  readonly interface: number;
  readonly version: Version;
  readonly address: Uint8Array;
  readonly text: string;
  /** `null`: a broadcast or group. */
  readonly owner: number | "shared" | null;
  /** Who may get a copy; `null`: not asked of an address. */
  readonly members: Members | null;
  /** The device it has to be known to have come by; `null`: that need not be known. */
  readonly device: string | null;
  /** The one tag it has; `null`: none. */
  readonly vlan: number | null;
}

/** Who may get a copy (M-01, M-02). */
export interface Members {
  /** Owners of addresses, or those that have joined. */
  readonly some: ReadonlySet<number>;
  /** Whether every partition that is not kept off shared addresses may, too. */
  readonly shared: boolean;
}

/** The places of one interface in one version of IP. */
export interface InterfacePlaces {
  readonly interface: number;
  readonly version: Version;
  readonly shared: readonly Place[];
  /** By the partition that owns them. */
  readonly owned: ReadonlyMap<number, readonly Place[]>;
  /** Broadcasts and groups. */
  readonly many: readonly Place[];
  /** Whether no frame comes by this interface for certain: then it gets no multicast and no 255.255.255.255. */
  readonly isAmbiguous: boolean;
}

/** The broadcast to all, and the groups of all hosts (RFC 1112 section 4, RFC 4291 section 2.7.1). */
const FOR_ALL: Readonly<Record<Version, readonly Uint8Array[]>> = {
  4: [Uint8Array.of(224, 0, 0, 1), Uint8Array.of(255, 255, 255, 255)],
  6: [2, 1].map((scope) => Uint8Array.of(0xff, scope, ...new Array<number>(13).fill(0), 1)),
};

/** The highest VLAN identifier; the highest but it are in use (IEEE 802.1Q). */
const LAST_VLAN = 4095;

/** A device that no interface is mapped to. */
const OTHER_DEVICE = "other";

/** The places of a policy, by interface, IPv4 first. */
export function placesOf(policy: Policy): InterfacePlaces[] {
  const arrivals = new Arrivals(policy.interfaces);
  const joined = joinedOf(policy);
  return policy.interfaces.flatMap((entry, i) => ([4, 6] as const).map((version) => placesAt(i, entry, version)));

  function placesAt(index: number, entry: Interface, version: Version): InterfacePlaces {
    const arrival = { device: null, vlan: entry.vlan === 0 ? null : entry.vlan };
    const place = { interface: index, version, members: null } as const;
    const group = (address: Uint8Array, by: Arrival, members: Members): Place => {
      return { ...place, ...by, address, text: formatAddress(address), owner: null, members };
    };
    const shared: Place[] = [];
    const owned = new Map<number, Place[]>();
    for (const { address, owner } of entry.addresses) {
      if (address.length !== (version === 4 ? 4 : 16)) continue;
      const here = { ...place, ...arrival, address, text: formatAddress(address) };
      if (owner === null) shared.push({ ...here, owner: "shared" });
      else if (owned.has(owner)) owned.get(owner)!.push({ ...here, owner });
      else owned.set(owner, [{ ...here, owner }]);
    }
    const many: Place[] = (version === 4 ? broadcastsOf(entry) : []).map(({ address, of }) => {
      return group(address, arrival, membersOf(of));
    });
    const sole = arrivals.soleAt(index);
    if (sole !== null) {
      const groups = (joined.get(index) ?? []).filter(({ address }) => address.length === (version === 4 ? 4 : 16));
      for (const address of FOR_ALL[version]) {
        many.push(group(address, sole, membersOf(entry.addresses)));
      }
      for (const { address, members } of groups) {
        many.push(group(address, sole, { some: members, shared: false }));
      }
    }
    return { interface: index, version, shared, owned, many, isAmbiguous: sole === null };
  }
}

/** Whether a partition may get a copy. */
export function isMember({ some, shared }: Members, policy: Policy, partition: number): boolean {
  return some.has(partition) || (shared && policy.partitions[partition]!.shared);
}

function membersOf(addresses: readonly InterfaceAddress[]): Members {
  return {
    some: new Set(addresses.flatMap(({ owner }) => (owner === null ? [] : [owner]))),
    shared: addresses.some(({ owner }) => owner === null),
  };
}

function broadcastsOf({ addresses }: Interface): { address: Uint8Array; of: InterfaceAddress[] }[] {
  const found = new Map<string, { address: Uint8Array; of: InterfaceAddress[] }>();
  for (const entry of addresses) {
    const address = broadcastOf(entry.address, entry.prefix);
    if (address === null) continue;
    const known = found.get(formatAddress(address));
    if (known === undefined) found.set(formatAddress(address), { address, of: [entry] });
    else known.of.push(entry);
  }
  return [...found.values()];
}

interface Joined {
  readonly address: Uint8Array;
  readonly members: Set<number>;
}

// Groups by interface. The groups of all hosts have members of their own, whoever joins them.
function joinedOf({ interfaces, partitions }: Policy): Map<number, Joined[]> {
  const forAll = new Set([...FOR_ALL[4], ...FOR_ALL[6]].map(formatAddress));
  const groups = interfaces.map(() => new Map<string, Joined>());
  partitions.forEach((partition, p) => {
    for (const { address, interface: only } of partition.groups) {
      const text = formatAddress(address);
      if (forAll.has(text)) continue;
      for (const known of only === null ? groups : [groups[only]!]) {
        const joined = known.get(text);
        if (joined === undefined) known.set(text, { address, members: new Set([p]) });
        else joined.members.add(p);
      }
    }
  });
  return new Map(groups.map((known, i) => [i, [...known.values()]]));
}

interface Arrival {
  readonly device: string | null;
  readonly vlan: number | null;
}

/**
 * Which frames can have come by one interface only (P-01). Of devices the interface's own leaves the fewest others, or, if
 * it has none, one that nobody has; and so of VLANs.
 */
class Arrivals {
  readonly #interfaces: readonly Interface[];
  /** How many interfaces there are with a device and a VLAN. */
  readonly #counts = new Map<string, number>();
  readonly #otherDevice: string;
  readonly #otherVlan: number;

  constructor(interfaces: readonly Interface[]) {
    this.#interfaces = interfaces;
    const devices = new Set(interfaces.map(({ device }) => device));
    const vlans = new Set(interfaces.map(({ vlan }) => vlan));
    let device = OTHER_DEVICE;
    for (let i = 2; devices.has(device); i++) device = `${OTHER_DEVICE}${i}`;
    let vlan = LAST_VLAN - 1;
    while (vlan > 0 && vlans.has(vlan)) vlan--;
    this.#otherDevice = device;
    this.#otherVlan = vlan === 0 ? LAST_VLAN : vlan;
    for (const entry of interfaces) {
      for (const d of [entry.device, undefined]) {
        const key = JSON.stringify([d === undefined ? 0 : d, entry.vlan]);
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      }
    }
  }

  /** The simplest arrival by this interface alone, or `null`: there is none. */
  soleAt(index: number): Arrival | null {
    const { device, vlan } = this.#interfaces[index]!;
    const tag = vlan === 0 ? null : vlan;
    const tags = vlan === null ? [null, this.#otherVlan] : [tag];
    for (const by of [null, device ?? this.#otherDevice]) {
      for (const vlan of tags) if (this.#count(by, vlan) === 1) return { device: by, vlan };
    }
    return null;
  }

  // Interfaces that such a frame can have come by.
  #count(device: string | null, vlan: number | null): number {
    let sum = 0;
    for (const d of device === null ? [0] : [device, null]) {
      for (const v of [vlan ?? 0, null]) sum += this.#counts.get(JSON.stringify([d, v])) ?? 0;
    }
    return sum;
  }
}
