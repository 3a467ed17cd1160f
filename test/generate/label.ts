// Labels and label options from a small universe, so that generated packets and policies often meet.
import fc from "fast-check";
import { type Label, makeLabel, type Run } from "../../ts/label.ts";

/** DOIs that policies name, and one that none does. */
export const DOIS: readonly number[] = [16, 17];
export const STRANGE_DOI = 99;

// The edges of every representation: octets, words, tag 1 (239), the kernel's bitmap (2047), CALIPSO (1951), the last.
const RUNS: readonly Run[] = [
  [0, 0],
  [1, 1],
  [2, 4],
  [7, 8],
  [9, 9],
  [63, 64],
  [100, 130],
  [239, 239],
  [240, 240],
  [1951, 1951],
  [2040, 2060],
  [2047, 2047],
  [2048, 2048],
  [5000, 5001],
  [65_534, 65_534],
];

export const levels: fc.Arbitrary<number> = fc.constantFrom(0, 1, 3, 5, 255);

const categories: fc.Arbitrary<Run[]> = fc.oneof(
  { weight: 3, arbitrary: fc.subarray([...RUNS], { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.subarray([...RUNS].slice(0, 5), { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.tuple(fc.nat(65_534), fc.nat(70)).map(([first, more]): Run => [first, Math.min(first + more, 65_534)]),
      { maxLength: 6 },
    ),
  },
);

/** A label of a DOI. */
export const labelOf = (doi: number): fc.Arbitrary<Label> =>
  fc.tuple(levels, categories).map(([level, runs]) => makeLabel(doi, level, runs));

/** Labels that policies use: few, so that packets hit them. */
export const FAMILIAR: readonly Label[] = [
  makeLabel(16, 1),
  makeLabel(16, 1, [0]),
  makeLabel(16, 3, [0, 2]),
  makeLabel(16, 5, [0, [2, 4]]),
  makeLabel(16, 5, [[100, 130]]),
  makeLabel(16, 5, [239, 2048, [5000, 5002]]),
  makeLabel(16, 0, [[2040, 2060], 65_534]),
  makeLabel(17, 1),
  makeLabel(17, 5, [0, 1]),
];

/** Every category there is. Dear for the oracle, so packets carry it rarely. */
export const EVERYTHING: Label = makeLabel(16, 255, [[0, 65_534]]);

/** Valid ranges: low, high. */
export const RANGES: readonly (readonly [doi: number, low: string, high: string])[] = [
  [16, "0", "255:0.65534"],
  [16, "1", "5:0.300"],
  [16, "1", "5:0,2.4"],
  [16, "3:0", "5:0,2.4,2040.2060"],
  [16, "0:2040.2060", "5:0,100.130,2040.2060,65534"],
  [16, "5:0,2.4", "5:0,2.4"],
  [17, "0", "5:0,1"],
];

/** A label that a packet carries: mostly a familiar one of the DOI that most hosts use. */
export const carried: fc.Arbitrary<Label> = fc.oneof(
  { weight: 44, arbitrary: fc.constantFrom(...FAMILIAR.filter(({ doi }) => doi === 16)) },
  { weight: 1, arbitrary: fc.constantFrom(...FAMILIAR.filter(({ doi }) => doi !== 16)) },
  // A familiar one in other terms: what DOI mapping makes familiar.
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...FAMILIAR), fc.constantFrom(...DOIS, STRANGE_DOI))
      .map(([label, doi]) => ({ ...label, doi })),
  },
  { weight: 2, arbitrary: fc.constantFrom(...DOIS).chain(labelOf) },
  {
    weight: 1,
    arbitrary: fc.oneof({ weight: 9, arbitrary: labelOf(16) }, { weight: 1, arbitrary: fc.constant(EVERYTHING) }),
  },
  { weight: 1, arbitrary: labelOf(STRANGE_DOI) },
);

function tag1({ level, categories: runs }: Label, padding: number): number[] | null {
  const highest = runs.at(-1)?.[1] ?? -1;
  if (highest > 239) return null;
  const bitmap = new Array<number>(Math.min(30, Math.ceil((highest + 1) / 8) + padding)).fill(0);
  setBits(bitmap, runs);
  return [1, 4 + bitmap.length, 0, level, ...bitmap];
}

function tag2({ level, categories: runs }: Label): number[] | null {
  const count = runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (count > 15) return null;
  const octets = runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => [(first + i) >> 8, (first + i) & 255]).flat(),
  );
  return [2, 4 + octets.length, 0, level, ...octets];
}

function tag5({ level, categories: runs }: Label, omitZero: boolean): number[] | null {
  if (runs.length > 7) return null;
  const octets = [...runs].reverse().flatMap(([first, last]) => [last >> 8, last & 255, first >> 8, first & 255]);
  if (omitZero && runs[0]?.[0] === 0) octets.splice(-2);
  return [5, 4 + octets.length, 0, level, ...octets];
}

function setBits(bitmap: number[], runs: readonly Run[]): void {
  for (const [first, last] of runs) {
    for (let category = first; category <= last; category++) bitmap[category >> 3]! |= 0x80 >> (category & 7);
  }
}

const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

/** A whole CIPSO option of a label in one of its tag forms. */
export function encodeCipso(label: Label, form: number, padding = 0): number[] {
  const forms = [tag1(label, padding), tag2(label), tag5(label, padding > 0)].filter((tag) => tag !== null);
  const tag = forms[form % Math.max(forms.length, 1)] ?? [1, 4, 0, label.level];
  return [134, 6 + tag.length, ...u32(label.doi), ...tag];
}

/** The highest category that CALIPSO has room for. */
const MAX_CALIPSO = 1951;

/** Mostly a label that CALIPSO can carry whole. */
export const carriedByCalipso: fc.Arbitrary<Label> = fc.tuple(carried, fc.nat(3)).map(([label, draw]) => {
  const fits = label.categories.every(([, last]) => last <= MAX_CALIPSO);
  return fits || draw === 0 ? label : FAMILIAR[label.level % 4]!;
});

/** A whole CALIPSO option of a label, its checksum right. Categories that do not fit are left out. */
export function encodeCalipso(label: Label, extraWords = 0): number[] {
  const runs = label.categories.filter(([, last]) => last <= MAX_CALIPSO);
  const words = Math.min(61, Math.ceil(((runs.at(-1)?.[1] ?? -1) + 1) / 32) + extraWords);
  const bitmap = new Array<number>(words * 4).fill(0);
  setBits(bitmap, runs);
  const option = [7, 8 + bitmap.length, ...u32(label.doi), words, label.level, 0, 0, ...bitmap];
  return withChecksum(option);
}

/** The option with its checksum octets filled in (CRC-16/X-25, bit by bit). */
export function withChecksum(option: readonly number[]): number[] {
  let crc = 0xffff;
  option.forEach((octet, i) => {
    crc ^= i === 8 || i === 9 ? 0 : octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  });
  crc ^= 0xffff;
  return option.map((octet, i) => (i === 8 ? crc & 255 : i === 9 ? crc >> 8 : octet));
}

/** A CIPSO option whose octets are free but for a type and a plausible length and DOI. */
export const wildCipso: fc.Arbitrary<number[]> = fc
  .tuple(
    fc.constantFrom(16, 17, STRANGE_DOI, 0),
    fc.array(
      fc.oneof(
        fc
          .tuple(fc.constantFrom(1, 2, 5, 6, 7, 128), fc.nat(12), fc.array(fc.nat(255), { maxLength: 10 }))
          .map(([type, length, body]) => [type, length, 0, ...body]),
        fc
          .tuple(
            fc.constantFrom(2, 5),
            fc.array(fc.constantFrom(0, 1, 2, 5, 50, 60, 300, 65_534, 65_535), { maxLength: 16 }),
          )
          .map(([type, values]) => [type, 4 + values.length * 2, 0, 3, ...values.flatMap((v) => [v >> 8, v & 255])]),
      ),
      { maxLength: 2 },
    ),
    fc.integer({ min: -3, max: 3 }),
    fc.boolean(),
  )
  .map(([doi, tags, wrong, exact]) => {
    const body = [...u32(doi), ...tags.flat()].slice(0, 38);
    return [134, Math.max(0, 2 + body.length + (exact ? 0 : wrong)), ...body];
  });

const tags = (...octets: readonly number[]): number[] => [134, 6 + octets.length, ...u32(16), ...octets];

/** Options with the mistakes that free octets hardly ever make. */
export const seldomOption: fc.Arbitrary<number[]> = fc.constantFrom<number[][]>(
  tags(1, 4, 0, 1, 2), // C5
  tags(1, 4, 1, 1), // C9
  tags(2, 5, 0, 1, 0), // C10
  tags(5, 34, 0, 1, ...[70, 65, 60, 55, 50, 45, 40, 35, 30, 25, 20, 15, 10, 5, 2].flatMap((value) => [0, value])), // C11
  tags(5, 8, 0, 1, 0, 2, 0, 3), // C14
  tags(5, 12, 0, 1, 0, 9, 0, 5, 0, 5, 0, 1), // C15
  tags(5, 12, 0, 1, 0, 3, 0, 1, 0, 9, 0, 5), // C15
  tags(1, 4, 0, 1, 1, 4, 0, 1), // C8
  [130, 4, 0x5a, 0x81], // R3
  [130, 5, 0x5a, 0x81, 0], // R5
  [130, 4, 0x5a, 0x04], // R6
  [130, 3, 0x5a, 130, 3, 0x5a], // R7
  [130, 3, 0x5a, 133, 3, 0], // R9
);

/** Labels of hosts that send none: {@link FAMILIAR} ones that most others dominate. */
export const LOW: readonly Label[] = [makeLabel(16, 1), makeLabel(16, 1, [0]), makeLabel(17, 1)];

/** RIPSO options, most of them well formed. */
export const ripsoOption: fc.Arbitrary<number[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(0x3d, 0x5a, 0x96, 0xab), fc.constantFrom(0x80, 0x40, 0x90, 0x20, 0x08, 0x00, null))
      .map(([level, flags]) => (flags === null ? [130, 3, level] : [130, 4, level, flags])),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(130, 133),
        fc.constantFrom(0x5a, 0xab, 0x66, 0x00, 0x01),
        fc.array(fc.constantFrom(0, 1, 0x80, 0x81, 0x06, 0x02), { maxLength: 4 }),
        fc.integer({ min: -2, max: 1 }),
      )
      .map(([type, level, flags, wrong]) => [
        type,
        Math.max(0, 3 + flags.length + Math.min(wrong, 0)),
        level,
        ...flags,
      ]),
  },
  { weight: 1, arbitrary: fc.constantFrom<number[][]>([133, 3, 0], [133, 4, 5, 1], [133, 3, 9]) },
);
