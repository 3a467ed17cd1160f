// Links: what was written is read; whatever else is given is refused, in bounds.
import { deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_EDITS } from "../ts/demo/edits.ts";
import { MAX_LINK, MAX_SHARED, readShared, type Shared, writeShared } from "../ts/demo/share.ts";

const test = suite("demo.share");

const PLAIN: Shared = { policy: null, capture: null, frame: 1, filter: { by: "all" }, edits: [] };
const pack = (text: string | Uint8Array): string => `1.${deflateRawSync(text).toString("base64url")}`;

const shared = fc.record<Shared>({
  policy: fc.option(fc.string({ unit: "binary", maxLength: 400 })),
  capture: fc.option(fc.record({ name: fc.string(), size: fc.nat() }, { noNullPrototype: true })),
  frame: fc.integer({ min: 1, max: 0xffff_ffff }),
  filter: fc.oneof(
    fc.constant({ by: "all" } as const),
    fc.record({ by: fc.constant("room" as const), room: fc.nat(0xffff) }, { noNullPrototype: true }),
    fc.constant({ by: "reason", reason: "NO_PARTITION" } as const),
  ),
  edits: fc.array(
    fc.record(
      { frame: fc.integer({ min: 1, max: 1000 }), bytes: fc.uint8Array({ maxLength: 100 }) },
      { noNullPrototype: true },
    ),
    {
      maxLength: 3,
    },
  ),
});

test("what was written is read again", async () => {
  await fc.assert(
    fc.asyncProperty(shared, async (given) => {
      const text = await writeShared(given);
      assert.match(text!, /^1\.[\w-]*$/);
      // A lone surrogate has no octets.
      const policy = given.policy === null ? null : new TextDecoder().decode(new TextEncoder().encode(given.policy));
      assert.equal(await readShared(text!), { ...given, policy });
    }),
  );
});

test("a link of the longest kind is written and read; a longer one is neither", async () => {
  // Digits that do not repeat: deflate can do little about them.
  let seed = 1;
  const noise = (length: number): string =>
    Array.from({ length }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return String.fromCharCode(33 + (seed % 90));
    }).join("");
  let longest = 0;
  for (let length = 12_000; length < 17_000; length += 100) {
    const text = await writeShared({ ...PLAIN, policy: noise(length) });
    if (text === null) break;
    longest = text.length;
    assert.ok(await readShared(text));
  }
  assert.ok(longest > MAX_LINK - 300 && longest <= MAX_LINK, `${longest}`);
  assert.is(await writeShared({ ...PLAIN, policy: noise(20_000) }), null);
  assert.is(await readShared(`1.${"A".repeat(MAX_LINK - 1)}`), null);
});

test("a text that grows beyond its bound is not read, and not written", async () => {
  const wrap = (length: number): string => JSON.stringify({ ...PLAIN, policy: " ".repeat(length) });
  const rest = wrap(0).length;
  assert.ok(await readShared(pack(wrap(MAX_SHARED - rest))));
  assert.is(await readShared(pack(wrap(MAX_SHARED - rest + 1))), null);
  assert.is(await writeShared({ ...PLAIN, policy: " ".repeat(MAX_SHARED) }), null);
});

test("what is no link of ours is refused", async () => {
  const bad: unknown[] = [
    null,
    [],
    { ...PLAIN, frame: 0 },
    { ...PLAIN, frame: 1.5 },
    { ...PLAIN, frame: "1" },
    { ...PLAIN, policy: 3 },
    { ...PLAIN, capture: { name: 1 } },
    { ...PLAIN, filter: { by: "reason", reason: "OOPS" } },
    { ...PLAIN, filter: { by: "room", room: -1 } },
    { ...PLAIN, filter: null },
    { ...PLAIN, edits: [[1, "0"]] },
    { ...PLAIN, edits: [[0, "00"]] },
    { ...PLAIN, edits: [["1", "00"]] },
    { ...PLAIN, edits: [3] },
    { ...PLAIN, edits: {} },
    { ...PLAIN, edits: Array.from({ length: MAX_EDITS + 1 }, (_, i) => [i + 1, "00"]) },
  ];
  for (const value of bad) assert.is(await readShared(pack(JSON.stringify(value))), null, JSON.stringify(value));
  const good = { ...PLAIN, edits: Array.from({ length: MAX_EDITS }, (_, i) => [i + 1, "00"]) };
  assert.is((await readShared(pack(JSON.stringify(good))))?.edits.length, MAX_EDITS);
  for (const text of ["", "1.", "2.AAAA", "1.%%%", "1.AAAA", pack("{"), pack(Uint8Array.of(0xff, 0xfe))]) {
    assert.is(await readShared(text), null, text);
  }
});

test.run();
