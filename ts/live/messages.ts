/**
 * Struct mmsghdr and what it points to, for many frames a system call. Layouts are those of 64-bit Linux.
 *
 * @module
 */
import type { Libc } from "./libc.ts";

/** Frames a call. */
export const MAX_MESSAGES = 128;

// struct mmsghdr: a msghdr and the length of the message
const HEADER = 64;
const NAME_POINTER = 0;
const NAME_LENGTH = 8;
const VECTOR_POINTER = 16;
const VECTOR_COUNT = 24;
const CONTROL_POINTER = 32;
const CONTROL_LENGTH = 40;
const LENGTH = 56;
// struct iovec
const VECTOR = 16;
// struct sockaddr_ll
const NAME = 24;
const NAME_SIZE = 20;
const PACKET_TYPE = 10;
// struct cmsghdr and struct tpacket_auxdata
const CONTROL = 64;
const AUXDATA = 16;
const AUXDATA_END = 36;
const VLAN_TCI = AUXDATA + 16;
const VLAN_TPID = AUXDATA + 18;

const VECTORS = MAX_MESSAGES * HEADER;
const NAMES = VECTORS + MAX_MESSAGES * VECTOR;
const CONTROLS = NAMES + MAX_MESSAGES * NAME;
const SIZE = CONTROLS + MAX_MESSAGES * CONTROL;

/** Messages by index. */
export interface Messages {
  /** Of the first header. */
  readonly address: bigint;
  /** Says where a message's octets are: `address` is below 2^53, as those of processes are. */
  point(index: number, address: number, length: number): void;
  /** Makes those ready again that were received last: `count` of them. */
  reopen(count: number): void;
  /** Octets that were received, those too that there was no room for. */
  length(index: number): number;
  /** To whom the frame was (PACKET_HOST …). */
  packetType(index: number): number;
  /** Bits of TP_STATUS; 0: nothing is known. */
  status(index: number): number;
  vlan(index: number): { readonly tpid: number; readonly tci: number };
}

/** Makes room for messages: to be sent, or (`named`) to be received with what the system says of them. */
export function makeMessages(libc: Libc, named: boolean): Messages {
  const bytes = new Uint8Array(SIZE);
  const view = new DataView(bytes.buffer);
  const words = new Uint32Array(bytes.buffer);
  const address = libc.addressOf(bytes);
  const controlAt = (index: number): number => CONTROLS + index * CONTROL;
  const reopen = (count: number): void => {
    for (let header = 0; header < count * HEADER; header += HEADER) {
      words[(header + NAME_LENGTH) >> 2] = NAME_SIZE;
      words[(header + CONTROL_LENGTH) >> 2] = CONTROL;
    }
  };
  for (let i = 0; i < MAX_MESSAGES; i++) {
    const header = i * HEADER;
    view.setBigUint64(header + VECTOR_POINTER, address + BigInt(VECTORS + i * VECTOR), true);
    view.setBigUint64(header + VECTOR_COUNT, 1n, true);
    if (!named) continue;
    view.setBigUint64(header + NAME_POINTER, address + BigInt(NAMES + i * NAME), true);
    view.setBigUint64(header + CONTROL_POINTER, address + BigInt(controlAt(i)), true);
  }
  if (named) reopen(MAX_MESSAGES);
  return {
    address,
    point: (index, at, length) => {
      const vector = (VECTORS + index * VECTOR) >> 2;
      words[vector] = at; // modulo 2^32
      words[vector + 1] = at / 0x1_0000_0000;
      words[vector + 2] = length;
    },
    reopen,
    length: (index) => view.getUint32(index * HEADER + LENGTH, true),
    packetType: (index) => bytes[NAMES + index * NAME + PACKET_TYPE]!,
    status: (index) => {
      const hasData = view.getUint32(index * HEADER + CONTROL_LENGTH, true) >= AUXDATA_END;
      return hasData ? view.getUint32(controlAt(index) + AUXDATA, true) : 0;
    },
    vlan: (index) => ({
      tci: view.getUint16(controlAt(index) + VLAN_TCI, true),
      tpid: view.getUint16(controlAt(index) + VLAN_TPID, true),
    }),
  };
}
