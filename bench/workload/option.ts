// Options as genes say, written to a frame.
import { randoms } from "../prefixes.ts";
import type { Drawing } from "./attack.ts";
import { isLabel, type LabelGene, type OptionGene } from "./genome.ts";
import { writeCalipso, writeCrc, writeTag1 } from "./labels.ts";
import { DOI } from "./policy.ts";
import { FORMAT, PARTITIONS, RENUMBERED } from "./target.ts";
import type { Writer } from "./writer.ts";

type Next = (below: number) => number;

const UNKNOWN = 0xfffe;

/** Writes an option, unless it would end behind `end`. */
export function writeOption(out: Writer, option: OptionGene, end: number, drawing: Drawing): void {
  const from = out.at;
  if (isLabel(option)) {
    if (option.labels === "bound") writeBound(out, option, end, drawing);
    else if (from + lengthOf(option) <= end) writeLabel(out, option, option.labels, drawing);
    return;
  }
  const wide = out.bytes[out.ip]! >> 4 === 6;
  const size = option.kind === "pad" ? Math.min(option.size, end - from) : option.size;
  if (from + size > end) return;
  if (option.kind === "pad") {
    if (!wide) out.bytes.fill(1, from, from + size);
  } else if (option.kind === "basic") out.bytes.set([130, 4, 0xab, 0x80], from);
  else if (option.kind === "extended") out.bytes.set([133, size, FORMAT], from);
  else out.bytes.set([option.kind === "padn" && wide ? 1 : wide ? 0x1e : 0x5e, wide ? size - 2 : size], from);
  out.at = from + size;
}

function lengthOf({ kind, size, broken }: LabelGene): number {
  if (kind === "calipso") return 10 + ((size + 3) & ~3);
  if (kind === "tag1") return 10 + size + (broken ? 1 : 0);
  return 10 + (kind === "tag2" ? 2 : 4) * size;
}

const DOIS = { own: DOI, renumbered: RENUMBERED, unknown: UNKNOWN };

function writeLabel(out: Writer, gene: LabelGene, labels: number, { piece, next }: Drawing): void {
  const from = out.at;
  const { bytes } = out;
  // All pieces of a datagram have its label.
  const draw = piece !== null ? randoms(piece.id) : labels === 0 ? next : randoms(next(labels));
  const doi = DOIS[gene.doi];
  const length = lengthOf(gene);
  bytes.set([0, length, 0, 0, doi >> 8, doi], from);
  if (gene.kind === "calipso") {
    bytes.set([7, length - 2], from);
    bytes.set([(length - 10) >> 2, draw(256)], from + 6);
    writeBits(bytes, from + 10, gene, draw);
    writeCrc(bytes, from);
    if (gene.broken) bytes[from + 8]! ^= 1;
  } else {
    const tag = from + 6;
    const stray = gene.kind === "tag1" && gene.broken ? 1 : 0;
    bytes[from] = 134;
    bytes.set([Number(gene.kind.slice(3)), length - 6 - stray, 0, draw(256)], tag);
    if (gene.kind === "tag1") writeBits(bytes, tag + 4, gene, draw);
    else if (gene.kind === "tag2") writeCategories(bytes, tag + 4, gene, draw);
    else writeRanges(bytes, tag + 4, gene, draw);
    if (stray === 1) bytes[from + length - 1] = 1;
  }
  out.at = from + length;
}

// Of partitions that bind nothing but ports: every fourth (policy).
function writeBound(out: Writer, { kind }: LabelGene, end: number, { piece, next, target }: Drawing): void {
  const drawn = piece === null ? next(PARTITIONS >> 2) : piece.id % (PARTITIONS >> 2);
  const write = kind === "calipso" ? writeCalipso : writeTag1;
  const length = write(out.bytes, out.at, target.labels, 4 * drawn + 3, DOI);
  if (out.at + length <= end) out.at += length;
  else out.bytes.fill(0, out.at, out.at + length);
}

const ALWAYS_DRAWN = 6; // octets: so no two labels are the same

function writeBits(bytes: Uint8Array, at: number, { size, bits }: LabelGene, draw: Next): void {
  for (let i = 0; i < size; i++) {
    const drawn = bits === "half" || i < ALWAYS_DRAWN;
    bytes[at + i] = drawn ? draw(256) : bits === "all" ? 0xff : 0;
  }
  if (size > 0) bytes[at + size - 1]! |= 1;
}

function writeCategories(bytes: Uint8Array, at: number, { size, from, to, broken }: LabelGene, draw: Next): void {
  const step = (to - from) / size;
  for (let i = 0; i < size; i++) {
    const same = broken && i > 0 && i === size - 1;
    const category = same ? from : Math.floor(from + i * step) + draw(Math.max(1, Math.floor(step)));
    bytes[at + 2 * i] = category >> 8;
    bytes[at + 2 * i + 1] = category;
  }
}

function writeRanges(bytes: Uint8Array, at: number, { size, from, to, broken }: LabelGene, draw: Next): void {
  const step = Math.floor((to - from) / size);
  const part = Math.max(1, step >> 2);
  for (let i = 0; i < size; i++) {
    const bottom = from + (size - 1 - i) * step + draw(part);
    const drawn = bottom + Math.max(0, step - 2 * part) + draw(part);
    const top = broken && i > 0 && i === size - 1 ? from + 2 * step : Math.min(drawn, from + (size - i) * step - 2);
    bytes.set([top >> 8, top, bottom >> 8, bottom], at + 4 * i);
  }
}
