// Boxes of labels against the labels in them, one by one, over a lattice small enough to list.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Box,
  boxHolds,
  boxOf,
  formatBox,
  isBoxWithin,
  meetBoxes,
  translateBox,
  untranslateBox,
} from "../ts/audit/boxes.ts";
import { cipsoTag, fits, labelsThatFit } from "../ts/audit/fit.ts";
import { coversRuns, joinRuns, lessRuns, meetRuns, sizeOfRuns } from "../ts/audit/runs.ts";
import { formatLabel, type Label, makeLabel, type Run, within } from "../ts/label.ts";
import { translate } from "../ts/policy/dois.ts";
import type { Translation } from "../ts/policy/model.ts";

const test = suite("audit, boxes");

const NUMBERS = [0, 1, 2, 3] as const;
const numbers = fc.subarray([...NUMBERS]);
const runsOf = (items: readonly number[]): Run[] => joinRuns(items.map((item): Run => [item, item]));

const LATTICE: readonly Label[] = [16, 8].flatMap((doi) =>
  NUMBERS.flatMap((level) =>
    Array.from({ length: 16 }, (_, bits) =>
      makeLabel(
        doi,
        level,
        NUMBERS.filter((n) => (bits >> n) & 1),
      ),
    ),
  ),
);

const box: fc.Arbitrary<Box> = fc
  .record({
    doi: fc.constantFrom(16, 8),
    levels: fc.subarray([...NUMBERS], { minLength: 1 }),
    must: numbers,
    may: numbers,
  })
  .map(({ doi, levels, must, may }) => ({
    doi,
    levels: runsOf(levels),
    must: runsOf(must),
    may: runsOf([...must, ...may]),
  }));

const table = fc
  .tuple(fc.shuffledSubarray([...NUMBERS], { minLength: 4 }), numbers)
  .map(([to, from]) => new Map(from.map((number) => [number, to[number]!])));

const translations: fc.Arbitrary<ReadonlyMap<number, Translation>> = fc
  .record({
    levels: table,
    categories: table,
    from: fc.constantFrom(8, 16),
    to: fc.constantFrom(8, 16),
    pass: fc.boolean(),
  })
  .map(({ levels, categories, from, to, pass }) => {
    return new Map([[from, pass ? { to, levels: null, categories: null } : { to, levels, categories }]]);
  });

const labelsIn = (item: Box | null): string[] =>
  item === null
    ? []
    : LATTICE.filter((label) => boxHolds(item, label)).map((label) => `${label.doi} ${formatLabel(label)}`);
const textOf = (labels: readonly Label[]): string[] =>
  labels.map((label) => `${label.doi} ${formatLabel(label)}`).sort();

test("a range is the box of the labels within it", () => {
  for (const low of LATTICE) {
    for (const high of LATTICE.filter((label) => within(label, { low, high: label }))) {
      assert.equal(
        labelsIn(boxOf({ low, high })),
        LATTICE.filter((label) => within(label, { low, high })).map((label) => `${label.doi} ${formatLabel(label)}`),
      );
    }
  }
});

test("what two boxes share is a box, or nothing", () => {
  fc.assert(
    fc.property(box, box, (a, b) => {
      const common = meetBoxes(a, b);
      assert.equal(
        labelsIn(common),
        labelsIn(a).filter((text) => labelsIn(b).includes(text)),
      );
      assert.is(common === null, labelsIn(common).length === 0);
    }),
    { numRuns: 2000 },
  );
});

test("a box is within another exactly when all of its labels are", () => {
  fc.assert(
    fc.property(box, box, (inner, outer) => {
      const all = labelsIn(outer);
      assert.is(
        isBoxWithin(inner, outer),
        labelsIn(inner).every((text) => all.includes(text)),
      );
    }),
    { numRuns: 3000 },
  );
});

test("the counterparts of a box are a box, and so is what has its counterpart in a box", () => {
  fc.assert(
    fc.property(box, translations, (item, maps) => {
      const counterparts = LATTICE.filter((label) => boxHolds(item, label)).flatMap(
        (label) => translate(label, maps) ?? [],
      );
      const image = translateBox(item, maps);
      assert.equal([...labelsIn(image)].sort(), textOf(counterparts));
      assert.is(image === null, counterparts.length === 0);
      for (const doi of [8, 16]) {
        const origins = LATTICE.filter((label) => {
          const counterpart = label.doi === doi ? translate(label, maps) : null;
          return counterpart !== null && boxHolds(item, counterpart);
        });
        const before = untranslateBox(item, doi, maps);
        assert.equal([...labelsIn(before)].sort(), textOf(origins));
        assert.is(before === null, origins.length === 0);
      }
    }),
    { numRuns: 3000 },
  );
});

test("sets of numbers as runs are sets", () => {
  const few = fc.uniqueArray(fc.nat(12));
  fc.assert(
    fc.property(few, few, (a, b) => {
      const [left, right] = [runsOf(a), runsOf(b)];
      assert.equal(meetRuns(left, right), runsOf(a.filter((item) => b.includes(item))));
      assert.equal(lessRuns(left, right), runsOf(a.filter((item) => !b.includes(item))));
      assert.equal(joinRuns(left, right), runsOf([...a, ...b]));
      assert.is(
        coversRuns(left, right),
        b.every((item) => a.includes(item)),
      );
      assert.is(sizeOfRuns(left), a.length);
    }),
    { numRuns: 3000 },
  );
});

// Around what tag 1 holds, so far apart that each is a range of its own, or touching.
const EDGES = [0, 1, 3, 237, 238, 239, 240, 241, 243, 244, 245, 247, 300, 301, 302, 400, 1950, 1951, 1952, 60_000];

test("of labels that fit an option one is found if there is any, and two if there are two", () => {
  const sparse = fc.array(fc.nat(40), { maxLength: 18 }).map((list) => list.map((item) => 600 + item * 7));
  const anyhow = fc.record({
    must: fc.tuple(fc.subarray(EDGES), sparse).map((lists) => lists.flat()),
    more: fc.subarray([...EDGES, 601, 602, 603, 604, 605, 606, 608, 609, 614], { maxLength: 9 }),
  });
  // As many ranges as fit, or one more or less, each of more categories than tag 2 has room for together.
  const islands = fc
    .record({
      shapes: fc.array(fc.constantFrom("mmm", "m?m", "mmm?", "?mmm", "mm mm", "mm?mm", "mmmmm"), {
        minLength: 5,
        maxLength: 8,
      }),
      more: fc.subarray([3000, 3001, 3010], { maxLength: 2 }),
      start: fc.constantFrom(0, 1, 300),
    })
    .map(({ shapes, more, start }) => {
      const at = (kind: string): number[] =>
        shapes.flatMap((shape, i) =>
          [...shape].flatMap((mark, j) => (mark === kind ? [(i === 0 ? start : 400 + 20 * i) + j] : [])),
        );
      return { must: at("m"), more: [...at("?").slice(0, 6), ...more] };
    });
  const cases = fc.record({
    box: fc.oneof(anyhow, islands),
    levels: fc.constantFrom<Run[][]>(
      [[3, 3]],
      [[3, 4]],
      [
        [3, 3],
        [7, 7],
      ],
    ),
    version: fc.constantFrom(4 as const, 6 as const),
    profile: fc.constantFrom("strict" as const, "linux" as const),
  });
  let some = 0;
  fc.assert(
    fc.property(cases, ({ box: { must, more }, levels, version, profile }) => {
      const optional = more.filter((item) => !must.includes(item));
      const item: Box = { doi: 16, levels, must: runsOf(must), may: runsOf([...must, ...optional]) };
      let fitting = 0;
      for (let bits = 0; bits < 2 ** optional.length && fitting < 2; bits++) {
        const chosen = runsOf([...must, ...optional.filter((_, i) => (bits >> i) & 1)]);
        if (fits(chosen, version, profile)) fitting += sizeOfRuns(levels);
      }
      const found = [...labelsThatFit(item, version, profile)];
      for (const label of found) assert.ok(boxHolds(item, label) && fits(label.categories, version, profile));
      assert.is(Math.min(new Set(found.map(formatLabel)).size, 2), Math.min(fitting, 2));
      if (fitting > 0) some++;
    }),
    { numRuns: 8000 },
  );
  assert.ok(some > 1000);
});

test("CIPSO has room for categories up to 239, for 15 of any, for 7 ranges (C11)", () => {
  const apart = (count: number, from: number): Run[] =>
    Array.from({ length: count }, (_, i): Run => [from + i * 3, from + i * 3 + 1]);
  assert.is(cipsoTag([[0, 239]], "strict"), 1);
  assert.is(cipsoTag([[226, 240]], "strict"), 2);
  assert.is(cipsoTag([[225, 240]], "strict"), 5);
  assert.is(cipsoTag(apart(7, 1000), "strict"), 2);
  assert.is(cipsoTag([[0, 20], ...apart(6, 1000)], "strict"), 5);
  assert.is(cipsoTag(apart(8, 1000), "strict"), null);
  assert.is(cipsoTag([[0, 20], ...apart(7, 1000)], "strict"), null);
  assert.is(cipsoTag([[0, 20], ...apart(7, 1000)], "linux"), 5);
  assert.is(cipsoTag([[1, 20], ...apart(7, 1000)], "linux"), null);
  assert.is(cipsoTag([[0, 20], ...apart(8, 1000)], "linux"), null);
});

test("CALIPSO has room for categories up to 1951", () => {
  assert.ok(fits([[1951, 1951]], 6, "strict"));
  assert.not(fits([[1952, 1952]], 6, "strict"));
});

test("a box is said as its lowest and highest label", () => {
  const item = { doi: 16, levels: [[1, 5]] as Run[], must: [], may: [[0, 1]] as Run[] };
  assert.is(formatBox(item), "1 to 5:0,1 in DOI 16");
  assert.is(formatBox({ ...item, levels: [[5, 5]], must: item.may }), "5:0,1 in DOI 16");
  assert.is(
    formatBox({
      ...item,
      levels: [
        [1, 2],
        [5, 5],
      ],
    }),
    "1 to 5:0,1 with level 1–2, 5 in DOI 16",
  );
});

test.run();
