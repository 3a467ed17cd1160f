/**
 * Sinks under their names, and calling them.
 *
 * @module
 */
import type { SinkFailure } from "./errors.ts";
import { FrameBatch } from "./frames.ts";
import { kindOf } from "./given.ts";
import type { Judge } from "./judge.ts";
import type { Delivery, Sink } from "./sink.ts";

/** The name of the drops' sink. */
export const DROPPED = "dropped";
/** Names that an error lists. */
const MAX_LISTED = 8;

/** A sink, and the name it was registered under. */
export interface Registered {
  readonly name: string;
  readonly sink: Sink;
}

/** @throws {RangeError} there is no partition or binding of that name */
export function requireName(judge: Judge, name: string): void {
  if (judge.endpointsOf(name).length > 0) return;
  const known = judge.image.endpoints.map((_, i) => judge.nameOf(i));
  const listed = known.length <= MAX_LISTED ? known.join(", ") : `${known.slice(0, MAX_LISTED).join(", ")} …`;
  throw new RangeError(`"${name}" is no partition or partition/binding: expected one of ${listed}`);
}

/**
 * Enters a sink.
 *
 * @throws {TypeError} it is no function
 * @throws {RangeError} there is one of that name
 */
export function enter(sinks: Map<string, Registered>, name: string, sink: Sink): Registered {
  if (typeof sink !== "function") throw new TypeError(`sink of "${name}": expected a function, got ${kindOf(sink)}`);
  if (sinks.has(name)) throw new RangeError(`"${name}" has a sink already`);
  const entry = { name, sink };
  sinks.set(name, entry);
  return entry;
}

/** Calls a sink: what it threw, or `null`. */
export function deliver({ name, sink }: Registered, delivery: Delivery): SinkFailure | null {
  try {
    const returned: unknown = sink(delivery);
    if (isThenable(returned)) {
      Promise.resolve(returned).catch(() => {});
      throw new TypeError("a sink is synchronous: it returned a promise; copy() what is to be used later");
    }
    return null;
  } catch (error) {
    return { sink: name, error }; // P-15: the others get theirs
  } finally {
    delivery.close();
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** @throws {TypeError} it is no batch */
export function requireBatch(batch: unknown): asserts batch is FrameBatch {
  if (batch instanceof FrameBatch) return;
  throw new TypeError(`batch: expected a FrameBatch, as readCapture and batchOf give, got ${kindOf(batch)}`);
}
