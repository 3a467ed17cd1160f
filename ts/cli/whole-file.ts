/**
 * A file that is written whole or not at all.
 *
 * @module
 */
import { lstatSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { writeFailure } from "./output.ts";

/** Behind the name of a file until it is whole. */
const PARTIAL = ".partial";

/** Why a file is not to be written, or `null`: it may be. What is there already may be a file that is none of `inputs`. */
export function refuseOutput(path: string, inputs: readonly string[]): string | null {
  const there = statOf(path, lstatSync);
  if (there === undefined) return null;
  if (!there.isFile()) return `${path}: is there already, and is no regular file`;
  const isInput = inputs.some((input) => {
    const read = statOf(input, statSync);
    return read?.dev === there.dev && read.ino === there.ino;
  });
  return isInput ? `${path}: is a file that is read; write to another` : null;
}

/** Writes a file beside its place and puts it there. Gives why it could not, or `null`. */
export function writeWhole(path: string, text: string): string | null {
  const partial = `${path}${PARTIAL}`;
  try {
    // One that an interrupted run left, or a link somewhere else, is not written to.
    rmSync(partial, { force: true });
    writeFileSync(partial, text, { flag: "wx" });
    renameSync(partial, path);
    return null;
  } catch (error) {
    rmSync(partial, { force: true, recursive: false });
    return `${path}: cannot be written: ${writeFailure(error)}`;
  }
}

function statOf(path: string, read: (path: string) => Stats): Stats | undefined {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}
