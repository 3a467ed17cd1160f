// Two workers, each with a classifier of its own, on the two halves of a file.
import { closeSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { PCAP_HEADER_LENGTH } from "../../ts/capture/pcap.ts";
import { now } from "../clock.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";
import { NOT_PLAIN, plainPcap } from "../plain-pcap.ts";
import { boundaryNear } from "./boundary.ts";
import { type Half, SHARED_OCTETS, Shared } from "./half.ts";

const WORKERS = 2;
/** Octets around the middle in which the beginning of a record is looked for. */
const WINDOW = 1_048_576;

export const twoLane: Lane = {
  name: "file/two",
  what: "the same with two workers, half of the file each; a datagram in fragments on both sides is not put together",
  open: openTwo,
};

async function openTwo({ path, policy, capture, frames }: Workload): Promise<OpenLane | string> {
  if (plainPcap(capture) === null) return NOT_PLAIN;
  const shared = Array.from({ length: WORKERS }, () => new Shared(new SharedArrayBuffer(SHARED_OCTETS)));
  const program = await bundle();
  const workers = shared.map(({ memory }) => {
    return new Worker(program, { eval: true, workerData: { path, policy, memory } satisfies Half });
  });
  await Promise.all(workers.map(begun));
  return {
    frames,
    octets: capture.length,
    round() {
      for (const half of shared) half.prepare();
      const start = now();
      const middle = middleOf(path, capture.length);
      shared[0]!.go(PCAP_HEADER_LENGTH, middle);
      shared[1]!.go(middle, capture.length);
      let judged = 0;
      for (const half of shared) judged += half.frames();
      const spent = now() - start;
      // The first ends where the second began, or its last record isn't whole: then this is no boundary.
      if (judged !== frames) throw new Error(`${judged} frames were judged of ${frames}`);
      return spent;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

// In one file: what lets Node read TypeScript is not there in its workers.
async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("half.ts", import.meta.url));
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, logLevel: "error" },
    ...{ platform: "node", format: "cjs", target: "node20" },
  });
  return outputFiles[0]!.text;
}

// A worker says so when its modules are there; until then it may need its master, who must not block.
function begun(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
}

// Where a record begins near the middle of a file.
function middleOf(path: string, length: number): number {
  const window = new Uint8Array(Math.min(WINDOW, length - PCAP_HEADER_LENGTH));
  const from = Math.max(PCAP_HEADER_LENGTH, Math.floor((length - window.length) / 2));
  const file = openSync(path, "r");
  readSync(file, window, 0, window.length, from);
  closeSync(file);
  const found = boundaryNear(new DataView(window.buffer), 0);
  return found === null ? length : from + found;
}
