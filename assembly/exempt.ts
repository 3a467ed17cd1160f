// Step 6: control packets that need no label. Asked of a packet without a label option.

import {
  PACKET_CAPTURED,
  PACKET_END,
  PACKET_FRAG_OFFSET,
  PACKET_IP,
  PACKET_PROTOCOL,
  PACKET_SRC,
  PACKET_TRANSPORT,
  PACKET_VERSION,
} from "./columns";
import { PACKET } from "./memory";
import { u16At, u8At } from "./bytes";
import { frameAt } from "./packet";

const ICMP: u32 = 1;
const IGMP: u32 = 2;
const ICMPV6: u32 = 58;

export function isExempt(): bool {
  if (load<u32>(PACKET + PACKET_FRAG_OFFSET) != 0) return false; // its payload is no header
  const protocol = <u32>load<u16>(PACKET + PACKET_PROTOCOL);
  if (load<u8>(PACKET + PACKET_VERSION) == 4) {
    if (protocol == IGMP) return true;
    if (protocol != ICMP || !typeIsThere()) return false;
    const type = u8At(transport());
    return type == 9 || type == 10; // router advertisement, solicitation
  }
  if (protocol != ICMPV6 || !typeIsThere()) return false;
  const type = u8At(transport());
  const hopLimit = u8At(frameAt + load<u32>(PACKET + PACKET_IP) + 7);
  if (type >= 133 && type <= 137) return hopLimit == 255 && u8At(transport() + 1) == 0; // RFC 4861
  return type >= 130 && type <= 132 && hopLimit == 1 && isLinkLocal(frameAt + load<u32>(PACKET + PACKET_SRC)); // RFC 2710
}

// @ts-ignore: decorator
@inline
function transport(): usize {
  return frameAt + load<u32>(PACKET + PACKET_TRANSPORT);
}

// Type and code, both inside the packet and captured.
function typeIsThere(): bool {
  const end = min(load<u32>(PACKET + PACKET_END), load<u32>(PACKET + PACKET_CAPTURED));
  return load<u32>(PACKET + PACKET_TRANSPORT) + 2 <= end;
}

// fe80::/10, or :: of a host that has no address yet (RFC 3590).
function isLinkLocal(address: usize): bool {
  if ((u16At(address) & 0xffc0) == 0xfe80) return true;
  return (load<u64>(address) | load<u64>(address + 8)) == 0;
}
