// Step 1: link layer -> the outermost IP header.
// LINKTYPE_ numbers and layouts: tcpdump.org/linktypes.html. IEEE 802.1Q (tags), RFC 1661/1662 (PPP), RFC 2516 (PPPoE).
//
//   Ethernet   destination 6 | source 6 | EtherType 2 | payload
//   tag                               8100 | TCI 2 | EtherType 2 | payload
//   PPPoE                             8864 | 11 | 00 | session 2 | length 2 | PPP protocol 1-2 | payload
//   cooked     type 2 | ARPHRD 2 | length 2 | address 8 | protocol 2 | payload
//   cooked v2  protocol 2 | 0 2 | interface 4 | ARPHRD 2 | type 1 | length 1 | address 8 | payload

import { MAX_VLANS, PACKET_IP, PACKET_VERSION, PACKET_VLAN_TAGS, PACKET_VLANS } from "./columns";
import { PACKET } from "./memory";
import { u16At, u32At, u8At } from "./bytes";
import { captured, endWireAt, frameAt, note, refuse } from "./packet";
import { IP_TRUNCATED, LINK_TRUNCATED, NOT_IP, OK, VLAN_DEPTH } from "./reason";

const NULL: u32 = 0; // BSD loopback, family in host order
const ETHERNET: u32 = 1;
const PPP: u32 = 9;
const RAW_BSD: u32 = 12;
const RAW: u32 = 101;
const LOOP: u32 = 108; // OpenBSD loopback, family in network order
const SLL: u32 = 113;
const IPV4: u32 = 228;
const IPV6: u32 = 229;
const SLL2: u32 = 276;

// Finds the IP header: PACKET_IP and PACKET_VERSION are set when the result is OK.
export function readLink(linkType: u32): i32 {
  if (linkType == ETHERNET) {
    if (captured - frameAt < 14) return refuse(LINK_TRUNCATED, frameAt); // L1
    return readEtherType(frameAt + 12, frameAt + 14);
  }
  if (linkType == SLL) {
    if (captured - frameAt < 16) return refuse(LINK_TRUNCATED, frameAt);
    return readEtherType(frameAt + 14, frameAt + 16);
  }
  if (linkType == SLL2) {
    if (captured - frameAt < 20) return refuse(LINK_TRUNCATED, frameAt);
    return readEtherType(frameAt, frameAt + 20);
  }
  if (linkType == RAW || linkType == RAW_BSD) {
    if (captured == frameAt) return refuse(IP_TRUNCATED, frameAt); // O2
    const version = u8At(frameAt) >> 4;
    if (version != 4 && version != 6) return refuse(NOT_IP, frameAt); // L3
    return expectIp(version, frameAt);
  }
  if (linkType == IPV4) return expectIp(4, frameAt);
  if (linkType == IPV6) return expectIp(6, frameAt);
  if (linkType == NULL || linkType == LOOP) return readFamily(linkType == NULL);
  if (linkType == PPP) {
    const framed = captured - frameAt >= 2 && u16At(frameAt) == 0xff03;
    return readPpp(framed ? frameAt + 2 : frameAt);
  }
  return refuse(NOT_IP, frameAt);
}

// `field` is the EtherType, `payload` what follows it; they are not adjacent in cooked v2.
function readEtherType(field: usize, payload: usize): i32 {
  let tags: u32 = 0;
  while (true) {
    const type = u16At(field);
    if (type == 0x0800) return expectIp(4, payload);
    if (type == 0x86dd) return expectIp(6, payload);
    if (type == 0x8864) return readPppoe(payload);
    if (type != 0x8100 && type != 0x88a8 && type != 0x9100) return refuse(NOT_IP, field); // L3
    if (tags == MAX_VLANS) return refuse(VLAN_DEPTH, field); // L2
    if (captured - payload < 4) return refuse(LINK_TRUNCATED, payload); // L1
    store<u16>(PACKET + PACKET_VLAN_TAGS + 2 * tags, u16At(payload));
    store<u8>(PACKET + PACKET_VLANS, ++tags);
    field = payload + 2;
    payload += 4;
  }
}

function readPppoe(at: usize): i32 {
  if (captured - at < 6) return refuse(LINK_TRUNCATED, at); // L1
  if (u16At(at) != 0x1100) return refuse(NOT_IP, at); // L3: version 1, type 1, code 0 (session data)
  endWireAt(at + 6 + u16At(at + 4));
  return readPpp(at + 6);
}

function readPpp(at: usize): i32 {
  if (captured == at) return refuse(LINK_TRUNCATED, at); // L1
  // An odd first octet is the whole protocol (RFC 1661 section 6.5).
  let protocol = u8At(at);
  let payload = at + 1;
  if ((protocol & 1) == 0) {
    if (captured - at < 2) return refuse(LINK_TRUNCATED, at);
    protocol = u16At(at);
    payload = at + 2;
  }
  if (protocol == 0x21) return expectIp(4, payload);
  if (protocol == 0x57) return expectIp(6, payload);
  return refuse(NOT_IP, at); // L3
}

function readFamily(eitherOrder: bool): i32 {
  if (captured - frameAt < 4) return refuse(LINK_TRUNCATED, frameAt); // L1
  let family = u32At(frameAt);
  if (eitherOrder && family > 0xffff) family = bswap<u32>(family);
  if (family == 2) return expectIp(4, frameAt + 4);
  // AF_INET6 of Linux; NetBSD and OpenBSD; FreeBSD; macOS
  if (family == 10 || family == 24 || family == 28 || family == 30) return expectIp(6, frameAt + 4);
  return refuse(NOT_IP, frameAt); // L3
}

function expectIp(version: u32, at: usize): i32 {
  if (captured == at) return refuse(IP_TRUNCATED, at); // O2
  if (u8At(at) >> 4 != version) return refuse(NOT_IP, at); // L3
  store<u8>(PACKET + PACKET_VERSION, version);
  note(PACKET_IP, at);
  return OK;
}
