// Tests that ask the kernel itself what it makes of a label. Its table of DOIs is one for the whole machine, and only root of
// the first namespaces may change it: one DOI is added for a test and removed again, however the test ends.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { Test } from "uvu";
import { refusal } from "./namespaces.ts";
import { has } from "./needs.ts";

/** Seconds that a DOI stays at most. */
const STAYS = 600;
const CIPSO_TAGS = "1,2,5";

/** Not those that other tests use: for them they are unknown to the kernel. */
const CANDIDATES: readonly number[] = [3, ...Array.from({ length: 50 }, (_, i) => 7001 + i)];

// Why this machine can't do it, whatever is installed; null: nothing that is seen beforehand.
function incapable(): string | null {
  if (process.platform !== "linux") return `this is ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return "not root";
  if (!/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync("/proc/self/uid_map", "utf8"))) {
    return "not in the first user namespace";
  }
  if (!existsSync("/proc/sys/net/ipv4/cipso_cache_enable")) return "no NetLabel in this kernel, or not its first netns";
  if (!existsSync("/proc/sys/net/ipv6/calipso_cache_enable")) return "no CALIPSO in this kernel";
  for (const judge of ["/sys/fs/selinux/enforce", "/sys/fs/smackfs/load2"]) {
    if (existsSync(judge)) return `a security module judges labels here (${judge})`;
  }
  return refusal();
}

const netlabelctl = (...args: string[]): { readonly status: number | null; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync("netlabelctl", args, { encoding: "utf8", timeout: 10_000 });
  return { status, text: `${stdout}${stderr}`.trim() };
};

/** DOIs in the table of a protocol. */
export function doisOfKernel(protocol: "cipso" | "calipso"): number[] {
  const { text } = netlabelctl(protocol, "list");
  return [...text.matchAll(/(\d+),PASS_THROUGH|(\d+),\w+/g)].map(([, pass, other]) => Number(pass ?? other));
}

interface Lent {
  readonly doi: number;
  giveBack(): Promise<void>;
}

// Adds a DOI that is free in both tables. Whoever ends this process, by whatever means, closes the pipe that a shell waits
// on, and that takes it out again.
async function lend(): Promise<Lent | string> {
  const taken = new Set([...doisOfKernel("cipso"), ...doisOfKernel("calipso")]);
  const doi = CANDIDATES.find((candidate) => !taken.has(candidate));
  if (doi === undefined) return "every DOI that this test may use is taken";
  const script = `timeout ${STAYS} cat > /dev/null; netlabelctl calipso del doi:${doi}; netlabelctl cipso del doi:${doi}`;
  const guard = spawn("sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const giveBack = async (): Promise<void> => {
    const closed = once(guard, "close");
    guard.stdin.end();
    await closed;
  };
  for (const [protocol, ...args] of [
    ["cipso", "add", "pass", `doi:${doi}`, `tags:${CIPSO_TAGS}`],
    ["calipso", "add", "pass", `doi:${doi}`],
  ] as const) {
    const { status, text } = netlabelctl(protocol, ...args);
    if (status !== 0) {
      await giveBack();
      return `netlabelctl ${protocol} add: ${text || `status ${status}`}`;
    }
  }
  return { doi, giveBack };
}

/** Registers tests that need a DOI of the kernel's. Where there can be none they are skipped aloud. */
export async function withDoi(
  test: Test,
  tests: Readonly<Record<string, (doi: number) => Promise<void>>>,
): Promise<void> {
  const skip = (why: string): void => {
    for (const name of Object.keys(tests)) {
      console.log(`SKIP ${name}: ${why}`);
      test.skip(name, () => {});
    }
  };
  const why = incapable();
  if (why !== null) return skip(why);
  if (!has("netlabelctl")) {
    // What CI can install is no reason; what the machine's kernel forbids is.
    if (process.env.LABELGATE_NO_SKIP !== "1") return skip("netlabelctl is not installed (Debian: netlabel-tools)");
    test("netlabelctl is installed", () => {
      throw new Error("netlabelctl is not installed (Debian: netlabel-tools), and LABELGATE_NO_SKIP is 1");
    });
    return;
  }
  const lent = await lend();
  if (typeof lent === "string") return skip(lent);
  for (const [name, handler] of Object.entries(tests)) test(name, () => handler(lent.doi));
  test.after(lent.giveBack);
}
