// The audit's reasoning against trying: on 10,000 small random policies both find the same labels at the same partitions
// and bindings, the same templates, the same that is reached without a label; and every packet that the audit shows gets
// the verdict it claims. LABELGATE_SEED
// repeats a run, LABELGATE_POLICIES makes it longer.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { auditOf } from "../ts/audit/audit.ts";
import type { Audit, Finding, Witness } from "../ts/audit/finding.ts";
import { Reach } from "../ts/audit/reach.ts";
import { batchOf } from "../ts/frames.ts";
import { Judge } from "../ts/judge.ts";
import type { Policy } from "../ts/policy/model.ts";
import { readResolved } from "../ts/policy/read.ts";
import { auditedPolicy, OURS, randomOf, THEIRS } from "./generate/audited.ts";
import { bruteForce, keyOf, type Seen } from "./generate/brute.ts";
import { randomSeed } from "./generate/differential.ts";
import { latticeOf } from "./generate/trial.ts";

const POLICIES = Number(process.env.LABELGATE_POLICIES ?? 10_000);

const test = suite("audit against brute force");
const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
console.log(`seed ${seed}`);

const LATTICE = [...latticeOf(OURS), ...latticeOf(THEIRS)];

// `partition binding doi label`, as the audit has it.
function reachedOf(reach: Reach): Set<string> {
  const reached = new Set<string>();
  for (const opening of reach.openings.flat()) {
    for (const label of opening.label === null ? LATTICE : [opening.label]) {
      if (reach.bring(opening, label) === null) continue;
      reached.add(`${opening.partition} ${opening.binding ?? -1} ${keyOf(label)}`);
    }
  }
  return reached;
}

const sorted = (items: Iterable<string | number>): string[] => [...new Set(items)].map(String).sort();

const of = ({ findings }: Audit, question: string, outcome?: string): Finding[] =>
  findings.filter((item) => item.question === question && (outcome === undefined || item.outcome === outcome));

// Paths of partitions and bindings that were not seen to be reached.
function unreached({ partitions }: Policy, { reached, control }: Seen): string[] {
  const seen = new Set([...reached, ...control].map((key) => key.split(" ").slice(0, 2).join(" ")));
  return partitions.flatMap(({ bindings }, i) => {
    if (![...seen].some((key) => key.startsWith(`${i} `))) return [`partitions[${i}]`];
    return (bindings ?? []).flatMap((_, j) => (seen.has(`${i} ${j}`) ? [] : [`partitions[${i}].bindings[${j}]`]));
  });
}

// Whether some label was seen at two partitions.
function isShared({ reached }: Seen): boolean {
  const partitions = new Map<string, string>();
  for (const key of reached) {
    const [partition, , ...label] = key.split(" ");
    const other = partitions.get(label.join(" "));
    if (other !== undefined && other !== partition) return true;
    partitions.set(label.join(" "), partition!);
  }
  return false;
}

function requireClaims(judge: Judge, { findings }: Audit): number {
  const witnesses = [...new Set(findings.flatMap(({ packets }) => packets))];
  const batch = batchOf(witnesses.map(({ frame }) => frame));
  const { judged } = judge.kernel.classify(judge.kernel.load(batch, 0));
  assert.is(judged, witnesses.length);
  witnesses.forEach(({ expected, words }: Witness, row) => {
    const { partition, binding, copies, reason } = judge.verdict(batch, 0, row, null);
    assert.equal("reason" in expected ? { reason } : { partition, binding, copies }, expected, words);
  });
  return witnesses.length;
}

function compare(judge: Judge, seen: Seen): number {
  const { policy } = judge;
  const reach = new Reach(policy);
  assert.equal(sorted(reachedOf(reach)), sorted(seen.reached), "what is reached");
  const audit = auditOf(reach);
  const packets = requireClaims(judge, audit);
  assert.is(audit.omitted, 0);
  assert.equal(of(audit, "separation", "undecided"), []);
  const shared = of(audit, "separation", "declared").filter(({ path }) => path !== "control");
  assert.is(shared.length > 0, isShared(seen), "a label at two partitions");
  for (const {
    packets: [first, second],
  } of shared) {
    assert.ok(first !== undefined && second !== undefined);
    assert.ok("partition" in first.expected && "partition" in second.expected);
  }
  assert.equal(
    sorted(of(audit, "partitions", "refuted").map(({ path }) => path)),
    sorted(unreached(policy, seen)),
    "what is not reached",
  );
  policy.templates.forEach(({ name, type }, i) => {
    const refuted = of(audit, "templates", "refuted").some(({ path }) => path === `templates.${name}`);
    assert.is(refuted, !seen.templates.has(i), `template ${name}`);
    const [outside] = of(audit, "unlabelled").filter(({ path }) => path === `templates.${name}`);
    if (type !== "unlabelled" || !seen.templates.has(i)) return;
    const shown = outside!.packets.flatMap(({ expected }) => {
      assert.ok("partition" in expected);
      return [expected, ...expected.copies].map(({ partition, binding }) => {
        const p = policy.partitions.findIndex((item) => item.name === partition);
        return `${p} ${(policy.partitions[p]!.bindings ?? []).findIndex((item) => item.name === binding)}`;
      });
    });
    assert.equal(sorted(shown), sorted(seen.unlabelled.get(i) ?? []), `what senders of ${name} reach`);
  });
  return packets;
}

test("on 10,000 random policies reasoning and trying agree, and every packet shown is judged as claimed", () => {
  const random = randomOf(seed);
  let [tried, shown, drawn] = [0, 0, 0];
  for (let sound = 0; sound < POLICIES; drawn++) {
    const input = auditedPolicy(random);
    const { policy } = readResolved(input);
    if (policy === null) continue;
    sound++;
    try {
      const judge = new Judge(policy);
      const seen = bruteForce(judge);
      tried += seen.packets;
      shown += compare(judge, seen);
    } catch (error) {
      (error as Error).message = `seed ${seed}, policy ${drawn}: ${(error as Error).message}\n${JSON.stringify(input)}`;
      throw error;
    }
  }
  console.log(`${POLICIES} policies, ${tried} packets tried, ${shown} shown`);
});

test.run();
