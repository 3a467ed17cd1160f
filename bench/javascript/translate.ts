// The kernel as plain JavaScript: its WebAssembly taken back by binaryen, as far as V8 makes it fast. Numbers of 64 bits are in
// two halves; memory that is not aligned is read through a DataView, which V8 compiles to the same instructions.

import { fileURLToPath } from "node:url";
import { main as asc } from "assemblyscript/asc";
import binaryen from "binaryen";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What is needed of the kernel, all there is of it in JavaScript. */
const EXPORTS = ["prepare", "openRows", "walkedTo", "walkPcap", "classify", "judgedRows"] as const;

/** The kernel's functions, with addresses and counts as numbers of 32 bits. */
export type PlainKernel = Readonly<Record<(typeof EXPORTS)[number], (...values: number[]) => number>>;

const VIEWS: Readonly<Record<string, string>> = {
  ...{ HEAP16: "Int16", HEAPU16: "Uint16", HEAP32: "Int32", HEAPU32: "Uint32", HEAPF64: "Float64" },
};

/** A factory of kernels over a memory. */
export async function translateKernel(
  options: readonly string[] = ["--optimizeLevel", "3"],
): Promise<(memory: ArrayBuffer) => PlainKernel> {
  const text = await plainText(options);
  const [start, end] = [text.indexOf("function asmFunc"), text.indexOf("var memasmFunc")];
  const program = `"use strict"; const VIEW = new DataView(buffer);
    ${text.slice(0, start)} bufferView = new Uint8Array(buffer);
    ${throughViews(text.slice(start, end))} return asmFunc({ env: { memory: { buffer } } });`;
  return (buffer) => new Function("buffer", program)(buffer) as PlainKernel;
}

export async function plainText(options: readonly string[]): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc(
    [
      ...["assembly/index.ts", "--baseDir", ROOT, "--outFile", "kernel.wasm", "--runtime", "stub", "--noAssert"],
      ...["--importMemory", "--noExportMemory", "--initialMemory", "1", "--memoryBase", "1024", ...options],
    ],
    { writeFile: (_name: string, contents: Uint8Array | string) => void (binary = contents as Uint8Array) },
  );
  if (error !== null || binary === undefined) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  const module = binaryen.readBinary(binary);
  const { BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt, NontrappingFPToInt } = binaryen.Features;
  module.setFeatures(BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt | NontrappingFPToInt);
  for (let i = module.getNumExports() - 1; i >= 0; i--) {
    const { name } = binaryen.getExportInfo(module.getExportByIndex(i));
    if (!(EXPORTS as readonly string[]).includes(name)) module.removeExport(name);
  }
  module.runPasses(["remove-unused-module-elements"]);
  return module.emitAsmjs();
}

// `HEAP32[at >> 2]` and `HEAP32[at >> 2] = value` as calls of a DataView, but for constant addresses, which are aligned.
function throughViews(text: string): string {
  const found = /HEAP(?:U?16|U?32|F64)\[/.exec(text);
  if (found === null) return text;
  const heap = found[0].slice(0, -1);
  const from = found.index + found[0].length;
  const to = endOf(text, from, "");
  const [, address, shift] = /^(.*) >> (\d)$/s.exec(text.slice(from, to))!;
  const before = text.slice(0, found.index);
  const behind = text.slice(to + 1);
  if (/^\d+$/.test(address!) && Number(address) % 2 ** Number(shift) === 0) {
    return `${before}${heap}[${Number(address) / 2 ** Number(shift)}]${throughViews(behind)}`;
  }
  const at = throughViews(address!);
  const assigned = /^ = (?!=)/.exec(behind);
  if (assigned === null) return `${before}VIEW.get${VIEWS[heap]}(${at}, true)${throughViews(behind)}`;
  const end = endOf(behind, assigned[0].length, ";,");
  const value = throughViews(behind.slice(assigned[0].length, end));
  return `${before}VIEW.set${VIEWS[heap]}(${at}, ${value}, true)${throughViews(behind.slice(end))}`;
}

// Where the first of some characters is that is not inside brackets opened behind `from`, or what closes those before.
function endOf(text: string, from: number, ends: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    const closes = ")]}".includes(character);
    if (depth === 0 && (closes || ends.includes(character))) return at;
    if ("([{".includes(character)) depth++;
    else if (closes) depth--;
  }
  throw new Error(`no end of ${text.slice(from, from + 80)}`);
}
