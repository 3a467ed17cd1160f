// Step 7, DOI mapping: the label that a packet's stands for (dois in the policy).

import { NONE16 } from "./columns";
import { COUNTERPART, POLICY } from "./memory";
import { doiIndex } from "./doi";
import { copyLabel } from "./label";
import {
  FLAG_MAPS,
  HEADER_DOI_COUNT,
  HEADER_DOI_MAPS,
  HEADER_FLAGS,
  LABEL_BITMAP,
  LABEL_DOI,
  LABEL_HIGHS,
  LABEL_LEVEL,
  LABEL_WORDS,
  MAP_CATEGORIES,
  MAP_KNOWN,
  MAP_LEVELS,
  MAP_OCTET_MOVES,
  MAP_RENUMBERS,
  MAP_TO,
  MAP_WORD_MOVES,
  MAX_BITMAP_WORDS,
  MOVE_APART,
} from "./tables";

// The DOI MAP of a label, or 0: it stands for itself.
export function mapOf(label: usize): usize {
  if ((load<u32>(POLICY + HEADER_FLAGS) & FLAG_MAPS) == 0) return 0;
  const index = doiIndex(load<u32>(label + LABEL_DOI));
  if (index == load<u32>(POLICY + HEADER_DOI_COUNT)) return 0;
  return load<u32>(load<u32>(POLICY + HEADER_DOI_MAPS) + (index << 2));
}

// The block of its counterpart, or 0: its level or a category has none. Holds until the next call. Categories go by
// words or octets where their numbers lie side by side: one by one, a full bitmap took twenty times as long as a usual frame.
export function counterpartOf(label: usize, map: usize): usize {
  const to = <usize>COUNTERPART;
  if (load<u32>(map + MAP_RENUMBERS) == 0) {
    copyLabel(to, label);
    store<u32>(to + LABEL_DOI, load<u32>(map + MAP_TO));
    return to;
  }
  const level = <u32>load<u16>(map + MAP_LEVELS + (<u32>load<u8>(label + LABEL_LEVEL) << 1));
  if (level == NONE16 || load<u16>(label + LABEL_HIGHS) != 0) return 0;
  memory.fill(to, 0, LABEL_BITMAP + (MAX_BITMAP_WORDS << 3));
  store<u32>(to + LABEL_DOI, load<u32>(map + MAP_TO));
  store<u8>(to + LABEL_LEVEL, level);

  const count = <u32>load<u8>(label + LABEL_WORDS);
  for (let word: u32 = 0; word < count; word++) {
    const bits = load<u64>(label + (word << 3), LABEL_BITMAP);
    if (bits == 0) continue;
    if ((bits & ~load<u64>(map + (word << 3), MAP_KNOWN)) != 0) return 0;
    const move = <i32>load<i16>(map + (word << 1), MAP_WORD_MOVES);
    if (move != MOVE_APART) addWord(to, <i32>(word << 6) + move, bswap<u64>(bits));
    else addOctets(to, map, word << 3, bits);
  }
  let words: u32 = MAX_BITMAP_WORDS;
  while (words > 0 && load<u64>(to + (words << 3), LABEL_BITMAP - 8) == 0) words--;
  store<u8>(to + LABEL_WORDS, words);
  return to;
}

// 64 bits, the first the highest, from `category` on, which may be before the first: what falls outside the bitmap is zero.
// @ts-ignore: decorator
@inline
function addWord(to: usize, category: i32, bits: u64): void {
  const at = to + ((category >> 6) << 3);
  const shift = <u64>(category & 63);
  store<u64>(at, load<u64>(at, LABEL_BITMAP) | bswap<u64>(bits >> shift), LABEL_BITMAP);
  if (shift == 0) return;
  store<u64>(at, load<u64>(at, LABEL_BITMAP + 8) | bswap<u64>(bits << (64 - shift)), LABEL_BITMAP + 8);
}

// A word whose bits do not move together, by its octets.
function addOctets(to: usize, map: usize, first: u32, word: u64): void {
  for (let octet = first; word != 0; octet++, word >>= 8) {
    const bits = <u32>word & 0xff;
    if (bits == 0) continue;
    const move = <i32>load<i16>(map + (octet << 1), MAP_OCTET_MOVES);
    if (move == MOVE_APART) addOneByOne(to, map, octet, bits);
    else addTogether(to, <i32>(octet << 3) + move, bits);
  }
}

// The same as addWord for eight bits.
// @ts-ignore: decorator
@inline
function addTogether(to: usize, category: i32, bits: u32): void {
  const at = to + (category >> 3) + LABEL_BITMAP;
  const pair = bits << (8 - (category & 7));
  store<u8>(at, <u32>load<u8>(at) | (pair >> 8));
  store<u8>(at + 1, <u32>load<u8>(at + 1) | pair);
}

function addOneByOne(to: usize, map: usize, octet: u32, bits: u32): void {
  for (let bit: u32 = 0; bit < 8; bit++) {
    if ((bits & (0x80 >> bit)) == 0) continue;
    const category = <u32>load<u16>(map + (((octet << 3) | bit) << 1), MAP_CATEGORIES);
    const at = to + (category >> 3) + LABEL_BITMAP;
    store<u8>(at, <u32>load<u8>(at) | (0x80 >> (category & 7)));
  }
}
