/**
 * Addresses in the plain spelling, read without a library: four decimal numbers, or groups of hexadecimal digits with at
 * most one `::`. Policies have very many of them. Whatever is written in another way is for address.ts to read or to refuse.
 *
 * @module
 */

const DOT = 0x2e;
const COLON = 0x3a;
const GROUPS = 8;

/** The address that `text` begins with, up to `end`: 4 or 16 octets, or `null` when it is not in the plain spelling. */
export function plainAddress(text: string, end: number = text.length): Uint8Array | null {
  for (let at = 0; at < end && at < 5; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) return plainAddress4(text, end);
    if (code === COLON) return plainAddress6(text, end);
  }
  return null;
}

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
function plainAddress4(text: string, end: number): Uint8Array | null {
  const octets = new Uint8Array(4);
  let at = 0;
  for (let i = 0; i < 4; i++) {
    if (i > 0 && text.charCodeAt(at++) !== DOT) return null;
    const first = at;
    let value = 0;
    for (; at < end && at < first + 3; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === first || value > 255 || (at > first + 1 && text.charCodeAt(first) === 0x30)) return null;
    octets[i] = value;
  }
  return at === end ? octets : null;
}

function plainAddress6(text: string, end: number): Uint8Array | null {
  const octets = new Uint8Array(16);
  let group = 0;
  let gap = -1; // the group that `::` stands before
  for (let at = 0; at < end; ) {
    if (text.charCodeAt(at) === COLON && text.charCodeAt(at + 1) === COLON) {
      if (gap >= 0) return null;
      gap = group;
      at += 2;
      if (at === end) break;
    } else if (group > 0 && text.charCodeAt(at++) !== COLON) return null;
    const first = at;
    let value = 0;
    for (; at < end && at < first + 4; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (at === first || group === GROUPS) return null;
    octets[group * 2] = value >> 8;
    octets[group * 2 + 1] = value;
    group++;
  }
  if (gap >= 0 ? group === GROUPS : group < GROUPS) return null;
  if (gap >= 0) {
    const behind = 16 - (group - gap) * 2;
    octets.copyWithin(behind, gap * 2, group * 2);
    octets.fill(0, gap * 2, behind);
  }
  return isMapped(octets) ? null : octets;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

// RFC 4291 section 2.5.5.2.
function isMapped(octets: Uint8Array): boolean {
  if (octets[10] !== 0xff || octets[11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (octets[i] !== 0) return false;
  return true;
}
