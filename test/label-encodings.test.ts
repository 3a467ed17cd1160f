// Trusted Extensions' label_encodings (spec label-options section 6, T-05): names that are read, everything else reported.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readLabelEncodings } from "../ts/import/label-encodings.ts";
import { MAX_LINE, MAX_LINES } from "../ts/import/lines.ts";
import { formatLabel } from "../ts/label.ts";
import { parseLabel } from "../ts/notation.ts";
import type { NamesInput } from "../ts/policy/input.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { assertReads, errorsOf, fixture, sayNotes } from "./reading-names.ts";

const test = suite("label_encodings");

/** A file whose lines are these; the first of `words` is line 6. */
const fileOf = (words: string, classifications = "name= S; value= 5;"): string =>
  `VERSION= 1\nCLASSIFICATIONS:\n${classifications}\nSENSITIVITY LABELS:\nWORDS:\n${words}\n`;
const reading = (text: string) => readLabelEncodings({ name: "label_encodings", text });
const namesOf = (text: string): NamesInput => reading(text).names;
const notesOf = (text: string): string[] => sayNotes(reading(text));

test("a whole file: names of levels and words, and a note for everything else", () => {
  const file = readLabelEncodings(fixture("label_encodings"));
  assert.equal(file.names, {
    levels: {
      PUBLIC: { value: 1, short: "PUB" },
      INTERNAL: { value: 4, short: "INT", categories: "4" },
      CONFIDENTIAL: { value: 5, short: "CNF", alternates: ["IN CONFIDENCE"], categories: "4,5,190,191" },
    },
    words: [
      { name: "INTERNAL USE ONLY", short: "IUO", categories: "1,~2" },
      { name: "NEED TO KNOW", short: "NTK", alternates: ["NEEDED"], categories: "1,2" },
      { name: "PILOTS", categories: "0" },
      { name: "PARTNERS", short: "PTN", categories: "~190,~191" },
    ],
  });
  const range = "a policy has no accreditation range";
  const unread = "is not read: names are those of SENSITIVITY LABELS:";
  assert.equal(sayNotes(file), [
    '9:1 lost: "Board Only" is left out: its value is above 255, the highest that a packet can show (L-11)',
    `11:1 lost: INFORMATION LABELS: ${unread}`,
    '18:1 lost: "REL": words are written without prefix and suffix',
    '19:1 lost: "HANDLE VIA": words are written without prefix and suffix',
    '20:1 lost: "EYES ONLY": words are written without prefix and suffix',
    '22:58 lost: "minclass= INT": a word goes with any level',
    '24:32 lost: "PILOTS" is written without its "suffix= EYES ONLY"',
    '25:53 lost: "PARTNERS" is written without its "prefix= REL"',
    '26:34 lost: "DIVERS" is left out: its "prefix= HANDLE VIA" has compartments',
    '27:1 lost: "NOTICE" is left out: it has no compartments',
    '27:15 lost: "markings= 7": labels have no markings',
    '28:1 lost: the name "TIDES" is left out: it has two meanings in this file',
    '29:1 lost: the name "TIDES" is left out: it has two meanings in this file',
    '32:1 lost: "pilots need to know": a policy has no rules on what goes together in a label',
    '34:1 lost: "tides ! pilots": a policy has no rules on what goes together in a label',
    `36:1 lost: CLEARANCES: ${unread}`,
    `45:1 lost: PRINTER BANNERS: ${unread}`,
    `50:1 lost: "classification= PUBLIC": ${range}`,
    `50:25 lost: "all compartment combinations valid": ${range}`,
    `51:1 lost: "minimum clearance= PUB": ${range}`,
    `52:1 lost: "minimum sensitivity label= PUB": ${range}`,
    `53:1 lost: "minimum protect as classification= PUB": ${range}`,
  ]);
});

test("labels in the words of a file are the labels they are there (T-04)", () => {
  const names = resolveNames(readLabelEncodings(fixture("label_encodings")).names);
  for (const [text, label] of [
    ["INTERNAL : INTERNAL USE ONLY", "4:1,4"],
    ["INTERNAL : NEED TO KNOW", "4:1,2,4"],
    ["in confidence partners", "5:4,5"],
    ["PUB PILOTS", "1:0"],
  ] as const) {
    assert.is(formatLabel(parseLabel(text, 1, names)), label);
  }
});

test("case, line ends, the last line's end, comments and a byte order mark mean nothing", () => {
  const text = fileOf("name= A; compartments= 0;");
  const names = namesOf(text);
  assert.equal(names, { levels: { S: 5 }, words: [{ name: "A", categories: "0" }] });
  for (const same of [
    text.replaceAll("\n", "\r\n"),
    text.trimEnd(),
    `\uFEFF${text}`,
    text.replaceAll("; ", "\n"),
    text.replaceAll("; ", ";;\t;\n\n * a comment; name= X;\n"),
    text.toLowerCase().replace("name= s", "name= S").replace("name= a", "name= A"),
  ]) {
    assert.equal(namesOf(same), names, same);
    assert.equal(notesOf(same), [], same);
  }
});

test("compartments are one, several or ranges, and inverse with ~", () => {
  const names = namesOf(fileOf("name= A; compartments= 0 4-6 ~200-202 ~255;\nname= B; compartments=7;"));
  assert.equal(names.words, [
    { name: "A", categories: "0,4.6,~200.202,~255" },
    { name: "B", categories: "7" },
  ]);
});

test("a name that a policy can't have is left out, and what else has it stays", () => {
  const text = fileOf(
    "name= 5 EYES; compartments= 0;\nname= B; sname= s1; compartments= 1;\nname= C\u200b; compartments= 2;",
    "name= constructor; value= 1;\nname= S; sname= 0x; value= 5;",
  );
  const { names } = reading(text);
  assert.equal(names, { levels: { S: 5 }, words: [{ name: "B", categories: "1" }] });
  assert.equal(notesOf(text), [
    '3:1 lost: the name "constructor" is left out: can\'t be used as a key',
    '4:1 lost: the name "0x" is left out: "0x" would be read as a number; begin with a letter',
    '7:1 lost: the name "5 EYES" is left out: "5 EYES" would be read as a number; begin with a letter',
    '8:1 lost: the name "s1" is left out: "s1" would be read as a number; begin with a letter',
    '9:1 lost: the name "C\u200b" is left out: has a character that can\'t be seen',
  ]);
});

test("a short name with two meanings is left out, one that is said twice is not", () => {
  const words = "name= AA; sname= X; compartments= 0;\nname= BB; sname= X; compartments= 1;\n";
  const same = "name= CC; sname= Y; compartments= 2;\nname= Y; iname= Z; compartments= 2;";
  const text = fileOf(`${words}${same}`);
  assert.equal(namesOf(text).words, [
    { name: "AA", categories: "0" },
    { name: "BB", categories: "1" },
    { name: "CC", short: "Y", alternates: ["Z"], categories: "2" },
  ]);
  assert.equal(notesOf(text), [
    '6:1 lost: the name "X" is left out: it has two meanings in this file',
    '7:1 lost: the name "X" is left out: it has two meanings in this file',
  ]);
});

const ODD: readonly (readonly [what: string, text: string, ...notes: string[]])[] = [
  [
    "a value given twice: the last counts",
    fileOf("name= A; compartments= 0;", "name= S; value= 4; value= 5;"),
    "3:10 warning: value= is given again in line 3, which counts",
  ],
  [
    "one value of two classifications",
    fileOf("name= A; compartments= 0;", "name= S; value= 5;\nname= T; value= 5;"),
    '4:10 warning: "S" in line 3 has the value 5 too',
  ],
  [
    "inverse initial compartments",
    fileOf("name= A; compartments= 0;", "name= S; value= 5; initial compartments= ~3;"),
    "3:20 warning: inverse compartments of a classification say nothing",
  ],
  [
    "markings of a classification",
    fileOf("name= A; compartments= 0;", "name= S; value= 5; initial markings= 3;"),
    '3:20 lost: "initial markings= 3": labels have no markings',
  ],
  ["no names at all", fileOf("", ""), "warning: there is no name in it that a policy can have"],
];

for (const [what, text, ...notes] of ODD) {
  test(`${what} is reported and read`, () => {
    assert.equal(notesOf(text), notes);
  });
}

test("the values that count are the last", () => {
  assert.equal(namesOf(fileOf("", "name= S; value= 4; value= 5;")).levels, { S: 5 });
});

const WRONG: readonly (readonly [what: string, text: string, ...errors: string[]])[] = [
  ["an empty file", "", "error: there is no CLASSIFICATIONS:", "error: there is no SENSITIVITY LABELS:"],
  [
    "a file without a version",
    fileOf("name= A; compartments= 0;").replace("VERSION= 1\n", ""),
    "1:1 error: the file begins without VERSION=",
  ],
  [
    "a second version",
    fileOf("name= A; compartments= 0;\nVERSION= 2"),
    '7:1 error: "version=" is no keyword here: expected name=, sname=, iname=, compartments=, prefix=, suffix=, prefix, suffix, minclass=, ominclass=, maxclass=, omaxclass=, markings=, flags=, access related',
  ],
  [
    "something in no section",
    `VERSION= 1\nname= X\n${fileOf("").slice(11)}`,
    '2:1 error: "NAME=" in no section: expected CLASSIFICATIONS:',
  ],
  [
    "sections in another order",
    "VERSION= 1\nSENSITIVITY LABELS:\nWORDS:\nCLASSIFICATIONS:\n",
    "4:1 error: CLASSIFICATIONS: stands behind SENSITIVITY LABELS:, where it can't be",
  ],
  [
    "a section twice",
    `${fileOf("")}SENSITIVITY LABELS:\nWORDS:\n`,
    "7:1 error: SENSITIVITY LABELS: stands behind SENSITIVITY LABELS:, where it can't be",
  ],
  ["no sensitivity labels", "VERSION= 1\nCLASSIFICATIONS:\n", "error: there is no SENSITIVITY LABELS:"],
  [
    "sensitivity labels without WORDS:",
    "VERSION= 1\nCLASSIFICATIONS:\nSENSITIVITY LABELS:\n",
    "3:1 error: SENSITIVITY LABELS: begins with WORDS:",
  ],
  [
    "words before WORDS:",
    fileOf("").replace("WORDS:", "name= A;"),
    "5:1 error: SENSITIVITY LABELS: begins with WORDS:",
  ],
  [
    "a blank before =, several unknown keywords at once",
    fileOf("", "name = S; value= 5; colour= red"),
    '3:1 error: "name =" is no keyword here: expected name=, sname=, aname=, value=, initial compartments=, initial markings=',
    "3:11 error: an entry begins with name=",
    '3:21 error: "colour=" is no keyword here: expected name=, sname=, aname=, value=, initial compartments=, initial markings=',
  ],
  ["an entry without a name", fileOf("", "value= 5;"), "3:1 error: an entry begins with name="],
  ["an empty name", fileOf("", "name= ; value= 5; name= T; value= 6"), "3:1 error: name= is empty"],
  [
    "a classification without a value",
    fileOf("", "name= S;"),
    '3:1 error: value= of "S": expected 0 to 255, found nothing',
  ],
  [
    "a value that is no number",
    fileOf("", "name= S; value= 5x;"),
    '3:10 error: value= of "S": expected 0 to 255, found "5x"',
  ],
  [
    "a value past the last (L-01)",
    fileOf("", "name= S; value= 32768;"),
    '3:10 error: value= of "S": expected 0 to 255, found "32768"',
  ],
  [
    "a slash or comma in a classification's names",
    fileOf("", "name= A/B; sname= A,B; aname= B/A; value= 5;"),
    '3:1 error: "A/B": the name of a classification has no "/" and no ","',
    '3:1 error: "A,B": the name of a classification has no "/" and no ","',
    '3:1 error: "B/A": the name of a classification has no "/" and no ","',
  ],
  ["a comma in a word", fileOf("name= A,B; compartments= 1;"), '6:1 error: "A,B": a word has no ","'],
  ...["256", "5-4", "5-5", "-5", "5-", "~", "~~5", "5,6", "x", "1-256", "0x5"].map(
    (item) =>
      [
        `the compartments ${item}`,
        fileOf(`name= A; compartments= 1 ${item};`),
        `6:10 error: "${item}": expected a compartment, 0 to 255, or a range 4-5; ~ before inverse ones`,
      ] as const,
  ),
  [
    "compartments that are set and cleared",
    fileOf("name= A; compartments= 1 4-6 ~5;"),
    "6:10 error: compartment 5 is set and cleared; leave out one of them",
  ],
  [
    "a prefix and a suffix that nothing defines",
    fileOf("name= A; compartments= 1; prefix= REL; suffix= ONLY;"),
    '6:27 error: "prefix= REL": no prefix or suffix above has this name',
    '6:40 error: "suffix= ONLY": no prefix or suffix above has this name',
  ],
  [
    "more words than a policy can have",
    fileOf(Array.from({ length: 4097 }, (_, i) => `name= W${i}; compartments= 0-255;`).join("\n")),
    "error: names.words: 1048832 categories in all: at most 1048576",
  ],
];

for (const [what, text, ...errors] of WRONG) {
  test(`refused, and no name is taken: ${what}`, () => {
    assert.equal(errorsOf(readLabelEncodings, text), errors);
  });
}

test("classification 32767, level 255 and compartment 255 are the last there are (L-01)", () => {
  assert.is(notesOf(fileOf("", "name= S; value= 5;\nname= T; value= 32767;")).length, 1);
  assert.equal(namesOf(fileOf("", "name= S; value= 255;")).levels, { S: 255 });
  assert.is(notesOf(fileOf("", "name= S; value= 5;\nname= T; value= 256;")).length, 1);
  assert.equal(namesOf(fileOf("name= A; compartments= 0-255;")).words, [{ name: "A", categories: "0.255" }]);
});

test(`a line of ${MAX_LINE} characters is read, and one of one more is refused`, () => {
  const line = (length: number): string => fileOf(`${"name= A; compartments= 1;".padEnd(length)}`);
  assert.is(namesOf(line(MAX_LINE)).words?.length, 1);
  assert.equal(errorsOf(readLabelEncodings, line(MAX_LINE + 1)), [
    `6:${MAX_LINE + 1} error: longer than ${MAX_LINE} characters`,
  ]);
});

test(`${MAX_LINES} lines are read, and one more is refused`, () => {
  const text = fileOf("name= A; compartments= 1;").padEnd(
    MAX_LINES + fileOf("name= A; compartments= 1;").length - 6,
    "\n",
  );
  assert.equal(notesOf(text), []);
  assert.equal(errorsOf(readLabelEncodings, `${text}\n`), [
    `${MAX_LINES + 1}:1 error: more than ${MAX_LINES} lines; the rest is not read`,
  ]);
});

test("anything at all is read, or refused with every error: 4,000 texts", () => {
  const pieces = ["VERSION= 1\n", "CLASSIFICATIONS:\n", "name= S; value= 5;\n", "name= T S; sname= T; value= 5;\n"];
  const more = [
    "SENSITIVITY LABELS:\n",
    "WORDS:\n",
    "name= S; compartments= 0 ~5;\n",
    "name= P; prefix;\n",
    "prefix= P;",
  ];
  const odd = [
    "compartments= 4;",
    "markings= 1;",
    "* x",
    ";",
    "\n",
    "\r\n",
    "= ",
    "__proto__",
    "ACCREDITATION RANGE:\n",
  ];
  const levels = fc.constantFrom("name= S; value= 5;", "name= T; sname= S; value= 6;", "name= constructor; value= 7;");
  const words = fc.constantFrom(
    "name= A; compartments= 0 ~5;",
    "name= B; sname= A; compartments= 0;",
    "name= 5; compartments= 1;",
  );
  const sound = fc
    .tuple(fc.uniqueArray(words), fc.uniqueArray(levels))
    .map(([second, first]) => fileOf(second.join("\n"), first.join("\n")));
  assertReads(readLabelEncodings, [...pieces, ...more, ...odd], sound, 4000);
});

test.run();
