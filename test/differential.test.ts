// Two implementations, one answer: 200,000 generated packets under random policies, every field of the verdict; and as
// many of the packets again for what is read of them alone. LABELGATE_SEED repeats a run.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareReadings, compareVerdicts, randomSeed } from "./generate/differential.ts";

const PACKETS = 200_000;
/** Reasons that generated frames are too seldom to rely on; test/reasons.test.ts reaches every one. */
const COMMON = 40;

const test = suite("kernel against oracle");
const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
console.log(`seed ${seed}`);

test("the verdicts on 200,000 generated packets under random policies are the same", () => {
  const { failure, packets, seen } = compareVerdicts({ packets: PACKETS, seed });
  assert.is(failure, null);
  assert.ok(packets >= PACKETS);
  const delivered = seen.get("OK")!;
  const reasons = [...seen.values()].filter((count) => count > 0).length;
  console.log(`${packets} packets, ${delivered} delivered, ${reasons} reasons`);
  assert.ok(delivered > packets / 50, "the generator must reach the last step often");
  assert.ok(reasons >= COMMON, `the generator must reach many reasons, not ${reasons}`);
});

test("what is read of 50,000 generated frames is the same, under both profiles", () => {
  const { failure, packets } = compareReadings({ packets: 50_000, seed });
  assert.is(failure, null);
  assert.ok(packets >= 50_000);
});

test.run();
