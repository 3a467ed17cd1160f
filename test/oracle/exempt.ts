/**
 * The oracle, step 6: control packets that need no label, as in docs/decision.md.
 *
 * @module
 */
import { ICMPV4, ICMPV6 } from "./bindings.ts";
import type { OracleFrame, Reading } from "./reading.ts";

const IGMP = 2;

/** Octets of each message that needs no label, up to its options or records. */
const EXEMPT_ICMPV6 = new Map([
  [130, 24],
  [131, 24],
  [132, 24],
  [133, 8],
  [134, 16],
  [135, 24],
  [136, 24],
  [137, 40],
]);

/** Asked only of a packet without a label option. */
export function isExempt(packet: Reading, frame: OracleFrame): boolean {
  if (packet.fragment!.fragmented) return false; // Q-02, P-13
  const ip = packet.ipOffset!;
  const at = packet.transport!;
  if (at + 2 > frame.bytes.length) return false; // type and code must be captured
  const length = packet.packetEnd! - at;
  const type = frame.bytes[at]!;
  const code = frame.bytes[at + 1]!;
  if (packet.ipVersion === 4) {
    if (length < 8) return false;
    if (packet.protocol === IGMP) return frame.bytes[ip + 8] === 1; // TTL, RFC 2236
    return packet.protocol === ICMPV4 && (type === 9 || type === 10) && code === 0; // RFC 1256
  }
  const shortest = EXEMPT_ICMPV6.get(type);
  if (packet.protocol !== ICMPV6 || shortest === undefined || length < shortest) return false;
  const hopLimit = frame.bytes[ip + 7]!;
  if (type >= 133) return hopLimit === 255 && code === 0; // RFC 4861
  const src = packet.src!;
  const isLinkLocal = src[0] === 0xfe && src[1]! >> 6 === 0b10; // fe80::/10
  const isUnspecified = src.every((octet) => octet === 0);
  return hopLimit === 1 && (isLinkLocal || isUnspecified); // RFC 2710, RFC 3590
}
