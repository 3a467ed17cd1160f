// Pools of one worker and of two on a file: what reading in one place and judging in others comes to.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { openCaptureFile, readCaptureFile } from "../../ts/capture/file.ts";
import { createClassifier } from "../../ts/classifier.ts";
import { type ClassifierPool, createClassifierPool, type PoolWorker } from "../../ts/pool/pool.ts";
import type { Delivery, Sink } from "../../ts/sink.ts";
import { now } from "../clock.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";

const PROGRAM = fileURLToPath(new URL("../../build/dist/pool-worker.js", import.meta.url));

export const POOL_LANES: readonly Lane[] = [
  poolLane("pool/one", 1, "a pool of one worker, beside the thread that reads; its frames reach the sinks in order"),
  poolLane("pool/two", 2, "the same with two workers; the same frames in the same order, which is looked at first"),
];

function poolLane(name: string, workers: number, what: string): Lane {
  return { name, what, open: (workload) => openPool(workload, workers) };
}

async function openPool({ path, policy, capture, frames }: Workload, workers: number): Promise<OpenLane | string> {
  if (!existsSync(PROGRAM)) return "the workers' program is not built: npm run build";
  const open = (): ClassifierPool =>
    createClassifierPool(policy, { workers, worker: () => new Worker(PROGRAM) as PoolWorker });
  await requireSame(open(), { path, policy });
  const pool = open();
  await pool.classify([openCaptureFile(path)]);
  let before = pool.stats().frames;
  return {
    frames,
    octets: capture.length,
    async round() {
      const start = now();
      await pool.classify([openCaptureFile(path)]);
      const spent = now() - start;
      const after = pool.stats().frames;
      if (after - before !== frames) throw new Error(`${after - before} frames were judged of ${frames}`);
      before = after;
      return spent;
    },
    close: () => pool.close(),
  };
}

// Every sink gets the frames that a classifier's gets, in the same order.
async function requireSame(pool: ClassifierPool, { path, policy }: Pick<Workload, "path" | "policy">): Promise<void> {
  const classifier = createClassifier(policy);
  const [expected, got] = [new Orders(), new Orders()];
  for (const name of classifier.partitions) {
    classifier.register(name, expected.sink(name));
    pool.register(name, got.sink(name));
  }
  classifier.registerDrops(expected.sink("dropped"));
  pool.registerDrops(got.sink("dropped"));
  for (const batch of readCaptureFile(path, { into: classifier })) classifier.dispatch(batch);
  await pool.classify([openCaptureFile(path)]);
  const [stats, others] = [classifier.stats(), pool.stats()].map((each) => JSON.stringify(each));
  await pool.close();
  if (stats !== others || expected.text() !== got.text())
    throw new Error("the pool has other results than a classifier");
}

/** What came to sinks: frames, and a digest of their numbers in order. */
class Orders {
  readonly #orders = new Map<string, { frames: number; digest: number }>();

  sink(name: string): Sink {
    const order = { frames: 0, digest: 0 };
    this.#orders.set(name, order);
    return (delivery: Delivery) => {
      order.frames += delivery.length;
      const { first } = delivery.batch;
      for (const row of delivery.rows) order.digest = (Math.imul(order.digest, 0x0100_0193) ^ (first + row)) >>> 0;
    };
  }

  text(): string {
    return JSON.stringify([...this.#orders]);
  }
}
