/**
 * Broadcasts and multicast groups, and who may get a copy of each (M-01, M-02).
 *
 * @module
 */

import { broadcastOf, formatAddress } from "../address.ts";
import { lowerBound } from "../ascending.ts";
import { type InterfaceAddress, MAX_MEMBERS, type Policy } from "./model.ts";

/** Who may get a copy. */
export interface Members {
  /**
   * Whether every partition on shared addresses may. Of those, `list` names only what can't be found by label or port: the
   * ones that take ICMP of other labels.
   */
  readonly shared: boolean;
  /** Partitions, ascending. */
  readonly list: readonly number[];
}

/** A broadcast of an interface's prefix, or a multicast group that somebody joined there. */
export interface GroupAddress {
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
  readonly interface: number;
  readonly members: Members;
}

/**
 * Tells the members of what is for all on an interface with given addresses; for the broadcast of a prefix, with its
 * addresses. The partitions are gone through once, here.
 */
export function membersIn({ partitions }: Policy): (addresses: readonly InterfaceAddress[]) => Members {
  const anyShared = partitions.some(({ shared }) => shared);
  const otherLabels = partitions.flatMap(({ shared, icmp }, i) => (shared && icmp === "range" ? [i] : []));
  return (addresses) => {
    const onShared = addresses.some(({ owner }) => owner === null);
    const owners = [...new Set(addresses.flatMap(({ owner }) => (owner === null ? [] : [owner])))];
    const own = owners.filter((owner) => !onShared || !partitions[owner]!.shared).sort((a, b) => a - b);
    return { shared: onShared && anyShared, list: onShared ? merged(otherLabels, own) : own };
  };
}

// Both ascend and have none in common. Past the bound (M-02) nobody asks for the rest.
function merged(many: readonly number[], few: readonly number[]): readonly number[] {
  return few.length === 0 || many.length > MAX_MEMBERS ? many : [...many, ...few].sort((a, b) => a - b);
}

/** Every broadcast of a prefix and every group that was joined, by interface. */
export function groupsOf(policy: Policy): GroupAddress[] {
  return [...broadcastsOf(policy), ...joinedOf(policy).flatMap((group) => rowsOf(group, policy))];
}

/** How many there are, without making them: a group that is joined on any interface has one on each. */
export function countGroups(policy: Policy): number {
  const joined = joinedOf(policy).map(({ any, only }) => (any.length > 0 ? policy.interfaces.length : only.size));
  return joined.reduce((sum, count) => sum + count, broadcastsOf(policy).length);
}

function broadcastsOf(policy: Policy): GroupAddress[] {
  const membersOf = membersIn(policy);
  return policy.interfaces.flatMap(({ addresses }, i) => {
    const known = new Map<string, { readonly address: Uint8Array; readonly of: InterfaceAddress[] }>();
    for (const entry of addresses) {
      const address = broadcastOf(entry.address, entry.prefix);
      if (address === null) continue;
      const before = known.get(formatAddress(address));
      if (before === undefined) known.set(formatAddress(address), { address, of: [entry] });
      else before.of.push(entry);
    }
    return [...known.values()].map(({ address, of }) => ({ address, interface: i, members: membersOf(of) }));
  });
}

/** A group and the partitions that joined it, ascending: on any interface, and on one only. */
interface Joined {
  readonly address: Uint8Array;
  readonly any: number[];
  readonly only: ReadonlyMap<number, number[]>;
}

function joinedOf({ partitions }: Policy): Joined[] {
  const joined = new Map<string, Joined & { readonly only: Map<number, number[]> }>();
  partitions.forEach(({ groups }, partition) => {
    for (const { address, interface: only } of groups) {
      const key = formatAddress(address);
      const group = joined.get(key) ?? { address, any: [], only: new Map<number, number[]>() };
      joined.set(key, group);
      if (only !== null && !group.only.has(only)) group.only.set(only, []);
      const list = only === null ? group.any : group.only.get(only)!;
      if (list.at(-1) !== partition) list.push(partition);
    }
  });
  return [...joined.values()];
}

function rowsOf({ address, any, only }: Joined, { interfaces }: Policy): GroupAddress[] {
  return [...(any.length > 0 ? interfaces : only).keys()].map((i) => {
    const own = (only.get(i) ?? []).filter((partition) => !isIn(any, partition));
    return { address, interface: i, members: { shared: false, list: merged(any, own) } };
  });
}

function isIn(ascending: readonly number[], value: number): boolean {
  return ascending[lowerBound(ascending, value)] === value;
}
