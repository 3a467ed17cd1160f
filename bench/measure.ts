// Lanes on workloads, in rounds: in each, every lane goes once. What is measured in one round is compared; machines have
// fast and slow minutes.
import { setImmediate as nextTurn } from "node:timers/promises";
import { Bench } from "tinybench";
import type { Lane, OpenLane, Workload } from "./lane.ts";
import type { LaneResult, MeasuredLane, MissingLane } from "./result.ts";
import { spreadOf } from "./spread.ts";
import { Turns } from "./turns.ts";

/** A lane and the workload it goes through. */
export interface Entry {
  readonly lane: Lane;
  readonly workload: Workload;
}

export interface Rounds {
  readonly rounds: number;
  /** Rounds before the first that counts: V8 compiles, files come into the page cache. */
  readonly warmups: number;
  /** Called before each turn. */
  readonly onTurn?: (name: string, done: number, all: number) => void;
}

/** An entry that is ready, and its samples. */
interface Opened extends Entry {
  readonly open: OpenLane;
  /** Nanoseconds, those of the rounds before the first that counts too. */
  readonly taken: number[];
  failure: string | null;
}

const NANOSECONDS = 1e6; // in a millisecond, which tinybench counts in

/** Opens the lanes, one after the other, lets them go in rounds, and closes them. Results in the order of the entries. */
export async function measure(entries: readonly Entry[], rounds: Rounds): Promise<LaneResult[]> {
  const opened = new Map<Entry, Opened>();
  const missing = new Map<Entry, MissingLane>();
  try {
    for (const entry of entries) {
      const open = await openLane(entry);
      if ("reason" in open) missing.set(entry, open);
      else opened.set(entry, { ...entry, open, taken: [], failure: null });
    }
    const measured = await run([...opened.values()], rounds);
    return entries.map((entry) => missing.get(entry) ?? measured.get(opened.get(entry)!)!);
  } finally {
    for (const { open } of opened.values()) await open.close();
  }
}

async function openLane(entry: Entry): Promise<OpenLane | MissingLane> {
  try {
    const open = await entry.lane.open(entry.workload);
    return typeof open === "string" ? missingLane(entry, open, false) : open;
  } catch (error) {
    return missingLane(entry, messageOf(error), true);
  }
}

async function run(lanes: readonly Opened[], { rounds, warmups, onTurn }: Rounds): Promise<Map<Opened, LaneResult>> {
  const all = rounds + warmups;
  const turns = new Turns(all, lanes.length);
  const bench = new Bench({
    concurrency: "bench",
    iterations: rounds,
    time: 0,
    warmup: warmups > 0,
    warmupIterations: warmups,
    warmupTime: 0,
  });
  let done = 0;
  lanes.forEach((lane, index) => {
    const turn = async () => {
      await turns.take(index);
      try {
        await nextTurn(); // signals and the ends of processes are heard of between two turns
        onTurn?.(nameOf(lane), done++, all * lanes.length);
        const nanoseconds = await lane.open.round();
        if (!(nanoseconds > 0 && Number.isFinite(nanoseconds))) throw new RangeError(`a round took ${nanoseconds} ns`);
        lane.taken.push(nanoseconds);
        return { overriddenDuration: nanoseconds / NANOSECONDS };
      } catch (error) {
        lane.failure = `round ${lane.taken.length + 1}: ${messageOf(error)}`;
        turns.leave(index);
        throw error;
      } finally {
        turns.pass();
      }
    };
    bench.add(`${index}`, turn, { async: true });
  });
  await bench.run();
  return new Map(lanes.map((lane, index) => [lane, resultOf(lane, bench, index, warmups)]));
}

function resultOf(lane: Opened, bench: Bench, index: number, warmups: number): LaneResult {
  const { result } = bench.getTask(`${index}`)!;
  if (lane.failure !== null) return missingLane(lane, lane.failure, true);
  if (result.state !== "completed") throw new Error(`${nameOf(lane)}: tinybench says ${result.state}`);
  const { frames, octets } = lane.open;
  const samples = lane.taken.slice(warmups);
  const perFrame = (milliseconds: number): number => (milliseconds * NANOSECONDS) / frames;
  const { mean, sd, mad, rme } = result.latency;
  return {
    lane: lane.lane.name,
    workload: lane.workload.name,
    what: lane.lane.what,
    frames,
    octets,
    samples,
    perFrame: spreadOf(samples.map((nanoseconds) => nanoseconds / frames)),
    statistics: { mean: perFrame(mean), sd: perFrame(sd), mad: perFrame(mad), rme },
  } satisfies MeasuredLane;
}

function missingLane({ lane, workload }: Entry, reason: string, failed: boolean): MissingLane {
  return { lane: lane.name, workload: workload.name, what: lane.what, reason, failed };
}

function nameOf({ lane, workload }: Entry): string {
  return `${lane.name} on ${workload.name}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
