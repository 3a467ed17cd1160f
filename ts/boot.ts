/**
 * Instances of the kernel's module.
 *
 * @module
 */
import { instantiateSync } from "@assemblyscript/loader";
import { kernelBase64, kernelDigest } from "../build/dist/kernel.bytes.ts";
import type { CrossingExports } from "./crossing.ts";
import { isOctets, kindOf } from "./given.ts";
import type { WalkExports } from "./intake.ts";

const PAGE = 65_536;

/** What is exported by assembly/index.ts. Addresses and counts are unsigned 32-bit numbers. */
export interface Exports extends WalkExports, CrossingExports, Record<string, unknown> {
  prepare(): void;
  spanRows(rows: number, count: number, size: number, interfaces: number, most: number): number;
  spannedFrom(): number;
  spannedTo(): number;
  read(row: number, octets: number): number;
  classify(rows: number, octets: number, count: number): number;
  judgedRows(): number;
  openGather(): void;
  gather(rows: number, octets: number, groups: number, parts: number, texts: number, first: number): number;
  gatherSlot(): number;
  gatherRow(): number;
  passRow(): void;
  copyCount(): number;
  rewriteFailure(): number;
  labelEqual(a: number, b: number): number;
  labelDominates(a: number, b: number): number;
  labelWithin(label: number, low: number, high: number): number;
  labelJoin(a: number, b: number, to: number): void;
  labelMeet(a: number, b: number, to: number): void;
}

/** The kernel of this release, `labelgate/kernel.wasm`: its octets, or compiled already. */
export type KernelSource = WebAssembly.Module | Uint8Array | ArrayBuffer;

/** The section of kernel.wasm that says which kernel it is: the SHA-256 digest of everything before it. */
const SECTION = "labelgate";

let embedded: WebAssembly.Module | undefined;

/**
 * The kernel's module: the embedded one unless another copy is given.
 *
 * @throws {TypeError} it is none, or not the kernel of this release: it would judge by tables laid out otherwise
 */
export function kernelModule(wasm?: KernelSource): WebAssembly.Module {
  if (wasm === undefined) {
    embedded ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0)));
    return embedded;
  }
  const module = compiled(wasm);
  const [section] = WebAssembly.Module.customSections(module, SECTION);
  const digest = section === undefined ? null : new TextDecoder().decode(section);
  if (digest !== kernelDigest) {
    const found = digest === null ? "another program" : `${SECTION}'s of another release`;
    throw new TypeError(`wasm: this is ${found}; use kernel.wasm of the package that is imported`);
  }
  return module;
}

function compiled(wasm: KernelSource): WebAssembly.Module {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (!isOctets(wasm) && Object.prototype.toString.call(wasm) !== "[object ArrayBuffer]") {
    throw new TypeError(`wasm: expected a WebAssembly.Module, Uint8Array or ArrayBuffer, got ${kindOf(wasm)}`);
  }
  try {
    return new WebAssembly.Module(wasm as BufferSource);
  } catch (cause) {
    throw new TypeError("wasm: these octets are no WebAssembly module", { cause });
  }
}

/** An instance of a kernel with a memory of its own, of at least so many octets. It never grows. */
export function bootKernel(
  size: number,
  module: WebAssembly.Module = kernelModule(),
): { readonly exports: Exports; readonly memory: WebAssembly.Memory } {
  const pages = Math.ceil(size / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return { exports: instantiateSync<Exports>(module, { env: { memory } }).exports, memory };
}
