/**
 * Policy files: JSON, with comments allowed. Problems get the line and column they are at.
 *
 * @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { type PolicyProblem, sayProblem } from "../errors.ts";
import { type PolicyReading, readPolicy } from "../policy/read.ts";
import { formatPath, type Path } from "../policy/report.ts";
import { STANDARD_INPUT, sourceName } from "./usage.ts";

/** Octets of a policy file; one with a million host prefixes has about half. */
export const MAX_POLICY_FILE = 67_108_864;
/** Octets that are read at a time. */
const PIECE = 1_048_576;
/** Levels of nesting; a policy has six. */
export const MAX_NESTING = 64;
/** Syntax errors that are shown; behind the first they guess. */
const MAX_SYNTAX_ERRORS = 5;

/** Problems of a policy file, in words and places. */
interface Sayable {
  /** A problem as commands print it: `policy.json:12:5: error: partitions[1].label: …`. */
  say(problem: PolicyProblem, kind: "error" | "warning"): string;
}

/** A policy file that was read, or not. Problems and warnings are in the order of the file. */
export interface PolicyFile extends PolicyReading, Sayable {
  /** The value in the file; `undefined` when it is none. */
  readonly input: unknown;
}

/** A JSON file. */
export interface JsonFile extends Sayable {
  /** The value in it; `undefined` when it is none. */
  readonly input: unknown;
  /** Whether it could be read at all. */
  readonly isReadable: boolean;
  /** What is wrong with it as JSON; others are placed by their keys. In the order of the file. */
  readonly problems: readonly PolicyProblem[];
  /** Problems in the order of the file. */
  inOrder(problems: readonly PolicyProblem[]): PolicyProblem[];
}

/** A problem and the character of the file it is at; `null`: the file as a whole. */
interface Placed {
  readonly problem: PolicyProblem;
  readonly offset: number | null;
}

/** Reads a policy file (`-`: standard input) and everything that is wrong with it. */
export function readPolicyFile(path: string): PolicyFile {
  const file = readJsonFile(path);
  const { input, say } = file;
  if (input === undefined) return { policy: null, problems: file.problems, warnings: [], input, say };
  const reading = readPolicy(input);
  return {
    policy: file.problems.length > 0 ? null : reading.policy,
    problems: file.inOrder([...file.problems, ...reading.problems]),
    warnings: file.inOrder(reading.warnings),
    input,
    say,
  };
}

/** Reads a file with a value in it (`-`: standard input), whatever the value is. */
export function readJsonFile(path: string): JsonFile {
  const text = readText(path);
  if (typeof text !== "string")
    return jsonFile(path, "", undefined, [{ problem: whole(text.reason), offset: null }], false);
  const tree = parse(text);
  return Array.isArray(tree) ? jsonFile(path, text, undefined, tree) : jsonFile(path, text, tree, []);
}

function jsonFile(
  path: string,
  text: string,
  tree: Node | undefined,
  unread: readonly Placed[],
  isReadable = true,
): JsonFile {
  const { offsets, repeated } = tree === undefined ? { offsets: null, repeated: [] } : placesIn(tree);
  const placed = new Map([...unread, ...repeated].map(({ problem, offset }) => [problem, offset]));
  const lines = lineStarts(text);
  const offsetOf = (problem: PolicyProblem): number | null => {
    const known = placed.get(problem);
    if (known !== undefined) return known;
    return offsets === null ? null : nearest(offsets, problem.keys);
  };
  const inOrder = (problems: readonly PolicyProblem[]): PolicyProblem[] => {
    const order = problems.map((problem) => ({ problem, offset: offsetOf(problem) ?? 0 }));
    return order.sort((a, b) => a.offset - b.offset).map(({ problem }) => problem);
  };
  return {
    input: tree === undefined ? undefined : getNodeValue(tree),
    isReadable,
    problems: inOrder([...placed.keys()]),
    inOrder,
    say: (problem, kind) => {
      const offset = offsetOf(problem);
      const where = offset === null ? "" : `:${position(lines, offset)}`;
      const at = problem.path === "" ? "" : `${problem.path}: `;
      return `${sourceName(path)}${where}: ${kind}: ${at}${sayProblem(problem)}`;
    },
  };
}

function whole(message: string): PolicyProblem {
  return { path: "", keys: [], message };
}

/** Why a file has no text. */
export interface Unreadable {
  readonly reason: string;
}

/** The text of a file (`-`: standard input), of {@link MAX_POLICY_FILE} octets at most, without a byte order mark. */
export function readText(file: string): string | Unreadable {
  try {
    const source = file === STANDARD_INPUT ? 0 : file;
    const octets = readOctets(source);
    if (octets.length > MAX_POLICY_FILE) return { reason: `larger than ${MAX_POLICY_FILE} octets` };
    return octets.toString("utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a directory",
      EACCES: "permission denied",
    };
    return { reason: `cannot be read: ${reasons[code ?? ""] ?? message}` };
  }
}

// The file's octets, up to one more than a policy may have: what a device or a pipe holds need not end.
function readOctets(source: string | 0): Buffer {
  const descriptor = source === 0 ? 0 : openSync(source, "r");
  try {
    const pieces: Buffer[] = [];
    for (let size = 0; size <= MAX_POLICY_FILE; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, MAX_POLICY_FILE + 1 - size));
      const read = readSync(descriptor, piece);
      if (read === 0) break;
      pieces.push(piece.subarray(0, read));
      size += read;
    }
    return Buffer.concat(pieces);
  } finally {
    if (source !== 0) closeSync(descriptor);
  }
}

// The tree of the text, or what is wrong with it.
function parse(text: string): Node | Placed[] {
  if (text.trim() === "")
    return [{ problem: whole('the file is empty: expected a policy, { "doi": … }'), offset: null }];
  const errors: ParseError[] = [];
  const tree = parseTreeOf(text, errors);
  if (tree === null || (tree !== undefined && isTooDeep(tree))) {
    return [{ problem: whole(`not a policy: nested deeper than ${MAX_NESTING} levels`), offset: null }];
  }
  if (tree !== undefined && errors.length === 0) return tree;
  return errors.slice(0, MAX_SYNTAX_ERRORS).map(({ error, offset }) => {
    const name = printParseErrorCode(error)
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase();
    return { problem: whole(`not JSON: ${name}`), offset };
  });
}

// `null`: too deep even for the parser, which calls itself for every level.
function parseTreeOf(text: string, errors: ParseError[]): Node | undefined | null {
  try {
    return parseTree(text, errors, { allowTrailingComma: true });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isTooDeep(tree: Node): boolean {
  let level: Node[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > 2 * MAX_NESTING) return true; // a property and its value are two
    level = level.flatMap(({ children }) => children ?? []);
  }
  return false;
}

/** Where the parts of a file are. */
interface Places {
  /** First character of the key or item at a path. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly repeated: readonly Placed[];
}

// JSON takes the last of two equal keys in silence. In a policy that is a rule that does not hold.
function placesIn(tree: Node): Places {
  const offsets = new Map([["", tree.offset]]);
  const repeated: Placed[] = [];
  const visit = (node: Node, path: Path): void => {
    const seen = new Set<string>();
    for (const [i, child] of (node.children ?? []).entries()) {
      if (node.type === "array") {
        const keys = [...path, i];
        offsets.set(formatPath(keys), child.offset);
        visit(child, keys);
      } else if (node.type === "object") {
        const [name, value] = child.children ?? [];
        const key = String(name?.value);
        const keys = [...path, key];
        const at = formatPath(keys);
        const problem = { path: at, keys, message: `"${key}" stands here twice` };
        if (seen.has(key)) repeated.push({ problem, offset: child.offset });
        seen.add(key);
        offsets.set(at, child.offset);
        if (value !== undefined) visit(value, keys);
      }
    }
  };
  visit(tree, []);
  return { offsets, repeated };
}

// Where the keys lead, or the longest part of them that there is.
function nearest(offsets: Places["offsets"], keys: Path): number {
  for (let length = keys.length; ; length--) {
    const offset = offsets.get(formatPath(keys.slice(0, length)));
    if (offset !== undefined) return offset;
  }
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
}

// Line and column, counted from 1.
function position(lines: readonly number[], offset: number): string {
  let from = 0; // lines that start at or before the offset
  let to = lines.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (lines[middle]! <= offset) from = middle + 1;
    else to = middle;
  }
  return `${from}:${offset - lines[from - 1]! + 1}`;
}
