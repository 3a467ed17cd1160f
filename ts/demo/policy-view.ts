/**
 * What the page shows of a policy: its rooms, its labels in words, what is wrong with it and where.
 *
 * @module
 */
import { type PolicyProblem, sayProblem } from "../errors.ts";
import { labelWords } from "../explain/step.ts";
import { formatLabel, type Label } from "../label.ts";
import type { Policy } from "../policy/model.ts";
import { formatPorts } from "../policy/ports.ts";
import type { PolicyText } from "../policy/text.ts";
import type { LabelUse, PolicyNote, PolicyView } from "./protocol.ts";

/** Problems that are sent to the page; a large policy can have as many as it has lines. */
export const MAX_NOTES = 200;

export function viewOf(policy: Policy): PolicyView {
  return {
    rooms: policy.partitions.map(({ name, label, multilevelPorts, privateMultilevelPorts }) => ({
      name,
      label,
      text: textOf(label, policy),
      multilevel: [...multilevelPorts, ...privateMultilevelPorts].map(formatPorts),
    })),
    labels: labelsOf(policy),
  };
}

/** A label in the policy's words, else in numbers. */
export function textOf(label: Label, policy: Policy): string {
  return labelWords(label, policy) ?? formatLabel(label);
}

// Every label the policy names, with what for; partitions first.
function labelsOf(policy: Policy): LabelUse[] {
  const found = new Map<string, { label: Label; uses: string[] }>();
  const add = (label: Label, use: string): void => {
    const key = `${label.doi} ${formatLabel(label)}`;
    const entry = found.get(key) ?? { label, uses: [] };
    entry.uses.push(use);
    found.set(key, entry);
  };
  for (const { name, label } of policy.partitions) add(label, name);
  for (const { name, range } of policy.interfaces) {
    if (range === null) continue;
    add(range.low, `from: ${name}`);
    add(range.high, `up to: ${name}`);
  }
  for (const template of policy.templates) {
    if (template.type === "unlabelled") add(template.label, `default: ${template.name}`);
    else {
      if (template.range !== null) {
        add(template.range.low, `from: ${template.name}`);
        add(template.range.high, `up to: ${template.name}`);
      }
      for (const label of template.set) add(label, `sent by: ${template.name}`);
    }
  }
  return [...found.values()].map((entry) => ({ ...entry, text: textOf(entry.label, policy) }));
}

/** What is wrong with a text, or odd, in the order of the text. */
export function notesOf(text: PolicyText, length: number): PolicyNote[] {
  const note = (problem: PolicyProblem, kind: PolicyNote["kind"]): PolicyNote => {
    const span = text.spanOf(problem);
    const from = Math.min(span?.offset ?? 0, length);
    return {
      kind,
      position: text.position(from),
      path: problem.path,
      message: sayProblem(problem),
      from,
      to: Math.min(from + (span?.length ?? 0), length),
    };
  };
  return [
    ...text.problems.map((problem) => note(problem, "error")),
    ...text.warnings.map((problem) => note(problem, "warning")),
  ].slice(0, MAX_NOTES);
}
