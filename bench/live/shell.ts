// Programs of the live bench: run to their end, or beside it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { GateStats } from "../../ts/live/gate.ts";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));
const bin = `${root}build/dist/labelgate.js`;

const children = new Set<ChildProcess>();
export const run = (...args: readonly string[]): string =>
  execFileSync(args[0]!, args.slice(1), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
export const labelgate = (...args: readonly string[]): string => run(process.execPath, bin, ...args);
export const within = (namespace: string, ...args: readonly string[]): string =>
  run("ip", "netns", "exec", namespace, ...args);

/** A program that runs, and what it has said. */
export interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
}

export function start(command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  const lines: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    let rest = "";
    stream.on("data", (piece: Buffer) => {
      const parts = (rest + piece.toString()).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
    });
  }
  return { child, lines };
}

export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await sleep(25);
  if (!holds()) throw new Error("waited in vain");
}

export async function stop({ child }: Running): Promise<void> {
  child.kill("SIGTERM");
  if (child.exitCode === null) await once(child, "close");
  children.delete(child);
}

export async function openGates(policies: readonly string[]): Promise<Running[]> {
  const gates = policies.map((policy) =>
    start(process.execPath, [bin, "run", "--policy", policy, "--format", "jsonl"]),
  );
  await until(() => gates.every(({ lines }) => lines.some((line) => line.includes("is open"))));
  return gates;
}

/** What a gate said last. */
export const lastOf = ({ lines }: Running): GateStats =>
  JSON.parse(lines.findLast((line) => line.startsWith("{"))!) as GateStats;

/** Ends whatever still runs. */
export function stopAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** What a count comes to once it changes no more. */
export async function quiet(count: () => number): Promise<number> {
  let before = count();
  for (let i = 0; i < 40; i++) {
    await sleep(150);
    const now = count();
    if (now === before) return now;
    before = now;
  }
  return before;
}
