/**
 * The C library through koffi, an optional peer dependency: prebuilt, without an install script.
 *
 * @module
 */
import { LiveError } from "./error.ts";
import type { Libc } from "./libc.ts";
import {
  type CType,
  FUNCTIONS,
  LIBRARIES,
  type Native,
  type NativeCall,
  type Signature,
  tableOf,
} from "./libc-table.ts";

interface KoffiFunction extends NativeCall {
  async(...args: unknown[]): void;
}

interface Koffi {
  load(name: string): { func(name: string, gives: string, takes: readonly string[]): KoffiFunction };
  errno(): number;
  address(value: Uint8Array): bigint;
  view(pointer: bigint, size: number): ArrayBuffer;
}

const TYPES: Readonly<Record<CType, string>> = { i32: "int32_t", i64: "int64_t", u64: "uint64_t" };

/** @throws {LiveError} koffi is not installed */
export async function koffiLibc(): Promise<Libc> {
  const koffi = await importKoffi();
  const library = loadFirst(koffi);
  const define = (name: string, { takes, gives }: Signature): KoffiFunction =>
    library.func(
      name,
      TYPES[gives],
      takes.map((type) => TYPES[type]),
    );
  const calls = Object.fromEntries(
    Object.entries(FUNCTIONS).map(([name, signature]) => [name, define(name, signature)]),
  );
  const poll = define("poll", FUNCTIONS.poll);
  return tableOf({
    calls: calls as Readonly<Record<string, NativeCall>> as Native["calls"],
    errno: () => koffi.errno(),
    addressOf: (buffer) => koffi.address(new Uint8Array(buffer)),
    bufferAt: (address, size) => koffi.view(address, size),
    poll: (descriptors, count, timeout) =>
      new Promise((resolve, reject) => {
        poll.async(descriptors, count, timeout, (error: Error | null, result: number) => {
          if (error) reject(error);
          else resolve(result);
        });
      }),
  });
}

async function importKoffi(): Promise<Koffi> {
  try {
    const loaded = (await import("koffi")) as unknown as { default?: Koffi } & Koffi;
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new LiveError("NO_FFI", "packet sockets need the package koffi, which can't be loaded", "npm install koffi", {
      cause,
    });
  }
}

function loadFirst(koffi: Koffi): ReturnType<Koffi["load"]> {
  for (const name of LIBRARIES) {
    try {
      return koffi.load(name);
    } catch {}
  }
  throw new LiveError("NO_FFI", `none of ${LIBRARIES.join(", ")} can be loaded`);
}
