// The IPv4 trie: whatever the ranges are, it says of every address what they say.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TRIE_NODE, TRIE_OFFSET, TRIE_PACKED, TRIE_ROOT } from "../assembly/trie.ts";
import type { ValueRanges } from "../ts/policy/hosts.ts";
import { MAX_PLAIN_NODES, trieOf } from "../ts/policy/trie.ts";

const test = suite("trie");

const LAST = 2 ** 32 - 1;
const SLASH16 = 65_536;

/** As assembly/trie.ts describes it. */
function inTrie(trie: Uint32Array, address: number): number {
  let entry = trie[((address >>> 16) & 0xff) * 256 + (address >>> 24)]!;
  for (const octet of [(address >>> 8) & 0xff, address & 0xff]) {
    if (entry < TRIE_NODE) break;
    const node = entry & TRIE_OFFSET;
    if ((entry & TRIE_PACKED) === 0) entry = trie[node + octet]!;
    else entry = trie[node + 9 + rankIn(trie, node, octet) - 1]!;
  }
  assert.ok(entry < TRIE_NODE, "a way has an end");
  return entry;
}

/** Bits set up to that of the octet: with the counts, and all of them one by one. */
function rankIn(trie: Uint32Array, node: number, octet: number): number {
  const isSet = (n: number): number => (trie[node + (n >> 5)]! >>> (n & 31)) & 1;
  const bits = Array.from({ length: octet + 1 }, (_, n) => isSet(n));
  const word = octet >> 6;
  const counted = (trie[node + 8]! >>> (word * 8)) & 0xff;
  const within = bits.slice(word * 64).reduce((sum, bit) => sum + bit, 0);
  assert.is(
    counted + within,
    bits.reduce((sum, bit) => sum + bit, 0),
  );
  return counted + within;
}

const isPacked = (trie: Uint32Array): boolean =>
  trie.subarray(0, TRIE_ROOT).some((entry) => (entry & TRIE_PACKED) !== 0);

/** Values by first address, neighbours that are the same made one. */
function rangesOf(values: ReadonlyMap<number, number>): ValueRanges {
  const order = [...values].sort(([a], [b]) => a - b);
  const kept = order.filter(([, value], i) => value !== (i === 0 ? 0 : order[i - 1]![1]));
  return {
    starts: Uint32Array.from(kept.map(([start]) => start)),
    values: Uint32Array.from(kept.map(([, value]) => value)),
  };
}

function inRanges({ starts, values }: ValueRanges, address: number): number {
  let value = 0;
  for (let i = 0; i < starts.length && starts[i]! <= address; i++) value = values[i]!;
  return value;
}

function assertSame(ranges: ValueRanges, trie: Uint32Array, addresses: Iterable<number>): void {
  for (const address of addresses) assert.is(inTrie(trie, address), inRanges(ranges, address), `${address}`);
}

function edgesOf({ starts }: ValueRanges): number[] {
  const near = [...starts].flatMap((start) => [start - 1, start, start + 1, start - (start % 256), start | 0xff]);
  const far = [...starts].flatMap((start) => [start - (start % SLASH16), start - (start % SLASH16) + SLASH16 - 1]);
  return [0, LAST, ...near, ...far].map((address) => address >>> 0);
}

// Starts at the borders of a /8, /16 or /24, beside them, or anywhere; near each other.
const starts = fc.oneof(
  fc.nat(LAST),
  fc
    .tuple(
      fc.constantFrom(0, 10 * 2 ** 24, 255 * 2 ** 24),
      fc.nat(3),
      fc.nat(255),
      fc.constantFrom(0, 1, 2, 128, 254, 255),
    )
    .map(([high, second, third, last]) => high + second * SLASH16 + third * 256 + last),
  fc.tuple(fc.nat(0xffff), fc.constantFrom(-1, 0, 1)).map(([high, step]) => Math.max(high * SLASH16 + step, 0)),
);
const someRanges = fc
  .array(fc.tuple(starts, fc.nat(3)), { maxLength: 40 })
  .map((entries) => new Map<number, number>(entries));

/** More nodes than a trie has plain ones. */
const FILLING: readonly (readonly [start: number, value: number])[] = Array.from(
  { length: MAX_PLAIN_NODES / 2 + 1 },
  (_, i) => [172 * 2 ** 24 + i * SLASH16 + 7, 10 + i],
);

test("every address has the value of its range, in a trie of plain nodes and in one of packed ones", () => {
  fc.assert(
    fc.property(someRanges, fc.boolean(), (values, isFilled) => {
      const ranges = rangesOf(new Map([...(isFilled ? FILLING : []), ...values]));
      const trie = trieOf(ranges);
      assert.is(isPacked(trie), isFilled);
      assertSame(ranges, trie, edgesOf(rangesOf(values)));
      if (isFilled)
        assertSame(
          ranges,
          trie,
          FILLING.map(([start]) => start),
        );
    }),
    { numRuns: 300 },
  );
});

test("no ranges: no address has a value", () => {
  const trie = trieOf({ starts: new Uint32Array(0), values: new Uint32Array(0) });
  assert.is(trie.length, TRIE_ROOT);
  assert.ok(trie.every((entry) => entry === 0));
});

test(`${MAX_PLAIN_NODES} nodes are plain, one more and they are packed`, () => {
  // Each start has a node for its /16 and one for its /24; the last one, at the start of a /24, only the first of them.
  const many = FILLING.slice(0, MAX_PLAIN_NODES / 2);
  const plain = rangesOf(new Map(many));
  const packed = rangesOf(new Map([...many, [200 * 2 ** 24 + 256, 5]]));
  assert.is(isPacked(trieOf(plain)), false);
  assert.is(trieOf(plain).length, TRIE_ROOT + MAX_PLAIN_NODES * 256);
  assert.is(isPacked(trieOf(packed)), true);
  assertSame(plain, trieOf(plain), edgesOf(plain));
  assertSame(packed, trieOf(packed), edgesOf(packed));
});

test("65,536 ranges in one /16, each address one: every one is found, and nothing beside them", () => {
  const first = 10 * 2 ** 24 + 3 * SLASH16;
  const values = new Map(Array.from({ length: SLASH16 }, (_, i) => [first + i, 1 + (i % 7)]));
  const trie = trieOf(rangesOf(values.set(first + SLASH16, 0)));
  assert.ok(isPacked(trie));
  for (let i = 0; i < SLASH16; i++) {
    if (inTrie(trie, first + i) !== 1 + (i % 7)) assert.unreachable(`${first + i}`);
  }
  assert.equal(
    [first - 1, first + SLASH16].map((address) => inTrie(trie, address)),
    [0, 0],
  );
});

test("packed nodes take what their runs need: 36 octets, and 4 for each run; one that fits into a cache line is in one", () => {
  const ranges = rangesOf(new Map(FILLING));
  const trie = trieOf(ranges);
  // Each start is in the first /24 of its /16: a run before it and one from it there, its node and a run behind it here.
  // Two nodes of 11 words do not fit into a line of 16.
  assert.is(trie.length, TRIE_ROOT + FILLING.length * 2 * 16 - 5);
});

test.run();
