/**
 * `labelgate check`: everything that is wrong or odd in policy files.
 *
 * @module
 */
import { Command } from "commander";
import { Lines } from "./output.ts";
import { problemText, readPolicyFile } from "./policy-file.ts";

export function checkCommand(): Command {
  return new Command("check")
    .description("report everything that is wrong or odd in policies; exit 1 when something is wrong")
    .argument("<file...>", "policy files; - is standard input")
    .action(async (files: string[]) => {
      if (!(await check(files))) process.exitCode = 1;
    });
}

async function check(files: readonly string[]): Promise<boolean> {
  const lines = new Lines();
  let sound = true;
  for (const path of files) {
    const file = readPolicyFile(path);
    for (const problem of file.problems) lines.write(`error: ${problemText(file, problem)}`);
    for (const warning of file.warnings) lines.write(`warning: ${problemText(file, warning)}`);
    if (file.policy === null) {
      sound = false;
    } else {
      const { partitions, hosts } = file.policy;
      const odd = file.warnings.length === 0 ? "" : `, ${counted(file.warnings.length, "warning")}`;
      lines.write(
        `${path}: sound, ${counted(partitions.length, "partition")}, ${counted(hosts.length, "host prefix", "es")}${odd}`,
      );
    }
  }
  await lines.end();
  return sound;
}

function counted(count: number, noun: string, plural = "s"): string {
  return `${count} ${noun}${count === 1 ? "" : plural}`;
}
