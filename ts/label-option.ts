/**
 * Label options as on the wire: made once for a label, put into many packets.
 *
 * @module
 */
import { categoriesOf, type Label } from "./label.ts";

const CIPSO = 134;
const CIPSO_HEADER = 6;
const CIPSO_TAG_HEADER = 4;
/** Octets of all IPv4 options (RFC 791 section 3.1). */
const MOST_IPV4 = 40;
const TAG_BITMAP = 1;
const TAG_ENUMERATED = 2;
const TAG_RANGES = 5;
/** Ranges of a tag 5 (CIPSO 2.2 section 3.4.4). */
const MOST_RANGES = 7;

const RIPSO = 130;

const CALIPSO = 7;
const CALIPSO_HEADER = 10;
/** Words of the bitmap that the option's length octet can count (RFC 5570 section 5.1.3). */
const MOST_WORDS = 61;

/** The CIPSO option of a label (CIPSO 2.2 section 3.4): the shortest of tags 1, 2 and 5; `null`: none has room for it. */
export function cipsoOption(label: Label): Uint8Array | null {
  const tags = [bitmapTag(label), enumeratedTag(label), rangesTag(label)].filter((tag) => tag !== null);
  const room = MOST_IPV4 - CIPSO_HEADER - CIPSO_TAG_HEADER;
  let shortest: Tag | null = null;
  for (const tag of tags) {
    if (tag.octets.length > room) continue;
    if (shortest === null || tag.octets.length < shortest.octets.length) shortest = tag;
  }
  if (shortest === null) return null;
  const { type, octets } = shortest;
  const option = new Uint8Array(CIPSO_HEADER + CIPSO_TAG_HEADER + octets.length);
  option[0] = CIPSO;
  option[1] = option.length;
  new DataView(option.buffer).setUint32(2, label.doi);
  option[6] = type;
  option[7] = CIPSO_TAG_HEADER + octets.length;
  option[9] = label.level;
  option.set(octets, CIPSO_HEADER + CIPSO_TAG_HEADER);
  return option;
}

interface Tag {
  readonly type: number;
  /** What stands behind the level. */
  readonly octets: Uint8Array;
}

function bitmapTag({ categories }: Label): Tag | null {
  const highest = categories.at(-1)?.[1] ?? -1;
  if (highest >= (MOST_IPV4 - CIPSO_HEADER - CIPSO_TAG_HEADER) * 8) return null;
  return { type: TAG_BITMAP, octets: bitmapOf(categories, Math.ceil((highest + 1) / 8)) };
}

function enumeratedTag(label: Label): Tag | null {
  const count = label.categories.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (count * 2 > MOST_IPV4) return null;
  return { type: TAG_ENUMERATED, octets: pairs([...categoriesOf(label)]) };
}

// Descending, top before bottom; a last bottom of 0 is left out.
function rangesTag({ categories }: Label): Tag | null {
  if (categories.length > MOST_RANGES) return null;
  const ends = categories.toReversed().flatMap(([first, last]) => [last, first]);
  if (ends.at(-1) === 0) ends.pop();
  return { type: TAG_RANGES, octets: pairs(ends) };
}

function pairs(numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(numbers.flatMap((number) => [number >> 8, number & 255]));
}

function bitmapOf(categories: Label["categories"], size: number): Uint8Array {
  const bitmap = new Uint8Array(size);
  for (const [first, last] of categories) {
    for (let category = first; category <= last; category++) bitmap[category >> 3]! |= 0x80 >> (category & 7);
  }
  return bitmap;
}

/** The basic security option (RFC 1108 section 2.1): level and authority octets; an authority octet of 0 is left out (R5). */
export function ripsoOption(level: number, authorities: number): Uint8Array {
  return authorities === 0 ? Uint8Array.of(RIPSO, 3, level) : Uint8Array.of(RIPSO, 4, level, authorities);
}

/** The CALIPSO option of a label (RFC 5570 section 5.1), its checksum in it; `null`: its bitmap is too long. */
export function calipsoOption({ doi, level, categories }: Label): Uint8Array | null {
  const words = Math.ceil(((categories.at(-1)?.[1] ?? -1) + 1) / 32);
  if (words > MOST_WORDS) return null;
  const option = new Uint8Array(CALIPSO_HEADER + words * 4);
  option[0] = CALIPSO;
  option[1] = option.length - 2;
  const view = new DataView(option.buffer);
  view.setUint32(2, doi);
  option[6] = words;
  option[7] = level;
  option.set(bitmapOf(categories, words * 4), CALIPSO_HEADER);
  view.setUint16(8, crcOf(option), true);
  return option;
}

// CRC-16/X-25 (RFC 5570 section 5.1.7, RFC 1662 appendix C).
function crcOf(octets: Uint8Array): number {
  let crc = 0xffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc ^ 0xffff;
}
