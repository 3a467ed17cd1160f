// Step 8, Rule F: every fragment of a datagram carries the label of the first to arrive, and the ports of later ones
// are those of the one with offset 0. A ring of MAX_DATAGRAMS entries, the oldest displaced, found through buckets.

import {
  PACKET_BLAME,
  PACKET_DPORT,
  PACKET_DST,
  PACKET_FRAG_AT,
  PACKET_FRAG_ID,
  PACKET_FRAG_OFFSET,
  PACKET_PROTOCOL,
  PACKET_SPORT,
  PACKET_SRC,
  PACKET_VERSION,
} from "./columns";
import {
  FRAGMENT_BUCKETS,
  FRAGMENT_COUNT,
  FRAGMENT_KEYS,
  FRAGMENT_OLDEST,
  FRAGMENTS,
  MAX_DATAGRAMS,
  PACKET,
} from "./memory";
import { frameAt } from "./packet";
import { copyLabel, labelEqual } from "./label";
import { FRAG_LABEL_MISMATCH, FRAG_LABEL_MISSING, FRAG_NO_FIRST, FRAG_OVERLAP, OK } from "./reason";

const ENTRY_SIZE: u32 = 400;
const SOURCE: usize = 0; // 16, IPv4 in the first four
const DESTINATION: usize = 16; // 16
const ID: usize = 32; // u32
const KIND: usize = 36; // u16, version << 8 | protocol (IPv4; RFC 8200 leaves it out of the key)
const CONDEMNED: usize = 38; // u8, reason, or 0
const LABELLED: usize = 39; // u8
const TIME: usize = 40; // f64, of the first to arrive
const KEPT: usize = 48; // u8, 1: the one with offset 0 was seen
const KEPT_PROTOCOL: usize = 50; // u16
const KEPT_SPORT: usize = 52; // u16
const KEPT_DPORT: usize = 54; // u16
const NEXT: usize = 56; // u16, entry + 1 of the bucket's next
const LABEL: usize = 64; // LABEL block

const TIMEOUT4: f64 = 30; // s, as Linux has it (ipfrag_time)
const TIMEOUT6: f64 = 60; // s, RFC 8200 section 4.5

// Ports and protocol to judge the fragment by, when the result is OK.
export let protocol: u32 = 0;
export let port: u32 = 0; // destination

// `label` is a block, or 0 when the fragment carries none. `time` in seconds.
export function judgeFragment(label: usize, time: f64): i32 {
  const reason = follow(label, time);
  if (reason != OK) store<u32>(PACKET + PACKET_BLAME, load<u32>(PACKET + PACKET_FRAG_AT));
  return reason;
}

function follow(label: usize, time: f64): i32 {
  const version = <u32>load<u8>(PACKET + PACKET_VERSION);
  const source = frameAt + load<u32>(PACKET + PACKET_SRC);
  const destination = frameAt + load<u32>(PACKET + PACKET_DST);
  const id = load<u32>(PACKET + PACKET_FRAG_ID);
  const kind = (version << 8) | (version == 4 ? <u32>load<u16>(PACKET + PACKET_PROTOCOL) : 0);
  const wide = version == 6;
  const source0 = wide ? load<u64>(source) : <u64>load<u32>(source);
  const source1 = wide ? load<u64>(source + 8) : 0;
  const destination0 = wide ? load<u64>(destination) : <u64>load<u32>(destination);
  const destination1 = wide ? load<u64>(destination + 8) : 0;

  const bucket = bucketOf(source0 ^ destination1, source1 ^ destination0, id);
  let entry: usize = 0;
  for (let number = <u32>load<u16>(bucket); number != 0; ) {
    const at = entryAt(number - 1);
    if (
      load<u32>(at + ID) == id &&
      <u32>load<u16>(at + KIND) == kind &&
      load<u64>(at + SOURCE) == source0 &&
      load<u64>(at + SOURCE + 8) == source1 &&
      load<u64>(at + DESTINATION) == destination0 &&
      load<u64>(at + DESTINATION + 8) == destination1
    ) {
      entry = at;
      break;
    }
    number = load<u16>(at + NEXT);
  }

  if (entry == 0) {
    entry = takeEntry(bucket);
    store<u64>(entry + SOURCE, source0);
    store<u64>(entry + SOURCE + 8, source1);
    store<u64>(entry + DESTINATION, destination0);
    store<u64>(entry + DESTINATION + 8, destination1);
    store<u32>(entry + ID, id);
    store<u16>(entry + KIND, kind);
    begin(entry, label, time);
  } else if (!(abs(time - load<f64>(entry + TIME)) <= (wide ? TIMEOUT6 : TIMEOUT4))) {
    begin(entry, label, time);
  } else if (load<u8>(entry + CONDEMNED) != 0) {
    return load<u8>(entry + CONDEMNED);
  } else if (load<u8>(entry + LABELLED) != 0 && label == 0) {
    return condemn(entry, FRAG_LABEL_MISSING);
  } else if (label != 0 && (load<u8>(entry + LABELLED) == 0 || !labelEqual(label, entry + LABEL))) {
    return condemn(entry, FRAG_LABEL_MISMATCH);
  }

  if (load<u32>(PACKET + PACKET_FRAG_OFFSET) == 0) return keep(entry);
  if (load<u8>(entry + KEPT) == 0) return FRAG_NO_FIRST;
  protocol = load<u16>(entry + KEPT_PROTOCOL);
  port = load<u16>(entry + KEPT_DPORT);
  return OK;
}

function begin(entry: usize, label: usize, time: f64): void {
  store<f64>(entry + TIME, time);
  store<u8>(entry + CONDEMNED, 0);
  store<u8>(entry + KEPT, 0);
  store<u8>(entry + LABELLED, u8(label != 0));
  if (label != 0) copyLabel(entry + LABEL, label);
}

function condemn(entry: usize, reason: i32): i32 {
  store<u8>(entry + CONDEMNED, reason);
  return reason;
}

// The fragment with offset 0. A second one must say the same.
function keep(entry: usize): i32 {
  protocol = load<u16>(PACKET + PACKET_PROTOCOL);
  port = load<u16>(PACKET + PACKET_DPORT);
  const sport = <u32>load<u16>(PACKET + PACKET_SPORT);
  if (load<u8>(entry + KEPT) != 0) {
    const same =
      <u32>load<u16>(entry + KEPT_PROTOCOL) == protocol &&
      <u32>load<u16>(entry + KEPT_SPORT) == sport &&
      <u32>load<u16>(entry + KEPT_DPORT) == port;
    return same ? OK : condemn(entry, FRAG_OVERLAP);
  }
  store<u8>(entry + KEPT, 1);
  store<u16>(entry + KEPT_PROTOCOL, protocol);
  store<u16>(entry + KEPT_SPORT, sport);
  store<u16>(entry + KEPT_DPORT, port);
  return OK;
}

// @ts-ignore: decorator
@inline
function entryAt(number: u32): usize {
  return FRAGMENTS + number * ENTRY_SIZE;
}

// Multiply-shift hashing with secret keys: who sends can't aim at a bucket. The top 10 bits are for MAX_DATAGRAMS.
function bucketOf(a: u64, b: u64, id: u32): usize {
  const key = <usize>FRAGMENT_KEYS;
  const mixed = a * (load<u64>(key) | 1) + b * (load<u64>(key + 8) | 1) + <u64>id * (load<u64>(key + 16) | 1);
  return FRAGMENT_BUCKETS + (<u32>(mixed >> 54) << 1);
}

// A free entry, or the oldest, put at the head of a bucket.
function takeEntry(bucket: usize): usize {
  let number = load<u32>(FRAGMENT_COUNT);
  if (number < <u32>MAX_DATAGRAMS) {
    store<u32>(FRAGMENT_COUNT, number + 1);
  } else {
    number = load<u32>(FRAGMENT_OLDEST);
    store<u32>(FRAGMENT_OLDEST, (number + 1) % <u32>MAX_DATAGRAMS);
    unlink(number);
  }
  const entry = entryAt(number);
  store<u16>(entry + NEXT, load<u16>(bucket));
  store<u16>(bucket, number + 1);
  return entry;
}

function unlink(number: u32): void {
  const entry = entryAt(number);
  let link = bucketOf(
    load<u64>(entry + SOURCE) ^ load<u64>(entry + DESTINATION + 8),
    load<u64>(entry + SOURCE + 8) ^ load<u64>(entry + DESTINATION),
    load<u32>(entry + ID),
  );
  while (<u32>load<u16>(link) != number + 1) link = entryAt(<u32>load<u16>(link) - 1) + NEXT;
  store<u16>(link, load<u16>(entry + NEXT));
}
