// The two ports in front of TCP, UDP, DCCP, SCTP and UDP-Lite: source 2 | destination 2, the first four octets of all.

import {
  PACKET_DPORT,
  PACKET_FRAG_OFFSET,
  PACKET_HAS_PORTS,
  PACKET_PROTOCOL,
  PACKET_SPORT,
} from "./columns";
import { PACKET, POLICY } from "./memory";
import { u16At } from "./bytes";
import { captured } from "./packet";
import { HEADER_NAMED, NAMED_PORTS } from "./tables";

// Reads them when they are there; PACKET_HAS_PORTS tells.
export function readPorts(transport: usize, packetEnd: usize): void {
  if (load<u32>(PACKET + PACKET_FRAG_OFFSET) != 0) return;
  if (!hasPorts(load<u16>(PACKET + PACKET_PROTOCOL))) return;
  if (transport + 4 > min(packetEnd, captured)) return;
  store<u16>(PACKET + PACKET_SPORT, u16At(transport));
  store<u16>(PACKET + PACKET_DPORT, u16At(transport + 2));
  store<u8>(PACKET + PACKET_HAS_PORTS, 1);
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
  return protocol == 6 || protocol == 17 || protocol == 33 || protocol == 132 || protocol == 136;
}
