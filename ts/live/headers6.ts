/**
 * The chain of headers of an IPv6 packet (RFC 8200 section 4).
 *
 * @module
 */
import { u16 } from "./ethernet.ts";

/** The header that protects what stands before it (RFC 4302). */
export const AUTHENTICATION = 51;

const HEADER6 = 40;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;

/** The header where a walk along the chain ended. */
export interface ChainEnd {
  readonly at: number;
  readonly protocol: number;
  /** In a fragment that is not the first, what stands here is no header, but some part of one or of its data. */
  readonly isLater: boolean;
}

/**
 * The upper layer of the packet at `ip`, or its authentication header; `null`: the chain leaves the packet.
 *
 * @param passes whether the walk goes on behind an authentication header
 */
export function upperLayer6(bytes: Uint8Array, ip: number, end: number, passes: boolean): ChainEnd | null {
  let protocol = bytes[ip + 6]!;
  let at = ip + HEADER6;
  while (
    protocol === HOP_BY_HOP ||
    protocol === ROUTING ||
    protocol === FRAGMENT ||
    protocol === DESTINATION_OPTIONS ||
    (passes && protocol === AUTHENTICATION)
  ) {
    if (at + 8 > end) return null;
    const units = bytes[at + 1]!;
    const length = protocol === FRAGMENT ? 8 : protocol === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
    const isLater = protocol === FRAGMENT && (u16(bytes, at + 2) & 0xfff8) !== 0;
    protocol = bytes[at]!;
    at += length;
    if (isLater) return { at, protocol, isLater };
  }
  return at < end ? { at, protocol, isLater: false } : null;
}

/** Whether the octets of a packet's label are signed: it can't be put in or taken out (RFC 4302 appendix A1 and A2). */
export function isAuthenticated(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at]! >> 4 === 4) return bytes[at + 9] === AUTHENTICATION;
  return upperLayer6(bytes, at, end, false)?.protocol === AUTHENTICATION;
}
