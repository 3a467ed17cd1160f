/**
 * What commands take: captures, policies, and how they say that they were called wrongly.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";

/** The name of standard input where a file is asked for. */
export const STANDARD_INPUT = "-";

/** How a file is named to people. */
export function sourceName(path: string): string {
  return path === STANDARD_INPUT ? "standard input" : path;
}

/** A file name that is one. */
export function parseFile(text: string): string {
  if (text === "") throw new InvalidArgumentError("expected a file name");
  return text;
}

/** The same for an argument that takes several. */
export function parseFiles(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), parseFile(text)];
}

/** `--policy FILE`. */
export function policyOption(): Option {
  return new Option("--policy <file>", "the policy: JSON, comments are allowed; - is standard input")
    .argParser(parseFile)
    .makeOptionMandatory();
}

/** Ends with a usage error when standard input is asked for twice. */
export function readOnce(command: Command, files: readonly string[]): void {
  if (files.filter((file) => file === STANDARD_INPUT).length <= 1) return;
  command.error("labelgate: standard input (-) can be read once only", { exitCode: 2 });
}
