/**
 * The classifier of a policy file.
 *
 * @module
 */
import { type Classifier, createClassifier } from "../classifier.ts";
import type { PolicyInput } from "../policy/input.ts";
import { reportLine } from "./output.ts";
import { readPolicyFile } from "./policy-file.ts";

/** The classifier, or `null` when the policy has problems: then they were all printed. */
export function classifierOf(path: string): Classifier | null {
  const file = readPolicyFile(path);
  for (const problem of file.problems) reportLine(file.say(problem, "error"));
  return file.policy === null ? null : createClassifier(file.input as PolicyInput);
}
