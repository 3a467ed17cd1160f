/**
 * Address prefixes inside each other, for rules of which the longest prefix wins.
 *
 * @module
 */
import { compareAddresses, lastOf, type Prefix, unmapped } from "../address.ts";

/** A prefix, what stands for it, and the prefixes directly inside it. */
export interface PrefixNode<T> {
  readonly prefix: Prefix;
  readonly value: T;
  readonly inner: readonly PrefixNode<T>[];
}

/** The prefixes that are in no other, each with those inside it. Every prefix is given once. */
export function prefixTree<T>(items: Iterable<readonly [Prefix, T]>): PrefixNode<T>[] {
  type Open = { readonly prefix: Prefix; readonly value: T; readonly inner: Open[]; readonly last: Uint8Array };
  const order = [...items].sort(([a], [b]) => compareAddresses(a.address, b.address) || a.length - b.length);
  const roots: Open[] = [];
  const open: Open[] = []; // each inside the one before
  for (const [prefix, value] of order) {
    while (open.length > 0 && compareAddresses(open.at(-1)!.last, prefix.address) < 0) open.pop();
    const node: Open = { prefix, value, inner: [], last: lastOf(prefix) };
    (open.at(-1)?.inner ?? roots).push(node);
    open.push(node);
  }
  return roots;
}

/**
 * The largest prefixes that make up `prefix` without `holes`, which are inside it and apart from each other: at most as
 * many for each hole as it is bits longer.
 */
export function without(prefix: Prefix, holes: readonly Prefix[]): Prefix[] {
  if (holes.length === 0) return isMapped(prefix) ? [] : [prefix];
  if (holes.some(({ length }) => length === prefix.length)) return [];
  return [0, 1].flatMap((bit) => {
    const half = halfOf(prefix, bit);
    return without(
      half,
      holes.filter(({ address }) => bitAt(address, prefix.length) === bit),
    );
  });
}

// Senders ::ffff:a.b.c.d are looked up as a.b.c.d (F-05): such a prefix holds nobody.
function isMapped({ address }: Prefix): boolean {
  return unmapped(address) !== address;
}

function halfOf({ address, length }: Prefix, bit: number): Prefix {
  const half = Uint8Array.from(address);
  if (bit === 1) half[length >> 3]! |= 0x80 >> (length & 7);
  return { address: half, length: length + 1 };
}

function bitAt(address: Uint8Array, index: number): number {
  return (address[index >> 3]! >> (7 - (index & 7))) & 1;
}
