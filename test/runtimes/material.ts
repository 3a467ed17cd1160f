// What the package is tried with in every runtime: vectors, recordings and generated traffic, with what is to come of them.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { readCaptureSync } from "../../ts/capture/read.ts";
import { type FrameInput, frameOf } from "../../ts/frames.ts";
import type { PolicyInput } from "../../ts/policy/input.ts";
import { readPolicyText } from "../../ts/policy/text.ts";
import { judge } from "../both.ts";
import { BULK, POLICY, RECORDING } from "../commands.ts";
import { frames } from "../generate/frame.ts";
import { policy } from "../generate/policy.ts";
import { type Vector, vectors } from "../vectors.ts";
import { pcapng } from "../written.ts";

/** A capture, by which policy it is judged, and where each of its frames goes: kernel and oracle agreed on that. */
export interface Trial {
  readonly name: string;
  readonly policy: PolicyInput;
  /** Base64. */
  readonly capture: string;
  /** `partition`, `partition/binding`, copies behind a `+`; or a reason. */
  readonly expected: readonly string[];
}

export interface Material {
  readonly vectors: readonly Vector[];
  readonly trials: readonly Trial[];
}

/** Generated captures, and frames of each. */
const GENERATED = 6;
const FRAMES = 150;
/** Frames of the bulk recording. */
const EXCERPT = 3000;

function trial(name: string, input: PolicyInput, capture: Uint8Array): Trial {
  const list: FrameInput[] = [];
  for (const batch of readCaptureSync(capture)) {
    for (let row = 0; row < batch.count; row++) list.push(frameOf(batch, row));
  }
  const text = Buffer.from(capture).toString("base64");
  return { name, policy: input, capture: text, expected: judge(input, ...list) };
}

export function materialOf(seed: number): Material {
  const { input } = readPolicyText(readFileSync(POLICY, "utf8"));
  const bulk: FrameInput[] = [];
  for (const batch of readCaptureSync(readFileSync(BULK))) {
    for (let row = 0; row < batch.count && bulk.length < EXCERPT; row++) bulk.push(frameOf(batch, row));
    if (bulk.length === EXCERPT) break;
  }
  const generated = fc.sample(fc.tuple(policy, frames(FRAMES)), { numRuns: GENERATED, seed });
  return {
    vectors: vectors.filter(({ expect }) => !expect.code.startsWith("FRAG_LABEL")),
    trials: [
      trial("the recording", input as PolicyInput, readFileSync(RECORDING)),
      trial(
        "bulk traffic",
        input as PolicyInput,
        pcapng(bulk, (i) => i % 500 === 0),
      ),
      ...generated.map(([rules, list], i) =>
        trial(
          `generated ${i + 1}`,
          rules,
          pcapng(list, (frame) => frame % 40 === 0),
        ),
      ),
    ],
  };
}
