/**
 * Network devices: what they are, and whether they hand out frames that are not finished.
 *
 * @module
 */

import { EINVAL, systemError } from "./errno.ts";
import { LiveError } from "./error.ts";
import type { Libc } from "./libc.ts";

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SIOCGIFFLAGS = 0x8913;
const SIOCGIFMTU = 0x8921;
const SIOCGIFHWADDR = 0x8927;
const SIOCGIFINDEX = 0x8933;
const SIOCETHTOOL = 0x8946;
const IFF_UP = 1;
const ARPHRD_ETHER = 1;
// struct ifreq
const REQUEST = 40;
const VALUE = 16;
// Commands of ethtool that read and set one feature.
const GET_GRO = 0x2b;
const GET_FLAGS = 0x25;
const FLAG_LRO = 0x8000;
const SETTERS = { "tx checksum": 0x17, "scatter gather": 0x19, tso: 0x1f, gso: 0x24, gro: 0x2c } as const;

/** A device. */
export interface Device {
  readonly index: number;
  /** Six octets. */
  readonly mac: Uint8Array;
  readonly mtu: number;
}

/** @throws {LiveError} there is no such device, it is down, or no Ethernet */
export function deviceOf(libc: Libc, name: string): Device {
  return asking(libc, name, (ask) => {
    const index = ask(SIOCGIFINDEX).getInt32(VALUE, true);
    if ((ask(SIOCGIFFLAGS).getUint16(VALUE, true) & IFF_UP) === 0) {
      throw new LiveError("DEVICE_DOWN", `device ${name} is down`, `ip link set ${name} up`);
    }
    const mtu = ask(SIOCGIFMTU).getInt32(VALUE, true);
    const address = ask(SIOCGIFHWADDR);
    if (address.getUint16(VALUE, true) !== ARPHRD_ETHER) {
      throw new LiveError("NO_DEVICE", `device ${name} is no Ethernet`, "ip link show type veth");
    }
    return { index, mtu, mac: new Uint8Array(address.buffer, VALUE + 2, 6).slice() };
  });
}

/**
 * Whether frames of a device are those of the wire: one that puts several together makes some that the wire never carried.
 *
 * @throws {LiveError} it does
 */
export function requireNoOffload(libc: Libc, name: string): void {
  asking(libc, name, (ask) => {
    const read = (command: number): number => {
      const argument = new Uint8Array(Uint32Array.of(command, 0).buffer);
      ask(SIOCETHTOOL, libc.addressOf(argument));
      return new DataView(argument.buffer).getUint32(4, true);
    };
    const offload = read(GET_GRO) !== 0 ? "generic" : (read(GET_FLAGS) & FLAG_LRO) !== 0 ? "large" : null;
    if (offload === null) return;
    throw new LiveError(
      "OFFLOAD_ON",
      `device ${name} puts frames together (${offload} receive offload)`,
      `ethtool -K ${name} gro off lro off`,
    );
  });
}

/**
 * Makes a device send frames as they go over the wire: whole, with their checksums.
 *
 * @throws {LiveError} it can't
 */
export function clearOffloads(libc: Libc, name: string): void {
  asking(libc, name, (ask) => {
    for (const command of Object.values(SETTERS)) {
      const argument = new Uint8Array(Uint32Array.of(command, 0).buffer);
      ask(SIOCETHTOOL, libc.addressOf(argument), true);
    }
  });
}

type Ask = (request: number, argument?: bigint, isOptional?: boolean) => DataView;

function asking<T>(libc: Libc, name: string, use: (ask: Ask) => T): T {
  const socket = libc.socket(AF_INET, SOCK_DGRAM, 0);
  if (socket < 0) throw systemError(`device ${name}`, socket, name);
  try {
    return use((request, argument, isOptional = false) => {
      const bytes = new Uint8Array(REQUEST);
      bytes.set(new TextEncoder().encode(name));
      const view = new DataView(bytes.buffer);
      if (argument !== undefined) view.setBigUint64(VALUE, argument, true);
      const result = libc.ioctl(socket, request, bytes);
      if (result < 0 && !isOptional && !(request === SIOCETHTOOL && result === -EINVAL)) {
        throw systemError(`device ${name}`, result, name);
      }
      return view;
    });
  } finally {
    libc.close(socket);
  }
}
