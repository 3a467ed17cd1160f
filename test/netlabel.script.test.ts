import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commandsOf, type PlacedNote, partsOf, quoted } from "../ts/import/netlabel-script.ts";

const test = suite("netlabel script");

/** Commands as lists of words, and errors as `line:column message`. */
function read(text: string): { commands: string[][]; errors: string[] } {
  const notes: PlacedNote[] = [];
  const commands = commandsOf(text, 0, notes).map((words) => words.map((word) => word.text));
  return { commands, errors: notes.map(({ at, message }) => `${at.line}:${at.column} ${message}`) };
}

const commands = (text: string): string[][] => {
  const { commands: found, errors } = read(text);
  assert.equal(errors, []);
  return found;
};

const error = (text: string): string => {
  const { errors } = read(text);
  assert.is(errors.length, 1, errors.join("\n"));
  return errors[0]!;
};

test("a line is a command; blank lines and comments are none", () => {
  assert.equal(commands("#!/bin/sh\n\n  # a comment\na b\n \t\nc\td  # and; more && words $(x)\n"), [
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("a # inside a word begins no comment", () => {
  assert.equal(commands("a b#c '#' \\# d"), [["a", "b#c", "#", "#", "d"]]);
});

test("; and && stand between commands, with or without blanks, and && may end a line", () => {
  assert.equal(commands("a;b ; c&&d &&\n\n# on the next line\ne;"), [["a"], ["b"], ["c"], ["d"], ["e"]]);
});

test("a backslash at the end of a line joins it with the next, inside a word too", () => {
  assert.equal(commands("a b \\\n  c\nd\\\ne f\\\r\ng"), [
    ["a", "b", "c"],
    ["de", "fg"],
  ]);
});

test("a comment does not go on behind a backslash", () => {
  assert.equal(commands("a # b \\\nc"), [["a"], ["c"]]);
});

test("quotes keep what is between them, and are no part of the word", () => {
  assert.equal(commands(`a 'b c' "d;e" f'g'"h" '' "x\\"y" "\\z" 'p\\q' r\\ s`), [
    ["a", "b c", "d;e", "fgh", "", 'x"y', "\\z", "p\\q", "r s"],
  ]);
});

test("lines end with LF or CRLF, the last one with nothing too, and a byte order mark is passed over", () => {
  assert.equal(commands("\uFEFFa b\r\nc\r\n\r\nd"), [["a", "b"], ["c"], ["d"]]);
  assert.equal(commands("a b\r"), [["a", "b"]]);
  assert.is(error("\uFEFF$a"), '1:1 "$" is shell syntax; only plain commands are read: write out what it stands for');
});

for (const [name, text, at] of [
  ["a variable", "a\nb $DOI", "2:3"],
  ["a variable in double quotes", 'a "b$c"', "1:5"],
  ["a command in back quotes", "a `b`", "1:3"],
  ["a pipe", "a | b", "1:3"],
  ["a background command", "a & b", "1:3"],
  ["a redirection", "a b>c", "1:4"],
  ["a subshell", "(a)", "1:1"],
  ["a brace expansion", "a {b,c}", "1:3"],
  ["a pattern", "a b*", "1:4"],
  ["a home directory", "a ~/b", "1:3"],
  ["a condition", "if a; then", "1:1"],
  ["a loop", "a\n  for i in b", "2:3"],
  ["an assignment", "DOI=8", "1:1"],
  ["a negation", "! a", "1:1"],
] as const) {
  test(`other shell syntax is an error that says what is read, with line and column: ${name}`, () => {
    const message = error(text);
    assert.ok(message.startsWith(`${at} `), message);
    assert.match(message, /is shell syntax; only plain commands are read: write out what it stands for$/);
  });
}

test("syntax in quotes, and words of the shell that are arguments or in quotes, are none", () => {
  assert.equal(commands("a '$b|c' if b=c x~ ! ; 'if' d"), [
    ["a", "$b|c", "if", "b=c", "x~", "!"],
    ["if", "d"],
  ]);
});

test("a quote that is not closed on its line is an error where it opens, and the next line is read", () => {
  assert.equal(read("a 'b\nc \"d\ne"), {
    commands: [["e"]],
    errors: ["1:3 this ' is not closed on its line", '2:3 this " is not closed on its line'],
  });
});

test("a separator without a command on both sides is an error; a last ; is none", () => {
  assert.is(error("; a"), '1:1 no command stands before ";"');
  assert.is(error("a ;; b"), '1:4 no command stands before ";"');
  assert.is(error("a && && b"), '1:6 no command stands before "&&"');
  assert.is(error("a &&"), '1:3 no command stands behind "&&"');
  assert.is(error("a &&\n# b"), '1:3 no command stands behind "&&"');
  assert.is(error("a \\"), '1:3 nothing stands behind this "\\"');
});

test("characters that can't be seen are errors wherever they stand", () => {
  for (const [character, name] of [
    ["\u0000", "U+0000"],
    ["\u001b", "U+001B"],
    ["\u00a0", "U+00A0"],
    ["\u200b", "U+200B"],
    ["\u202e", "U+202E"],
    ["\u2028", "U+2028"],
    ["\ud800", "U+D800"],
    ["\r", "U+000D"],
  ]) {
    for (const [text, column] of [
      [`a b${character}c`, 4],
      [`a 'b${character}c'`, 5],
      [`a "b${character}c"`, 5],
      [`a b\\${character}c`, 5],
    ] as const) {
      assert.is(error(text), `1:${column} a character that can't be seen (${name}); leave it out`);
    }
  }
  assert.equal(commands("a ünïcödé 😀"), [["a", "ünïcödé", "😀"]]);
});

test("every line that can't be read is reported, and commands before and behind it are read", () => {
  assert.equal(read("a; b $c; d\ne | f\ng"), {
    commands: [["a"], ["g"]],
    errors: [
      '1:6 "$" is shell syntax; only plain commands are read: write out what it stands for',
      '2:3 "|" is shell syntax; only plain commands are read: write out what it stands for',
    ],
  });
});

test("parts of a word have columns where it stands as it is; in quotes they have the word's", () => {
  const [[plain, inQuotes]] = commandsOf("a:b,c 'd:e,f'", 0, []) as [[Parameters<typeof partsOf>[0], never]];
  assert.equal(
    partsOf(plain, ",").map(({ text, column }) => [text, column]),
    [
      ["a:b", 1],
      ["c", 5],
    ],
  );
  assert.equal(
    partsOf(inQuotes, ",").map(({ text, column }) => [text, column]),
    [
      ["d:e", 7],
      ["f", 7],
    ],
  );
});

test("a long text is shown in part", () => {
  assert.is(quoted("x".repeat(60)), `"${"x".repeat(60)}"`);
  assert.is(quoted("x".repeat(61)), `"${"x".repeat(59)}…"`);
});

test.run();
