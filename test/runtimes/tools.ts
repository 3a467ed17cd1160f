// Programs of test/runtimes/programs, installed when they are not there: runtimes, another compiler, checks of packages.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder: string = fileURLToPath(new URL("programs", import.meta.url));
/** Where their packages are. */
export const modules: string = join(folder, "node_modules");

/** Installs what is pinned. Returns why it could not, or `null`. */
export function install(): string | null {
  if (isInstalled()) return null;
  console.log("installing runtimes and checks of packages into test/runtimes/programs …");
  const { status, stderr, error } = spawnSync(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (status !== 0) return `npm install in test/runtimes/programs failed: ${error?.message ?? stderr.trim()}`;
  return isInstalled() ? null : "npm install in test/runtimes/programs left packages out";
}

function isInstalled(): boolean {
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string; optional?: boolean }>;
  };
  return Object.entries(packages).every(([path, { version, optional }]) => {
    const manifest = join(folder, path, "package.json");
    if (path === "" || optional === true) return true;
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === version;
  });
}

/** The program of a package. */
export function binary(name: "deno" | "bun" | "attw" | "publint"): string {
  // Their own launchers need scripts that npm may have held back.
  if (name === "deno") return inPlatform("@deno", "deno") ?? join(modules, ".bin/deno");
  if (name === "bun") return inPlatform("@oven", "bin/bun") ?? join(modules, "bun/bin/bun.exe");
  return join(modules, ".bin", name);
}

function inPlatform(scope: string, path: string): string | null {
  const at = join(modules, scope);
  const platforms = existsSync(at) ? readdirSync(at) : [];
  return platforms.map((platform) => join(at, platform, path)).find(existsSync) ?? null;
}

/** TypeScript's compilers: the one of this repository, and an older one. */
export const COMPILERS: Readonly<Record<string, string>> = {
  "5.9": join(modules, "typescript/bin/tsc"),
  "7": fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url)),
};
