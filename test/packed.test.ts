// What is published: the files, what other tools say of them, its types under two compilers, and what bundlers make of it.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root } from "./commands.ts";
import { required } from "./needs.ts";
import { type Packed, pack } from "./runtimes/packed.ts";
import { binary, COMPILERS, install } from "./runtimes/tools.ts";

const test = suite("packed");
const missing = install();
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Manifest {
  readonly version: string;
  readonly exports: Record<string, string | { types: string; default: string }>;
}
const manifest: Manifest = JSON.parse(read("package.json"));
/** Entries that are code, and those that need no files. */
const ENTRIES = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === "string" ? [] : [name],
);
const FOR_NODE = ["./file", "./live", "./sinks/capture", "./pool-worker"];
const specifier = (entry: string): string => entry.replace(".", "labelgate");

let packed: Packed;
test.before(() => {
  packed = pack();
});
test.after(() => packed?.remove());

function says(command: string, args: readonly string[], cwd = packed.folder): string {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", env });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `${stdout}${stderr}`}`);
  return `${stdout}${stderr}`;
}

test("what is needed is in it, and nothing of the workshop is", () => {
  const { files } = packed;
  for (const file of ["README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "package.json", "policy.schema.json"]) {
    assert.ok(files.includes(file), file);
  }
  const strange = files.filter(
    (file) => !/^(?:assembly|build\/dist|ts)\/|^[A-Z]+(?:\.md)?$|^package\.json$|^policy\.schema\.json$/.test(file),
  );
  assert.equal(strange, []);
  for (const part of ["build/dist/examples", "node_modules", ".test.", "programs"]) {
    assert.equal(
      files.filter((file) => file.includes(part)),
      [],
      part,
    );
  }
});

test("installing it runs nothing and brings nothing else", () => {
  const own = JSON.parse(readFileSync(join(packed.folder, "node_modules/labelgate/package.json"), "utf8"));
  assert.is(own.dependencies, undefined);
  for (const script of ["preinstall", "install", "postinstall"]) assert.is(own.scripts[script], undefined);
  const { packages } = JSON.parse(readFileSync(join(packed.folder, "package-lock.json"), "utf8"));
  assert.equal(Object.keys(packages).sort(), ["", "node_modules/labelgate"]);
});

test("every entry can be imported, and the command runs", () => {
  const imports = ENTRIES.map((entry) => `await import(${JSON.stringify(specifier(entry))});`).join("\n");
  writeFileSync(join(packed.folder, "all.mjs"), imports);
  assert.is(says(process.execPath, ["all.mjs"]), "");
  assert.is(
    says(process.execPath, ["node_modules/labelgate/build/dist/labelgate.js", "--version"]).trim(),
    manifest.version,
  );
});

test("a bundler takes every entry that is for browsers, and asks for nothing of Node", async () => {
  const entries = ENTRIES.filter((entry) => !FOR_NODE.includes(entry));
  writeFileSync(
    join(packed.folder, "bundled.mjs"),
    entries.map((entry, i) => `export * as e${i} from ${JSON.stringify(specifier(entry))};`).join("\n"),
  );
  const { warnings, outputFiles } = await build({
    absWorkingDir: packed.folder,
    entryPoints: ["bundled.mjs"],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  assert.equal(warnings, []);
  assert.not.match(outputFiles[0]!.text, /from "node:|require\("/);
});

required(test, missing, "publint has nothing to say", () => {
  assert.match(says(binary("publint"), [join(packed.folder, "node_modules/labelgate"), "--strict"]), /All good!/);
});

required(test, missing, "are the types wrong? no, for who imports modules", () => {
  says(binary("attw"), [
    packed.tarball,
    "--profile",
    "esm-only",
    "--no-emoji",
    "--exclude-entrypoints",
    "./kernel.wasm",
  ]);
});

// A program that names every entry, and uses some; nothing but the language and the platform is known to the compiler.
const PROGRAM = `
import { batchOf, createClassifier, type Delivery, type PolicyInput, type Verdict } from "labelgate";
import { createClassifierPool, type ClassifierPool } from "labelgate/pool";
import { callbackSink, type QueuedSink } from "labelgate/sinks/callback";

const policy: PolicyInput = {
  doi: 16,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
  partitions: [{ name: "public", label: "1" }],
  templates: {},
  hosts: {},
};
const classifier = createClassifier(policy);
const staff: QueuedSink = callbackSink(async (frames) => void frames[0]?.bytes.length);
classifier.register("public", staff);
classifier.registerDrops((delivery: Delivery) => void delivery.at(0).reason);
const verdicts: Verdict[] = [...classifier.verdicts(batchOf([]))];
const pool: ClassifierPool = createClassifierPool(policy, { workers: 2 });
export const all: readonly unknown[] = [verdicts, pool];
`;

for (const [version, compiler] of Object.entries(COMPILERS)) {
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const) {
    for (const types of [[], ["node"]]) {
      const withNode = types.length > 0 ? ", beside those of Node" : "";
      required(
        test,
        missing,
        `types of every entry under TypeScript ${version}, ${moduleResolution}${withNode}`,
        () => {
          const imports = ENTRIES.map(
            (entry, i) => `import * as e${i} from ${JSON.stringify(specifier(entry))};\nvoid e${i};`,
          );
          writeFileSync(join(packed.folder, "program.ts"), `${imports.join("\n")}\n${PROGRAM}`);
          const compilerOptions = {
            ...{ module, moduleResolution, types, target: "es2022", lib: ["es2022", "dom", "dom.iterable"] },
            ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
            ...(types.length > 0 ? { typeRoots: [join(root, "node_modules/@types")], skipLibCheck: true } : {}),
          };
          writeFileSync(
            join(packed.folder, "tsconfig.json"),
            JSON.stringify({ compilerOptions, files: ["program.ts"] }),
          );
          assert.is(says(process.execPath, [compiler, "-p", "."]), "");
        },
      );
    }
  }
}

interface Jsr {
  readonly name: string;
  readonly version: string;
  readonly exports: Record<string, string>;
}

test("deno.json says what package.json says", () => {
  const jsr: Jsr = JSON.parse(read("deno.json"));
  assert.is(jsr.version, manifest.version);
  const expected = Object.entries(manifest.exports).flatMap(([name, target]) => {
    if (typeof target === "string") return [];
    return [[name, `./${/^\.\/build\/dist\/types\/(.*)\.d\.ts$/.exec(target.types)![1]}.ts`]];
  });
  assert.equal(jsr.exports, Object.fromEntries(expected));
});

required(test, missing, "every exported symbol has a doc comment, and names nothing that is not exported", () => {
  const { exports }: Jsr = JSON.parse(read("deno.json"));
  says(binary("deno"), ["doc", "--lint", ...Object.values(exports)], root);
});

required(test, missing, "deno publish would take it", () => {
  assert.match(says(binary("deno"), ["publish", "--dry-run", "--allow-dirty"], root), /Success/);
});

test.run();
