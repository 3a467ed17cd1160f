// Options of both IP versions, of every kind, mostly sound.
import fc from "fast-check";
import {
  carried,
  carriedByCalipso,
  encodeCalipso,
  encodeCipso,
  LOW,
  ripsoOption,
  seldomOption,
  wildCipso,
  withChecksum,
} from "./label.ts";
import { mostly } from "./mostly.ts";

const otherOption: fc.Arbitrary<number[]> = fc.constantFrom(
  [1],
  [0],
  [148, 4, 0, 0],
  [7, 7, 4, 0, 0, 0, 0],
  [94, 4, 1, 2],
);

export const cipso: fc.Arbitrary<number[]> = fc
  .tuple(carried, fc.nat(2), fc.constantFrom(0, 0, 0, 1, 2))
  .map(([label, form, padding]) => encodeCipso(label, form, padding));

// A label option, sometimes with others around it or something else instead, as many octets as fit into 40.
export const options4: fc.Arbitrary<number[]> = fc
  .tuple(
    mostly(fc.constant<number[][]>([]), 3, fc.array(otherOption, { maxLength: 2 })),
    mostly(
      cipso,
      60,
      wildCipso,
      seldomOption,
      ripsoOption,
      ripsoOption,
      otherOption,
      fc.array(fc.nat(255), { maxLength: 6 }),
    ),
    mostly(
      fc.constant<number[][]>([]),
      8,
      fc.array(fc.oneof(otherOption, cipso, ripsoOption, seldomOption, wildCipso), { maxLength: 2 }),
    ),
  )
  .map(([before, label, after]) => {
    const all = [...before.flat(), ...label, ...after.flat()].slice(0, 40);
    while (all.length % 4 !== 0) all.push(0);
    return all;
  });

export const calipso: fc.Arbitrary<number[]> = fc
  .tuple(carriedByCalipso, fc.constantFrom(0, 0, 0, 1))
  .map(([label, extra]) => encodeCalipso(label, extra));

// Right checksum, wrong everything else.
const wildCalipso: fc.Arbitrary<number[]> = fc
  .tuple(fc.constantFrom(16, 0, 99), fc.nat(3), fc.array(fc.nat(255), { maxLength: 12 }), fc.nat(5), fc.boolean())
  .map(([doi, words, bitmap, level, sum]) => {
    const option = [7, 8 + bitmap.length, 0, 0, 0, doi, words, level, 0, 0, ...bitmap];
    return sum ? withChecksum(option) : option;
  });

/** Options of hosts that mostly send none: the label that policies mostly believe of them. */
export const lowCipso: fc.Arbitrary<number[]> = fc.constantFrom(...LOW).map((label) => encodeCipso(label, 0));
export const lowCalipso: fc.Arbitrary<number[]> = fc.constantFrom(...LOW).map((label) => encodeCalipso(label));

const padding: fc.Arbitrary<number[]> = fc.oneof(
  fc.nat(8).map((length) => new Array<number>(length).fill(0)),
  fc
    .tuple(fc.nat(7), fc.constantFrom(0, 0, 0, 1))
    .map(([length, value]) => [1, length, ...new Array(length).fill(value)]),
);

const unusual6: fc.Arbitrary<number[]> = fc.oneof(
  fc.constantFrom<number[][]>([5, 1, 0], [0x1e, 0], [0x5e, 1, 0], [0xc2, 4, 0, 1, 0, 0], [7]),
  fc.nat(10).map((count) => new Array<number[]>(count).fill([0x1e, 0]).flat()),
  fc.array(fc.nat(255), { maxLength: 9 }),
  wildCalipso,
);

export const options6: fc.Arbitrary<number[][]> = fc
  .tuple(
    mostly(
      fc.constant<number[][]>([]),
      6,
      fc.constant<number[][]>([[5, 2, 0, 0]]),
      padding.map((pad) => [pad]),
    ),
    mostly(calipso, 40, unusual6, fc.constant<number[]>([])),
    mostly(fc.constant<number[][]>([]), 12, fc.array(fc.oneof(padding, unusual6, calipso), { maxLength: 2 })),
  )
  .map(([before, label, after]) => [...before, label, ...after]);

export const destinationOptions: fc.Arbitrary<number[][]> = fc.array(mostly(padding, 6, unusual6, calipso), {
  maxLength: 2,
});

// Fills up to a multiple of 8 octets with padding, one pad at a time; label options are put at 4n+2 more often than not.
export function optionHeader(next: number, list: readonly number[][], align: boolean): number[] {
  const header = [next, 0];
  for (const option of list) {
    if (align && option[0] === 7) while (header.length % 4 !== 2) header.push(0);
    header.push(...option);
  }
  const rest = (8 - (header.length % 8)) % 8;
  if (rest === 1) header.push(0);
  else if (rest > 1) header.push(1, rest - 2, ...new Array<number>(rest - 2).fill(0));
  header[1] = header.length / 8 - 1;
  return header.slice(0, 2048);
}
