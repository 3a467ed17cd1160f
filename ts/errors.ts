/**
 * What can be thrown. A packet never throws: whatever its octets are, it gets a verdict. Exceptions are for a bad policy,
 * for captures that can't be read, and for sinks that failed; a caller's mistake is a TypeError or RangeError.
 *
 * @module
 */
import { sayValue } from "./given.ts";

/** A capture can't be read, or not further than here. Every good frame before {@link offset} was handed on first. */
export class CaptureError extends Error {
  /** The name of the class. */
  override readonly name = "CaptureError";
  /** Octets from the start of the capture to what is wrong. */
  readonly offset: number;

  /** `message` without the place, `offset` in octets; `cause`: what the system said. */
  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(options?.cause === undefined ? `${message} (at byte ${offset})` : message, options);
    this.offset = offset;
  }
}

/** One thing that is wrong, or odd, in a policy. */
export interface PolicyProblem {
  /** Where: `partitions[1].label`; "" for the policy as a whole. */
  readonly path: string;
  /** The same as keys and indexes. */
  readonly keys: readonly (string | number)[];
  /** What is wrong and what would be right. */
  readonly message: string;
  /** What stands there, when it can be shown. */
  readonly value?: unknown;
  /** Line and column in the text of the policy, counted from 1 (`12:5`), where there is a text. */
  readonly position?: string;
}

/** What is wrong, and what stands there where the message does not say. */
export function sayProblem({ message, value }: PolicyProblem): string {
  if (value === undefined || (typeof value === "object" && value !== null)) return message;
  const shown = sayValue(value);
  if (message.includes(typeof value === "string" ? value : shown)) return message;
  return `${message}; found ${shown.length <= 60 ? shown : `${shown.slice(0, 57)}…"`}`;
}

/** A policy was refused. {@link problems} lists everything that is wrong with it, not just the first. */
export class PolicyError extends Error {
  /** The name of the class. */
  override readonly name = "PolicyError";
  /** Everything that is wrong, in the order of the policy. */
  readonly problems: readonly PolicyProblem[];

  /** At least one problem. */
  constructor(problems: readonly PolicyProblem[]) {
    const lines = problems.map((problem) => {
      const place = problem.position === undefined ? "" : `${problem.position} `;
      return `  ${place}${problem.path === "" ? "policy" : problem.path}: ${sayProblem(problem)}`;
    });
    super(
      `the policy has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${lines.join("\n")}`,
    );
    this.problems = problems;
  }
}

// Anything can be thrown, also what can't be made a text.
function sayThrown(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return sayValue(thrown);
  }
}

/** What a sink threw, by the name it was registered under. */
export interface SinkFailure {
  /** The name the sink was registered under. */
  readonly sink: string;
  /** What it threw. */
  readonly error: unknown;
}

/** One or more sinks threw during `dispatch`. Every other sink got its frames, and the counters are right. */
export class SinkError extends AggregateError {
  /** The name of the class. */
  override readonly name = "SinkError";
  /** What was thrown, in the order in which the sinks were called. */
  readonly failures: readonly SinkFailure[];

  /** At least one failure. */
  constructor(failures: readonly SinkFailure[]) {
    super(
      failures.map(({ error }) => error),
      `a sink threw: ${failures.map(({ sink, error }) => `${sink}: ${sayThrown(error)}`).join("; ")}`,
    );
    this.failures = failures;
  }
}
