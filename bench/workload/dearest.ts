// The dearest genome that the search found (bench/attack.ts), as it was recorded.
import { existsSync, readFileSync } from "node:fs";
import type { Found } from "./search.ts";

const FILE = new URL("./dearest.json", import.meta.url);

export const DEAREST: Pick<Found, "from" | "genome"> | null = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, "utf8")) as Pick<Found, "from" | "genome">)
  : null;
