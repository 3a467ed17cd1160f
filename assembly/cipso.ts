// CIPSO: draft-ietf-cipso-ipsecurity-01 (CIPSO 2.2), IPv4 option 134. Section 1 of the label option formats.
//
//   86 | length | DOI 4 | tag | tag ...
//
//   tag 1   01 | length | 00 | level | bitmap 0-30              bit 0 is the high bit of the first octet
//   tag 2   02 | length | 00 | level | category 2 ...           ascending
//   tag 5   05 | length | 00 | level | top 2, bottom 2 ...      descending; the last bottom may be left out: 0
//
// Tags 6 and 7 (FIPS 188), 3 and 4 and the private ones above 127 are not dominance labels: C4 refuses them.

import { SCHEME_CIPSO } from "./columns";
import { POLICY } from "./memory";
import { u16At, u32At, u8At } from "./bytes";
import { noteLabel, refuse } from "./packet";
import { addBitmap, addRun, closeLabel, openLabel } from "./label";
import { isKnownDoi } from "./doi";
import { FLAG_LINUX, HEADER_FLAGS } from "./tables";
import {
  CIPSO_ALIGN_NONZERO,
  CIPSO_CAT_65535,
  CIPSO_CAT_LEN_ODD,
  CIPSO_CAT_ORDER,
  CIPSO_DOI_UNKNOWN,
  CIPSO_DOI_ZERO,
  CIPSO_MULTI_MAC_TAG,
  CIPSO_OPT_SHORT,
  CIPSO_RANGE_COUNT,
  CIPSO_RANGE_INVERTED,
  CIPSO_RANGE_ORDER,
  CIPSO_RANGE_OVERLAP,
  CIPSO_TAG_LEN,
  CIPSO_TAG_OVERRUN,
  CIPSO_TAG_TRUNCATED,
  CIPSO_TAG_UNKNOWN,
  OK,
  OK_NONMINIMAL,
} from "./reason";

const DOI: usize = 2;
const TAGS: usize = 6;
const SHORTEST: u32 = 8;

const BITMAP: u32 = 1;
const ENUMERATED: u32 = 2;
const RANGES: u32 = 5;

const TAG_ALIGN: usize = 2;
const TAG_LEVEL: usize = 3;
const TAG_CATEGORIES: usize = 4;

const OPTIMISED: u32 = 10; // octets of the padded tag 1 bitmap every receiver must take (draft 3.4.2.6)
const MAX_RANGES: u32 = 7; // draft 3.4.4
const NO_CATEGORY: u32 = 65535;

// Reads the label of an option whose length is inside the header. LABEL holds it when the result is OK or OK_NONMINIMAL.
export function readCipso(option: usize, length: u32): i32 {
  if (length < SHORTEST) return refuse(CIPSO_OPT_SHORT, option + 1); // C1
  const doi = u32At(option + DOI);
  if (doi == 0) return refuse(CIPSO_DOI_ZERO, option + DOI); // C2
  if (!isKnownDoi(doi)) return refuse(CIPSO_DOI_UNKNOWN, option + DOI); // C3

  const linux = (load<u32>(POLICY + HEADER_FLAGS) & FLAG_LINUX) != 0;
  const end = option + length;
  let status: i32 = OK;
  for (let tag = option + TAGS; tag < end; ) {
    const type = u8At(tag);
    if (type != BITMAP && type != ENUMERATED && type != RANGES) return refuse(CIPSO_TAG_UNKNOWN, tag); // C4
    if (tag + 1 == end) return refuse(CIPSO_TAG_TRUNCATED, tag); // C5
    const tagLength = u8At(tag + 1);
    if (tagLength < <u32>TAG_CATEGORIES) return refuse(CIPSO_TAG_LEN, tag + 1); // C6
    if (tag + tagLength > end) return refuse(CIPSO_TAG_OVERRUN, tag + 1); // C7
    const first = tag == option + TAGS;
    if (!linux) {
      if (!first) return refuse(CIPSO_MULTI_MAC_TAG, tag); // C8
      if (u8At(tag + TAG_ALIGN) != 0) return refuse(CIPSO_ALIGN_NONZERO, tag + TAG_ALIGN); // C9
    }

    const categories = tag + TAG_CATEGORIES;
    const octets = tagLength - <u32>TAG_CATEGORIES;
    if (type != BITMAP) {
      const wrong =
        (octets & 1) != 0 ? CIPSO_CAT_LEN_ODD // C10
        : type == ENUMERATED ? checkEnumerated(categories, octets, linux)
        : linux ? checkRangesLinux(categories, octets)
        : checkRanges(categories, octets);
      if (wrong != OK) return refuse(wrong, categories);
    }

    // Profile linux accepts several tags; the label is the first one's.
    if (first) {
      openLabel(doi, u8At(tag + TAG_LEVEL));
      if (type == BITMAP) status = addCategoryBitmap(categories, octets);
      else if (type == ENUMERATED) addEnumerated(categories, octets);
      else addRanges(categories, octets);
      closeLabel();
    }
    tag += tagLength;
  }
  noteLabel(SCHEME_CIPSO, option, length);
  return status;
}

function checkEnumerated(at: usize, octets: u32, linux: bool): i32 {
  if (!linux) {
    for (let i: u32 = 0; i < octets; i += 2) {
      if (u16At(at + i) == NO_CATEGORY) return CIPSO_CAT_65535; // C12
    }
  }
  for (let i: u32 = 2; i < octets; i += 2) {
    if (u16At(at + i) <= u16At(at + i - 2)) return CIPSO_CAT_ORDER; // C13
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function topAt(at: usize, i: u32): u32 {
  return u16At(at + i);
}

// @ts-ignore: decorator
@inline
function bottomAt(at: usize, i: u32, octets: u32): u32 {
  return i + 2 < octets ? u16At(at + i + 2) : 0;
}

function checkRanges(at: usize, octets: u32): i32 {
  if (((octets + 3) >> 2) > MAX_RANGES) return CIPSO_RANGE_COUNT; // C11
  for (let i: u32 = 0; i < octets; i += 2) {
    if (u16At(at + i) == NO_CATEGORY) return CIPSO_CAT_65535; // C12
  }
  for (let i: u32 = 0; i < octets; i += 4) {
    if (topAt(at, i) < bottomAt(at, i, octets)) return CIPSO_RANGE_INVERTED; // C14
  }
  for (let i: u32 = 4; i < octets; i += 4) {
    if (topAt(at, i) >= bottomAt(at, i - 4, octets)) return misplaced(at, i, octets); // C15
  }
  return OK;
}

function checkRangesLinux(at: usize, octets: u32): i32 {
  for (let i: u32 = 4; i < octets; i += 4) {
    if (topAt(at, i) > bottomAt(at, i - 4, octets)) return misplaced(at, i, octets); // L5
  }
  return OK;
}

// C15: a range wholly above the one before it, or overlapping it.
function misplaced(at: usize, i: u32, octets: u32): i32 {
  return bottomAt(at, i, octets) > topAt(at, i - 4) ? CIPSO_RANGE_ORDER : CIPSO_RANGE_OVERLAP;
}

function addCategoryBitmap(at: usize, octets: u32): i32 {
  addBitmap(at, octets);
  return octets > 0 && octets != OPTIMISED && u8At(at + octets - 1) == 0 ? OK_NONMINIMAL : OK;
}

function addEnumerated(at: usize, octets: u32): void {
  for (let i: u32 = 0; i < octets; i += 2) {
    const category = u16At(at + i);
    addRun(category, category);
  }
}

// An inverted range, which only profile linux lets through, is empty.
function addRanges(at: usize, octets: u32): void {
  for (let i: u32 = 0; i < octets; i += 4) {
    const bottom = bottomAt(at, i, octets);
    const top = topAt(at, i);
    if (bottom <= top) addRun(bottom, top);
  }
}
