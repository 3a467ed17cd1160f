// The names of a policy: what they may be, every problem at its place, and the bounds.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatLabel } from "../ts/label.ts";
import { MAX_LEVEL_VARIANTS, MAX_NAME_WORDS, MAX_WORD_CATEGORIES } from "../ts/names.ts";
import type { NamesInput } from "../ts/policy/input.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { readResolved } from "../ts/policy/read.ts";
import { formatLabelAs } from "../ts/print.ts";
import { INPUT, printed, problemsOf, read } from "./naming.ts";
import { changed } from "./policies.ts";

const test = suite("policy names");

// biome-ignore format: a table, a row a line
const PROBLEMS: readonly (readonly [what: string, input: unknown, ...problems: string[]])[] = [
  ["a short name like a number", { levels: { A: { value: 1, short: "s5" } } }, 'names.levels.A.short: "s5" would be read as a number; begin with a letter'],
  ["an alternate that is empty", { levels: { A: { value: 1, alternates: ["B", " "] } } }, "names.levels.A.alternates[1]: an empty name"],
  ["a hexadecimal name in brackets", { labels: { "[0x5": "5" } }, 'names.labels["[0x5"]: "[0x5" would be read as a number; begin with a letter'],
  ["a short name that is another's", { levels: { A: { value: 1, short: "b" }, B: 2 } }, "names.levels.B: the same name again, in other letters"],
  ["a word that is a category's", { categories: { A: 1 }, words: [{ name: "a", categories: "2" }] }, "names.words[0].name: the same name again, in other letters"],
  ["a word twice", { words: [ { name: "A", categories: "1" }, { name: "A", categories: "1" }, ], }, "names.words[1].name: the same name again, in other letters"],
  ["a label twice", { labels: { A: "1", a: "1" } }, "names.labels.a: the same name again, in other letters"],
  ["a colon", { words: [{ name: " : ", categories: "1" }] }, 'names.words[0].name: ":" stands between level and words; it can\'t be a name'],
  ["a line feed in a name", { words: [{ name: "A\nB", categories: "1" }] }, "names.words[0].name: has a character that can't be seen"],
  ["a name of 17 words", { labels: { "A B C D E F G H I J K L M N O P Q": "1" } }, 'names.labels["A B C D E F G H I J K L M N O P Q"]: more than 16 words'],
  ["a level past the last", { levels: { A: { value: 256 } } }, "names.levels.A.value: expected 0 to 255"],
  ["a level without a value", { levels: { A: {} } }, "names.levels.A: expected a number, or { value, short, alternates, categories }"],
  ["a level with a key that is none", { levels: { A: { value: 1, sname: "a" } } }, "names.levels.A: expected a number, or { value, short, alternates, categories }"],
  ["a level of nothing", { levels: { A: null } }, "names.levels.A: expected a number, or { value, short, alternates, categories }"],
  ["a level that clears categories", { levels: { A: { value: 1, categories: "1,~2" } } }, 'names.levels.A.categories: "~2": a level clears no category; leave it out'],
  ["categories in SELinux's form", { words: [{ name: "A", categories: "c1" }] }, 'names.words[0].categories: categories "c1": expected a or a.b, with commas between'],
  ["a category past the last", { words: [{ name: "A", categories: "1,~65535" }] }, "names.words[0].categories: category 65535: expected 0 to 65534"],
  ["a comma too many", { words: [{ name: "A", categories: "1," }] }, 'names.words[0].categories: categories "1,": expected a or a.b, with commas between'],
  ["an inverse mark alone", { words: [{ name: "A", categories: "~" }] }, 'names.words[0].categories: categories "~": expected a or a.b, with commas between'],
  ["an inverse mark twice", { words: [{ name: "A", categories: "~~1" }] }, 'names.words[0].categories: categories "~1": expected a or a.b, with commas between'],
  ["a word that sets what it clears", { words: [{ name: "A", categories: "1.5,~5" }] }, "names.words[0].categories: sets category 5 and clears it"],
  ["a word for nothing", { words: [{ name: "A", categories: " " }] }, "names.words[0].categories: it stands for nothing; name a category"],
  ["a word with a key that is none", { words: [{ name: "A", categories: "1", minclass: "S" }] }, "names.words[0].minclass: unknown key; known here: name, short, alternates, categories"],
  ["a label in words", { levels: { A: 1 }, labels: { B: "A" } }, 'names.labels.B: "A" is no label in numbers: expected one as 5:0,2.4, s5:c0 or 0x0005-08-80'],
  ["a range of labels", { labels: { B: "s0-s15:c0.c1023" } }, 'names.labels.B: "s0-s15:c0.c1023" is no level: expected a name, but the policy has none, or a number form as 5:0,2.4'],
  ["a label past the last", { labels: { B: "5:0.65535" } }, "names.labels.B: category 65535: expected 0 to 65534"],
  ["names that JavaScript has", { levels: JSON.parse('{ "__proto__": 1, "constructor": 2 }') }, 'names.levels.__proto__: "__proto__" can\'t be used as a key', 'names.levels.constructor: "constructor" can\'t be used as a key'],
  ["several at once", { levels: { "": 999 }, words: [{ name: "5", categories: "x" }] }, 'names.levels[""]: an empty name', 'names.levels[""]: expected 0 to 255', 'names.words[0].categories: categories "x": expected a or a.b, with commas between', 'names.words[0].name: "5" would be read as a number; begin with a letter'],
];

for (const [what, input, ...problems] of PROBLEMS) {
  test(`refused: ${what}`, () => {
    assert.equal(problemsOf(input), problems);
  });
}

test("a name may be a word of JavaScript's own where it is no key", () => {
  const words = ["__proto__", "constructor", "toString"].map((name, i) => ({ name, categories: `${i}` }));
  assert.is(read("a __proto__ tostring", resolveNames({ levels: { A: 1 }, words })), "1:0,2");
  assert.is(problemsOf({ labels: { hasOwnProperty: "1" } }).length, 0);
});

test("a name that is written twice for one level is one name", () => {
  const names = resolveNames({ levels: { A: { value: 1, short: "a", alternates: ["A", "a"] } } });
  assert.is(read("a", names), "1");
});

const wordsOf = (count: number): string => Array.from({ length: count }, (_, i) => `W${i}`).join(" ");

test(`a name of ${MAX_NAME_WORDS} words is read, of one more refused`, () => {
  const name = wordsOf(MAX_NAME_WORDS);
  const names = resolveNames({ levels: { [name]: 1 }, words: [{ name, categories: "0" }], labels: { [name]: "1" } });
  assert.is(read(`${name} : ${name}`, names), "1:0");
  assert.is(read(name, names), "1");
  assert.is(problemsOf({ levels: { [wordsOf(MAX_NAME_WORDS + 1)]: 1 } }).length, 1);
});

test(`${MAX_LEVEL_VARIANTS} names of a level differ in their categories, one more is refused`, () => {
  const levels = (count: number): NamesInput => ({
    levels: Object.fromEntries(Array.from({ length: count }, (_, i) => [`L${i}`, { value: 1, categories: `${i}` }])),
  });
  const names = resolveNames(levels(MAX_LEVEL_VARIANTS));
  assert.is(printed(`1:${MAX_LEVEL_VARIANTS - 1}`, "names", names), `L${MAX_LEVEL_VARIANTS - 1}`);
  assert.equal(problemsOf(levels(MAX_LEVEL_VARIANTS + 1)), [
    `names.levels: level 1 has more than ${MAX_LEVEL_VARIANTS} sets of categories`,
  ]);
});

test(`words may have ${MAX_WORD_CATEGORIES} categories in all, one more is refused`, () => {
  const full = Array.from({ length: 8 }, (_, i) => [
    { name: `SET${i}`, categories: "0.65534" },
    { name: `CLEAR${i}`, categories: "~0.65534" },
  ]).flat();
  const words = [...full, { name: "REST", categories: "0.14,~15" }];
  const names = resolveNames({ levels: { A: 1 }, words });
  assert.is(printed("1:0.65534", "names", names), "A SET0");
  assert.equal(problemsOf({ words: [...words, { name: "MORE", categories: "0" }] }), [
    `names.words: ${MAX_WORD_CATEGORIES + 1} categories in all: at most ${MAX_WORD_CATEGORIES}`,
  ]);
});

test("a policy's names are part of it", () => {
  const { policy } = readResolved(changed([["names"], { ...INPUT, levels: { ...INPUT.levels, PUBLIC: 2 } }]));
  assert.is(formatLabelAs(policy!.partitions[1]!.label, "names", policy!.names), "Night");
  assert.is(read("PUBLIC", policy!.names), "2");
});

test("levels of any shape, and words of one category, name numbers elsewhere in a policy", () => {
  const dois = (categories: Record<string, string>): unknown => ({
    "8": { mode: "translate", levels: { "1": "TS", "2": "CONF" }, categories },
  });
  const { policy, problems } = readResolved(
    changed(
      [["names"], INPUT],
      [["partitions", 0, "label"], "PUBLIC"],
      [["dois"], dois({ "1": "ALPHA", "2": "SECRET" })],
      [["ripso"], { mode: "map", levels: { SECRET: "s" } }],
    ),
  );
  assert.equal(problems, []);
  assert.equal(
    [...policy!.translations.get(8)!.levels!],
    [
      [1, 6],
      [2, 4],
    ],
  );
  assert.equal(
    [...policy!.translations.get(8)!.categories!],
    [
      [1, 0],
      [2, 9],
    ],
  );
  assert.is(formatLabel([...policy!.ripso.labels.values()][0]!), "5");
  const { problems: refused } = readResolved(
    changed([["names"], INPUT], [["dois"], dois({ "1": "INTERNAL", "2": "NTK" })]),
  );
  assert.equal(
    refused.map(({ path }) => path),
    ['dois["8"].categories["1"]', 'dois["8"].categories["2"]'],
  );
});

test.run();
