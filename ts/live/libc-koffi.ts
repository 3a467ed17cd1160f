/**
 * The C library through koffi, an optional peer dependency: prebuilt, without an install script.
 *
 * @module
 */
import { LiveError } from "./error.ts";
import type { Libc } from "./libc.ts";

type Call = (...args: unknown[]) => number;

interface AsyncCall extends Call {
  async(...args: unknown[]): void;
}

interface Koffi {
  load(name: string): { func(signature: string): AsyncCall };
  errno(): number;
  address(value: Uint8Array): bigint;
  alloc(type: string, count: number): bigint;
  view(pointer: bigint, size: number): ArrayBuffer;
}

const POLLFD = 8;
/** Descriptors that are waited for at once. */
const MAX_DESCRIPTORS = 1024;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const PIPE_FLAGS = 0x800 | 0x8_0000; // O_NONBLOCK, O_CLOEXEC
const POLLIN = 1;

/** @throws {LiveError} koffi is not installed */
export async function koffiLibc(): Promise<Libc> {
  const koffi = await importKoffi();
  const library = loadFirst(koffi, ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libc.so"]);
  const call = (signature: string): Call => {
    const native = library.func(signature);
    return (...args) => {
      const result = Number(native(...args));
      return result < 0 ? -koffi.errno() : result;
    };
  };
  const functions = {
    socket: call("int socket(int, int, int)"),
    bind: call("int bind(int, void *, unsigned int)"),
    setsockopt: call("int setsockopt(int, int, int, void *, unsigned int)"),
    getsockopt: call("int getsockopt(int, int, int, void *, void *)"),
    ioctl: call("int ioctl(int, unsigned long, void *)"),
    recvmmsg: call("int recvmmsg(int, void *, unsigned int, int, void *)"),
    sendmmsg: call("int sendmmsg(int, void *, unsigned int, int)"),
    setns: call("int setns(int, int)"),
    open: call("int open(const char *, int)"),
    read: call("int64_t read(int, void *, size_t)"),
    write: call("int64_t write(int, void *, size_t)"),
    close: call("int close(int)"),
    pipe2: call("int pipe2(void *, int)"),
  };
  const mmap = library.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");
  const poll = library.func("int poll(void *, unsigned long, int)");
  const pollHere = call("int poll(void *, unsigned long, int)");
  const [waiting, here] = [pollList(koffi), pollList(koffi)];
  const bases = new WeakMap<ArrayBufferLike, bigint>();
  return {
    addressOf: (bytes) => {
      let base = bases.get(bytes.buffer);
      if (base === undefined) {
        base = koffi.address(new Uint8Array(bytes.buffer));
        bases.set(bytes.buffer, base);
      }
      return base + BigInt(bytes.byteOffset);
    },
    socket: functions.socket,
    bind: (descriptor, address) => functions.bind(descriptor, address, address.length),
    setsockopt: (descriptor, level, name, value) => functions.setsockopt(descriptor, level, name, value, value.length),
    getsockopt: (descriptor, level, name, value) => {
      const length = new Uint8Array(Uint32Array.of(value.length).buffer);
      return functions.getsockopt(descriptor, level, name, value, length);
    },
    ioctl: functions.ioctl,
    recvmmsg: (descriptor, headers, count, flags) => functions.recvmmsg(descriptor, headers, count, flags, null),
    sendmmsg: functions.sendmmsg,
    map: (descriptor, size) => {
      const at = BigInt(mmap(null, size, PROT_READ_WRITE, MAP_SHARED, descriptor, 0));
      return at === -1n ? -koffi.errno() : new Uint8Array(koffi.view(at, size));
    },
    setns: functions.setns,
    open: functions.open,
    read: (descriptor, bytes) => functions.read(descriptor, bytes, bytes.length),
    write: (descriptor, bytes) => functions.write(descriptor, bytes, bytes.length),
    close: functions.close,
    pipe: () => {
      const ends = new Uint8Array(8);
      const result = functions.pipe2(ends, PIPE_FLAGS);
      const view = new DataView(ends.buffer);
      return result < 0 ? result : [view.getInt32(0, true), view.getInt32(4, true)];
    },
    poll: (descriptors, timeout) =>
      new Promise((resolve, reject) => {
        waiting.fill(descriptors);
        poll.async(waiting.address, descriptors.length, timeout, (error: Error | null, result: number) => {
          if (error) reject(error);
          else resolve(result);
        });
      }),
    pollHere: (descriptors, timeout) => {
      here.fill(descriptors);
      return pollHere(here.address, descriptors.length, timeout) > 0 ? here.readable(descriptors) : NONE;
    },
  };
}

/** Room for struct pollfd, which stays where it is while a thread reads it. */
interface PollList {
  readonly address: bigint;
  fill(descriptors: readonly number[]): void;
  /** Those of which something was said. */
  readable(descriptors: readonly number[]): ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();

function pollList(koffi: Koffi): PollList {
  const address = koffi.alloc("uint8_t", MAX_DESCRIPTORS * POLLFD);
  const view = new DataView(koffi.view(address, MAX_DESCRIPTORS * POLLFD));
  return {
    address,
    fill: (descriptors) => {
      if (descriptors.length > MAX_DESCRIPTORS) {
        throw new RangeError(`${descriptors.length} descriptors: at most ${MAX_DESCRIPTORS}`);
      }
      descriptors.forEach((descriptor, i) => {
        view.setInt32(i * POLLFD, descriptor, true);
        view.setUint32(i * POLLFD + 4, POLLIN, true);
      });
    },
    readable: (descriptors) => new Set(descriptors.filter((_, i) => view.getUint16(i * POLLFD + 6, true) !== 0)),
  };
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

function loadFirst(koffi: Koffi, names: readonly string[]): ReturnType<Koffi["load"]> {
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch {}
  }
  throw new LiveError("NO_FFI", `none of ${names.join(", ")} can be loaded`);
}
