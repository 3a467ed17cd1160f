/**
 * Labels as the kernel holds them: LABEL blocks (assembly/tables.ts).
 *
 * @module
 */
import {
  BITMAP_CATEGORIES,
  LABEL_BITMAP,
  LABEL_DOI,
  LABEL_HIGHS,
  LABEL_LEVEL,
  LABEL_WORDS,
} from "../assembly/tables.ts";
import type { Label, Run } from "./label.ts";

/** The block of a label: a multiple of 8 octets. */
export function encodeLabel(label: Label): Uint8Array {
  const low = label.categories.filter(([first]) => first < BITMAP_CATEGORIES);
  const highs = label.categories
    .filter(([, last]) => last >= BITMAP_CATEGORIES)
    .map(([first, last]) => [Math.max(first, BITMAP_CATEGORIES), last] as const);
  const highest = Math.min(low.at(-1)?.[1] ?? -1, BITMAP_CATEGORIES - 1);
  const words = Math.ceil((highest + 1) / 64);
  const runsAt = LABEL_BITMAP + words * 8;
  const block = new Uint8Array(runsAt + Math.ceil(highs.length / 2) * 8);
  const view = new DataView(block.buffer);
  view.setUint32(LABEL_DOI, label.doi, true);
  view.setUint8(LABEL_LEVEL, label.level);
  view.setUint8(LABEL_WORDS, words);
  view.setUint16(LABEL_HIGHS, highs.length, true);
  for (const [first, last] of low) {
    for (let category = first; category <= Math.min(last, highest); category++) {
      block[LABEL_BITMAP + (category >> 3)]! |= 0x80 >> (category & 7);
    }
  }
  highs.forEach(([first, last], i) => {
    view.setUint16(runsAt + i * 4, first, true);
    view.setUint16(runsAt + i * 4 + 2, last, true);
  });
  return block;
}

/** The label of a block at `at`. */
export function decodeLabel(memory: DataView, at: number): Label {
  const words = memory.getUint8(at + LABEL_WORDS);
  const runs: [number, number][] = [];
  const add = (first: number, last: number): void => {
    const previous = runs.at(-1);
    if (previous !== undefined && previous[1] + 1 === first) previous[1] = last;
    else runs.push([first, last]);
  };
  for (let octet = 0; octet < words * 8; octet++) {
    const bits = memory.getUint8(at + LABEL_BITMAP + octet);
    if (bits === 0) continue;
    for (let bit = 0; bit < 8; bit++) if ((bits & (0x80 >> bit)) !== 0) add(octet * 8 + bit, octet * 8 + bit);
  }
  const runsAt = at + LABEL_BITMAP + words * 8;
  for (let i = 0; i < memory.getUint16(at + LABEL_HIGHS, true); i++) {
    add(memory.getUint16(runsAt + i * 4, true), memory.getUint16(runsAt + i * 4 + 2, true));
  }
  return {
    doi: memory.getUint32(at + LABEL_DOI, true),
    level: memory.getUint8(at + LABEL_LEVEL),
    categories: runs as readonly Run[],
  };
}
