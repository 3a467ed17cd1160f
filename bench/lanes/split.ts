// A capture for each partition.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Parts } from "../../ts/cli/parts.ts";
import { resolvePolicy } from "../../ts/policy/read.ts";
import { now } from "../clock.ts";
import type { Lane } from "../lane.ts";

const COMMAND = fileURLToPath(new URL("../../build/dist/labelgate.js", import.meta.url));

export const splitLane: Lane = {
  name: "split",
  what: "from the page cache to a pcapng for each partition and one of the drops with comments, as labelgate split does",
  open({ path, policy, frames, capture }) {
    const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
    const resolved = resolvePolicy(policy);
    return {
      frames,
      octets: capture.length,
      async round() {
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
        const parts = new Parts(resolved, folder);
        const start = now();
        if (!(await parts.fill([path]))) throw new Error(`${path} was not read whole`);
        parts.keep();
        return now() - start;
      },
      close() {
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

export const splitCommandLane: Lane = {
  name: "split/command",
  what: "the same as a command: Node started, the policy read, the summary printed",
  open({ path, policy, frames, capture }) {
    if (!existsSync(COMMAND)) return "the command is not built: npm run build";
    const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
    const policyPath = join(folder, "policy.json");
    const parts = join(folder, "parts");
    writeFileSync(policyPath, JSON.stringify(policy));
    return {
      frames,
      octets: capture.length,
      async round() {
        rmSync(parts, { recursive: true, force: true });
        return await time([COMMAND, "split", path, "--policy", policyPath, "--out", parts]);
      },
      close() {
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

/** Nanoseconds from the start of a Node process to its end. */
function time(command: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = now();
    const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(now() - start);
      else reject(new Error(`labelgate split ended with ${signal ?? code}: ${said.trim()}`));
    });
  });
}
