// Labels as the kernel holds them (assembly/tables.ts): one block for one label, and back.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeLabel, encodeLabel } from "../ts/block.ts";
import { equal, formatLabel, type Label, MAX_CATEGORY, MAX_DOI, makeLabel, type Run } from "../ts/label.ts";

const test = suite("block");

const decoded = (block: Uint8Array, at = 0): Label => decodeLabel(new DataView(block.buffer), at);

// The edges of octets, words, and of the bitmap.
const edges = [0, 1, 7, 8, 62, 63, 64, 65, 127, 128, 1983, 1984, 2046, 2047, 2048, 2049, 65_533, MAX_CATEGORY];
const category = fc.oneof(fc.constantFrom(...edges), fc.nat(MAX_CATEGORY));
const run: fc.Arbitrary<Run> = fc
  .tuple(category, fc.oneof(fc.constant(0), fc.nat(200), fc.nat(MAX_CATEGORY)))
  .map(([first, more]): Run => [first, Math.min(first + more, MAX_CATEGORY)]);
const labels: fc.Arbitrary<Label> = fc
  .tuple(fc.integer({ min: 1, max: MAX_DOI }), fc.nat(255), fc.array(run, { maxLength: 8 }))
  .map(([doi, level, runs]) => makeLabel(doi, level, runs));
// So few that two are often equal.
const few: fc.Arbitrary<Label> = fc
  .tuple(
    fc.constantFrom(1, 256),
    fc.constantFrom(0, 1),
    fc.array(fc.constantFrom(0, 2047, 2048, 2049), { maxLength: 2 }),
  )
  .map(([doi, level, categories]) => makeLabel(doi, level, categories));

test("a label is read back from its block, at any place", () => {
  fc.assert(
    fc.property(labels, fc.nat(3), (label, place) => {
      const block = encodeLabel(label);
      assert.is(block.length % 8, 0);
      const memory = new Uint8Array(place * 8 + block.length + 8).fill(0xaa); // nothing behind the block is read
      memory.set(block, place * 8);
      const back = decoded(memory, place * 8);
      assert.ok(equal(back, label), `${formatLabel(back)} of ${formatLabel(label)}`);
    }),
    { numRuns: 2000 },
  );
});

test("equal labels have equal octets, and equal octets are equal labels (L-03, L-09)", () => {
  const same = (a: Label, b: Label): void =>
    assert.is(
      Buffer.compare(encodeLabel(a), encodeLabel(b)) === 0,
      equal(a, b),
      `${formatLabel(a)}, ${formatLabel(b)}`,
    );
  fc.assert(fc.property(few, few, same), { numRuns: 2000 });
  fc.assert(fc.property(labels, labels, same), { numRuns: 500 });
});

test("however a label is made, its block is the same", () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 6 }), (runs) => {
      const made = makeLabel(16, 5, runs);
      assert.equal(encodeLabel(makeLabel(16, 5, [...runs].reverse())), encodeLabel(made));
      assert.equal(encodeLabel(makeLabel(16, 5, [...runs, ...runs])), encodeLabel(made));
      const split = made.categories.flatMap(([first, last]): Run[] => {
        const middle = (first + last) >> 1;
        return middle < last
          ? [
              [middle + 1, last],
              [first, middle],
            ]
          : [[first, last]];
      });
      assert.equal(encodeLabel(makeLabel(16, 5, split)), encodeLabel(made));
    }),
  );
});

const hex = (block: Uint8Array): string => Buffer.from(block).toString("hex");
const word = (octets: string): string => octets.padEnd(16, "0");

const BLOCKS: readonly (readonly [what: string, label: Label, octets: string])[] = [
  ["no categories: eight octets, little-endian DOI", makeLabel(16, 5), "1000000005000000"],
  ["the highest DOI and level", makeLabel(MAX_DOI, 255), "ffffffffff000000"],
  // Category 0 is the high bit of the first octet, as on the wire (L-01).
  ["the first category", makeLabel(1, 0, [0]), `0100000000010000${word("80")}`],
  ["0, 2 to 4", makeLabel(16, 5, [0, [2, 4]]), `1000000005010000${word("b8")}`],
  ["the last category of a word", makeLabel(1, 0, [63]), `0100000000010000${"0".repeat(15)}1`],
  ["the first of the next word", makeLabel(1, 0, [64]), `0100000000020000${word("")}${word("80")}`],
  ["the last category of the bitmap", makeLabel(1, 0, [2047]), `0100000000200000${"0".repeat(511)}1`],
  ["the first run", makeLabel(1, 0, [2048]), `0100000000000100${word("00080008")}`],
  [
    "a run over the edge of the bitmap",
    makeLabel(1, 0, [[2047, 2048]]),
    `0100000000200100${"0".repeat(511)}1${word("00080008")}`,
  ],
  ["two runs", makeLabel(1, 0, [2048, 2050]), "0100000000000200" + "0008000802080208"],
  [
    "three runs, padded",
    makeLabel(1, 0, [2048, 2050, 2052]),
    `0100000000000300${"0008000802080208"}${word("04080408")}`,
  ],
  ["the last category", makeLabel(1, 0, [MAX_CATEGORY]), `0100000000000100${word("fefffeff")}`],
  ["every category", makeLabel(1, 0, [[0, MAX_CATEGORY]]), `0100000000200100${"f".repeat(512)}${word("0008feff")}`],
];

for (const [what, label, octets] of BLOCKS) {
  test(`the block of ${what}`, () => {
    assert.is(hex(encodeLabel(label)), octets);
    assert.ok(equal(decoded(encodeLabel(label)), label));
  });
}

test("a run that the bitmap cuts is one run again", () => {
  const label = makeLabel(16, 1, [[2000, 3000]]);
  assert.equal(decoded(encodeLabel(label)).categories, [[2000, 3000]]);
});

test("the label of most runs there are is read back", () => {
  const odd = Array.from({ length: 32_767 }, (_, i) => 2 * i + 1);
  const label = makeLabel(16, 5, odd);
  assert.ok(equal(decoded(encodeLabel(label)), label));
});

test.run();
