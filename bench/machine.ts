// Where a run took place: what its figures can't be read without.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Machine } from "./result.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PEERS = join(ROOT, "bench/peers");
/** Programs that lanes start, and what they print their version for. */
const PROGRAMS = ["cc", "tcpdump", "tshark"];
const VERSION = "--version";

export function machine(): Machine {
  const processors = cpus();
  return {
    cpu: (processors[0]?.model ?? "unknown").replace(/\s+/g, " ").trim(),
    cores: processors.length,
    memory: totalmem(),
    system: `${type()} ${release()} ${process.arch}`,
    load: loadavg()[0]!,
    versions: {
      node: process.versions.node,
      v8: process.versions.v8,
      ...Object.fromEntries(PROGRAMS.flatMap(programVersion)),
      ...Object.fromEntries(packageVersions()),
    },
    commit: commit(),
  };
}

function programVersion(program: string): [string, string][] {
  const { stdout, error } = spawnSync(program, [VERSION], { encoding: "utf8" });
  const [line] = (stdout ?? "").split("\n");
  return error !== undefined || line === undefined || line === "" ? [] : [[program, line]];
}

/** Of the packages that the peers' folders ask for. */
function packageVersions(): [string, string][] {
  let folders: string[];
  try {
    folders = readdirSync(PEERS);
  } catch {
    return [];
  }
  return folders.flatMap((folder) => {
    try {
      const { dependencies } = JSON.parse(readFileSync(join(PEERS, folder, "package.json"), "utf8")) as {
        dependencies?: Record<string, string>;
      };
      return Object.entries(dependencies ?? {});
    } catch {
      return [];
    }
  });
}

function commit(): string | null {
  const git = (...command: string[]): string | null => {
    const { status, stdout } = spawnSync("git", ["-C", ROOT, ...command], { encoding: "utf8" });
    return status === 0 ? stdout.trim() : null;
  };
  const head = git("rev-parse", "HEAD");
  return head === null ? null : `${head}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+"}`;
}
