/**
 * The largest segment that TCP announces (RFC 9293 section 3.7.1): lowered where a label makes packets longer than the wire takes.
 *
 * @module
 */
import { change } from "./checksum.ts";
import { u16 } from "./ethernet.ts";

const SYN = 2;
const FLAGS = 13;
const DATA_OFFSET = 12;
const CHECKSUM = 16;
const FIXED = 20;
const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const MSS_LENGTH = 4;

/** Lowers the announcement of the segment from `at` to `end` to at most `most` octets; whether it did. */
export function clampMss(bytes: Uint8Array, at: number, end: number, most: number): boolean {
  if (end - at < FIXED || (bytes[at + FLAGS]! & SYN) === 0) return false;
  const header = at + (bytes[at + DATA_OFFSET]! >> 4) * 4;
  if (header > end) return false;
  for (let option = at + FIXED; option < header; ) {
    const kind = bytes[option]!;
    if (kind === OPTION_END) return false;
    if (kind === OPTION_NOP) {
      option++;
      continue;
    }
    const length = option + 1 < header ? bytes[option + 1]! : 0;
    if (length < 2 || option + length > header) return false;
    if (kind === OPTION_MSS && length === MSS_LENGTH) return lower(bytes, at, option + 2, most);
    option += length;
  }
  return false;
}

// The checksum counts pairs of octets from the segment's first: a value at an odd place lies across two of them.
function lower(bytes: Uint8Array, segment: number, at: number, most: number): boolean {
  const value = u16(bytes, at);
  if (value <= most) return false;
  const checksum = segment + CHECKSUM;
  if ((at - segment) % 2 === 0) {
    change(bytes, checksum, at, most);
  } else {
    change(bytes, checksum, at - 1, (bytes[at - 1]! << 8) | (most >> 8));
    change(bytes, checksum, at + 1, ((most & 0xff) << 8) | bytes[at + 2]!);
  }
  return true;
}
