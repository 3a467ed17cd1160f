// Frames that cost the kernel most: `npm run attack [-- --seconds N] [--seed N] [--write]`. Measures the families of
// bench/workload/families.ts against the mix, then searches on from them; `--write` records the dearest genome, of which
// the workload `attack` is made.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { randoms } from "./prefixes.ts";
import { initialParameters } from "./traffic.ts";
import { attackOf } from "./workload/attack.ts";
import { DEAREST } from "./workload/dearest.ts";
import { FAMILIES } from "./workload/families.ts";
import { type Reading, read, runnerOf, type Side } from "./workload/gauge.ts";
import type { Genome } from "./workload/genome.ts";
import { mixOf } from "./workload/mix.ts";
import { type Found, search } from "./workload/search.ts";
import { targetOf } from "./workload/target.ts";

const FRAMES = 8192; // of a candidate
const NORMAL = 16_384; // of the mix
const QUICK = 3; // rounds
const SURE = 11;
const KEPT_OCTETS = 30_000_000; // of a candidate, at most

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!(seconds >= 0)) throw new RangeError(`--seconds ${values.seconds}: expected 0 (families only) or more`);

const target = targetOf();
const mix = mixOf({ ...initialParameters(), frames: NORMAL });
const normal: Side = { run: runnerOf(mix.policy), capture: mix.capture, frames: NORMAL };
const run = runnerOf(target.policy);

function measure(genome: Genome, rounds: number): Reading & { octets: number } {
  const capture = attackOf(genome, FRAMES, target);
  if (capture.length > KEPT_OCTETS) throw new RangeError(`${capture.length} octets of a candidate`);
  return { ...read({ run, capture, frames: FRAMES }, normal, rounds), octets: capture.length / FRAMES };
}

function show(name: string, { frame, normal: usual, ratio, octetRatio, octets }: Reading & { octets: number }): void {
  const cells = [octets.toFixed(0), frame.toFixed(0), usual.toFixed(0), ratio.toFixed(2), octetRatio.toFixed(2)];
  console.log(name.padEnd(24) + cells.map((cell) => cell.padStart(11)).join(""));
}

console.log(
  `${"".padEnd(24)}${["octets", "ns/frame", "mix", "÷ mix", "by octet"].map((s) => s.padStart(11)).join("")}`,
);
measure(FAMILIES[0]!.genome, SURE); // V8 compiles
const families: Found[] = FAMILIES.map(({ name, genome }) => {
  const reading = measure(genome, SURE);
  show(name, reading);
  return { from: name, genome, ratio: reading.ratio };
});
if (DEAREST !== null) {
  const reading = measure(DEAREST.genome, SURE);
  show("attack, as recorded", reading);
  families.push({ ...DEAREST, ratio: reading.ratio });
}
if (seconds > 0) {
  const end = performance.now() + 1000 * seconds;
  let tried = 0;
  const [dearest] = search({
    families,
    measure(genome, sure) {
      tried++;
      return measure(genome, sure ? SURE : QUICK).ratio;
    },
    next: randoms(seed),
    goOn: () => performance.now() < end,
    onBetter: ({ from, ratio }) => console.log(`  ${tried} tried: ${ratio.toFixed(2)}, from ${from}`),
  });
  show(`found, from ${dearest!.from}`, measure(dearest!.genome, SURE));
  const { from, genome } = dearest!;
  const text = `${JSON.stringify({ from, genome }, null, 1)}\n`;
  if (values.write) writeFileSync(new URL("./workload/dearest.json", import.meta.url), text);
  else console.log(text);
}
