// Verdicts as the kernel writes them: what other implementations are held against.
import { VERDICT_SIZE } from "../assembly/columns.ts";
import { VERDICTS } from "../assembly/memory.ts";
import { Kernel, TABLES_BASE } from "../ts/kernel.ts";
import { compilePolicy } from "../ts/policy/compile.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { throughChunks } from "./lanes/chunks.ts";

/** The VERDICT rows of all frames of a capture, in order. */
export function verdictRows(policy: PolicyInput, capture: Uint8Array): Uint8Array {
  const kernel = new Kernel(compilePolicy(resolvePolicy(policy), TABLES_BASE));
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
