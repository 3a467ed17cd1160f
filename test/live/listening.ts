// Runs in a network namespace of its own: frames of a device, as they are listened to. Writes what happened to standard output
// as JSON.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { clearOffloads } from "../../ts/live/device.ts";
import { LiveError } from "../../ts/live/error.ts";
import { loadLibc } from "../../ts/live/libc.ts";
import { openDevice } from "../../ts/live/open-device.ts";
import { PacketPort } from "../../ts/live/packet-socket.ts";
import { readFrames } from "../../ts/live/read-frames.ts";
import { requireInside } from "./inside.ts";

/** What happened. */
export interface Listening {
  /** Of 300 frames: those that came whole and in order, without and with the ring. */
  readonly heard: readonly number[];
  /** Frames that the source says it took. */
  readonly received: readonly number[];
  /** Once it was closed in the middle of waiting: whether the reader ended. */
  readonly isEnded: boolean;
  /** Of 20 frames, by reading the descriptor of a socket. */
  readonly read: number;
  /** Why a reader of a device ends that was removed, and one that puts frames together can't be opened. */
  readonly removed: string;
  readonly offload: string;
}

requireInside();
const run = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });
const libc = await loadLibc();
run("link", "add", "lg0", "type", "veth", "peer", "name", "lg1");
for (const end of ["lg0", "lg1"]) {
  clearOffloads(libc, end);
  // Nothing of the system's own, so that every frame is ours.
  run("link", "set", end, "addrgenmode", "none");
  run("link", "set", end, "up");
}
const sender = new PacketPort(libc, "lg1");

function send(number: number): void {
  const bytes = new Uint8Array(60 + (number % 200)).fill(number & 255);
  bytes.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5]);
  sender.send({ bytes, offsets: Uint32Array.of(0), lengths: Uint32Array.of(bytes.length), count: 1 });
}
const isRight = (octets: Uint8Array, number: number): boolean =>
  octets.length === 60 + (number % 200) && octets.subarray(14).every((octet) => octet === (number & 255));

async function refusal(use: () => Promise<unknown>): Promise<string> {
  try {
    await use();
    return "none";
  } catch (error) {
    return error instanceof LiveError ? `${error.code}: ${error.message}` : String(error);
  }
}

const heard: number[] = [];
const received: number[] = [];
for (const ring of [false, true]) {
  const device = await openDevice("lg0", { ring, promiscuous: true });
  const sending = (async () => {
    for (let i = 0; i < 300; i++) {
      send(i);
      if (i % 50 === 0) await sleep(5);
    }
  })();
  let next = 0;
  let right = 0;
  for await (const batch of device) {
    for (let row = 0; row < batch.count; row++) if (isRight(batch.octets(row), next++)) right++;
    if (next >= 300) break;
  }
  await sending;
  heard.push(right);
  received.push(device.stats().received);
}

const waiting = await openDevice("lg0");
const ended = (async () => {
  for await (const _ of waiting);
  return true;
})();
await sleep(50);
waiting.close();
const isEnded = await Promise.race([ended, sleep(3000, false)]);

const inherited = new PacketPort(libc, "lg0");
let read = 0;
for (let i = 0; i < 20; i++) send(i);
for await (const batch of readFrames(inherited.descriptor, { device: "lg0" })) {
  if (isRight(batch.octets(0), read)) read++;
  if (read === 20) break;
}
inherited.close();

run("link", "add", "lg2", "type", "veth", "peer", "name", "lg3");
run("link", "set", "lg2", "up");
const doomed = await openDevice("lg2");
setTimeout(() => run("link", "del", "lg2"), 100);
const removed = await refusal(async () => {
  for await (const _ of doomed);
});
const offload = await refusal(async () => openDevice("lo"));
sender.close();
process.stdout.write(JSON.stringify({ heard, received, isEnded, read, removed, offload } satisfies Listening));
