// Frames scattered in the kernel's memory: the octets are those that writing each frame by itself gives.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { parse } from "jsonc-parser";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCaptureSync } from "../ts/capture/read.ts";
import { CaptureScan } from "../ts/capture/scan.ts";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf, type FrameBatch, type FrameInput, MAX_CAPLEN } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";
import { GATHER_BYTES, LEAST_PART, MOST_PART } from "../ts/scatter.ts";
import { octetsOf } from "./captures.ts";
import { NOWHERE, POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { randomSeed } from "./generate/differential.ts";
import { frames } from "./generate/frame.ts";
import { policy as generated } from "./generate/policy.ts";
import { cipso, ipv4, RAW } from "./packets.ts";
import { Scattered, writtenBySinks } from "./scattering.ts";

const test = suite("scatter");
const folder = fileURLToPath(new URL("../fixtures/captures/", import.meta.url));
const recording = parse(
  readFileSync(fileURLToPath(new URL("../fixtures/policies/recording.json", import.meta.url)), "utf8"),
) as PolicyInput;

/** Scatters batches and dispatches them; both must have written the same. What the scatter counted besides. */
function same(policy: PolicyInput, batches: readonly FrameBatch[]): Scattered {
  const scattered = new Scattered(resolvePolicy(policy));
  const classifier = createClassifier(policy);
  const written = writtenBySinks(classifier);
  for (const batch of batches) {
    scattered.scatter.take(batch);
    classifier.dispatch(batch);
  }
  const found = scattered.end();
  for (const [slot, octets] of written().entries()) assert.equal(found[slot], octets, `slot ${slot}`);
  return scattered;
}

const raw = (bytes: Uint8Array, more: Partial<FrameInput> = {}): FrameInput => ({ bytes, linkType: RAW, ...more });

test("real captures, read into its memory, are written as frame by frame", () => {
  for (const name of readdirSync(folder).filter((item) => item.endsWith(".pcap"))) {
    const capture = new Uint8Array(readFileSync(`${folder}${name}`));
    const scattered = new Scattered(resolvePolicy(recording));
    const classifier = createClassifier(recording);
    const written = writtenBySinks(classifier);
    const scan = new CaptureScan(scattered.scatter.lend()!);
    for (let at = 0; at < capture.length; ) {
      at += scan.take(capture.subarray(at));
      for (const batch of scan.batches()) scattered.scatter.take(batch);
    }
    for (const batch of readCaptureSync(capture)) classifier.dispatch(batch);
    assert.equal(scattered.end(), written(), name);
    assert.is(scattered.frames, 0, "each was made a block");
  }
});

test("whatever the policy and the frames: devices, link types, copies and drops too", () => {
  const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
  console.log(`seed ${seed}`);
  const property = fc.property(generated, frames(60), (input, list) => {
    if (readResolved(input).policy === null) return;
    const inputs = list.map((frame, i) => {
      return { ...frame, seconds: i * 4_000_000, nanoseconds: 999_999_999 - i };
    });
    same(input, [batchOf(inputs)]);
  });
  const details = fc.check(property, { numRuns: 150, seed });
  if (details.failed) assert.unreachable(`${seed}: ${(details.errorInstance as Error).message.slice(0, 300)}`);
});

test("times up to the last that pcapng holds, and beyond both ends", () => {
  const times = [-1, 0, 18_446_744_072, 18_446_744_073, 18_446_744_074, 2 ** 40];
  const batch = batchOf(
    times.flatMap((seconds) => [PUBLIC, NOWHERE].map((bytes) => raw(bytes, { seconds, nanoseconds: 709_551_616 }))),
  );
  const { frames: byHand } = same(POLICY, [batch]);
  assert.is(byHand, 2 * [-1, 18_446_744_073, 18_446_744_074, 2 ** 40].length, "only those out of the ordinary");
});

test("frames at the bound, larger than the memory of a capture, and empty ones", () => {
  const large = new Uint8Array(MAX_CAPLEN);
  large.set(SECRET);
  const inputs = [SECRET, large, new Uint8Array(0), PUBLIC, large, NOWHERE].map((bytes) => raw(bytes));
  const { frames: byHand } = same(POLICY, [batchOf(inputs)]);
  assert.is(byHand, 2, "a block has more octets than its frame, and there are no more than these");
  assert.is(MOST_PART, MAX_CAPLEN);
});

test("memory that is full is handed on, in order", () => {
  const inputs = Array.from({ length: 4096 }, (_, i) => {
    const bytes = new Uint8Array(SECRET.length + (i % 700));
    bytes.set(octetsOf(bytes.length, i));
    bytes.set(i % 5 === 0 ? NOWHERE : SECRET);
    return raw(bytes, { seconds: i });
  });
  const { handed } = same(POLICY, [batchOf(inputs), batchOf(inputs)]);
  assert.ok(handed > 10, `${handed} times`);
});

test("more captures than there is memory for: who has had it for longest makes way", () => {
  const count = GATHER_BYTES / LEAST_PART + 500;
  const name = (i: number): string => `p${i}`;
  const label = (i: number): [number, number[]] => [i % 256, [Math.floor(i / 256)]];
  const policy: PolicyInput = {
    ...POLICY,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1"], range: ["0", "255:0.1023"] }],
    partitions: Array.from({ length: count }, (_, i) => ({ name: name(i), label: `${label(i)[0]}:${label(i)[1]}` })),
    templates: { peers: { type: "labelled", range: ["0", "255:0.1023"] } },
    hosts: { "0.0.0.0/0": "peers" },
  };
  const inputs = Array.from({ length: count }, (_, i) => raw(ipv4({ options: cipso(...label(i)) })));
  const some = batchOf(inputs.slice(-4000).reverse());
  const { handed } = same(policy, [batchOf(inputs), some, some]);
  assert.ok(handed > count, `${handed} times`);
});

test.run();
