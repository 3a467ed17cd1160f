// The two ports in front of TCP, UDP, DCCP, SCTP and UDP-Lite: source 2 | destination 2, the first four octets of all.

import {
  PACKET_FRAG_OFFSET,
  PACKET_PORTS,
  PACKET_PROTOCOL,
  PACKET_SPORT,
  PORTS_MISSED,
  PORTS_READ,
} from "./columns";
import { PACKET, POLICY } from "./memory";
import { captured } from "./packet";
import { HEADER_NAMED, NAMED_PORTS } from "./tables";

// TCP, UDP, DCCP; SCTP is 132, UDP-Lite 136.
const PORTED: u64 = (1 << 6) | (1 << 17) | (<u64>1 << 33);

// Reads them when they are there; PACKET_PORTS tells.
export function readPorts(transport: usize, packetEnd: usize): void {
  if (!hasPorts(load<u16>(PACKET + PACKET_PROTOCOL)) || load<u32>(PACKET + PACKET_FRAG_OFFSET) != 0) return;
  if (transport + 4 > min(packetEnd, captured)) {
    store<u8>(PACKET + PACKET_PORTS, PORTS_MISSED);
    return;
  }
  store<u32>(PACKET + PACKET_SPORT, load<u32>(transport)); // and PACKET_DPORT
  store<u8>(PACKET + PACKET_PORTS, PORTS_READ);
}

// Whether rows may name a port; if not, none does.
// @ts-ignore: decorator
@inline
export function isNamed(port: u32): bool {
  const bit = port & (NAMED_PORTS - 1);
  return ((load<u8>(load<u32>(POLICY + HEADER_NAMED) + (bit >> 3)) >> (bit & 7)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
export function hasPorts(protocol: u32): bool {
  return protocol < 64 ? ((PORTED >> protocol) & 1) != 0 : protocol == 132 || protocol == 136;
}
