/**
 * The words of a script of plain commands: what a POSIX shell makes of quotes, `\`, `#`, `;` and `&&`, and nothing that
 * needs a shell to run. Anything else is an error, since what it does can't be known from the text.
 *
 * @module
 */
import type { ImportNote } from "./reading.ts";

/** A character of a file. */
export interface Place {
  /** Index of the file. */
  readonly file: number;
  /** Counted from 1, as is the column. */
  readonly line: number;
  readonly column: number;
}

/** A note before its file has a name. */
export interface PlacedNote extends Pick<ImportNote, "severity" | "code" | "message"> {
  /** `line` and `column` 0: the file as a whole. */
  readonly at: Place;
}

/** A word as a command gets it: without its quotes. */
export interface Word extends Place {
  readonly text: string;
  /** Whether it stands in the file as in `text`, so that its parts have columns too. */
  readonly plain: boolean;
}

/** Characters of a file that a message shows at most. */
const MAX_SHOWN = 60;

/** A text as messages show it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`);
}

/** The word from its character `from` to before `to`. */
export function partOf(word: Word, from: number, to: number = word.text.length): Word {
  return { ...word, text: word.text.slice(from, to), column: word.plain ? word.column + from : word.column };
}

/** The parts of a word between separators. */
export function partsOf(word: Word, separator: string): Word[] {
  let from = 0;
  return word.text.split(separator).map((text) => {
    const part = partOf(word, from, from + text.length);
    from += text.length + separator.length;
    return part;
  });
}

const PLAIN_COMMANDS = "only plain commands are read: write out what it stands for";
const SYNTAX = new Set("$`|&<>(){}*?[");
const RESERVED = new Set(
  "! case coproc do done elif else esac fi for function if in select then time until while".split(" "),
);
// Characters that stand for themselves wherever in a word they are: nearly all there are, so they are taken together.
const LITERAL = /[\w!#%+,\-./:=@\]^]+/y;
// What can't be seen, or looks like a blank and is none.
const UNSEEN = /[\p{C}\p{Z}]/u;

/** What a word is made of so far, and where its reading stands. */
interface Cursor {
  at: number;
  line: number;
  lineStart: number;
}

/** Something no command can be made of. */
class Unreadable extends Error {
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

/** The commands of a script, each a list of words. What can't be read is an error, and the rest of its line is left out. */
export function commandsOf(text: string, file: number, notes: PlacedNote[]): Word[][] {
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const cursor: Cursor = { at: start, line: 1, lineStart: start };
  const commands: Word[][] = [];
  let words: Word[] = [];
  let waiting: Place | null = null; // an `&&` that has no command behind it yet

  const place = (): Place => ({ file, line: cursor.line, column: cursor.at - cursor.lineStart + 1 });
  const end = (): void => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  const step = (): void => {
    const character = text[cursor.at]!;
    if (character === " " || character === "\t") cursor.at++;
    else if (newlineAt(text, cursor.at) > 0) {
      end();
      passNewline(text, cursor);
    } else if (character === "\\" && newlineAt(text, cursor.at + 1) > 0) {
      cursor.at++;
      passNewline(text, cursor);
    } else if (character === "#") cursor.at = lineEnd(text, cursor.at);
    else if (character === ";" || text.startsWith("&&", cursor.at)) {
      const separator = character === ";" ? ";" : "&&";
      if (words.length === 0) throw new Unreadable(`no command stands before "${separator}"`, place());
      waiting = separator === "&&" ? place() : null;
      cursor.at += separator.length;
      end();
    } else {
      const word = wordAt(text, file, cursor);
      if (words.length === 0 && word.plain) refuseSyntax(word);
      words.push(word);
      waiting = null;
    }
  };
  while (cursor.at < text.length) {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      notes.push({ severity: "error", at: error.place, code: null, message: error.message });
      words = [];
      waiting = null;
      cursor.at = lineEnd(text, cursor.at);
    }
  }
  end();
  if (waiting !== null) {
    notes.push({ severity: "error", at: waiting, code: null, message: 'no command stands behind "&&"' });
  }
  return commands;
}

// A word of its own that makes the line more than a command.
function refuseSyntax(word: Word): void {
  if (RESERVED.has(word.text) || /^[A-Za-z_]\w*\+?=/.test(word.text)) {
    throw new Unreadable(`${quoted(word.text)} is shell syntax; ${PLAIN_COMMANDS}`, word);
  }
}

function wordAt(text: string, file: number, cursor: Cursor): Word {
  const { line, lineStart, at: from } = cursor;
  const start: Place = { file, line, column: from - lineStart + 1 };
  let word = "";
  let plain = true;
  while (cursor.at < text.length) {
    LITERAL.lastIndex = cursor.at;
    const [literal] = LITERAL.exec(text) ?? [""];
    word += literal;
    cursor.at += literal.length;
    const character = text[cursor.at] ?? " ";
    if (" \t;".includes(character) || newlineAt(text, cursor.at) > 0 || text.startsWith("&&", cursor.at)) break;
    if (character === "'" || character === '"') {
      word += quotedAt(text, file, cursor, character);
      plain = false;
    } else if (character === "\\") {
      word += escapedAt(text, file, cursor, null);
      plain = false;
    } else if (SYNTAX.has(character) || (character === "~" && cursor.at === from)) {
      throw new Unreadable(`"${character}" is shell syntax; ${PLAIN_COMMANDS}`, placeOf(file, cursor));
    } else word += seenAt(text, file, cursor);
  }
  return { ...start, text: word, plain };
}

// The text between two quotes. They close on the line they open on, or a line is missing one.
function quotedAt(text: string, file: number, cursor: Cursor, quote: string): string {
  const open = placeOf(file, cursor);
  let inner = "";
  cursor.at++;
  while (cursor.at < text.length && newlineAt(text, cursor.at) === 0) {
    const character = text[cursor.at]!;
    if (character === quote) {
      cursor.at++;
      return inner;
    }
    if (quote === '"' && character === "\\") inner += escapedAt(text, file, cursor, '"\\$`');
    else if (quote === '"' && (character === "$" || character === "`")) {
      throw new Unreadable(`"${character}" is shell syntax; ${PLAIN_COMMANDS}`, placeOf(file, cursor));
    } else if (character === " ") {
      inner += character;
      cursor.at++;
    } else inner += seenAt(text, file, cursor);
  }
  throw new Unreadable(`this ${quote} is not closed on its line`, open);
}

// What a backslash and the character behind it stand for; `only`: the characters it takes the meaning of.
function escapedAt(text: string, file: number, cursor: Cursor, only: string | null): string {
  const place = placeOf(file, cursor);
  cursor.at++;
  if (newlineAt(text, cursor.at) > 0) {
    passNewline(text, cursor);
    return "";
  }
  const next = text[cursor.at];
  if (next === undefined) throw new Unreadable('nothing stands behind this "\\"', place);
  if (only !== null && !only.includes(next)) return "\\";
  if (next !== " ") return seenAt(text, file, cursor);
  cursor.at++;
  return next;
}

function seenAt(text: string, file: number, cursor: Cursor): string {
  const code = text.codePointAt(cursor.at)!;
  const character = String.fromCodePoint(code);
  if ((code < 0x21 || code > 0x7e) && UNSEEN.test(character)) {
    const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
    throw new Unreadable(`a character that can't be seen (${name}); leave it out`, placeOf(file, cursor));
  }
  cursor.at += character.length;
  return character;
}

function placeOf(file: number, { at, line, lineStart }: Cursor): Place {
  return { file, line, column: at - lineStart + 1 };
}

// Characters of the line's end that is here; 0: none is. The last newline may be missing behind its return.
function newlineAt(text: string, at: number): number {
  if (text[at] === "\n") return 1;
  if (text[at] !== "\r") return 0;
  return at + 1 === text.length ? 1 : text[at + 1] === "\n" ? 2 : 0;
}

function passNewline(text: string, cursor: Cursor): void {
  cursor.at += newlineAt(text, cursor.at);
  cursor.line++;
  cursor.lineStart = cursor.at;
}

// Where the line ends: a return before its newline is the end's.
function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  if (end < 0) return text.length;
  return end > at && text[end - 1] === "\r" ? end - 1 : end;
}
