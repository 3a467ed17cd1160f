// The recipe: assembly/ -> kernel.wasm -> kernel.bytes.ts -> bundles -> build/dist/. Run by `npm run build`; with
// `--kernel` only the kernel is made, which is all that the sources in ts/ need to run.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { main as asc } from "assemblyscript/asc";
import { DATA } from "../assembly/memory.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}build/dist`;

/** Compiles the kernel. It imports its memory and nothing else, and has no heap and no runtime. */
async function buildKernel(): Promise<void> {
  const { error, stderr } = await asc(
    [
      "assembly/index.ts",
      "--baseDir",
      root,
      "--outFile",
      "build/dist/kernel.wasm",
      "--runtime",
      "stub",
      "--importMemory",
      "--noExportMemory",
      "--initialMemory",
      "1",
      "--memoryBase",
      `${DATA}`,
      "--noAssert",
      "--optimizeLevel",
      "3",
      "--pedantic",
    ],
  );
  const said = stderr.toString();
  if (error !== null || said !== "") throw new Error(`asc: ${error?.message ?? "warnings"}\n${said}`);

  const base64 = (await readFile(`${dist}/kernel.wasm`)).toString("base64");
  await writeFile(
    `${dist}/kernel.bytes.ts`,
    `// Made by build/build.ts from assembly/.\nexport const kernelBase64: string =\n  "${base64}";\n`,
  );
}

await mkdir(dist, { recursive: true });
await buildKernel();
