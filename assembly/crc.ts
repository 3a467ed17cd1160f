// CRC-16/X-25: x^16 + x^12 + x^5 + 1, reflected, from all ones and inverted (RFC 1662 appendix C).
//
// Eight octets at a time: table k holds what an octet leaves behind when k more follow it. 40 octets take a quarter of the
// time of one table and an octet at a time, 136 a sixth.

import { CRC_TABLES } from "./memory";

const POLYNOMIAL: u32 = 0x8408;

export const CRC_START: u32 = 0xffff;

// Once, before the first octet.
export function indexRemainders(): void {
  for (let octet: u32 = 0; octet < 256; octet++) {
    let rest = octet;
    for (let bit: u32 = 0; bit < 8; bit++) rest = (rest & 1) != 0 ? (rest >> 1) ^ POLYNOMIAL : rest >> 1;
    store<u16>(CRC_TABLES + (octet << 1), rest);
  }
  for (let entry: u32 = 256; entry < 2048; entry++) {
    const before = remainder(0, entry - 256); // of the table before
    store<u16>(CRC_TABLES + (entry << 1), (before >> 8) ^ remainder(0, before & 0xff));
  }
}

// @ts-ignore: decorator
@inline
function remainder(table: u32, octet: u32): u32 {
  return load<u16>(CRC_TABLES + (table << 9) + (octet << 1));
}

// Goes on from `crc` over so many octets.
export function crcOf(crc: u32, at: usize, length: u32): u32 {
  const end = at + length;
  for (; at + 8 <= end; at += 8) {
    const octets = load<u64>(at) ^ crc;
    const low = <u32>octets;
    const high = <u32>(octets >> 32);
    crc =
      remainder(7, low & 0xff) ^
      remainder(6, (low >> 8) & 0xff) ^
      remainder(5, (low >> 16) & 0xff) ^
      remainder(4, low >> 24) ^
      remainder(3, high & 0xff) ^
      remainder(2, (high >> 8) & 0xff) ^
      remainder(1, (high >> 16) & 0xff) ^
      remainder(0, high >> 24);
  }
  for (; at < end; at++) crc = (crc >> 8) ^ remainder(0, (crc ^ load<u8>(at)) & 0xff);
  return crc;
}

// Goes on over two octets that are zero.
export function crcOfTwoZeros(crc: u32): u32 {
  return remainder(1, crc & 0xff) ^ remainder(0, crc >> 8);
}
