/**
 * Broadcasts and multicast groups, and who may get a copy of each (M-01, M-02).
 *
 * @module
 */
import { broadcastOf, formatAddress } from "../address.ts";
import type { InterfaceAddress, Policy } from "./model.ts";

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

/** Members of what is for all on an interface with these addresses; for the broadcast of a prefix, with its addresses. */
export function membersOf({ partitions }: Policy, addresses: readonly InterfaceAddress[]): Members {
  const owners = new Set(addresses.flatMap(({ owner }) => (owner === null ? [] : [owner])));
  const onShared = addresses.some(({ owner }) => owner === null);
  const list: number[] = [];
  partitions.forEach(({ shared, icmp }, i) => {
    const isShared = onShared && shared;
    if (owners.has(i) ? !isShared || icmp === "range" : isShared && icmp === "range") list.push(i);
  });
  return { shared: onShared && partitions.some(({ shared }) => shared), list };
}

/** Every broadcast of a prefix and every group that was joined, by interface. */
export function groupsOf(policy: Policy): GroupAddress[] {
  return [...broadcastsOf(policy), ...joinedOf(policy)];
}

function broadcastsOf(policy: Policy): GroupAddress[] {
  return policy.interfaces.flatMap(({ addresses }, i) => {
    const known = new Map<string, { readonly address: Uint8Array; readonly of: InterfaceAddress[] }>();
    for (const entry of addresses) {
      const address = broadcastOf(entry.address, entry.prefix);
      if (address === null) continue;
      const before = known.get(formatAddress(address));
      if (before === undefined) known.set(formatAddress(address), { address, of: [entry] });
      else before.of.push(entry);
    }
    return [...known.values()].map(({ address, of }) => ({ address, interface: i, members: membersOf(policy, of) }));
  });
}

function joinedOf({ interfaces, partitions }: Policy): GroupAddress[] {
  const joined = new Map<
    string,
    { readonly address: Uint8Array; readonly interface: number; readonly list: number[] }
  >();
  partitions.forEach(({ groups }, partition) => {
    for (const { address, interface: only } of groups) {
      for (const i of only === null ? interfaces.keys() : [only]) {
        const key = `${formatAddress(address)} ${i}`;
        const before = joined.get(key);
        if (before === undefined) joined.set(key, { address, interface: i, list: [partition] });
        else if (before.list.at(-1) !== partition) before.list.push(partition);
      }
    }
  });
  return [...joined.values()].map(({ address, interface: i, list }) => ({
    address,
    interface: i,
    members: { shared: false, list },
  }));
}
