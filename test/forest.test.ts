// The IPv4 forest: whatever the ranges are, it says of every address what they say.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  FOREST_HEIGHT_SHIFT,
  FOREST_HEIGHTS,
  FOREST_LINES,
  FOREST_ROOT,
  FOREST_TREE,
  FORK_ENDS,
  LEAF_ENDS,
} from "../assembly/forest.ts";
import { forestOf } from "../ts/policy/forest.ts";
import type { ValueRanges } from "../ts/policy/hosts.ts";

const test = suite("forest");

const LAST = 2 ** 32 - 1;
const SLASH12 = 2 ** 20;
const LINE = 16; // words
const FORK = FORK_ENDS + 1; // children
const LEAF = LEAF_ENDS + 1; // ranges

/** As assembly/forest.ts describes it. */
function inForest(forest: Uint32Array, address: number): number {
  const entry = forest[Math.floor(address / SLASH12)]!;
  if (entry < FOREST_TREE) return entry;
  const endsBefore = (line: number, count: number): number =>
    forest.subarray(line * LINE, line * LINE + count).filter((end) => end < address).length;
  let line = entry & FOREST_LINES;
  for (let height = heightOf(entry); height > 0; height--) {
    line = forest[line * LINE + LINE - 1]! + endsBefore(line, FORK_ENDS);
  }
  const values = new Uint16Array(forest.buffer, forest.byteOffset + (line * LINE + LEAF_ENDS) * 4, LEAF);
  return values[endsBefore(line, LEAF_ENDS)]!;
}

const heightOf = (entry: number): number => (entry >>> FOREST_HEIGHT_SHIFT) & FOREST_HEIGHTS;

/** Values by first address, neighbours that are the same made one. */
function rangesOf(values: ReadonlyMap<number, number>): ValueRanges {
  const order = [...values].sort(([a], [b]) => a - b);
  const kept = order.filter(([, value], i) => value !== (i === 0 ? 0 : order[i - 1]![1]));
  return {
    starts: Uint32Array.from(kept.map(([start]) => start)),
    values: Uint32Array.from(kept.map(([, value]) => value)),
  };
}

function inRanges({ starts, values }: ValueRanges, address: number): number {
  let value = 0;
  for (let i = 0; i < starts.length && starts[i]! <= address; i++) value = values[i]!;
  return value;
}

function assertSame(ranges: ValueRanges, forest: Uint32Array, addresses: Iterable<number>): void {
  for (const address of addresses) assert.is(inForest(forest, address), inRanges(ranges, address), `${address}`);
}

function edgesOf({ starts }: ValueRanges): number[] {
  const near = [...starts].flatMap((start) => [start - 1, start, start + 1]);
  const far = [...starts].flatMap((start) => [start - (start % SLASH12), start - (start % SLASH12) + SLASH12 - 1]);
  return [0, LAST, ...near, ...far].map((address) => address >>> 0);
}

// Starts at the borders of a /12, beside them, or anywhere; near each other.
const starts = fc.oneof(
  fc.nat(LAST),
  fc.tuple(fc.constantFrom(0, 10, 4094, 4095), fc.nat(40)).map(([block, step]) => block * SLASH12 + step),
  fc.tuple(fc.nat(0xfff), fc.constantFrom(-1, 0, 1)).map(([block, step]) => Math.max(block * SLASH12 + step, 0)),
);
const someRanges = fc
  .array(fc.tuple(starts, fc.nat(3)), { maxLength: 60 })
  .map((entries) => new Map<number, number>(entries));

test("every address has the value of its range", () => {
  fc.assert(
    fc.property(someRanges, (values) => {
      const ranges = rangesOf(values);
      assertSame(ranges, forestOf(ranges), edgesOf(ranges));
    }),
    { numRuns: 300 },
  );
});

test("no ranges: no address has a value, and there are no trees", () => {
  const forest = forestOf({ starts: new Uint32Array(0), values: new Uint32Array(0) });
  assert.is(forest.length, FOREST_ROOT);
  assert.ok(forest.every((entry) => entry === 0));
});

test("the last address of all is in the last range, behind ends that are not there", () => {
  for (const count of [2, LEAF, LEAF + 1, LEAF * FORK, LEAF * FORK + 1]) {
    const first = LAST - SLASH12 + 1;
    const ranges = rangesOf(new Map(Array.from({ length: count - 1 }, (_, i) => [first + 1 + i, 1 + (i % 7)])));
    assertSame(ranges, forestOf(ranges), [first, first + count - 1, LAST]);
  }
});

test("a /12 of one range needs no line, a leaf holds 11, and each level above 16 times as many", () => {
  const first = 10 * SLASH12;
  const shape = (count: number): [height: number, lines: number] => {
    const values = new Map(Array.from({ length: count }, (_, i) => [first + i * 3, 1 + (i % 7)]));
    const ranges = rangesOf(values.set(first + SLASH12, 0));
    const forest = forestOf(ranges);
    assertSame(ranges, forest, [first, first + 1, first + (count - 1) * 3, first + SLASH12 - 1, first + SLASH12]);
    return [heightOf(forest[10]!), (forest.length - FOREST_ROOT) / LINE];
  };
  assert.equal(shape(1), [0, 0]);
  assert.equal(shape(2), [0, 1]);
  assert.equal(shape(LEAF), [0, 1]);
  assert.equal(shape(LEAF + 1), [1, 3]);
  assert.equal(shape(LEAF * FORK), [1, FORK + 1]);
  assert.equal(shape(LEAF * FORK + 1), [2, FORK + 1 + 3]);
  assert.equal(shape(LEAF * FORK * FORK), [2, FORK * FORK + FORK + 1]);
});

test("a /12 whose every address is a range of its own: every one is found, and nothing beside them", () => {
  const first = 10 * SLASH12;
  const starts = Uint32Array.from({ length: SLASH12 + 1 }, (_, i) => first + i);
  const values = Uint32Array.from({ length: SLASH12 + 1 }, (_, i) => (i === SLASH12 ? 0 : 1 + (i % 65_535)));
  const forest = forestOf({ starts, values });
  assert.is(heightOf(forest[10]!), 5);
  for (let i = 0; i < SLASH12; i++) {
    if (inForest(forest, first + i) !== values[i]) assert.unreachable(`${first + i}`);
  }
  assert.equal(
    [first - 1, first + SLASH12].map((address) => inForest(forest, address)),
    [0, 0],
  );
});

test.run();
