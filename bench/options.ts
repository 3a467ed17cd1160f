// The command line of the harness.
import { Command, InvalidArgumentError, Option } from "commander";
import type { Lane } from "./lane.ts";
import type { Parameter, Parameters, Traffic } from "./traffic.ts";

/** The fewest rounds whose median means something. */
export const MIN_ROUNDS = 7;
export const MAX_ROUNDS = 1001;
export const DEFAULT_ROUNDS = 11;
export const DEFAULT_LIVE_ROUNDS = 5;
export const MAX_LIVE_ROUNDS = 25;

/** What there is to choose from. */
export interface Choice {
  readonly lanes: readonly Lane[];
  readonly traffic: readonly Traffic[];
  readonly parameters: readonly Parameter[];
}

export interface Options {
  readonly json: string | null;
  readonly html: string | null;
  readonly capture: { readonly path: string; readonly policy: string } | null;
  /** `null`: none was named, all go. */
  readonly lanes: readonly Lane[] | null;
  readonly workloads: readonly string[] | null;
  readonly rounds: number;
  readonly parameters: Parameters;
  readonly curves: boolean;
  /** Rounds with the live gate; `null`: not asked for. */
  readonly live: number | null;
  readonly list: boolean;
}

interface Given {
  readonly json?: string;
  readonly html?: string;
  readonly capture?: string;
  readonly policy?: string;
  readonly lane: readonly string[];
  readonly workload: readonly string[];
  readonly rounds: number;
  readonly curves: boolean;
  readonly live?: true | number;
  readonly lanes: boolean;
  readonly list: boolean;
}

/** @throws {CommanderError} exit code 0: help was asked for; else the line was not understood, and it was said why */
export function readOptions(line: readonly string[], { lanes, traffic, parameters }: Choice): Options {
  const command = new Command("bench")
    .usage("[options]")
    .description("Runs lanes on workloads, interleaved in rounds, and reports times and the ratios between them.")
    .option("--json <file>", "write everything, every sample too")
    .option("--html <file>", "write a page with charts")
    .addOption(
      new Option("--lane <name>", "a lane, or a prefix of lanes (kernel); repeatable")
        .default([], "all")
        .argParser(laneNames(lanes)),
    )
    .addOption(
      new Option("--workload <name>", "repeatable")
        .choices(traffic.map(({ name }) => name))
        .argParser(workloadNames(traffic))
        .default([], "the mix, and for ratios between workloads their lane on the others"),
    )
    .option("--capture <file>", "instead of a workload, with --policy: any capture")
    .option("--policy <file>", "the policy for --capture")
    .addOption(
      new Option("--rounds <number>", `${MIN_ROUNDS} or more`)
        .default(DEFAULT_ROUNDS)
        .argParser(number({ least: MIN_ROUNDS, most: MAX_ROUNDS })),
    )
    .option("--curves", "also what a frame costs the kernel, and a policy its memory, against sizes of both", false)
    .addOption(
      new Option(
        "--live [rounds]",
        "also the live gate against a bridge of the kernel, half a minute a round",
      ).argParser(number({ least: 1, most: MAX_LIVE_ROUNDS })),
    )
    .option("--no-lanes", "nothing else, with --curves or --live")
    .option("--list", "the lanes and workloads, and what each does", false)
    .showHelpAfterError("(--help says more)")
    .exitOverride();
  for (const parameter of parameters) command.addOption(parameterOption(parameter));
  command.parse(line, { from: "user" });
  const given = command.opts<Given & Record<string, number>>();
  if ((given.capture === undefined) !== (given.policy === undefined)) {
    command.error("error: --capture and --policy go together: a capture is judged by a policy");
  }
  if (given.capture !== undefined && given.workload.length > 0) {
    command.error("error: --capture is instead of --workload: give one of them");
  }
  if (!given.lanes && !given.curves && given.live === undefined) {
    command.error("error: --no-lanes leaves nothing to measure: give --curves or --live too");
  }
  if (!given.lanes && given.lane.length > 0) {
    command.error("error: --lane and --no-lanes contradict each other: give one of them");
  }
  const named = parameters.filter(({ name }) => command.getOptionValueSource(camel(name)) === "cli");
  if (given.capture !== undefined && named.length > 0) {
    command.error(`error: --${named[0]!.name} is for generated traffic, not for --capture`);
  }
  return {
    json: given.json ?? null,
    html: given.html ?? null,
    capture: given.capture === undefined ? null : { path: given.capture, policy: given.policy! },
    lanes:
      given.lanes && given.lane.length === 0
        ? null
        : lanes.filter(({ name }) => given.lane.some((wanted) => isNamed(name, wanted))),
    workloads: given.workload.length === 0 ? null : given.workload,
    rounds: given.rounds,
    parameters: Object.fromEntries(parameters.map(({ name }) => [name, given[camel(name)]!])),
    curves: given.curves,
    live: given.live === true ? DEFAULT_LIVE_ROUNDS : (given.live ?? null),
    list: given.list,
  };
}

/** `kernel` and `kernel/` name all lanes below, besides one of that name. */
function isNamed(lane: string, wanted: string): boolean {
  return lane === wanted || lane.startsWith(wanted.endsWith("/") ? wanted : `${wanted}/`);
}

function laneNames(lanes: readonly Lane[]): (text: string, before: readonly string[]) => readonly string[] {
  return (text, before) => {
    if (!lanes.some(({ name }) => isNamed(name, text))) {
      throw new InvalidArgumentError(
        `Expected one of ${lanes.map(({ name }) => name).join(", ")}, or a prefix of them.`,
      );
    }
    return [...before, text];
  };
}

function workloadNames(traffic: readonly Traffic[]): (text: string, before: readonly string[]) => readonly string[] {
  return (text, before) => {
    const names = traffic.map(({ name }) => name);
    if (!names.includes(text)) throw new InvalidArgumentError(`Expected one of ${names.join(", ")}.`);
    return before.includes(text) ? before : [...before, text];
  };
}

function parameterOption({ name, what, initial, least, most, share }: Parameter): Option {
  const option = new Option(`--${name} <number>`, `${what}, ${grouped(least)} to ${grouped(most)}`);
  return option.default(initial, grouped(initial)).argParser(number({ least, most, share: share ?? false }));
}

function number({
  least,
  most,
  share = false,
}: {
  least: number;
  most: number;
  share?: boolean;
}): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most) || !(share || Number.isInteger(value))) {
      throw new InvalidArgumentError(
        `Expected a ${share ? "" : "whole "}number from ${grouped(least)} to ${grouped(most)}.`,
      );
    }
    return value;
  };
}

/** As commander names the value of an option. */
function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
