/**
 * The system calls that live input and output need, as one small table. Behind it is a foreign function interface to the C
 * library: koffi on Node, or the runtime's own.
 *
 * @module
 */
import { LiveError } from "./error.ts";
import type { DenoRuntime } from "./libc-deno.ts";

/** Results are a value of 0 or more, or the negative error number (errno.ts). Calls do not wait, but for {@link poll}. */
export interface Libc {
  /** Where an octet of memory is. What it is asked of must outlive whatever is given the address. */
  addressOf(bytes: Uint8Array): bigint;
  socket(domain: number, type: number, protocol: number): number;
  bind(descriptor: number, address: Uint8Array): number;
  setsockopt(descriptor: number, level: number, name: number, value: Uint8Array): number;
  getsockopt(descriptor: number, level: number, name: number, value: Uint8Array): number;
  ioctl(descriptor: number, request: number, argument: Uint8Array): number;
  /** `headers` is the address of `count` struct mmsghdr. */
  recvmmsg(descriptor: number, headers: bigint, count: number, flags: number): number;
  sendmmsg(descriptor: number, headers: bigint, count: number, flags: number): number;
  /** Maps `size` octets of a descriptor, shared, to be read and written. */
  map(descriptor: number, size: number): Uint8Array | number;
  /** Gives back what {@link map} gave, the whole of it. Views of it show zeros afterwards. */
  unmap(bytes: Uint8Array): number;
  /** Joins this thread to the namespace of a descriptor. */
  setns(descriptor: number, type: number): number;
  open(path: string, flags: number): number;
  read(descriptor: number, bytes: Uint8Array): number;
  write(descriptor: number, bytes: Uint8Array): number;
  close(descriptor: number): number;
  /** A pipe that does not block: the reading and the writing end. */
  pipe(): readonly [reading: number, writing: number] | number;
  /** Waits until one of the descriptors can be read, or for so many milliseconds (-1: for ever), beside the event loop. */
  poll(descriptors: readonly number[], timeout: number): Promise<number>;
  /** The same, holding up the event loop: those that can be read. The list may not be changed between calls, but be another. */
  pollHere(descriptors: readonly number[], timeout: number): ReadonlySet<number>;
}

/** Opens a path to be read and written, without waiting. */
export const O_RDWR_NONBLOCK: number = 2 | 0x800;
export const O_RDONLY = 0;
/** A network namespace, for setns. */
export const CLONE_NEWNET = 0x4000_0000;

let loaded: Libc | undefined;

/**
 * The table for this runtime.
 *
 * @throws {LiveError} it is no Linux, or has no foreign function interface
 */
export async function loadLibc(): Promise<Libc> {
  if (loaded !== undefined) return loaded;
  const { process } = globalThis as { process?: { platform?: string } };
  if (process?.platform !== "linux") {
    throw new LiveError("NOT_LINUX", `packet sockets are those of Linux, and this is ${process?.platform ?? "none"}`);
  }
  loaded = await load();
  return loaded;
}

async function load(): Promise<Libc> {
  const { Deno, Bun } = globalThis as { Deno?: DenoRuntime; Bun?: unknown };
  if (Deno !== undefined) return (await import("./libc-deno.ts")).denoLibc(Deno);
  if (Bun !== undefined) return (await import("./libc-bun.ts")).bunLibc();
  return (await import("./libc-koffi.ts")).koffiLibc();
}
