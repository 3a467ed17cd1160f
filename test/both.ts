// What kernel and oracle say of frames, which must be the same.
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf, type FrameInput } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { reasonName } from "../ts/reason.ts";
import { Oracle } from "./oracle.ts";
import { RAW } from "./packets.ts";

/** Where each frame goes: `partition`, `partition/binding`, copies behind a `+`; or a reason. Raw IP unless told otherwise. */
export function judge(policy: PolicyInput, ...given: readonly (Uint8Array | FrameInput)[]): string[] {
  const frames = given.map(
    (frame): FrameInput => (frame instanceof Uint8Array ? { bytes: frame, linkType: RAW } : frame),
  );
  const name = (partition: string, binding: string | null) =>
    binding === null ? partition : `${partition}/${binding}`;
  const verdicts = [...createClassifier(policy).verdicts(batchOf(frames))];
  const kernelSays = verdicts.map(({ partition, binding, copies, reason }) =>
    reason !== null
      ? reason
      : [name(partition!, binding), ...copies.map((copy) => name(copy.partition, copy.binding))].join("+"),
  );
  const resolved = resolvePolicy(policy);
  const oracle = new Oracle(resolved);
  const named = (index: number, binding: number | null) => {
    const partition = resolved.partitions[index]!;
    return name(partition.name, binding === null ? null : partition.bindings![binding]!.name);
  };
  const oracleSays = frames.map(
    ({ bytes, linkType = 1, wireLength = bytes.length, seconds = 0, nanoseconds = 0, device = null }) => {
      const said = oracle.classify({ bytes, linkType, wireLength, time: seconds + nanoseconds / 1e9, device });
      if (said.partition === null) return reasonName(said.reason);
      const targets = [{ partition: said.partition, binding: said.binding }, ...said.copies];
      return targets.map(({ partition, binding }) => named(partition, binding)).join("+");
    },
  );
  assert.equal(kernelSays, oracleSays);
  return kernelSays;
}
