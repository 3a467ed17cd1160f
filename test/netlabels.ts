// Scripts for the tests of the NetLabel import, and what is read from them.
import * as assert from "uvu/assert";
import { importNetlabel } from "../ts/import/netlabel.ts";
import type { ImportNote, ImportReading } from "../ts/import/reading.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved } from "../ts/policy/read.ts";

/** A script whose notes are only about what it says. */
export const script = (...lines: readonly string[]): ImportReading => {
  return importNetlabel([{ name: "rules", text: ["unlbl accept off", "map del default", ...lines].join("\n") }]);
};

/** Lines that {@link script} puts first. */
export const LEAD = 2;

/** The notes of one severity as `line:column [code] message`, the line that of the lines given. */
export function notesOf({ notes }: ImportReading, severity: ImportNote["severity"]): string[] {
  return notes
    .filter((note) => note.severity === severity)
    .map(({ line, column, code, message }) => {
      return `${line === null ? "-" : line - LEAD}:${column ?? "-"}${code === null ? "" : ` [${code}]`} ${message}`;
    });
}

/** The policy, which there is and which is accepted. */
export function policyOf(reading: ImportReading): PolicyInput {
  assert.equal(notesOf(reading, "error"), []);
  assert.ok(reading.policy !== null);
  assert.equal(readResolved(reading.policy).problems, []);
  return reading.policy;
}

/** The only error of a script. */
export function errorOf(...lines: readonly string[]): string {
  const reading = script(...lines);
  assert.is(reading.policy, null);
  const errors = notesOf(reading, "error");
  assert.is(errors.length, 1, errors.join("\n"));
  return errors[0]!;
}
