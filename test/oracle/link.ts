/**
 * The oracle, step 1: the link layer, as in docs/decision.md.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import { type Announced, type OracleFrame, reject } from "./reading.ts";

export function readLink(frame: OracleFrame, view: DataView, vlan: number[]): Announced {
  const capEnd = view.byteLength;
  const wireEnd = Math.max(frame.wireLength, capEnd);
  switch (frame.linkType) {
    case 1: // Ethernet
      if (capEnd < 14) reject(reason.LINK_TRUNCATED, 0); // L1
      return readEtherType(view, 12, 14, wireEnd, vlan);
    case 113: // Linux cooked
      if (capEnd < 16) reject(reason.LINK_TRUNCATED, 0); // L1
      return readEtherType(view, 14, 16, wireEnd, vlan);
    case 276: // Linux cooked v2
      if (capEnd < 20) reject(reason.LINK_TRUNCATED, 0); // L1
      return readEtherType(view, 0, 20, wireEnd, vlan);
    case 12: // raw IP
    case 101:
      return { version: null, ip: 0, wireEnd };
    case 228: // raw IPv4
      return { version: 4, ip: 0, wireEnd };
    case 229: // raw IPv6
      return { version: 6, ip: 0, wireEnd };
    case 0: // BSD loopback, either byte order
      if (capEnd < 4) reject(reason.LINK_TRUNCATED, 0); // L1
      return readFamily([view.getUint32(0), view.getUint32(0, true)], wireEnd);
    case 108: // OpenBSD loopback, network byte order
      if (capEnd < 4) reject(reason.LINK_TRUNCATED, 0); // L1
      return readFamily([view.getUint32(0)], wireEnd);
    case 9: {
      // PPP
      const framed = capEnd >= 2 && view.getUint8(0) === 0xff && view.getUint8(1) === 0x03;
      return readPpp(view, framed ? 2 : 0, wireEnd);
    }
    default:
      throw new RangeError(`link type ${frame.linkType}: not one that step 1 lists`);
  }
}

function readFamily(families: readonly number[], wireEnd: number): Announced {
  if (families.includes(2)) return { version: 4, ip: 4, wireEnd };
  if ([10, 24, 28, 30].some((family) => families.includes(family))) return { version: 6, ip: 4, wireEnd };
  return reject(reason.NOT_IP, 0); // L3
}

/** `field` holds the EtherType, `next` is where what it announces begins. */
function readEtherType(view: DataView, field: number, next: number, wireEnd: number, vlan: number[]): Announced {
  const type = view.getUint16(field);
  if (type === 0x0800) return { version: 4, ip: next, wireEnd };
  if (type === 0x86dd) return { version: 6, ip: next, wireEnd };
  if (type === 0x8864) return readPppoe(view, next, wireEnd);
  if (![0x8100, 0x88a8, 0x9100].includes(type)) reject(reason.NOT_IP, field); // L3
  if (vlan.length === 8) reject(reason.VLAN_DEPTH, field); // L2
  if (next + 4 > view.byteLength) reject(reason.LINK_TRUNCATED, next); // L1
  vlan.push(view.getUint16(next) & 0xfff);
  return readEtherType(view, next + 2, next + 4, wireEnd, vlan);
}

function readPppoe(view: DataView, at: number, wireEnd: number): Announced {
  if (at + 6 > view.byteLength) reject(reason.LINK_TRUNCATED, at); // L1
  if (view.getUint8(at) !== 0x11 || view.getUint8(at + 1) !== 0x00) reject(reason.NOT_IP, at); // L3
  const end = at + 6 + view.getUint16(at + 4);
  return readPpp(view, at + 6, Math.min(wireEnd, end));
}

function readPpp(view: DataView, at: number, wireEnd: number): Announced {
  const capEnd = view.byteLength;
  if (at + 1 > capEnd) reject(reason.LINK_TRUNCATED, at); // L1
  let protocol = view.getUint8(at);
  let ip = at + 1;
  if ((protocol & 1) === 0) {
    if (at + 2 > capEnd) reject(reason.LINK_TRUNCATED, at); // L1
    protocol = view.getUint16(at);
    ip = at + 2;
  }
  if (protocol === 0x21) return { version: 4, ip, wireEnd };
  if (protocol === 0x57) return { version: 6, ip, wireEnd };
  return reject(reason.NOT_IP, at); // L3
}

// Step 2. IP header.

export function readVersion(view: DataView, announced: Announced): 4 | 6 {
  const { ip, version } = announced;
  if (ip + 1 > view.byteLength) reject(reason.IP_TRUNCATED, ip); // O2: no octet of it
  const nibble = view.getUint8(ip) >> 4;
  if (version === null) {
    if (nibble === 4 || nibble === 6) return nibble;
    return reject(reason.NOT_IP, 0); // L3: link types 12 and 101
  }
  if (nibble !== version) reject(reason.NOT_IP, ip); // L3
  return version;
}
