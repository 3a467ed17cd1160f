// Steps 2 and 3 for IPv6: RFC 8200.
//
//   0 version, class, flow 4 | 4 payload length 2 | 6 next header | 7 hop limit | 8 source 16 | 24 destination 16
//
// Extension headers: next header | length | ...; options: 00 (one octet of padding) or type | data length | data.

import {
  MAX_EXTENSIONS,
  MAX_HEADER_OPTIONS,
  MAX_PADDING,
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
import { readCalipso } from "./calipso";
import { readPorts } from "./ports";
import { FLAG_LINUX, HEADER_FLAGS } from "./tables";
import {
  CALIPSO_DUPLICATE,
  CALIPSO_NOT_HBH,
  EXT_COUNT,
  EXT_OVERRUN,
  FRAG_NESTED,
  HBH_NOT_FIRST,
  IP_LENGTH,
  IP_TRUNCATED,
  NO_LABEL,
  OK,
  OK_FRAGMENT,
  OPT_COUNT,
  OPT_OVERRUN,
  OPT_TRUNCATED,
  OPT_UNKNOWN_ACTION,
  PAD1_LONG,
  PADN_LONG,
  PADN_NONZERO,
  ROUTER_ALERT_LEN,
} from "./reason";

const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const SOURCE: usize = 8;
const DESTINATION: usize = 24;
const FIXED: usize = 40;

const HOP_BY_HOP: u32 = 0;
const ROUTING: u32 = 43;
export const FRAGMENT: u32 = 44;
const AUTHENTICATION: u32 = 51;
const DESTINATION_OPTIONS: u32 = 60;

const OPTION_PAD1: u32 = 0;
const OPTION_PADN: u32 = 1;
const OPTION_ROUTER_ALERT: u32 = 5; // RFC 2711
const OPTION_CALIPSO: u32 = 7;
const ACTION: u32 = 0xc0; // what to do with an unknown option: 00 skip it, else discard the packet

// NO_LABEL until a label option was read, then its status.
let status: i32 = NO_LABEL;

export function readIpv6(ip: usize): i32 {
  if (captured - ip < FIXED) return refuse(IP_TRUNCATED, ip); // O2
  note(PACKET_SRC, ip + SOURCE);
  note(PACKET_DST, ip + DESTINATION);
  store<u32>(PACKET + PACKET_FRAG_ID, 0);
  note(PACKET_FRAG_AT, ip);

  const packetEnd = ip + FIXED + u16At(ip + PAYLOAD_LENGTH);
  if (packetEnd > wireEnd) return refuse(IP_LENGTH, ip + PAYLOAD_LENGTH); // I1
  status = NO_LABEL;
  const refused = walkChain(ip, packetEnd);
  if (refused != OK) return refused;
  return status <= OK_FRAGMENT && isFragment() ? OK_FRAGMENT : status;
}

function walkChain(ip: usize, packetEnd: usize): i32 {
  let type = u8At(ip + NEXT_HEADER);
  let typeAt = ip + NEXT_HEADER;
  let header = ip + FIXED;
  let count: u32 = 0;
  while (isExtension(type)) {
    if (type == HOP_BY_HOP && count > 0) return refuse(HBH_NOT_FIRST, typeAt); // E1
    if (count == MAX_EXTENSIONS) return refuse(EXT_COUNT, header); // E2
    if (type == FRAGMENT && isFragment()) return refuse(FRAG_NESTED, header); // E3
    if (header + 8 > packetEnd) return refuse(EXT_OVERRUN, header); // E4
    if (header + 8 > captured) return refuse(IP_TRUNCATED, header); // O2
    const end = header + lengthOf(type, u8At(header + 1));
    if (end > packetEnd) return refuse(EXT_OVERRUN, header); // E4
    if (end > captured) return refuse(IP_TRUNCATED, header); // O2

    if (type == HOP_BY_HOP || type == DESTINATION_OPTIONS) {
      const refused = readOptions(header, end, type == HOP_BY_HOP);
      if (refused != OK) return refused;
    } else if (type == FRAGMENT) {
      readFragment(header);
    }
    type = u8At(header);
    typeAt = header;
    header = end;
    count++;
    if (load<u32>(PACKET + PACKET_FRAG_OFFSET) != 0) break;
  }
  store<u16>(PACKET + PACKET_PROTOCOL, type);
  note(PACKET_TRANSPORT, header);
  note(PACKET_END, packetEnd);
  readPorts(header, packetEnd);
  return OK;
}

// @ts-ignore: decorator
@inline
export function isExtension(type: u32): bool {
  return (
    type == HOP_BY_HOP ||
    type == DESTINATION_OPTIONS ||
    type == FRAGMENT ||
    type == ROUTING ||
    type == AUTHENTICATION
  );
}

// Octets of a header by its length field: RFC 8200 section 4, RFC 4302 section 2.2.
export function lengthOf(type: u32, field: u32): u32 {
  if (type == FRAGMENT) return 8;
  return type == AUTHENTICATION ? (field + 2) << 2 : (field + 1) << 3;
}

//   next header | reserved | offset 13 bits, reserved 2, more 1 | identification 4
// One with offset 0 and no more to come is atomic: the packet is whole (RFC 6946).
function readFragment(header: usize): void {
  const field = u16At(header + 2);
  const offset = field & 0xfff8;
  const more = field & 1;
  if ((offset | more) == 0) return;
  store<u8>(PACKET + PACKET_FRAGMENT, 1);
  store<u32>(PACKET + PACKET_FRAG_OFFSET, offset);
  store<u8>(PACKET + PACKET_MORE, more);
  store<u32>(PACKET + PACKET_FRAG_ID, load<u32>(header + 4));
  note(PACKET_FRAG_AT, header);
}

// Octets in a row that are zero, up to eight: an attacker may send nothing but Pad1, so they are not passed one by one.
// @ts-ignore: decorator
@inline
function zerosAt(at: usize): u32 {
  const octets = load<u64>(at);
  return octets == 0 ? 8 : <u32>ctz(octets) >> 3;
}

function readOptions(header: usize, end: usize, hopByHop: bool): i32 {
  const linux = (load<u32>(POLICY + HEADER_FLAGS) & FLAG_LINUX) != 0;
  let padding: u32 = 0; // octets in a row
  let options: u32 = 0; // padding aside
  for (let i = header + 2; i < end; ) {
    const type = u8At(i);
    if (type == OPTION_PAD1) {
      const run = min(zerosAt(i), <u32>(end - i));
      const allowed = <u32>MAX_PADDING - padding;
      noteOption(type, min(run, allowed + 1));
      if (run > allowed) return refuse(PAD1_LONG, i + allowed); // M1
      padding += run;
      i += run;
      continue;
    }
    noteOption(type, 1);
    if (i + 1 == end) return refuse(OPT_TRUNCATED, i); // O5
    const length = 2 + u8At(i + 1);
    if (i + length > end) return refuse(OPT_OVERRUN, i); // O7
    if (type == OPTION_PADN) {
      padding += length;
      if (padding > <u32>MAX_PADDING) return refuse(PADN_LONG, i); // M1
      for (let octet = i + 2; octet < i + length; octet++) {
        if (u8At(octet) != 0) return refuse(PADN_NONZERO, i); // M1
      }
      i += length;
      continue;
    }

    padding = 0;
    if (++options > <u32>MAX_HEADER_OPTIONS) return refuse(OPT_COUNT, i); // M2
    if (type == OPTION_CALIPSO && hopByHop) {
      const first = status == NO_LABEL;
      if (!first && !linux) return refuse(CALIPSO_DUPLICATE, i); // K2, Q-05
      const read = readCalipso(i, header, first);
      if (read > OK_FRAGMENT) return read;
      if (first) status = read;
    } else if (type == OPTION_CALIPSO && !linux) {
      return refuse(CALIPSO_NOT_HBH, i); // K1
    } else if (type == OPTION_ROUTER_ALERT && hopByHop) {
      if (length != 4) return refuse(ROUTER_ALERT_LEN, i + 1); // M4
    } else if ((type & ACTION) != 0) {
      return refuse(OPT_UNKNOWN_ACTION, i); // M4
    }
    i += length;
  }
  return OK;
}
