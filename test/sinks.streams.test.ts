// Streams of the Web and of Node, and workers, as what frames are for.
import { once } from "node:events";
import { Writable } from "node:stream";
import { MessageChannel, Worker } from "node:worker_threads";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SinkError } from "../ts/errors.ts";
import type { FrameCopy, Sink } from "../ts/sink.ts";
import { nodeStreamSink } from "../ts/sinks/node-stream.ts";
import type { QueuedSink } from "../ts/sinks/queue.ts";
import { webStreamSink } from "../ts/sinks/web-stream.ts";
import { receiveFrames, type WorkerLike, workerSink } from "../ts/sinks/worker.ts";
import { PUBLIC } from "./dispatching.ts";
import { feed, feedDrops, frames, gate } from "./sinking.ts";

const test = suite("sinks for streams and workers");
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const until = async (isSo: () => boolean): Promise<void> => {
  for (const end = performance.now() + 5000; !isSo() && performance.now() < end; ) await turn();
};
const rejects = async (promise: Promise<unknown>, said: RegExp): Promise<void> => {
  await promise.then(
    () => assert.unreachable("nothing went wrong"),
    (error: Error) => assert.match(error.message, said),
  );
};
const throws = (send: () => void, said: RegExp): void =>
  assert.throws(send, (error: unknown) => error instanceof SinkError && said.test(error.message));

test("a stream of the Web gets frame after frame, each when it took the one before, and is closed", async () => {
  const got: number[] = [];
  let inside = 0;
  let closed = 0;
  const stream = new WritableStream<FrameCopy>({
    async write({ seconds, bytes, verdict }) {
      assert.is(++inside, 1);
      await turn();
      assert.equal(bytes, PUBLIC);
      assert.is(verdict.partition, "public");
      got.push(seconds);
      inside--;
    },
    close: () => void closed++,
  });
  const sink = webStreamSink(stream);
  assert.ok(stream.locked);
  const send = feed(sink);
  send(frames(3));
  send(frames(2, 3));
  await sink.end();
  assert.equal([got, closed], [[0, 1, 2, 3, 4], 1]);
});

test("a stream of the Web that is slow holds nothing up, and one that fails says so", async () => {
  const wait = gate();
  const sink = webStreamSink(new WritableStream({ write: () => wait.promise }), { maxFrames: 2 });
  const send = feed(sink);
  send(frames(5));
  assert.is(sink.stats().lost.frames, 3);
  wait.fail(new Error("broken pipe"));
  await turn();
  throws(() => send(frames(1)), /broken pipe/);
  await rejects(sink.end(), /broken pipe/);
});

test("a stream of the Web that fails by itself is noticed at the next frame", async () => {
  let controller: WritableStreamDefaultController | undefined;
  const sink = webStreamSink(new WritableStream({ start: (given) => void (controller = given) }));
  const send = feed(sink);
  controller!.error(new Error("gone"));
  send(frames(1));
  await turn();
  throws(() => send(frames(1)), /gone/);
  assert.is(sink.stats().lost.frames, 2);
});

test("a stream of Node gets frame after frame, is waited for while it is full, and is ended", async () => {
  const got: number[] = [];
  let most = 0;
  const stream = new Writable({
    objectMode: true,
    highWaterMark: 2,
    write({ seconds }: FrameCopy, _encoding, done) {
      most = Math.max(most, stream.writableLength);
      got.push(seconds);
      setTimeout(done);
    },
  });
  const sink = nodeStreamSink(stream);
  feed(sink)(frames(9));
  await sink.end();
  assert.equal(got, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.ok(most <= 2, `${most}`);
  assert.ok(stream.writableFinished);
  assert.is(stream.listenerCount("drain"), 0);
});

test("a stream of Node that fails ends nothing but its sink, whenever it does", async () => {
  const failing = (write: (done: (error?: Error) => void) => void): QueuedSink =>
    nodeStreamSink(
      new Writable({ objectMode: true, highWaterMark: 1, write: (_chunk, _encoding, done) => write(done) }),
    );
  const atOnce = failing((done) => done(new Error("no space")));
  const send = feed(atOnce);
  send(frames(3));
  await turn();
  throws(() => send(frames(1)), /no space/);
  await rejects(atOnce.end(), /no space/);

  const stream = new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() });
  const idle = nodeStreamSink(stream);
  stream.destroy();
  await once(stream, "close");
  const again = feed(idle);
  again(frames(1));
  await turn();
  throws(() => again(frames(1)), /closed before its end/);

  const atEnd = new Writable({
    objectMode: true,
    write: (_chunk, _encoding, done) => done(),
    final: (done) => done(new Error("not flushed")),
  });
  await rejects(nodeStreamSink(atEnd).end(), /not flushed/);
});

test("a stream of Node that takes octets is refused", () => {
  assert.throws(() => nodeStreamSink(new Writable()), /objectMode: true/);
});

test("a worker gets the frames with their verdicts, and octets that are its own", async () => {
  const program = `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(new URL("../build/dist/sinks/worker.js", import.meta.url).href)}).then(({ receiveFrames }) => {
      let frames = 0, octets = 0; const names = new Set(), reasons = new Set();
      receiveFrames(parentPort, (list, name) => {
        names.add(name);
        for (const { bytes, verdict } of list) { frames++; octets += bytes.length; reasons.add(verdict.reason); }
      });
      parentPort.on("message", (message) => {
        if (message === "report") parentPort.postMessage({ frames, octets, names: [...names], reasons: [...reasons] });
      });
      parentPort.postMessage("ready");
    });`;
  const worker = new Worker(program, { eval: true });
  await once(worker, "message");
  const [drops, publics] = [workerSink(worker, "dropped"), workerSink(worker, "public")];
  feedDrops(drops)(2000, 500);
  feed(publics)(frames(100));
  await Promise.all([drops.end(), publics.end()]);
  worker.postMessage("report");
  const [report] = await once(worker, "message");
  assert.is(report.frames, 2600);
  assert.equal(report.names.sort(), ["dropped", "public"]);
  assert.equal(report.reasons.sort(), ["NOT_IP", "NO_PARTITION", null]);
  await worker.terminate();
});

test("a message has so many frames, and the next waits until they were taken", async () => {
  const { port1, port2 } = new MessageChannel();
  const [sizes, wait] = [[] as number[], gate()];
  const stop = receiveFrames(port2 as WorkerLike, (list) => {
    sizes.push(list.length);
    return wait.promise;
  });
  const sink = workerSink(port1 as WorkerLike, "public");
  feed(sink)(frames(1025));
  await until(() => sizes.length > 0);
  assert.equal(sizes, [1024]);
  wait.open();
  await sink.end();
  assert.equal(sizes, [1024, 1]);
  stop();
  port1.close();
});

test("a worker that fails, or ends, or says something else", async () => {
  const { port1, port2 } = new MessageChannel();
  const stop = receiveFrames(port2 as WorkerLike, () => {
    throw new Error("full");
  });
  const sink = workerSink(port1 as WorkerLike, "public");
  port2.postMessage(null);
  port2.postMessage({ labelgate: "taken", sink: "another's", failed: null });
  port1.postMessage({ labelgate: "something else" });
  const send = feed(sink as Sink);
  send(frames(1));
  await until(() => sink.stats().lost.frames > 0);
  throws(() => send(frames(1)), /could not take frames: Error: full/);
  stop();
  port1.close();

  const worker = new Worker(
    "require('node:worker_threads').parentPort.on('message', () => { throw new Error('crash') })",
    {
      eval: true,
    },
  );
  const crashing = workerSink(worker, "public");
  const again = feed(crashing);
  again(frames(1));
  await rejects(crashing.end(), /the worker of "public" failed/);
});

test.run();
