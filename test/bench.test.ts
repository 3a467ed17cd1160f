// The benchmark's arithmetic, its reports and its decisions, on samples that are made up. Nothing here is timed.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommanderError } from "commander";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decide } from "../bench/bounds.ts";
import { sizesOf } from "../bench/budgets.ts";
import type { Lane, OpenLane, Workload } from "../bench/lane.ts";
import { LANES } from "../bench/lanes/index.ts";
import { measure } from "../bench/measure.ts";
import { type Options, readOptions } from "../bench/options.ts";
import { planOf } from "../bench/plan.ts";
import { ratiosOf, verdictOf } from "../bench/ratio.ts";
import { RATIOS, type Ratio } from "../bench/ratios.ts";
import { pageOf } from "../bench/report/page.ts";
import { linearScale, logScale } from "../bench/report/scale.ts";
import { listText, resultText } from "../bench/report/text.ts";
import type { LaneResult, MeasuredLane, MissingLane, Result } from "../bench/result.ts";
import { run, WARMUPS } from "../bench/run.ts";
import { noiseOf, spreadOf } from "../bench/spread.ts";
import { initialParameters, PARAMETERS, TRAFFIC } from "../bench/traffic.ts";
import { orderOf } from "../bench/turns.ts";
import { concat, description, octetsOf, packet, section } from "./captures.ts";
import { basePolicy } from "./policies.ts";

const test = suite("bench");

const ROUNDS = 7;
const RATIO: Ratio = { a: { lane: "slow" }, b: { lane: "quick" }, good: "small", floor: 3, goal: 2 };
const WORKLOAD: Workload = {
  ...{ name: "mix", what: "nothing", path: "", capture: new Uint8Array(0), frames: 0 },
  policy: { doi: 16, interfaces: [], partitions: [], templates: {}, hosts: {} },
};

function measured(lane: string, samples: readonly number[], { frames = 1, workload = "mix" } = {}): MeasuredLane {
  return {
    ...{ lane, workload, what: `what ${lane} does`, frames, octets: 100 * frames, samples },
    perFrame: spreadOf(samples.map((nanoseconds) => nanoseconds / frames)),
    statistics: { mean: 0, sd: 0, mad: 0, rme: 0 },
  };
}

function missing(lane: string, reason: string): MissingLane {
  return { lane, workload: "mix", what: "", reason, failed: false };
}

/** A lane whose rounds take what the list says. */
function fake(name: string, takes: (round: number) => number, open: Partial<OpenLane> = {}): Lane {
  let round = 0;
  return {
    ...{ name, what: `what ${name} does` },
    open: () => ({ frames: 10, octets: 1000, round: () => takes(round++), close() {}, ...open }),
  };
}

test("a spread is the median, the quartiles and the ends, whatever the order of the samples", () => {
  assert.equal(spreadOf([5, 1, 3, 2, 4]), { median: 3, low: 2, high: 4, min: 1, max: 5 });
  assert.equal(spreadOf([4, 1]), { median: 2.5, low: 1.75, high: 3.25, min: 1, max: 4 });
  assert.equal(spreadOf([10, 9]).median, 9.5, "as numbers, not as text");
  assert.is(noiseOf({ median: 10, low: 9, high: 11, min: 0, max: 99 }), 0.1);
  assert.throws(() => spreadOf([]), RangeError);
});

test("each round has every lane once; none is always first, nor always behind the same one", () => {
  const count = 5;
  const rounds = Array.from({ length: 2 * count }, (_, round) => orderOf(round, count));
  for (const order of rounds) assert.equal([...order].sort(), [0, 1, 2, 3, 4]);
  const firsts = new Set(rounds.map((order) => order[0]));
  const before = new Set(rounds.map((order) => order[order.indexOf(2) - 1] ?? null));
  assert.is(firsts.size, count);
  assert.ok(before.size > 2);
});

test("a ratio is the median over the rounds of the ratios in each: slow rounds of the machine do not count", () => {
  const lanes = [measured("slow", [20, 200, 30, 22, 20]), measured("quick", [10, 100, 10, 10, 10])];
  const [ratio] = ratiosOf([RATIO], lanes);
  assert.ok(ratio !== undefined && "samples" in ratio);
  assert.equal(ratio.samples, [2, 2, 3, 2.2, 2]);
  assert.is(ratio.spread.median, 2);
  assert.is(ratio.verdict, "goal met");
  assert.is(ratio.name, "slow ÷ quick");
});

test("a ratio is of times a frame, where lanes go through different numbers of frames", () => {
  const lanes = [
    measured("slow", [300, 300, 300], { frames: 3 }),
    measured("quick", [1000, 1000, 1000], { frames: 100 }),
  ];
  const [ratio] = ratiosOf([RATIO], lanes);
  assert.ok(ratio !== undefined && "spread" in ratio);
  assert.is(ratio.spread.median, 10);
  assert.is(ratio.verdict, "not met");
});

test("floor and goal are met at the bound, on the side that is good, as the ratio is printed", () => {
  const small = { good: "small", floor: 3, goal: 2 } as const;
  assert.equal(
    [2, 2.004, 2.01, 3, 3.01].map((median) => verdictOf(median, small)),
    [...["goal met", "goal met", "floor met", "floor met", "not met"]],
  );
  const large = { good: "large", floor: 2, goal: 3 } as const;
  assert.equal(
    [3, 2.99, 2, 1.99].map((median) => verdictOf(median, large)),
    [...["goal met", "floor met", "floor met", "not met"]],
  );
});

test("the fastest of lanes by prefix is taken, and named", () => {
  const ratio: Ratio = { ...RATIO, a: { lane: "npm/*" } };
  const lanes = [measured("npm/a", [90, 90]), measured("npm/b", [50, 50]), measured("quick", [10, 10])];
  const [found] = ratiosOf([ratio], lanes);
  assert.ok(found !== undefined && "spread" in found);
  assert.equal(found.a, { lane: "npm/b", workload: "mix" });
  assert.is(found.spread.median, 5);
  assert.match(found.name, "npm/b");
  const [none] = ratiosOf([ratio], [missing("npm/a", "npm ci first"), measured("quick", [10])]);
  assert.ok(none !== undefined && "reason" in none);
  assert.match(none.reason, "npm/a on mix: npm ci first");
});

test("a ratio whose lane gave a reason, or was not run, is listed with that", () => {
  const [given] = ratiosOf([RATIO], [measured("slow", [1]), missing("quick", "cc is not installed")]);
  assert.ok(given !== undefined && "reason" in given);
  assert.is(given.reason, "quick on mix: cc is not installed");
  const [absent] = ratiosOf([RATIO], [measured("slow", [1])]);
  assert.ok(absent !== undefined && "reason" in absent);
  assert.is(absent.reason, "quick on mix: not run");
  assert.is(ratiosOf(RATIOS, []).length, RATIOS.length);
});

test("a ratio between workloads is told once; one of lanes, on each workload that has both; floors are for the mix", () => {
  const between: Ratio = { ...RATIO, a: { lane: "quick", workload: "attack" }, b: { lane: "quick", workload: "mix" } };
  const lanes = [
    ...[measured("slow", [30, 30]), measured("quick", [10, 10])],
    ...[measured("slow", [50, 50], { workload: "attack" }), measured("quick", [20, 20], { workload: "attack" })],
    measured("quick", [20, 20], { workload: "other" }),
  ];
  const found = ratiosOf([RATIO, between], lanes).map((ratio) => [
    ratio.a.workload,
    "spread" in ratio && [ratio.spread.median, ratio.verdict],
  ]);
  assert.equal(found, [
    ["mix", [3, "floor met"]],
    ["attack", [2.5, null]],
    ["attack", [2, "goal met"]],
  ]);
});

test("lanes take turns, and samples stand in the order of the rounds, without the first ones", async () => {
  const turns: string[] = [];
  const lane = (name: string): Lane =>
    fake(name, (round) => {
      turns.push(name);
      return 100 + round;
    });
  const entries = ["a", "b", "c"].map((name) => ({ lane: lane(name), workload: WORKLOAD }));
  const results = await measure(entries, { rounds: ROUNDS, warmups: 2 });
  assert.is(turns.length, 3 * (ROUNDS + 2));
  for (let round = 0; round < ROUNDS + 2; round++) {
    assert.equal(turns.slice(3 * round, 3 * round + 3).sort(), ["a", "b", "c"], `round ${round}`);
  }
  for (const result of results) {
    assert.ok("samples" in result);
    assert.equal(result.samples, [102, 103, 104, 105, 106, 107, 108]);
    assert.is(result.perFrame.median, 10.5);
    assert.is(Number(result.statistics.mean.toPrecision(6)), 10.5);
  }
});

test("a lane that gives a reason is listed with it; one that breaks too, and the others go on", async () => {
  let closed = 0;
  const close = (): void => {
    closed++;
  };
  const unable: Lane = { name: "unable", what: "", open: () => "no compiler: apt-get install gcc" };
  const wrong: Lane = {
    ...{ name: "wrong", what: "" },
    open: () => {
      throw new Error("frame 3 differs");
    },
  };
  const breaks = fake(
    "breaks",
    (round) => {
      if (round === 3) throw new Error("the process ended");
      return 1;
    },
    { close },
  );
  const lanes = [unable, wrong, breaks, fake("zero", () => 0, { close }), fake("good", () => 10, { close })];
  const results = await measure(
    lanes.map((lane) => ({ lane, workload: WORKLOAD })),
    { rounds: ROUNDS, warmups: 1 },
  );
  const reasons = results.map((result) => ("reason" in result ? [result.reason, result.failed] : "measured"));
  assert.equal(reasons, [
    ["no compiler: apt-get install gcc", false],
    ["frame 3 differs", true],
    ["round 4: the process ended", true],
    ["round 1: a round took 0 ns", true],
    "measured",
  ]);
  assert.is(closed, 3, "every lane that was opened");
});

/** A run of fake lanes on a little traffic. */
async function tinyRun(): Promise<{ result: Result; path: string }> {
  let path = "";
  const lanes = [fake("quick", (round) => 10 + round), fake("slow <b>", () => 1000)];
  const unable: Lane = { name: "unable", what: "", open: () => 'not "installed"' };
  const result = await run({
    ...{ command: ["--frames", "2000"], rounds: ROUNDS, curves: null, live: null, onProgress() {} },
    planned: [...lanes, unable].map((lane) => ({ lane, workload: "recording" })),
    openWorkload(name) {
      const traffic = TRAFFIC.find((item) => item.name === name)!;
      const workload = traffic.open({ ...initialParameters(), frames: 2000 });
      path = workload.path;
      assert.ok(existsSync(path));
      return workload;
    },
  });
  return { result, path };
}

test("a run of 2,000 frames and 7 rounds goes from traffic to a result, and takes its file away", async () => {
  const { result, path } = await tinyRun();
  assert.not(existsSync(path));
  const [workload] = result.workloads;
  assert.is(workload?.frames, 2000);
  assert.match(workload!.sha256, /^[0-9a-f]{64}$/);
  const [quick] = result.lanes;
  assert.ok(quick !== undefined && "samples" in quick);
  assert.equal(quick.samples, [11, 12, 13, 14, 15, 16, 17]);
  assert.is(result.warmups, WARMUPS);
  assert.is(result.machine.versions.node, process.versions.node);
  assert.equal(JSON.parse(JSON.stringify(result)), result, "nothing is lost in JSON");
});

test("the lane in the caches judges its frames in every round, of pcapng too", async () => {
  const frames = [...Array(20).keys()].map(() => packet(octetsOf(60)));
  const capture = concat([section(), description(), ...frames]);
  const cache = LANES.find(({ name }) => name === "kernel/cache")!;
  const workload = { name: "few", what: "", path: "", capture, frames: 20, policy: basePolicy() };
  const lane = (await cache.open(workload)) as OpenLane;
  assert.ok((await lane.round()) > 0);
  assert.ok((await lane.round()) > 0);
  lane.close();
});

test("reports render: every lane, every ratio with its reason, words escaped, and nothing to be fetched", async () => {
  const { result } = await tinyRun();
  const text = resultText(result);
  for (const { lane } of result.lanes) assert.match(text, lane);
  assert.match(text, 'not "installed"');
  assert.match(text, "kernel/chunks ÷ limit/chunks");
  assert.match(text, "not measured: kernel/chunks on recording: not run");

  const at = (value: number): Result["curves"][number]["points"][number] => ({
    ...{ at: value, frames: 10, samples: [10, 20], perFrame: spreadOf([1, 2]) },
  });
  const ratios = ratiosOf([{ ...RATIO, a: { lane: "slow <b>" }, floor: 1e3 }], result.lanes);
  const page = pageOf({
    ...result,
    ratios,
    curves: [{ name: "partitions", axis: "partitions", note: "", points: [at(1), at(100)] }],
    memory: {
      fixed: 1000,
      growths: [
        {
          ...{ name: "partition", note: "bare" },
          points: [
            { at: 1, octets: 10, each: null },
            { at: 11, octets: 60, each: 5 },
          ],
        },
      ],
    },
  });
  assert.match(page, "slow &#60;b&#62;");
  assert.not.match(page, "slow <b>");
  assert.match(page, "not &#34;installed&#34;");
  assert.match(page, "100 partitions instead of 1: time ×1.00");
  assert.not.match(page, /\b(src|href)=|url\(|@import|<script/);
  assert.not.match(page, /NaN|undefined|Infinity/);
});

test("a run in which nothing could be measured renders too", () => {
  const nothing: Result = {
    ...{
      format: 1,
      date: "",
      command: [],
      seconds: 1,
      rounds: ROUNDS,
      warmups: 1,
      curves: [],
      memory: null,
      live: null,
    },
    machine: { cpu: "", cores: 1, memory: 1, system: "", load: 0, versions: {}, commit: null },
    workloads: [{ name: "mix", what: "", frames: 1, octets: 1, sha256: "" }],
    lanes: [missing("kernel/chunks", "no"), missing("read", "no")],
    ratios: ratiosOf(RATIOS, []),
  };
  assert.match(resultText(nothing), "not measured, because");
  assert.match(pageOf(nothing), "No lane could be measured");
});

test("axes have round marks, and values beyond are at their ends", () => {
  const log = logScale([3, 4000], { from: 0, to: 100 });
  assert.equal(log.ticks, [1, 10, 100, 1000, 10_000]);
  assert.is(log.place(100), 50);
  assert.is(log.place(0.1), 0);
  const linear = linearScale(0, 1.5, { from: 0, to: 100 });
  assert.equal(linear.ticks, [0, 0.5, 1, 1.5]);
  assert.is(linear.place(9), 100);
});

function optionsOf(...line: string[]): Options {
  return readOptions(line, { lanes: LANES, traffic: TRAFFIC, parameters: PARAMETERS });
}

/** What is said of a command that is not understood. */
function refusal(...line: string[]): string {
  const write = process.stderr.write;
  let said = "";
  process.stderr.write = ((text: string) => {
    said += text;
    return true;
  }) as typeof write;
  try {
    optionsOf(...line);
  } catch (error) {
    assert.instance(error, CommanderError);
    assert.is.not((error as CommanderError).exitCode, 0);
    return said;
  } finally {
    process.stderr.write = write;
  }
  throw new Error(`${line.join(" ")} was understood`);
}

test("a lane is named by its name or a prefix, with or without the slash; what is not understood says what would be", () => {
  const names = (...line: string[]): string[] => optionsOf(...line).lanes!.map(({ name }) => name);
  const kernel = LANES.map(({ name }) => name).filter((name) => name.startsWith("kernel/"));
  assert.equal(names("--lane", "kernel"), kernel);
  assert.equal(names("--lane", "kernel/"), kernel);
  assert.equal(names("--lane", "copy", "--lane", "dispatch"), ["dispatch", "copy"], "in the order of the report");
  assert.is(optionsOf().lanes, null);
  assert.match(refusal("--lane", "kern"), /Expected one of .*kernel\/frames.*dispatch/);
  assert.match(refusal("--workload", "nothing"), /Expected one of .*recording/);
  assert.match(refusal("--nonsense"), "--nonsense");
});

test("bounds of options are kept, and what goes together is asked for together", () => {
  assert.is(optionsOf("--rounds", "7").rounds, 7);
  assert.match(refusal("--rounds", "6"), "Expected a whole number from 7");
  assert.match(refusal("--rounds", "7.5"), "Expected a whole number from 7");
  assert.match(refusal("--frames", "0"), "Expected a whole number from 1");
  assert.match(refusal("--frames", "many"), "Expected a whole number from 1");
  assert.match(refusal("--malformed", "101"), "Expected a number from 0");
  assert.match(refusal("--capture", "a.pcap"), "go together");
  assert.match(refusal("--policy", "a.json"), "go together");
  assert.match(refusal("--capture", "a", "--policy", "b", "--workload", "recording"), "give one of them");
  assert.match(refusal("--capture", "a", "--policy", "b", "--frames", "5"), "not for --capture");
  assert.match(refusal("--no-lanes"), "give --curves or --live too");
  assert.match(refusal("--curves", "--no-lanes", "--lane", "kernel"), "give one of them");
  assert.equal(optionsOf("--curves", "--no-lanes").lanes, []);
  assert.equal(
    [optionsOf().live, optionsOf("--live").live, optionsOf("--live", "25", "--no-lanes").live],
    [null, 5, 25],
  );
  assert.match(refusal("--live", "26"), "Expected a whole number from 1 to 25");
  assert.match(refusal("--live", "0"), "Expected a whole number from 1 to 25");
});

test("without a workload named, all lanes go on the mix, and ratios between workloads have theirs on the others", () => {
  const lanes = [fake("quick", () => 1), fake("slow", () => 1)];
  const between: Ratio = { ...RATIO, a: { lane: "quick", workload: "attack" }, b: { lane: "quick", workload: "mix" } };
  const pairs = (options: Partial<Options>): string[] => {
    const given = { lanes: null, workloads: null, capture: null, ...options };
    return planOf(given, lanes, ["mix", "attack"], [between]).map(({ lane, workload }) => `${lane.name} ${workload}`);
  };
  assert.equal(pairs({}), ["quick mix", "slow mix", "quick attack"]);
  assert.equal(pairs({ lanes: lanes.slice(1) }), ["slow mix"]);
  assert.equal(pairs({ workloads: ["attack"] }), ["quick attack", "slow attack"]);
  assert.equal(pairs({ capture: { path: "", policy: "" } }), ["quick capture", "slow capture"]);
});

test("lanes have names of their own and say what they do", () => {
  assert.is(new Set(LANES.map(({ name }) => name)).size, LANES.length);
  for (const { name, what } of [...LANES, ...TRAFFIC]) assert.ok(what.length > 10, name);
  assert.match(listText(LANES, TRAFFIC), /kernel\/frames[\s\S]*recording/);
});

test("the gate passes within its bounds, fails beyond them and says by how much, and fails what it can't measure", () => {
  const lanes = (kernel: number, javascript: number): LaneResult[] => [
    measured("kernel/chunks", [kernel, kernel, 9 * kernel]),
    measured("limit/chunks", [100, 100, 900]),
    measured("javascript/chunks", [javascript, javascript, 9 * javascript]),
  ];
  const bounds = [
    { a: "kernel/chunks", b: "limit/chunks", most: 1.5 },
    { a: "javascript/chunks", b: "kernel/chunks", least: 1.6 },
  ];
  const passes = (found: readonly LaneResult[]): boolean[] => decide(bounds, found).map((item) => item.passes);
  assert.equal(passes(lanes(150, 240)), [true, true], "at the bounds");
  assert.equal(passes(lanes(165, 330)), [false, true]);
  assert.equal(passes(lanes(100, 128)), [true, false]);
  assert.match(decide(bounds, lanes(165, 330))[0]!.said, "kernel/chunks ÷ limit/chunks: 1.650");
  assert.match(decide(bounds, lanes(165, 330))[0]!.said, "at most 1.5: 10.0 % beyond");
  assert.match(decide(bounds, lanes(100, 128))[1]!.said, "at least 1.6: 25.0 % beyond");
  const unable = [...lanes(100, 200).filter(({ lane }) => lane !== "limit/chunks"), missing("limit/chunks", "no cc")];
  assert.equal(passes(unable), [false, true]);
  assert.match(decide(bounds, unable)[0]!.said, "limit/chunks can't be measured: no cc");
  assert.match(decide(bounds, [])[0]!.said, "there is no lane kernel/chunks");
});

test("a size is that of a module and all it imports, each once", () => {
  const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
  try {
    mkdirSync(join(folder, "sinks"));
    const modules = {
      "sinks/one.js": 'import {\n  a\n} from "../chunk-A.js";\nimport "../chunk-B.js";\n',
      "two.js": 'import { a } from "./chunk-A.js";\n',
      "chunk-A.js": 'export * from "./chunk-C.js";\n',
      "chunk-B.js": 'import "./chunk-A.js";\n',
      "chunk-C.js": "c",
      "chunk-D.js": "nobody's",
    };
    for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
    const all = Object.entries(modules).reduce(
      (sum, [name, { length }]) => sum + (name === "chunk-D.js" ? 0 : length),
      0,
    );
    const [size] = sizesOf(folder, [{ name: "entries", files: ["sinks/*.js", "two.js"], octets: all, gzip: 9999 }]);
    assert.is(size!.octets, all);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("sizes pass at their budgets and fail one octet beyond; a file that is not there is named", () => {
  const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
  try {
    writeFileSync(join(folder, "chunk-A.js"), "aaaa".repeat(100));
    writeFileSync(join(folder, "index.js"), "b");
    const budget = { name: "library", files: ["index.js", "chunk-*.js"], octets: 401, gzip: 401 };
    assert.is(sizesOf(folder, [budget])[0]!.passes, true);
    const [over] = sizesOf(folder, [{ ...budget, octets: 400 }]);
    assert.is(over!.passes, false);
    assert.match(over!.said, "401 octets of 400: 1 too many");
    assert.is(sizesOf(folder, [{ ...budget, gzip: over!.gzip - 1 }])[0]!.passes, false);
    assert.throws(() => sizesOf(folder, [{ ...budget, files: ["other.js"] }]), /other\.js: there is no such file/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
