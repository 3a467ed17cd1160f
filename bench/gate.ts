// The gate against regressions: `npm run bench:gate`. The kernel against the limit, plain JavaScript, the oracle and reading
// alone, in rounds short enough for every change; bounds are in bench/gate.json. Exit 0: within bounds. 1: beyond, twice, or
// a lane that can't run.
import { readFileSync } from "node:fs";
import { type Bound, type Decision, decide } from "./bounds.ts";
import type { Workload } from "./lane.ts";
import { LANES } from "./lanes/index.ts";
import { measure } from "./measure.ts";
import { JUDGED_WORKLOAD } from "./ratios.ts";
import { WARMUPS } from "./run.ts";
import { initialParameters, TRAFFIC } from "./traffic.ts";

/** bench/gate.json. */
interface Gate {
  /** Of the mix. */
  readonly frames: number;
  readonly rounds: number;
  /** When a bound was not kept: noise is to be told from a regression. */
  readonly roundsAgain: number;
  readonly bounds: readonly Bound[];
}

const gate = JSON.parse(readFileSync(new URL("gate.json", import.meta.url), "utf8")) as Gate;
const names = new Set(gate.bounds.flatMap(({ a, b }) => [a, b]));
const lanes = LANES.filter(({ name }) => names.has(name));
const traffic = TRAFFIC.find(({ name }) => name === JUDGED_WORKLOAD)!;
const workload = traffic.open({ ...initialParameters(), frames: gate.frames });
try {
  const first = await decisions(workload, gate.rounds);
  const isSettled = first.every(({ passes }) => passes) || first.some(({ spread }) => spread === null);
  const last = isSettled ? first : await again(workload);
  if (last.some(({ passes }) => !passes)) process.exitCode = 1;
} finally {
  workload.close();
}

async function again(workload: Workload): Promise<Decision[]> {
  console.log(`once more, ${gate.roundsAgain} rounds`);
  return await decisions(workload, gate.roundsAgain);
}

async function decisions(workload: Workload, rounds: number): Promise<Decision[]> {
  const entries = lanes.map((lane) => ({ lane, workload }));
  const decided = decide(gate.bounds, await measure(entries, { rounds, warmups: WARMUPS }));
  for (const { said, passes } of decided) console.log(`${passes ? "ok  " : "FAIL"} ${said}`);
  return decided;
}
