/**
 * Names of another system as a policy can have them: safe, distinct, and as they were wherever they can be.
 *
 * @module
 */
import { MAX_NAME_LENGTH } from "../policy/model.ts";

/** What a kind of name may be. */
export interface NameRule {
  /** A name that is allowed, as near as can be to one that may not be. */
  readonly safe: (name: string) => string;
  /** Names that count as one have one key. */
  readonly key: (name: string) => string;
}

/** Names of partitions: they become files' (ts/policy/input.ts). */
export const PARTITION_NAMES: NameRule = {
  safe: (name) => {
    const plain = name.replace(/[^\w.-]/gu, "_").slice(0, MAX_NAME_LENGTH);
    const begun = /^[A-Za-z\d]/.test(plain) ? plain : `z${plain}`.slice(0, MAX_NAME_LENGTH);
    return begun.toLowerCase() === "dropped" ? `${begun}_` : begun;
  },
  key: (name) => name.toLowerCase(),
};

/** Names of templates: any that can be seen, but for those that are JavaScript's own. */
export const TEMPLATE_NAMES: NameRule = {
  safe: (name) => {
    const plain = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "_");
    return /^(?:__proto__|constructor|prototype)$/.test(plain) ? `${plain}_` : plain;
  },
  key: (name) => name,
};

/**
 * Gives each of some distinct names one that the rule allows, no two of which count as one. Names that are allowed as they
 * are keep their spelling, before any other is given one; the first of several that count as one keeps it.
 */
export function spellingsOf(names: readonly string[], rule: NameRule): ReadonlyMap<string, string> {
  const spellings = new Map<string, string>();
  const taken = new Set<string>();
  const numbers = new Map<string, number>(); // the next to try, so that a thousand equal ones are not tried a million times
  const take = (name: string, spelling: string): boolean => {
    if (taken.has(rule.key(spelling))) return false;
    taken.add(rule.key(spelling));
    spellings.set(name, spelling);
    return true;
  };
  const others = names.filter((name) => rule.safe(name) !== name || !take(name, name));
  for (const name of others) {
    const safe = rule.safe(name);
    if (take(name, safe)) continue;
    let number = numbers.get(rule.key(safe)) ?? 2;
    while (!take(name, numbered(safe, number))) number++;
    numbers.set(rule.key(safe), number + 1);
  }
  return spellings;
}

// Cut between characters, where it has to be cut.
function numbered(safe: string, number: number): string {
  const end = `-${number}`;
  return `${[...safe].slice(0, MAX_NAME_LENGTH - end.length).join("")}${end}`;
}
