/**
 * Where a partition can be reached, whatever the label says.
 *
 * @module
 */
import type { Policy } from "./model.ts";

/**
 * Tells the interfaces, ascending, whose packets can be for a partition: for an address it owns, a shared one, the
 * broadcast of one of these, or a group it has joined there. The interfaces are gone through once, here.
 */
export function reachIn({ interfaces, partitions }: Policy): (partition: number) => readonly number[] {
  const all = [...interfaces.keys()];
  const withShared = all.filter((i) => interfaces[i]!.addresses.some(({ owner }) => owner === null));
  const hasShared = new Set(withShared);
  const owned = new Map<number, number[]>();
  interfaces.forEach(({ addresses }, i) => {
    for (const { owner } of addresses) {
      if (owner === null) continue;
      if (!owned.has(owner)) owned.set(owner, []);
      owned.get(owner)!.push(i);
    }
  });
  return (partition) => {
    const { groups, shared } = partitions[partition]!;
    if (groups.some(({ interface: only }) => only === null)) return all;
    const joined = groups.flatMap(({ interface: only }) => (only === null ? [] : [only]));
    const own = [...(owned.get(partition) ?? []), ...joined];
    if (shared && own.every((i) => hasShared.has(i))) return withShared;
    return [...new Set(shared ? [...withShared, ...own] : own)].sort((a, b) => a - b);
  };
}
