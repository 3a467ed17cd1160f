// Pools with the workers that were built, and what comes to the sinks of a pool or a classifier.
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Classifier } from "../ts/classifier.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { type ClassifierPool, createClassifierPool, type PoolWorker } from "../ts/pool/pool.ts";
import type { Delivery } from "../ts/sink.ts";

const PROGRAM = fileURLToPath(new URL("../build/dist/pool-worker.js", import.meta.url));

const started = new Set<Worker>();

export function startWorker(): PoolWorker {
  const worker = new Worker(PROGRAM);
  started.add(worker);
  worker.once("exit", () => started.delete(worker));
  return worker as PoolWorker;
}

/** Ends those of pools that a failed test left open, which would keep the process alive. */
export async function endWorkers(): Promise<void> {
  await Promise.all(Array.from(started, (worker) => worker.terminate()));
}

export function openPool(policy: PolicyInput, workers = 2): ClassifierPool {
  return createClassifierPool(policy, { workers, worker: startWorker });
}

/** What each sink got, one text a frame, with its verdict and how that came about. */
export type Record = Map<string, string[]>;

/** Registers a sink for every partition and the drops. */
export function record(target: Pick<Classifier, "partitions" | "register" | "registerDrops">): Record {
  const got: Record = new Map();
  const take = (delivery: Delivery): void => {
    const list = got.get(delivery.name)!;
    for (const frame of delivery) {
      const { explanation, ...copy } = { ...frame.copy(), explanation: frame.explanation };
      const { verdict, bytes, ...rest } = copy;
      list.push(
        JSON.stringify({ ...rest, bytes: Buffer.from(bytes).toString("hex"), verdict, steps: explanation.steps }),
      );
    }
  };
  for (const name of target.partitions) {
    got.set(name, []);
    target.register(name, take);
  }
  got.set("dropped", []);
  target.registerDrops(take);
  return got;
}
