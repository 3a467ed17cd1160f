/**
 * Where a partition can be reached, whatever the label says.
 *
 * @module
 */
import type { Interface, Policy } from "./model.ts";

/**
 * Whether packets that arrive on the interface can be for the partition: for an address it owns, a shared one, the
 * broadcast of one of these, or a group it has joined there.
 */
export function reaches(policy: Policy, entry: Interface, partition: number): boolean {
  const { groups, shared } = policy.partitions[partition]!;
  if (entry.addresses.some(({ owner }) => owner === partition || (owner === null && shared))) return true;
  return groups.some((group) => group.interface === null || policy.interfaces[group.interface] === entry);
}
