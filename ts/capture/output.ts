/**
 * The octets a writer makes, gathered into chunks: numbers little endian, and the blocks and options of pcapng.
 *
 * @module
 */
import { OPTION_END } from "./pcapng.ts";

/** Octets that are gathered before they are handed on. */
export const WRITE_BYTES = 262_144;
/** Room at first; many writers may be open, most of which write little. */
const FIRST_BYTES = 4096;
/** The most octets of an option's value, and so of a comment. */
export const MAX_OPTION = 65_535;
/** Code and length. */
export const OPTION_HEADER = 4;

/** Takes a piece of what is written, to keep. */
export type WriteChunk = (chunk: Uint8Array) => void;

/**
 * Gathers octets. What is written was reserved before, so nothing here checks again. Once `write` has thrown there is a
 * hole in the capture, and nothing more is taken.
 */
export class Output {
  readonly #write: WriteChunk;
  #bytes = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;
  #failed = false;

  constructor(write: WriteChunk) {
    this.#write = write;
  }

  /** Makes room for so many octets in a row. */
  reserve(count: number): void {
    if (this.#failed) throw new Error("octets before these could not be written: the capture is not whole");
    if (this.#at + count > WRITE_BYTES) this.flush();
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const gathered = this.#bytes.subarray(0, this.#at);
    this.#renew(Math.max(needed, Math.min(Math.max(this.#bytes.length * 2, FIRST_BYTES), WRITE_BYTES)));
    this.#bytes.set(gathered);
  }

  /** A buffer that is mostly full is handed over itself; of another one a copy, so that little keeps little alive. */
  flush(): void {
    if (this.#at === 0) return;
    const isMostlyFull = this.#at > WRITE_BYTES / 2;
    const chunk = isMostlyFull ? this.#bytes.subarray(0, this.#at) : this.#bytes.slice(0, this.#at);
    if (isMostlyFull) this.#renew(WRITE_BYTES);
    this.#at = 0;
    this.#failed = true;
    this.#write(chunk);
    this.#failed = false;
  }

  #renew(length: number): void {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  octets(octets: Uint8Array): void {
    this.#bytes.set(octets, this.#at);
    this.#at += octets.length;
  }

  /** Zeros after a value of `length` octets, up to a multiple of 4. */
  pad(length: number): void {
    const count = padded(length) - length;
    this.#bytes.fill(0, this.#at, this.#at + count);
    this.#at += count;
  }

  /** Starts a block that will have at most `longest` octets, and says where it is. */
  beginBlock(type: number, longest: number): number {
    this.reserve(longest);
    const block = this.#at;
    this.u32(type);
    this.u32(0);
    return block;
  }

  /** Writes the total length at both ends. */
  endBlock(block: number): void {
    const length = this.#at + 4 - block;
    this.u32(length);
    this.#view.setUint32(block + 4, length, true);
  }

  /** An option in UTF-8; encodeInto stops before a character that isn't within {@link MAX_OPTION} octets as a whole. */
  textOption(code: number, text: string): void {
    const value = this.#at + OPTION_HEADER;
    const { written } = new TextEncoder().encodeInto(text, this.#bytes.subarray(value, value + MAX_OPTION));
    this.u16(code);
    this.u16(written);
    this.#at += written;
    this.pad(written);
  }

  endOptions(): void {
    this.u16(OPTION_END);
    this.u16(0);
  }
}

/** `length` and what fills it up to a multiple of 4. */
export function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
