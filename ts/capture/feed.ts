/**
 * The octets of a capture, written to where they are wanted.
 *
 * @module
 */
import { isOctets, kindOf } from "../given.ts";
import { asWhole, type CaptureSource, isObject, openPieces, type Pieces, unlessAborted } from "./pieces.ts";

/** A capture file that is open, as `openCaptureFile` of `labelgate/file` gives. */
export interface CaptureFile {
  /** Writes octets of the file, and says how many: 0, it has ended. @throws {CaptureError} it can't be read */
  readInto(room: Uint8Array): number;
  /** Closes it; again does nothing. */
  close(): void;
}

/** Octets as they come. */
export interface Feed {
  /** Writes octets to the room, which is not empty, and says how many: 0, there are no more. */
  read(room: Uint8Array): number | Promise<number>;
  /** Closes the source; `reason`: what kept it from being read to its end. */
  close(reason?: unknown): Promise<void>;
}

/** @throws {TypeError} the source is none */
export function openFeed(source: CaptureSource | CaptureFile, signal: AbortSignal | undefined): Feed {
  if (isObject(source) && "readInto" in source) {
    return {
      read: (room) => source.readInto(room),
      close: async () => source.close(),
    };
  }
  const whole = asWhole(source);
  if (whole !== null) return feedOf(whole);
  return new PieceFeed(openPieces(source), signal);
}

function feedOf(whole: Uint8Array): Feed {
  let at = 0;
  return {
    read(room) {
      const count = Math.min(room.length, whole.length - at);
      room.set(whole.subarray(at, at + count));
      at += count;
      return count;
    },
    async close() {},
  };
}

class PieceFeed implements Feed {
  readonly #pieces: Pieces;
  readonly #signal: AbortSignal | undefined;
  #piece: Uint8Array = new Uint8Array();
  #ended = false;

  constructor(pieces: Pieces, signal: AbortSignal | undefined) {
    this.#pieces = pieces;
    this.#signal = signal;
  }

  async read(room: Uint8Array): Promise<number> {
    while (this.#piece.length === 0) {
      const { done, value } = await unlessAborted(this.#pieces.next(), this.#signal);
      if (done === true) {
        this.#ended = true;
        this.#pieces.release?.();
        return 0;
      }
      if (!isOctets(value)) throw new TypeError(`piece of a capture: expected Uint8Array, got ${kindOf(value)}`);
      this.#piece = value;
    }
    const count = Math.min(room.length, this.#piece.length);
    room.set(this.#piece.subarray(0, count));
    this.#piece = this.#piece.subarray(count);
    return count;
  }

  async close(reason?: unknown): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closing = this.#pieces.cancel(reason);
    // What went wrong first is what the caller hears of; and after an abort a read may wait for ever.
    if (reason === undefined) await closing;
    else closing.catch(() => {});
  }
}
