// Runs every case in Node, Deno or Bun, and prints a line of JSON for each.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CASES } from "./conformance.ts";
import { clean, FILES } from "./files.ts";
import { runAll } from "./run-all.ts";

const material = JSON.parse(readFileSync(new URL("material.json", import.meta.url), "utf8"));
const kernel = async (): Promise<WebAssembly.Module> =>
  WebAssembly.compile(readFileSync(fileURLToPath(import.meta.resolve("labelgate/kernel.wasm"))));
await runAll([...CASES, ...FILES], { material, kernel }, (outcome) => console.log(JSON.stringify(outcome)));
clean();
