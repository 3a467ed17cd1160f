// Lines, fields and escapes of Trusted Extensions' files.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_NOTES, Notes, shown } from "../ts/import/notes.ts";
import {
  endOf,
  endOfWord,
  integerOf,
  isTooLong,
  MAX_RECORD,
  MAX_RECORDS,
  MAX_TX_NAME,
  recordsOf,
  split,
  textOf,
  trimmed,
} from "../ts/import/record.ts";
import { briefly } from "./importing.ts";

const test = suite("import, records");
const field = (raw: string) => ({ raw, line: 1, column: 1 });

function read(text: string): { records: string[]; notes: string[] } {
  const notes = new Notes("f");
  const records = Array.from(recordsOf(text, notes), ({ raw, line, column }) => `${line}:${column} ${raw}`);
  return { records, notes: briefly(notes.list()) };
}

test("comments in column 1 and blank lines are passed over; lines count", () => {
  const { records, notes } = read("# one\na:b\n\n \t\n #c\n#\nd");
  assert.equal(records, ["2:1 a:b", "5:1  #c", "7:1 d"]);
  assert.equal(notes, []);
});

test("line ends of either kind, a missing one and a byte order mark mean nothing", () => {
  for (const text of ["a\nb\n", "a\r\nb\r\n", "a\nb", "\uFEFFa\nb\n", "\uFEFFa\r\nb"]) {
    assert.equal(read(text).records, ["1:1 a", "2:1 b"]);
  }
});

test("F-14: a file without entries is empty, error 2, as a warning", () => {
  for (const text of ["", "\n\n", "# a\n", "\uFEFF", "\uFEFF#"]) assert.equal(read(text).notes, ["f warning 2"], text);
});

test("a backslash takes the next character for what it is; at the end it is malformed, error 3", () => {
  assert.equal(split(field("a\\:b:c\\\\:d"), ":").map(textOf), ["a:b", "c\\", "d"]);
  assert.is(textOf(field("\\a\\\\\\😀")), "a\\😀");
  assert.equal(read("a\\\nb\\\\\nc\\\\\\\n"), { records: ["2:1 b\\\\"], notes: ["f:1:2 error 3", "f:3:4 error 3"] });
});

test("parts know where they stand", () => {
  assert.equal(split(field("a;;b\\;c;"), ";"), [
    { raw: "a", line: 1, column: 1 },
    { raw: "", line: 1, column: 3 },
    { raw: "b\\;c", line: 1, column: 4 },
    { raw: "", line: 1, column: 9 },
  ]);
  assert.equal(trimmed(field(" \t\v\f\rab \t")), { raw: "ab", line: 1, column: 6 });
});

test("F-21: words end at white space, unless it is escaped", () => {
  assert.is(endOf("a b:c", ":"), 3);
  assert.is(endOfWord("a b:c", ":"), 1);
  assert.is(endOfWord("a\\ b:c", ":"), 4);
  assert.is(endOfWord("abc", ":"), 3);
});

test("F-10: numbers are read with base 0, whole or not at all", () => {
  const numbers = { "0": 0, "1": 1, "16": 16, "0x10": 16, "0XfF": 255, "010": 8, "00": 0, "4294967296": 4294967296 };
  for (const [text, number] of Object.entries(numbers)) assert.is(integerOf(text), number, text);
  for (const text of ["", " 1", "1 ", "-1", "+1", "08", "0x", "1a", "1.0", "1e3", "١", "9".repeat(400)]) {
    assert.is(integerOf(text), null, text);
  }
});

test("bound: a name of 63 octets, and none of 64", () => {
  assert.not(isTooLong("x".repeat(MAX_TX_NAME)));
  assert.ok(isTooLong("x".repeat(MAX_TX_NAME + 1)));
  assert.not(isTooLong("é".repeat(31)));
  assert.ok(isTooLong("é".repeat(32)));
});

test("bound: a record of 65,536 characters, and none of one more", () => {
  assert.is(MAX_RECORD, 65_536);
  assert.is(read("x".repeat(MAX_RECORD)).records.length, 1);
  const { records, notes } = read(`${"x".repeat(MAX_RECORD + 1)}\ny`);
  assert.equal(records, ["2:1 y"]);
  assert.equal(notes, [`f:1:${MAX_RECORD + 1} error 3`]);
});

test("bound: 1,048,576 records, and the next is an error", () => {
  const notes = new Notes("f");
  const count = (text: string): number => {
    let records = 0;
    for (const _ of recordsOf(text, notes)) records++;
    return records;
  };
  assert.is(MAX_RECORDS, 1_048_576);
  assert.is(count("x\n".repeat(MAX_RECORDS)), MAX_RECORDS);
  assert.is(notes.errors, 0);
  assert.is(count("x\n".repeat(MAX_RECORDS + 2)), MAX_RECORDS);
  assert.equal(briefly(notes.list()), [`f:${MAX_RECORDS + 1}:1 error`]);
});

test("bound: 10,000 notes are listed; of more it is said how many, and whether errors are among them", () => {
  for (const severity of ["error", "warning"] as const) {
    const notes = new Notes("f");
    for (let line = MAX_NOTES; line >= 1; line--) notes.add("lost", { line, column: 1 }, null, "x");
    assert.equal([notes.list().length, notes.list()[0]!.line], [10_000, 1]);
    notes.add(severity, { line: 1, column: 1 }, null, "x");
    assert.is(notes.list().length, 10_001);
    const last = notes.list().at(-1)!;
    assert.equal([last.severity, last.line], [severity, null]);
    assert.match(last.message, /^1 more .* 10000 lost$/);
    assert.is(notes.errors, severity === "error" ? 1 : 0);
  }
});

test("notes are in the order of the file, about the whole of it last", () => {
  const notes = new Notes("f");
  for (const place of [null, { line: 2, column: 1 }, { line: 1, column: 9 }, { line: 1, column: 2 }]) {
    notes.error(place, null, "x");
  }
  assert.equal(briefly(notes.list()), ["f:1:2 error", "f:1:9 error", "f:2:1 error", "f error"]);
});

test("what a message shows of a file is short, in quotes, and on one line", () => {
  assert.is(shown("a\nb"), '"a\\nb"');
  assert.is(shown("x".repeat(60)).length, 62);
  assert.is(shown("x".repeat(61)), `"${"x".repeat(59)}…"`);
});

test.run();
