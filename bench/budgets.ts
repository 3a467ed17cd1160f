// Sizes of what is shipped, against what they may be.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";

/** Of some files together, in octets. */
export interface Budget {
  readonly name: string;
  /** Names in the folder; `*` stands for any characters. What they import from there is counted with them, once. */
  readonly files: readonly string[];
  readonly octets: number;
  /** The sum of the files, each compressed by gzip at its best. */
  readonly gzip: number;
}

export interface Size {
  readonly name: string;
  readonly octets: number;
  readonly gzip: number;
  readonly passes: boolean;
  /** What was found, in a sentence. */
  readonly said: string;
}

/** @throws {Error} a budget's file is not there */
export function sizesOf(folder: string, budgets: readonly Budget[]): Size[] {
  const there = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return budgets.map((budget) => {
    const named = budget.files.flatMap((pattern) => {
      const found = there.filter((name) => matches(name, pattern));
      if (found.length === 0)
        throw new Error(`${join(folder, pattern)}: there is no such file; npm run build makes it`);
      return found;
    });
    const files = withImports(folder, named).map((name) => readFileSync(join(folder, name)));
    const octets = sum(files.map(({ length }) => length));
    const gzip = sum(files.map((file) => gzipSync(file, { level: constants.Z_BEST_COMPRESSION }).length));
    const parts = [against(octets, budget.octets, "octets"), against(gzip, budget.gzip, "compressed")];
    const passes = octets <= budget.octets && gzip <= budget.gzip;
    return { name: budget.name, octets, gzip, passes, said: `${budget.name}: ${parts.join("; ")}` };
  });
}

// Modules, and those they import from beside them, whatever the depth.
function withImports(folder: string, names: readonly string[]): string[] {
  const all = new Set(names);
  for (const name of all) {
    if (!name.endsWith(".js")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    for (const [, path] of text.matchAll(/^(?:import|export|\} from)\b.*?"(\.\.?\/[^"]+\.js)";$/gm)) {
      all.add(join(dirname(name), path!));
    }
  }
  return [...all];
}

function against(size: number, budget: number, unit: string): string {
  const found = `${grouped(size)} ${unit} of ${grouped(budget)}`;
  return size <= budget ? found : `${found}: ${grouped(size - budget)} too many`;
}

function matches(name: string, pattern: string): boolean {
  const [start, end] = pattern.split("*");
  if (end === undefined) return name === pattern;
  return name.length >= pattern.length - 1 && name.startsWith(start!) && name.endsWith(end);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
