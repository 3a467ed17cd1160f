/**
 * `labelgate/sinks/node-stream`: frames for a Writable of Node.
 *
 * @module labelgate/sinks/node-stream
 */
import type { FrameCopy } from "../sink.ts";
import { type QueuedSink, type QueueOptions, queuedSink } from "./queue.ts";

export type { QueuedSink, QueueOptions, QueueStats } from "./queue.ts";

/** What is used of a `stream.Writable`. */
export interface NodeWritable {
  /** Whether it takes frames. */
  readonly writableObjectMode: boolean;
  /** `false`: it is full. */
  write(chunk: unknown): boolean;
  /** Ends it. */
  end(callback: () => void): unknown;
  /** Listens. */
  on(event: "error" | "close" | "drain", listener: (error?: Error) => void): unknown;
  /** Listens for the next. */
  once(event: "error" | "close" | "drain", listener: (error?: Error) => void): unknown;
  /** Listens no more. */
  off(event: "error" | "close" | "drain", listener: (error?: Error) => void): unknown;
}

/**
 * A sink that writes copies of the frames to a stream in object mode, one a chunk, and waits while the stream is full. `end()`
 * ends the stream. An error of the stream, or its early close, ends the writing.
 *
 * @throws {TypeError} the stream is not in object mode
 * @throws {RangeError} a bound that is none
 * @example
 * ```ts
 * import { Writable } from "node:stream";
 * import { batchOf, createClassifier, type FrameCopy } from "labelgate";
 * import { nodeStreamSink } from "labelgate/sinks/node-stream";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const reasons: (string | null)[] = [];
 * const stream = new Writable({
 *   objectMode: true,
 *   write({ verdict }: FrameCopy, _encoding, done) {
 *     reasons.push(verdict.reason);
 *     done();
 *   },
 * });
 * const drops = nodeStreamSink(stream);
 * classifier.registerDrops(drops);
 * classifier.dispatch(batchOf([{ bytes: new Uint8Array(60) }]));
 * await drops.end();
 * reasons; // ["NOT_IP"]
 * ```
 */
export function nodeStreamSink(stream: NodeWritable, options: QueueOptions = {}): QueuedSink {
  if (stream.writableObjectMode !== true) {
    throw new TypeError("the stream takes octets: make it with objectMode: true, for it gets frames");
  }
  let failure: Error | null = null;
  let isEnding = false;
  // An error that nobody listens for would end the process.
  stream.on("error", (error) => {
    failure ??= error ?? new Error("the stream failed");
  });
  stream.on("close", () => {
    if (!isEnding) failure ??= new Error("the stream was closed before its end");
  });
  const settled = (event: "drain" | "end"): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (): void => {
        stream.off("drain", pass);
        reject(failure ?? new Error("the stream was closed before its end"));
      };
      const pass = (): void => {
        stream.off("error", fail);
        stream.off("close", fail);
        resolve();
      };
      stream.once("error", fail);
      stream.once("close", fail);
      if (event === "drain") stream.once("drain", pass);
      else stream.end(pass);
    });
  return queuedSink(
    {
      async take(frames: readonly FrameCopy[]) {
        for (const frame of frames) {
          if (failure !== null) throw failure;
          if (!stream.write(frame)) await settled("drain");
        }
      },
      async close() {
        if (failure !== null) throw failure;
        isEnding = true;
        await settled("end");
      },
    },
    options,
  );
}
