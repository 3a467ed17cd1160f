// Sources of captures: what is taken for one, and that it is closed whatever ends the reading.
import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BATCH_FRAMES, readCapture, readCaptureSync } from "../ts/capture/read.ts";
import { CaptureError } from "../ts/errors.ts";
import type { FrameBatch } from "../ts/frames.ts";
import { concat, octetsOf, pcapHeader, pcapRecord, piecesOf, readAll, readAllAsync } from "./captures.ts";

const test = suite("capture source");

const FRAMES = 60;
const CAPTURE = concat([pcapHeader(), ...Array.from({ length: FRAMES }, (_, at) => pcapRecord(octetsOf(at, at)))]);

test("a source that is none, and a piece that isn't octets, are TypeErrors", async () => {
  for (const source of [null, undefined, 7, "capture.pcap", {}]) {
    assert.throws(() => readAll(readCaptureSync(source as never)), /TypeError|expected Uint8Array/);
    await rejects(readAllAsync(readCapture(source as never)), TypeError);
  }
  assert.throws(
    () => readAll(readCaptureSync(["text"] as never)),
    /piece of a capture: expected Uint8Array, got string/,
  );
  const closed = new Log();
  await rejects(readAllAsync(readCapture(closed.pieces(["text"] as never))), TypeError);
  assert.equal(closed.entries, ["closed"]);
});

test("octets of another realm are octets", async () => {
  const foreign = (name: string) => runInNewContext(`new ${name}(${CAPTURE.length})`) as ArrayBuffer | Uint8Array;
  const array = foreign("Uint8Array") as Uint8Array;
  array.set(CAPTURE);
  assert.not.instance(array, Uint8Array);
  const buffer = foreign("ArrayBuffer") as ArrayBuffer;
  new Uint8Array(buffer).set(CAPTURE);
  for (const source of [array, buffer, [array]]) assert.is(readAll(readCaptureSync(source)).frames.length, FRAMES);
  assert.is((await readAllAsync(readCapture([array]))).frames.length, FRAMES);
});

test("a stream that was read to its end is let go of", async () => {
  const stream = new Blob([CAPTURE as Uint8Array<ArrayBuffer>]).stream();
  assert.is((await readAllAsync(readCapture(stream))).frames.length, FRAMES);
  assert.is(stream.locked, false);
});

// Closing. Each source says when it was closed, so do the readers' ends.

class Log {
  readonly entries: string[] = [];

  *pieces(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    try {
      yield* pieces;
    } finally {
      this.entries.push("closed");
    }
  }

  async *asyncPieces(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces;
    } finally {
      this.entries.push("closed");
    }
  }

  /** Gives one piece, and the others never. */
  stuckStream(piece: Uint8Array): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => controller.enqueue(piece),
      cancel: (reason) => {
        this.entries.push(`cancelled: ${reason}`);
      },
    });
  }
}

test("the source is closed when the caller stops early", async () => {
  const whole = CAPTURE;
  const log = new Log();
  for (const _ of readCaptureSync(log.pieces(piecesOf(whole, 500)))) break;
  assert.equal(log.entries, ["closed"]);
  for await (const _ of readCapture(log.pieces(piecesOf(whole, 500)))) break;
  for await (const _ of readCapture(log.asyncPieces(piecesOf(whole, 500)))) break;
  assert.equal(log.entries, ["closed", "closed", "closed"]);
  const streams = new Log();
  for await (const _ of readCapture(streams.stuckStream(whole))) break;
  assert.equal(streams.entries, ["cancelled: undefined"]);
  const node = Readable.from(piecesOf(whole, 500));
  for await (const _ of readCapture(node)) break;
  assert.is(node.destroyed, true);
});

test("the source is closed when the capture is bad, and when the caller throws", async () => {
  const bad = CAPTURE.slice();
  bad.fill(0xff, 24, 60);
  const log = new Log();
  assert.throws(() => [...readCaptureSync(log.pieces(piecesOf(bad, 100)))], isCaptureError);
  await rejects(readToEnd(readCapture(log.asyncPieces(piecesOf(bad, 100)))), CaptureError);
  assert.equal(log.entries, ["closed", "closed"]);
  const stream = new Log();
  await rejects(readToEnd(readCapture(stream.stuckStream(bad))), CaptureError);
  assert.equal(stream.entries, ["cancelled: undefined"]);
  const thrown = new Log();
  try {
    for await (const _ of readCapture(thrown.asyncPieces(piecesOf(CAPTURE, 500)))) throw new Error("mine");
  } catch {}
  assert.equal(thrown.entries, ["closed"]);
});

test("a source that fails to close doesn't hide what was wrong with the capture", async () => {
  const source = { next: async () => ({ done: false, value: octetsOf(9) }), return: () => Promise.reject("no") };
  await rejects(readToEnd(readCapture({ [Symbol.asyncIterator]: () => source as never })), CaptureError);
});

test("what the source throws is passed on, after the frames before it", async () => {
  const failure = new Error("the line is down");
  async function* source() {
    yield CAPTURE.subarray(0, 500);
    throw failure;
  }
  let count = 0;
  try {
    for await (const batch of readCapture(source())) count += batch.count;
    assert.unreachable();
  } catch (error) {
    assert.is(error, failure);
  }
  assert.ok(count > 0);
});

test("a signal that was aborted before ends it at once", async () => {
  const signal = AbortSignal.abort("enough");
  const error = await readToEnd(readCapture(CAPTURE, { signal })).catch((reason) => reason);
  assert.is(error, "enough");
});

test("a signal ends it while the source gives nothing, and closes the source", async () => {
  const node = new Readable({ read() {} });
  node.push(CAPTURE);
  const log = new Log();
  for (const source of [node, log.stuckStream(CAPTURE), stuck(CAPTURE)]) {
    const controller = new AbortController();
    let frames = 0;
    const reading = (async () => {
      for await (const batch of readCapture(source, { signal: controller.signal })) frames += batch.count;
    })();
    setTimeout(() => controller.abort("enough"), 20);
    assert.is(await reading.catch((reason) => reason), "enough");
    assert.is(frames, FRAMES);
  }
  assert.is(node.destroyed, true);
  assert.equal(log.entries, ["cancelled: enough"]);
});

test("a signal ends it between two batches", async () => {
  const whole = concat([pcapHeader(), ...Array.from({ length: 3 * BATCH_FRAMES }, () => pcapRecord(octetsOf(1)))]);
  for (const source of [whole, piecesOf(whole, 1000), new Blob([whole])]) {
    const controller = new AbortController();
    let batches = 0;
    const error = await (async () => {
      for await (const _ of readCapture(source, { signal: controller.signal })) {
        batches++;
        controller.abort("enough");
      }
    })().catch((reason) => reason);
    assert.is(error, "enough");
    assert.is(batches, 1);
  }
});

test("nothing of a reading stays with its signal", async () => {
  const { signal } = new AbortController();
  let [listeners, most] = [0, 0];
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    most = Math.max(most, ++listeners);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  await readToEnd(readCapture(piecesOf(CAPTURE, 100), { signal }));
  assert.equal([listeners, most], [0, 1]);
});

async function* stuck(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece;
  await new Promise(() => {});
}

async function readToEnd(batches: AsyncIterable<FrameBatch>): Promise<void> {
  for await (const _ of batches);
}

async function rejects(work: Promise<unknown>, type: new (...args: never[]) => Error): Promise<void> {
  const error = await work.then(
    () => null,
    (reason) => reason,
  );
  assert.instance(error, type);
}

function isCaptureError(error: unknown): boolean {
  return error instanceof CaptureError;
}

test.run();
