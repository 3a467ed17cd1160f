/**
 * The words for a label, by the names of a policy: a whole label's name, else a level's and as few words as are found.
 * Whatever is given is read back as the same label and no other.
 *
 * @module
 */
import { equal, formatCategories, formatLabel, type Label, makeLabel, type Run } from "./label.ts";
import { type LevelName, type Names, SEPARATOR, type Word } from "./names.ts";
import { parseNames } from "./readings.ts";

/** The text, or why there is none. */
export type Wording = { readonly text: string; readonly why: null } | { readonly text: null; readonly why: string };

/** Words for a label; `short`: short names where there are any. */
export function wordingOf(label: Label, names: Names, short: boolean): Wording {
  const whole = names.labelNames.get(formatLabel(label));
  if (whole !== undefined && means(whole.name, label, names)) return { text: whole.name, why: null };
  const variants = names.variants.get(label.level);
  if (variants === undefined) return { text: null, why: `no name is that of level ${label.level}` };
  const covers = variants.map((level) => coverOf(label, level, names.wordList));
  const complete = covers.filter(({ missing }) => missing === null).sort((a, b) => a.words.length - b.words.length);
  for (const { level, words } of complete) {
    const [first, ...rest] = [level, ...words].map((entry) => (short ? (entry.short ?? entry.name) : entry.name));
    for (const between of [" ", ` ${SEPARATOR} `]) {
      const text = rest.length === 0 ? first! : `${first}${between}${rest.join(" ")}`;
      if (means(text, label, names)) return { text, why: null };
    }
  }
  return { text: null, why: covers[0]!.missing ?? "its words would be read as another label too" };
}

function means(text: string, label: Label, names: Names): boolean {
  try {
    return equal(parseNames(text, label.doi, names), label);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Words that make the label of a level's own categories. */
interface Cover {
  readonly level: LevelName;
  /** In the order of the policy. */
  readonly words: readonly Word[];
  /** What they do not make, as a message. */
  readonly missing: string | null;
}

const IN_LABEL = 1;
const OF_LEVEL = 2;

// A word may be used when it sets only what is in the label and clears only what is not: any such words go together. The
// fewest of them are hard to find (it is the set cover problem). The largest first, less those that the others make
// needless, are few, and found in time that grows with the categories of all words and no faster.
function coverOf(label: Label, level: LevelName, wordList: readonly Word[]): Cover {
  const last = (runs: readonly Run[]): number => runs.at(-1)?.[1] ?? 0;
  const states = new Uint8Array(1 + Math.max(last(label.categories), last(level.categories)));
  for (const category of categoriesIn(label.categories)) states[category]! |= IN_LABEL;
  for (const category of categoriesIn(level.categories)) states[category]! |= OF_LEVEL;
  const changes = (category: number): boolean => states[category] === IN_LABEL || states[category] === OF_LEVEL;

  const usable = wordList.flatMap((word, order) => {
    for (const category of categoriesIn(word.sets)) if (((states[category] ?? 0) & IN_LABEL) === 0) return [];
    for (const category of categoriesIn(word.clears)) if (((states[category] ?? 0) & IN_LABEL) !== 0) return [];
    const changed = [...categoriesIn(word.sets), ...categoriesIn(word.clears)].filter(changes);
    return [{ word, order, changed }];
  });
  const uses = new Uint32Array(states.length);
  const taken = usable
    .sort((a, b) => b.changed.length - a.changed.length || a.order - b.order)
    .filter(({ changed }) => {
      if (changed.every((category) => uses[category]! > 0)) return false;
      for (const category of changed) uses[category]!++;
      return true;
    });
  const needed = taken.reverse().filter(({ changed }) => {
    if (changed.some((category) => uses[category] === 1)) return true;
    for (const category of changed) uses[category]!--;
    return false;
  });
  const words = needed.sort((a, b) => a.order - b.order).map(({ word }) => word);
  const open = [...uses.keys()].filter((category) => changes(category) && uses[category] === 0);
  return { level, words, missing: sayMissing(label, level, open) };
}

function* categoriesIn(runs: readonly Run[]): Generator<number> {
  for (const [first, last] of runs) for (let category = first; category <= last; category++) yield category;
}

const MAX_SHOWN_RUNS = 8;

function sayMissing(label: Label, level: LevelName, open: readonly number[]): string | null {
  if (open.length === 0) return null;
  const inLabel = new Set(categoriesIn(label.categories));
  const say = (categories: readonly number[]): string => {
    const runs = makeLabel(label.doi, label.level, categories).categories;
    return `${formatCategories(runs.slice(0, MAX_SHOWN_RUNS))}${runs.length > MAX_SHOWN_RUNS ? " …" : ""}`;
  };
  const unset = open.filter((category) => inLabel.has(category));
  if (unset.length > 0) return `no words set just these of its categories: ${say(unset)}`;
  return `${level.name} has categories that it has not, and no word clears them: ${say(open)}`;
}
