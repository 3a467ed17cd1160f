// The programs that are measured: whole processes, from their start to their end.
import { spawn, spawnSync } from "node:child_process";
import type { Workload } from "../lane.ts";
import { excerptOf } from "./excerpt.ts";
import type { OpenPeer, Peer } from "./peer.ts";

/** A program, and the command line that does the job on a capture. */
export interface PeerProgram {
  /** Of the lane, the program and Debian's package. */
  readonly name: string;
  /** One line: what it does, and what of the job it leaves out. */
  readonly what: string;
  /** Frames it gets, so many that a round stays below some seconds; `null`: all. */
  readonly frames: number | null;
  readonly optionsFor: (path: string) => readonly string[];
}

const LABEL_FIELDS = [
  ...["ip.src", "ipv6.src", "ip.cipso.doi", "ip.cipso.tag_type", "ip.cipso.sensitivity_level", "ip.cipso.categories"],
  ...["ipv6.opt.calipso.doi", "ipv6.opt.calipso.sens_level"],
];

export const PROGRAMS: readonly PeerProgram[] = [
  {
    name: "tcpdump",
    what: "one BPF test of one octet, whether the first IPv4 option is CIPSO, counted; no option is read, tagged frames and IPv6 never match",
    frames: null,
    optionsFor: (path) => ["-n", "-r", path, "--count", "ip[20]=134"],
  },
  {
    name: "tshark",
    what: `every layer dissected, ${LABEL_FIELDS.length} fields of addresses and of CIPSO and CALIPSO labels printed; nothing is judged`,
    frames: 20_000,
    optionsFor: (path) => ["-n", "-r", path, "-T", "fields", ...LABEL_FIELDS.flatMap((field) => ["-e", field])],
  },
];

/** The lane of a program. */
export function programLane(program: PeerProgram): Peer {
  const { name, what, frames } = program;
  const reach = frames === null ? "" : `, the first ${frames.toLocaleString("en-US")} frames`;
  return {
    name,
    what: `${what} (whole process${reach})`,
    versionOf: () => versionOf(name),
    open: (workload) => (versionOf(name) === null ? howToInstall(name) : open(program, workload)),
  };
}

/** What a program that is installed says of its version; `null` where there is none. */
function versionOf(program: string): string | null {
  const { stdout, error } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return error === undefined ? (/\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? "?") : null;
}

function howToInstall(program: string): string {
  return `${program} is not installed: apt-get install -y ${program}`;
}

async function open(program: PeerProgram, workload: Workload): Promise<OpenPeer | string> {
  const { name, frames, optionsFor } = program;
  const excerpt = frames === null ? null : excerptOf(workload, frames, "pcap");
  if (typeof excerpt === "string") return excerpt;
  const options = optionsFor(excerpt?.path ?? workload.path);
  const close = (): void => excerpt?.close();
  try {
    await timeProgram(name, options);
  } catch (error) {
    close();
    return `version ${versionOf(name)} can't do it: ${(error as Error).message}`;
  }
  return {
    frames: excerpt?.frames ?? workload.frames,
    octets: excerpt?.octets ?? workload.capture.length,
    round: () => timeProgram(name, options),
    close,
  };
}

/**
 * Nanoseconds from the start of a process to its end. What it prints goes nowhere.
 *
 * @throws {Error} it did not end with 0
 */
function timeProgram(program: string, options: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(program, options, { stdio: ["ignore", "ignore", "pipe"] });
    let spent = 0n;
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("error", reject);
    child.on("exit", () => (spent = process.hrtime.bigint() - start));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(Number(spent));
      else reject(new Error(`${program} ended with ${signal ?? code}: ${said.trim()}`));
    });
  });
}
