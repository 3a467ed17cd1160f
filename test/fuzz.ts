// Kernel against oracle for as long as asked: `npm run fuzz -- --runs N [--seed S]`, N packets.
import { parseArgs } from "node:util";
import { compareReadings, compareVerdicts, type Outcome, randomSeed } from "./generate/differential.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000000" }, seed: { type: "string", default: `${randomSeed()}` } },
});
const packets = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(packets) || packets < 1 || !Number.isSafeInteger(seed)) {
  console.error("usage: npm run fuzz -- --runs N [--seed S]");
  process.exit(2);
}
console.log(`seed ${seed}`);

function report(name: string, run: () => Outcome): boolean {
  const start = performance.now();
  const { failure, packets: compared, seen } = run();
  const seconds = (performance.now() - start) / 1000;
  console.log(`${name}: ${compared.toLocaleString("en-US")} packets in ${seconds.toFixed(1)} s`);
  for (const [reason, count] of [...seen].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a)) {
    console.log(`  ${count.toLocaleString("en-US").padStart(12)} ${reason}`);
  }
  console.log(failure === null ? "  no difference" : `  DIFFERENT: ${failure}`);
  return failure === null;
}

const same = [
  report("verdicts", () => compareVerdicts({ packets, seed })),
  report("readings", () => compareReadings({ packets, seed })),
];
process.exitCode = same.every(Boolean) ? 0 : 1;
