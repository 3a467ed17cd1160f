/**
 * `labelgate/sinks/fan-out`: the same frames for several sinks.
 *
 * @module labelgate/sinks/fan-out
 */
import { deliver } from "../registered.ts";
import type { Delivery, Sink } from "../sink.ts";

/**
 * A sink that calls others, each with a delivery of its own. One that throws keeps nothing from those behind it; what was thrown is
 * thrown when all were called, several as an AggregateError.
 *
 * @example
 * ```ts
 * import { batchOf, createClassifier } from "labelgate";
 * import { countingSink } from "labelgate/sinks/counting";
 * import { fanOut } from "labelgate/sinks/fan-out";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const [all, byReason] = [countingSink(), countingSink((frame) => `${frame.reason}`)];
 * classifier.registerDrops(fanOut(all, byReason));
 * classifier.dispatch(batchOf([{ bytes: new Uint8Array(60) }]));
 * [all.counts().total.frames, byReason.counts().keys.size]; // [1, 1]
 * ```
 */
export function fanOut(...sinks: readonly Sink[]): Sink {
  return (delivery: Delivery): void => {
    const errors: unknown[] = [];
    for (const sink of sinks) {
      const failure = deliver({ name: delivery.name, sink }, delivery.pick());
      if (failure !== null) errors.push(failure.error);
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} of ${sinks.length} sinks threw`);
  };
}
