// Names and labels at random: what is printed is read back as the same label and no other, and what is read is what every
// reading says. The readings are made here again, slowly.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { equal, formatLabel, type Label, makeLabel } from "../ts/label.ts";
import { type Names, nameKey, without } from "../ts/names.ts";
import { parseLabel } from "../ts/notation.ts";
import type { NamesInput } from "../ts/policy/input.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { formatLabelAs } from "../ts/print.ts";
import { MAX_READINGS } from "../ts/readings.ts";
import { problemsOf, read, refusal } from "./naming.ts";

const test = suite("names at random");

// Names of one to three words out of few, so that texts have several readings; categories out of few, so that words meet.
const token = fc.constantFrom("A", "B", "C", ":");
const nameText = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join(" "));
const category = fc.nat(4);
const setText = fc.uniqueArray(category, { maxLength: 3 }).map((list) => list.join(","));
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 3 });
const levelInput = fc.record({ value: fc.nat(2), short: optional(nameText), categories: optional(setText) });
const wordInput = fc.record({
  name: nameText,
  short: optional(nameText),
  categories: fc
    .uniqueArray(fc.tuple(category, fc.boolean()), { minLength: 1, maxLength: 3, selector: ([value]) => value })
    .map((list) => list.map(([value, clears]) => `${clears ? "~" : ""}${value}`).join(",")),
});
const labelText = fc.tuple(fc.nat(2), setText).map(([level, categories]) => `${level}:${categories}`);
const inputs: fc.Arbitrary<NamesInput> = fc.record({
  levels: fc.dictionary(nameText, levelInput, { minKeys: 1, maxKeys: 3 }),
  words: fc.array(wordInput, { maxLength: 4 }),
  labels: fc.dictionary(nameText, labelText, { maxKeys: 2 }),
});
const tables: fc.Arbitrary<Names> = inputs.filter((input) => problemsOf(input).length === 0).map(resolveNames);
/** Text by names of a table, chosen by some numbers: most of it can be read. */
function textOf(names: Names, [first = 0, ...more]: readonly number[]): string {
  const [levels, words] = [
    [...names.levels.keys(), ...names.labels.keys()],
    [...names.words.keys(), ":"],
  ];
  return [levels[first % levels.length], ...more.map((number) => words[number % words.length])].join(" ");
}

const anyTexts = fc.array(token, { minLength: 1, maxLength: 7 }).map((tokens) => tokens.join(" "));
const namedTexts = fc
  .tuple(tables, fc.array(fc.nat(100), { minLength: 1, maxLength: 4 }))
  .map(([names, numbers]) => [names, textOf(names, numbers)] as const);

const labels: fc.Arbitrary<Label> = fc
  .tuple(fc.nat(2), fc.uniqueArray(category, { maxLength: 5 }))
  .map(([level, categories]) => makeLabel(16, level, categories));

/** The label of one of a table's levels and some of its words, with no regard to what their text could mean. */
function labelIn({ variants, wordList }: Names, number: number, bits: number): Label {
  const levels = [...variants.values()].flat();
  const level = levels[number % levels.length]!;
  const words = wordList.filter((_, i) => ((bits >> i) & 1) === 1);
  const sets = makeLabel(16, level.value, [...level.categories, ...words.flatMap((word) => word.sets)]).categories;
  const clears = makeLabel(
    16,
    0,
    words.flatMap((word) => word.clears),
  ).categories;
  return makeLabel(16, level.value, without(sets, clears));
}

/** Tables with a label that their words mostly make. */
const labelled = (names: fc.Arbitrary<Names>): fc.Arbitrary<readonly [Names, Label]> =>
  fc
    .tuple(names, fc.nat(100), fc.nat(31), labels, fc.nat(3))
    .map(([table, number, bits, other, choice]) => [table, choice === 0 ? other : labelIn(table, number, bits)]);

const inRuns = (runs: readonly (readonly [number, number])[], value: number): boolean =>
  runs.some(([first, last]) => first <= value && value <= last);

/** Every reading of a text, one recursive split after the other: a label, or `null` for words that contradict. */
function readingsOf(text: string, names: Names): (string | null)[] {
  const tokens = nameKey(text).split(" ");
  const found: (string | null)[] = [];
  const whole = names.labels.get(tokens.join(" "));
  if (whole !== undefined) found.push(formatLabel(makeLabel(16, whole.level, whole.categories)));
  const splits = (rest: readonly string[]): string[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((_, i) => {
          const name = rest.slice(0, i + 1).join(" ");
          return names.words.has(name) ? splits(rest.slice(i + 1)).map((more) => [name, ...more]) : [];
        });
  for (let i = 1; i <= tokens.length; i++) {
    const level = names.levels.get(tokens.slice(0, i).join(" "));
    if (level === undefined) continue;
    const tails = [tokens.slice(i)];
    if (tokens[i] === ":" && i + 1 < tokens.length) tails.push(tokens.slice(i + 1));
    for (const words of tails.flatMap(splits).map((split) => split.map((name) => names.words.get(name)!))) {
      const all = [0, 1, 2, 3, 4];
      const sets = all.filter((value) => words.some((word) => inRuns(word.sets, value)));
      const clears = all.filter((value) => words.some((word) => inRuns(word.clears, value)));
      const categories = all.filter(
        (value) => (sets.includes(value) || inRuns(level.categories, value)) && !clears.includes(value),
      );
      const contradicts = sets.some((value) => clears.includes(value));
      found.push(contradicts ? null : formatLabel(makeLabel(16, level.value, categories)));
    }
  }
  return found;
}

test("a text is the label that all of its readings are, and no label when they differ or contradict: 3,000 texts", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(namedTexts, fc.tuple(tables, anyTexts)), ([names, text]) => {
      const readings = readingsOf(text, names);
      const one = new Set(readings).size === 1 && readings.length <= MAX_READINGS ? readings[0]! : null;
      if (one === null) refusal(() => read(text, names));
      else assert.is(read(text, names), one);
      if (one !== null) taken++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(taken > 500, `${taken} taken`);
});

test("what is printed in any form is read back as the same label, and as no other: 3,000 labels", () => {
  const counts = { names: 0, short: 0 };
  fc.assert(
    fc.property(labelled(tables), ([names, label]) => {
      for (const form of ["levels", "selinux", "hex"] as const) {
        assert.ok(equal(parseLabel(formatLabelAs(label, form), 16, names), label), form);
      }
      for (const form of ["names", "short"] as const) {
        let text: string;
        try {
          text = formatLabelAs(label, form, names);
        } catch (error) {
          assert.instance(error, RangeError);
          continue;
        }
        counts[form]++;
        assert.ok(equal(parseLabel(text, 16, names), label), text);
        assert.equal([...new Set(readingsOf(text, names))], [formatLabel(label)], text);
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(counts.names > 1000 && counts.short > 1000, JSON.stringify(counts));
});

/** Every label that a level and some words make, with the fewest words that do. */
function expressible({ variants, wordList }: Names): Map<string, number> {
  const fewest = new Map<string, number>();
  for (const level of [...variants.values()].flat()) {
    for (let bits = 0; bits < 2 ** wordList.length; bits++) {
      const words = wordList.filter((_, i) => (bits >> i) % 2 === 1);
      const sets = makeLabel(
        16,
        0,
        words.flatMap((word) => word.sets),
      ).categories;
      const clears = makeLabel(
        16,
        0,
        words.flatMap((word) => word.clears),
      ).categories;
      if (without(sets, clears).length !== sets.length || !equalRuns(without(sets, clears), sets)) continue;
      const both = makeLabel(16, level.value, [...level.categories, ...sets]).categories;
      const text = formatLabel(makeLabel(16, level.value, without(both, clears)));
      fewest.set(text, Math.min(fewest.get(text) ?? Number.POSITIVE_INFINITY, words.length));
    }
  }
  return fewest;
}

const equalRuns = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

test("a label has words exactly when some words make it, and none of those printed is needless: 3,000 labels", () => {
  // Names of one letter: no text has two readings.
  const plain = fc
    .record({
      levels: fc.uniqueArray(levelInput, { minLength: 1, maxLength: 3 }),
      words: fc.uniqueArray(wordInput, { maxLength: 5 }),
    })
    .map(({ levels, words }) =>
      resolveNames({
        levels: Object.fromEntries(levels.map(({ value, categories }, i) => [`L${i}`, { value, categories }])),
        words: words.map(({ categories }, i) => ({ name: `W${i}`, categories })),
      }),
    );
  let [few, more] = [0, 0];
  fc.assert(
    fc.property(labelled(plain), ([names, label]) => {
      const fewest = expressible(names).get(formatLabel(label));
      if (fewest === undefined) {
        refusal(() => formatLabelAs(label, "names", names));
        return;
      }
      const [level, ...words] = formatLabelAs(label, "names", names).split(" ");
      words.forEach((_, i) => {
        const less = [level, ...words.filter((_word, j) => i !== j)].join(" ");
        assert.not(equal(parseLabel(less, 16, names), label), less);
      });
      assert.ok(words.length >= fewest);
      if (words.length === fewest) few++;
      else more++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(few > 500 && more < few / 20, `${few} with the fewest words, ${more} with more`);
});

test("what is in some runs and not in others", () => {
  const sets = fc.array(fc.nat(30), { maxLength: 15 }).map((list) => new Set(list));
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      const runs = (set: Iterable<number>) => makeLabel(16, 0, set).categories;
      assert.equal(without(runs(a), runs(b)), runs([...a].filter((value) => !b.has(value))));
    }),
    { numRuns: 2000 },
  );
});

test.run();
