// SELinux's setrans.conf (spec label-options section 6): names that are read as mcstransd reads them, the rest reported.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSetrans } from "../ts/import/setrans.ts";
import { formatLabel } from "../ts/label.ts";
import { parseLabel } from "../ts/notation.ts";
import type { NamesInput } from "../ts/policy/input.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { assertReads, errorsOf, fixture, sayNotes } from "./reading-names.ts";

const test = suite("setrans.conf");

const reading = (text: string) => readSetrans({ name: "setrans.conf", text });
const namesOf = (text: string): NamesInput => reading(text).names;
const notesOf = (text: string): string[] => sayNotes(reading(text));

const SAYS_NOTHING = "inverse categories count only in Default, others only outside of it";

test("a whole file: names of labels, levels and words, and a note for everything else", () => {
  const file = readSetrans(fixture("setrans.conf"));
  assert.equal(file.names, {
    levels: { Public: 1, PUB: 1, Confidential: { value: 5, categories: "4,5,190,191" }, Secret: 5 },
    words: [
      { name: "ALPHA", categories: "0" },
      { name: "Bravo Charlie", categories: "1,2" },
      { name: "PARTNERS", categories: "~190,~191" },
      { name: "CARRIERS", categories: "3,~192" },
    ],
    labels: { SystemLow: "0", SystemHigh: "15:0.1023", PatientRecord: "0:0" },
  });
  const group = "lost: a group: its words stand where any others may";
  const constraint = "lost: a constraint: a policy has none on what goes together in a label";
  assert.equal(sayNotes(file), [
    '5:1 lost: "SystemLow-SystemHigh" is left out: it names a range, and not a label',
    '7:1 lost: "Nowhere" is left out: its level is above 255, the highest that a packet can show',
    "9:1 lost: a domain: the names of all domains are one table",
    '10:1 lost: the file "/etc/selinux/mls/setrans.d/*.conf" is not read; read it by itself',
    `18:1 ${group}`,
    "19:1 lost: Whitespace: words are separated by blanks alone",
    "20:1 lost: Join: words are joined by blanks alone",
    `23:1 lost: "NOTHING" is left out: ${SAYS_NOTHING}`,
    `25:1 ${group}`,
    "26:1 lost: Prefix: words are written without a prefix",
    "27:1 lost: Suffix: words are written without a suffix",
    `30:1 warning: "CARRIERS": some of its categories say nothing: ${SAYS_NOTHING}`,
    `32:1 ${constraint}`,
    `33:1 ${constraint}`,
    `34:1 ${constraint}`,
  ]);
});

test("labels in the words of a file are the labels they are there", () => {
  const names = resolveNames(readSetrans(fixture("setrans.conf")).names);
  for (const [text, label] of [
    ["patientrecord", "0:0"],
    ["Confidential", "5:4,5,190,191"],
    ["Confidential PARTNERS", "5:4,5"],
    ["Secret bravo charlie ALPHA", "5:0.2"],
    ["pub carriers", "1:3"],
  ] as const) {
    assert.is(formatLabel(parseLabel(text, 1, names)), label);
  }
});

test("blanks, comments, line ends and a byte order mark mean nothing", () => {
  const names = { labels: { "Top Name": "5:0,2.4" } };
  for (const text of [
    "s5:c0,c2.c4=Top Name",
    " \ts5:c0,c2.c4 \t=\t Top Name \t\r\n",
    "\uFEFFs5:c0,c2.c4=Top Name\r\n\r\n",
    "# s1=A\n   # =\n\ns5:c0,c2.c4=Top Name#s1=B\n#",
  ]) {
    assert.equal(reading(text), { names, notes: [] }, text);
  }
});

test("an entry with a level alone names a label before Base, and a level behind it", () => {
  assert.equal(namesOf("s5=Secret\nBase=Levels\ns5=Secret\ns6:c0=More\n"), {
    levels: { Secret: 5, More: { value: 6, categories: "0" } },
    labels: { Secret: "5" },
  });
});

test("a domain ends a group, and the names of all domains are one table", () => {
  const text = "Base=B\ns5=A\nModifierGroup=G\nc0=X\nDomain=D\ns1=L\nBase=B\ns5=A\ns6=C\nModifierGroup=G\nc0=X\nc1=Y\n";
  assert.equal(namesOf(text), {
    levels: { A: 5, C: 6 },
    words: [
      { name: "X", categories: "0" },
      { name: "Y", categories: "1" },
    ],
    labels: { L: "1" },
  });
});

test("a name with two meanings in a file is left out", () => {
  const text = "s5=A\ns6=a\ns7=B\ns7=b\n";
  assert.equal(reading(text).names, { labels: { B: "7" } });
  assert.equal(notesOf(text), [
    '1:1 lost: the name "A" is left out: it has two meanings in this file',
    '2:1 lost: the name "a" is left out: it has two meanings in this file',
  ]);
});

test("a name that a policy can't have is left out", () => {
  const text = "s0=s0\ns1=__proto__\ns2=Good\ns3=A B C D E F G H I J K L M N O P Q\n";
  assert.equal(reading(text).names, { labels: { Good: "2" } });
  assert.equal(notesOf(text), [
    '1:1 lost: the name "s0" is left out: "s0" would be read as a number; begin with a letter',
    '2:1 lost: the name "__proto__" is left out: can\'t be used as a key',
    '4:1 lost: the name "A B C D E F G H I J K L M N O P Q" is left out: more than 16 words',
  ]);
});

test("categories of Default are cleared by inverse words, and set by none", () => {
  const text = "ModifierGroup=G\nDefault=c5.c9\n~c5,~c6=A\nc7=B\nc4,c7=C\n~c4=D\nc1=E\n";
  assert.equal(namesOf(text).words, [
    { name: "A", categories: "~5,~6" },
    { name: "C", categories: "4" },
    { name: "E", categories: "1" },
  ]);
  assert.equal(notesOf(text).slice(1), [
    `4:1 lost: "B" is left out: ${SAYS_NOTHING}`,
    `5:1 warning: "C": some of its categories say nothing: ${SAYS_NOTHING}`,
    `6:1 lost: "D" is left out: ${SAYS_NOTHING}`,
  ]);
});

test("a byte order mark is no column", () => {
  assert.equal(errorsOf(readSetrans, "\uFEFFs5"), errorsOf(readSetrans, "s5"));
});

test("a file without names says so", () => {
  for (const text of ["", "# nothing\n", "s0-s15=Range\n"]) {
    assert.is(notesOf(text).at(-1), "warning: there is no name in it that a policy can have");
  }
});

const EXPECTED = "expected a level and its name, s5:c0=Name, or a keyword and its value";

const WRONG: readonly (readonly [text: string, ...errors: string[]])[] = [
  ["s5", `1:1 error: "s5": ${EXPECTED}`],
  ["  =Name", `1:3 error: "=Name": ${EXPECTED}`],
  ["s5= # Name", `1:1 error: "s5=": ${EXPECTED}`],
  ["c5!", `1:1 error: "c5!": ${EXPECTED}`],
  ["disable=1", '1:1 error: "disable" is no label: expected s5, s5:c0,c2.c4, or a keyword'],
  ["base=Levels", '1:1 error: "base" is no label: expected s5, s5:c0,c2.c4, or a keyword'],
  ["S5=Name", '1:1 error: "S5" is no label: expected s5, s5:c0,c2.c4, or a keyword'],
  ["5:0=Name", '1:1 error: "5:0" is no label: expected s5, s5:c0,c2.c4, or a keyword'],
  ["s0-s1-s2=Name", '1:1 error: "s0-s1-s2" is no label: expected s5, s5:c0,c2.c4, or a keyword'],
  ["s0-=Name", '1:1 error: "s0-" is no label: expected s5, s5:c0,c2.c4, or a keyword'],
  ["s5:c3.c3=Name", '1:1 error: category run "c3.c3": the first must be below the last'],
  ["s5:c65535=Name", "1:1 error: category 65535: expected 0 to 65534"],
  ["s5-s6:x=Name", '1:1 error: categories "x": expected ca or ca.cb, with commas between'],
  ["Base=B\ns0-s1=Name", '2:1 error: "s0-s1": Base names levels, not ranges'],
  ["Join=/", "1:1 error: Join belongs to a group; put it behind ModifierGroup"],
  ["Default=c1", "1:1 error: Default belongs to a group; put it behind ModifierGroup"],
  ["ModifierGroup=G\nDefault=5", '2:1 error: categories "5": expected ca or ca.cb, with commas between'],
  ["ModifierGroup=G\nc0=A\nDefault=c5", "3:1 error: Default behind words of its group; put it before them"],
  [
    "ModifierGroup=G\nBase=B",
    "2:1 error: Base behind ModifierGroup names no levels; put it before, or a Domain between",
  ],
  ["ModifierGroup=G\nc0=A-B", '2:1 error: "A-B": a word of a group has no "-"'],
  ["ModifierGroup=G\ns5=A", '2:1 error: categories "s5": expected ca or ca.cb, with commas between'],
  ["ModifierGroup=G\nc0,=A", '2:1 error: "c0,": expected c0 or ~c0, with commas between'],
  ["ModifierGroup=G\n~=A", '2:1 error: "~": expected c0 or ~c0, with commas between'],
  ["ModifierGroup=G\n~~c1=A", '2:1 error: categories "~c1": expected ca or ca.cb, with commas between'],
  ["ModifierGroup=G\nc0.c4,~c3=A", "2:1 error: c3 is set and cleared; leave one of them out"],
  ["s1!s2", '1:1 error: categories "s2": expected ca or ca.cb, with commas between'],
  ["x>c1", '1:1 error: categories "x": expected ca or ca.cb, with commas between'],
  [
    "s5\ns6=\nbad=1",
    `1:1 error: "s5": ${EXPECTED}`,
    `2:1 error: "s6=": ${EXPECTED}`,
    '3:1 error: "bad" is no label: expected s5, s5:c0,c2.c4, or a keyword',
  ],
];

for (const [text, ...errors] of WRONG) {
  test(`refused, and no name is taken: ${JSON.stringify(text)}`, () => {
    assert.equal(errorsOf(readSetrans, text.includes("Group") ? text : `${text}\ns1=Good\n`), errors);
  });
}

test("level 255 is the last that is read", () => {
  assert.equal(namesOf("s255=Top\ns256=None\n"), { labels: { Top: "255" } });
});

test("a level has 16 names that bring other categories along, and one more is refused", () => {
  const text = (count: number): string =>
    `Base=B\n${Array.from({ length: count }, (_, i) => `s5:c${i}=L${i}\n`).join("")}`;
  assert.is(Object.keys(namesOf(text(16)).levels!).length, 16);
  assert.equal(errorsOf(readSetrans, text(17)), ["error: names.levels: level 5 has more than 16 sets of categories"]);
});

test("anything at all is read, or refused with every error: 4,000 texts", () => {
  const pieces = [
    "s5=A\n",
    "s5:c0=A B\n",
    "s0-s1=R\n",
    "Base=B\n",
    "ModifierGroup=G\n",
    "Default=c0.c5\n",
    "Domain=D\n",
  ];
  const more = ["c0=A\n", "~c1=B\n", "Join=/\n", "s5:", "c1", "=", "~", "!", ">", "#", "-", "\n", "\r\n", "__proto__"];
  const words = fc.array(fc.constantFrom("c7,~c2=C\n", "~c1=A\n", "c8=constructor\n", "Join=/\n", "c0!c1\n"));
  const levels = fc.array(fc.constantFrom("s5=A\n", "s5:c0=A\n", "s6=B\n", "s7=__proto__\n", "Base=B\n"));
  const sound = fc
    .tuple(levels, words)
    .map(([first, second]) => `${first.join("")}ModifierGroup=G\nDefault=c0.c5\n${second.join("")}`);
  assertReads(readSetrans, [...pieces, ...more], sound, 4000);
});

test.run();
