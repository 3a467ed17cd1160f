// Host prefixes in any number, the same for the same seed. `realistic`: lengths as often as in the Internet's routing
// tables, in the parts of the address space that are in use. `random`: every length and every address of a host.
import { formatPrefix, networkOf } from "../ts/address.ts";

export type Kind = "realistic" | "random";

/** How often a length is, out of 100. */
const LENGTHS4: readonly (readonly [length: number, share: number])[] = [
  ...([
    [24, 58],
    [23, 10],
    [22, 11],
    [21, 4],
    [20, 4],
    [19, 3],
    [18, 2],
    [17, 1],
    [16, 2],
    [14, 1],
    [32, 4],
  ] as const),
];
const LENGTHS6: readonly (readonly [length: number, share: number])[] = [
  ...([
    [48, 47],
    [32, 13],
    [44, 10],
    [40, 8],
    [36, 6],
    [46, 4],
    [64, 6],
    [56, 3],
    [128, 3],
  ] as const),
];
const BLOCKS6 = [0x2001, 0x2400, 0x2600, 0x2606, 0x2800, 0x2a00, 0x2c0f];

/** So many different prefixes, IPv4 and IPv6 in turn. */
export function prefixes(count: number, kind: Kind, seed: number): string[] {
  const next = randoms(seed);
  const found = new Set<string>();
  const draw = (octets: 4 | 16): string => {
    const address = Uint8Array.from({ length: octets }, () => next(256));
    // Neither 0.0.0.0/8 nor multicast; 2000::/3.
    if (octets === 4) address[0] = 1 + next(223);
    else if (kind === "random") address[0] = 0x20 + next(32);
    else new DataView(address.buffer).setUint16(0, BLOCKS6[next(BLOCKS6.length)]!);
    const length = lengthOf(octets, kind, next);
    return formatPrefix({ address: networkOf({ address, length }), length });
  };
  for (let octets: 4 | 16 = 4; found.size < count; octets = octets === 4 ? 16 : 4) {
    const before = found.size;
    while (found.size === before) found.add(draw(octets));
  }
  return [...found];
}

function lengthOf(octets: 4 | 16, kind: Kind, next: (below: number) => number): number {
  if (kind === "random") return octets === 4 ? 8 + next(25) : 32 + next(97);
  let share = next(100);
  const found = (octets === 4 ? LENGTHS4 : LENGTHS6).find(([, of]) => (share -= of) < 0);
  return found![0];
}

/** Numbers from 0 to one below what is asked for (mulberry32). */
export function randoms(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
