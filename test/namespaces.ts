// Tests in network namespaces of their own, without root: `unshare -Urnm`, where the system allows it.
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Test } from "uvu";
import { has } from "./needs.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Milliseconds that a scenario may take. */
const TIME = 120_000;

let reason: string | null | undefined;

/** Why there are no namespaces here; null: there are. */
export function refusal(): string | null {
  if (reason !== undefined) return reason;
  if (process.platform !== "linux") reason = `this is ${process.platform}, not Linux`;
  else {
    const tried = spawnSync("unshare", ["-Urnm", "ip", "link", "set", "lo", "up"], { encoding: "utf8" });
    if (tried.error !== undefined) reason = "unshare is missing";
    else if (tried.status === 0) reason = null;
    else reason = `user and network namespaces are refused: ${tried.stderr.trim().split("\n").at(-1)}`;
  }
  return reason;
}

/** Registers a test that needs namespaces, and tools. It is skipped aloud where the system refuses them. */
export function inNamespaces(test: Test, name: string, tools: readonly string[], handler: () => Promise<void>): void {
  const missing = tools.find((tool) => !has(tool));
  const why = refusal() ?? (missing === undefined ? null : `${missing} is not installed`);
  if (why === null) {
    test(name, handler);
  } else if (process.env.LABELGATE_NO_SKIP === "1" && missing !== undefined) {
    // What CI can install is no reason; what the machine's kernel forbids is.
    test(name, () => {
      throw new Error(`${missing} is not installed, and LABELGATE_NO_SKIP is 1`);
    });
  } else {
    console.log(`SKIP ${name}: ${why}`);
    test.skip(name, handler);
  }
}

/** Runs a script of test/ in namespaces of its own; what it wrote, as a value. */
export async function runInside<T>(script: string, ...args: readonly string[]): Promise<T> {
  const command = [process.execPath, "--import", "tsx", `test/live/${script}`, ...args];
  const { stdout } = await promisify(execFile)("unshare", ["-Urnm", ...command], {
    cwd: root,
    timeout: TIME,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as T;
}
