/**
 * Policies as text: JSON as people write it, with comments and trailing commas, as the command line reads it.
 *
 * @module labelgate/policy
 */
import { PolicyError, type PolicyProblem } from "../errors.ts";
import { sayValue } from "../given.ts";
import type { PolicyInput } from "./input.ts";
import { readPolicyText } from "./text.ts";

export { PolicyError, type PolicyProblem } from "../errors.ts";
export type * from "./input.ts";

/**
 * The policy in a text, for `createClassifier`, `replacePolicy` and `createClassifierPool`. Comments (`//`, `/* … *\/`) and trailing
 * commas are allowed, a byte order mark at the start too; a key that stands twice is a problem.
 *
 * @throws {TypeError} no text
 * @throws {PolicyError} it is no JSON, or the policy has problems: all of them, in the order of the text, each with its line and
 * column in `position`
 * @example
 * ```ts
 * import { parsePolicy, PolicyError } from "labelgate/policy";
 *
 * const policy = parsePolicy(`{
 *   "doi": 16, // of every label below
 *   "interfaces": [{ "name": "net0", "addresses": ["192.0.2.1"] }],
 *   "partitions": [{ "name": "public", "label": "1" }],
 *   "templates": { "peers": { "type": "labelled", "range": ["1", "5:0"] } },
 *   "hosts": { "198.51.100.0/24": "peers" },
 * }`);
 * policy.partitions.length; // 1
 *
 * const problems: string[] = [];
 * try {
 *   parsePolicy('{\n  "doi": 0 }');
 * } catch (error) {
 *   if (!(error instanceof PolicyError)) throw error;
 *   for (const { position, path, message } of error.problems) problems.push(`${position} ${path}: ${message}`);
 * }
 * problems[0]; // "1:1 interfaces: missing"
 * ```
 */
export function parsePolicy(text: string): PolicyInput {
  if (typeof text !== "string") {
    throw new TypeError(`text: expected the text of a policy, found ${sayValue(text)}; createClassifier takes objects`);
  }
  const { input, problems, spanOf, position } = readPolicyText(text.replace(/^\uFEFF/, ""));
  if (problems.length === 0) return input as PolicyInput;
  throw new PolicyError(
    problems.map((problem): PolicyProblem => {
      const span = spanOf(problem);
      return span === null ? problem : { ...problem, position: position(span.offset) };
    }),
  );
}
