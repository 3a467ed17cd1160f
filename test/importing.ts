// Files of Trusted Extensions as tests write them, and their notes in one line each.
import type { ImportNote, ImportReading } from "../ts/import/reading.ts";
import { importTrustedExtensions, type TrustedExtensionsFiles } from "../ts/import/tx.ts";
import type { PolicyInput } from "../ts/policy/input.ts";

export type Texts = { readonly [name in keyof TrustedExtensionsFiles]?: string };

/** Imports texts by the names of their files. */
export function imported(texts: Texts, base?: Partial<PolicyInput>): ImportReading {
  const files = Object.entries(texts).map(([name, text]) => [name, { name, text }] as const);
  return importTrustedExtensions(Object.fromEntries(files), base);
}

/** `tnrhdb:3:1 error 25` for each note. */
export function briefly(notes: readonly ImportNote[]): string[] {
  return notes.map(({ file, line, column, severity, code }) => {
    const where = line === null ? file : `${file}:${line}:${column}`;
    return `${where} ${severity}${code === null ? "" : ` ${code}`}`;
  });
}

/** Notes of one text. */
export function notesOf(texts: Texts): string[] {
  return briefly(imported(texts).notes);
}

/** A label of each kind that no packet can show. */
export const HIGH_LEVEL = "0x0100-08-";
export const HIGH_CATEGORY: string = `0x0005-08-${"00".repeat(30)}80`;

export const CIPSO = "cipso:host_type=cipso;doi=1;min_sl=ADMIN_LOW;max_sl=ADMIN_HIGH;\n";
export const GLOBAL = "global:ADMIN_LOW:1::\n";
