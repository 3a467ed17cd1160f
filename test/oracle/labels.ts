/**
 * The oracle, step 3: the label options CIPSO, RIPSO and CALIPSO, as in docs/decision.md.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import { type Found, octets, type ReadLabel, type ReadOptions, reject } from "./reading.ts";

interface Tag {
  readonly level: number;
  readonly categories: ReadonlySet<number>;
  readonly nonMinimal: boolean;
}

function isKnown(doi: number, options: ReadOptions): boolean {
  return options.dois === null || options.dois.includes(doi);
}

export function readCipso(view: DataView, o: number, length: number, options: ReadOptions): Found {
  const strict = options.profile === "strict";
  if (length < 8) reject(reason.CIPSO_OPT_SHORT, o + 1); // C1
  const doi = view.getUint32(o + 2);
  if (doi === 0) reject(reason.CIPSO_DOI_ZERO, o + 2); // C2
  if (!isKnown(doi, options)) reject(reason.CIPSO_DOI_UNKNOWN, o + 2); // C3

  const end = o + length;
  const tags: Tag[] = [];
  let t = o + 6;
  while (t < end) {
    const type = view.getUint8(t);
    if (type !== 1 && type !== 2 && type !== 5) reject(reason.CIPSO_TAG_UNKNOWN, t); // C4
    if (end - t === 1) reject(reason.CIPSO_TAG_TRUNCATED, t); // C5
    const tagLength = view.getUint8(t + 1);
    if (tagLength < 4) reject(reason.CIPSO_TAG_LEN, t + 1); // C6
    if (t + tagLength > end) reject(reason.CIPSO_TAG_OVERRUN, t + 1); // C7
    if (strict && tags.length > 0) reject(reason.CIPSO_MULTI_MAC_TAG, t); // C8
    if (strict && view.getUint8(t + 2) !== 0) reject(reason.CIPSO_ALIGN_NONZERO, t + 2); // C9
    if (type === 1) tags.push(readTag1(view, t, tagLength));
    else if (type === 2) tags.push(readTag2(view, t, tagLength, strict));
    else tags.push(readTag5(view, t, tagLength, strict));
    t += tagLength;
  }
  const { level, categories, nonMinimal } = tags[0]!; // several under profile linux: the label is the first tag's
  return { label: { scheme: "cipso", doi, level, categories }, offset: o, length, nonMinimal };
}

function readTag1(view: DataView, t: number, length: number): Tag {
  const bitmapLength = length - 4;
  const categories = readBitmap(view, t + 4, bitmapLength);
  const endsInZero = bitmapLength > 0 && view.getUint8(t + length - 1) === 0;
  return { level: view.getUint8(t + 3), categories, nonMinimal: endsInZero && bitmapLength !== 10 };
}

/** Bit 0 is the most significant bit of the first octet, in CIPSO as in CALIPSO. */
function readBitmap(view: DataView, from: number, length: number): Set<number> {
  const categories = new Set<number>();
  for (let category = 0; category < length * 8; category++) {
    const octet = view.getUint8(from + Math.floor(category / 8));
    if ((octet & (0x80 >> (category % 8))) !== 0) categories.add(category);
  }
  return categories;
}

/** The 16-bit values behind the level of a tag 2 or 5. */
function readValues(view: DataView, t: number, length: number): number[] {
  if ((length - 4) % 2 !== 0) reject(reason.CIPSO_CAT_LEN_ODD, t + 4); // C10
  const values: number[] = [];
  for (let i = t + 4; i < t + length; i += 2) values.push(view.getUint16(i));
  return values;
}

function readTag2(view: DataView, t: number, length: number, strict: boolean): Tag {
  const values = readValues(view, t, length); // C10
  if (strict && values.includes(65535)) reject(reason.CIPSO_CAT_65535, t + 4); // C12
  for (let k = 1; k < values.length; k++) {
    if (values[k]! <= values[k - 1]!) reject(reason.CIPSO_CAT_ORDER, t + 4); // C13
  }
  return { level: view.getUint8(t + 3), categories: new Set(values), nonMinimal: false };
}

function readTag5(view: DataView, t: number, length: number, strict: boolean): Tag {
  const values = readValues(view, t, length); // C10
  const ranges: { readonly top: number; readonly bottom: number }[] = [];
  for (let k = 0; k < values.length; k += 2) {
    ranges.push({ top: values[k]!, bottom: values[k + 1] ?? 0 }); // the last bottom may be left out: it is 0
  }
  if (strict && ranges.length > 7) reject(reason.CIPSO_RANGE_COUNT, t + 4); // C11
  if (strict && values.includes(65535)) reject(reason.CIPSO_CAT_65535, t + 4); // C12
  if (strict && ranges.some((range) => range.top < range.bottom)) reject(reason.CIPSO_RANGE_INVERTED, t + 4); // C14
  for (let k = 1; k < ranges.length; k++) {
    const range = ranges[k]!;
    const before = ranges[k - 1]!;
    const fails = strict ? range.top >= before.bottom : range.top > before.bottom; // linux: only a top above
    if (fails) reject(range.bottom > before.top ? reason.CIPSO_RANGE_ORDER : reason.CIPSO_RANGE_OVERLAP, t + 4); // C15
  }
  const categories = new Set<number>();
  for (const { top, bottom } of ranges) {
    for (let category = bottom; category <= top; category++) categories.add(category); // an inverted one is empty
  }
  return { level: view.getUint8(t + 3), categories, nonMinimal: false };
}

// RIPSO.

export function readRipsoBasic(view: DataView, o: number, length: number): Found {
  if (length < 3) reject(reason.RIPSO_LEN, o); // R1
  const level = view.getUint8(o + 2);
  if (![0x3d, 0x5a, 0x96, 0xab].includes(level)) reject(reason.RIPSO_LEVEL, o); // R2
  const field = Array.from(octets(view, o + 3, o + length));
  for (const [k, octet] of field.entries()) {
    const saysAnother = (octet & 1) === 1;
    const another = k + 1 < field.length;
    if (saysAnother !== another) reject(reason.RIPSO_AUTH_LEN, o); // R3
  }
  if (field.length > 1 && (field.at(-1)! & 0xfe) === 0) reject(reason.RIPSO_AUTH_NONMINIMAL, o); // R5
  for (const [k, octet] of field.entries()) {
    const flags = octet & 0xfe;
    const assigned = k === 0 ? 0x80 | 0x40 | 0x20 | 0x10 | 0x08 : 0;
    if ((flags & ~assigned) !== 0) reject(reason.RIPSO_AUTH_UNASSIGNED, o); // R6
  }
  const nonMinimal = field.length === 1 && field[0] === 0x00;
  return { label: { scheme: "ripso", level, authorities: field[0] ?? 0 }, offset: o, length, nonMinimal };
}

// Step 3. The label: IPv6 extension headers.

export function readCalipso(view: DataView, o: number, length: number, header: number, options: ReadOptions): Found {
  const strict = options.profile === "strict";
  if (length < 8) reject(reason.CALIPSO_LEN, o + 1); // K3
  const words = view.getUint8(o + 6);
  if (8 + 4 * words > length) reject(reason.CALIPSO_CMPT_OVERRUN, o + 6); // K4
  if (strict && 8 + 4 * words < length) reject(reason.CALIPSO_LEN_MISMATCH, o + 1); // K5
  if (strict && (o - header) % 4 !== 2) reject(reason.CALIPSO_ALIGN, o); // K6
  if (!calipsoChecksumHolds(octets(view, o, o + 2 + length))) reject(reason.CALIPSO_CRC, o + 8); // K7
  const doi = view.getUint32(o + 2);
  if (doi === 0) reject(reason.CALIPSO_DOI_ZERO, o + 2); // K8
  if (!isKnown(doi, options)) reject(reason.CALIPSO_DOI_UNKNOWN, o + 2); // K9

  const bitmap = o + 10;
  const nonMinimal = words > 0 && view.getUint32(bitmap + 4 * (words - 1)) === 0;
  const categories = readBitmap(view, bitmap, 4 * words);
  const label: ReadLabel = { scheme: "calipso", doi, level: view.getUint8(o + 7), categories };
  return { label, offset: o, length: 2 + length, nonMinimal };
}

/** RFC 5570, RFC 1662 appendix C: CRC-16/X-25 over the option, type octet included, its checksum taken as zero. */
function calipsoChecksumHolds(option: Uint8Array): boolean {
  let crc = 0xffff;
  for (const [k, octet] of option.entries()) {
    crc ^= k === 8 || k === 9 ? 0 : octet;
    for (let bit = 0; bit < 8; bit++) {
      const out = crc & 1;
      crc >>= 1;
      if (out === 1) crc ^= 0x8408;
    }
  }
  crc ^= 0xffff;
  return option[8] === (crc & 0xff) && option[9] === crc >> 8; // low octet first
}
