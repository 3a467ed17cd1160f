// RIPSO: RFC 1108, IP security options 130 and 133. Blame is always the option.
//
//   basic      82 | length | level | authority octets, the low bit of each: another one follows
//   extended   85 | length | format code | data

import { PACKET_RIPSO_AUTHORITIES, PACKET_RIPSO_LEVEL, SCHEME_RIPSO } from "./columns";
import { PACKET, POLICY } from "./memory";
import { u8At } from "./bytes";
import { noteLabel, refuse } from "./packet";
import { HEADER_FORMATS, HEADER_RIPSO } from "./tables";
import {
  NO_LABEL,
  OK,
  OK_NONMINIMAL,
  RIPSO_AUTH_LEN,
  RIPSO_AUTH_NONMINIMAL,
  RIPSO_AUTH_UNASSIGNED,
  RIPSO_ESO_ALONE,
  RIPSO_ESO_UNREGISTERED,
  RIPSO_LEN,
  RIPSO_LEVEL,
} from "./reason";

const LEVEL: usize = 2;
const AUTHORITIES: usize = 3;
const FORMAT: usize = 2;

const ASSIGNED: u32 = 0xf8; // GENSER 80, SIOP-ESI 40, SCI 20, NSA 10, DOE 08
const FLAGS: u32 = 0xfe; // all but the field termination bit
const NOT_A_LEVEL: u32 = 4;

// Section 2.3 of RFC 1108: the four level octets in use, as 0-3. Any two differ in at least four bits.
function levelIndex(level: u32): u32 {
  if (level == 0x3d) return 0; // Top Secret
  if (level == 0x5a) return 1; // Secret
  if (level == 0x96) return 2; // Confidential
  if (level == 0xab) return 3; // Unclassified
  return NOT_A_LEVEL;
}

export function readBasic(at: usize, length: u32): i32 {
  if (length < 3) return refuse(RIPSO_LEN, at); // R1
  const level = u8At(at + LEVEL);
  if (levelIndex(level) == NOT_A_LEVEL) return refuse(RIPSO_LEVEL, at); // R2

  const first = at + AUTHORITIES;
  const end = at + length;
  let unassigned: u32 = 0;
  for (let octet = first; octet < end; octet++) {
    const flags = u8At(octet);
    if ((flags & 1) != u32(octet + 1 < end)) return refuse(RIPSO_AUTH_LEN, at); // R3
    unassigned |= octet == first ? flags & FLAGS & ~ASSIGNED : flags & FLAGS;
  }
  const count = end - first;
  if (count > 1 && (u8At(end - 1) & FLAGS) == 0) return refuse(RIPSO_AUTH_NONMINIMAL, at); // R5
  if (unassigned != 0) return refuse(RIPSO_AUTH_UNASSIGNED, at); // R6

  const authorities = count == 0 ? 0 : u8At(first);
  store<u8>(PACKET + PACKET_RIPSO_LEVEL, level);
  store<u8>(PACKET + PACKET_RIPSO_AUTHORITIES, authorities);
  noteLabel(SCHEME_RIPSO, at, length);
  return count == 1 && authorities == 0 ? OK_NONMINIMAL : OK;
}

// OK: a configured format code; NO_LABEL: any other.
export function readExtended(at: usize, length: u32): i32 {
  if (length < 3) return refuse(RIPSO_LEN, at); // R4
  const formats = load<u32>(POLICY + HEADER_FORMATS);
  if (formats == 0) return NO_LABEL;
  const code = u8At(at + FORMAT);
  return ((load<u8>(formats + (code >> 3)) >> (code & 7)) & 1) != 0 ? OK : NO_LABEL;
}

// At the end of options that hold an extended one.
export function ripsoVerdict(basicAt: usize, extendedAt: usize, unregisteredAt: usize): i32 {
  if (basicAt == 0) return refuse(RIPSO_ESO_ALONE, extendedAt); // R8
  if (unregisteredAt == 0) return OK;
  noteLabel(SCHEME_RIPSO, basicAt, u8At(basicAt + 1)); // it is shown, whatever was read behind it
  return refuse(RIPSO_ESO_UNREGISTERED, unregisteredAt); // R9
}

// The lattice label that the policy gives the basic option at hand: a label block, or 0.
export function mappedLabel(): usize {
  const table = load<u32>(POLICY + HEADER_RIPSO);
  if (table == 0) return 0;
  const level = levelIndex(load<u8>(PACKET + PACKET_RIPSO_LEVEL));
  const combination = <u32>load<u8>(PACKET + PACKET_RIPSO_AUTHORITIES) >> 3;
  return load<u32>(table + ((level * 32 + combination) << 2));
}
