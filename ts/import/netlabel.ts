/**
 * NetLabel's configuration, as the commands of netlabelctl that make it, in the terms of a policy (docs/import.md says
 * what becomes of what).
 *
 * @module
 */
import { readCommand } from "./netlabel-commands.ts";
import { policyOf } from "./netlabel-policy.ts";
import { commandsOf, type PlacedNote } from "./netlabel-script.ts";
import { firstConfiguration, perform } from "./netlabel-state.ts";
import type { ImportFile, ImportReading } from "./reading.ts";

/**
 * Imports scripts of `netlabelctl` commands, or /etc/netlabel.rules. The files are one configuration: their commands take
 * effect in order. NetLabel has no partitions and no interfaces, so the policy has none yet.
 *
 * @example
 * ```ts
 * import { importNetlabel } from "labelgate";
 * const text = `
 *   map del default
 *   cipso add pass doi:16 tags:1,2,5
 *   map add default address:192.0.2.0/24 protocol:cipso,16
 *   unlbl accept off`;
 * const { policy, notes } = importNetlabel([{ name: "netlabel.rules", text }]);
 * policy?.hosts; // { "192.0.2.0/24": "cipso-16" }
 * notes.map(({ severity, line }) => [severity, line]); // [["lost", 4]]
 * ```
 */
export function importNetlabel(files: readonly ImportFile[]): ImportReading {
  const notes: PlacedNote[] = [];
  const state = firstConfiguration();
  files.forEach(({ text }, file) => {
    const before = notes.length;
    const commands = commandsOf(text, file, notes);
    if (commands.length === 0 && notes.length === before) {
      const message = "holds no command: expected netlabelctl commands, one a line";
      notes.push({ severity: "warning", at: { file, line: 0, column: 0 }, code: null, message });
    }
    for (const words of commands) {
      const command = readCommand(words, notes);
      if (command !== null) perform(command, state, notes);
    }
  });
  const isWrong = (): boolean => notes.some(({ severity }) => severity === "error");
  const policy = isWrong() ? null : policyOf(state, notes);
  return {
    policy: isWrong() ? null : policy,
    notes: notes
      .sort((a, b) => a.at.file - b.at.file || a.at.line - b.at.line || a.at.column - b.at.column)
      .flatMap(({ severity, at, code, message }) => {
        const name = files[at.file]?.name;
        const [line, column] = at.line === 0 ? [null, null] : [at.line, at.column];
        return name === undefined ? [] : [{ severity, file: name, line, column, code, message }];
      }),
  };
}
