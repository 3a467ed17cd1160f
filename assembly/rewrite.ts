// Rewriting: a packet without its label options (O-01, O-05), or with another (O-02 to O-05). Whole packets, from their IP
// header on, are read at one place and written to another that does not overlap; what follows a packet by its own length (the
// padding of a frame) stays behind. The result has 0 octets when it can't be done: then nothing may be believed of what was
// written, and rewriteFailure says why.

import { u8At } from "./bytes";
import { restamp4 } from "./rewrite4";
import { restamp6 } from "./rewrite6";
import { REWRITE_MALFORMED } from "./rewriting";

let failure: u32 = 0;

// Why the last rewriting gave 0 octets (rewriting).
export function rewriteFailure(): u32 {
  return failure;
}

export function fail(reason: u32): u32 {
  failure = reason;
  return 0;
}

export function strip(packet: usize, length: u32, to: usize): u32 {
  return stamp(packet, length, 0, 0, to);
}

// `option`: a label option as on the wire, 134 or 130 for IPv4, 7 for IPv6. Of length 0: none.
export function stamp(packet: usize, length: u32, option: usize, optionLength: u32, to: usize): u32 {
  if (length == 0) return fail(REWRITE_MALFORMED);
  const version = u8At(packet) >> 4;
  if (version == 4) return restamp4(packet, length, option, optionLength, to);
  if (version == 6) return restamp6(packet, length, option, optionLength, to);
  return fail(REWRITE_MALFORMED);
}
