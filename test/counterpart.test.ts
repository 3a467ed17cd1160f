// Labels that stand for others (dois): the kernel's counterpart of a label is that of the tables, category for category.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { POLICY } from "./dispatching.ts";
import { randomSeed } from "./generate/differential.ts";
import { calipso, ipv6, RAW } from "./packets.ts";

const test = suite("counterpart");

const THEIRS = 18;
/** Categories that a CALIPSO option can carry, and those that a table can name. */
const CARRIED = 1952;
const NAMED = 2048;

/** A run of categories and what it stands for. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Where a packet with their label goes, when the only partition has the label of ours that is expected. */
function verdictOn(theirs: readonly number[], ours: readonly number[], runs: readonly Run[]): string {
  const text = ({ from, length }: Pick<Run, "from" | "length">): string =>
    length === 1 ? `${from}` : `${from}.${from + length - 1}`;
  const policy: PolicyInput = {
    ...POLICY,
    interfaces: [{ name: "net0", addresses: ["2001:db8::1"] }],
    partitions: [{ name: "there", label: ours.length === 0 ? "3" : `3:${ours.join(",")}` }],
    templates: { peers: { type: "labelled", doi: THEIRS, range: ["0", "9:0.2047"] } },
    hosts: { "::/0": "peers" },
    dois: {
      [THEIRS]: {
        mode: "translate",
        to: 16,
        levels: { 3: 3 },
        categories: Object.fromEntries(
          runs.map(({ from, to, length }) => [text({ from, length }), text({ from: to, length })]),
        ),
      },
    },
  };
  const bytes = ipv6({ headers: [calipso(3, theirs, THEIRS)] });
  const [verdict] = createClassifier(policy).verdicts(batchOf([{ bytes, linkType: RAW }]));
  return verdict!.reason ?? verdict!.partition!;
}

/** One-to-one: runs laid one behind the other on their side, and in another order on ours, both with gaps. */
const tables = fc
  .array(
    fc.record({ length: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 300 })), gap: fc.nat(9) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  .chain((pieces) =>
    fc.tuple(
      fc.constant(pieces),
      fc.shuffledSubarray(
        pieces.map((_, i) => i),
        { minLength: pieces.length },
      ),
    ),
  )
  .map(([pieces, order]) => {
    const place = (list: readonly number[]): Map<number, number> => {
      let at = 0;
      return new Map(
        list.map((i) => {
          const start = at + pieces[i]!.gap;
          at = start + pieces[i]!.length;
          return [i, start];
        }),
      );
    };
    const [theirs, ours] = [place(pieces.map((_, i) => i)), place(order)];
    return pieces
      .map(({ length }, i) => ({ from: theirs.get(i)!, to: ours.get(i)!, length }))
      .filter(({ from, to, length }) => from + length <= NAMED && to + length <= NAMED);
  })
  .filter((runs) => runs.length > 0);

const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
console.log(`seed ${seed}`);

test("a label goes where its counterpart goes, and nowhere when a category has none", () => {
  const property = fc.property(tables, fc.infiniteStream(fc.nat(9)), fc.nat(CARRIED - 1), (runs, chances, other) => {
    const counterparts = new Map(
      runs.flatMap(({ from, to, length }) => Array.from({ length }, (_, i) => [from + i, to + i] as const)),
    );
    const share = chances.next().value!;
    const theirs = [...counterparts.keys()].filter((category) => category < CARRIED && chances.next().value! <= share);
    const ours = theirs.map((category) => counterparts.get(category)!);
    assert.is(verdictOn(theirs, ours, runs), "there");
    const more = [...new Set([...theirs, other])].sort((a, b) => a - b);
    const expected = counterparts.has(other) ? [...new Set([...ours, counterparts.get(other)!])] : ours;
    assert.is(verdictOn(more, expected, runs), counterparts.has(other) ? "there" : "LABEL_NOT_MAPPED");
  });
  const details = fc.check(property, { numRuns: 200, seed });
  if (details.failed) assert.unreachable(`seed ${seed}: ${(details.errorInstance as Error).message.slice(0, 300)}`);
});

test("octets that move together to both ends, and octets that do not", () => {
  const whole: Run[] = [{ from: 5, to: 0, length: 1947 }];
  const all = Array.from({ length: 1947 }, (_, i) => i);
  assert.is(
    verdictOn(
      all.map((i) => i + 5),
      all,
      whole,
    ),
    "there",
  );
  assert.is(verdictOn(all.map((i) => i + 5).slice(1), all, whole), "NO_PARTITION");
  const back: Run[] = [{ from: 0, to: NAMED - CARRIED, length: CARRIED }];
  const carried = Array.from({ length: CARRIED }, (_, i) => i);
  assert.is(
    verdictOn(
      carried,
      carried.map((i) => i + NAMED - CARRIED),
      back,
    ),
    "there",
  );
  const turned = carried.map((i) => ({ from: i, to: CARRIED - 1 - i, length: 1 }));
  assert.is(verdictOn(carried, carried, turned), "there");
  assert.is(verdictOn([0, 9, 1951], [0, 1942, 1951], turned), "there");
});

test.run();
