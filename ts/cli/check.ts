/**
 * `labelgate check`: everything that is wrong or odd in policy files.
 *
 * @module
 */
import { Command } from "commander";
import { Lines } from "./output.ts";
import { readPolicyFile } from "./policy-file.ts";
import { parseFiles, readOnce, sourceName } from "./usage.ts";

export function checkCommand(): Command {
  return new Command("check")
    .description("report everything that is wrong or odd in policies; exit 1 when something is wrong")
    .argument("<file...>", "policy files; - is standard input", parseFiles)
    .addHelpText("after", "\nExample: labelgate check policy.json")
    .action(async (files: string[], _: unknown, command: Command) => {
      readOnce(command, files);
      if (!(await check(files))) process.exitCode = 1;
    });
}

async function check(files: readonly string[]): Promise<boolean> {
  const lines = new Lines();
  let sound = true;
  for (const path of files) {
    const file = readPolicyFile(path);
    for (const problem of file.problems) lines.write(file.say(problem, "error"));
    for (const warning of file.warnings) lines.write(file.say(warning, "warning"));
    if (file.policy === null) {
      sound = false;
      lines.write(`${sourceName(path)}: ${counted(file.problems.length, "error")}`);
    } else {
      const { partitions, hosts } = file.policy;
      const odd = file.warnings.length === 0 ? "" : `, ${counted(file.warnings.length, "warning")}`;
      const size = `${counted(partitions.length, "partition")}, ${counted(hosts.length, "host prefix", "es")}`;
      lines.write(`${sourceName(path)}: sound, ${size}${odd}`);
    }
  }
  await lines.end();
  return sound;
}

function counted(count: number, noun: string, plural = "s"): string {
  return `${count} ${noun}${count === 1 ? "" : plural}`;
}
