// Step 6: control packets that need no label. Asked of a packet without a label option.

import {
  PACKET_END,
  PACKET_IP,
  PACKET_PROTOCOL,
  PACKET_SRC,
  PACKET_TRANSPORT,
  PACKET_VERSION,
} from "./columns";
import { PACKET } from "./memory";
import { u16At, u8At } from "./bytes";
import { captured, isFragment } from "./packet";

const ICMP: u32 = 1;
const IGMP: u32 = 2;
const ICMPV6: u32 = 58;

const TTL: usize = 8; // in the IPv4 header
const HOP_LIMIT: usize = 7; // in the IPv6 header

export function isExempt(): bool {
  // Q-02; and the parts of one datagram never go two ways (P-13).
  if (isFragment()) return false;
  const protocol = <u32>load<u16>(PACKET + PACKET_PROTOCOL);
  const ip = <usize>load<u32>(PACKET + PACKET_IP);
  if (load<u8>(PACKET + PACKET_VERSION) == 4) {
    if (protocol == IGMP) return isThere(8) && u8At(ip + TTL) == 1; // RFC 2236 section 2
    if (protocol != ICMP || !isThere(8)) return false;
    const type = u8At(transport());
    return (type == 9 || type == 10) && u8At(transport() + 1) == 0; // RFC 1256: router advertisement, solicitation
  }
  if (protocol != ICMPV6 || !isThere(8)) return false;
  const type = u8At(transport());
  const hopLimit = u8At(ip + HOP_LIMIT);
  if (type >= 130 && type <= 132) {
    return isThere(24) && hopLimit == 1 && isLinkLocal(load<u32>(PACKET + PACKET_SRC)); // RFC 2710
  }
  if (hopLimit != 255 || u8At(transport() + 1) != 0) return false; // RFC 4861 sections 6.1, 7.1, 8.1
  if (type == 133) return true; // router solicitation
  if (type == 134) return isThere(16); // router advertisement
  if (type == 135 || type == 136) return isThere(24); // neighbour solicitation, advertisement
  return type == 137 && isThere(40); // redirect
}

// @ts-ignore: decorator
@inline
function transport(): usize {
  return load<u32>(PACKET + PACKET_TRANSPORT);
}

// The message has so many octets, its type and code are captured.
function isThere(octets: u32): bool {
  const at = transport();
  return at + octets <= load<u32>(PACKET + PACKET_END) && at + 2 <= captured;
}

// fe80::/10, or :: of a host that has no address yet (RFC 3590).
function isLinkLocal(address: usize): bool {
  if ((u16At(address) & 0xffc0) == 0xfe80) return true;
  return (load<u64>(address) | load<u64>(address + 8)) == 0;
}
