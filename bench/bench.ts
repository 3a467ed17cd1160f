// The benchmark: `npm run bench [-- OPTIONS]`. Exit 0: measured. 1: a lane broke. 2: the command was not understood.
import { writeFileSync } from "node:fs";
import { CommanderError } from "commander";
import { readPolicyFile } from "../ts/cli/policy-file.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { CURVES } from "./curves.ts";
import { LANES } from "./lanes/index.ts";
import { type Options, readOptions } from "./options.ts";
import { planOf } from "./plan.ts";
import { RATIOS } from "./ratios.ts";
import { pageOf } from "./report/page.ts";
import { listText, resultText } from "./report/text.ts";
import { run } from "./run.ts";
import { captureOf, type OpenWorkload, PARAMETERS, TRAFFIC } from "./traffic.ts";

const BAD_RESULT = 1;
const BAD_COMMAND = 2;

const line = process.argv.slice(2);
const options = understand();
if (options.list) console.log(listText(LANES, TRAFFIC));
else await bench(options);

function understand(): Options {
  try {
    return readOptions(line, { lanes: LANES, traffic: TRAFFIC, parameters: PARAMETERS });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : BAD_COMMAND);
  }
}

async function bench(options: Options): Promise<void> {
  const { rounds } = options;
  const names = TRAFFIC.map(({ name }) => name);
  const result = await run({
    ...{ command: line, rounds },
    planned: planOf(options, LANES, names, RATIOS),
    openWorkload: (name) => openWorkload(name, options),
    curves: options.curves ? { all: CURVES, parameters: options.parameters } : null,
    live: options.live,
    onProgress: showProgress,
  });
  showProgress("");
  console.log(resultText(result));
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`);
  if (options.html !== null) writeFileSync(options.html, pageOf(result));
  if (result.lanes.some((lane) => "reason" in lane && lane.failed)) process.exitCode = BAD_RESULT;
}

function openWorkload(name: string, { capture, parameters }: Options): OpenWorkload {
  if (capture === null) return TRAFFIC.find((traffic) => traffic.name === name)!.open(parameters);
  const file = readPolicyFile(capture.policy);
  if (file.policy !== null) return captureOf(capture.path, file.input as PolicyInput);
  for (const problem of file.problems) console.error(file.say(problem, "error"));
  process.exit(BAD_RESULT);
}

// One line that is written over.
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
