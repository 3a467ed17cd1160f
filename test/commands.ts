// The command line as its users get it: the built bundle, run in a process of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { PcapWriter } from "../ts/capture/write.ts";
import { concat } from "./captures.ts";
import { cipso, ipv4 } from "./packets.ts";

export const root: string = fileURLToPath(new URL("..", import.meta.url));
export const RECORDING: string = join(root, "fixtures/captures/cipso-calipso-doi16-tag1-veth-A.pcap");
export const BULK: string = join(root, "fixtures/captures/labelled-bulk.pcap");
export const POLICY: string = join(root, "fixtures/policies/recording.json");

/** A folder of this process, taken away at its end. */
export const folder: string = mkdtempSync(join(tmpdir(), "labelgate-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The built command. */
export const command: string = join(root, "build/dist/labelgate.js");

/** Where a file of the test goes. */
export function at(name: string): string {
  return join(folder, name);
}

/** Writes a file of the test, and gives its path. */
export function file(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}

/** A file of what a capture writer makes. */
export function written(name: string, write: (chunk: (octets: Uint8Array) => void) => void): string {
  const chunks: Uint8Array[] = [];
  write((chunk) => chunks.push(chunk));
  return file(name, concat(chunks));
}

/** An IPv4 packet that POLICY's partition "public" takes; with another label, another one. */
export function packet(options: readonly number[] = cipso(0), protocol = 6): Uint8Array {
  return ipv4({ src: "10.1.0.2", dst: "10.2.0.2", protocol, dport: 7777, options });
}

/** A pcap file of packets a second apart. */
export function pcap(name: string, packets: readonly Uint8Array[], linkType = 1): string {
  return written(name, (chunk) => {
    const writer = new PcapWriter(chunk, { linkType });
    for (const [i, octets] of packets.entries())
      writer.packet(octets, { seconds: 1_700_000_000 + i, nanoseconds: 123_456_789 });
    writer.flush();
  });
}

/** What a command did. */
export interface Outcome {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What it gets on standard input; nothing when left out. */
  readonly input?: string | Uint8Array;
  /** Milliseconds until it is ended as hanging: 20,000 when left out. */
  readonly limit?: number;
  /** Options of Node. */
  readonly node?: readonly string[];
}

/** Runs the command. Fails when it hangs, or shows a stack trace, or says that something should not happen. */
export function labelgate(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return run(process.execPath, [...(options.node ?? []), command, ...args], options);
}

/** Runs a line of shell in which `$labelgate` is the command, with the arguments as `$1`, `$2` … */
export function shell(line: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
  const script = `labelgate="${process.execPath} ${command}"; ${line}`;
  return run("sh", ["-c", script, "sh", ...args], options);
}

async function run(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const { input, limit = 20_000 } = options;
  // A group of its own: what hangs may be a child of the shell.
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: "pipe" });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    process.kill(-child.pid!, "SIGKILL");
  }, limit);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
  child.stderr.on("data", (piece: Buffer) => stderr.push(piece));
  child.stdin.on("error", () => {}); // it may end before it has read all
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status));
  });
  clearTimeout(timer);
  const outcome = { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  const line = `labelgate ${args.filter((arg) => arg !== command).join(" ")}`.slice(0, 300);
  assert.not(hung, `${line}: hangs, more than ${limit} ms`);
  assert.not.match(outcome.stderr, /^ {4}at |should not happen|FATAL ERROR/m, `${line}: ${outcome.stderr}`);
  return outcome;
}

/** Runs a command that must succeed and say nothing on standard error; gives its standard output. */
export async function outputOf(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await labelgate(args, options);
  assert.is(stderr, "", args.join(" "));
  assert.is(code, 0, args.join(" "));
  return stdout;
}

/** Lines of an output, which ends with a line end. */
export function linesOf(output: string): string[] {
  if (output === "") return [];
  assert.is(output.at(-1), "\n", "the last line has no end");
  return output.slice(0, -1).split("\n");
}

/** JSON lines, parsed. */
export function recordsOf(output: string): Record<string, unknown>[] {
  return linesOf(output).map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A step that explain prints. */
export interface Step {
  readonly step: number;
  readonly outcome: "pass" | "drop";
  readonly words: string;
  readonly rule: string | null;
  readonly span: { readonly offset: number; readonly length: number } | null;
  readonly path: string | null;
}

/** What explain prints of a frame. */
export interface Explained {
  readonly text: string;
  readonly steps: readonly Step[];
  readonly verdict: Readonly<Record<string, unknown>>;
  /** Octets of the dump, and the places of those that are marked. */
  readonly octets: readonly number[];
  readonly marked: readonly number[];
}

/** Explains a frame in both forms, which must say the same: the steps in order, and marks under the last one's octets. */
export async function explain(capture: string, frame: number): Promise<Explained> {
  const args = ["explain", capture, "--frame", `${frame}`, "--policy", POLICY];
  const [record] = recordsOf(await outputOf([...args, "--format", "jsonl"]));
  assert.is(record!.frame, frame);
  const { steps, ...verdict } = record as { steps: Step[] };
  const text = await outputOf([...args, "--format", "text"]);
  const marks = Array.from(text.matchAll(/^([✓✗]) +(\d+) /gm), ([, mark, step]) => `${mark}${step}`);
  assert.equal(
    marks,
    steps.map(({ outcome }, i) => `${outcome === "pass" ? "✓" : "✗"}${i + 1}`),
  );
  for (const [i, { step, words, path }] of steps.entries()) {
    assert.is(step, i + 1);
    assert.ok(text.includes(words) && text.includes(path ?? ""), words);
  }
  const { octets, marked } = readDump(text.slice(text.lastIndexOf("\n\n") + 2));
  const span = steps.at(-1)!.span;
  assert.equal(marked, span === null ? [] : Array.from({ length: span.length }, (_, i) => span.offset + i));
  return { text, steps, verdict, octets, marked };
}

/** The octets of a hex dump, and the places of those with a mark beneath. */
function readDump(dump: string): { octets: number[]; marked: number[] } {
  const octets: number[] = [];
  const marked: number[] = [];
  let start = 0;
  for (const line of linesOf(dump)) {
    const row = /^([\da-f]{4}) {2}((?:[\da-f]{2} )+)/.exec(line);
    if (row === null) {
      marked.push(...Array.from(line.matchAll(/\^\^/g), ({ index }) => start + (index - 6) / 3));
    } else {
      start = octets.length;
      assert.is(Number.parseInt(row[1]!, 16), start);
      octets.push(
        ...row[2]!
          .trim()
          .split(" ")
          .map((octet) => Number.parseInt(octet, 16)),
      );
    }
  }
  return { octets, marked };
}
