// CALIPSO: RFC 5570, IPv6 hop-by-hop option 07.
//
//   0 type 07 | 1 data length | 2 DOI 4 | 6 compartment words | 7 level | 8 checksum 2 | 10 bitmap, words * 4
//
// The checksum is CRC-16/X-25 over the whole option from its type, with its own two octets zero, stored low octet first
// (RFC 5570 section 5.1.7, RFC 1662 appendix C).

import { SCHEME_CALIPSO } from "./columns";
import { POLICY } from "./memory";
import { u32At, u8At } from "./bytes";
import { noteLabel, refuse } from "./packet";
import { addBitmap, closeLabel, openLabel } from "./label";
import { isKnownDoi } from "./doi";
import { CRC_START, crcOf, crcOfTwoZeros } from "./crc";
import { FLAG_LINUX, HEADER_FLAGS } from "./tables";
import {
  CALIPSO_ALIGN,
  CALIPSO_CMPT_OVERRUN,
  CALIPSO_CRC,
  CALIPSO_DOI_UNKNOWN,
  CALIPSO_DOI_ZERO,
  CALIPSO_LEN,
  CALIPSO_LEN_MISMATCH,
  OK,
  OK_NONMINIMAL,
} from "./reason";

const LENGTH: usize = 1;
const DOI: usize = 2;
const WORDS: usize = 6;
const LEVEL: usize = 7;
const CHECKSUM: usize = 8;
const BITMAP: usize = 10;
const FIXED_DATA: u32 = 8;

// Reads an option that ends inside its header, which starts at `header`. Only the first of a packet sets the label.
export function readCalipso(option: usize, header: usize, first: bool): i32 {
  const linux = (load<u32>(POLICY + HEADER_FLAGS) & FLAG_LINUX) != 0;
  const dataLength = u8At(option + LENGTH);
  if (dataLength < FIXED_DATA) return refuse(CALIPSO_LEN, option + LENGTH); // K3
  const octets = u8At(option + WORDS) << 2;
  if (FIXED_DATA + octets > dataLength) return refuse(CALIPSO_CMPT_OVERRUN, option + WORDS); // K4
  if (!linux) {
    if (FIXED_DATA + octets < dataLength) return refuse(CALIPSO_LEN_MISMATCH, option + LENGTH); // K5
    if (((option - header) & 3) != 2) return refuse(CALIPSO_ALIGN, option); // K6
  }
  const stored = <u32>load<u16>(option + CHECKSUM);
  if (checksumOf(option, 2 + dataLength) != stored) return refuse(CALIPSO_CRC, option + CHECKSUM); // K7
  const doi = u32At(option + DOI);
  if (doi == 0) return refuse(CALIPSO_DOI_ZERO, option + DOI); // K8
  if (!isKnownDoi(doi)) return refuse(CALIPSO_DOI_UNKNOWN, option + DOI); // K9
  if (!first) return OK;

  openLabel(doi, u8At(option + LEVEL));
  addBitmap(option + BITMAP, octets);
  closeLabel();
  noteLabel(SCHEME_CALIPSO, option, 2 + dataLength);
  return octets > 0 && load<u32>(option + BITMAP + octets - 4) == 0 ? OK_NONMINIMAL : OK;
}

// K7: over the whole option, its own two octets taken as zero.
function checksumOf(option: usize, length: u32): u32 {
  const crc = crcOfTwoZeros(crcOf(CRC_START, option, <u32>CHECKSUM));
  return crcOf(crc, option + BITMAP, length - <u32>BITMAP) ^ 0xffff;
}
