/**
 * The policy of a policy file, and its classifier.
 *
 * @module
 */
import { type Classifier, createClassifier } from "../classifier.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Policy } from "../policy/model.ts";
import { reportLine } from "./output.ts";
import { type PolicyFile, readPolicyFile } from "./policy-file.ts";

/** The classifier, or `null` when the policy has problems: then they were all printed. */
export function classifierOf(path: string): Classifier | null {
  const file = soundFile(path);
  return file === null ? null : createClassifier(file.input as PolicyInput);
}

/** The policy, or `null` when it has problems: then they were all printed. */
export function policyOf(path: string): Policy | null {
  return soundFile(path)?.policy ?? null;
}

function soundFile(path: string): PolicyFile | null {
  const file = readPolicyFile(path);
  for (const problem of file.problems) reportLine(file.say(problem, "error"));
  return file.policy === null ? null : file;
}
