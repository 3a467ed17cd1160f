/**
 * `labelgate/sinks/callback`: frames for a function that may take its time.
 *
 * @module labelgate/sinks/callback
 */
import type { FrameCopy } from "../sink.ts";
import { type QueuedSink, type QueueOptions, queuedSink } from "./queue.ts";

export type { QueuedSink, QueueOptions, QueueStats } from "./queue.ts";

/**
 * A sink that calls a function with copies of the frames, at most 1,024 at once, and calls it again when the promise that it
 * returned is fulfilled. When it throws, or the promise is rejected, it is not called again.
 *
 * @throws {RangeError} a bound that is none
 * @example
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { createClassifier, readCapture } from "labelgate";
 * import { callbackSink } from "labelgate/sinks/callback";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["10.2.0.2"] }],
 *   partitions: [{ name: "staff", label: "1:7" }],
 *   templates: { clients: { type: "labelled", range: ["0", "15:0.255"] } },
 *   hosts: { "10.1.0.0/24": "clients" },
 * });
 * const seen: number[] = [];
 * const staff = callbackSink(async (frames) => {
 *   for (const { frame } of frames) seen.push(frame); // or await fetch(…)
 * });
 * classifier.register("staff", staff);
 * for await (const batch of readCapture(createReadStream("labelled.pcap"))) {
 *   classifier.dispatch(batch);
 *   await staff.ready();
 * }
 * await staff.end();
 * seen.length; // 10
 * staff.stats().lost.frames; // 0
 * ```
 */
export function callbackSink(
  handle: (frames: readonly FrameCopy[]) => void | Promise<void>,
  options: QueueOptions = {},
): QueuedSink {
  return queuedSink({ take: handle }, options);
}
