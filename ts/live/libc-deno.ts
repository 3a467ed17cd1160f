/**
 * The C library through Deno's own interface, which needs `--allow-ffi`.
 *
 * @module
 */
import { LiveError } from "./error.ts";
import type { Libc } from "./libc.ts";
import { FUNCTIONS, type FunctionName, LIBRARIES, type NativeCall, tableOf } from "./libc-table.ts";

interface DenoFunction {
  readonly parameters: readonly string[];
  readonly result: string;
  readonly name?: string;
  readonly nonblocking?: boolean;
}

/** The part of Deno that is used. */
export interface DenoRuntime {
  dlopen(name: string, functions: Record<string, DenoFunction>): { readonly symbols: Record<string, NativeCall> };
  readonly UnsafePointer: {
    of(bytes: Uint8Array): unknown;
    value(pointer: unknown): number | bigint;
    create(address: bigint): unknown;
  };
  readonly UnsafePointerView: { getArrayBuffer(pointer: unknown, size: number): ArrayBuffer };
}

/** @throws {LiveError} not allowed, or there is no C library */
export function denoLibc(deno: DenoRuntime): Libc {
  const functions: Record<string, DenoFunction> = {
    pollBeside: { name: "poll", parameters: FUNCTIONS.poll.takes, result: FUNCTIONS.poll.gives, nonblocking: true },
    __errno_location: { parameters: [], result: "u64" },
  };
  for (const [name, { takes, gives }] of Object.entries(FUNCTIONS))
    functions[name] = { parameters: takes, result: gives };
  const symbols = openFirst(deno, functions);
  const { UnsafePointer, UnsafePointerView } = deno;
  const bufferAt = (address: bigint, size: number): ArrayBuffer =>
    UnsafePointerView.getArrayBuffer(UnsafePointer.create(address), size);
  // One for each thread; a table belongs to one.
  const errno = new Int32Array(bufferAt(BigInt(symbols.__errno_location!()), 4));
  return tableOf({
    calls: symbols as Record<FunctionName, NativeCall>,
    errno: () => errno[0]!,
    addressOf: (buffer) => BigInt(UnsafePointer.value(UnsafePointer.of(new Uint8Array(buffer)))),
    bufferAt,
    poll: async (descriptors, count, timeout) => Number(await symbols.pollBeside!(descriptors, count, timeout)),
  });
}

function openFirst(deno: DenoRuntime, functions: Record<string, DenoFunction>): Record<string, NativeCall> {
  let cause: unknown;
  for (const name of LIBRARIES) {
    try {
      return deno.dlopen(name, functions).symbols;
    } catch (error) {
      cause = error;
    }
  }
  const { message } = cause as Error;
  throw new LiveError("NO_FFI", `the C library can't be loaded: ${message}`, "deno run --allow-ffi", { cause });
}
