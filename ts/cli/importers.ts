/**
 * The systems whose files `labelgate check --from` reads.
 *
 * @module
 */
import { basename } from "node:path";
import { importNetlabel } from "../import/netlabel.ts";
import { ERRNO_NAMES } from "../import/netlabel-errors.ts";
import type { ImportFile, ImportReading } from "../import/reading.ts";
import { importTrustedExtensions, type TrustedExtensionsFiles } from "../import/tx.ts";
import { TX_ERRORS } from "../import/tx-errors.ts";
import type { PolicyInput } from "../policy/input.ts";
import { STANDARD_INPUT } from "./usage.ts";

export interface Importer {
  /** Why files with these names can't be read, or `null`: they can. */
  refuse(paths: readonly string[]): string | null;
  /** @param base the policy that the import will be laid over, which may have mistakes */
  read(files: readonly ImportFile[], base: Partial<PolicyInput>): ImportReading;
  /** The words of one of the system's error numbers. */
  sayCode(code: number): string;
}

/** By name of the system. */
export const IMPORTERS: Readonly<Record<string, Importer>> = {
  tx: { refuse: refuseTrustedExtensions, read: readTrustedExtensions, sayCode: (code) => TX_ERRORS[code]! },
  netlabel: { refuse: () => null, read: importNetlabel, sayCode: (code) => ERRNO_NAMES.get(code)! },
};

const DATABASES = ["tnrhdb", "tnrhtp", "tnzonecfg"] as const;

// `tnrhdb`, or `tnrhdb.` and anything.
function databaseOf(path: string): keyof TrustedExtensionsFiles | undefined {
  const [name] = basename(path).split(".");
  return DATABASES.find((database) => database === name);
}

function refuseTrustedExtensions(paths: readonly string[]): string | null {
  const strange = paths.find((path) => path === STANDARD_INPUT || databaseOf(path) === undefined);
  if (strange !== undefined) {
    return `${strange}: files are known by their names: ${DATABASES.join(", ")}, and what may follow behind a dot`;
  }
  const known = paths.map(databaseOf);
  const repeated = paths.find((_, i) => known.indexOf(known[i]) < i);
  return repeated === undefined ? null : `${repeated}: a second ${databaseOf(repeated)}; there can be one`;
}

function readTrustedExtensions(files: readonly ImportFile[], base: Partial<PolicyInput>): ImportReading {
  return importTrustedExtensions(Object.fromEntries(files.map((file) => [databaseOf(file.name), file])), base);
}
