// Who sends: prefixes with a template each, and addresses inside them.
import { formatPrefix, networkOf, parsePrefix } from "../../ts/address.ts";
import { prefixes } from "../prefixes.ts";

/** Templates of the mix; of one prefix after the other. */
export const TEMPLATES = 64;
/** Every so-manyth of them is unlabelled. */
const UNLABELLED = 5;
const SHARE4 = 0.7;
const OCTETS4 = 4;

export function isUnlabelled(template: number): boolean {
  return template % UNLABELLED === 1;
}

export interface Senders {
  /** Template name by prefix. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Addresses of hosts by version and whether their template is labelled. */
  readonly labelled4: readonly Uint8Array[];
  readonly labelled6: readonly Uint8Array[];
  readonly unlabelled4: readonly Uint8Array[];
  readonly unlabelled6: readonly Uint8Array[];
}

/** So many prefixes, and so many addresses, spread evenly over them. */
export function drawSenders(count: number, addresses: number, seed: number, next: (below: number) => number): Senders {
  const count4 = Math.round(SHARE4 * count);
  const drawn = prefixes(2 * count4, "realistic", seed);
  const all4 = drawn.filter((text) => !text.includes(":"));
  const all6 = drawn.filter((text) => text.includes(":")).slice(0, count - count4);
  const hosts: Record<string, string> = {};
  for (const all of [all4, all6]) {
    for (const [i, prefix] of all.entries()) hosts[prefix] = `t${i % TEMPLATES}`;
  }
  const senders4 = addressesOf(all4, Math.round(SHARE4 * addresses), next);
  const senders6 = addressesOf(all6, addresses - senders4.length, next);
  const lengths4 = lengthsOf(all4);
  const lengths6 = lengthsOf(all6);
  const unlabelled = (address: Uint8Array): boolean =>
    isUnlabelled(templateOf(address, hosts, address.length === OCTETS4 ? lengths4 : lengths6));
  return {
    hosts,
    labelled4: senders4.filter((address) => !unlabelled(address)),
    labelled6: senders6.filter((address) => !unlabelled(address)),
    unlabelled4: senders4.filter(unlabelled),
    unlabelled6: senders6.filter(unlabelled),
  };
}

function addressesOf(all: readonly string[], count: number, next: (below: number) => number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const { address, length } = parsePrefix(
      all[count < all.length ? Math.floor((i * all.length) / count) : i % all.length]!,
    );
    const sender = Uint8Array.from(address);
    for (let bit = length; bit < 8 * sender.length; bit++) {
      if (next(2) === 1) sender[bit >> 3]! |= 0x80 >> (bit & 7);
    }
    return sender;
  });
}

/** The longest first. */
function lengthsOf(all: readonly string[]): number[] {
  return [...new Set(all.map((prefix) => Number(prefix.slice(prefix.indexOf("/") + 1))))].sort((a, b) => b - a);
}

// Prefixes lie within each other: the longest that holds an address has a say.
function templateOf(address: Uint8Array, hosts: Readonly<Record<string, string>>, lengths: readonly number[]): number {
  for (const length of lengths) {
    const template = hosts[formatPrefix({ address: networkOf({ address, length }), length })];
    if (template !== undefined) return Number(template.slice(1));
  }
  throw new Error("an address is inside of no prefix");
}
