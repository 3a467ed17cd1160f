// Frames handed over by callers: what a batch takes, and what it refuses before it could mean something else.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder } from "../ts/decode.ts";
import { batchOf, type FrameInput, MAX_CAPLEN } from "../ts/frames.ts";

const test = suite("frames");

test("a batch holds copies of its frames, and their numbers", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const batch = batchOf([
    { bytes },
    { bytes, linkType: 0xffff, wireLength: 0xffff_ffff, seconds: -1, nanoseconds: 999_999_999 },
  ]);
  bytes.fill(0);
  assert.equal([...batch.octets(1)], [1, 2, 3]);
  assert.equal([batch.linkType(0), batch.wireLength(0), batch.seconds(0), batch.nanoseconds(0)], [1, 3, 0, 0]);
  assert.equal(
    [batch.linkType(1), batch.wireLength(1), batch.seconds(1), batch.nanoseconds(1)],
    [0xffff, 0xffff_ffff, -1, 999_999_999],
  );
});

const bytes = new Uint8Array(60);
const REFUSED: readonly (readonly [frame: unknown, kind: typeof TypeError | typeof RangeError, words: string])[] = [
  [{}, TypeError, "bytes of a frame: expected Uint8Array, got undefined"],
  [{ bytes: [1, 2] }, TypeError, "bytes of a frame: expected Uint8Array, got Array"],
  [{ bytes: new Uint16Array(30) }, TypeError, "bytes of a frame: expected Uint8Array, got Uint16Array"],
  [{ bytes: new Uint8Array(MAX_CAPLEN + 1) }, RangeError, "frame of 262145 octets: at most 262144"],
  // In 16 bits that would be Ethernet.
  [{ bytes, linkType: 0x1_0001 }, RangeError, "link type 65537: expected 0 to 65535"],
  [{ bytes, linkType: -1 }, RangeError, "link type -1: expected 0 to 65535"],
  [{ bytes, linkType: "ethernet" }, RangeError, "link type ethernet: expected 0 to 65535"],
  [{ bytes, wireLength: 2 ** 32 }, RangeError, "wire length 4294967296: expected 0 to 4294967295"],
  [{ bytes, nanoseconds: 1e9 }, RangeError, "nanoseconds 1000000000: expected 0 to 999999999"],
  [{ bytes, seconds: Number.NaN }, RangeError, "seconds NaN: expected a whole number"],
  [{ bytes, seconds: 0.5 }, RangeError, "seconds 0.5: expected a whole number"],
];

for (const [frame, kind, words] of REFUSED) {
  test(`refused: ${words}`, () => {
    assert.throws(
      () => batchOf([frame as FrameInput]),
      (error: unknown) => error instanceof kind && error.message === words,
    );
  });
}

test("a decoder has nothing to say of a row that is not there", () => {
  const decoder = createDecoder();
  const batch = batchOf([{ bytes }]);
  assert.is(decoder.read(batch, 0).ipVersion, null);
  for (const row of [1, -1, Number.NaN, 0.5]) assert.throws(() => decoder.read(batch, row), RangeError);
});

test.run();
