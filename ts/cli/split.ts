/**
 * `labelgate split`: a capture for each partition, and one of the drops that says why.
 *
 * @module
 */
import { fstatSync, lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import type { Classifier } from "../classifier.ts";
import { SinkError } from "../errors.ts";
import { reasonNamed } from "../reason.ts";
import type { DeliveredFrame } from "../sink.ts";
import { Lines, reportError, writeFailure } from "./output.ts";
import { PartFile, PartFileError } from "./part.ts";
import { classifierOf } from "./policy.ts";
import { readAll } from "./source.ts";
import { summaryText } from "./summary.ts";
import { parseFile, parseFiles, policyOption, readOnce, STANDARD_INPUT, sourceName } from "./usage.ts";

const DROPPED = "dropped";

/** Signals that end a split: nothing half written stays. */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

interface SplitOptions {
  readonly policy: string;
  readonly out: string;
  readonly force?: boolean;
}

export function splitCommand(): Command {
  return new Command("split")
    .description("write a pcapng for each partition, and dropped.pcapng whose packet comments say why")
    .argument("<capture...>", "pcap or pcapng files; - is standard input", parseFiles)
    .addOption(policyOption())
    .requiredOption("--out <dir>", "the folder to write to; made when it is not there", parseFile)
    .option("--force", "overwrite files that are there")
    .addHelpText("after", "\nExample: labelgate split labelled.pcap --policy policy.json --out parts")
    .action(async (captures: string[], options: SplitOptions, command: Command) => {
      readOnce(command, [...captures, options.policy]);
      const classifier = classifierOf(options.policy);
      if (classifier === null || !(await split(captures, classifier, options))) process.exitCode = 1;
    });
}

async function split(captures: readonly string[], classifier: Classifier, options: SplitOptions): Promise<boolean> {
  const names = [...classifier.partitions, DROPPED];
  const parts = names.map((name) => new PartFile(join(options.out, `${name}.pcapng`)));
  const refusal = refuseOutputs(
    captures,
    parts.map(({ path }) => path),
    options,
  );
  if (refusal !== null) {
    reportError(refusal);
    return false;
  }
  const discard = (): void => {
    for (const part of parts) part.discard();
  };
  const stop = (signal: NodeJS.Signals): void => {
    discard();
    process.kill(process.pid, signal);
  };
  for (const signal of STOPPING) process.once(signal, stop);
  try {
    const whole = await fill(parts, captures, classifier);
    const stats = classifier.stats();
    // Partitions that got nothing have a capture too, unless there was nothing to read.
    if (!whole && stats.frames === 0) return false;
    for (const part of parts) part.end();
    for (const part of parts) part.keep();
    const changed = parts.reduce((sum, part) => sum + part.changedTimes, 0);
    if (changed > 0)
      reportError(`${changed} frames have times that pcapng can't hold; they got the nearest one it can`);
    const lines = new Lines();
    lines.write(summaryText(`${captures.map(sourceName).join(", ")} → ${options.out}`, stats));
    await lines.end();
    return whole;
  } catch (error) {
    const failure = error instanceof SinkError ? error.errors[0] : error;
    if (!(failure instanceof PartFileError)) throw error;
    reportError(failure.message);
    return false;
  } finally {
    discard();
    for (const signal of STOPPING) process.off(signal, stop);
  }
}

// Every frame of every capture to its part. True when all were read whole.
async function fill(parts: readonly PartFile[], captures: readonly string[], classifier: Classifier): Promise<boolean> {
  let capture = 0;
  for (const [i, name] of classifier.partitions.entries()) {
    classifier.register(name, (delivery) => {
      for (const frame of delivery) parts[i]!.write(frame, delivery.batch, capture);
    });
  }
  const drops = parts.at(-1)!;
  classifier.registerDrops((delivery) => {
    for (const frame of delivery) drops.write(frame, delivery.batch, capture, dropComment(frame));
  });
  let whole = true;
  for (const [i, source] of captures.entries()) {
    capture = i;
    if (!(await readAll([source], (batch) => classifier.dispatch(batch)))) whole = false;
  }
  return whole;
}

// Why the files can't be written, or `null`. The folder is made on the way.
function refuseOutputs(
  captures: readonly string[],
  paths: readonly string[],
  { out, force }: SplitOptions,
): string | null {
  try {
    makeFolder(out);
  } catch (error) {
    return `${out}: cannot be written: ${writeFailure(error)}`;
  }
  const there = paths.filter((path) => stat(path, lstatSync) !== undefined);
  const inputs = captures.flatMap((path) => identityOf(path === STANDARD_INPUT ? fstatSync(0) : stat(path)) ?? []);
  const own = there.find((path) => inputs.includes(identityOf(stat(path)) ?? ""));
  if (own !== undefined) return `${own}: is a capture that is read; write to another folder`;
  const folder = there.find((path) => stat(path)?.isDirectory() === true);
  if (folder !== undefined) return `${folder}: cannot be written: it is a directory`;
  if (there.length > 0 && force !== true) return `${there.join(", ")}: there already; --force overwrites`;
  return null;
}

// Level by level: where a folder can't be made, Node's own recursion may never end (/proc).
function makeFolder(path: string): void {
  if (stat(path)?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

// What is at a path, if that can be said at all.
function stat(path: string, read: (path: string) => Stats = statSync): Stats | undefined {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}

// The same for two names of one file.
function identityOf(file: Stats | undefined): string | undefined {
  return file?.isFile() === true ? `${file.dev} ${file.ino}` : undefined;
}

function dropComment({ frame, verdict: { reason, offset } }: DeliveredFrame): string {
  const { sentence, rule } = reasonNamed(reason!);
  return `frame ${frame}: ${reason} (${rule}): ${sentence}; octet ${offset}`;
}
