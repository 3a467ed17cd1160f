/**
 * `labelgate/sinks/web-stream`: frames for a WritableStream of the Web.
 *
 * @module labelgate/sinks/web-stream
 */
import type { FrameCopy } from "../sink.ts";
import { type QueuedSink, type QueueOptions, queuedSink } from "./queue.ts";

export type { QueuedSink, QueueOptions, QueueStats } from "./queue.ts";

/**
 * A sink that writes copies of the frames to a stream, one a chunk, each when the stream has taken the one before. The stream is
 * locked by it; `end()` closes the stream. An error of the stream ends the writing.
 *
 * @throws {TypeError} the stream is locked
 * @throws {RangeError} a bound that is none
 * @example
 * ```ts
 * import { batchOf, createClassifier, type FrameCopy } from "labelgate";
 * import { webStreamSink } from "labelgate/sinks/web-stream";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const reasons: (string | null)[] = [];
 * const stream = new WritableStream<FrameCopy>({ write: ({ verdict }) => void reasons.push(verdict.reason) });
 * const drops = webStreamSink(stream);
 * classifier.registerDrops(drops);
 * classifier.dispatch(batchOf([{ bytes: new Uint8Array(60) }]));
 * await drops.end();
 * reasons; // ["NOT_IP"]
 * ```
 */
export function webStreamSink(stream: WritableStream<FrameCopy>, options: QueueOptions = {}): QueuedSink {
  const writer = stream.getWriter();
  // An error shows at the next write, or at the end.
  writer.closed.catch(() => {});
  return queuedSink(
    {
      async take(frames) {
        for (const frame of frames) await writer.write(frame);
      },
      close: () => writer.close(),
    },
    options,
  );
}
