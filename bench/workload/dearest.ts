// The dearest genomes that the search found (bench/attack.ts), as they were recorded: by what the policy has.
import { readFileSync } from "node:fs";
import type { Found } from "./search.ts";
import type { TargetKind } from "./target.ts";

/** Where they are recorded. */
export const RECORD: URL = new URL("./dearest.json", import.meta.url);

export type Dearest = Pick<Found, "from" | "genome">;

export function dearest(): Record<TargetKind, Dearest> {
  return JSON.parse(readFileSync(RECORD, "utf8")) as Record<TargetKind, Dearest>;
}
