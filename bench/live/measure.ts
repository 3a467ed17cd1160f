// The live bench: traffic in namespaces of its own, where the system allows them.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LiveResult } from "./result.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
/** Frames that nftables counts in the partitions, at least. */
const FRAMES = 1_000_000;
/** Milliseconds of a run, at most: a round takes less than half a minute. */
const ROUND_TIME = 60_000;
const FIXED_TIME = 120_000;

/** Why there can be no live bench here; `null`: there can. */
export function whyNotLive(): string | null {
  if (process.platform !== "linux") return `this is ${process.platform}, not Linux`;
  const tried = spawnSync("unshare", ["-Urnm", "ip", "link", "set", "lo", "up"], { encoding: "utf8" });
  if (tried.error !== undefined) return "unshare is missing";
  if (tried.status !== 0) return `namespaces are refused: ${tried.stderr.trim().split("\n").at(-1)}`;
  return spawnSync("cc", ["--version"]).error === undefined ? null : "a C compiler is missing: apt-get install gcc";
}

/**
 * Runs it.
 *
 * @param frames that nftables counts at least
 * @throws {Error} it broke, with the end of what it said
 */
export async function measureLive(
  rounds: number,
  onProgress: (text: string) => void,
  frames: number = FRAMES,
): Promise<LiveResult> {
  const folder = mkdtempSync(join(tmpdir(), "labelgate-live-"));
  try {
    const talk = join(folder, "talk");
    execFileSync("cc", ["-O2", "-o", talk, join(here, "talk.c")], { stdio: "pipe" });
    const script = [process.execPath, "--import", "tsx", join(here, "inside.ts"), talk, `${rounds}`, `${frames}`];
    return JSON.parse(await output(["-Urnm", ...script], FIXED_TIME + rounds * ROUND_TIME, onProgress)) as LiveResult;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function output(args: readonly string[], timeout: number, onProgress: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("unshare", args, { timeout, stdio: ["ignore", "pipe", "pipe"] });
    const pieces: Buffer[] = [];
    let said = "";
    child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    child.stderr.on("data", (piece: Buffer) => {
      said = `${said}${piece}`.slice(-2000);
      onProgress(`live: ${piece.toString().trim().split("\n").at(-1)}`);
    });
    child.on("error", reject);
    child.on("close", (status, signal) => {
      if (status === 0) resolve(Buffer.concat(pieces).toString());
      else reject(new Error(`the live bench ended with ${signal ?? status}: ${said.trim()}`));
    });
  });
}
