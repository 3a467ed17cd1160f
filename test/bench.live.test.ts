// The live bench: its report, and labels in partitions as nftables counts them.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { measureLive } from "../bench/live/measure.ts";
import type { Isolation, LiveResult, LiveWay } from "../bench/live/result.ts";
import { isolationWords, liveHeadline, liveRows, lossRows, strayOf, totalOf } from "../bench/report/live.ts";
import { pageOf } from "../bench/report/page.ts";
import { resultText } from "../bench/report/text.ts";
import type { Result } from "../bench/result.ts";
import { inNamespaces } from "./namespaces.ts";

const test = suite("bench live");

const way = (scale: number, counted: number | null): LiveWay => ({
  roundTrip: { p50: 40 * scale, p99: 100 * scale, lost: 0 },
  stream: { megabits: 2000 / scale, machine: 1.5, own: counted === null ? 0 : 1 },
  pingCpu: 20 * scale,
  gentle: { sent: 40_000, received: 40_000, seconds: 2, counted, machine: 0.5 },
  full: { sent: 600_000, received: 600_000 / scale, seconds: 2, counted, machine: 2 },
});
const counts: Isolation = {
  partitions: ["public", "secret"],
  levels: [1, 5],
  counts: [
    [600_000, 0],
    [0, 600_000],
  ],
  sent: 1_200_000,
  dropped: 0,
  refused: 0,
};

test("gate and bridge are compared in each round, and losses are told apart", () => {
  const rounds = [1, 2, 3].map((scale) => ({ gate: way(2 * scale, 5), bridge: way(scale, null) }));
  const [p50, p99, cpu, stream, , full] = liveRows(rounds);
  assert.equal(p50, ["round trip through two, p50, µs", "160", "120–200", "80.0", "60.0–100", "2.00"]);
  assert.is(p99!.at(-1), "2.00");
  assert.is(cpu!.at(-1), "2.00");
  assert.is(stream!.at(-1), "0.500");
  assert.is(full!.at(-1), "0.500");
  const [gentle, , lossy] = lossRows(rounds);
  assert.equal(gentle, ["gate, 20,000 a second", "120,000", "120,000", "0", "15"]);
  assert.equal(lossy, ["gate, as many as go", "1,800,000", "550,000", "1,250,000", "15"]);
});

test("a frame with another's label is a stray, and said", () => {
  const result: LiveResult = { rounds: [{ gate: way(2, 0), bridge: way(1, null) }], isolation: counts };
  assert.is(totalOf(counts), 1_200_000);
  assert.is(strayOf(counts), 0);
  assert.match(liveHeadline(result), /adds 10\.0 µs .* 0\.500 times .* of 1,200,000 labelled frames 0 reached/);
  const leaked: Isolation = { ...counts, counts: [[599_999, 1], counts.counts[1]!] };
  assert.is(strayOf(leaked), 1);
  assert.match(isolationWords(leaked), "1 reached another's partition");
  assert.match(isolationWords({ reason: "nft is missing" }), "isolation was not counted: nft is missing");
});

test("a run of the live gate alone renders, with a table for each thing, and so does one that could not be", () => {
  const run: Result = {
    ...{ format: 1, date: "", command: [], seconds: 1, rounds: 11, warmups: 1, curves: [], memory: null },
    machine: { cpu: "", cores: 1, memory: 1, system: "", load: 0, versions: { node: "20" }, commit: null },
    ...{ workloads: [], lanes: [], ratios: [] },
    live: { rounds: [{ gate: way(2, 0), bridge: way(1, null) }], isolation: counts },
  };
  for (const report of [resultText(run), pageOf(run)]) {
    for (const part of ["round trip through two, p50", "gate, 20,000 a second", "nftables in partition", "600,000"]) {
      assert.ok(report.includes(part), part);
    }
    assert.not.match(report, /NaN|undefined|Infinity|Medians of 11/);
  }
  const not: Result = { ...run, live: { reason: "namespaces are refused" } };
  for (const report of [resultText(not), pageOf(not)]) assert.match(report, "namespaces are refused");
});

inNamespaces(
  test,
  "of a million labelled frames nftables counts none in a partition with another's label",
  ["nft", "cc"],
  async () => {
    const { isolation } = await measureLive(0, () => {}, 1_000_000);
    assert.not("reason" in isolation, JSON.stringify(isolation));
    const { partitions, levels, counts: counted } = isolation as Isolation;
    assert.equal([partitions.length, levels.length], [3, 3]);
    console.log(`nftables: ${counted.map((row, i) => `${partitions[i]}: ${row.join(" / ")}`).join("; ")}`);
    assert.ok(totalOf(isolation as Isolation) >= 1_000_000);
    assert.is(strayOf(isolation as Isolation), 0);
    assert.ok(
      counted.every((row, i) => row[i]! > 100_000),
      "each partition has its share",
    );
  },
);

test.run();
