/**
 * `labelgate split`: a capture for each partition, and one of the drops that says why.
 *
 * @module
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
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
  const parts = new Map(names.map((name) => [name, new PartFile(join(options.out, `${name}.pcapng`))]));
  const refusal = refuseOutputs(
    captures,
    [...parts.values()].map(({ path }) => path),
    options,
  );
  if (refusal !== null) {
    reportError(refusal);
    return false;
  }
  let capture = 0;
  for (const name of classifier.partitions) {
    const part = parts.get(name)!;
    classifier.register(name, (delivery) => {
      for (const frame of delivery) part.write(frame, delivery.batch, capture);
    });
  }
  const drops = parts.get(DROPPED)!;
  classifier.registerDrops((delivery) => {
    for (const frame of delivery) drops.write(frame, delivery.batch, capture, dropComment(frame));
  });

  let whole = true;
  try {
    for (const [i, source] of captures.entries()) {
      capture = i;
      if (!(await readAll([source], (batch) => classifier.dispatch(batch)))) whole = false;
    }
    // Partitions that got nothing have a capture too, unless there was nothing to read.
    if (whole || classifier.stats().frames > 0) for (const part of parts.values()) part.end();
  } catch (error) {
    const failure = error instanceof SinkError ? error.errors[0] : error;
    if (!(failure instanceof PartFileError)) throw error;
    reportError(failure.message);
    return false;
  }
  const changed = [...parts.values()].reduce((sum, part) => sum + part.changedTimes, 0);
  if (changed > 0) reportError(`${changed} frames have times that pcapng can't hold; they got the nearest one it can`);
  const lines = new Lines();
  const title = `${captures.map(sourceName).join(", ")} → ${options.out}`;
  if (whole || classifier.stats().frames > 0) lines.write(summaryText(title, classifier.stats()));
  await lines.end();
  return whole;
}

// Why the files can't be written, or `null`. The folder is made on the way.
function refuseOutputs(
  captures: readonly string[],
  paths: readonly string[],
  { out, force }: SplitOptions,
): string | null {
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    return `${out}: cannot be written: ${writeFailure(error)}`;
  }
  const there = paths.filter((path) => existsSync(path));
  const inputs = captures.filter((path) => path !== STANDARD_INPUT && existsSync(path)).map(identityOf);
  const own = there.find((path) => inputs.includes(identityOf(path)));
  if (own !== undefined) return `${own}: is a capture that is read; write to another folder`;
  if (there.length > 0 && force !== true) return `${there.join(", ")}: there already; --force overwrites`;
  return null;
}

// The same for two names of one file.
function identityOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev} ${ino}`;
}

function dropComment({ frame, verdict: { reason, offset } }: DeliveredFrame): string {
  const { sentence, rule } = reasonNamed(reason!);
  return `frame ${frame}: ${reason} (${rule}): ${sentence}; octet ${offset}`;
}
