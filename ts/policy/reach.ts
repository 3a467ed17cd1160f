/**
 * Where a partition can be reached, whatever the label says.
 *
 * @module
 */
import { broadcastOf } from "../address.ts";
import type { Interface, Policy } from "./model.ts";

/** Whether packets that arrive on the interface can be for the partition: for an address it owns, or a shared one. */
export function reaches(policy: Policy, { addresses }: Interface, partition: number): boolean {
  if (addresses.some(({ owner }) => owner === partition)) return true;
  return policy.partitions[partition]!.shared && isShared(policy, addresses);
}

// Broadcast and multicast are shared, whoever owns the addresses (step 4).
function isShared(policy: Policy, addresses: Interface["addresses"]): boolean {
  if (policy.interfaces.length === 1) return true;
  return addresses.some(({ owner, address, prefix }) => owner === null || broadcastOf(address, prefix) !== null);
}
