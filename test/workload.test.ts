// Traffic that the benchmark makes: the same for the same parameters, with the shares that are asked for.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randoms } from "../bench/prefixes.ts";
import { initialParameters, type Parameters, TRAFFIC } from "../bench/traffic.ts";
import { attackOf } from "../bench/workload/attack.ts";
import { FAMILIES } from "../bench/workload/families.ts";
import { type Genome, LABEL, PLAIN } from "../bench/workload/genome.ts";
import { type Mix, mixOf } from "../bench/workload/mix.ts";
import { mutate } from "../bench/workload/mutation.ts";
import { search } from "../bench/workload/search.ts";
import { targetOf } from "../bench/workload/target.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import { type Classifier, createClassifier } from "../ts/classifier.ts";
import { formatLabel } from "../ts/label.ts";
import type { ReasonName } from "../ts/reason.ts";
import type { Verdict } from "../ts/verdict.ts";

const test = suite("workload");

const FRAMES = 20_000;
const SMALL: Parameters = { ...initialParameters(), frames: FRAMES, prefixes: 500, hosts: 1000, labels: 500 };
const FAMILY_FRAMES = 2048;
const target = targetOf("full");
const TWO_PERCENT = 0.02;

function mix(parameters: Parameters = {}): Mix {
  return mixOf({ ...SMALL, ...parameters } as Parameters);
}

function judged({ capture, policy }: Mix): Classifier {
  const classifier = createClassifier(policy);
  for (const batch of readCaptureSync(capture)) classifier.dispatch(batch);
  return classifier;
}

function verdictsOf(capture: Uint8Array, classifier: Classifier): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const batch of readCaptureSync(capture)) verdicts.push(...classifier.verdicts(batch));
  return verdicts;
}

function digest(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

test("the same parameters give the same octets and policy, another seed others", () => {
  const [first, second, other] = [mix(), mix(), mix({ seed: 2 })];
  assert.is(digest(first.capture), digest(second.capture));
  assert.equal(first.policy, second.policy);
  assert.is.not(digest(first.capture), digest(other.capture));
  assert.equal(createClassifier(first.policy).warnings, []);
});

test("about 70 % are delivered, whatever the numbers of partitions and prefixes, and the rest drops for many reasons", () => {
  for (const sizes of [{}, { partitions: 1, prefixes: 10 }, { partitions: 1000, prefixes: 5000 }]) {
    const classifier = judged(mix(sizes as Parameters));
    const { frames, delivered, reasons } = classifier.stats();
    assert.is(frames, FRAMES);
    const share = delivered.frames / FRAMES;
    assert.ok(share > 0.64 && share < 0.82, `${share} with ${JSON.stringify(sizes)}`);
    assert.ok(Object.keys(reasons).length > 30, Object.keys(reasons).join(" "));
  }
});

/** What the IP header of every frame carries: its label option, its VLAN tags, its octets. */
function shares(capture: Uint8Array): Record<string, number> {
  const counts: Record<string, number> = {};
  const count = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1 / FRAMES;
  };
  for (const batch of readCaptureSync(capture)) {
    for (let row = 0; row < batch.count; row++) {
      const bytes = batch.bytes.subarray(batch.offset(row), batch.offset(row) + batch.capturedLength(row));
      let ip = 14;
      for (; bytes[ip - 2] === 0x81 || bytes[ip - 2] === 0x88; ip += 4) {}
      if (ip > 14) count(ip === 18 ? "vlan" : "qinq");
      if (bytes[ip] === 0x60) count(bytes[ip + 6] === 0 && bytes[ip + 42] === 7 ? "calipso" : "other6");
      else if (bytes[ip] === 0x45) count("plain4");
      else if (bytes[ip + 20] === 134) count(`tag${bytes[ip + 26]}`);
    }
  }
  return counts;
}

test("shares are as asked", () => {
  const near = (found: number | undefined, wanted: number, name: string): void => {
    assert.ok(Math.abs((found ?? 0) - wanted) < TWO_PERCENT, `${name}: ${found}, wanted ${wanted}`);
  };
  const usual = shares(mix({ malformed: 0 }).capture);
  for (const [name, wanted] of Object.entries({
    tag1: 0.5,
    tag2: 0.05,
    tag5: 0.05,
    calipso: 0.1,
    vlan: 0.1,
    qinq: 0.01,
  })) {
    near(usual[name], wanted, name);
  }
  near(usual.plain4, 0.16, "unlabelled IPv4");
  const other = shares(
    mix({ tag1: 0, tag2: 30, tag5: 30, calipso: 30, unlabelled: 0, malformed: 0, qinq: 20 }).capture,
  );
  near(other.tag1, 0, "tag1");
  for (const name of ["tag2", "tag5", "calipso"]) near(other[name], 0.3, name);
  near(other.qinq, 0.2, "qinq");
  assert.throws(() => mix({ tag1: 100 }), /above 100 %/);
});

test("records have 380 octets in the mean, and malformed frames are dropped", () => {
  const { capture } = mix();
  const mean = capture.length / FRAMES;
  assert.ok(mean > 365 && mean < 395, `${mean}`);
  const nothing = { tag1: 0, tag2: 0, tag5: 0, calipso: 0, unlabelled: 0, malformed: 100 };
  assert.is(judged(mix(nothing as Parameters)).stats().delivered.frames, 0);
});

test("options have the length that is asked for", () => {
  const lengthsOf = (parameters: Parameters): number[] => {
    const lengths = new Set<number>();
    for (const batch of readCaptureSync(mix({ ...parameters, vlan: 0, qinq: 0, tag2: 0, tag5: 0 }).capture)) {
      for (let row = 0; row < batch.count; row++) {
        const ip = batch.offset(row) + 14;
        lengths.add(batch.bytes[ip]! >> 4 === 4 ? batch.bytes[ip + 21]! : batch.bytes[ip + 43]! + 2);
      }
    }
    return [...lengths];
  };
  const only = { unlabelled: 0, malformed: 0, partitions: 8 };
  assert.equal(lengthsOf({ ...only, tag1: 100, calipso: 0, option: 40 }), [40]);
  assert.equal(lengthsOf({ ...only, tag1: 100, calipso: 0, option: 10, labels: 100 }), [10]);
  assert.equal(lengthsOf({ ...only, tag1: 0, calipso: 100, option: 134 }), [134]);
  assert.throws(() => mix({ option: 41 }), /at most 40/);
  assert.throws(() => mix({ option: 9 }), /expected 0, or 10/);
});

test("every family's frames drop for the reason they are made for, and are the same for the same seed", () => {
  let classifier = createClassifier(target.policy);
  for (const { name, genome, reasons } of FAMILIES) {
    const capture = attackOf(genome, FAMILY_FRAMES, target);
    assert.is(digest(capture), digest(attackOf(genome, FAMILY_FRAMES, target)), name);
    if (genome.pieces > 0) classifier = createClassifier(target.policy); // that knows no datagram yet
    const counts = new Map<string, number>();
    for (const { reason } of verdictsOf(capture, classifier))
      counts.set(reason ?? "OK", (counts.get(reason ?? "OK") ?? 0) + 1);
    assert.ok((counts.get(reasons[0]!) ?? 0) > 0.9 * FAMILY_FRAMES, `${name}: ${[...counts].join(" ")}`);
    for (const reason of counts.keys())
      assert.ok(reason === "OK" || reasons.includes(reason as ReasonName), `${name}: ${reason}`);
  }
});

test("what genes say is in the frames: new labels, pieces with gaps, headers and options", () => {
  const classifier = createClassifier(target.policy);
  const labelsOf = (genome: Genome): Set<string> => {
    const capture = attackOf(genome, FAMILY_FRAMES, target);
    const labels = new Set<string>();
    for (const verdict of verdictsOf(capture, classifier))
      if (verdict.label !== null) labels.add(formatLabel(verdict.label));
    return labels;
  };
  const label = { ...LABEL, kind: "tag2", size: 15 } as const;
  assert.ok(labelsOf({ ...PLAIN, options: [label] }).size > 0.99 * FAMILY_FRAMES);
  assert.is(labelsOf({ ...PLAIN, options: [{ ...label, labels: 8 }] }).size, 8);
  const pieces = { ...PLAIN, options: [{ ...label, labels: "bound" }], port: "named", pieces: 32, live: 16 } as const;
  const first = verdictsOf(attackOf(pieces, 2 * 16, target), classifier);
  assert.ok(
    first.slice(0, 16).some(({ partition }) => partition !== null),
    "the first pieces are taken",
  );
});

test("mutations are genomes: frames can be made of every one, and the same draws make the same", () => {
  const next = randoms(7);
  const again = randoms(7);
  for (const { genome } of FAMILIES) {
    let [one, two] = [genome, genome];
    for (let times = 0; times < 20; times++) {
      one = mutate(one, next);
      two = mutate(two, again);
      assert.equal(one, two);
      const capture = attackOf(one, 8, target);
      let frames = 0;
      for (const batch of readCaptureSync(capture)) frames += batch.count;
      assert.is(frames, 8, JSON.stringify(one));
    }
  }
});

test("the search keeps what costs more, and ends when it is told to", () => {
  let left = 300;
  const found = search({
    families: FAMILIES.map(({ name, genome }) => ({ from: name, genome, ratio: 1 })),
    measure: ({ tags }) => 1 + tags,
    next: randoms(1),
    goOn: () => left-- > 0,
    onBetter() {},
  });
  assert.is(found[0]!.ratio, 9);
  assert.ok(found.every(({ ratio }, i) => i === 0 || ratio <= found[i - 1]!.ratio));
});

test("the recorded attacks can be made, as many octets as the mix", () => {
  for (const name of ["attack", "attack-plain"]) {
    const workload = TRAFFIC.find((traffic) => traffic.name === name)!.open({ ...initialParameters(), frames: 2000 });
    try {
      assert.ok(workload.frames > 400 && workload.frames <= 2000, `${workload.frames}`);
      assert.ok(workload.capture.length < 2001 * 400);
      assert.match(workload.sha256, /^[0-9a-f]{64}$/);
    } finally {
      workload.close();
    }
    assert.not(existsSync(workload.path));
  }
});

test.run();
