/**
 * `labelgate/sinks/sampling`: some of the frames for a sink that can do without the others.
 *
 * @module labelgate/sinks/sampling
 */

import type { Count } from "../counts.ts";
import { isWithin } from "../given.ts";
import type { Delivery, Sink } from "../sink.ts";

/** Which frames: at least one of the two. */
export interface SamplingOptions {
  /** The first of each so many. */
  readonly every?: number;
  /** At most so many for each second of the capture's time. */
  readonly perSecond?: number;
}

/** A sink that hands on some frames. */
export interface SamplingSink {
  (delivery: Delivery): void;
  /** Frames that were not handed on. Octets are those on the wire. */
  skipped(): Count;
}

/**
 * A sink that hands on some frames to another: which ones depends on nothing but the frames before, so the same capture gives
 * the same sample.
 *
 * @throws {RangeError} a number that is none, or neither is given
 * @example
 * ```ts
 * import { batchOf, createClassifier } from "labelgate";
 * import { sampled } from "labelgate/sinks/sampling";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const frames: number[] = [];
 * const some = sampled((delivery) => frames.push(...[...delivery].map(({ frame }) => frame)), { every: 3 });
 * classifier.registerDrops(some);
 * classifier.dispatch(batchOf(Array.from({ length: 7 }, () => ({ bytes: new Uint8Array(60) }))));
 * frames; // [1, 4, 7]
 * some.skipped().frames; // 4
 * ```
 */
export function sampled(sink: Sink, { every, perSecond }: SamplingOptions): SamplingSink {
  if (every === undefined && perSecond === undefined) throw new RangeError("which frames: give every or perSecond");
  for (const [name, number] of Object.entries({ every, perSecond })) {
    if (number !== undefined && !isWithin(number, Number.MAX_SAFE_INTEGER, 1)) {
      throw new RangeError(`${name} ${number}: expected 1 or more`);
    }
  }
  const skipped = { frames: 0, bytes: 0 };
  let seen = 0;
  let second = Number.NEGATIVE_INFINITY;
  let inSecond = 0;
  const isTaken = (seconds: number): boolean => {
    if (every !== undefined && seen++ % every !== 0) return false;
    if (perSecond === undefined) return true;
    // A clock that goes back gets no further frames for it.
    if (seconds > second) {
      second = seconds;
      inSecond = 0;
    }
    return inSecond++ < perSecond;
  };
  const take = (delivery: Delivery): void => {
    const indexes: number[] = [];
    for (let index = 0; index < delivery.length; index++) {
      const { seconds, wireLength } = delivery.at(index);
      if (isTaken(seconds)) {
        indexes.push(index);
      } else {
        skipped.frames++;
        skipped.bytes += wireLength;
      }
    }
    if (indexes.length > 0) sink(delivery.pick(indexes));
  };
  return Object.assign(take, { skipped: (): Count => ({ ...skipped }) });
}
