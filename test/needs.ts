// Tests that need a tool which is no dependency: they are skipped aloud where it is missing, and fail where skipping is
// forbidden (LABELGATE_NO_SKIP=1).
import { spawnSync } from "node:child_process";
import type { Test } from "uvu";

const found = new Map<string, boolean>();

/** True when the tool can be started. */
export function has(tool: string): boolean {
  let there = found.get(tool);
  if (there === undefined) {
    there = spawnSync(tool, ["--version"]).error === undefined;
    found.set(tool, there);
  }
  return there;
}

/** Registers a test that runs `tool`. */
export function optional(test: Test, tool: string, name: string, handler: () => void | Promise<void>): void {
  required(test, has(tool) ? null : `${tool} is not installed`, name, handler);
}

/** Registers a test that can't run where something is missing; `null`: nothing is. */
export function required(test: Test, missing: string | null, name: string, handler: () => void | Promise<void>): void {
  if (missing === null) {
    test(name, handler);
  } else if (process.env.LABELGATE_NO_SKIP === "1") {
    test(name, () => {
      throw new Error(`${missing}, and LABELGATE_NO_SKIP is 1`);
    });
  } else {
    console.log(`SKIP ${name}: ${missing}`);
    test.skip(name, handler);
  }
}
