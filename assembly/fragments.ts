// Step 8, Rule F: every fragment of a datagram carries the label of the first to arrive (Q-04; R-24: each has its own), the
// ports of later ones are those of the one with offset 0, and no octet is taken twice. Numbers as in docs/decision.md.

import {
  FRAME_NANOS,
  FRAME_SECONDS,
  PACKET_BLAME,
  PACKET_DPORT,
  PACKET_END,
  PACKET_FRAG_AT,
  PACKET_FRAG_OFFSET,
  PACKET_IP,
  PACKET_MORE,
  PACKET_PROTOCOL,
  PACKET_SPORT,
  PACKET_TRANSPORT,
  PACKET_VERSION,
} from "./columns";
import {
  beginEntry,
  CONDEMNED,
  findEntry,
  FOLLOWED,
  forget,
  isAlive,
  KEPT,
  KEPT_DPORT,
  KEPT_PROTOCOL,
  KEPT_SPORT,
  LABEL,
  LABELLED,
  LAST_END,
  openDatagram,
  PIECE_COUNT,
  PIECES,
  REFUSED,
  renew,
} from "./datagrams";
import { MAX_PIECES, PACKET } from "./memory";
import { u16At } from "./bytes";
import { copyLabel, labelEqual } from "./label";
import {
  FRAG_DUPLICATE,
  FRAG_LABEL_MISMATCH,
  FRAG_LABEL_MISSING,
  FRAG_LENGTH,
  FRAG_NO_FIRST,
  FRAG_OVERLAP,
  FRAG_PIECES,
  FRAG_REFUSED,
  FRAG_TOO_LONG,
  OK,
} from "./reason";

const MAX_DATAGRAM: u32 = 0xffff; // octets
const FRAGMENT_HEADER: u32 = 8; // octets, IPv6
const FIXED6: u32 = 40; // octets of the fixed IPv6 header

// Ports and protocol to judge the fragment by, when the result is OK.
export let protocol: u32 = 0;
export let port: u32 = 0; // destination

// @ts-ignore: decorator
@inline
function timeOf(frame: usize): f64 {
  return load<f64>(frame + FRAME_SECONDS) + <f64>load<u32>(frame + FRAME_NANOS) / 1e9;
}

// The packet at hand is a fragment that was dropped: its datagram is condemned.
export function refuseFragment(frame: usize): void {
  const time = timeOf(frame);
  openDatagram();
  const followed = findEntry(FOLLOWED);
  if (followed != 0 && isAlive(followed, time)) {
    if (load<u8>(followed + CONDEMNED) == 0) store<u8>(followed + CONDEMNED, FRAG_REFUSED);
    return;
  }
  const refused = findEntry(REFUSED);
  if (refused == 0 || !isAlive(refused, time)) beginEntry(REFUSED, refused, time);
}

// `label` is the block of the label it carries, or 0.
export function judgeFragment(label: usize, frame: usize): i32 {
  const reason = follow(label, timeOf(frame));
  if (reason == FRAG_LENGTH) {
    const field: u32 = load<u8>(PACKET + PACKET_VERSION) == 4 ? 2 : 4;
    store<u32>(PACKET + PACKET_BLAME, load<u32>(PACKET + PACKET_IP) + field);
  } else if (reason != OK) {
    store<u32>(PACKET + PACKET_BLAME, load<u32>(PACKET + PACKET_FRAG_AT));
  }
  return reason;
}

function follow(label: usize, time: f64): i32 {
  openDatagram();
  const refused = findEntry(REFUSED);
  if (refused != 0 && isAlive(refused, time)) return FRAG_REFUSED; // 1
  let entry = findEntry(FOLLOWED);
  if (entry == 0 || !isAlive(entry, time)) {
    entry = beginEntry(FOLLOWED, entry, time); // 2
    store<u8>(entry + LABELLED, u8(label != 0));
    if (label != 0) copyLabel(entry + LABEL, label);
  } else if (load<u8>(entry + CONDEMNED) != 0) {
    return load<u8>(entry + CONDEMNED); // 3
  } else if (load<u8>(entry + LABELLED) != 0 && label == 0) {
    return condemn(entry, FRAG_LABEL_MISSING); // 4
  } else if (label != 0 && (load<u8>(entry + LABELLED) == 0 || !labelEqual(label, entry + LABEL))) {
    return condemn(entry, FRAG_LABEL_MISMATCH); // 5
  }

  const ipv4 = load<u8>(PACKET + PACKET_VERSION) == 4;
  const ip = load<u32>(PACKET + PACKET_IP);
  const payload = ipv4
    ? load<u32>(PACKET + PACKET_TRANSPORT)
    : load<u32>(PACKET + PACKET_FRAG_AT) + FRAGMENT_HEADER;
  const length = load<u32>(PACKET + PACKET_END) - payload;
  const more = load<u8>(PACKET + PACKET_MORE) != 0;
  if (length == 0 || (more && (length & 7) != 0)) return condemn(entry, FRAG_LENGTH); // 6
  const start = load<u32>(PACKET + PACKET_FRAG_OFFSET);
  const end = start + length;
  const before = ipv4 ? payload - ip : payload - FRAGMENT_HEADER - ip - FIXED6;
  if (before + end > MAX_DATAGRAM) return condemn(entry, FRAG_TOO_LONG); // 7

  if (start == 0) {
    if (load<u8>(entry + KEPT) != 0 && !isSameFlow(entry)) return condemn(entry, FRAG_OVERLAP); // 8
  } else if (load<u8>(entry + KEPT) == 0) {
    return FRAG_NO_FIRST; // 9
  }
  const lastEnd = <u32>load<u16>(entry + LAST_END);
  if (more ? lastEnd != 0 && end > lastEnd : (lastEnd != 0 && end != lastEnd) || endOfPieces(entry) > end) {
    return condemn(entry, FRAG_OVERLAP); // 10
  }
  const reason = takePiece(entry, start, end);
  if (reason == FRAG_DUPLICATE) return reason;
  if (reason != OK) return condemn(entry, reason);
  if (start == 0) keep(entry, time);
  if (!more) store<u16>(entry + LAST_END, end);
  protocol = load<u16>(entry + KEPT_PROTOCOL);
  port = u16At(entry + KEPT_DPORT);
  if (isComplete(entry)) forget(entry); // 13
  return OK;
}

function condemn(entry: usize, reason: i32): i32 {
  store<u8>(entry + CONDEMNED, reason);
  return reason;
}

// Who reassembles it counts its time from here, for nothing was delivered before.
function keep(entry: usize, time: f64): void {
  renew(entry, time);
  store<u8>(entry + KEPT, 1);
  store<u16>(entry + KEPT_PROTOCOL, load<u16>(PACKET + PACKET_PROTOCOL));
  store<u16>(entry + KEPT_SPORT, load<u16>(PACKET + PACKET_SPORT));
  store<u16>(entry + KEPT_DPORT, load<u16>(PACKET + PACKET_DPORT));
}

function isSameFlow(entry: usize): bool {
  return (
    load<u16>(entry + KEPT_PROTOCOL) == load<u16>(PACKET + PACKET_PROTOCOL) &&
    load<u16>(entry + KEPT_SPORT) == load<u16>(PACKET + PACKET_SPORT) &&
    load<u16>(entry + KEPT_DPORT) == load<u16>(PACKET + PACKET_DPORT)
  );
}

// @ts-ignore: decorator
@inline
function pieceAt(entry: usize, index: u32): usize {
  return entry + PIECES + (index << 2);
}

function endOfPieces(entry: usize): u32 {
  const count = <u32>load<u8>(entry + PIECE_COUNT);
  return count == 0 ? 0 : <u32>load<u16>(pieceAt(entry, count - 1) + 2);
}

function isComplete(entry: usize): bool {
  const lastEnd = load<u16>(entry + LAST_END);
  return lastEnd != 0 && load<u8>(entry + PIECE_COUNT) == 1 && load<u16>(entry + PIECES + 2) == lastEnd;
}

// Adds the run of octets to those that were taken: 11 and 12.
function takePiece(entry: usize, start: u32, end: u32): i32 {
  const count = <u32>load<u8>(entry + PIECE_COUNT);
  let index: u32 = 0; // of the first that ends at or behind the start
  while (index < count && <u32>load<u16>(pieceAt(entry, index) + 2) < start) index++;
  const touchesBefore = index < count && <u32>load<u16>(pieceAt(entry, index) + 2) == start;
  const next = touchesBefore ? index + 1 : index;
  const nextStart: u32 = next < count ? <u32>load<u16>(pieceAt(entry, next)) : 0xffffffff;
  if (nextStart < end) {
    const isInside = nextStart <= start && <u32>load<u16>(pieceAt(entry, next) + 2) >= end;
    return isInside ? FRAG_DUPLICATE : FRAG_OVERLAP;
  }
  const touchesNext = nextStart == end;
  if (touchesBefore && touchesNext) {
    store<u16>(pieceAt(entry, index) + 2, load<u16>(pieceAt(entry, next) + 2));
    memory.copy(pieceAt(entry, next), pieceAt(entry, next + 1), (count - next - 1) << 2);
    store<u8>(entry + PIECE_COUNT, count - 1);
  } else if (touchesBefore) {
    store<u16>(pieceAt(entry, index) + 2, end);
  } else if (touchesNext) {
    store<u16>(pieceAt(entry, next), start);
  } else {
    if (count == MAX_PIECES) return FRAG_PIECES;
    memory.copy(pieceAt(entry, index + 1), pieceAt(entry, index), (count - index) << 2);
    store<u32>(pieceAt(entry, index), start | (end << 16));
    store<u8>(entry + PIECE_COUNT, count + 1);
  }
  return OK;
}
