/**
 * Names of levels, categories and whole labels, as Trusted Extensions' label_encodings and SELinux's setrans.conf have
 * them: a level may bring categories along, a word may stand for several and may take some away.
 *
 * @module
 */
import { formatLabel, type Run } from "./label.ts";

/** Blank-separated words in one name. */
export const MAX_NAME_WORDS = 16;

/** Names of one level that differ in the categories they bring along: each is tried when a label is printed. */
export const MAX_LEVEL_VARIANTS = 16;

/** Categories of all words together, set or cleared: what is looked through when a label is printed. */
export const MAX_WORD_CATEGORIES = 1_048_576;

/** Stands alone between level and words where people write it: `CONFIDENTIAL : NEED TO KNOW` (T-04). */
export const SEPARATOR = ":";

/** A level. */
export interface LevelName {
  /** As in the policy. */
  readonly name: string;
  /** `null`: it has no short form. */
  readonly short: string | null;
  /** The level it stands for. */
  readonly value: number;
  /** Those of every label that begins with this name, unless a word clears them (initial compartments). */
  readonly categories: readonly Run[];
}

/** What stands for categories. */
export interface Word {
  /** As in the policy. */
  readonly name: string;
  /** `null`: it has no short form. */
  readonly short: string | null;
  /** The categories it stands for. */
  readonly sets: readonly Run[];
  /** Inverse categories: absent where the word is present. None of them is in `sets`. */
  readonly clears: readonly Run[];
}

/** A whole label, but for its DOI. */
export interface LabelName {
  /** As in the policy. */
  readonly name: string;
  /** Of the label it stands for. */
  readonly level: number;
  /** Of the label it stands for. */
  readonly categories: readonly Run[];
}

/**
 * The names of a policy. The first three are keyed by every name there is, short and alternate ones too, in one spelling: Unicode's NFKC,
 * lower case, single blanks. Make one with {@link resolveNames}.
 */
export interface Names {
  /** By their names. */
  readonly levels: ReadonlyMap<string, LevelName>;
  /** By their names. */
  readonly words: ReadonlyMap<string, Word>;
  /** By their names. */
  readonly labels: ReadonlyMap<string, LabelName>;
  /** By value: the first name for each set of categories it brings along. */
  readonly variants: ReadonlyMap<number, readonly LevelName[]>;
  /** Once each, in the order written. */
  readonly wordList: readonly Word[];
  /** The first name of each label, by its canonical text. */
  readonly labelNames: ReadonlyMap<string, LabelName>;
}

/** A name as it is looked up: one spelling of each character (Unicode's NFKC), lower case, single blanks. */
export function nameKey(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}

/** Names from what each key stands for. */
export function makeNames(
  levels: ReadonlyMap<string, LevelName>,
  words: ReadonlyMap<string, Word>,
  labels: ReadonlyMap<string, LabelName>,
): Names {
  const variants = new Map<number, Map<string, LevelName>>();
  for (const level of levels.values()) {
    const known = variants.get(level.value) ?? new Map<string, LevelName>();
    const text = sayCategories(level.categories);
    if (!known.has(text)) known.set(text, level);
    variants.set(level.value, known);
  }
  const labelNames = new Map<string, LabelName>();
  for (const label of labels.values()) {
    const text = formatLabel({ ...label, doi: 0 });
    if (!labelNames.has(text)) labelNames.set(text, label);
  }
  return {
    levels,
    words,
    labels,
    variants: new Map([...variants].map(([value, known]) => [value, [...known.values()]])),
    wordList: [...new Set(words.values())],
    labelNames,
  };
}

export const NO_NAMES: Names = makeNames(new Map(), new Map(), new Map());

/** The one category that a word stands for; `undefined`: it is no word, or stands for more or less than that. */
export function categoryNamed(names: Names, text: string): number | undefined {
  const word = names.words.get(nameKey(text));
  if (word === undefined || word.clears.length > 0 || word.sets.length !== 1) return undefined;
  const [first, last] = word.sets[0]!;
  return first === last ? first : undefined;
}

/** What is in `runs` and not in `others`; both canonical. */
export function without(runs: readonly Run[], others: readonly Run[]): Run[] {
  const left: Run[] = [];
  let i = 0;
  for (const [first, last] of runs) {
    let from = first;
    while (i < others.length && others[i]![1] < from) i++;
    for (let j = i; j < others.length && others[j]![0] <= last; j++) {
      if (others[j]![0] > from) left.push([from, others[j]![0] - 1]);
      from = others[j]![1] + 1;
    }
    if (from <= last) left.push([from, last]);
  }
  return left;
}

function sayCategories(categories: readonly Run[]): string {
  return categories.join(" ");
}
