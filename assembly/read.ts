// Steps 1 to 3 of one frame: what it says, whatever the policy makes of it. The result is a reason and stands in
// PACKET_STATUS; what was read stands in PACKET, a CIPSO or CALIPSO label in LABEL.

import {
  FRAME_CAPLEN,
  FRAME_LINKTYPE,
  FRAME_OFFSET,
  FRAME_WIRELEN,
  PACKET_IP,
  PACKET_STATUS,
  PACKET_VERSION,
} from "./columns";
import { PACKET } from "./memory";
import { openFrame } from "./packet";
import { readLink } from "./link";
import { readIpv4 } from "./ipv4";
import { readIpv6 } from "./ipv6";
import { OK } from "./reason";

// `frame` is the address of a FRAME row, whose offset counts from `octets`.
export function readFrame(frame: usize, octets: usize): i32 {
  openFrame(octets + load<u32>(frame + FRAME_OFFSET), load<u32>(frame + FRAME_CAPLEN), load<u32>(frame + FRAME_WIRELEN));
  let status = readLink(load<u16>(frame + FRAME_LINKTYPE));
  if (status == OK) {
    const ip = load<u32>(PACKET + PACKET_IP);
    status = load<u8>(PACKET + PACKET_VERSION) == 4 ? readIpv4(ip) : readIpv6(ip);
  }
  store<u8>(PACKET + PACKET_STATUS, status);
  return status;
}
