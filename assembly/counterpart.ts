// Step 7, DOI mapping: the label that a packet's stands for (dois in the policy).

import { NONE16 } from "./columns";
import { COUNTERPART, POLICY } from "./memory";
import { doiIndex } from "./doi";
import { copyLabel } from "./label";
import {
  BITMAP_CATEGORIES,
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
  MAP_LEVELS,
  MAP_RENUMBERS,
  MAP_TO,
  MAX_BITMAP_WORDS,
} from "./tables";

// The DOI MAP of a label, or 0: it stands for itself.
export function mapOf(label: usize): usize {
  if ((load<u32>(POLICY + HEADER_FLAGS) & FLAG_MAPS) == 0) return 0;
  const index = doiIndex(load<u32>(label + LABEL_DOI));
  if (index == load<u32>(POLICY + HEADER_DOI_COUNT)) return 0;
  return load<u32>(load<u32>(POLICY + HEADER_DOI_MAPS) + (index << 2));
}

// The block of its counterpart, or 0: its level or a category has none. Holds until the next call.
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

  const octets = <u32>load<u8>(label + LABEL_WORDS) << 3;
  let words: u32 = 0;
  for (let octet: u32 = 0; octet < octets; octet++) {
    const bits = <u32>load<u8>(label + LABEL_BITMAP + octet);
    if (bits == 0) continue;
    for (let bit: u32 = 0; bit < 8; bit++) {
      if ((bits & (0x80 >> bit)) == 0) continue;
      const category = <u32>load<u16>(map + MAP_CATEGORIES + (((octet << 3) | bit) << 1));
      if (category >= <u32>BITMAP_CATEGORIES) return 0;
      const at = to + LABEL_BITMAP + (category >> 3);
      store<u8>(at, <u32>load<u8>(at) | (0x80 >> (category & 7)));
      words = max(words, (category >> 6) + 1);
    }
  }
  store<u8>(to + LABEL_WORDS, words);
  return to;
}
