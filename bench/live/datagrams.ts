// Datagrams for the live bench, in frames, and the means to send many.
import { spawnSync } from "node:child_process";
import { parseAddress } from "../../ts/address.ts";
import type { Label } from "../../ts/label.ts";
import { stampLabel } from "../../ts/rewrite.ts";
import { run } from "./shell.ts";

/** The address that all partitions share. */
export const SERVER = "10.66.0.1";
const PAYLOAD = 64; // octets

/** A frame with a UDP datagram for the servers, to a device. */
export function udp(version: 4 | 6, mac: Uint8Array, label: Label | null): Uint8Array {
  const data = new Uint8Array(8 + PAYLOAD);
  data.set([0x30, 0x39, 0x23, 0x2a, 0, data.length, 0, 0]);
  const header = version === 4 ? header4(data.length) : header6(data.length);
  const plain = Uint8Array.from([...header, ...data]);
  const packet = label === null ? plain : stampLabel(plain, label);
  return Uint8Array.from([...mac, 2, 0, 0, 0, 0, 9, ...(version === 4 ? [8, 0] : [0x86, 0xdd]), ...packet]);
}

function header4(length: number): number[] {
  const header = [
    0x45,
    0,
    0,
    20 + length,
    0,
    1,
    0x40,
    0,
    64,
    17,
    0,
    0,
    ...parseAddress("10.66.0.2"),
    ...parseAddress(SERVER),
  ];
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += header[i]! * 256 + header[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  header[10] = (~sum >> 8) & 255;
  header[11] = ~sum & 255;
  return header;
}

function header6(length: number): number[] {
  return [0x60, 0, 0, 0, 0, length, 17, 64, ...parseAddress("fd66::2"), ...parseAddress("fd66::1")];
}

/** The hardware address of a device, here or in a namespace. */
export function macOf(device: string, namespace: string | null = null): Uint8Array {
  const place = namespace === null ? [] : ["-n", namespace];
  const [{ address }] = JSON.parse(run("ip", ...place, "-j", "link", "show", device)) as [{ address: string }];
  return Uint8Array.from(address.split(":"), (part) => Number.parseInt(part, 16));
}

/** Frames in the wire's other end: how many were taken, in how many seconds. */
export function blast(
  talk: string,
  device: string,
  frames: readonly Uint8Array[],
  seconds: number,
  rate: number,
  most: number = Number.MAX_SAFE_INTEGER,
): { sent: number; seconds: number } {
  const input = Buffer.concat(frames.map((frame) => Buffer.from([frame.length & 255, frame.length >> 8, ...frame])));
  const { stdout } = spawnSync(talk, ["blast", device, `${seconds}`, `${rate}`, `${most}`], {
    input,
    encoding: "utf8",
  });
  const [sent, took] = stdout.trim().split(" ").map(Number);
  return { sent: sent!, seconds: took! };
}
