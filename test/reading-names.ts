// Files of names as tests read them: their notes in a line each, and what holds for every file whatever is in it.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import * as assert from "uvu/assert";
import type { ImportFile, NamesReading } from "../ts/import/reading.ts";
import { resolveNames } from "../ts/policy/names.ts";

type Read = (file: ImportFile) => NamesReading;

/** `3:1 lost: …` for each note, `error: …` for one on the file as a whole. */
export function sayNotes({ notes }: NamesReading): string[] {
  return notes.map(({ line, column, severity, message }) =>
    line === null ? `${severity}: ${message}` : `${line}:${column} ${severity}: ${message}`,
  );
}

/** The errors of a text, which has no names then. */
export function errorsOf(read: Read, text: string): string[] {
  const reading = read({ name: "file", text });
  assert.equal(reading.names, {});
  return sayNotes({ ...reading, notes: reading.notes.filter(({ severity }) => severity === "error") });
}

export function fixture(name: string): ImportFile {
  return { name, text: readFileSync(new URL(`../fixtures/names/${name}`, import.meta.url), "utf8") };
}

/** Reads anything: never throws, gives names that a policy can have and notes in order, and none with an error. */
export function assertReads(read: Read, pieces: readonly string[], sound: fc.Arbitrary<string>, numRuns: number): void {
  let good = 0;
  const parts = fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 }));
  const texts = fc.oneof(
    fc.array(parts, { maxLength: 40 }).map((list) => list.join("")),
    fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((list) => list.join("")),
    sound,
  );
  fc.assert(
    fc.property(texts, (text) => {
      const lines = text.split("\n").length;
      const reading = read({ name: "file", text });
      resolveNames(reading.names);
      assert.equal(read({ name: "file", text }), reading);
      const placed = reading.notes.flatMap(({ line }) => (line === null ? [] : [line]));
      assert.equal(
        placed,
        placed.toSorted((a, b) => a - b),
      );
      assert.ok(placed.every((line) => line >= 1 && line <= lines));
      const wrong = reading.notes.some(({ severity }) => severity === "error");
      if (wrong) assert.equal(reading.names, {});
      else if (Object.keys(reading.names).length > 0) good++;
    }),
    { numRuns },
  );
  assert.ok(good > numRuns / 10, `${good} good`);
}
