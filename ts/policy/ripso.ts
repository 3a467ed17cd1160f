/**
 * RIPSO (RFC 1108): the words for its level and authority octets, and what a policy makes of them.
 *
 * @module
 */
import { BITMAP_CATEGORIES, MAX_HIGHS } from "../../assembly/tables.ts";
import { isWithin } from "../given.ts";
import { MAX_LEVEL, makeLabel } from "../label.ts";
import type { Names } from "../names.ts";
import { nameKey } from "../names.ts";
import type { RipsoRule } from "./model.ts";
import { ripsoKey } from "./model.ts";
import { listOf, type Path, type Report, recordOf, textOf } from "./report.ts";

/** RFC 1108 section 2.3, highest first. */
export const RIPSO_LEVELS: ReadonlyMap<number, string> = new Map([
  [0x3d, "Top Secret"],
  [0x5a, "Secret"],
  [0x96, "Confidential"],
  [0xab, "Unclassified"],
]);

/** RFC 1108 section 2.4: flags of the first authority octet. */
export const RIPSO_AUTHORITIES: ReadonlyMap<number, string> = new Map([
  [0x80, "GENSER"],
  [0x40, "SIOP-ESI"],
  [0x20, "SCI"],
  [0x10, "NSA"],
  [0x08, "DOE"],
]);

/** The key that stands for no authority at all. */
const NO_AUTHORITY = "NONE";

/** Authority names of an octet, in the order of RFC 1108. */
export function authorityNames(octet: number): string[] {
  return [...RIPSO_AUTHORITIES].filter(([flag]) => (octet & flag) !== 0).map(([, name]) => name);
}

/** Reads the `ripso` part of a policy; `doi` is the policy's own. */
export function readRipso(input: unknown, doi: number | undefined, names: Names, report: Report): RipsoRule {
  if (input === undefined) return { mode: "drop", labels: new Map(), formats: [] };
  const ripso = recordOf(input);
  const mode = ripso.mode === "ignore" ? "ignore" : "map";
  const path: Path = ["ripso"];
  if (mode === "ignore") {
    for (const key of ["levels", "authorities", "formats", "doi"]) {
      if (ripso[key] !== undefined) report.add([...path, key], 'means nothing in mode "ignore"; leave it out');
    }
    return { mode, labels: new Map(), formats: [] };
  }
  const levels = readLevels(ripso.levels, names, report);
  const combinations = readCombinations(ripso.authorities, report);
  const labels = new Map<number, ReturnType<typeof makeLabel>>();
  if (doi !== undefined) {
    for (const [levelOctet, level] of levels) {
      for (const [authorities, { categories, name }] of combinations) {
        const made = report.attempt([...path, "authorities", name], categories, () =>
          makeLabel(doi, level, categories),
        );
        const runs = made?.categories.filter(([, last]) => last >= BITMAP_CATEGORIES).length ?? 0;
        if (made === undefined) combinations.delete(authorities);
        else if (runs > MAX_HIGHS) {
          report.add(
            [...path, "authorities", name],
            `more than ${MAX_HIGHS} runs of categories above ${BITMAP_CATEGORIES - 1}`,
          );
          combinations.delete(authorities);
        } else labels.set(ripsoKey(levelOctet, authorities), made);
      }
    }
  }
  if (levels.size === 0) report.add([...path, "levels"], 'mode "map" needs levels: { "SECRET": 5, … }');
  return { mode, labels, formats: readFormats(ripso.formats, report) };
}

function readLevels(input: unknown, names: Names, report: Report): Map<number, number> {
  const levels = new Map<number, number>();
  for (const [key, value] of Object.entries(recordOf(input))) {
    const path: Path = ["ripso", "levels", key];
    const octet = [...RIPSO_LEVELS].find(([, name]) => nameKey(name) === nameKey(key))?.[0];
    if (octet === undefined) {
      report.add(path, `"${key}" is no RIPSO level: expected ${[...RIPSO_LEVELS.values()].join(", ")}`);
      continue;
    }
    const text = textOf(value);
    const level = text === undefined ? value : names.levels.get(nameKey(text))?.value;
    if (levels.has(octet)) report.add(path, "the same level again, in other letters");
    if (isWithin(level, MAX_LEVEL)) {
      levels.set(octet, level);
    } else if (text !== undefined || typeof value === "number") {
      report.add(path, `expected a level, 0 to ${MAX_LEVEL} or a name of names.levels`, value);
    }
  }
  return levels;
}

// Only the combination without any authority is known when the policy lists none.
function readCombinations(
  input: unknown,
  report: Report,
): Map<number, { readonly name: string; readonly categories: number[] }> {
  if (input === undefined) return new Map([[0, { name: NO_AUTHORITY, categories: [] }]]);
  const combinations = new Map<number, { name: string; categories: number[] }>();
  for (const [name, value] of Object.entries(recordOf(input))) {
    const path: Path = ["ripso", "authorities", name];
    const octet = report.attempt(path, name, () => parseAuthorities(name));
    if (octet === undefined) continue;
    if (combinations.has(octet)) report.add(path, `the same combination as "${combinations.get(octet)!.name}"`);
    const categories = listOf(value).filter((item): item is number => typeof item === "number");
    combinations.set(octet, { name, categories });
  }
  return combinations;
}

function parseAuthorities(text: string): number {
  if (nameKey(text) === nameKey(NO_AUTHORITY)) return 0;
  return text.split("+").reduce((octet, part) => {
    const flag = [...RIPSO_AUTHORITIES].find(([, name]) => nameKey(name) === nameKey(part))?.[0];
    if (flag !== undefined) return octet | flag;
    const known = [...RIPSO_AUTHORITIES.values()].join(", ");
    throw new RangeError(`"${part}" is no authority: expected ${known} joined by +, or ${NO_AUTHORITY}`);
  }, 0);
}

function readFormats(input: unknown, report: Report): number[] {
  const formats = new Set<number>();
  listOf(input).forEach((code, i) => {
    if (typeof code !== "number") return;
    if (isWithin(code, 255)) formats.add(code);
    else report.add(["ripso", "formats", i], "expected a format code, 0 to 255", code);
  });
  return [...formats].sort((a, b) => a - b);
}
