// Rewriting IPv4: RFC 791 section 3.1. The label goes first (O-02); 134, 130 and what leans on it, 133 (R8), are taken out
// wherever they stand (O-01, Q-07); the rest keeps its order.

import { beginsWith, u16At, u8At } from "./bytes";
import { fail } from "./rewrite";
import { REWRITE_MALFORMED, REWRITE_NO_ROOM, REWRITE_TOO_LONG, REWRITE_WRONG_VERSION } from "./rewriting";

const TOTAL_LENGTH: usize = 2;
const CHECKSUM: usize = 10;
const FIXED: u32 = 20;
const MOST_OPTIONS: u32 = 40;
const MOST_OCTETS: u32 = 65535;

const OPTION_END: u32 = 0;
const OPTION_NOP: u32 = 1;
const OPTION_RIPSO: u32 = 130;
const OPTION_RIPSO_EXTENDED: u32 = 133;
const OPTION_CIPSO: u32 = 134;

const NOWHERE: usize = 0;

let kept: u32 = 0; // octets of options that were kept
let labels: u32 = 0; // label options that were taken out
let nops: u32 = 0; // NOPs that were kept

export function restamp4(packet: usize, length: u32, option: usize, optionLength: u32, to: usize): u32 {
  if (length < FIXED) return fail(REWRITE_MALFORMED);
  const headerLength = (u8At(packet) & 15) << 2;
  const totalLength = u16At(packet + TOTAL_LENGTH);
  if (headerLength < FIXED || totalLength < headerLength || length < totalLength) return fail(REWRITE_MALFORMED);
  if (optionLength != 0) {
    const type = u8At(option);
    if (type != OPTION_CIPSO && type != OPTION_RIPSO) return fail(REWRITE_WRONG_VERSION);
    if (optionLength > MOST_OPTIONS) return fail(REWRITE_NO_ROOM);
  }
  const options = packet + FIXED;
  const end = packet + headerLength;
  const stamping = optionLength != 0;
  if (!keepOthers(options, end, NOWHERE, false, stamping)) return fail(REWRITE_MALFORMED);
  if (labels == u32(stamping) && beginsWith(options, end, option, optionLength)) {
    // O-03
    memory.copy(to, packet, totalLength);
    return totalLength;
  }
  let place = optionLength; // of the others
  let withoutNops = false;
  if (nops != 0 && stamping) {
    // O-02: where options are aligned by NOPs, so is the label; if there is room.
    place = (optionLength + 3) & ~3;
    if (place + kept > MOST_OPTIONS) {
      withoutNops = true;
      place = optionLength;
      kept -= nops;
    }
  }
  const size = place + kept;
  if (size > MOST_OPTIONS) return fail(REWRITE_NO_ROOM);
  const padded = (size + 3) & ~3;
  const newHeader = FIXED + padded;
  const newLength = totalLength - headerLength + newHeader;
  if (newLength > MOST_OCTETS) return fail(REWRITE_TOO_LONG);

  const list = to + FIXED;
  memory.copy(to, packet, FIXED);
  memory.copy(list, option, optionLength);
  memory.fill(list + optionLength, <u8>OPTION_NOP, place - optionLength);
  keepOthers(options, end, list + place, withoutNops, stamping);
  memory.fill(list + size, <u8>OPTION_END, padded - size);
  memory.copy(to + newHeader, end, totalLength - headerLength);
  store<u8>(to, 0x40 | (newHeader >> 2)); // O-04
  store<u16>(to + TOTAL_LENGTH, bswap<u16>(<u16>newLength));
  store<u16>(to + CHECKSUM, followed(packet, headerLength, to, newHeader));
  return newLength;
}

// Counts the options that are no labels, and writes them to `list` unless it is NOWHERE, at most 40 octets. NOPs right behind a
// label, up to the next 4 octets, go with it (O-01); those at the end are padding when a label is put in. False: the list is
// not well formed.
function keepOthers(options: usize, end: usize, list: usize, withoutNops: bool, stamping: bool): bool {
  kept = 0;
  labels = 0;
  nops = 0;
  let waiting: u32 = 0; // NOPs that count when an option follows
  let behind = false; // only NOPs since a label
  for (let at = options; at < end; ) {
    const type = u8At(at);
    if (type == OPTION_END) break;
    if (type == OPTION_NOP) {
      if (!(behind && ((at - options) & 3) != 0)) {
        behind = false;
        waiting++;
      }
      at++;
      continue;
    }
    if (at + 1 == end) return false;
    const length = u8At(at + 1);
    if (length < 2 || at + length > end) return false;
    if (type == OPTION_CIPSO || type == OPTION_RIPSO || type == OPTION_RIPSO_EXTENDED) {
      labels++;
      behind = true;
    } else {
      behind = false;
      if (!withoutNops) {
        keepNops(list, waiting);
        nops += waiting;
      }
      waiting = 0;
      if (list != NOWHERE) memory.copy(list + kept, at, length);
      kept += length;
    }
    at += length;
  }
  if (!stamping) keepNops(list, waiting);
  return true;
}

function keepNops(list: usize, count: u32): void {
  if (list != NOWHERE) memory.fill(list + kept, <u8>OPTION_NOP, count);
  kept += count;
}

// The checksum of the new header, as far off as that of the old one: what was damaged does not become right (RFC 1624).
function followed(old: usize, oldLength: u32, now: usize, nowLength: u32): u16 {
  const stored = <u32>load<u16>(old + CHECKSUM);
  const sum = (~stored & 0xffff) + (~sumOf(old, oldLength) & 0xffff) + sumOf(now, nowLength);
  return <u16>~fold(sum);
}

// The one's complement sum of a header without its checksum, in memory order.
function sumOf(at: usize, length: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < length; i += 2) if (i != <u32>CHECKSUM) sum += load<u16>(at + i);
  return fold(sum);
}

function fold(sum: u32): u32 {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}
