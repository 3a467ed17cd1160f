// What the assertions of examples call: values compared in depth.
import { deepStrictEqual } from "node:assert/strict";

export function equal(actual: unknown, expected: unknown): void {
  deepStrictEqual(actual, expected);
}
