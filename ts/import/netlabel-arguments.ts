/**
 * The arguments of a netlabelctl command: flags anywhere, then words and `key:value` in any order.
 *
 * @module
 */
import { EINVAL } from "./netlabel-errors.ts";
import { type PlacedNote, partOf, quoted, type Word } from "./netlabel-script.ts";

/** Notes an error. */
export function refuse(notes: PlacedNote[], at: Word, message: string, code: number | null): null {
  notes.push({ severity: "error", at, code, message });
  return null;
}

/** The words without flags, which getopt takes anywhere. `null`: it prints help and does nothing else, or a flag is refused. */
export function withoutFlags(words: readonly Word[], notes: PlacedNote[]): Word[] | null {
  const rest: Word[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const match = /^-([pv]*)(?:([hV])|t(.*))?$/s.exec(word.text);
    if (!word.text.startsWith("-")) rest.push(word);
    else if (match === null || word.text === "-") {
      return refuse(notes, word, `${quoted(word.text)} is no flag: expected -p, -v, -t SECONDS, -h or -V`, null);
    } else if (match[2] !== undefined) return null;
    else if (match[3] !== undefined) {
      const seconds = match[3] === "" ? words[++i] : partOf(word, word.text.length - match[3].length);
      if (!/^\d+$/.test(seconds?.text ?? "")) {
        return refuse(notes, seconds ?? word, "-t takes a number of seconds", null);
      }
    }
  }
  return rest;
}

/** The arguments of a command: flags, and values behind `key:`. Each is taken once; what is not taken is refused. */
export class Arguments {
  readonly at: Word;
  readonly notes: PlacedNote[];
  readonly #words: readonly Word[];
  readonly #left: Set<Word>;

  constructor(at: Word, words: readonly Word[], notes: PlacedNote[]) {
    this.at = at;
    this.notes = notes;
    this.#words = words;
    this.#left = new Set(words);
  }

  refuse(at: Word, message: string, code: number | null = null): null {
    return refuse(this.notes, at, message, code);
  }

  warn(at: Word, message: string): void {
    this.notes.push({ severity: "warning", at, code: null, message });
  }

  /** The first argument that is one of these words. */
  flag(...names: readonly string[]): Word | null {
    return this.#first(`${names.join(" or ")} stands here already`, (word) => names.includes(word.text));
  }

  /** The value behind `key:`. */
  value(key: string): Word | null {
    const word = this.#first(`${key}: stands here already`, ({ text }) => text.startsWith(`${key}:`));
    return word === null ? null : partOf(word, key.length + 1);
  }

  /** Any argument. */
  next(): Word | null {
    const [word] = this.#left;
    if (word !== undefined) this.#left.delete(word);
    return word ?? null;
  }

  /** Everything was taken that is. */
  done(expected: string): void {
    for (const word of this.#left) this.refuse(word, `${quoted(word.text)} is not known here: ${expected}`, EINVAL);
  }

  #first(repeated: string, is: (word: Word) => boolean): Word | null {
    const [first, ...others] = this.#words.filter((word) => this.#left.has(word) && is(word));
    for (const word of first === undefined ? [] : [first, ...others]) this.#left.delete(word);
    for (const word of others) this.refuse(word, `${repeated}; leave one of them out`);
    return first ?? null;
  }
}
