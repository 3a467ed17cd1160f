/**
 * Labels in words, by the names of a policy: a whole label's name, or a level and words, with or without a colon between.
 * Names may hold blanks, so that a text may have several readings. Where two of them are different labels none is taken.
 *
 * @module
 */
import { sayText } from "./given.ts";
import { equal, formatLabel, type Label, makeLabel, meet, type Run } from "./label.ts";
import { type LevelName, MAX_NAME_WORDS, type Names, nameKey, SEPARATOR, type Word, without } from "./names.ts";

/** Readings of one text that are compared; a text with more is refused, whatever they mean. */
export const MAX_READINGS = 64;

/** Names that a message lists. */
const MAX_LISTED = 8;

/** A name at some place of the text, and where it ends. */
interface Step<T> {
  readonly value: T;
  readonly next: number;
}

/** One way to read a text. */
interface Reading {
  readonly label: Label;
  /** The names it takes the text for. */
  readonly said: readonly string[];
}

/**
 * Reads a label in words.
 *
 * @throws {RangeError} the text is no label, or may be either of two
 */
export function parseNames(text: string, doi: number, names: Names): Label {
  const tokens = text.split(/\s+/).filter((token) => token !== "");
  if (tokens.length === 0) throw new RangeError('"" is no label: expected level:categories or names');
  let first: Reading | null = null;
  let count = 0;
  for (const reading of readingsOf(tokens, doi, names)) {
    first ??= reading;
    if (!equal(first.label, reading.label)) {
      throw new RangeError(
        `${sayText(text)} has two meanings: ${say(first)} and ${say(reading)}; write level:categories, ` +
          `or " ${SEPARATOR} " between level and words`,
      );
    }
    if (++count > MAX_READINGS) {
      throw new RangeError(`${sayText(text)} can be read in more than ${MAX_READINGS} ways; write level:categories`);
    }
  }
  return first!.label;
}

function say({ label, said }: Reading): string {
  return `${formatLabel(label)} (${said.slice(0, MAX_LISTED).join(" + ")}${said.length > MAX_LISTED ? " …" : ""})`;
}

// Every step of the walk leads to the end of the text, so that the work is bounded by the readings that are asked for.
function* readingsOf(tokens: readonly string[], doi: number, names: Names): Generator<Reading> {
  const keys = tokens.map(nameKey);
  const whole = keys.length <= MAX_NAME_WORDS ? names.labels.get(keys.join(" ")) : undefined;
  const levels = stepsFrom(keys, 0, names.levels);
  const { steps, furthest } = wordSteps(
    keys,
    levels.flatMap(({ next }) => startsBehind(keys, next)),
    names,
  );
  let none = whole === undefined;
  if (whole !== undefined)
    yield { label: { doi, level: whole.level, categories: whole.categories }, said: [whole.name] };
  for (const { value: level, next } of levels) {
    for (const start of startsBehind(keys, next)) {
      for (const words of waysFrom(steps, start)) {
        none = false;
        yield { label: labelOf(doi, level, words), said: [level.name, ...words.map(({ name }) => name)] };
      }
    }
  }
  if (!none) return;
  if (levels.length === 0) {
    const known = [...firstOf(names.levels.values()), ...firstOf(names.labels.values())];
    throw new RangeError(`"${tokens[0]}" is no level: expected ${listed(known)}, or a number form as 5:0,2.4`);
  }
  throw new RangeError(`"${tokens[furthest]}" is no category: expected ${listed(firstOf(names.words.values()))}`);
}

// T-04: a colon counts only with blanks around it and words behind it.
function startsBehind(keys: readonly string[], next: number): number[] {
  return keys[next] === SEPARATOR && next + 1 < keys.length ? [next, next + 1] : [next];
}

// The longest name first.
function stepsFrom<T>(keys: readonly string[], from: number, known: ReadonlyMap<string, T>): Step<T>[] {
  const steps: Step<T>[] = [];
  let key = "";
  for (let next = from + 1; next <= Math.min(keys.length, from + MAX_NAME_WORDS); next++) {
    key = next === from + 1 ? keys[from]! : `${key} ${keys[next - 1]}`;
    const value = known.get(key);
    if (value !== undefined) steps.unshift({ value, next });
  }
  return steps;
}

// By place: the words there that lead to the end of the text. `furthest`: where the longest way that leads nowhere stops.
function wordSteps(
  keys: readonly string[],
  starts: readonly number[],
  names: Names,
): { readonly steps: readonly (readonly Step<Word>[])[]; readonly furthest: number } {
  const reached = new Set(starts);
  const steps: (readonly Step<Word>[])[] = [];
  let furthest = 0;
  for (let at = 0; at < keys.length; at++) {
    steps.push(reached.has(at) ? stepsFrom(keys, at, names.words) : []);
    if (reached.has(at)) furthest = at;
    for (const { next } of steps[at]!) reached.add(next);
  }
  const ends = (at: number): boolean => at === keys.length || steps[at]!.length > 0;
  for (let at = keys.length - 1; at >= 0; at--) steps[at] = steps[at]!.filter(({ next }) => ends(next));
  return { steps, furthest };
}

/** Words behind each other, the last first. */
interface Way {
  readonly at: number;
  readonly word: Word | null;
  readonly before: Way | null;
}

function* waysFrom(steps: readonly (readonly Step<Word>[])[], start: number): Generator<Word[]> {
  const open: Way[] = [{ at: start, word: null, before: null }];
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    if (way.at === steps.length) yield wordsOf(way);
    const before = way;
    for (const { value, next } of steps[way.at]?.toReversed() ?? []) open.push({ at: next, word: value, before });
  }
}

function wordsOf(way: Way): Word[] {
  const words: Word[] = [];
  for (let at: Way | null = way; at !== null; at = at.before) if (at.word !== null) words.push(at.word);
  return words.reverse();
}

function labelOf(doi: number, level: LevelName, said: readonly Word[]): Label {
  const words = [...new Set(said)];
  const of = (runs: readonly Run[]): Label => makeLabel(doi, level.value, runs);
  const sets = of(words.flatMap(({ sets }) => sets));
  const clears = of(words.flatMap(({ clears }) => clears));
  const both = meet(sets, clears)!.categories[0];
  if (both !== undefined) {
    const has = (runs: readonly Run[]): boolean => runs.some(([first, last]) => first <= both[0] && both[0] <= last);
    const [one, other] = [words.find(({ sets }) => has(sets))!, words.find(({ clears }) => has(clears))!];
    throw new RangeError(`${one.name} sets category ${both[0]}, and ${other.name} clears it; leave one of them out`);
  }
  const { categories } = of([...level.categories, ...sets.categories]);
  return { doi, level: level.value, categories: without(categories, clears.categories) };
}

function* firstOf(named: Iterable<{ readonly name: string }>): Generator<string> {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (!seen.has(name)) yield name;
    if (seen.add(name).size > MAX_LISTED) return;
  }
}

function listed(names: Iterable<string>): string {
  const known = [...names];
  if (known.length === 0) return "a name, but the policy has none";
  return known.length <= MAX_LISTED ? known.join(", ") : `${known.slice(0, MAX_LISTED).join(", ")} …`;
}
