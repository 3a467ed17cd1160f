/**
 * Addresses in the plain spelling, read without a library: four decimal numbers, or groups of hexadecimal digits with at
 * most one `::`. Policies have very many of them. Whatever is written in another way is for address.ts to read or to refuse.
 *
 * @module
 */

const DOT = 0x2e;
const COLON = 0x3a;
const GROUPS = 8;

/** Octets that {@link readPlain} may write. */
export const MAX_ADDRESS_OCTETS = 16;

/**
 * Reads the address that `text` is up to `end` and writes its octets to `octets` from `to` on, where there is room for
 * {@link MAX_ADDRESS_OCTETS}. Returns how many it has, 4 or 16; 0 when it is not in the plain spelling.
 */
export function readPlain(text: string, end: number, octets: Uint8Array, to: number): 0 | 4 | 16 {
  for (let at = 0; at < end && at < 5; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) return readPlain4(text, end, octets, to) ? 4 : 0;
    if (code === COLON) return readPlain6(text, end, octets, to) ? 16 : 0;
  }
  return 0;
}

/** The address that `text` is up to `end`: 4 or 16 octets, or `null` when it is not in the plain spelling. */
export function plainAddress(text: string, end: number = text.length): Uint8Array | null {
  const count = readPlain(text, end, scratch, 0);
  return count === 0 ? null : scratch.slice(0, count);
}

const scratch = new Uint8Array(MAX_ADDRESS_OCTETS);

/** Addresses that share memory: an array of its own costs each of very many a hundred octets, and time to be moved about. */
export class AddressPool {
  #octets = new Uint8Array(0);
  #used = 0;

  /** As {@link plainAddress}. */
  read(text: string, end: number): Uint8Array | null {
    if (this.#used + MAX_ADDRESS_OCTETS > this.#octets.length) {
      this.#octets = new Uint8Array(POOL_OCTETS);
      this.#used = 0;
    }
    const at = this.#used;
    const count = readPlain(text, end, this.#octets, at);
    if (count === 0) return null;
    this.#used += count;
    return this.#octets.subarray(at, this.#used);
  }
}

const POOL_OCTETS = 16_384;

/** The whole number that `text` has from `start` to its end: one to three decimal digits, or -1 when it has not. */
export function plainNumber(text: string, start: number): number {
  const digits = text.length - start;
  if (digits < 1 || digits > 3) return -1;
  let value = 0;
  for (let at = start; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

// Without leading zeros, which are octal to some.
function readPlain4(text: string, end: number, octets: Uint8Array, to: number): boolean {
  let at = 0;
  for (let i = 0; i < 4; i++) {
    if (i > 0 && text.charCodeAt(at++) !== DOT) return false;
    const first = at;
    let value = 0;
    for (; at < end && at < first + 3; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === first || value > 255 || (at > first + 1 && text.charCodeAt(first) === 0x30)) return false;
    octets[to + i] = value;
  }
  return at === end;
}

function readPlain6(text: string, end: number, octets: Uint8Array, to: number): boolean {
  let group = 0;
  let gap = -1; // the group that `::` stands before
  for (let at = 0; at < end; ) {
    if (text.charCodeAt(at) === COLON && text.charCodeAt(at + 1) === COLON) {
      if (gap >= 0) return false;
      gap = group;
      at += 2;
      if (at === end) break;
    } else if (group > 0 && text.charCodeAt(at++) !== COLON) return false;
    const first = at;
    let value = 0;
    for (; at < end && at < first + 4; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (at === first || group === GROUPS) return false;
    octets[to + group * 2] = value >> 8;
    octets[to + group * 2 + 1] = value;
    group++;
  }
  if (gap >= 0 ? group === GROUPS : group < GROUPS) return false;
  if (gap >= 0) {
    const behind = to + 16 - (group - gap) * 2;
    octets.copyWithin(behind, to + gap * 2, to + group * 2);
    octets.fill(0, to + gap * 2, behind);
  }
  return !isMapped(octets, to);
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

// RFC 4291 section 2.5.5.2.
function isMapped(octets: Uint8Array, at: number): boolean {
  if (octets[at + 10] !== 0xff || octets[at + 11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (octets[at + i] !== 0) return false;
  return true;
}
