// The kernel's sources as C and its WebAssembly as plain JavaScript, which the benchmark holds it against: they give the same
// VERDICT rows, to the octet, or it would not be the same work.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Lane, Workload } from "../bench/lane.ts";
import { javascriptLanes } from "../bench/lanes/javascript.ts";
import { limitLanes } from "../bench/lanes/limit.ts";
import { RECORDING, RECORDING_POLICY } from "../bench/recording.ts";
import { firstDifference } from "../bench/verdict-rows.ts";
import { PcapWriter } from "../ts/capture/write.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved } from "../ts/policy/read.ts";
import { randomSeed } from "./generate/differential.ts";
import { frames, type GeneratedFrame } from "./generate/frame.ts";
import { policy as generated } from "./generate/policy.ts";
import { optional } from "./needs.ts";

const test = suite("translations");

const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const POLICIES = 40;
const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
console.log(`seed ${seed}`);
const cases = fc.sample(fc.tuple(generated, frames(100)), { numRuns: POLICIES, seed });

function workloadOf(capture: Uint8Array, frames: number, policy: PolicyInput): Workload {
  const path = join(folder, "capture.pcap");
  writeFileSync(path, capture);
  return { name: "generated", what: "", path, capture, frames, policy };
}

/** Those that have the link type of the first: a pcap file has one. */
function captureOf(list: readonly GeneratedFrame[]): [capture: Uint8Array, frames: number] {
  const chunks: Uint8Array[] = [];
  const own = list.filter(({ linkType }) => linkType === list[0]!.linkType);
  const writer = new PcapWriter((chunk) => chunks.push(chunk), { linkType: list[0]!.linkType });
  for (const { bytes, wireLength, seconds, nanoseconds } of own) {
    writer.packet(bytes, { wireLength, seconds: Math.max(0, seconds) % 2 ** 32, nanoseconds });
  }
  writer.flush();
  return [Buffer.concat(chunks), own.length];
}

/** Opening a lane compares its verdicts with the kernel's. */
async function compare(lane: Lane, workload: Workload): Promise<void> {
  const open = await lane.open(workload);
  if (typeof open === "string") assert.unreachable(open);
  else await open.close();
}

async function compareAll(lane: Lane): Promise<void> {
  await compare(lane, workloadOf(readFileSync(RECORDING), 1, RECORDING_POLICY));
  let compared = 0;
  for (const [policy, list] of cases) {
    if (readResolved(policy).policy === null || list.length === 0) continue;
    const [capture, count] = captureOf(list);
    await compare(lane, workloadOf(capture, count, policy));
    compared += count;
  }
  assert.ok(compared > POLICIES * 20, `${compared} frames`);
}

optional(test, "cc", `as C, on a recording and under ${POLICIES} random policies`, async () => {
  await compareAll(limitLanes[0]!);
});

test(`as plain JavaScript, on a recording and under ${POLICIES} random policies`, async () => {
  await compareAll(javascriptLanes[0]!);
});

test("a difference is found, wherever it is", () => {
  const rows = new Uint8Array(100).fill(7);
  assert.is(firstDifference(rows, rows.slice()), null);
  assert.is(
    firstDifference(
      rows,
      rows.map((octet, at) => (at === 42 ? 8 : octet)),
    ),
    42,
  );
  assert.is(firstDifference(rows, rows.subarray(0, 64)), 64);
});

test.run();
