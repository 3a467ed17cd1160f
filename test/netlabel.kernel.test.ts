// Linux with NetLabel as the judge: what it takes of random options beside profile linux, and of what is labelled here.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomSeed } from "./generate/differential.ts";
import type { KernelClient } from "./live/kernel-client.ts";
import type { Judged, KernelVerdicts } from "./live/kernel-verdicts.ts";
import { runInside } from "./namespaces.ts";
import { withDoi } from "./netlabel-doi.ts";

const test = suite("netlabel kernel");

const AREAS = 25_000;
const STAMPED = 2500;
const SEED = Number(process.env.LABELGATE_SEED ?? randomSeed());

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, n) => all + n, 0);

// What the profiles differ in (C8-C15, K1-K6): by profile strict these are refused, and the kernel takes some.
const LAX4 = ["MULTI_MAC_TAG", "ALIGN_NONZERO", "RANGE_COUNT", "CAT_65535", "RANGE_INVERTED", "RANGE_OVERLAP"];
const LAX6 = ["NOT_HBH", "DUPLICATE", "LEN_MISMATCH", "ALIGN"];

function checkJudged(name: string, judged: Judged, lax: readonly string[]): void {
  const { areas, accepted, dropped, others, pointers, tagZeros, differences, readings, stamped, lost } = judged;
  console.log(`${name}: ${areas} areas, ${accepted} accepted, ${dropped} dropped, ${stamped} stamped`);
  console.log(`  readings: ${JSON.stringify(readings)}`);
  console.log(`  the accepted by profile strict: ${JSON.stringify(judged.lax)}`);
  console.log(`  dropped for other options: ${JSON.stringify(others)}; same pointer: ${pointers}; tag 0: ${tagZeros}`);
  assert.equal(differences, [], `${name}, seed ${SEED}`);
  assert.equal(lost, [], `${name}: labelled here and not taken, seed ${SEED}`);
  for (const reason of lax) assert.ok((judged.lax[`${name}_${reason}`] ?? 0) > 0, `no ${name}_${reason} was taken`);
  // Both verdicts are common, and few areas are spent on what labelgate does not judge.
  assert.ok(Math.min(accepted, dropped) > areas / 5, `${accepted} of ${areas} accepted`);
  assert.ok(sum(others) < areas / 5, `${sum(others)} of ${areas} for other options`);
}

await withDoi(test, {
  "profile linux accepts what the kernel accepts, and the kernel takes what is stamped": async (doi) => {
    console.log(`DOI ${doi}, LABELGATE_SEED=${SEED}`);
    const seen = await runInside<KernelVerdicts>("kernel-verdicts.ts", ...[doi, SEED, AREAS, STAMPED].map(String));
    console.log(`${seen.seconds.toFixed(1)} s`);
    checkJudged("CIPSO", seen[4], LAX4);
    checkJudged("CALIPSO", seen[6], LAX6);
    // Nothing is lost but by a verdict.
    assert.is(seen.overflows, 0);
    assert.is(seen.received4, seen.sent4);
    assert.ok(seen[4].pointers > AREAS / 10, `${seen[4].pointers} pointers`);
  },

  "a Linux client that labels for itself reaches each partition by its label, through one gate": async (doi) => {
    const { answers, replies, refused4, refused6, status } = await runInside<KernelClient>(
      "kernel-client.ts",
      `${doi}`,
    );
    const expected: Record<string, string | null> = {};
    for (const name of ["public", "internal", "secret", "nobody"]) {
      for (const protocol of ["tcp", "udp"]) {
        for (const scheme of ["CIPSO tag 1", "CIPSO tag 2", "CIPSO tag 5", "CALIPSO"]) {
          expected[`${name} ${scheme} ${protocol}`] = name === "nobody" ? null : name;
        }
      }
    }
    for (const protocol of ["tcp", "udp"]) {
      for (const version of [4, 6]) expected[`unlabelled IPv${version} ${protocol}`] = null;
    }
    assert.equal(answers, expected);
    // The replies were labelled, and nothing that came back was amiss for the client's kernel.
    const labels = [`${doi}:1:`, `${doi}:2:0`, `${doi}:5:0,1`];
    const streams = ["IPv4 tcp", "IPv4 udp", "IPv6 tcp", "IPv6 udp"];
    assert.equal(
      replies,
      streams.flatMap((stream) => labels.map((label) => `${stream} ${label}`)),
    );
    assert.equal({ refused4, refused6, status }, { refused4: 0, refused6: 0, status: 0 });
  },
});

test.run();
