/**
 * Policy files: JSON, with comments allowed. Problems get the line and column they are at.
 *
 * @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import { type PolicyProblem, sayProblem } from "../errors.ts";
import type { ResolvedReading } from "../policy/read.ts";
import { type JsonText, readJsonText, readPolicyText, unreadableText } from "../policy/text.ts";
import { STANDARD_INPUT, sourceName } from "./usage.ts";

/** Octets of a policy file; one with a million host prefixes has about half. */
export const MAX_POLICY_FILE = 67_108_864;
/** Octets that are read at a time. */
const PIECE = 1_048_576;

/** Problems of a policy file, in words and places. */
interface Sayable {
  /** A problem as commands print it: `policy.json:12:5: error: partitions[1].label: …`. */
  say(problem: PolicyProblem, kind: "error" | "warning"): string;
}

/** A policy file that was read, or not. Problems and warnings are in the order of the file. */
export interface PolicyFile extends ResolvedReading, Sayable {
  /** The value in the file; `undefined` when it is none. */
  readonly input: unknown;
}

/** A JSON file. */
export interface JsonFile extends Sayable, Pick<JsonText, "input" | "problems" | "inOrder"> {
  /** Whether it could be read at all. */
  readonly isReadable: boolean;
}

/** Reads a policy file (`-`: standard input) and everything that is wrong with it. */
export function readPolicyFile(path: string): PolicyFile {
  const text = readText(path);
  const read =
    typeof text === "string" ? readPolicyText(text) : { ...unreadableText(text.reason), policy: null, warnings: [] };
  return { ...read, say: sayer(path, read) };
}

/** Reads a file with a value in it (`-`: standard input), whatever the value is. */
export function readJsonFile(path: string): JsonFile {
  const text = readText(path);
  const isReadable = typeof text === "string";
  const json = isReadable ? readJsonText(text) : unreadableText(text.reason);
  return { ...json, isReadable, say: sayer(path, json) };
}

function sayer(path: string, { spanOf, position }: JsonText): Sayable["say"] {
  return (problem, kind) => {
    const span = spanOf(problem);
    const where = span === null ? "" : `:${position(span.offset)}`;
    const at = problem.path === "" ? "" : `${problem.path}: `;
    return `${sourceName(path)}${where}: ${kind}: ${at}${sayProblem(problem)}`;
  };
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
