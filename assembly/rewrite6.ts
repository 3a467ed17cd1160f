// Rewriting IPv6: RFC 8200 sections 4.2 and 4.3. The label goes first in the hop-by-hop header, at 4n + 2 (RFC 5570 section
// 5.1); other options keep their order and their place modulo 8, with at most 7 octets of padding before each (M1). A label is
// not put beside so many options, or before so many headers, that its receivers may refuse the packet (M2, E2).

import { beginsWith, u16At, u8At } from "./bytes";
import { MAX_EXTENSIONS, MAX_HEADER_OPTIONS } from "./columns";
import { FRAGMENT, isExtension, lengthOf } from "./ipv6";
import { fail } from "./rewrite";
import { REWRITE_MALFORMED, REWRITE_NO_ROOM, REWRITE_TOO_LONG, REWRITE_WRONG_VERSION } from "./rewriting";

const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const FIXED: u32 = 40;
const MOST_OCTETS: u32 = 65535; // of the payload
const MOST_HEADER: u32 = 2048;

const HOP_BY_HOP: u32 = 0;
const OPTIONS: u32 = 2; // in a hop-by-hop header

const OPTION_PAD1: u32 = 0;
const OPTION_PADN: u32 = 1;
const OPTION_CALIPSO: u32 = 7;

let labels: u32 = 0; // label options that were taken out
let others: u32 = 0; // options that were kept

export function restamp6(packet: usize, length: u32, option: usize, optionLength: u32, to: usize): u32 {
  if (length < FIXED) return fail(REWRITE_MALFORMED);
  const payload = u16At(packet + PAYLOAD_LENGTH);
  if (length - FIXED < payload) return fail(REWRITE_MALFORMED);
  if (optionLength != 0 && u8At(option) != OPTION_CALIPSO) return fail(REWRITE_WRONG_VERSION);

  const header = packet + FIXED;
  const next = u8At(packet + NEXT_HEADER);
  let headerLength: u32 = 0;
  if (next == HOP_BY_HOP) {
    // A payload of 0 with such a header is that of a jumbogram (RFC 2675), whose length stands elsewhere.
    if (payload < 8) return fail(REWRITE_MALFORMED);
    headerLength = (u8At(header + 1) + 1) << 3;
    if (headerLength > payload) return fail(REWRITE_MALFORMED);
  }
  const rest = payload - headerLength;
  const begun = OPTIONS + optionLength;
  if (begun > MOST_HEADER) return fail(REWRITE_NO_ROOM);
  labels = 0;
  others = 0;
  let newLength = headerLength == 0 ? begun : keepOthers(header, headerLength, to + FIXED, begun);
  if (newLength == MALFORMED) return fail(REWRITE_MALFORMED);
  if (newLength == NO_ROOM) return fail(REWRITE_NO_ROOM);
  const stamping = optionLength != 0;
  if (labels == u32(stamping) && beginsWith(header + OPTIONS, header + headerLength, option, optionLength)) {
    memory.copy(to, packet, FIXED + payload); // O-03
    return FIXED + payload;
  }
  if (stamping && others >= <u32>MAX_HEADER_OPTIONS) return fail(REWRITE_NO_ROOM); // M2
  if (stamping && headerLength == 0 && isFull(next, header, header + payload)) return fail(REWRITE_NO_ROOM); // E2
  // O-05: a header without options is none.
  newLength = newLength == OPTIONS ? 0 : padTo(to + FIXED, newLength, (newLength + 7) & ~7);
  if (newLength + rest > MOST_OCTETS) return fail(REWRITE_TOO_LONG);

  memory.copy(to, packet, FIXED);
  const behind = headerLength == 0 ? next : u8At(header);
  if (newLength == 0) {
    store<u8>(to + NEXT_HEADER, behind);
  } else {
    store<u8>(to + NEXT_HEADER, HOP_BY_HOP);
    store<u8>(to + FIXED, behind);
    store<u8>(to + FIXED + 1, (newLength >> 3) - 1);
    memory.copy(to + FIXED + OPTIONS, option, optionLength);
  }
  store<u16>(to + PAYLOAD_LENGTH, bswap<u16>(<u16>(newLength + rest)));
  memory.copy(to + FIXED + newLength, header + headerLength, rest);
  return FIXED + newLength + rest;
}

// E2: whether a chain of headers has no place for one more.
function isFull(type: u32, at: usize, end: usize): bool {
  for (let count = 1; isExtension(type) && at + 8 <= end; count++) {
    if (count == MAX_EXTENSIONS) return true;
    if (type == FRAGMENT && (u16At(at + 2) & 0xfff8) != 0) return false; // what follows is no header
    const length = lengthOf(type, u8At(at + 1));
    type = u8At(at);
    at += length;
  }
  return false;
}

const MALFORMED: u32 = 0xffffffff;
const NO_ROOM: u32 = 0xfffffffe;

// Writes the options that are neither labels nor padding into the header at `to`, from `begun` on: where they end.
function keepOthers(header: usize, headerLength: u32, to: usize, begun: u32): u32 {
  let at = begun;
  for (let i = OPTIONS; i < headerLength; ) {
    const type = u8At(header + i);
    if (type == OPTION_PAD1) {
      i++;
      continue;
    }
    if (i + 1 == headerLength) return MALFORMED;
    const length = 2 + u8At(header + i + 1);
    if (i + length > headerLength) return MALFORMED;
    if (type == OPTION_CALIPSO) {
      labels++;
    } else if (type != OPTION_PADN) {
      const place = at + ((i - at) & 7);
      if (place + length > MOST_HEADER) return NO_ROOM;
      padTo(to, at, place);
      memory.copy(to + place, header + i, length);
      at = place + length;
      others++;
    }
    i += length;
  }
  return at;
}

// Padding from one offset in the header to another, at most 7 octets: the latter.
function padTo(header: usize, from: u32, to: u32): u32 {
  const octets = to - from;
  if (octets == 1) store<u8>(header + from, OPTION_PAD1);
  else if (octets > 1) {
    store<u8>(header + from, OPTION_PADN);
    store<u8>(header + from + 1, octets - 2);
    memory.fill(header + from + 2, 0, octets - 2);
  }
  return to;
}
