/**
 * ARP for IPv4 on Ethernet (RFC 826).
 *
 *     0 hardware 1 | 2 protocol 0800 | 4 lengths 6, 4 | 6 operation | 8 sender 6 + 4 | 18 target 6 + 4
 *
 * @module
 */
import { HEADER_LENGTH, MAC_LENGTH, putU16, TYPE_IPV4, u16 } from "./ethernet.ts";

/** Octets of a packet. */
export const ARP_LENGTH = 28;
export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

const ETHERNET = 1;
const ADDRESSES = 0x0604;

/** A request or a reply. */
export interface Arp {
  readonly operation: number;
  readonly senderMac: Uint8Array;
  readonly sender: Uint8Array;
  readonly target: Uint8Array;
}

/** The packet at `at`, or `null`: it is none for IPv4 on Ethernet, or its sender says to be a group. */
export function readArp(bytes: Uint8Array, at: number, length: number): Arp | null {
  if (length < ARP_LENGTH || u16(bytes, at) !== ETHERNET || u16(bytes, at + 2) !== TYPE_IPV4) return null;
  if (u16(bytes, at + 4) !== ADDRESSES || (bytes[at + 8]! & 1) !== 0) return null;
  return {
    operation: u16(bytes, at + 6),
    senderMac: bytes.slice(at + 8, at + 14),
    sender: bytes.slice(at + 14, at + 18),
    target: bytes.slice(at + 24, at + 28),
  };
}

/** A packet. */
export function arpPacket(
  operation: number,
  senderMac: Uint8Array,
  sender: Uint8Array,
  targetMac: Uint8Array | null,
  target: Uint8Array,
): Uint8Array {
  const packet = new Uint8Array(ARP_LENGTH);
  putU16(packet, 0, ETHERNET);
  putU16(packet, 2, TYPE_IPV4);
  putU16(packet, 4, ADDRESSES);
  putU16(packet, 6, operation);
  packet.set(senderMac, 8);
  packet.set(sender, 8 + MAC_LENGTH);
  if (targetMac !== null) packet.set(targetMac, 18);
  packet.set(target, 24);
  return packet;
}

/** The least octets of a frame that holds one. */
export const ARP_FRAME: number = HEADER_LENGTH + ARP_LENGTH;
