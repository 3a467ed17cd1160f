// The limit as a process: compiled once, given a policy and a capture, and told what to do, line by line.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { VERDICT_SIZE } from "../../assembly/columns.ts";
import { TABLES } from "../../assembly/memory.ts";
import { compilePolicy } from "../../ts/policy/compile.ts";
import type { Policy } from "../../ts/policy/model.ts";
import { CACHED_FRAMES } from "../lanes/cache.ts";
import { LIMIT_BASE, translateKernel } from "./translate.ts";

const SOURCE = fileURLToPath(new URL("limit.c", import.meta.url));
const COMPILER = "cc";
// Sources read memory of one type as another, and know no `linux` but their own.
const FLAGS = ["-O3", "-march=native", "-fno-strict-aliasing", "-fno-pie", "-no-pie", "-Ulinux"];

let compiled: { readonly folder: string; readonly reason: string | null } | undefined;

/** What the program is compiled with; `null`: there is no compiler. */
export function compilerVersion(): string | null {
  try {
    return execFileSync(COMPILER, ["--version"], { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .split("\n")[0]!;
  } catch {
    return null;
  }
}

/** Compiles the program, once; the folder it is in, and why it is not, if it isn't. */
function compile(): { readonly folder: string; readonly reason: string | null } {
  if (compiled !== undefined) return compiled;
  const folder = mkdtempSync(join(tmpdir(), "labelgate-limit-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  if (compilerVersion() === null) {
    compiled = { folder, reason: `there is no C compiler (${COMPILER}): apt-get install gcc libc6-dev` };
    return compiled;
  }
  copyFileSync(SOURCE, join(folder, "limit.c"));
  writeFileSync(join(folder, "kernel.c"), translateKernel());
  const given = [`-DLIMIT_BASE=${LIMIT_BASE}ul`, `-DCACHED_FRAMES=${CACHED_FRAMES}`];
  execFileSync(COMPILER, [...FLAGS, ...given, "-o", "limit", "limit.c", "-lm"], { cwd: folder, stdio: "inherit" });
  compiled = { folder, reason: null };
  return compiled;
}

/** Why there is no limit here; `null`: there is one. */
export function limitReason(): string | null {
  return compile().reason;
}

export class Limit {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;

  /** @param path a pcap file in little endian */
  constructor(policy: Policy, path: string) {
    this.#folder = mkdtempSync(join(tmpdir(), "labelgate-limit-"));
    const { header, tables } = compilePolicy(policy, LIMIT_BASE + TABLES);
    const image = join(this.#folder, "image");
    const sizes = new Uint8Array(new Uint32Array([header.length, tables.length]).buffer);
    writeFileSync(image, Buffer.concat([sizes, header, tables]));
    this.#child = spawn(join(compile().folder, "limit"), [image, path], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.on("error", () => {});
    this.#child.stdin!.on("error", () => {}); // it has ended: the next answer is missing
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Has something done; the nanoseconds it took. */
  async tell(command: string): Promise<number> {
    this.#child.stdin!.write(`${command}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`limit: ended at ${command}`);
    return Number(value);
  }

  /** The VERDICT rows of all frames. */
  async verdicts(): Promise<Uint8Array> {
    const path = join(this.#folder, "verdicts");
    await this.tell(`verdicts ${path}`);
    const rows = readFileSync(path);
    if (rows.length % VERDICT_SIZE !== 0) throw new Error(`limit: ${rows.length} octets of verdicts`);
    return rows;
  }

  close(): void {
    this.#child.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
