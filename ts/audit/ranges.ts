/**
 * Who wins for which addresses, as ranges of numbers.
 *
 * @module
 */
import { NO_HOST, type Octets, orderOf, rangesOf } from "../policy/hosts.ts";
import type { HostPrefix } from "../policy/model.ts";

/** Addresses from `first` up to the next range's belong to one prefix, or to none. */
export interface WinnerRange {
  readonly first: bigint;
  readonly host: HostPrefix | null;
}

/** The ranges of one family, ascending. */
export function winnersIn(hosts: readonly HostPrefix[], octets: Octets): WinnerRange[] {
  const order = orderOf(hosts, octets);
  const { words, count, starts, winners } = rangesOf(order);
  return Array.from({ length: count }, (_, range) => {
    let first = 0n;
    for (let word = 0; word < words; word++) first = (first << 32n) | BigInt(starts[range * words + word]!);
    const winner = winners[range]!;
    return { first, host: winner === NO_HOST ? null : hosts[order.hosts[winner]!]! };
  });
}
