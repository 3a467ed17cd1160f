// Names that a policy can have for names of another system.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PARTITION_NAMES, spellingsOf, TEMPLATE_NAMES } from "../ts/import/names.ts";
import { MAX_NAME_LENGTH } from "../ts/policy/model.ts";

const test = suite("import, names");

test("names that are allowed stay, whatever the others need", () => {
  const spellings = spellingsOf(["a b", "a_b", "a_b-2", "a\tb"], PARTITION_NAMES);
  assert.equal([...spellings.keys()].sort(), ["a\tb", "a b", "a_b", "a_b-2"]);
  assert.is(spellings.get("a_b"), "a_b");
  assert.is(spellings.get("a_b-2"), "a_b-2");
  assert.is(spellings.get("a b"), "a_b-3");
  assert.is(spellings.get("a\tb"), "a_b-4");
});

test("any names get spellings that are allowed, and no two the same", () => {
  const name = fc.oneof(
    fc.constantFrom("a", "A", "dropped", "DROPPED", "a_", "a-2", "__proto__", "constructor", "_", " ", "z_", "\u0000"),
    fc.string({ unit: "binary", minLength: 1, maxLength: MAX_NAME_LENGTH + 9 }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 30 }), (names) => {
      const partitions = [...spellingsOf(names, PARTITION_NAMES).values()];
      assert.is(new Set(partitions.map((spelling) => spelling.toLowerCase())).size, names.length);
      for (const spelling of partitions) {
        assert.match(spelling, /^[A-Za-z\d][\w.-]{0,63}$/);
        assert.is.not(spelling.toLowerCase(), "dropped");
      }
      const templates = [...spellingsOf(names, TEMPLATE_NAMES).values()];
      assert.is(new Set(templates).size, names.length);
      for (const spelling of templates)
        assert.not.match(spelling, /[\p{C}\p{Zl}\p{Zp}]|^(__proto__|constructor|prototype)$/u);
    }),
    { numRuns: 2_000 },
  );
});

test("ten thousand names that come to one spelling take no more than a second", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => String.fromCodePoint(0x4e00 + i));
  const start = performance.now();
  assert.is(new Set(spellingsOf(names, PARTITION_NAMES).values()).size, names.length);
  assert.ok(performance.now() - start < 1_000);
});

test.run();
