/**
 * `labelgate split`: a capture for each partition, and one of the drops that says why.
 *
 * @module
 */
import { fstatSync, lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import type { Policy } from "../policy/model.ts";
import { Lines, reportError, writeFailure } from "./output.ts";
import { PartFileError } from "./part.ts";
import { Parts } from "./parts.ts";
import { policyOf } from "./policy.ts";
import { summaryText } from "./summary.ts";
import { parseFile, parseFiles, policyOption, readOnce, STANDARD_INPUT, sourceName } from "./usage.ts";

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
      const policy = policyOf(options.policy);
      if (policy === null || !(await split(captures, policy, options))) process.exitCode = 1;
    });
}

async function split(captures: readonly string[], policy: Policy, options: SplitOptions): Promise<boolean> {
  const parts = new Parts(policy, options.out);
  const refusal = refuseOutputs(captures, parts.paths, options);
  if (refusal !== null) {
    reportError(refusal);
    return false;
  }
  const stop = (signal: NodeJS.Signals): void => {
    parts.discard();
    process.kill(process.pid, signal);
  };
  for (const signal of STOPPING) process.once(signal, stop);
  try {
    const whole = await parts.fill(captures);
    const { stats, changedTimes } = parts;
    // Partitions that got nothing have a capture too, unless there was nothing to read.
    if (!whole && stats.frames === 0) return false;
    parts.keep();
    if (changedTimes > 0)
      reportError(`${changedTimes} frames have times that pcapng can't hold; they got the nearest one it can`);
    const lines = new Lines();
    lines.write(summaryText(`${captures.map(sourceName).join(", ")} → ${options.out}`, stats));
    await lines.end();
    return whole;
  } catch (error) {
    if (!(error instanceof PartFileError)) throw error;
    reportError(error.message);
    return false;
  } finally {
    parts.discard();
    for (const signal of STOPPING) process.off(signal, stop);
  }
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
