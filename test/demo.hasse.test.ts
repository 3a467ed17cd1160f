// The diagram: an order is drawn exactly, whatever the labels are.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hasseOf, MAX_NODES, relationOf, relationWords, shortLabel } from "../ts/demo/hasse.ts";
import type { LabelUse } from "../ts/demo/protocol.ts";
import { dominates, equal, formatLabel, type Label, makeLabel } from "../ts/label.ts";
import { parseLabel } from "../ts/notation.ts";

const test = suite("demo.hasse");

const use = (label: Label): LabelUse => ({ label, text: formatLabel(label), uses: [] });
const uses = (...texts: string[]): LabelUse[] => texts.map((text) => use(parseLabel(text, 16)));

const label = fc
  .tuple(fc.integer({ min: 16, max: 17 }), fc.nat(3), fc.array(fc.nat(4), { maxLength: 4 }))
  .map(([doi, level, categories]) => makeLabel(doi, level, categories));
const labels = fc
  .uniqueArray(label, { maxLength: 24, selector: (item) => `${item.doi} ${formatLabel(item)}` })
  .map((list) => list.map(use));

test("one label covers another exactly when it dominates it and nothing drawn is between", () => {
  fc.assert(
    fc.property(labels, fc.option(label), (given, packet) => {
      const { nodes, covers, ranks, hidden } = hasseOf(given, packet === null ? null : use(packet));
      const strictly = (a: Label, b: Label): boolean => dominates(a, b) && !equal(a, b);
      assert.is(hidden, 0);
      assert.is(nodes.length, given.length + (nodes.at(-1)?.isGhost ? 1 : 0));
      const drawn = new Set(covers.map(({ upper, lower }) => `${upper} ${lower}`));
      nodes.forEach((a, upper) => {
        assert.ok(a.rank >= 0 && a.rank < ranks && a.x > 0 && a.x < 1);
        assert.is(a.relation, packet === null ? "none" : relationOf(a.label, packet));
        nodes.forEach((b, lower) => {
          const isCover =
            strictly(a.label, b.label) && !nodes.some((c) => strictly(a.label, c.label) && strictly(c.label, b.label));
          assert.is(drawn.has(`${upper} ${lower}`), isCover);
          if (strictly(a.label, b.label)) assert.ok(a.rank > b.rank);
          if (upper !== lower) assert.ok(a.rank !== b.rank || a.x !== b.x, "one on the other");
        });
      });
      if (packet !== null) assert.is(nodes.filter((node) => equal(node.label, packet)).length, 1);
    }),
  );
});

test("as many labels as are drawn, and one more: those nearest to the packet's stay", () => {
  const many = Array.from({ length: MAX_NODES + 1 }, (_, i) => use(makeLabel(16, i, [])));
  assert.is(hasseOf(many.slice(1), null).nodes.length, MAX_NODES);
  assert.is(hasseOf(many, null).hidden, 1);
  const near = hasseOf(many, use(makeLabel(16, 40, [])));
  assert.is(near.nodes.length, MAX_NODES);
  assert.not(near.nodes.some((node) => node.label.level === 0));
  const other = hasseOf([use(makeLabel(17, 40, [])), ...many], use(makeLabel(16, 3, [])));
  assert.not(other.nodes.some((node) => node.label.doi === 17));
  const ghost = hasseOf(many, use(makeLabel(16, 40, [1])));
  assert.is(ghost.nodes.length, MAX_NODES + 1);
  assert.ok(ghost.nodes.at(-1)!.isGhost);
});

test("a label that the policy does not name stands between those it is between", () => {
  const { nodes, covers } = hasseOf(uses("0", "5:0.3", "1:7"), use(parseLabel("2:1", 16)));
  assert.equal(
    covers.filter(({ upper, lower }) => upper === 3 || lower === 3).sort((a, b) => a.lower - b.lower),
    [
      { upper: 3, lower: 0 },
      { upper: 1, lower: 3 },
    ],
  );
  assert.equal(
    nodes.map(({ relation }) => relation),
    ["below", "above", "apart", "equal"],
  );
});

test("how a label stands to partitions is said in words", () => {
  const named = uses("0", "1:7", "5:0.3").map(({ label: own }, i) => ({ name: "abc"[i]!, label: own }));
  const say = (text: string, doi = 16): string => relationWords(parseLabel(text, doi), named).join("; ");
  assert.is(say("1:7"), "equals b; dominates a; is incomparable with c");
  assert.is(
    say("2:1"),
    "equals no partition's label; dominates a; is dominated by c; is incomparable with b; its join with b is 2:1,7, its meet 1",
  );
  assert.match(say("0", 17), /no label here is of DOI 17/);
});

test("a long label is shortened, and a long list of names", () => {
  assert.is(shortLabel(parseLabel("8:0,2,4", 16)), "8:0,2,4");
  assert.is(shortLabel(parseLabel("8:0,2,4,6", 16)), "8:0,2,4 …");
  const named = Array.from({ length: 8 }, (_, i) => ({ name: `p${i}`, label: makeLabel(16, 0, [i]) }));
  assert.match(relationWords(makeLabel(16, 1, [9]), named).join(), /p0, p1, p2, p3, p4, p5 and 2 more/);
});

test.run();
