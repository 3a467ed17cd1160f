// The package as npm packs it, installed into an empty folder.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../commands.ts";

export interface Packed {
  /** A folder whose node_modules holds it, and nothing else. */
  readonly folder: string;
  readonly tarball: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  remove(): void;
}

/** Packs what is built. */
export function pack(): Packed {
  const folder = mkdtempSync(join(tmpdir(), "labelgate-packed-"));
  const npm = (args: readonly string[], cwd: string): string =>
    execFileSync("npm", [...args, "--loglevel=error"], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const said = npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root);
  const [{ filename, files }] = JSON.parse(said) as [{ filename: string; files: { path: string }[] }];
  const tarball = join(folder, filename);
  // As the guide says.
  npm(["init", "--yes"], folder);
  npm(["pkg", "set", "type=module"], folder);
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", tarball], folder);
  return {
    folder,
    tarball,
    files: files.map(({ path }) => path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
