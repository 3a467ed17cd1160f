// Frames that cost the kernel most: `npm run bench:attack [-- --seconds N] [--seed N] [--partitions N] [--plain] [--write]`.
// Measures the families of bench/workload/families.ts against the mix, then with `--seconds` searches on from them; `--write`
// records the dearest genome, of which the workload `attack` is made, or with `--plain` the workload `attack-plain`.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { randoms } from "./prefixes.ts";
import { initialParameters } from "./traffic.ts";
import { attackOf } from "./workload/attack.ts";
import { dearest, RECORD } from "./workload/dearest.ts";
import { FAMILIES } from "./workload/families.ts";
import { type Reading, read, runnerOf, type Side } from "./workload/gauge.ts";
import type { Genome } from "./workload/genome.ts";
import { mixOf } from "./workload/mix.ts";
import { type Found, search } from "./workload/search.ts";
import { PARTITIONS, type TargetKind, targetOf } from "./workload/target.ts";

// Frames and rounds of a measurement: to look whether a genome is dear, and to be sure.
const QUICK = { frames: 1024, rounds: 5 };
const SURE = { frames: 8192, rounds: 9 };
const NORMAL = 8192; // frames of the mix

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    partitions: { type: "string", default: `${PARTITIONS}` },
    plain: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const [seconds, seed, partitions] = [Number(values.seconds), Number(values.seed), Number(values.partitions)];
if (!(seconds >= 0)) throw new RangeError(`--seconds ${values.seconds}: expected 0 (families only) or more`);
const kind: TargetKind = values.plain ? "plain" : "full";

const target = targetOf(kind, partitions);
const mix = mixOf({ ...initialParameters(), frames: NORMAL, partitions });
const normal: Side = { run: runnerOf(mix.policy), capture: mix.capture, frames: NORMAL };
const run = runnerOf(target.policy);

interface Shown extends Reading {
  /** Of a frame. */
  readonly octets: number;
}

function measure(genome: Genome, { frames, rounds }: typeof SURE): Shown {
  const capture = attackOf(genome, frames, target);
  return { ...read({ run, capture, frames }, normal, rounds), octets: capture.length / frames };
}

function row(name: string, ...cells: readonly string[]): void {
  console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(10)).join(""));
}

function show(name: string, { frame, normal: usual, ratio, octetRatio, octets }: Shown): void {
  row(name, octets.toFixed(0), frame.toFixed(0), usual.toFixed(0), ratio.toFixed(2), octetRatio.toFixed(2));
}

row("", "octets", "ns/frame", "mix", "÷ mix", "by octet");
const record = dearest();
const begun = [
  ...FAMILIES.map(({ name, genome }) => ({ from: name, name, genome })),
  { ...record[kind], name: "as recorded" },
];
measure(begun[0]!.genome, SURE); // V8 compiles
const families: Found[] = begun.map(({ from, name, genome }) => {
  const reading = measure(genome, SURE);
  show(name, reading);
  return { from, genome, ratio: reading.ratio };
});

if (seconds > 0) {
  const end = performance.now() + 1000 * seconds;
  let tried = 0;
  const [found] = search({
    families,
    measure(genome, sure) {
      tried++;
      return measure(genome, sure ? SURE : QUICK).ratio;
    },
    next: randoms(seed),
    goOn: () => performance.now() < end,
    onBetter: ({ from, ratio }) => console.log(`  ${tried} tried: ${ratio.toFixed(2)}, from ${from}`),
  });
  const { from, genome } = found!;
  show(`of ${tried}, from ${from}`, measure(genome, SURE));
  if (values.write) writeFileSync(RECORD, `${JSON.stringify({ ...record, [kind]: { from, genome } }, null, 1)}\n`);
  else console.log(JSON.stringify(genome));
}
