/**
 * `labelgate run`: the live gate.
 *
 * @module
 */
import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { PolicyError, sayProblem } from "../errors.ts";
import { LiveError } from "../live/error.ts";
import { gateMetrics } from "../live/metrics.ts";
import { type LiveGate, openGate } from "../live/run.ts";
import type { PolicyInput } from "../policy/input.ts";
import { dropLog } from "../sinks/drop-log.ts";
import { GateView } from "./gate-view.ts";
import { type Format, reportError, reportLine } from "./output.ts";
import { readPolicyFile } from "./policy-file.ts";
import { parseFile, policyOption } from "./usage.ts";

/** Milliseconds between two looks at the counters. */
const EVERY = 1000;

interface RunOptions {
  readonly policy: string;
  readonly metrics?: string;
  readonly drops?: string;
  readonly format: Format;
}

export function runCommand(): Command {
  return new Command("run")
    .description(
      "the live gate: hands packets of the wire to the partitions that share its address, and theirs to the wire",
    )
    .addOption(policyOption())
    .option("--metrics <file>", "keeps this file up to date with the counters, as OpenMetrics text", parseFile)
    .option("--drops <file>", "adds a JSON line to this file for drops, at most 10 a second for each reason", parseFile)
    .addOption(
      new Option("--format <form>", "what is shown while it runs: a line a partition, or a JSON record a second")
        .choices(["text", "jsonl"])
        .default(process.stdout.isTTY ? "text" : "jsonl", "text on a terminal, else jsonl"),
    )
    .addHelpText(
      "after",
      "\nSIGHUP reads the policy again; a bad one changes nothing. SIGINT and SIGTERM end it, with nothing left behind." +
        "\nExample: labelgate netns up policy.json && labelgate run --policy policy.json",
    )
    .action(async (options: RunOptions) => {
      const input = readInput(options.policy);
      if (input === null) {
        process.exitCode = 1;
        return;
      }
      const view = new GateView(options.format);
      const onNotice = (sentence: string): void => {
        view.clear();
        reportLine(`labelgate: ${sentence}`);
      };
      let gate: LiveGate;
      try {
        gate = await openGate(input, { ownsThread: true, onNotice });
      } catch (error) {
        report(error);
        process.exitCode = 1;
        return;
      }
      const { drops } = options;
      // Opened anew for each line: it may be moved away at any time.
      if (drops !== undefined) gate.registerDrops(dropLog((line) => appendFileSync(drops, `${line}\n`)));
      await watch(gate, view, options);
    });
}

async function watch(gate: LiveGate, view: GateView, { policy, metrics }: RunOptions): Promise<void> {
  let said = "";
  const show = (): void => {
    const stats = gate.stats();
    view.show(stats);
    if (metrics === undefined) return;
    try {
      writeFileSync(`${metrics}.new`, gateMetrics(stats));
      renameSync(`${metrics}.new`, metrics);
      said = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== said) reportError(`${metrics}: ${message}`);
      said = message;
    }
  };
  const end = (): void => gate.close();
  const reload = (): void => {
    view.clear();
    const input = readInput(policy);
    if (input === null) return;
    gate.reload(input).then(() => reportLine(`labelgate: ${policy} is in force`), report);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  process.on("SIGHUP", reload);
  const timer = setInterval(show, EVERY);
  reportLine(`labelgate: the gate is open (${policy})`);
  try {
    await gate.run();
  } catch (error) {
    report(error);
    process.exitCode = 1;
  } finally {
    clearInterval(timer);
    show();
    process.off("SIGINT", end);
    process.off("SIGTERM", end);
    process.off("SIGHUP", reload);
  }
}

function readInput(path: string): PolicyInput | null {
  const file = readPolicyFile(path);
  for (const problem of file.problems) reportLine(file.say(problem, "error"));
  return file.policy === null ? null : (file.input as PolicyInput);
}

function report(error: unknown): void {
  if (error instanceof LiveError) reportError(error.message);
  else if (error instanceof PolicyError) for (const problem of error.problems) reportError(sayProblem(problem));
  else throw error;
}
