// The recipe: assembly/ -> kernel.wasm -> kernel.bytes.ts -> bundles and declarations, all into build/dist/.
// `npm run build` makes everything; with `--kernel` only the kernel, which is all that the sources in ts/ need to run.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main as asc } from "assemblyscript/asc";
import type { Transform } from "assemblyscript/transform";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { DATA } from "../assembly/memory.ts";
import { buildDemo } from "./demo.ts";
import { reasonsText } from "./reasons.ts";
import { schemaText } from "./schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "build/dist");

/**
 * Inlines functions with one caller whatever their size, and others up to a size. V8 does not inline WebAssembly in Node 20,
 * and asc stops at a size of 200: with this the recording and the mix take a fifth less time.
 */
class Inlining {
  declare readonly binaryen: {
    setOptimizeLevel(level: number): void;
    setShrinkLevel(level: number): void;
    setOneCallerInlineMaxSize(size: number): void;
    setFlexibleInlineMaxSize(size: number): void;
    setAllowInliningFunctionsWithLoops(allow: boolean): void;
  };

  afterCompile(module: { runPasses(passes: readonly string[]): void }): void {
    this.binaryen.setOptimizeLevel(3);
    this.binaryen.setShrinkLevel(0);
    this.binaryen.setOneCallerInlineMaxSize(1_000_000);
    this.binaryen.setFlexibleInlineMaxSize(1000);
    this.binaryen.setAllowInliningFunctionsWithLoops(true);
    module.runPasses(["inlining-optimizing"]);
  }
}

/** Compiles the kernel. It imports its memory and nothing else, and has no heap and no runtime. */
async function buildKernel(): Promise<void> {
  const { error, stderr } = await asc(
    [
      "assembly/index.ts",
      ...["--baseDir", root],
      ...["--outFile", "build/dist/kernel.wasm"],
      ...["--runtime", "stub", "--noAssert", "--optimizeLevel", "3"],
      ...["--importMemory", "--noExportMemory", "--initialMemory", "1", "--memoryBase", `${DATA}`],
      "--pedantic",
    ],
    // asc makes an instance, with its own binaryen.
    { transforms: [Inlining as unknown as Transform] },
  );
  const said = stderr.toString();
  if (error !== null || said !== "") throw new Error(`asc: ${error?.message ?? "warnings"}\n${said}`);

  const code = await readFile(join(dist, "kernel.wasm"));
  const digest = createHash("sha256").update(code).digest("hex");
  const kernel = Buffer.concat([code, customSection("labelgate", digest)]);
  await writeFile(join(dist, "kernel.wasm"), kernel);
  const constants = Object.entries({ kernelBase64: kernel.toString("base64"), kernelDigest: digest });
  const text = [
    "// Made by build/build.ts from assembly/.",
    ...constants.map(([name, value]) => `export const ${name}: string =\n  "${value}";`),
    "",
  ].join("\n");
  await writeFile(join(dist, "kernel.bytes.ts"), text);
}

/** A section that the engine passes over: ASCII of at most 127 octets in all. */
function customSection(name: string, text: string): Uint8Array {
  const content = Buffer.concat([Buffer.of(name.length), Buffer.from(name + text)]);
  return Buffer.concat([Buffer.of(0, content.length), content]);
}

/** The sources of what package.json exports, by the name of the file that is made of each. */
async function entryPoints(): Promise<Record<string, string>> {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string; default: string }>;
  };
  const entries = Object.values(exports).flatMap((target) => {
    if (typeof target === "string") return [];
    const name = /^\.\/build\/dist\/(.+)\.js$/.exec(target.default)![1]!;
    return [[name, /^\.\/build\/dist\/types\/(.+)\.d\.ts$/.exec(target.types)![1]!.concat(".ts")]];
  });
  return Object.fromEntries(entries);
}

/** Bundles the library, free of dependencies, and the command line with those it has. */
async function buildBundles(): Promise<void> {
  const common: BuildOptions = {
    absWorkingDir: root,
    outdir: "build/dist",
    bundle: true,
    format: "esm",
    // Without a target esbuild may emit Uint8Array.fromBase64, which Node 20 does not have.
    target: "es2022",
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
  };
  const library = await build({
    ...common,
    entryPoints: await entryPoints(),
    chunkNames: "chunk-[hash]",
    splitting: true,
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["node:*", "bun:ffi", "koffi"],
  });
  const commandLine = await build({
    ...common,
    entryPoints: { labelgate: "ts/cli/main.ts" },
    platform: "node",
    mainFields: ["module", "main"],
    external: ["koffi"],
    // Some of its dependencies are CommonJS and ask for Node's own modules.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
  });
  const demo = await buildDemo(root, join(dist, "demo"), common);
  await writeFile(join(dist, "THIRD-PARTY.txt"), await notices([library.metafile, commandLine.metafile, demo]));
}

/** The licences of the packages that the bundles hold. */
async function notices(metafiles: readonly (Metafile | undefined)[]): Promise<string> {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile?.inputs ?? {}));
  const packages = new Set(inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const texts = [...packages].sort().map(async (name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const files = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "LICENCE"];
    const found = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8").catch(() => null)));
    return `${name} ${version} (${license})\n\n${found.find((text) => text !== null) ?? ""}`;
  });
  return `labelgate's bundles hold these packages.\n\n${(await Promise.all(texts)).join(`\n${"-".repeat(72)}\n`)}`;
}

function buildDeclarations(): void {
  execFileSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, "build/tsconfig.json")],
    {
      stdio: "inherit",
    },
  );
}

if (!process.argv.includes("--kernel")) await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await buildKernel();
if (!process.argv.includes("--kernel")) {
  await writeFile(join(root, "policy.schema.json"), schemaText());
  await writeFile(join(root, "docs/reasons.md"), reasonsText());
  await buildBundles();
  buildDeclarations();
}
