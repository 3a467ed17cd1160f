// The two tables of Rule F: datagrams that are followed, and those that were refused. Each is a ring of MAX_DATAGRAMS
// entries, the oldest displaced, found through buckets.

import {
  PACKET_DST,
  PACKET_FRAG_ID,
  PACKET_PROTOCOL,
  PACKET_SRC,
  PACKET_VERSION,
} from "./columns";
import {
  DATAGRAM_BUCKETS,
  DATAGRAM_CONDEMNED,
  DATAGRAM_COUNT,
  DATAGRAM_DISPLACED,
  DATAGRAM_KEYS,
  DATAGRAM_OLDEST,
  DATAGRAM_SIZE,
  DATAGRAM_TABLE_SIZE,
  DATAGRAM_TABLES,
  DATAGRAMS,
  MAX_DATAGRAMS,
  PACKET,
} from "./memory";
import { interfaceIndex } from "./addresses";

export const FOLLOWED: u32 = 0;
export const REFUSED: u32 = 1;

const SOURCE: usize = 0; // 16, IPv4 in the first four
const DESTINATION: usize = 16; // 16
const ID: usize = 32; // u32
const KIND: usize = 36; // u16, version << 8 | protocol (IPv4; RFC 8200 leaves it out of the key)
const TIME: usize = 40; // f64, of the first to arrive, then of the one with offset 0; infinite: counts as absent
const NEXT: usize = 56; // u16, entry + 1 of the bucket's next
const INTERFACE: usize = 60; // u16, that it came by: a group address is on every one
// Of a datagram that is followed:
export const CONDEMNED: usize = DATAGRAM_CONDEMNED; // u8, reason, or 0
export const LABELLED: usize = 39; // u8
export const KEPT: usize = 48; // u8, 1: the one with offset 0 was taken
export const PIECE_COUNT: usize = 49; // u8
export const KEPT_PROTOCOL: usize = 50; // u16
export const KEPT_SPORT: usize = 52; // u16
export const KEPT_DPORT: usize = 54; // u16
export const LAST_END: usize = 58; // u16, where the last ends; 0: it was not taken
export const PIECES: usize = 64; // MAX_PIECES runs: u16 start, u16 end; ascending, apart
export const LABEL: usize = 192; // LABEL block

const TIMEOUT4: f64 = 30; // s, as Linux has it (ipfrag_time)
const TIMEOUT6: f64 = 60; // s, RFC 8200 section 4.5

// The datagram of the packet at hand.
let version: u32 = 0;
let id: u32 = 0;
let kind: u32 = 0;
let source0: u64 = 0;
let source1: u64 = 0;
let destination0: u64 = 0;
let destination1: u64 = 0;

export function openDatagram(): void {
  version = load<u8>(PACKET + PACKET_VERSION);
  const source = load<u32>(PACKET + PACKET_SRC);
  const destination = load<u32>(PACKET + PACKET_DST);
  const wide = version == 6;
  id = load<u32>(PACKET + PACKET_FRAG_ID);
  kind = (version << 8) | (wide ? 0 : <u32>load<u16>(PACKET + PACKET_PROTOCOL));
  source0 = wide ? load<u64>(source) : <u64>load<u32>(source);
  source1 = wide ? load<u64>(source + 8) : 0;
  destination0 = wide ? load<u64>(destination) : <u64>load<u32>(destination);
  destination1 = wide ? load<u64>(destination + 8) : 0;
}

// Its entry in a table, alive or not, or 0.
export function findEntry(table: u32): usize {
  let number = <u32>load<u16>(bucketOf(table, source0 ^ destination1, source1 ^ destination0, id));
  while (number != 0) {
    const at = entryAt(table, number - 1);
    if (
      load<u32>(at + ID) == id &&
      <u32>load<u16>(at + KIND) == kind &&
      <u32>load<u16>(at + INTERFACE) == interfaceIndex &&
      load<u64>(at + SOURCE) == source0 &&
      load<u64>(at + SOURCE + 8) == source1 &&
      load<u64>(at + DESTINATION) == destination0 &&
      load<u64>(at + DESTINATION + 8) == destination1
    ) {
      return at;
    }
    number = load<u16>(at + NEXT);
  }
  return 0;
}

export function isAlive(entry: usize, time: f64): bool {
  const wide = load<u16>(entry + KIND) >> 8 == 6;
  return abs(time - load<f64>(entry + TIME)) <= (wide ? TIMEOUT6 : TIMEOUT4);
}

// Its time is counted from here on.
export function renew(entry: usize, time: f64): void {
  store<f64>(entry + TIME, time);
}

// The entry counts as absent from now on.
export function forget(entry: usize): void {
  store<f64>(entry + TIME, Infinity);
}

// An entry for the datagram, its own or a new one, that says no more than when it was first seen.
export function beginEntry(table: u32, found: usize, time: f64): usize {
  const entry = found == 0 ? takeEntry(table, time) : found;
  store<f64>(entry + TIME, time);
  store<u8>(entry + CONDEMNED, 0);
  store<u8>(entry + LABELLED, 0);
  store<u16>(entry + KEPT, 0); // and PIECE_COUNT
  store<u16>(entry + LAST_END, 0);
  return entry;
}

// A free entry, or the oldest, put at the head of its bucket.
function takeEntry(table: u32, time: f64): usize {
  const record = DATAGRAM_TABLES + table * DATAGRAM_TABLE_SIZE;
  let number = load<u32>(record + DATAGRAM_COUNT);
  if (number < <u32>MAX_DATAGRAMS) {
    store<u32>(record + DATAGRAM_COUNT, number + 1);
  } else {
    number = load<u32>(record + DATAGRAM_OLDEST);
    store<u32>(record + DATAGRAM_OLDEST, (number + 1) % <u32>MAX_DATAGRAMS);
    const displaced = record + DATAGRAM_DISPLACED;
    if (isAlive(entryAt(table, number), time)) store<u64>(displaced, load<u64>(displaced) + 1);
    unlink(table, number);
  }
  const entry = entryAt(table, number);
  store<u64>(entry + SOURCE, source0);
  store<u64>(entry + SOURCE + 8, source1);
  store<u64>(entry + DESTINATION, destination0);
  store<u64>(entry + DESTINATION + 8, destination1);
  store<u32>(entry + ID, id);
  store<u16>(entry + KIND, kind);
  store<u16>(entry + INTERFACE, interfaceIndex);
  const bucket = bucketOf(table, source0 ^ destination1, source1 ^ destination0, id);
  store<u16>(entry + NEXT, load<u16>(bucket));
  store<u16>(bucket, number + 1);
  return entry;
}

function unlink(table: u32, number: u32): void {
  const entry = entryAt(table, number);
  let link = bucketOf(
    table,
    load<u64>(entry + SOURCE) ^ load<u64>(entry + DESTINATION + 8),
    load<u64>(entry + SOURCE + 8) ^ load<u64>(entry + DESTINATION),
    load<u32>(entry + ID),
  );
  while (<u32>load<u16>(link) != number + 1) link = entryAt(table, <u32>load<u16>(link) - 1) + NEXT;
  store<u16>(link, load<u16>(entry + NEXT));
}

// @ts-ignore: decorator
@inline
function entryAt(table: u32, number: u32): usize {
  return DATAGRAMS + (table * MAX_DATAGRAMS + number) * DATAGRAM_SIZE;
}

// Multiply-shift hashing with secret keys: who sends can't aim at a bucket. The top 10 bits are for MAX_DATAGRAMS.
function bucketOf(table: u32, a: u64, b: u64, number: u32): usize {
  const key = <usize>DATAGRAM_KEYS;
  const mixed = a * (load<u64>(key) | 1) + b * (load<u64>(key + 8) | 1) + <u64>number * (load<u64>(key + 16) | 1);
  return DATAGRAM_BUCKETS + ((table * MAX_DATAGRAMS + <u32>(mixed >> 54)) << 1);
}
