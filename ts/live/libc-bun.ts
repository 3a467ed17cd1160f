/**
 * The C library through Bun's own interface. It has no calls beside the event loop, so waiting is looking every millisecond.
 *
 * @module
 */
import { LiveError } from "./error.ts";
import type { Libc } from "./libc.ts";
import { FUNCTIONS, type FunctionName, LIBRARIES, type NativeCall, tableOf } from "./libc-table.ts";

interface BunFunction {
  readonly args: readonly string[];
  readonly returns: string;
}

interface BunFfi {
  dlopen(name: string, functions: Record<string, BunFunction>): { readonly symbols: Record<string, NativeCall> };
  ptr(bytes: Uint8Array): number;
  toArrayBuffer(address: number, offset: number, size: number): ArrayBuffer;
}

/** Milliseconds between two looks. */
const LOOK = 1;
const FOR_EVER = -1;

/** @throws {LiveError} there is no C library */
export async function bunLibc(): Promise<Libc> {
  // No other runtime has it, and bundlers look for it.
  const name: string = "bun:ffi";
  const { dlopen, ptr, toArrayBuffer } = (await import(name)) as BunFfi;
  const functions: Record<string, BunFunction> = {
    __errno_location: { args: [], returns: "u64" },
  };
  for (const [name, { takes, gives }] of Object.entries(FUNCTIONS)) functions[name] = { args: takes, returns: gives };
  const calls = openFirst(dlopen, functions);
  const bufferAt = (address: bigint, size: number): ArrayBuffer => toArrayBuffer(Number(address), 0, size);
  // One for each thread; a table belongs to one.
  const errno = new Int32Array(bufferAt(BigInt(calls.__errno_location()), 4));
  const look = calls.poll;
  return tableOf({
    calls,
    errno: () => errno[0]!,
    addressOf: (buffer) => BigInt(ptr(new Uint8Array(buffer))),
    bufferAt,
    poll: async (descriptors, count, timeout) => {
      const end = timeout === FOR_EVER ? Number.POSITIVE_INFINITY : performance.now() + timeout;
      let ready = Number(look(descriptors, count, 0));
      while (ready === 0 && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, LOOK));
        ready = Number(look(descriptors, count, 0));
      }
      return ready;
    },
  });
}

function openFirst(
  dlopen: BunFfi["dlopen"],
  functions: Record<string, BunFunction>,
): Record<FunctionName | "__errno_location", NativeCall> {
  let cause: unknown;
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, functions).symbols as Record<FunctionName | "__errno_location", NativeCall>;
    } catch (error) {
      cause = error;
    }
  }
  throw new LiveError("NO_FFI", `none of ${LIBRARIES.join(", ")} can be loaded`, null, { cause });
}
