/**
 * Policy files: JSON, with comments allowed. Problems get the line and column they are at.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type { PolicyProblem } from "../errors.ts";
import { type PolicyReading, readPolicy } from "../policy/read.ts";

/** A policy file was read, or not. */
export interface PolicyFile extends PolicyReading {
  /** The value in the file; `undefined` when it is no JSON. */
  readonly input: unknown;
  /** `policy.json:12:5` for a problem. */
  locate(problem: PolicyProblem): string;
}

/** Reads a policy file (`-`: standard input) and everything that is wrong with it. */
export function readPolicyFile(file: string): PolicyFile {
  const source = readText(file);
  if (typeof source !== "string") return failed(file, [source]);
  const text = source.replace(/^\uFEFF/, "");
  const errors: ParseError[] = [];
  const tree = parse(text, errors);
  if (tree === undefined || errors.length > 0) {
    return failed(
      file,
      [{ path: "", keys: [], message: syntaxMessage(text, errors) }],
      position(text, errors[0]?.offset ?? 0),
    );
  }
  const input: unknown = getNodeValue(tree);
  const reading = readPolicy(input);
  const problems = [...repeatedKeys(tree), ...reading.problems];
  return {
    ...reading,
    policy: problems.length > 0 ? null : reading.policy,
    problems,
    input,
    locate: ({ keys }) => `${file}:${position(text, nearest(tree, keys).offset)}`,
  };
}

function readText(file: string): string | PolicyProblem {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const words = { ENOENT: "there is no such file", EISDIR: "it is a directory", EACCES: "permission denied" }[
      code ?? ""
    ];
    return { path: "", keys: [], message: `cannot be read: ${words ?? message}` };
  }
}

function failed(file: string, problems: readonly PolicyProblem[], at?: string): PolicyFile {
  const where = at === undefined ? file : `${file}:${at}`;
  return { policy: null, problems, warnings: [], input: undefined, locate: () => where };
}

// The parser calls itself for every level of nesting.
function parse(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function syntaxMessage(text: string, errors: readonly ParseError[]): string {
  if (text.trim() === "") return 'the file is empty: expected a policy, { "doi": … }';
  const error = errors[0];
  if (error === undefined) return "not a policy: nested too deep";
  const name = printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return `not JSON: ${name}`;
}

// JSON takes the last of two equal keys in silence. In a policy that is a rule that does not hold.
function repeatedKeys(tree: Node): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const visit = (node: Node, keys: readonly (string | number)[]): void => {
    if (node.type === "array") {
      for (const [i, child] of (node.children ?? []).entries()) visit(child, [...keys, i]);
    } else if (node.type === "object") {
      const seen = new Set<string>();
      for (const property of node.children ?? []) {
        const [name, value] = property.children ?? [];
        const key = String(name?.value);
        if (seen.has(key))
          problems.push({ path: `${key}`, keys: [...keys, key], message: `"${key}" stands here twice` });
        seen.add(key);
        if (value !== undefined) visit(value, [...keys, key]);
      }
    }
  };
  visit(tree, []);
  return problems;
}

// The node at the keys, or of the longest part of them that there is.
function nearest(tree: Node, keys: readonly (string | number)[]): Node {
  for (let length = keys.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, keys.slice(0, length));
    if (node !== undefined) return node;
  }
  return tree;
}

// Line and column, counted from 1.
function position(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `${line}:${offset - before.lastIndexOf("\n")}`;
}

/** A problem as commands print it. */
export function problemText(file: PolicyFile, problem: PolicyProblem): string {
  return `${file.locate(problem)}: ${problem.path === "" ? "" : `${problem.path}: `}${problem.message}`;
}
