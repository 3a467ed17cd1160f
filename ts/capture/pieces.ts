/**
 * Where the octets of a capture come from: memory, or piece by piece.
 *
 * @module
 */
import { isOctets, kindOf } from "../given.ts";

/** Where a capture can be read from: all of it in memory, or its octets in pieces of any size. Node streams are AsyncIterable. */
export type CaptureSource =
  | Uint8Array
  | ArrayBuffer
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | Blob;

/** A plain Uint8Array also for a Node Buffer, whose slice() would not copy. */
export function asWhole(source: unknown): Uint8Array | null {
  if (Object.prototype.toString.call(source) === "[object ArrayBuffer]") return new Uint8Array(source as ArrayBuffer);
  if (!isOctets(source)) return null;
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

/** A source that is read piece by piece. */
export interface Pieces {
  next(): Promise<{ done?: boolean | undefined; value?: unknown }>;
  /** Closes the source before its end. */
  cancel(reason?: unknown): Promise<void>;
  /** Lets go of a source that has ended. */
  release?(): void;
}

export function openPieces(source: unknown): Pieces {
  if (!isObject(source)) throw notASource(source);
  if (typeof Blob !== "undefined" && source instanceof Blob) return openStream(source.stream());
  // Before its async iterator is looked for: Safari's streams have none.
  if ("getReader" in source) return openStream(source as ReadableStream<Uint8Array>);
  if (Symbol.asyncIterator in source) return openIterable(source as AsyncIterable<Uint8Array>);
  if (Symbol.iterator in source) return openIterator((source as Iterable<Uint8Array>)[Symbol.iterator]());
  throw notASource(source);
}

function openStream(stream: ReadableStream<Uint8Array>): Pieces {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    release: () => reader.releaseLock(),
    cancel: async (reason) => {
      await reader.cancel(reason);
      reader.releaseLock();
    },
  };
}

function openIterable(iterable: AsyncIterable<Uint8Array>): Pieces {
  const pieces = openIterator(iterable[Symbol.asyncIterator]());
  return {
    next: pieces.next,
    cancel: async (reason) => {
      // A Node stream's iterator can't be closed while a read of it waits; the stream itself can.
      if (reason !== undefined && "destroy" in iterable && typeof iterable.destroy === "function") iterable.destroy();
      await pieces.cancel();
    },
  };
}

function openIterator(iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>): Pieces {
  return {
    next: async () => iterator.next(),
    cancel: async () => {
      await iterator.return?.();
    },
  };
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export function notASource(source: unknown): TypeError {
  const expected = "Uint8Array, ArrayBuffer, Blob, ReadableStream, or an iterable of Uint8Array";
  return new TypeError(`capture: expected ${expected}, got ${kindOf(source)}`);
}

/** What a promise comes to, unless a signal is aborted before: then its reason is thrown. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    // Taken off again after each piece: a signal may outlive many captures.
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
