/**
 * `labelgate netns`: the namespaces and devices of a policy, for a trial.
 *
 * @module
 */
import { Command } from "commander";
import { LiveError } from "../live/error.ts";
import { loadLibc } from "../live/libc.ts";
import { makeNamespaces, removeNamespaces } from "../live/namespaces.ts";
import { Lines, reportError } from "./output.ts";
import { policyOf } from "./policy.ts";
import { parseFile } from "./usage.ts";

export function netnsCommand(): Command {
  const command = new Command("netns").description(
    "makes the namespaces and veth pairs that a policy names, and removes them again",
  );
  command
    .command("up")
    .description("makes what the policy's live names and is not there; all of it, or nothing")
    .argument("<file>", "the policy", parseFile)
    .action(async (file: string) => {
      await say(async () => {
        const policy = policyOf(file);
        return policy === null ? null : makeNamespaces(await loadLibc(), file, policy);
      }, "made");
    });
  command
    .command("down")
    .description("removes what `netns up` made for this file, and nothing else")
    .argument("<file>", "the policy that was given to `netns up`; it is not read", parseFile)
    .action(async (file: string) => {
      await say(async () => removeNamespaces(file), "removed");
    });
  return command;
}

async function say(act: () => Promise<readonly string[] | null>, done: string): Promise<void> {
  try {
    const said = await act();
    if (said === null) {
      process.exitCode = 1;
      return;
    }
    const lines = new Lines();
    for (const item of said) lines.write(`${done} ${item}`);
    await lines.end();
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    reportError(error.message);
    process.exitCode = 1;
  }
}
