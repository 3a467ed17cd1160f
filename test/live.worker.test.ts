// Workers as ports: batches both ways, a bound on what is under way, and nothing that a worker says is trusted.
import { setTimeout as sleep } from "node:timers/promises";
import { MessageChannel, Worker } from "node:worker_threads";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FRAME_SIZE } from "../assembly/columns.ts";
import type { Outgoing } from "../ts/live/port.ts";
import { MAX_WORKER_BATCHES, MAX_WORKER_FRAME, MAX_WORKER_FRAMES, WorkerPort } from "../ts/live/worker.ts";
import type { WorkerLike } from "../ts/worker-like.ts";

const test = suite("live worker");
const room = { bytes: new Uint8Array(1_048_576), rows: new Uint8Array(4096 * FRAME_SIZE) };

function outgoing(lengths: readonly number[]): Outgoing {
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 8));
  let at = 8;
  const offsets = Uint32Array.from(lengths, (length) => {
    bytes.fill(length & 255, at, at + length);
    return (at += length) - length;
  });
  return { bytes, offsets, lengths: Uint32Array.from(lengths), count: lengths.length };
}

async function drain(port: WorkerPort, wanted: number, place = room): Promise<number[]> {
  const got: number[] = [];
  for (const end = performance.now() + 5000; got.length < wanted && performance.now() < end; await sleep(1)) {
    for (let batch = port.receive(place); batch !== null; batch = port.receive(place)) {
      for (let row = 0; row < batch.count; row++) {
        const octets = batch.octets(row);
        assert.ok(octets.every((octet) => octet === (octets.length & 255)));
        got.push(octets.length);
      }
    }
  }
  return got;
}

/** An end that says what it is told to; `hears` what is sent to it. */
class Scripted {
  readonly heard: { readonly frames: ArrayBuffer; readonly lengths: Uint32Array }[] = [];
  #listener: ((event: { readonly data: unknown }) => void) | null = null;

  postMessage(message: unknown): void {
    this.heard.push(message as (typeof this.heard)[number]);
  }

  addEventListener(_: "message", listener: (event: { readonly data: unknown }) => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = null;
  }

  say(data: unknown): void {
    this.#listener?.({ data });
  }
}

const LENGTHS = [1, 60, 255, 256, 1514, MAX_WORKER_FRAME];
const ECHO = `
const { parentPort } = require("node:worker_threads");
parentPort.on("message", ({ frames, lengths }) => {
  parentPort.postMessage({ taken: 1 });
  parentPort.postMessage({ frames, lengths }, [frames, lengths.buffer]);
});`;

test("a worker sends back what it got", async () => {
  const worker = new Worker(ECHO, { eval: true });
  const port = new WorkerPort(worker, "echo");
  let calls = 0;
  port.onReadable = () => calls++;
  try {
    for (let turn = 0; turn < 3 * MAX_WORKER_BATCHES; turn++) {
      assert.is(port.send(outgoing(LENGTHS)), LENGTHS.length);
      assert.equal(await drain(port, LENGTHS.length), LENGTHS);
    }
    assert.is(calls, 3 * MAX_WORKER_BATCHES);
    const many = Array.from({ length: MAX_WORKER_FRAMES + 1 }, (_, i) => 60 + (i % 100));
    assert.is(port.send(outgoing(many)), many.length);
    assert.equal(
      await drain(port, many.length, { bytes: new Uint8Array(5000), rows: new Uint8Array(7 * FRAME_SIZE) }),
      many,
    );
    const all = 3 * MAX_WORKER_BATCHES * LENGTHS.length + many.length;
    assert.equal(port.sinkStats(), { sent: all, refused: 0 });
    assert.equal(port.stats(), { received: all, dropped: 0, truncated: 0, foreign: 0, unfinished: 0 });
    assert.is(port.malformed, 0);
  } finally {
    port.close();
    await worker.terminate();
  }
});

test("what is sent stays as it was, whatever becomes of the memory", async () => {
  const { port1, port2 } = new MessageChannel();
  const port = new WorkerPort(port1, "channel");
  const frames = outgoing([60, 61]);
  const heard = new Promise<{ frames: ArrayBuffer; lengths: Uint32Array }>((resolve) => port2.once("message", resolve));
  port.send(frames);
  frames.bytes.fill(0);
  const { frames: octets, lengths } = await heard;
  assert.equal([...lengths], [60, 61]);
  assert.equal(new Uint8Array(octets), Uint8Array.from([...new Array(60).fill(60), ...new Array(61).fill(61)]));
  port.close();
  port1.close();
});

test("a worker that takes nothing costs a bounded number of batches", () => {
  const worker = new Scripted();
  const port = new WorkerPort(worker as WorkerLike, "slow");
  for (let i = 0; i < MAX_WORKER_BATCHES + 10; i++) port.send(outgoing([60]));
  assert.equal(port.sinkStats(), { sent: MAX_WORKER_BATCHES, refused: 10 });
  worker.say({ taken: 3 });
  for (let i = 0; i < 10; i++) port.send(outgoing([60]));
  assert.equal(port.sinkStats(), { sent: MAX_WORKER_BATCHES + 3, refused: 17 });
  assert.is(worker.heard.length, MAX_WORKER_BATCHES + 3);
  port.close();
  assert.is(port.send(outgoing([60])), 0);
});

test("a worker that floods fills a bounded number of batches", async () => {
  const worker = new Scripted();
  const port = new WorkerPort(worker as WorkerLike, "flood");
  const batch = (): unknown => ({ frames: new Uint8Array(120).fill(60).buffer, lengths: Uint32Array.of(60, 60) });
  for (let i = 0; i < MAX_WORKER_BATCHES + 10; i++) worker.say(batch());
  assert.is((await drain(port, 2 * MAX_WORKER_BATCHES)).length, 2 * MAX_WORKER_BATCHES);
  assert.is(port.stats().dropped, 20);
  port.close();
  worker.say(batch());
  assert.is(port.receive(room), null);
});

test("what a worker says wrong is counted, and nothing else comes of it", () => {
  const worker = new Scripted();
  const port = new WorkerPort(worker as WorkerLike, "liar");
  port.send(outgoing([60]));
  const frames = new ArrayBuffer(60);
  const one = Uint32Array.of(60);
  const wrong: unknown[] = [
    ...[
      null,
      undefined,
      1,
      "frames",
      {},
      [],
      { frames },
      { lengths: one },
      { frames: new Uint8Array(60), lengths: one },
    ],
    ...[
      { frames, lengths: [60] },
      { frames, lengths: Uint32Array.of() },
      { frames, lengths: Uint32Array.of(59) },
    ],
    ...[
      { frames, lengths: Uint32Array.of(60, 0) },
      { frames, lengths: Uint32Array.of(61) },
    ],
    { frames: new ArrayBuffer(MAX_WORKER_FRAME + 1), lengths: Uint32Array.of(MAX_WORKER_FRAME + 1) },
    { frames: new ArrayBuffer(MAX_WORKER_FRAMES + 1), lengths: new Uint32Array(MAX_WORKER_FRAMES + 1).fill(1) },
    { frames: new SharedArrayBuffer(60), lengths: one },
    // A sum that is right in 32 bits.
    { frames, lengths: Uint32Array.of(0xffff_ffff, 61) },
    ...[0, 2, -1, 0.5, Number.NaN, "1", null, {}].map((taken) => ({ taken })),
  ];
  for (const message of wrong) worker.say(message);
  assert.is(port.malformed, wrong.length);
  assert.is(port.receive(room), null);
  worker.say({ taken: 1 });
  assert.is(port.malformed, wrong.length);
  port.close();
  port.close();
});

test.run();
