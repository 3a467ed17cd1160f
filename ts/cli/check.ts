/**
 * `labelgate check`: everything that is wrong or odd in policy files.
 *
 * @module
 */
import { Command, Option } from "commander";
import { type ImportOptions, importFiles } from "./import.ts";
import { IMPORTERS } from "./importers.ts";
import { counted, Lines } from "./output.ts";
import { readPolicyFile } from "./policy-file.ts";
import { parseFile, parseFiles, readOnce, STANDARD_INPUT, sourceName } from "./usage.ts";
import { refuseOutput } from "./whole-file.ts";

interface CheckOptions extends ImportOptions {
  readonly from?: string;
}

export function checkCommand(): Command {
  return new Command("check")
    .description("report everything that is wrong or odd in policies; exit 1 when something is wrong")
    .argument("<file...>", "policy files; - is standard input", parseFiles)
    .addOption(
      new Option("--from <system>", "the files are another system's, and together make a policy").choices(
        Object.keys(IMPORTERS),
      ),
    )
    .option("--base <policy>", "with --from: a policy with what the files don't say, interfaces above all", parseFile)
    .option("--out <file>", "with --from: where to write the policy to, as JSON, when nothing is wrong", parseFile)
    .addHelpText(
      "after",
      "\nExample: labelgate check policy.json" +
        "\n         labelgate check --from tx tnrhtp tnrhdb tnzonecfg --out policy.json" +
        "\n\nWith --from, exit status 2 says too that a file can't be read",
    )
    .action(async (files: string[], options: CheckOptions, command: Command) => {
      readOnce(command, [...files, ...(options.base === undefined ? [] : [options.base])]);
      if (options.from !== undefined) process.exitCode = await importChecked(options.from, files, options, command);
      else if (options.base !== undefined || options.out !== undefined) {
        command.error("labelgate: --base and --out are for files of another system: --from says which", {
          exitCode: 2,
        });
      } else if (!(await check(files))) process.exitCode = 1;
    });
}

function importChecked(
  from: string,
  files: readonly string[],
  options: CheckOptions,
  command: Command,
): Promise<number> {
  const importer = IMPORTERS[from]!;
  const { base, out } = options;
  const inputs = [...files, ...(base === undefined ? [] : [base])];
  const isNoFile = out === STANDARD_INPUT ? "-: the policy is written to a file; name one" : null;
  const refusal = importer.refuse(files) ?? isNoFile ?? (out === undefined ? null : refuseOutput(out, inputs));
  if (refusal !== null) command.error(`labelgate: ${refusal}`, { exitCode: 2 });
  return importFiles(importer, files, options);
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
