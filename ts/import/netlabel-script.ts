/**
 * Scripts of netlabelctl as commands: a shell script of nothing but such commands, or a rules file, where the word
 * netlabelctl is left out.
 *
 * @module
 */
import { type Notes, type Place, shown } from "./notes.ts";

/** A word, without the quotes around it. */
export interface Word {
  readonly text: string;
  readonly place: Place;
}

/** The words of one command, at least one. */
export type Command = readonly [Word, ...Word[]];

/** Commands of one file that are read. */
export const MAX_COMMANDS = 65_536;

// What a shell makes something else of than a word.
const SHELL = /[|&<>$`(){}*?!~[\]]/;

/** Splits a script into commands. What is more than plain commands is an error at its place. */
export function commandsOf(text: string, notes: Notes): Command[] {
  const commands: Command[] = [];
  let words: Word[] = [];
  let line = 1;
  let lineStart = 0;
  const end = (): void => {
    if (words.length > 0) commands.push(words as unknown as Command);
    words = [];
  };
  for (let at = 0; at < text.length; ) {
    const place = { line, column: at - lineStart + 1 };
    const character = text[at]!;
    if (character === "\n") {
      end();
      at++;
      line++;
      lineStart = at;
    } else if (/^\\\r?\n/.test(text.slice(at, at + 3))) {
      at += text[at + 1] === "\r" ? 3 : 2;
      line++;
      lineStart = at;
    } else if (/\s/.test(character)) {
      at++;
    } else if (character === "#") {
      while (at < text.length && text[at] !== "\n") at++;
    } else if (character === ";" || text.startsWith("&&", at)) {
      end();
      at += character === ";" ? 1 : 2;
    } else {
      const word = readWord(text, at, place, notes);
      at = word.end;
      if (word.text !== null) words.push({ text: word.text, place });
    }
    if (commands.length > MAX_COMMANDS) {
      notes.error(place, null, `more than ${MAX_COMMANDS} commands`);
      return [];
    }
  }
  end();
  return commands;
}

// A word up to the next blank; `null` where it is not one, which was said.
function readWord(text: string, from: number, place: Place, notes: Notes): { text: string | null; end: number } {
  let word = "";
  let at = from;
  let plain = true;
  while (at < text.length && !/[\s;]/.test(text[at]!) && !text.startsWith("&&", at)) {
    const character = text[at]!;
    if (character === '"' || character === "'") {
      const close = text.indexOf(character, at + 1);
      const lineEnd = text.indexOf("\n", at + 1);
      if (close < 0 || (lineEnd >= 0 && lineEnd < close)) {
        notes.error(place, null, `the quote ${character} is not closed on its line`);
        return { text: null, end: lineEnd < 0 ? text.length : lineEnd };
      }
      const quoted = text.slice(at + 1, close);
      if (character === '"' && /[$`\\]/.test(quoted)) plain = false;
      word += quoted;
      at = close + 1;
    } else {
      if (SHELL.test(character) || character === "\\") plain = false;
      word += character;
      at++;
    }
  }
  if (plain) return { text: word, end: at };
  notes.error(place, null, `${shown(text.slice(from, at))}: scripts of plain commands are read, no other shell syntax`);
  return { text: null, end: at };
}
