// Labels and their lattice, on canonical LABEL blocks (tables): equal labels are equal octets.
// RFC 5570 section 6.1, CIPSO 2.2 section 3: dominance needs the same DOI, at least the level and all the categories.
//
// The block of the packet at hand is built here: open, add in any order, close.

import { HIGH_RUNS, LABEL } from "./memory";
import {
  BITMAP_CATEGORIES,
  LABEL_BITMAP,
  LABEL_DOI,
  LABEL_HIGHS,
  LABEL_LEVEL,
  LABEL_WORDS,
} from "./tables";

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

let head: u64 = 0; // DOI and level
let words: u32 = 0; // of the bitmap that were written; behind them it holds the label before
let highs: u32 = 0; // runs in HIGH_RUNS

export function openLabel(doi: u32, level: u32): void {
  head = (<u64>level << 32) | doi;
  words = 0;
  highs = 0;
}

// A whole bitmap as on the wire, at most 256 octets. Reads up to 7 octets behind it.
export function addBitmap(at: usize, length: u32): void {
  const whole = length & ~7;
  for (let i: u32 = 0; i < whole; i += 8) store<u64>(LABEL + i, load<u64>(at + i), LABEL_BITMAP);
  const tail = (length & 7) << 3;
  if (tail != 0) store<u64>(LABEL + whole, load<u64>(at + whole) & ((<u64>1 << tail) - 1), LABEL_BITMAP);
  words = (length + 7) >> 3;
}

// Categories first to last, whatever was added before. At most MAX_HIGHS calls: no tag holds more.
export function addRun(first: u32, last: u32): void {
  if (first < <u32>BITMAP_CATEGORIES) {
    addBits(first, min<u32>(last, BITMAP_CATEGORIES - 1));
    if (last < <u32>BITMAP_CATEGORIES) return;
    first = BITMAP_CATEGORIES;
  }
  addHigh(first, last);
}

function addBits(first: u32, last: u32): void {
  const bitmap = LABEL + LABEL_BITMAP;
  const low = first >> 3;
  const high = last >> 3;
  for (; words <= last >> 6; words++) store<u64>(bitmap + (words << 3), 0);
  const head: u32 = 0xff >> (first & 7);
  const tail: u32 = 0xff & (0xff80 >> (last & 7));
  if (low == high) {
    store<u8>(bitmap + low, load<u8>(bitmap + low) | (head & tail));
    return;
  }
  store<u8>(bitmap + low, load<u8>(bitmap + low) | head);
  memory.fill(bitmap + low + 1, 0xff, high - low - 1);
  store<u8>(bitmap + high, load<u8>(bitmap + high) | tail);
}

// Keeps the runs ascending and apart. A run is u16 first, u16 last. Categories that are enumerated ascend: each goes behind
// those before, without a search.
function addHigh(first: u32, last: u32): void {
  if (highs == 0 || <u32>load<u16>(HIGH_RUNS + (highs << 2) - 2) + 1 < first) {
    store<u32>(HIGH_RUNS + (highs << 2), first | (last << 16));
    highs++;
  } else insertHigh(first, last);
}

function insertHigh(first: u32, last: u32): void {
  let from: u32 = 0; // the first run that is not wholly below and apart
  while (from < highs && <u32>load<u16>(HIGH_RUNS + (from << 2) + 2) + 1 < first) from++;
  let to = from; // behind the last run that touches
  while (to < highs && <u32>load<u16>(HIGH_RUNS + (to << 2)) <= last + 1) {
    first = min<u32>(first, load<u16>(HIGH_RUNS + (to << 2)));
    last = max<u32>(last, load<u16>(HIGH_RUNS + (to << 2) + 2));
    to++;
  }
  memory.copy(HIGH_RUNS + ((from + 1) << 2), HIGH_RUNS + (to << 2), (highs - to) << 2);
  store<u16>(HIGH_RUNS + (from << 2), first);
  store<u16>(HIGH_RUNS + (from << 2) + 2, last);
  highs = highs + 1 - (to - from);
}

// Makes the block canonical. LABEL holds it until the next label is opened.
export function closeLabel(): void {
  const bitmap = LABEL + LABEL_BITMAP;
  let count = words;
  while (count > 0 && load<u64>(bitmap + (count << 3) - 8) == 0) count--;
  // In one store, for it is loaded at once: a load that spans several stores waits for them.
  store<u64>(LABEL, head | (<u64>count << 40) | (<u64>highs << 48));
  if (highs == 0) return;
  store<u32>(HIGH_RUNS + (highs << 2), 0);
  memory.copy(bitmap + (count << 3), HIGH_RUNS, ((highs + 1) & ~1) << 2);
}

// @ts-ignore: decorator
@inline
function runsOf(label: usize): usize {
  return label + LABEL_BITMAP + (<usize>load<u8>(label + LABEL_WORDS) << 3);
}

// Octets of the whole block.
// @ts-ignore: decorator
@inline
export function sizeOf(label: usize): u32 {
  const header = <u32>load<u32>(label, LABEL_LEVEL); // level, words, highs
  return LABEL_BITMAP + ((header >> 5) & 0x7f8) + (((header >> 16) + 1 & ~1) << 2);
}

export function copyLabel(to: usize, from: usize): void {
  memory.copy(to, from, sizeOf(from));
}

// L-03, L-09: DOI, level and every category (P-04, R-23).
export function labelEqual(a: usize, b: usize): bool {
  if (load<u64>(a) != load<u64>(b)) return false;
  const size = sizeOf(a);
  for (let i: u32 = LABEL_BITMAP; i < size; i += 8) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false;
  }
  return true;
}

export function labelDominates(a: usize, b: usize): bool {
  if (load<u32>(a + LABEL_DOI) != load<u32>(b + LABEL_DOI)) return false;
  if (load<u8>(a + LABEL_LEVEL) < load<u8>(b + LABEL_LEVEL)) return false;
  const words = <u32>load<u8>(b + LABEL_WORDS);
  if (words > <u32>load<u8>(a + LABEL_WORDS)) return false;
  for (let i: u32 = 0; i < words; i++) {
    const at = LABEL_BITMAP + (i << 3);
    if ((load<u64>(b + at) & ~load<u64>(a + at)) != 0) return false;
  }
  return load<u16>(b, LABEL_HIGHS) == 0 || covers(a, b);
}

export function labelWithin(label: usize, low: usize, high: usize): bool {
  return labelDominates(label, low) && labelDominates(high, label);
}

// Whether the runs of a hold those of b. One of the two is a packet's, with few runs; the other may be a policy's, with
// many: the few are looped over and the many are searched.
function covers(a: usize, b: usize): bool {
  const inner = <u32>load<u16>(b + LABEL_HIGHS);
  const outer = <u32>load<u16>(a + LABEL_HIGHS);
  const runsA = runsOf(a);
  const runsB = runsOf(b);
  if (inner <= outer) {
    for (let i: u32 = 0; i < inner; i++) {
      const first = <u32>load<u16>(runsB + (i << 2));
      const last = <u32>load<u16>(runsB + (i << 2) + 2);
      const j = reaching(runsA, outer, first);
      if (j == outer || <u32>load<u16>(runsA + (j << 2)) > first) return false;
      if (<u32>load<u16>(runsA + (j << 2) + 2) < last) return false;
    }
    return true;
  }
  // No run of b may reach into a gap of a.
  let gap: u32 = 0;
  for (let j: u32 = 0; j <= outer; j++) {
    const gapEnd: u32 = j == outer ? 0x10000 : <u32>load<u16>(runsA + (j << 2));
    if (gap < gapEnd) {
      const i = reaching(runsB, inner, gap);
      if (i < inner && <u32>load<u16>(runsB + (i << 2)) < gapEnd) return false;
    }
    if (j < outer) gap = <u32>load<u16>(runsA + (j << 2) + 2) + 1;
  }
  return true;
}

// The first of the runs that ends at or behind a category; count when none does.
function reaching(runs: usize, count: u32, category: u32): u32 {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (<u32>load<u16>(runs + (middle << 2) + 2) < category) low = middle + 1;
    else high = middle;
  }
  return low;
}

// A hash of the block, for tables within one memory.
export function hashOf(label: usize): u32 {
  let hash = load<u64>(label) * MULTIPLIER;
  const size = sizeOf(label);
  for (let i: u32 = LABEL_BITMAP; i < size; i += 8) {
    hash = (hash ^ (hash >> 32) ^ load<u64>(label + i)) * MULTIPLIER;
  }
  return <u32>(hash >> 32);
}

// Join and meet write a canonical block at `to`, which must not overlap a or b and holds sizeOf(a) + sizeOf(b) octets.
// The labels must have one DOI.

export function labelJoin(a: usize, b: usize, to: usize): void {
  combine(a, b, to, true);
}

export function labelMeet(a: usize, b: usize, to: usize): void {
  combine(a, b, to, false);
}

function combine(a: usize, b: usize, to: usize, join: bool): void {
  const wordsA = <u32>load<u8>(a + LABEL_WORDS);
  const wordsB = <u32>load<u8>(b + LABEL_WORDS);
  let words = join ? max(wordsA, wordsB) : min(wordsA, wordsB);
  for (let i: u32 = 0; i < words; i++) {
    const at = LABEL_BITMAP + (i << 3);
    const wordA = i < wordsA ? load<u64>(a + at) : 0;
    const wordB = i < wordsB ? load<u64>(b + at) : 0;
    store<u64>(to + at, join ? wordA | wordB : wordA & wordB);
  }
  while (words > 0 && load<u64>(to + LABEL_BITMAP + ((words - 1) << 3)) == 0) words--;

  const levelA = load<u8>(a + LABEL_LEVEL);
  const levelB = load<u8>(b + LABEL_LEVEL);
  store<u64>(to, load<u32>(a + LABEL_DOI));
  store<u8>(to + LABEL_LEVEL, join ? max(levelA, levelB) : min(levelA, levelB));
  store<u8>(to + LABEL_WORDS, words);
  const runs = runsOf(to);
  const count = join ? joinRuns(a, b, runs) : meetRuns(a, b, runs);
  store<u16>(to + LABEL_HIGHS, count);
  store<u32>(runs + (count << 2), 0);
}

function joinRuns(a: usize, b: usize, to: usize): u32 {
  const runsA = runsOf(a);
  const runsB = runsOf(b);
  const countA = <u32>load<u16>(a + LABEL_HIGHS);
  const countB = <u32>load<u16>(b + LABEL_HIGHS);
  let count: u32 = 0;
  for (let i: u32 = 0, j: u32 = 0; i < countA || j < countB; ) {
    const takeA =
      j == countB || (i < countA && load<u16>(runsA + (i << 2)) <= load<u16>(runsB + (j << 2)));
    const run = takeA ? runsA + (i++ << 2) : runsB + (j++ << 2);
    const first = <u32>load<u16>(run);
    const last = <u32>load<u16>(run + 2);
    if (count > 0) {
      const previous = to + ((count - 1) << 2);
      if (first <= <u32>load<u16>(previous + 2) + 1) {
        store<u16>(previous + 2, max(<u32>load<u16>(previous + 2), last));
        continue;
      }
    }
    store<u32>(to + (count << 2), first | (last << 16));
    count++;
  }
  return count;
}

function meetRuns(a: usize, b: usize, to: usize): u32 {
  const runsA = runsOf(a);
  const runsB = runsOf(b);
  const countA = <u32>load<u16>(a + LABEL_HIGHS);
  const countB = <u32>load<u16>(b + LABEL_HIGHS);
  let count: u32 = 0;
  for (let i: u32 = 0, j: u32 = 0; i < countA && j < countB; ) {
    const lastA = <u32>load<u16>(runsA + (i << 2) + 2);
    const lastB = <u32>load<u16>(runsB + (j << 2) + 2);
    const first = <u32>max(load<u16>(runsA + (i << 2)), load<u16>(runsB + (j << 2)));
    const last = min(lastA, lastB);
    if (first <= last) {
      store<u32>(to + (count << 2), first | (last << 16));
      count++;
    }
    if (lastA < lastB) i++;
    else j++;
  }
  return count;
}
