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

/** A value in words that are short whatever it is: a number or text itself, else its kind. */
export function sayValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) {
    const kind = Object.getPrototypeOf(value)?.constructor?.name;
    return kind === undefined || kind === "Object" ? "an object" : `an object (${kind})`;
  }
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  return typeof value === "string" ? JSON.stringify(value) : `${value}${typeof value === "bigint" ? "n" : ""}`;
}

/** Whether a value is a whole number from `least` to `most`. */
export function isWithin(value: unknown, most: number, least = 0): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** @throws {RangeError} the value is no whole number from 0 to `most` */
export function requireWithin(what: string, value: number, most: number): void {
  if (!isWithin(value, most)) throw new RangeError(`${what} ${value}: expected 0 to ${most}`);
}

/** Characters of a text that {@link sayText} shows. */
const MAX_SHOWN = 60;

/** A text in a message that may be of any length: its beginning, in quotes. */
export function sayText(text: string): string {
  return JSON.stringify(text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`);
}
