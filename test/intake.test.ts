// Reading into a classifier's memory: the same frames, the same verdicts, whatever the capture is like.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { parse } from "jsonc-parser";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { INTAKE_SIZE, MAX_CLOCKS } from "../assembly/memory.ts";
import { readCapture, readCaptureSync } from "../ts/capture/read.ts";
import { type Classifier, createClassifier } from "../ts/classifier.ts";
import { CaptureError } from "../ts/errors.ts";
import { batchOf, type FrameBatch, MAX_CAPLEN } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import {
  block,
  concat,
  description,
  ORDERS,
  obsoletePacket,
  octetsOf,
  packet,
  pcapHeader,
  pcapRecord,
  piecesOf,
  readAll,
  readAllAsync,
  section,
  simplePacket,
  u32,
} from "./captures.ts";

const test = suite("intake");

const folder = fileURLToPath(new URL("../fixtures/captures/", import.meta.url));
const captures = readdirSync(folder).filter((name) => name.endsWith(".pcap"));
const policy = parse(
  readFileSync(fileURLToPath(new URL("../fixtures/policies/recording.json", import.meta.url)), "utf8"),
) as PolicyInput;

const classifier = createClassifier(policy);

/** Reads with and without an intake; both must say the same, to the octet. */
function same(capture: Uint8Array, message: string, pieces?: number): void {
  const source = (): Uint8Array | Iterable<Uint8Array> => (pieces === undefined ? capture : piecesOf(capture, pieces));
  const into = readAll(readCaptureSync(source(), { into: classifier }));
  const plain = readAll(readCaptureSync(source()));
  assert.equal(into.frames, plain.frames, message);
  assert.equal(into.interfaces, plain.interfaces, message);
  assert.is(into.error?.message, plain.error?.message, message);
  assert.is(into.error?.offset, plain.error?.offset, message);
  const octets = plain.frames.map((frame) => frame.octets);
  assert.equal(octetsAtPlaces(capture, readCaptureSync(source(), { into: classifier })), octets, message);
  assert.equal(octetsAtPlaces(capture, readCaptureSync(source())), octets, message);
}

/** The octets of a capture where its batches say that their frames are. */
function octetsAtPlaces(capture: Uint8Array, batches: Iterable<FrameBatch>): Uint8Array[] {
  const found: Uint8Array[] = [];
  try {
    for (const batch of batches) {
      for (let row = 0; row < batch.count; row++) {
        const place = batch.origin! + batch.offset(row);
        found.push(Uint8Array.from(capture.subarray(place, place + batch.capturedLength(row))));
      }
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return found;
}

function judge(capture: Uint8Array, into: boolean): unknown {
  const judging = createClassifier(policy);
  const said: unknown[] = [];
  for (const batch of readCaptureSync(capture, into ? { into: judging } : {})) said.push(...judging.verdicts(batch));
  return { said, stats: judging.stats() };
}

const frame = (length: number, seed = 0): Uint8Array => octetsOf(length, seed);

test("recordings give the same frames and verdicts", () => {
  for (const name of captures) {
    const capture = readFileSync(`${folder}${name}`);
    same(capture, name);
    assert.equal(judge(capture, true), judge(capture, false), name);
  }
});

test("pcap: every byte order, unit and record header, and fractions of a second or more", () => {
  for (const order of ORDERS) {
    for (const magic of [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34]) {
      const extra = magic === 0xa1b2cd34 ? new Uint8Array(8) : new Uint8Array(0);
      const record = (seed: number, fraction: number): Uint8Array => {
        const made = pcapRecord(frame(40 + seed, seed), { order, seconds: 0xffff_fff0 + (seed % 8), fraction });
        return concat([made.subarray(0, 16), extra, made.subarray(16)]);
      };
      const fractions = [0, 999_999, 1_000_000, 999_999_999, 1_000_000_000, 0xffff_ffff];
      const records = fractions.flatMap((fraction, i) => [record(i, fraction), record(i + 9, 7)]);
      same(concat([pcapHeader({ order, magic }), ...records]), `${order} ${magic.toString(16)}`);
    }
  }
});

test("pcap: versions whose lengths changed places", () => {
  for (const version of [
    [2, 2],
    [2, 3],
    [543, 0],
  ] as const) {
    const records = Array.from({ length: 20 }, (_, i) =>
      pcapRecord(frame(30, i), { captured: 30, wire: 30 + (i % 2) }),
    );
    same(concat([pcapHeader({ version }), ...records]), version.join("."));
  }
});

test("pcap: a frame of the largest size, one octet more, and a capture that is cut anywhere", () => {
  const small = pcapRecord(frame(60));
  const largest = pcapRecord(frame(MAX_CAPLEN));
  same(concat([pcapHeader(), small, largest, small, largest, small]), "largest");
  same(concat([pcapHeader(), small, pcapRecord(frame(MAX_CAPLEN + 1)), small]), "one more");
  const whole = concat([pcapHeader(), small, small, small]);
  for (let length = 0; length <= whole.length; length++) same(whole.subarray(0, length), `cut at ${length}`);
});

test("pcapng: every byte order, clock and block, in sections with interfaces of their own", () => {
  for (const order of ORDERS) {
    const clocks = [{}, { resolution: 0 }, { resolution: 9 }, { resolution: 12 }, { resolution: 0x8a }];
    const offsets = [0n, 5n, -7n, (1n << 53n) + 1n];
    const interfaces = clocks.flatMap((clock) => offsets.map((offset) => description({ order, ...clock, offset })));
    const times = [0n, 1_700_000_000_123_456n, (1n << 64n) - 1n];
    const packets = interfaces.flatMap((_, id) =>
      times.map((time, i) => packet(frame(50 + i, id), { order, interface: id, time, wire: 2000 })),
    );
    const others = [
      obsoletePacket(frame(33), { order }),
      simplePacket(frame(21), 21, order),
      block(order, 0x0bad, u32(7)),
      packet(frame(20), { order, options: new Uint8Array(8) }),
    ];
    const one = [section(order), ...interfaces, ...packets, ...others, ...packets];
    const two = [section(order), description({ order, linkType: 101 }), packet(frame(9), { order, time: 5n })];
    same(concat([...one, ...two, ...one]), order);
    for (const pieces of [1, 13, 100_000]) same(concat([...one, ...two, ...one]), `${order} by ${pieces}`, pieces);
  }
});

test("pcapng: interfaces up to those whose clocks are kept, and one more", () => {
  for (const count of [MAX_CLOCKS, MAX_CLOCKS + 1, MAX_CLOCKS + 2]) {
    const interfaces = Array.from({ length: count }, (_, i) => description({ resolution: i % 10, linkType: 101 }));
    const packets = interfaces.map((_, id) => packet(frame(20, id), { interface: id, time: 123_456_789_012n }));
    same(concat([section(), ...interfaces, ...packets, ...packets]), `${count}`);
  }
});

test("pcapng: interfaces of a link type that isn't read, and packets of interfaces that are not there", () => {
  const interfaces = [description(), description({ linkType: 105 })];
  const good = packet(frame(30));
  same(concat([section(), ...interfaces, good, good]), "no packet of it");
  same(concat([section(), ...interfaces, good, packet(frame(30), { interface: 1 }), good]), "a packet of it");
  same(concat([section(), ...interfaces, good, packet(frame(30), { interface: 2 }), good]), "none");
});

test("pcapng: what is wrong with a block is said as ever, behind the frames before it", () => {
  const capture = concat([section(), description(), packet(frame(30)), packet(frame(31)), packet(frame(32))]);
  fc.assert(
    fc.property(fc.nat(capture.length - 1), fc.nat(255), (at, octet) => {
      const changed = capture.slice();
      changed[at] = octet;
      same(changed, `octet ${at} is ${octet}`);
    }),
    { numRuns: 1000 },
  );
});

test("records that outgrow the intake are read elsewhere, and what follows in it again", () => {
  const long = block("little", 0x0bad, new Uint8Array(3 * INTAKE_SIZE));
  const packets = Array.from({ length: 3000 }, (_, i) => packet(frame(200, i)));
  same(concat([section(), description(), ...packets, long, ...packets, long, ...packets]), "long blocks");
});

test("a stream gives the same, in pieces of any size", async () => {
  const capture = readFileSync(`${folder}${captures[0]}`);
  for (const pieces of [7, 4096, 1_000_000]) {
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield* piecesOf(capture, pieces);
    }
    const into = await readAllAsync(readCapture(stream(), { into: classifier }));
    assert.equal(into.frames, readAll(readCaptureSync(capture)).frames);
  }
});

test("one reader has the intake at a time; it is free again after the end, a break and an error", () => {
  const capture = readFileSync(`${folder}${captures[0]}`);
  const isOwn = (): boolean => {
    const [first] = readCaptureSync(capture, { into: classifier });
    const own = classifier as Classifier;
    for (const batch of readCaptureSync(capture, { into: own })) {
      const [second] = readCaptureSync(capture, { into: own });
      assert.is.not(second!.bytes.buffer, batch.bytes.buffer);
      return batch.bytes.buffer === first!.bytes.buffer;
    }
    return false;
  };
  assert.ok(isOwn());
  assert.throws(() => [...readCaptureSync(capture.subarray(0, 1000), { into: classifier })], /cut off/);
  assert.ok(isOwn());
});

test("a batch that was kept when its reader was left is refused: the intake may hold another's frames", () => {
  const capture = readFileSync(`${folder}labelled-bulk.pcap`);
  const other = readFileSync(`${folder}${captures[0]}`);
  const judging = createClassifier(policy);
  const [kept] = readCaptureSync(capture, { into: judging });
  const [next] = readCaptureSync(other, { into: judging });
  for (const batch of [kept!, next!]) {
    assert.ok(batch.released);
    assert.throws(() => judging.dispatch(batch), /was released/);
    assert.throws(() => [...judging.verdicts(batch)], /was released/);
  }
  const [view] = readCaptureSync(capture);
  assert.is([...judging.verdicts(view!)].length, view!.count, "without it, what is in memory stays");
});

test("the reader of a stream, left early or refused, lets go of its batch and its source", async () => {
  const capture = readFileSync(`${folder}labelled-bulk.pcap`);
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* piecesOf(capture, 10_000);
  }
  let kept: FrameBatch | undefined;
  for await (const batch of readCapture(stream(), { into: classifier })) {
    kept = batch;
    break;
  }
  assert.ok(kept!.released);
  let isClosed = false;
  async function* closing(): AsyncGenerator<Uint8Array> {
    try {
      yield capture;
    } finally {
      isClosed = true;
    }
  }
  const source = closing();
  await source.next();
  const refused = readCapture(source, { into: {} as Classifier }).next();
  assert.match(await refused.then(String, String), /expected a classifier/);
  assert.ok(isClosed, "the source of a reader that is refused is closed");
});

test("other batches may be judged between those of a reader, by the same classifier", () => {
  const capture = readFileSync(`${folder}${captures[0]}`);
  const alone = createClassifier(policy);
  for (const batch of readCaptureSync(capture)) alone.dispatch(batch);
  const mixed = createClassifier(policy);
  const other = batchOf([{ bytes: new Uint8Array(200_000) }, { bytes: new Uint8Array(200_000) }]);
  let others = 0;
  for (const batch of readCaptureSync(capture, { into: mixed })) {
    mixed.dispatch(other);
    mixed.dispatch(batch);
    others += other.count;
  }
  assert.equal(mixed.stats().partitions, alone.stats().partitions);
  assert.is(mixed.stats().frames, alone.stats().frames + others);
});

test("the policy may be replaced between the batches of a reader", () => {
  const replaced = createClassifier(policy);
  const kept = createClassifier(policy);
  const capture = readFileSync(`${folder}labelled-bulk.pcap`);
  let batches = 0;
  for (const batch of readCaptureSync(capture, { into: replaced })) {
    if (batches++ % 5 === 2) replaced.replacePolicy(policy);
    replaced.dispatch(batch);
  }
  for (const batch of readCaptureSync(capture)) kept.dispatch(batch);
  assert.ok(batches > 10);
  assert.equal(replaced.stats().partitions, kept.stats().partitions);
});

test("rows that are pushed into a batch of the intake are looked at like any other", () => {
  for (const batch of readCaptureSync(concat([pcapHeader(), pcapRecord(frame(60))]), { into: classifier })) {
    batch.push(INTAKE_SIZE - 10, 11, 11, 1, 0, 0, 0);
    assert.throws(() => classifier.dispatch(batch), /row 1: 11 octets at/);
  }
});

test("what is no classifier is refused", () => {
  assert.throws(
    () => [...readCaptureSync(new Uint8Array(24), { into: {} as Classifier })],
    /into: expected a classifier/,
  );
});

test.run();
