/**
 * The table of system calls (libc.ts) over any foreign function interface. Addresses go through it as integers of 64 bits, which
 * the calling conventions of 64-bit Linux pass like pointers.
 *
 * @module
 */
import type { Libc } from "./libc.ts";

export type CType = "i32" | "i64" | "u64";

/** A function of the C library: what it takes, and what comes of it. */
export interface Signature {
  readonly takes: readonly CType[];
  readonly gives: CType;
}

export type FunctionName =
  | "socket"
  | "bind"
  | "setsockopt"
  | "getsockopt"
  | "ioctl"
  | "recvmmsg"
  | "sendmmsg"
  | "mmap"
  | "setns"
  | "open"
  | "read"
  | "write"
  | "close"
  | "pipe2"
  | "poll";

const POINTER = "u64";
const SIZE = "u64";

export const FUNCTIONS: Readonly<Record<FunctionName, Signature>> = {
  socket: { takes: ["i32", "i32", "i32"], gives: "i32" },
  bind: { takes: ["i32", POINTER, "i32"], gives: "i32" },
  setsockopt: { takes: ["i32", "i32", "i32", POINTER, "i32"], gives: "i32" },
  getsockopt: { takes: ["i32", "i32", "i32", POINTER, POINTER], gives: "i32" },
  ioctl: { takes: ["i32", "u64", POINTER], gives: "i32" },
  recvmmsg: { takes: ["i32", POINTER, "i32", "i32", POINTER], gives: "i32" },
  sendmmsg: { takes: ["i32", POINTER, "i32", "i32"], gives: "i32" },
  mmap: { takes: [POINTER, SIZE, "i32", "i32", "i32", "i64"], gives: "i64" },
  setns: { takes: ["i32", "i32"], gives: "i32" },
  open: { takes: [POINTER, "i32"], gives: "i32" },
  read: { takes: ["i32", POINTER, SIZE], gives: "i64" },
  write: { takes: ["i32", POINTER, SIZE], gives: "i64" },
  close: { takes: ["i32"], gives: "i32" },
  pipe2: { takes: [POINTER, "i32"], gives: "i32" },
  /** Descriptors, how many, milliseconds. */
  poll: { takes: [POINTER, "u64", "i32"], gives: "i32" },
};

export type NativeCall = (...args: (number | bigint)[]) => number | bigint;

/** Names of the C library: glibc's, then musl's. */
export const LIBRARIES: readonly string[] = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libc.so"];

/** A foreign function interface. */
export interface Native {
  readonly calls: Readonly<Record<FunctionName, NativeCall>>;
  /** Of the call before, which gave -1. */
  errno(): number;
  addressOf(buffer: ArrayBufferLike): bigint;
  /** Memory that no buffer of ours owns. */
  bufferAt(address: bigint, size: number): ArrayBuffer;
  /** The call `poll`, beside the event loop. */
  poll(descriptors: bigint, count: number, timeout: number): Promise<number>;
}

const POLLFD = 8;
const POLLFD_EVENTS = 4;
const POLLFD_SAID = 6;
const POLLIN = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const NOTHING = 0x4032; // MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS, MAP_NORESERVE
const PIPE_FLAGS = 0x800 | 0x8_0000; // O_NONBLOCK, O_CLOEXEC
/** Octets of the largest argument that is copied: a path. */
const MOST_ARGUMENT = 4096;

export function tableOf({ calls, errno, addressOf: addressOfBuffer, bufferAt, poll }: Native): Libc {
  const addresses = new WeakMap<ArrayBufferLike, bigint>();
  // Whose address was asked for last stays where it is until the call is over, though nobody else may hold it.
  let held: ArrayBufferLike | null = null;
  const addressOf = (bytes: Uint8Array): bigint => {
    held = bytes.buffer;
    let address = addresses.get(held);
    if (address === undefined) {
      address = addressOfBuffer(held);
      addresses.set(held, address);
    }
    return address + BigInt(bytes.byteOffset);
  };
  const call = (name: FunctionName, ...args: (number | bigint)[]): number => {
    const result = Number(calls[name](...args));
    return result < 0 ? -errno() : result;
  };
  // Arguments that a call may read and write; what it wrote is copied back.
  const argument = new Uint8Array(MOST_ARGUMENT);
  const argumentAt = addressOf(argument);
  // Held until the answer is there.
  const polled = new Set<Uint8Array>();
  let looked: readonly number[] = [];
  let list = pollList(looked);
  let listAt = addressOf(list);
  const size = new Uint32Array(1);
  const sizeAt = addressOf(new Uint8Array(size.buffer));
  const given = (bytes: Uint8Array): bigint => {
    argument.set(bytes);
    return argumentAt;
  };
  const exchanged = (bytes: Uint8Array, use: (address: bigint) => number): number => {
    const result = use(given(bytes));
    bytes.set(argument.subarray(0, bytes.length));
    return result;
  };
  return {
    addressOf,
    socket: (domain, type, protocol) => call("socket", domain, type, protocol),
    bind: (descriptor, address) => call("bind", descriptor, given(address), address.length),
    setsockopt: (descriptor, level, name, value) =>
      call("setsockopt", descriptor, level, name, given(value), value.length),
    getsockopt: (descriptor, level, name, value) => {
      size[0] = value.length;
      return exchanged(value, (at) => call("getsockopt", descriptor, level, name, at, sizeAt));
    },
    ioctl: (descriptor, request, value) => exchanged(value, (at) => call("ioctl", descriptor, request, at)),
    recvmmsg: (descriptor, headers, count, flags) => call("recvmmsg", descriptor, headers, count, flags, 0n),
    sendmmsg: (descriptor, headers, count, flags) => call("sendmmsg", descriptor, headers, count, flags),
    map: (descriptor, length) => {
      const at = BigInt(calls.mmap(0n, length, PROT_READ_WRITE, MAP_SHARED, descriptor, 0));
      if (at === -1n) return -errno();
      const buffer = bufferAt(at, length);
      addresses.set(buffer, at);
      return new Uint8Array(buffer);
    },
    unmap: (bytes) => {
      // Not munmap: a view that somebody still has would end the process. What takes its place costs no memory.
      const at = BigInt(calls.mmap(addressOf(bytes), bytes.length, PROT_READ_WRITE, NOTHING, -1, 0));
      return at === -1n ? -errno() : 0;
    },
    setns: (descriptor, type) => call("setns", descriptor, type),
    open: (path, flags) => call("open", given(new TextEncoder().encode(`${path}\0`)), flags),
    read: (descriptor, bytes) => call("read", descriptor, addressOf(bytes), bytes.length),
    write: (descriptor, bytes) => call("write", descriptor, addressOf(bytes), bytes.length),
    close: (descriptor) => call("close", descriptor),
    pipe: () => {
      const ends = new Int32Array(2);
      const result = exchanged(new Uint8Array(ends.buffer), (at) => call("pipe2", at, PIPE_FLAGS));
      return result < 0 ? result : [ends[0]!, ends[1]!];
    },
    poll: async (descriptors, timeout) => {
      // Of its own: several may wait at a time.
      const waited = pollList(descriptors);
      polled.add(waited);
      try {
        return await poll(addressOf(waited), descriptors.length, timeout);
      } finally {
        polled.delete(waited);
      }
    },
    pollHere: (descriptors, timeout) => {
      if (descriptors !== looked) {
        looked = descriptors;
        list = pollList(looked);
        listAt = addressOf(list);
      }
      if (call("poll", listAt, looked.length, timeout) <= 0) return NONE;
      const said = new DataView(list.buffer);
      return new Set(looked.filter((_, i) => said.getUint16(i * POLLFD + POLLFD_SAID, true) !== 0));
    },
  };
}

const NONE: ReadonlySet<number> = new Set();

/** Octets of struct pollfd, one for each descriptor. */
function pollList(descriptors: readonly number[]): Uint8Array {
  const list = new Uint8Array(Math.max(1, descriptors.length) * POLLFD);
  const view = new DataView(list.buffer);
  descriptors.forEach((descriptor, i) => {
    view.setInt32(i * POLLFD, descriptor, true);
    view.setUint16(i * POLLFD + POLLFD_EVENTS, POLLIN, true);
  });
  return list;
}
