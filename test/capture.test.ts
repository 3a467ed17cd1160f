// What both formats have in common: pieces, cuts, batches, sources, and whatever bytes there are.
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BATCH_BYTES, BATCH_FRAMES, readCapture, readCaptureSync } from "../ts/capture/read.ts";
import type { FrameBatch } from "../ts/frames.ts";
import {
  block,
  concat,
  description,
  obsoletePacket,
  octetsOf,
  option,
  packet,
  pcapHeader,
  pcapRecord,
  piecesOf,
  type Reading,
  readAll,
  readAllAsync,
  section,
  simplePacket,
} from "./captures.ts";

const test = suite("capture");

/** A capture, where each of its records ends, and how many frames there are up to there. */
interface Sample {
  readonly name: string;
  readonly whole: Uint8Array<ArrayBuffer>;
  readonly ends: ReadonlyMap<number, number>;
}

function sample(name: string, parts: readonly (readonly [Uint8Array, frames: number])[]): Sample {
  const ends = new Map<number, number>();
  let [at, count] = [0, 0];
  for (const [octets, frames] of parts) ends.set((at += octets.length), (count += frames));
  return { name, whole: concat(parts.map(([octets]) => octets)), ends };
}

const frame = (octets: Uint8Array) => [octets, 1] as const;
const other = (octets: Uint8Array) => [octets, 0] as const;
const lengths = Array.from({ length: 60 }, (_, at) => (at * 13) % 71);
const comment = option("little", 1, new TextEncoder().encode("a comment"));

const PCAP = sample("pcap", [
  other(pcapHeader()),
  ...lengths.map((length, at) => frame(pcapRecord(octetsOf(length, at), { seconds: at, fraction: at, wire: 100 }))),
]);

const PCAPNG = sample("pcapng", [
  other(section()),
  other(description({ name: "eth0", snapLength: 64 })),
  other(description({ linkType: 101, resolution: 9, offset: -5n })),
  ...lengths.flatMap((length, at) => [
    frame(packet(octetsOf(length, at), { interface: at % 2, time: BigInt(at) * 1_234_567n, options: comment })),
    at % 4 === 0 ? frame(obsoletePacket(octetsOf(length, at))) : other(block("little", 5, octetsOf(at))),
  ]),
  other(section("big")),
  other(description({ order: "big", linkType: 228 })),
  frame(packet(octetsOf(9), { order: "big" })),
  frame(simplePacket(octetsOf(10), 10, "big")),
]);

const SAMPLES = [PCAP, PCAPNG];
/** The captures are cut at every octet up to here. */
const LAST_CUT = 2500;

function summary({ frames, interfaces, error }: Reading): unknown {
  return { frames, interfaces, message: error?.message, offset: error?.offset };
}

for (const { name, whole, ends } of SAMPLES) {
  test(`${name}: cut anywhere, all whole frames come, then a fault where the cut record begins`, () => {
    const { frames: all, error } = readAll(readCaptureSync(whole));
    assert.is(error, null);
    assert.ok(whole.length > LAST_CUT);
    let [end, expected] = [0, 0];
    for (let cut = 0; cut <= LAST_CUT; cut++) {
      if (ends.has(cut)) [end, expected] = [cut, ends.get(cut)!];
      const part = whole.subarray(0, cut);
      for (const source of [part, piecesOf(part, 1000), piecesOf(part, 7)]) {
        const { frames, error } = readAll(readCaptureSync(source));
        assert.is(frames.length, expected, `cut at ${cut}`);
        assert.equal(frames.at(-1), all[expected - 1], `cut at ${cut}`);
        assert.is(error?.offset, cut === end && cut > 0 ? undefined : end, `cut at ${cut}`);
      }
    }
  });

  test(`${name}: the same frames whatever the pieces`, async () => {
    const expected = summary(readAll(readCaptureSync(whole)));
    for (const length of [1, 2, 3, 16, 17, 100, whole.length - 1, whole.length, whole.length + 1]) {
      assert.equal(summary(readAll(readCaptureSync(piecesOf(whole, length)))), expected, `sync, ${length}`);
      assert.equal(summary(await readAllAsync(readCapture(piecesOf(whole, length)))), expected, `async, ${length}`);
    }
    fc.assert(
      fc.property(fc.array(fc.nat(200), { minLength: 1 }), (sizes) => {
        assert.equal(summary(readAll(readCaptureSync(randomPieces(whole, sizes)))), expected);
      }),
      { numRuns: 200 },
    );
  });

  test(`${name}: the same frames from every kind of source`, async () => {
    const expected = summary(readAll(readCaptureSync(whole)));
    const read = async (source: Parameters<typeof readCapture>[0]) => summary(await readAllAsync(readCapture(source)));
    const inside = concat([octetsOf(5), whole, octetsOf(5)]).subarray(5, 5 + whole.length);
    assert.equal(await read(whole), expected, "Uint8Array");
    assert.equal(await read(inside), expected, "part of a buffer");
    assert.equal(await read(Buffer.from(whole)), expected, "Buffer");
    const shared = new Uint8Array(new SharedArrayBuffer(whole.length));
    shared.set(whole);
    assert.equal(await read(shared), expected, "shared memory");
    assert.equal(await read(whole.buffer), expected, "ArrayBuffer");
    assert.equal(summary(readAll(readCaptureSync(whole.buffer))), expected, "ArrayBuffer, sync");
    assert.equal(await read([whole.subarray(0, 50), new Uint8Array(0), whole.subarray(50)]), expected, "array");
    assert.equal(await read(asyncPieces(whole, 99)), expected, "async generator");
    assert.equal(await read(new Blob([whole])), expected, "Blob");
    assert.equal(await read(new Blob([whole]).stream()), expected, "ReadableStream");
    assert.equal(await read(Readable.from(piecesOf(whole, 99))), expected, "Node stream");
    assert.equal(await read(Readable.toWeb(Readable.from(piecesOf(whole, 99))) as ReadableStream), expected, "toWeb");
  });

  test(`${name}: a fault in the middle comes after the frames before it, whatever the pieces`, () => {
    const boundary = [...ends.keys()].find((end) => end > whole.length / 2)!;
    const bad = whole.slice();
    bad.fill(0xff, boundary, boundary + 32);
    const expected = readAll(readCaptureSync(bad));
    assert.is(expected.frames.length, ends.get(boundary));
    assert.ok(expected.error !== null && expected.error.offset >= boundary && expected.error.offset < boundary + 16);
    for (const length of [1, 16, 1000]) {
      assert.equal(summary(readAll(readCaptureSync(piecesOf(bad, length)))), summary(expected));
    }
  });

  test(`${name}: 10,000 captures with random changes give frames and CaptureErrors, nothing else`, () => {
    const anyChange = fc.record({
      at: fc.nat(whole.length - 1),
      octets: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.constantFrom(Uint8Array.of(0xff, 0xff, 0xff, 0xff), new Uint8Array(4), Uint8Array.of(0, 0, 0, 0x80)),
      ),
    });
    const changes = fc.array(anyChange, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(changes, fc.nat(whole.length), fc.nat(4000), (list, cut, piece) => {
        const bad = whole.slice();
        for (const { at, octets } of list) bad.set(octets.subarray(0, bad.length - at), at);
        const part = cut % 3 === 0 ? bad.subarray(0, cut) : bad;
        const reading = readAll(readCaptureSync(part));
        assert.ok(reading.error === null || (reading.error.offset >= 0 && reading.error.offset <= part.length));
        // In pieces it is the same, the words about a cut apart: there less may be known of the record.
        const pieces = readAll(readCaptureSync(piecesOf(part, piece + 1)));
        assert.equal(pieces.frames, reading.frames);
        assert.is(pieces.error?.offset, reading.error?.offset);
      }),
      { numRuns: 10_000 },
    );
  });
}

test("10,000 runs of random octets behind each magic number give frames and CaptureErrors, nothing else", () => {
  const starts = [pcapHeader(), section(), concat([section(), description()]), new Uint8Array(0)];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), (start, octets) => {
      readAll(readCaptureSync(concat([start, octets])));
    }),
    { numRuns: 10_000 },
  );
});

test("a capture in memory is not copied", () => {
  for (const { whole } of SAMPLES) {
    for (const batch of readCaptureSync(whole)) assert.is(batch.bytes.buffer, whole.buffer);
  }
});

test("a batch is released when the next one is asked for, and not before", () => {
  for (const source of [PCAP.whole, [PCAP.whole.subarray(0, 700), PCAP.whole.subarray(700)]]) {
    const batches = readCaptureSync(source);
    let last: FrameBatch | null = null;
    for (const batch of batches) {
      assert.is(batch.released, false);
      if (last !== null) assert.is(last.released, true);
      last = batch;
    }
    assert.is(last?.released, true);
  }
});

test("a batch has at most 4096 frames", () => {
  const records = Array.from({ length: 2 * BATCH_FRAMES + 1 }, () => pcapRecord(octetsOf(1)));
  const counts: number[][] = [];
  for (const batch of readCaptureSync(concat([pcapHeader(), ...records]))) counts.push([batch.first, batch.count]);
  assert.equal(counts, [
    [1, BATCH_FRAMES],
    [BATCH_FRAMES + 1, BATCH_FRAMES],
    [2 * BATCH_FRAMES + 1, 1],
  ]);
});

test("a batch has at most 256 KiB from its first octet to its last, or one frame", () => {
  const countsOf = (...records: Uint8Array[]) => {
    const counts: number[] = [];
    for (const batch of readCaptureSync(concat([pcapHeader(), ...records]))) {
      assert.ok(batch.bytes.length <= BATCH_BYTES);
      counts.push(batch.count);
    }
    return counts;
  };
  const half = BATCH_BYTES / 2;
  assert.equal(countsOf(pcapRecord(octetsOf(half)), pcapRecord(octetsOf(half - 16))), [2]);
  assert.equal(countsOf(pcapRecord(octetsOf(half)), pcapRecord(octetsOf(half - 15))), [1, 1]);
  assert.equal(countsOf(pcapRecord(octetsOf(BATCH_BYTES)), pcapRecord(octetsOf(0))), [1, 1]);
});

test("what lies between the frames counts for a batch", () => {
  const between = block("little", 0xbad, octetsOf(BATCH_BYTES));
  const whole = concat([section(), description(), packet(octetsOf(8)), between, packet(octetsOf(8, 1))]);
  for (const source of [whole, piecesOf(whole, 1000)]) {
    const { frames, error } = readAll(readCaptureSync(source));
    assert.is(error, null);
    assert.equal(
      frames.map(({ number, octets }) => [number, octets]),
      [
        [1, octetsOf(8)],
        [2, octetsOf(8, 1)],
      ],
    );
  }
});

test("frames come as soon as their octets are there", () => {
  const given: string[] = [];
  function* source() {
    yield PCAP.whole.subarray(0, 24 + 16);
    given.push("one record");
    yield PCAP.whole.subarray(24 + 16, 24 + 16 + 16 + 13);
    given.push("end");
  }
  for (const batch of readCaptureSync(source())) given.push(`frame ${batch.first}`);
  assert.equal(given, ["frame 1", "one record", "frame 2", "end"]);
});

test("memory stays bounded and time linear: 1 MB in pieces of one octet, and 64 MB in one", () => {
  const record = pcapRecord(octetsOf(1500));
  const small = concat([pcapHeader(), ...Array.from({ length: 700 }, () => record)]);
  let count = 0;
  for (const batch of readCaptureSync(piecesOf(small, 1))) count += batch.count;
  assert.is(count, 700);
  const large = concat([pcapHeader(), ...Array.from({ length: 44_000 }, () => record)]);
  count = 0;
  for (const batch of readCaptureSync([large])) {
    assert.ok(batch.bytes.buffer.byteLength <= BATCH_BYTES, "the piece is taken part by part");
    count += batch.count;
  }
  assert.is(count, 44_000);
});

test("a block of many pieces is read, and the working buffer grows no further than the block needs", () => {
  const whole = concat([
    section(),
    description(),
    packet(octetsOf(8)),
    block("little", 0xbad, octetsOf(500_000)),
    packet(octetsOf(200_000)),
    packet(octetsOf(262_144)),
    packet(octetsOf(8)),
  ]);
  for (const length of [1, 999, 300_000]) {
    let count = 0;
    for (const batch of readCaptureSync(piecesOf(whole, length))) {
      assert.ok(batch.bytes.buffer.byteLength <= 2 ** 19);
      count += batch.count;
    }
    assert.is(count, 4);
  }
});

for (const [name, octets, words] of [
  ["nothing", [], "the capture is empty (at byte 0)"],
  ["one octet", [0xd4], "too short for a capture: 1 octets"],
  ["the beginning of a magic number", [0xd4, 0xc3, 0xb2], "too short for a capture: 3 octets"],
  ["gzip", [0x1f, 0x8b, 8, 0], "gzip -dc FILE"],
  ["two octets of gzip", [0x1f, 0x8b], "gzip -dc FILE"],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd], "zstd -dc FILE"],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz -dc FILE"],
  ["snoop", [...new TextEncoder().encode("snoop\0\0\0")], "(snoop): convert it first, editcap"],
  ["text", [...new TextEncoder().encode("0000  00 0c 29")], "this seems to be text"],
  ["text with a byte order mark", [0xef, 0xbb, 0xbf, 0xc3, 0xa4], "this seems to be text"],
  ["something else", [0x7f, 0x45, 0x4c, 0x46, 2], "neither pcap nor pcapng: it begins with 7f 45 4c 46"],
] as const) {
  test(`${name} is refused in words that help`, async () => {
    const whole = Uint8Array.from(octets);
    for (const source of [whole, piecesOf(whole, 1)]) {
      const { error } = readAll(readCaptureSync(source));
      assert.is(error?.offset, 0);
      assert.match(error!.message, words);
    }
    assert.match((await readAllAsync(readCapture(new Blob([whole])))).error!.message, words);
  });
}

function* randomPieces(whole: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let [at, turn] = [0, 0];
  while (at < whole.length) {
    // Sizes may be 0: an empty piece is no end. The added one makes sure that it comes to one.
    yield whole.subarray(at, (at += sizes[turn % sizes.length]! + (turn % 2)));
    turn++;
  }
}

async function* asyncPieces(whole: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  yield* piecesOf(whole, length);
}

test.run();
