// Labels by number, and their options as on the wire. Each fits every form: at most five runs and fifteen categories.
import { crc } from "./crc.ts";

const MAX_RUNS = 5;
const MAX_RUN = 3; // categories
const MAX_BITMAP = 30; // octets of a CIPSO bitmap
const LEVELS = 240;
const TRIES = 10_000; // in a row without a new label

const CIPSO = 134;
const CALIPSO = 7;
const CIPSO_HEAD = 6;
const CALIPSO_HEAD = 10;
const CALIPSO_CRC = 8;

export interface Labels {
  readonly count: number;
  readonly levels: Uint8Array;
  /** Where the runs of each begin in `runs`, and behind the last where they end. */
  readonly starts: Uint32Array;
  /** First and last category in turn, ascending. */
  readonly runs: Uint16Array;
  /** Octets of every bitmap, or `null`: as many as its label needs. */
  readonly bitmap: number | null;
}

/** So many different labels, levels 0 to 239. With `bitmap`, the highest category of each is in the last octet of so many. */
export function drawLabels(count: number, bitmap: number | null, next: (below: number) => number): Labels {
  const levels = new Uint8Array(count);
  const starts = new Uint32Array(count + 1);
  const runs = new Uint16Array(count * MAX_RUNS * 2);
  const seen = new Set<number>();
  let at = 0;
  for (let label = 0, tries = 0; label < count; ) {
    const level = next(LEVELS);
    const end = drawRuns(runs, at, bitmap, next);
    const hash = hashOf(level, runs, at, end);
    if (seen.has(hash)) {
      if (++tries === TRIES) throw new RangeError(`there are not ${count} labels with a bitmap of ${bitmap} octets`);
      continue;
    }
    seen.add(hash);
    tries = 0;
    levels[label++] = level;
    starts[label] = at = end;
  }
  return { count, levels, starts, runs: runs.slice(0, at), bitmap };
}

/** Writes runs at an index; where they end. */
function drawRuns(runs: Uint16Array, at: number, bitmap: number | null, next: (below: number) => number): number {
  const categories = 8 * (bitmap ?? 1 + next(MAX_BITMAP));
  if (categories === 0) return at;
  const last = bitmap === null ? next(categories) : categories - 8 + next(8);
  const firsts = Array.from({ length: next(MAX_RUNS) }, () => next(last + 1));
  firsts.push(last);
  firsts.sort((a, b) => a - b);
  let end = at;
  for (const [i, first] of firsts.entries()) {
    const below = firsts[i + 1] ?? categories + 1;
    if (below <= first + 1) continue; // it would touch the next
    runs[end++] = first;
    runs[end++] = Math.min(first + next(MAX_RUN), below - 2);
  }
  return end;
}

function hashOf(level: number, runs: Uint16Array, from: number, to: number): number {
  let hash = Math.imul(level + 1, 0x01000193);
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ runs[i]!, 0x85ebca6b);
  return hash;
}

/** As in a policy: `5:0,2.4`. */
export function textOf({ levels, starts, runs }: Labels, label: number): string {
  const items: string[] = [];
  for (let i = starts[label]!; i < starts[label + 1]!; i += 2) {
    items.push(runs[i] === runs[i + 1] ? `${runs[i]}` : `${runs[i]}.${runs[i + 1]}`);
  }
  return items.length === 0 ? `${levels[label]}` : `${levels[label]}:${items.join(",")}`;
}

/** Octets of the smallest bitmap that holds a label, or of the one that all have. */
function bitmapOf({ starts, runs, bitmap }: Labels, label: number): number {
  if (bitmap !== null) return bitmap;
  const end = starts[label + 1]!;
  return end === starts[label] ? 0 : (runs[end - 1]! >> 3) + 1;
}

// These write an option where the octets are zero, and return how many it has.

export function writeTag1(bytes: Uint8Array, at: number, labels: Labels, label: number, doi: number): number {
  const octets = bitmapOf(labels, label);
  const tag = at + CIPSO_HEAD;
  bytes[tag] = 1;
  bytes[tag + 1] = 4 + octets;
  setBits(bytes, tag + 4, labels, label);
  return writeCipso(bytes, at, 4 + octets, labels.levels[label]!, doi);
}

export function writeTag2(bytes: Uint8Array, at: number, labels: Labels, label: number, doi: number): number {
  const { starts, runs } = labels;
  const tag = at + CIPSO_HEAD;
  let end = tag + 4;
  for (let i = starts[label]!; i < starts[label + 1]!; i += 2) {
    for (let category = runs[i]!; category <= runs[i + 1]!; category++) {
      bytes[end++] = category >> 8;
      bytes[end++] = category;
    }
  }
  bytes[tag] = 2;
  bytes[tag + 1] = end - tag;
  return writeCipso(bytes, at, end - tag, labels.levels[label]!, doi);
}

export function writeTag5(bytes: Uint8Array, at: number, labels: Labels, label: number, doi: number): number {
  const { starts, runs } = labels;
  const tag = at + CIPSO_HEAD;
  let end = tag + 4;
  for (let i = starts[label + 1]! - 1; i >= starts[label]!; i--) {
    bytes[end++] = runs[i]! >> 8;
    bytes[end++] = runs[i]!;
  }
  bytes[tag] = 5;
  bytes[tag + 1] = end - tag;
  return writeCipso(bytes, at, end - tag, labels.levels[label]!, doi);
}

function writeCipso(bytes: Uint8Array, at: number, tagLength: number, level: number, doi: number): number {
  bytes[at] = CIPSO;
  bytes[at + 1] = CIPSO_HEAD + tagLength;
  writeDoi(bytes, at, doi);
  bytes[at + CIPSO_HEAD + 3] = level;
  return CIPSO_HEAD + tagLength;
}

export function writeCalipso(bytes: Uint8Array, at: number, labels: Labels, label: number, doi: number): number {
  const words = (bitmapOf(labels, label) + 3) >> 2;
  const length = CALIPSO_HEAD + 4 * words;
  bytes[at] = CALIPSO;
  bytes[at + 1] = length - 2;
  writeDoi(bytes, at, doi);
  bytes[at + 6] = words;
  bytes[at + 7] = labels.levels[label]!;
  setBits(bytes, at + CALIPSO_HEAD, labels, label);
  writeCrc(bytes, at);
  return length;
}

/** Puts the checksum into a CALIPSO option. */
export function writeCrc(bytes: Uint8Array, at: number): void {
  bytes[at + CALIPSO_CRC] = bytes[at + CALIPSO_CRC + 1] = 0;
  const sum = crc(bytes, at, at + 2 + bytes[at + 1]!);
  bytes[at + CALIPSO_CRC] = sum;
  bytes[at + CALIPSO_CRC + 1] = sum >> 8;
}

function writeDoi(bytes: Uint8Array, option: number, doi: number): void {
  for (let i = 0; i < 4; i++) bytes[option + 2 + i] = doi >>> (24 - 8 * i);
}

function setBits(bytes: Uint8Array, bitmap: number, { starts, runs }: Labels, label: number): void {
  for (let i = starts[label]!; i < starts[label + 1]!; i += 2) {
    for (let category = runs[i]!; category <= runs[i + 1]!; category++) {
      bytes[bitmap + (category >> 3)]! |= 0x80 >> (category & 7);
    }
  }
}
