/**
 * `labelgate/sinks/worker`: frames for a worker, whose octets are handed over and not copied again.
 *
 * @module labelgate/sinks/worker
 */
import type { FrameCopy } from "../sink.ts";
import { listen, listenForFailure, type WorkerLike } from "../worker-like.ts";
import { type QueuedSink, type QueueOptions, queuedSink } from "./queue.ts";

export type { WorkerLike } from "../worker-like.ts";
export type { QueuedSink, QueueOptions, QueueStats } from "./queue.ts";

/** Frames on their way to a worker. Their octets are in one buffer. */
interface FramesMessage {
  readonly labelgate: "frames";
  /** Which sink they are of, and its name. */
  readonly sink: string;
  readonly name: string;
  readonly frames: readonly FrameCopy[];
}

/** What a worker says when it has taken them; `failed`: why it could not. */
interface TakenMessage {
  readonly labelgate: "taken";
  readonly sink: string;
  readonly failed: string | null;
}

/**
 * A sink that posts copies of the frames to a worker, which takes them with {@link receiveFrames}: at most 1,024 in a message, and
 * the next when those were taken. The worker may have other messages, and several sinks. It is not ended with the sink.
 *
 * @param name what the worker is told
 * @throws {RangeError} a bound that is none
 * @example
 * ```ts
 * import { MessageChannel } from "node:worker_threads"; // or a Worker
 * import { batchOf, createClassifier } from "labelgate";
 * import { receiveFrames, workerSink } from "labelgate/sinks/worker";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const { port1, port2 } = new MessageChannel();
 * const got: string[] = [];
 * const stop = receiveFrames(port2, (frames, name) => void got.push(`${frames.length} of ${name}`)); // in the worker
 * const drops = workerSink(port1, "dropped");
 * classifier.registerDrops(drops);
 * classifier.dispatch(batchOf([{ bytes: new Uint8Array(60) }]));
 * await drops.end();
 * stop();
 * got; // ["1 of dropped"]
 * ```
 */
export function workerSink(worker: WorkerLike, name: string, options: QueueOptions = {}): QueuedSink {
  const sink = crypto.randomUUID();
  let failure: Error | null = null;
  let answered: ((failed: string | null) => void) | null = null;
  const forgets = [
    listen(worker, (data) => {
      const message = data as Partial<TakenMessage> | null;
      if (message?.labelgate === "taken" && message.sink === sink) answered?.(message.failed ?? null);
    }),
    listenForFailure(worker, (cause) => {
      failure ??= new Error(`the worker of "${name}" failed`, { cause });
      answered?.(null);
    }),
  ];
  return queuedSink(
    {
      async take(frames) {
        if (failure !== null) throw failure;
        const { octets, moved } = gathered(frames);
        const answer = new Promise<string | null>((resolve) => {
          answered = resolve;
        });
        const message: FramesMessage = { labelgate: "frames", sink, name, frames: moved };
        worker.postMessage(message, [octets]);
        const failed = await answer;
        answered = null;
        if (failed !== null) failure ??= new Error(`the worker of "${name}" could not take frames: ${failed}`);
        if (failure !== null) throw failure;
      },
      close() {
        for (const forget of forgets) forget();
      },
    },
    options,
  );
}

/**
 * The worker's side: calls a function with the frames of each message, and tells the sink when it is done. Returns what ends
 * that.
 *
 * @param port in a worker of the Web `self`, in one of node:worker_threads `parentPort`
 */
export function receiveFrames(
  port: WorkerLike,
  take: (frames: readonly FrameCopy[], name: string) => void | Promise<void>,
): () => void {
  return listen(port, async (data) => {
    const message = data as Partial<FramesMessage> | null;
    if (message?.labelgate !== "frames") return;
    let failed: string | null = null;
    try {
      await take(message.frames!, message.name!);
    } catch (error) {
      failed = `${error}`;
    }
    port.postMessage({ labelgate: "taken", sink: message.sink!, failed } satisfies TakenMessage, []);
  });
}

// The same frames with their octets one after the other in a buffer.
function gathered(frames: readonly FrameCopy[]): { octets: ArrayBuffer; moved: FrameCopy[] } {
  const all = new Uint8Array(frames.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  const moved = frames.map((frame) => {
    const bytes = all.subarray(at, at + frame.bytes.length);
    bytes.set(frame.bytes);
    at += bytes.length;
    return { ...frame, bytes };
  });
  return { octets: all.buffer, moved };
}
