// Sizes of the kernel and the bundles against bench/sizes.json, after a build: `node --import tsx bench/sizes.ts`. Exit 0:
// within. 1: beyond.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Budget, sizesOf } from "./budgets.ts";

const DIST = fileURLToPath(new URL("../build/dist", import.meta.url));

const budgets = JSON.parse(readFileSync(new URL("sizes.json", import.meta.url), "utf8")) as readonly Budget[];
for (const { passes, said } of sizesOf(DIST, budgets)) {
  console.log(`${passes ? "ok  " : "FAIL"} ${said}`);
  if (!passes) process.exitCode = 1;
}
