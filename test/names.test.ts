// How a text is read by the names of levels, words and whole labels (T-01, T-04), and which words are printed for a label
// (spec label-options section 6).
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { equal, makeLabel } from "../ts/label.ts";
import { nameKey } from "../ts/names.ts";
import { parseLabel } from "../ts/notation.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { formatLabelAs } from "../ts/print.ts";
import { MAX_READINGS } from "../ts/readings.ts";
import { printed, read, refusal } from "./naming.ts";

const test = suite("names");

const READ: readonly (readonly [text: string, canonical: string, what: string])[] = [
  ["PUBLIC", "1", "a level"],
  ["public alpha bravo", "1:0,1", "a level and words, in any case"],
  ["CONFIDENTIAL", "4:4,5,190,191", "a level brings its categories along"],
  ["CONFIDENTIAL : NEED TO KNOW", "4:1,2,4,5,190,191", "a colon stands between level and words (T-04)"],
  ["conf : need to know", "4:1,2,4,5,190,191", "names are case-free, alternates are read (T-04)"],
  ["In  Confidence\tNTK", "4:1,2,4,5,190,191", "any blanks count as one"],
  ["C NEEDED", "4:1,2,4,5,190,191", "short names and alternates of words"],
  ["CONFIDENTIAL RELEASED", "4:190,191", "an inverse word clears the level's categories"],
  ["CONFIDENTIAL REL ALPHA", "4:0,190,191", "the order of words is free"],
  ["PUBLIC RELEASED", "1", "an inverse word clears nothing where there is nothing"],
  ["CONFIDENTIAL : INTERNAL", "4:1,4,5,190,191", "a word sets some and clears others"],
  ["TOP : SECRET", "3:9", "a colon says where the level ends"],
  ["SECRET SECRET", "5:9", "a level and a word of one name"],
  ["systemhigh", "15:0.1023", "a whole label"],
  ["SYSTEM LOW", "0", "a whole label with a blank"],
  ["night", "5:0", "a whole label written in hexadecimal"],
  ["4", "4", "numbers bring nothing along"],
  ["s4:c0", "4:0", "numbers bring nothing along, in SELinux's form"],
];

for (const [text, canonical, what] of READ) {
  test(`${what}: ${JSON.stringify(text)} is ${canonical}`, () => {
    assert.is(read(text), canonical);
  });
}

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  [
    "TOP SECRET",
    '"TOP SECRET" has two meanings: 6 (TOP SECRET) and 3:9 (TOP + SECRET); write level:categories, or " : " between level and words',
  ],
  [
    "TOP SECRET ALPHA",
    '"TOP SECRET ALPHA" has two meanings: 6:0 (TOP SECRET + ALPHA) and 3:0,9 (TOP + SECRET + ALPHA); write level:categories, or " : " between level and words',
  ],
  ["PUBLIC NTK INTERNAL", "NEED TO KNOW sets category 2, and INTERNAL clears it; leave one of them out"],
  ["confidential:internal", "it is no level (T-04): blanks must match"],
  [
    "SystemHigh ALPHA",
    '"SystemHigh" is no level: expected PUBLIC, TOP, CONFIDENTIAL, SECRET, TOP SECRET, SystemHigh, System Low, Night, or a number form as 5:0,2.4',
  ],
  [
    "PUBLIC SystemHigh",
    '"SystemHigh" is no category: expected ALPHA, BRAVO, NEED TO KNOW, INTERNAL, RELEASED, SECRET, EVERYTHING',
  ],
];

for (const [text, message] of REFUSED) {
  test(`${JSON.stringify(text)} is refused`, () => {
    const said = refusal(() => read(text));
    if (message.includes("T-04")) assert.match(said, /^"confidential:internal" is no level: /);
    else assert.is(said, message);
  });
}

test("a text with two readings that are one label is read", () => {
  const names = resolveNames({
    levels: { A: 1, "A B": { value: 1, categories: "7" } },
    words: [{ name: "B", categories: "7" }],
    labels: { "a b": "1:7" },
  });
  assert.is(read("A B", names), "1:7");
});

test("a whole label's name that words read otherwise has two meanings", () => {
  const names = resolveNames({ levels: { A: 1 }, categories: { B: 0 }, labels: { "A B": "2" } });
  assert.match(
    refusal(() => read("a b", names)),
    '"a b" has two meanings: 2 (A B) and 1:0 (A + B)',
  );
});

test("of long readings and texts a message shows the beginning", () => {
  const names = resolveNames({ levels: { A: 1, "A A": 2 }, categories: { A: 0 } });
  const message = refusal(() => read(`A${" A".repeat(1000)}`, names));
  assert.match(message, "2:0 (A A + A + A + A + A + A + A + A …) and 1:0 (A + A + A + A + A + A + A + A …)");
  assert.ok(message.length < 300, message);
});

const PRINTED: readonly (readonly [label: string, names: string, short: string])[] = [
  ["1", "PUBLIC", "PUBLIC"],
  ["4:4,5,190,191", "CONFIDENTIAL", "C"],
  ["4:190,191", "CONFIDENTIAL RELEASED", "C REL"],
  ["4:0.2,4,5,190,191", "CONFIDENTIAL ALPHA NEED TO KNOW", "C ALPHA NTK"],
  ["1:0.2,9", "PUBLIC EVERYTHING", "PUBLIC EVERYTHING"], // one word and not three
  ["5:0,1", "SECRET ALPHA BRAVO", "S ALPHA BRAVO"], // in the order of the policy
  ["5:0", "Night", "Night"], // a whole label's name comes first
  ["15:0.1023", "SystemHigh", "SystemHigh"],
  ["3:9", "TOP : SECRET", "TOP : SECRET"], // without the colon it would be read as 6 too
];

for (const [label, long, short] of PRINTED) {
  test(`${label} is ${long} in words and ${short} in short ones`, () => {
    assert.is(printed(label), long);
    assert.is(printed(label, "short"), short);
  });
}

const WORDLESS: readonly (readonly [label: string, why: string])[] = [
  ["9:0", "no name is that of level 9"],
  ["5:0,2,100.110", "no words set just these of its categories: 2,100.110"],
  [
    `5:${Array.from({ length: 9 }, (_, i) => 20 + i * 2).join()}`,
    "no words set just these of its categories: 20,22,24,26,28,30,32,34 …",
  ],
  ["4", "CONFIDENTIAL has categories that it has not, and no word clears them: 190,191"],
  ["4:5,190,191", "CONFIDENTIAL has categories that it has not, and no word clears them: 4"],
  ["6", "its words would be read as another label too"],
];

for (const [label, why] of WORDLESS) {
  test(`${label} has no names, and the refusal says why: ${why}`, () => {
    assert.is(
      refusal(() => printed(label)),
      `label ${label} has no names: ${why}`,
    );
  });
}

test("without names there are no words for a label", () => {
  assert.is(
    refusal(() => formatLabelAs(makeLabel(16, 5), "names")),
    "label 5 has no names: no name is that of level 5",
  );
});

test("a short name that means something else as well does not stand for the long one", () => {
  const names = resolveNames({
    levels: { A: { value: 1, short: "X" }, "X Y": 2 },
    words: [{ name: "YES", short: "Y", categories: "0" }],
  });
  assert.is(printed("1:0", "names", names), "A YES");
  assert.is(printed("1:0", "short", names), "X : Y");
});

test("a word that the others make needless is not printed", () => {
  const words = [
    { name: "X", categories: "0.3" },
    { name: "Y", categories: "0,1,4" },
    { name: "Z", categories: "2,3,5" },
  ];
  assert.is(printed("1:0.5", "names", resolveNames({ levels: { A: 1 }, words })), "A Y Z");
});

test("of a level's names the one that needs the fewest words is printed, of equals the first", () => {
  const names = resolveNames({
    levels: { A: 1, OTHER: 1, B: { value: 1, categories: "0.1" } },
    categories: { X: 0, Y: 1, Z: 2 },
  });
  assert.is(printed("1", "names", names), "A");
  assert.is(printed("1:0,1", "names", names), "B");
  assert.is(printed("1:0.2", "names", names), "B Z");
  assert.is(printed("1:0", "names", names), "A X");
});

// `A A A …` can be split among these words in 2^(n-1) ways, and they all mean the same.
const SPLIT = {
  levels: { L: 1 },
  words: Array.from({ length: 7 }, (_, i) => ({
    name: Array(i + 1)
      .fill("A")
      .join(" "),
    categories: "0",
  })),
};

test(`${MAX_READINGS} readings that agree are taken, one more is refused`, () => {
  const text = `L${" A".repeat(7)}`;
  assert.is(2 ** 6, MAX_READINGS);
  assert.is(read(text, resolveNames(SPLIT)), "1:0");
  assert.is(
    refusal(() => read(text, resolveNames({ ...SPLIT, labels: { [text]: "1:0" } }))),
    `"${text}" can be read in more than ${MAX_READINGS} ways; write level:categories`,
  );
});

/** Fails when `run` takes long: what grows with the number of readings would not end at all. */
function assertQuick(run: () => void): void {
  const start = performance.now();
  run();
  const took = performance.now() - start;
  assert.ok(took < 10_000, `${took} ms`);
}

test("a text with 2^4999 readings is refused at once, whether they lead to the end or not", () => {
  const names = resolveNames(SPLIT);
  const text = `L${" A".repeat(5000)}`;
  assertQuick(() => {
    assert.match(
      refusal(() => read(text, names)),
      "can be read in more than 64 ways",
    );
    assert.match(
      refusal(() => read(`${text} X`, names)),
      '"X" is no category',
    );
  });
});

test("a label of 20,000 words and 60,000 categories is printed and read at once", () => {
  const words = Array.from({ length: 20_000 }, (_, i) => ({ name: `W${i}`, categories: `${i * 3},${i * 3 + 1}` }));
  const names = resolveNames({ levels: { A: 1 }, words });
  const label = makeLabel(
    16,
    1,
    words.map((_, i) => [i * 3, i * 3 + 1] as const),
  );
  assertQuick(() => {
    const text = formatLabelAs(label, "names", names);
    assert.ok(equal(parseLabel(text, 16, names), label));
  });
});

test("a name is looked up in any case and with any blanks", () => {
  assert.is(nameKey(" Ｔop \t\n SECRET "), "top secret");
});

test.run();
