// The packet at hand: where its frame lies, and the record of what was read of it (PACKET, columns).
// Places are addresses, in the record too; whoever hands one out makes it an offset in the frame.

import {
  PACKET_BLAME,
  PACKET_FRAGMENT,
  PACKET_LABEL_AT,
  PACKET_LABEL_LEN,
  PACKET_MORE,
  PACKET_OPTION_TYPES,
  PACKET_OPTIONS,
  PACKET_SCHEME,
  PACKET_SPORT,
  PACKET_SRC,
  PACKET_STATUS,
  PACKET_TRANSPORT,
  MAX_OPTIONS,
} from "./columns";
import { PACKET } from "./memory";

// Larger wire lengths are read as this one: no IP packet reaches so far, and no sum can overflow.
const MAX_WIRE: u32 = 1 << 24;

export let frameAt: usize = 0; // first octet
export let captured: usize = 0; // capEnd: behind the last octet captured
export let wireEnd: usize = 0; // behind the last octet on the wire; PPPoE may say less

export function openFrame(at: usize, capLength: u32, wireLength: u32): void {
  frameAt = at;
  captured = at + capLength;
  wireEnd = at + min<u32>(max<u32>(capLength, wireLength), MAX_WIRE);
  store<u64>(PACKET + PACKET_STATUS, 0); // version, scheme, tags, blame
  store<u64>(PACKET + PACKET_SRC, 0); // PACKET_DST
  store<u64>(PACKET + PACKET_TRANSPORT, 0); // PACKET_FRAG_OFFSET
  store<u64>(PACKET + PACKET_SPORT, 0x0000ffff_00000000); // PACKET_DPORT, no protocol, PACKET_PORTS, PACKET_FRAGMENT
  store<u64>(PACKET + PACKET_MORE, 0); // RIPSO, PACKET_OPTIONS
}

export function endWireAt(end: usize): void {
  if (end < wireEnd) wireEnd = end;
}

// A rule failed: the reason, and the octet to blame.
// @ts-ignore: decorator
@inline
export function refuse(reason: i32, at: usize): i32 {
  store<u32>(PACKET + PACKET_BLAME, <u32>at);
  return reason;
}

// @ts-ignore: decorator
@inline
export function note(field: u32, at: usize): void {
  store<u32>(PACKET + field, <u32>at);
}

// Whether option types are kept: verdicts need none.
let noting: bool = false;

export function noteOptions(wanted: bool): void {
  noting = wanted;
}

// @ts-ignore: decorator
@inline
export function noteOption(type: u32, times: u32): void {
  if (noting) keepOption(type, times);
}

function keepOption(type: u32, times: u32): void {
  const count = load<u32>(PACKET + PACKET_OPTIONS);
  const kept = min(times, <u32>MAX_OPTIONS - count);
  memory.fill(PACKET + PACKET_OPTION_TYPES + count, <u8>type, kept);
  store<u32>(PACKET + PACKET_OPTIONS, count + kept);
}

// The label option that the label came from.
export function noteLabel(scheme: u32, at: usize, length: u32): void {
  store<u8>(PACKET + PACKET_SCHEME, scheme);
  note(PACKET_LABEL_AT, at);
  store<u32>(PACKET + PACKET_LABEL_LEN, length);
}

// @ts-ignore: decorator
@inline
export function isFragment(): bool {
  return load<u8>(PACKET + PACKET_FRAGMENT) != 0;
}
