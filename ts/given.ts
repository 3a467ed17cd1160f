/**
 * Octets and numbers as callers hand them over, untyped callers too.
 *
 * @module
 */

// The intrinsic getter knows a typed array of another realm (a vm context, a frame) too, and can't be fooled.
const tagOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

/** Whether a value is a Uint8Array, Node's Buffer included. */
export function isOctets(value: unknown): value is Uint8Array {
  return tagOf.call(value) === "Uint8Array";
}

/** What a value is, for a message that refuses it. */
export function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "an object";
}

/** Whether a value is a whole number from 0 to `most`. */
export function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

/** @throws {RangeError} the value is no whole number from 0 to `most` */
export function requireWithin(what: string, value: number, most: number): void {
  if (!isWithin(value, most)) throw new RangeError(`${what} ${value}: expected 0 to ${most}`);
}
