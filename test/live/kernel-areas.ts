// Option areas for the kernel to judge: sound labels, and every kind of mistake, about as many of each.
import { type Label, makeLabel } from "../../ts/label.ts";
import { encodeCalipso, encodeCipso, withChecksum } from "../generate/label.ts";

/** Draws from a seed (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  /** 0 to `most`. */
  upTo(most: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % (most + 1);
  }
  /** True one time in `times`. */
  oneIn(times: number): boolean {
    return this.upTo(times - 1) === 0;
  }
  of<T>(list: readonly T[]): T {
    return list[this.upTo(list.length - 1)]!;
  }
  octets(most: number): number[] {
    return Array.from({ length: this.upTo(most) }, () => this.upTo(255));
  }
}

const u16 = (value: number): number[] => [value >> 8, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];

/** Categories 0 to `highest` that a tag 1, a tag 2 or a tag 5 has room for, or a CALIPSO bitmap. */
export function randomLabel(dice: Dice, doi: number, scheme: "cipso" | "calipso"): Label {
  const highest = scheme === "calipso" ? dice.of([0, 31, 32, 100, 1951]) : dice.of([239, 239, 65_534, 300]);
  const level = dice.upTo(255);
  const singles = Array.from({ length: dice.upTo(highest === 239 ? 60 : 15) }, () => dice.upTo(highest));
  if (scheme === "cipso" && dice.oneIn(3)) {
    const ends = Array.from({ length: 2 * dice.upTo(7) }, () => dice.upTo(65_534)).sort((a, b) => a - b);
    const runs = ends.flatMap((first, i) => (i % 2 === 0 ? [[first, ends[i + 1]!] as const] : []));
    return makeLabel(doi, level, runs);
  }
  return makeLabel(doi, level, singles);
}

const someDoi = (dice: Dice, doi: number): number =>
  dice.oneIn(12) ? dice.of([0, 99, doi + 256, (doi << 24) >>> 0]) : doi;

// Values in order, more or less: what tags 2 and 5 hold.
function values(dice: Dice, descending: boolean): number[] {
  const list = Array.from({ length: dice.upTo(15) }, () =>
    dice.of([0, 65_534, 65_535, ...Array(9).fill(dice.upTo(400))]),
  );
  list.sort((a, b) => (descending ? b - a : a - b));
  const strict = dice.oneIn(4) ? list : [...new Set(list)];
  if (strict.length > 1 && dice.oneIn(4)) {
    const i = dice.upTo(strict.length - 2);
    [strict[i], strict[i + 1]] = [strict[i + 1]!, strict[i]!];
  }
  return strict;
}

function tag(dice: Dice): number[] {
  const type = dice.of([1, 1, 2, 2, 2, 5, 5, 5, dice.of([0, 3, 6, 7, 128, dice.upTo(255)])]);
  const align = dice.oneIn(8) ? dice.upTo(255) : 0;
  const body = type === 2 || type === 5 ? values(dice, type === 5).flatMap(u16) : dice.octets(dice.of([4, 12, 30]));
  if (dice.oneIn(15)) body.push(dice.upTo(255));
  const wrong = dice.oneIn(15) ? dice.upTo(6) - 3 : 0;
  return [type, Math.max(0, 4 + body.length + wrong), align, dice.upTo(255), ...body];
}

function wildCipso(dice: Dice, doi: number): number[] {
  const body = [
    ...u32(someDoi(dice, doi)),
    ...Array.from({ length: dice.of([1, 1, 1, 2, 2, 3, 0]) }, () => tag(dice)).flat(),
  ];
  if (dice.oneIn(20)) body.splice(dice.upTo(body.length));
  const wrong = dice.oneIn(15) ? dice.upTo(6) - 3 : 0;
  return [134, Math.max(0, 2 + body.length + wrong) & 255, ...body];
}

function soundCipso(dice: Dice, doi: number): number[] {
  return encodeCipso(randomLabel(dice, someDoi(dice, doi) || doi, "cipso"), dice.upTo(2), dice.of([0, 0, 1, 3]));
}

const OTHER4: readonly ((dice: Dice) => number[])[] = [
  () => [1],
  () => [1],
  () => [0],
  // Record route and source routes: a pointer, and room for addresses.
  (dice) => {
    const room = 4 * dice.upTo(3);
    const pointer = dice.oneIn(3) ? dice.upTo(20) : 4 + 4 * dice.upTo(room / 4);
    return [dice.of([7, 7, 7, 7, 131, 137]), 3 + room + (dice.oneIn(8) ? 1 : 0), pointer, ...Array(room).fill(0)];
  },
  // Timestamp: a pointer, overflow and flags.
  (dice) => {
    const room = 4 * dice.upTo(4);
    const pointer = dice.oneIn(3) ? dice.upTo(24) : 5 + 4 * dice.upTo(room / 4);
    return [68, 4 + room, pointer, (dice.of([0, 0, 1, 15]) << 4) | dice.of([0, 0, 1, 3, 2]), ...Array(room).fill(0)];
  },
  (dice) =>
    dice.of([
      [148, 4, 0, 0],
      [148, 4, 1, 0],
      [148, 3, 0],
      [148, 2],
    ]), // Router Alert
  (dice) =>
    [130, 3, dice.of([0x3d, 0x5a, 0x96, 0xab, 0x66]), ...dice.octets(2)].map((o, i, all) => (i === 1 ? all.length : o)),
  (dice) =>
    dice.of([
      [130, 2],
      [133, 3, 0],
      [133, 2],
      [136, 4, 0, 1],
      [94, 4, 1, 2],
      [200, 2],
    ]),
  (dice) => [dice.upTo(255), 2 + dice.upTo(6), ...dice.octets(6)],
];

/** An IPv4 option area: a multiple of four octets, 40 at most. */
export function area4(dice: Dice, doi: number): number[] {
  const other = (): number[] => dice.of(OTHER4)(dice);
  const list: number[][] = [];
  if (dice.oneIn(3)) list.push(other());
  if (!dice.oneIn(10)) list.push(dice.oneIn(3) ? soundCipso(dice, doi) : wildCipso(dice, doi));
  if (dice.oneIn(3)) list.push(other());
  if (dice.oneIn(20)) list.push(soundCipso(dice, doi));
  if (dice.oneIn(10)) list.push(other(), other());
  const area = list
    .flat()
    .map((octet) => octet & 255)
    .slice(0, 40);
  const fill = dice.of([0, 0, 1]);
  while (area.length % 4 !== 0) area.push(fill);
  if (dice.oneIn(8) && area.length > 0) area[dice.upTo(area.length - 1)] = dice.upTo(255);
  if (dice.oneIn(12) && area.length > 0) area[dice.upTo(area.length - 1)]! ^= 1 << dice.upTo(7);
  return area;
}

function wildCalipso(dice: Dice, doi: number): number[] {
  const words = dice.of([0, 1, 1, 2, 3]);
  const bitmap = Array.from({ length: words * 4 + (dice.oneIn(5) ? dice.upTo(8) : 0) }, () => dice.upTo(255));
  const said = dice.oneIn(5) ? dice.upTo(4) : words;
  const option = [7, 8 + bitmap.length, ...u32(someDoi(dice, doi)), said, dice.upTo(255), 0, 0, ...bitmap];
  if (dice.oneIn(15)) option[1] = Math.max(0, option[1]! + dice.upTo(6) - 3);
  if (dice.oneIn(25)) return [7, dice.upTo(7), ...option.slice(2)];
  if (dice.oneIn(5)) return option; // a checksum of zero
  const summed = withChecksum(option);
  if (dice.oneIn(10)) summed[8 + dice.upTo(1)]! ^= 1 << dice.upTo(7);
  if (dice.oneIn(20)) [summed[8], summed[9]] = [summed[9]!, summed[8]!];
  return summed;
}

function soundCalipso(dice: Dice, doi: number): number[] {
  return encodeCalipso(randomLabel(dice, someDoi(dice, doi) || doi, "calipso"), dice.of([0, 0, 1]));
}

const pad = (dice: Dice): number[] => {
  if (dice.oneIn(2)) return Array<number>(dice.upTo(dice.oneIn(4) ? 9 : 3)).fill(0);
  const length = dice.upTo(dice.oneIn(4) ? 8 : 3);
  return [1, length, ...Array.from({ length }, () => (dice.oneIn(12) ? dice.upTo(255) : 0))];
};

const OTHER6: readonly ((dice: Dice) => number[])[] = [
  pad,
  pad,
  (dice) => (dice.oneIn(4) ? [5, dice.upTo(4), 0, 0, 0, 0] : [5, 2, 0, 0]), // Router Alert
  () => [0x1e, 0],
  (dice) => [dice.of([0x1e, 0x3e, 0x0a, 0x31]), 4, 0, 0, 0, 0],
  (dice) => [dice.of([0x5e, 0x9e, 0xde]), dice.upTo(2), 0, 0],
  (dice) => [0xc2, 4, ...u32(dice.of([70_000, 100]))], // Jumbo Payload
  (dice) => Array.from({ length: dice.upTo(10) }, () => [0x1e, 0]).flat(),
  (dice) => [dice.upTo(63), dice.upTo(4), ...dice.octets(4)],
  (dice) => dice.octets(6),
];

/** The octets of an options header behind its next header; its length is right, but seldom. */
export function area6(dice: Dice, doi: number): number[] {
  const other = (): number[] => dice.of(OTHER6)(dice);
  const header: number[] = [0];
  if (dice.oneIn(3)) header.push(...other());
  if (!dice.oneIn(8)) {
    if (!dice.oneIn(3)) while ((header.length + 1) % 4 !== 2) header.push(0);
    header.push(...(dice.oneIn(2) ? soundCalipso(dice, doi) : wildCalipso(dice, doi)));
  }
  if (dice.oneIn(4)) header.push(...other());
  if (dice.oneIn(20)) header.push(...soundCalipso(dice, doi));
  const rest = (8 - ((header.length + 1) % 8)) % 8;
  if (rest === 1 || dice.oneIn(6)) header.push(...Array<number>(rest).fill(0));
  else if (rest > 1) header.push(1, rest - 2, ...Array<number>(rest - 2).fill(0));
  for (let i = 0; i < header.length; i++) header[i]! &= 255;
  if (dice.oneIn(8)) header[1 + dice.upTo(header.length - 2)] = dice.upTo(255);
  if (dice.oneIn(12)) header[1 + dice.upTo(header.length - 2)]! ^= 1 << dice.upTo(7);
  header[0] = dice.oneIn(60) ? 255 : (header.length + 1) / 8 - 1;
  return header;
}
