// The lattice, twice: ts/label.ts on runs and assembly/label.ts on blocks, against plain sets. RFC 5570 section 6.1.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as map from "../assembly/memory.ts";
import { decodeLabel, encodeLabel } from "../ts/block.ts";
import { bootKernel } from "../ts/boot.ts";
import {
  categoriesOf,
  dominates,
  equal,
  formatLabel,
  join,
  type Label,
  MAX_CATEGORY,
  MAX_DOI,
  MAX_LEVEL,
  makeLabel,
  meet,
  type Run,
  within,
} from "../ts/label.ts";

const test = suite("label");

// A memory of our own for blocks: four slots of the largest block there is.
const SLOT = 160 * 1024;
const SLOTS = [map.TABLES, map.TABLES + SLOT, map.TABLES + 2 * SLOT, map.TABLES + 3 * SLOT] as const;
const kernel = bootKernel(map.TABLES + 5 * SLOT);
const octets = new Uint8Array(kernel.memory.buffer);
const view = new DataView(kernel.memory.buffer);

function place(slot: 0 | 1 | 2, label: Label): number {
  octets.set(encodeLabel(label), SLOTS[slot]);
  return SLOTS[slot];
}

const { labelEqual, labelDominates, labelWithin, labelJoin, labelMeet } = kernel.exports;

/** The operations of one implementation. */
interface Lattice {
  equal(a: Label, b: Label): boolean;
  dominates(a: Label, b: Label): boolean;
  within(x: Label, low: Label, high: Label): boolean;
  join(a: Label, b: Label): Label;
  meet(a: Label, b: Label): Label;
}

const api: Lattice = {
  equal,
  dominates,
  within: (x, low, high) => within(x, { low, high }),
  join: (a, b) => join(a, b)!,
  meet: (a, b) => meet(a, b)!,
};

const blocks: Lattice = {
  equal: (a, b) => labelEqual(place(0, a), place(1, b)) !== 0,
  dominates: (a, b) => labelDominates(place(0, a), place(1, b)) !== 0,
  within: (x, low, high) => labelWithin(place(0, x), place(1, low), place(2, high)) !== 0,
  join: (a, b) => {
    labelJoin(place(0, a), place(1, b), SLOTS[3]);
    return decodeLabel(view, SLOTS[3]);
  },
  meet: (a, b) => {
    labelMeet(place(0, a), place(1, b), SLOTS[3]);
    return decodeLabel(view, SLOTS[3]);
  },
};

// What it should be, on sets.
const setOf = (label: Label): Set<number> => new Set(categoriesOf(label));
const holds = (outer: Set<number>, inner: Set<number>): boolean => [...inner].every((category) => outer.has(category));
const plain: Lattice = {
  equal: (a, b) => plain.dominates(a, b) && plain.dominates(b, a),
  dominates: (a, b) => a.doi === b.doi && a.level >= b.level && holds(setOf(a), setOf(b)),
  within: (x, low, high) => plain.dominates(x, low) && plain.dominates(high, x),
  join: (a, b) => makeLabel(a.doi, Math.max(a.level, b.level), [...setOf(a), ...setOf(b)]),
  meet: (a, b) =>
    makeLabel(
      a.doi,
      Math.min(a.level, b.level),
      [...setOf(a)].filter((category) => setOf(b).has(category)),
    ),
};

// Few levels and categories, so that labels are often comparable; the edges of the bitmap among them.
const near = fc.constantFrom(0, 1, 7, 8, 63, 64, 2046, 2047, 2048, 2049, 2050, 65_533, 65_534);
const run: fc.Arbitrary<Run> = fc.oneof(
  near.map((category): Run => [category, category]),
  fc.tuple(near, near).map(([a, b]): Run => [Math.min(a, b), Math.min(Math.max(a, b), Math.min(a, b) + 70)]),
);
const labels: fc.Arbitrary<Label> = fc
  .tuple(fc.constantFrom(16, 16, 16, 17), fc.nat(2), fc.array(run, { maxLength: 5 }))
  .map(([doi, level, runs]) => makeLabel(doi, level, runs));
const ofOneDoi = labels.map((label) => ({ ...label, doi: 16 }));

const RUNS = { numRuns: 2000 };

for (const [name, lattice] of [
  ["runs", api],
  ["blocks", blocks],
] as const) {
  test(`${name}: every operation is what it is on sets`, () => {
    fc.assert(
      fc.property(labels, labels, labels, (a, b, c) => {
        assert.is(lattice.equal(a, b), plain.equal(a, b));
        assert.is(lattice.dominates(a, b), plain.dominates(a, b));
        assert.is(lattice.within(a, b, c), plain.within(a, b, c));
      }),
      RUNS,
    );
    fc.assert(
      fc.property(ofOneDoi, ofOneDoi, (a, b) => {
        assert.is(formatLabel(lattice.join(a, b)), formatLabel(plain.join(a, b)));
        assert.is(formatLabel(lattice.meet(a, b)), formatLabel(plain.meet(a, b)));
      }),
      RUNS,
    );
  });

  test(`${name}: dominance is a partial order`, () => {
    fc.assert(
      fc.property(labels, labels, labels, (a, b, c) => {
        assert.ok(lattice.dominates(a, a), "reflexive");
        if (lattice.dominates(a, b) && lattice.dominates(b, a)) assert.ok(lattice.equal(a, b), "antisymmetric");
        if (lattice.dominates(a, b) && lattice.dominates(b, c)) assert.ok(lattice.dominates(a, c), "transitive");
      }),
      RUNS,
    );
  });

  test(`${name}: join and meet make it a lattice`, () => {
    fc.assert(
      fc.property(ofOneDoi, ofOneDoi, ofOneDoi, (a, b, c) => {
        const same = (x: Label, y: Label, law: string): void => assert.ok(lattice.equal(x, y), law);
        const { join: up, meet: down } = lattice;
        same(up(a, b), up(b, a), "join commutes");
        same(down(a, b), down(b, a), "meet commutes");
        same(up(a, up(b, c)), up(up(a, b), c), "join associates");
        same(down(a, down(b, c)), down(down(a, b), c), "meet associates");
        same(up(a, a), a, "join is idempotent");
        same(down(a, a), a, "meet is idempotent");
        same(up(a, down(a, b)), a, "absorption");
        same(down(a, up(a, b)), a, "absorption");
        same(down(a, up(b, c)), up(down(a, b), down(a, c)), "distribution");
        assert.ok(lattice.dominates(up(a, b), a) && lattice.dominates(up(a, b), b), "an upper bound");
        if (lattice.dominates(c, a) && lattice.dominates(c, b)) {
          assert.ok(lattice.dominates(c, up(a, b)), "the least upper bound");
        }
        if (lattice.dominates(a, c) && lattice.dominates(b, c)) {
          assert.ok(lattice.dominates(down(a, b), c), "the greatest lower bound");
        }
        assert.is(lattice.dominates(a, b), lattice.equal(up(a, b), a), "dominance is join");
        assert.is(
          lattice.within(c, down(a, b), up(a, b)),
          lattice.dominates(c, down(a, b)) && lattice.dominates(up(a, b), c),
        );
      }),
      RUNS,
    );
  });

  test(`${name}: labels of different DOIs never compare`, () => {
    fc.assert(
      fc.property(ofOneDoi, (a) => {
        const other = { ...a, doi: 17 };
        assert.not(lattice.equal(a, other));
        assert.not(lattice.dominates(a, other));
        assert.not(lattice.within(a, other, other));
      }),
    );
  });

  test(`${name}: incomparable labels exist, both ways (L-05)`, () => {
    const [a, b] = [makeLabel(16, 5, [0]), makeLabel(16, 3, [1])];
    assert.not(lattice.dominates(a, b));
    assert.not(lattice.dominates(b, a));
  });

  // A policy's label may have as many runs as there are categories; a packet's few are looked for among them.
  test(`${name}: a label of 31,743 runs compares with one of few`, () => {
    const odd = Array.from({ length: 32_767 }, (_, i) => 2 * i + 1);
    const large = makeLabel(16, 5, odd);
    assert.ok(lattice.dominates(large, makeLabel(16, 5, [2049, 40_001, 65_533])));
    assert.not(lattice.dominates(large, makeLabel(16, 5, [2049, 40_000])));
    assert.not(lattice.dominates(large, makeLabel(16, 5, [[2049, 2050]])));
    assert.ok(lattice.dominates(makeLabel(16, 5, [[0, 65_534]]), large));
    assert.ok(
      lattice.dominates(
        makeLabel(16, 5, [
          [0, 40_000],
          [40_001, 65_533],
        ]),
        large,
      ),
    );
    assert.not(
      lattice.dominates(
        makeLabel(16, 5, [
          [0, 40_000],
          [40_002, 65_534],
        ]),
        large,
      ),
    );
    assert.not(lattice.dominates(makeLabel(16, 5, [[0, 65_532]]), large));
  });
}

test("a label holds every level and category, and nothing past them", () => {
  assert.is(formatLabel(makeLabel(MAX_DOI, MAX_LEVEL, [MAX_CATEGORY])), "255:65534");
  for (const [doi, level, category] of [
    [0, 0, 0],
    [MAX_DOI + 1, 0, 0],
    [1, MAX_LEVEL + 1, 0],
    [1, -1, 0],
    [1, 0, MAX_CATEGORY + 1],
    [1, 0, -1],
    [1.5, 0, 0],
    [1, 0, 0.5],
  ] as const) {
    assert.throws(
      () => makeLabel(doi, level, [category]),
      (error: unknown) => error instanceof RangeError,
    );
  }
  assert.throws(() => makeLabel(1, 0, [[3, 2]]), /first is above last/);
});

test("a label is canonical whatever the order, repetition and overlap of its categories", () => {
  assert.equal(makeLabel(16, 5, [4, 0, [2, 3], 3]).categories, [
    [0, 0],
    [2, 4],
  ]);
  assert.is(formatLabel(makeLabel(16, 5, [4, 0, [2, 3]])), "5:0,2.4");
  assert.is(formatLabel(makeLabel(16, 5, [1, 2])), "5:1,2"); // a run of two is written as two
  assert.is(formatLabel(makeLabel(16, 5)), "5");
});

test("join and meet of different DOIs are null", () => {
  assert.is(join(makeLabel(16, 1), makeLabel(17, 1)), null);
  assert.is(meet(makeLabel(16, 1), makeLabel(17, 1)), null);
});

test.run();
