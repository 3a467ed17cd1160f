/**
 * Instances of the kernel's module.
 *
 * @module
 */
import { instantiateSync } from "@assemblyscript/loader";
import { kernelBase64 } from "../build/dist/kernel.bytes.ts";
import type { CrossingExports } from "./crossing.ts";
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

let module: WebAssembly.Module | undefined;

/** An instance of the kernel with a memory of its own, of at least so many octets. It never grows. */
export function bootKernel(size: number): { readonly exports: Exports; readonly memory: WebAssembly.Memory } {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0)));
  const pages = Math.ceil(size / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return { exports: instantiateSync<Exports>(module, { env: { memory } }).exports, memory };
}
