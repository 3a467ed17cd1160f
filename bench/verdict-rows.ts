// Verdicts as the kernel writes them: what other implementations are held against.
import { VERDICT_SIZE } from "../assembly/columns.ts";
import { VERDICTS } from "../assembly/memory.ts";
import { Kernel } from "../ts/kernel.ts";
import type { Workload } from "./lane.ts";
import { throughChunks } from "./lanes/chunks.ts";
import { imageOf } from "./lanes/kernel.ts";

/**
 * Looks whether the VERDICT rows of all frames are the kernel's, to the octet: else it is not the same decision.
 *
 * @throws {Error} which frame has another verdict
 */
export function requireKernelRows(who: string, rows: Uint8Array, workload: Workload): void {
  const at = firstDifference(rows, verdictRows(workload));
  if (at === null) return;
  throw new Error(`${who}: frame ${Math.floor(at / VERDICT_SIZE) + 1} has another verdict than the kernel's`);
}

// The kernel's, in order.
function verdictRows({ policy, capture }: Workload): Uint8Array {
  const kernel = new Kernel(imageOf(policy));
  const octets = new Uint8Array(kernel.room.buffer);
  const rows: Uint8Array[] = [];
  throughChunks(capture, kernel.lend()!, (batch) => {
    for (let first = 0; first < batch.count; ) {
      const { judged } = kernel.classify(kernel.load(batch, first));
      rows.push(octets.slice(VERDICTS, VERDICTS + judged * VERDICT_SIZE));
      first += judged;
    }
  });
  return Buffer.concat(rows);
}

/** Where two lists of rows first differ; `null`: nowhere. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number | null {
  if (Buffer.compare(a, b) === 0) return null;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}
