// Runs every test file in a process of its own, two at a time, and ends with `N passed, N failed, N skipped`.
// Arguments choose files by a part of their name.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const folder = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".test.ts"))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

/** Milliseconds for a file: the longest takes three minutes. One that hangs is a failure, and does not hold up the others. */
const PATIENCE = 900_000;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function count(output: string, label: string): number {
  // uvu's summary, without its colours.
  const plain = stripVTControlCharacters(output);
  return Number(new RegExp(`^ {2}${label}: +(\\d+)`, "m").exec(plain)?.[1] ?? Number.NaN);
}

function run(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", `${folder}${file}`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const pieces: Buffer[] = [];
    child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    child.stderr.on("data", (piece: Buffer) => pieces.push(piece));
    const clock = setTimeout(() => {
      pieces.push(Buffer.from(`it did not end within ${PATIENCE / 60_000} minutes\n`));
      child.kill("SIGKILL");
    }, PATIENCE);
    child.on("close", (code) => {
      clearTimeout(clock);
      const output = Buffer.concat(pieces).toString();
      process.stdout.write(`\n${file}\n${output}`);
      const [total, passed, skipped] = ["Total", "Passed", "Skipped"].map((label) => count(output, label)) as [
        number,
        number,
        number,
      ];
      // A file that ended without a summary, or badly with a good one, is a failure.
      if (Number.isNaN(total)) resolve({ passed: 0, failed: 1, skipped: 0 });
      else resolve({ passed, failed: Math.max(total - passed, code === 0 ? 0 : 1), skipped });
    });
  });
}

const waiting = [...files];
const outcomes: Outcome[] = [];
const worker = async (): Promise<void> => {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) outcomes.push(await run(file));
};
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));

const sum = (field: keyof Outcome): number => outcomes.reduce((total, outcome) => total + outcome[field], 0);
if (files.length === 0) console.log(`no test file has ${wanted.join(" or ")} in its name`);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = sum("failed") > 0 || files.length === 0 ? 1 : 0;
