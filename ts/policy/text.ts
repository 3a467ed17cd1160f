/**
 * JSON as text, with comments allowed: what is wrong with it, and where in it each part of a policy stands.
 *
 * @module
 */
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { lowerBound } from "../ascending.ts";
import type { PolicyProblem } from "../errors.ts";
import { type ResolvedReading, readResolved } from "./read.ts";
import { formatPath, type Path } from "./report.ts";

/** Levels of nesting; a policy has six. */
export const MAX_NESTING = 64;
/** Syntax errors that are shown; behind the first they guess. */
const MAX_SYNTAX_ERRORS = 5;

/** A text with a value in it. */
export interface JsonText {
  /** The value; `undefined` when it is none. */
  readonly input: unknown;
  /** What is wrong with it as JSON; others are placed by their keys. In the order of the text. */
  readonly problems: readonly PolicyProblem[];
  /** Problems in the order of the text. */
  inOrder(problems: readonly PolicyProblem[]): PolicyProblem[];
  /** The characters that a problem is about; `null`: the text as a whole. */
  spanOf(problem: PolicyProblem): TextSpan | null;
  /** Line and column of a character, counted from 1: `12:5`. */
  position(offset: number): string;
}

/** Characters of a text. */
export interface TextSpan {
  readonly offset: number;
  readonly length: number;
}

/** A policy as text that was read, or not. Problems and warnings are in the order of the text. */
export interface PolicyText extends ResolvedReading, JsonText {
  readonly problems: readonly PolicyProblem[];
}

/** A problem and the characters it is about; `null`: the text as a whole. */
interface Placed {
  readonly problem: PolicyProblem;
  readonly span: TextSpan | null;
}

/** Reads a policy and everything that is wrong with it, each with its place. */
export function readPolicyText(text: string): PolicyText {
  const json = readJsonText(text);
  if (json.input === undefined) return { ...json, policy: null, warnings: [] };
  const reading = readResolved(json.input);
  return {
    ...json,
    policy: json.problems.length > 0 ? null : reading.policy,
    problems: json.inOrder([...json.problems, ...reading.problems]),
    warnings: json.inOrder(reading.warnings),
  };
}

/** Reads a text with a value in it, whatever the value is. */
export function readJsonText(text: string): JsonText {
  const tree = parse(text);
  return Array.isArray(tree) ? jsonText(text, undefined, tree) : jsonText(text, tree, []);
}

/** What a text is that can't be had: it has one problem, of the whole. */
export function unreadableText(reason: string): JsonText {
  return jsonText("", undefined, [{ problem: whole(reason), span: null }]);
}

function jsonText(text: string, tree: Node | undefined, unread: readonly Placed[]): JsonText {
  const { spans, repeated } = tree === undefined ? { spans: null, repeated: [] } : placesIn(tree);
  const placed = new Map([...unread, ...repeated].map(({ problem, span }) => [problem, span]));
  let lines: readonly number[] | undefined;
  const spanOf = (problem: PolicyProblem): TextSpan | null => {
    const known = placed.get(problem);
    if (known !== undefined) return known;
    return spans === null ? null : nearest(spans, problem.keys);
  };
  const inOrder = (problems: readonly PolicyProblem[]): PolicyProblem[] => {
    const order = problems.map((problem) => ({ problem, offset: spanOf(problem)?.offset ?? 0 }));
    return order.sort((a, b) => a.offset - b.offset).map(({ problem }) => problem);
  };
  return {
    input: tree === undefined ? undefined : getNodeValue(tree),
    problems: inOrder([...placed.keys()]),
    inOrder,
    spanOf,
    position: (offset) => {
      lines ??= lineStarts(text);
      return position(lines, offset);
    },
  };
}

function whole(message: string): PolicyProblem {
  return { path: "", keys: [], message };
}

// The tree of the text, or what is wrong with it.
function parse(text: string): Node | Placed[] {
  if (text.trim() === "") return [{ problem: whole('it is empty: expected a policy, { "doi": … }'), span: null }];
  const errors: ParseError[] = [];
  const tree = parseTreeOf(text, errors);
  if (tree === null || (tree !== undefined && isTooDeep(tree))) {
    return [{ problem: whole(`not a policy: nested deeper than ${MAX_NESTING} levels`), span: null }];
  }
  if (tree !== undefined && errors.length === 0) return tree;
  return errors.slice(0, MAX_SYNTAX_ERRORS).map(({ error, offset, length }) => {
    const name = printParseErrorCode(error)
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase();
    return { problem: whole(`not JSON: ${name}`), span: { offset, length } };
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

/** Where the parts of a text are. */
interface Places {
  /** The key, or the item, at a path: what it begins with, up to its end. */
  readonly spans: ReadonlyMap<string, TextSpan>;
  readonly repeated: readonly Placed[];
}

// JSON takes the last of two equal keys in silence. In a policy that is a rule that does not hold.
function placesIn(tree: Node): Places {
  const spans = new Map<string, TextSpan>([["", { offset: tree.offset, length: tree.length }]]);
  const repeated: Placed[] = [];
  const visit = (node: Node, path: Path): void => {
    const seen = new Set<string>();
    for (const [i, child] of (node.children ?? []).entries()) {
      if (node.type === "array") {
        const keys = [...path, i];
        spans.set(formatPath(keys), child);
        visit(child, keys);
      } else if (node.type === "object") {
        const [name, value] = child.children ?? [];
        const key = String(name?.value);
        const keys = [...path, key];
        const at = formatPath(keys);
        const problem = { path: at, keys, message: `"${key}" stands here twice` };
        if (seen.has(key)) repeated.push({ problem, span: child });
        seen.add(key);
        spans.set(at, child);
        if (value !== undefined) visit(value, keys);
      }
    }
  };
  visit(tree, []);
  return { spans, repeated };
}

// Where the keys lead, or the longest part of them that there is.
function nearest(spans: Places["spans"], keys: Path): TextSpan {
  for (let length = keys.length; ; length--) {
    const span = spans.get(formatPath(keys.slice(0, length)));
    if (span !== undefined) return { offset: span.offset, length: span.length };
  }
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
}

// Line and column, counted from 1.
function position(lines: readonly number[], offset: number): string {
  const line = lowerBound(lines, offset + 1); // those that start at or before the offset
  return `${line}:${offset - lines[line - 1]! + 1}`;
}
