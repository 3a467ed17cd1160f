/**
 * The command line. Exit 0: done. 1: the input or the policy is bad. 2: the command was not understood.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { auditCommand } from "./audit.ts";
import { checkCommand } from "./check.ts";
import { classifyCommand } from "./classify.ts";
import { decodeCommand } from "./decode.ts";
import { demoCommand } from "./demo.ts";
import { explainCommand } from "./explain.ts";
import { netnsCommand } from "./netns.ts";
import { printable, reportError, writeFailure } from "./output.ts";
import { runCommand } from "./run.ts";
import { splitCommand } from "./split.ts";

const USAGE_ERROR = 2;

function versionOfPackage(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

const program = new Command("labelgate")
  .description("reads each packet's security label and hands the packet to the partition it belongs to")
  .version(versionOfPackage())
  .showHelpAfterError("(--help says more)")
  .configureOutput({ outputError: (text, write) => write(printable(text.replace(/^error: /, "labelgate: "))) })
  .addHelpText("after", "\nExit status: 0 done, 1 the input or the policy is bad, 2 the command was not understood");
const commands = [
  decodeCommand(),
  classifyCommand(),
  splitCommand(),
  explainCommand(),
  checkCommand(),
  auditCommand(),
  runCommand(),
  netnsCommand(),
  demoCommand(),
];
for (const command of commands) {
  program.addCommand(command.copyInheritedSettings(program));
}
for (const command of [program, ...program.commands]) command.exitOverride();

// A reader that has seen enough (`| head`) closes the pipe; that is no error. A full disk is.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") reportError(`standard output: ${writeFailure(error)}`);
  process.exit(error.code === "EPIPE" ? process.exitCode : 1);
});
// Where what goes wrong can't be said, the work goes on: its exit status says it.
process.stderr.on("error", () => {});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
  } else {
    reportError(`this should not happen: ${(error as Error).message}`);
    if (process.env.LABELGATE_DEBUG !== undefined) throw error;
    process.exitCode = 1;
  }
}
