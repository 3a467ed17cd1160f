/**
 * A growing run of octets at a known address, for tables that refer to each other by address.
 *
 * @module
 */

const ALIGNMENT = 8;
/** Octets that are fetched from memory together. */
export const CACHE_LINE = 64;
const FIRST_CAPACITY = 4096;

/** Appends tables one behind the other and tells where each will stand. */
export class TableWriter {
  readonly #base: number;
  #octets = new Uint8Array(FIRST_CAPACITY);
  #used = 0;

  /** @param base address of the first octet, a multiple of {@link CACHE_LINE} */
  constructor(base: number) {
    this.#base = base;
  }

  /** Copies a table and returns its address, a multiple of `alignment`. */
  append(table: ArrayBufferView, alignment: number = ALIGNMENT): number {
    const at = Math.ceil(this.#used / alignment) * alignment;
    const end = at + table.byteLength;
    if (end > this.#octets.length) {
      const larger = new Uint8Array(Math.max(end, this.#octets.length * 2));
      larger.set(this.#octets.subarray(0, this.#used));
      this.#octets = larger;
    }
    this.#octets.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength), at);
    this.#used = end;
    return this.#base + at;
  }

  /** All that was appended. */
  octets(): Uint8Array {
    return this.#octets.subarray(0, this.#used);
  }
}
