// Steps 2 and 3 for IPv4: RFC 791.
//
//   0 version, IHL | 1 TOS | 2 total length 2 | 4 identification 2 | 6 flags, fragment offset 2
//   8 TTL | 9 protocol | 10 header checksum 2 | 12 source 4 | 16 destination 4 | 20 options ...
//
// An option is one octet (0 end, 1 no operation) or type | length | data, the length counting all of it.

import {
  PACKET_DST,
  PACKET_END,
  PACKET_FRAG_AT,
  PACKET_FRAG_ID,
  PACKET_FRAG_OFFSET,
  PACKET_FRAGMENT,
  PACKET_MORE,
  PACKET_PROTOCOL,
  PACKET_SRC,
  PACKET_TRANSPORT,
} from "./columns";
import { PACKET, POLICY } from "./memory";
import { u16At, u8At } from "./bytes";
import { captured, isFragment, note, noteOption, refuse, wireEnd } from "./packet";
import { readPorts } from "./ports";
import { readCipso } from "./cipso";
import { readBasic, readExtended, ripsoVerdict } from "./ripso";
import { FLAG_CHECKSUM, FLAG_RIPSO, HEADER_FLAGS } from "./tables";
import {
  CIPSO_DUPLICATE,
  IP_CHECKSUM,
  IP_IHL,
  IP_LENGTH,
  IP_TRUNCATED,
  MULTI_SCHEME,
  NO_LABEL,
  OK,
  OK_FRAGMENT,
  OPT_LEN_LT2,
  OPT_OVERRUN,
  OPT_TRUNCATED,
  RIPSO_DUPLICATE,
} from "./reason";

const TOTAL_LENGTH: usize = 2;
const IDENTIFICATION: usize = 4;
const FRAGMENT: usize = 6;
const PROTOCOL: usize = 9;
const CHECKSUM: usize = 10;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;
const FIXED: usize = 20;

const OFFSET_AND_MORE: u32 = 0xff3f; // of the fragment field, as on the wire

const OPTION_END: u32 = 0;
const OPTION_NOP: u32 = 1;
const OPTION_RIPSO: u32 = 130;
const OPTION_RIPSO_EXTENDED: u32 = 133;
const OPTION_CIPSO: u32 = 134;

export function readIpv4(ip: usize): i32 {
  if (captured - ip < FIXED) return refuse(IP_TRUNCATED, ip); // O2
  note(PACKET_SRC, ip + SOURCE);
  note(PACKET_DST, ip + DESTINATION);
  store<u16>(PACKET + PACKET_PROTOCOL, u8At(ip + PROTOCOL));
  store<u32>(PACKET + PACKET_FRAG_ID, load<u16>(ip + IDENTIFICATION));
  note(PACKET_FRAG_AT, ip + FRAGMENT);
  if ((load<u16>(ip + FRAGMENT) & u16(OFFSET_AND_MORE)) != 0) readFragment(u16At(ip + FRAGMENT));

  const headerLength = (u8At(ip) & 15) << 2;
  if (headerLength < <u32>FIXED) return refuse(IP_IHL, ip); // O1
  const totalLength = u16At(ip + TOTAL_LENGTH);
  if (totalLength < headerLength || ip + totalLength > wireEnd) return refuse(IP_LENGTH, ip + TOTAL_LENGTH); // I1
  const end = ip + headerLength;
  if (end > captured) return refuse(IP_TRUNCATED, ip); // O2
  if ((load<u32>(POLICY + HEADER_FLAGS) & FLAG_CHECKSUM) != 0 && sumOf(ip, headerLength) != 0xffff) {
    return refuse(IP_CHECKSUM, ip + CHECKSUM); // I2
  }

  note(PACKET_TRANSPORT, end);
  note(PACKET_END, ip + totalLength);
  readPorts(end, ip + totalLength);
  return headerLength == <u32>FIXED ? NO_LABEL : readOptions(ip + FIXED, end);
}

//   reserved, don't fragment, more 3 bits | offset in units of 8 octets 13 bits
function readFragment(field: u32): void {
  store<u8>(PACKET + PACKET_FRAGMENT, 1);
  store<u8>(PACKET + PACKET_MORE, (field >> 13) & 1);
  store<u32>(PACKET + PACKET_FRAG_OFFSET, (field & 0x1fff) << 3);
}

// The one's complement sum of a header, in memory order: 0xffff when its checksum is right (RFC 1071).
function sumOf(at: usize, length: u32): u32 {
  let sum: u64 = 0;
  for (let end = at + length; at < end; at += 4) sum += load<u32>(at);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return <u32>sum;
}

function readOptions(at: usize, end: usize): i32 {
  const readRipso = (load<u32>(POLICY + HEADER_FLAGS) & FLAG_RIPSO) != 0;
  let cipsoAt: usize = 0;
  let basicAt: usize = 0;
  let extendedAt: usize = 0; // the first
  let unregisteredAt: usize = 0; // the first with a format code that is not configured
  let status: i32 = NO_LABEL;

  for (let i = at; i < end; ) {
    const type = u8At(i);
    noteOption(type, 1);
    if (type == OPTION_END) break; // O3
    if (type == OPTION_NOP) {
      i++; // O4
      continue;
    }
    if (i + 1 == end) return refuse(OPT_TRUNCATED, i); // O5
    const length = u8At(i + 1);
    if (length < 2) return refuse(OPT_LEN_LT2, i); // O6
    if (i + length > end) return refuse(OPT_OVERRUN, i); // O7

    if (type == OPTION_CIPSO) {
      if (cipsoAt != 0) return refuse(CIPSO_DUPLICATE, i); // C16
      cipsoAt = i;
      status = readCipso(i, length);
      if (status > OK_FRAGMENT) return status;
    } else if (type == OPTION_RIPSO && readRipso) {
      if (basicAt != 0) return refuse(RIPSO_DUPLICATE, i); // R7
      basicAt = i;
      status = readBasic(i, length);
      if (status > OK_FRAGMENT) return status;
    } else if (type == OPTION_RIPSO_EXTENDED && readRipso) {
      const known = readExtended(i, length);
      if (known > NO_LABEL) return known;
      if (extendedAt == 0) extendedAt = i;
      if (known == NO_LABEL && unregisteredAt == 0) unregisteredAt = i;
    }
    i += length;
  }

  if (extendedAt != 0) {
    const refused = ripsoVerdict(basicAt, extendedAt, unregisteredAt);
    if (refused != OK) return refused;
  }
  if (basicAt != 0 && cipsoAt != 0) return refuse(MULTI_SCHEME, max(basicAt, cipsoAt)); // R10
  return status <= OK_FRAGMENT && isFragment() ? OK_FRAGMENT : status;
}
