/**
 * What is found while a policy is read: problems, each with its path. Nothing stops at the first.
 *
 * @module
 */
import type { PolicyProblem } from "../errors.ts";

/** Keys and indexes from the policy to a value. */
export type Path = readonly (string | number)[];

/** `partitions[1].label`, `hosts["10.0.0.0/8"]`. */
export function formatPath(path: Path): string {
  return path
    .map((key, i) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${JSON.stringify(key)}]`;
      return i === 0 ? key : `.${key}`;
    })
    .join("");
}

/** Collects problems. */
export class Report {
  readonly problems: PolicyProblem[] = [];

  add(path: Path, message: string, value?: unknown): void {
    this.problems.push({ path: formatPath(path), keys: path, message, ...(value === undefined ? {} : { value }) });
  }

  /** What `read` returns; when it throws a RangeError, that is a problem of `path` and the result is undefined. */
  attempt<T>(path: Path, value: unknown, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.add(path, error.message, value);
      return undefined;
    }
  }
}

// A value of the wrong type was reported with the shape; here it is passed over.

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
