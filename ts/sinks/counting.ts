/**
 * `labelgate/sinks/counting`: counts frames, by whatever a program wants to tell apart.
 *
 * @module labelgate/sinks/counting
 */

import type { Count } from "../counts.ts";
import { isWithin } from "../given.ts";
import type { DeliveredFrame, Delivery } from "../sink.ts";

/** Keys that are counted by themselves, unless told otherwise. */
export const MAX_KEYS = 1024;

/** What was counted. Octets are those on the wire. */
export interface Counted {
  /** Everything. */
  readonly total: Count;
  /** By key, in the order in which they were met. */
  readonly keys: ReadonlyMap<string, Count>;
  /** Of keys beyond the bound. */
  readonly others: Count;
}

/** A sink that counts. */
export interface CountingSink {
  (delivery: Delivery): void;
  /** A snapshot. */
  counts(): Counted;
}

/** For {@link countingSink}. */
export interface CountingOptions {
  /** Keys that are counted by themselves; {@link MAX_KEYS} when left out. What senders choose must not fill the memory. */
  readonly maxKeys?: number;
}

/**
 * A sink that counts frames and octets, in all and by a key.
 *
 * @param keyOf the key of a frame; the frame is a cursor, valid until it returns. Left out: everything has one key, its sink's name
 * @throws {RangeError} a bound that is none
 * @example
 * ```ts
 * import { batchOf, createClassifier } from "labelgate";
 * import { countingSink } from "labelgate/sinks/counting";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const drops = countingSink((frame) => `${frame.reason}`);
 * classifier.registerDrops(drops);
 * classifier.dispatch(batchOf([{ bytes: new Uint8Array(60) }]));
 * drops.counts().keys.get("NOT_IP"); // { frames: 1, bytes: 60 }
 * ```
 */
export function countingSink(
  keyOf?: (frame: DeliveredFrame) => string,
  { maxKeys = MAX_KEYS }: CountingOptions = {},
): CountingSink {
  if (!isWithin(maxKeys, Number.MAX_SAFE_INTEGER)) throw new RangeError(`maxKeys ${maxKeys}: expected 0 or more`);
  const keys = new Map<string, Count>();
  let others: Count = { frames: 0, bytes: 0 };
  let total: Count = { frames: 0, bytes: 0 };
  const sink = (delivery: Delivery): void => {
    for (let index = 0; index < delivery.length; index++) {
      const frame = delivery.at(index);
      const { wireLength } = frame;
      const key = keyOf === undefined ? delivery.name : keyOf(frame);
      const before = keys.get(key);
      total = plus(total, wireLength);
      if (before !== undefined) keys.set(key, plus(before, wireLength));
      else if (keys.size < maxKeys) keys.set(key, { frames: 1, bytes: wireLength });
      else others = plus(others, wireLength);
    }
  };
  return Object.assign(sink, { counts: (): Counted => ({ total, keys: new Map(keys), others }) });
}

function plus({ frames, bytes }: Count, octets: number): Count {
  return { frames: frames + 1, bytes: bytes + octets };
}
