// Scripts that make devices call this first: outside a user namespace of their own they would change the machine.
import { readFileSync } from "node:fs";

/** @throws {Error} this process is not inside `unshare -Ur`, which maps one user */
export function requireInside(): void {
  const rows = readFileSync("/proc/self/uid_map", "utf8").trim().split("\n");
  const users = rows.map((row) => Number(row.trim().split(/\s+/)[2]));
  if (users.length !== 1 || users[0] !== 1) {
    throw new Error("this script changes network devices; run it in a namespace of its own: unshare -Urnm");
  }
}
