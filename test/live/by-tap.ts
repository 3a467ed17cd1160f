// Runs in a network namespace of its own: a TAP device in another one, from both sides. Writes what happened to standard output
// as JSON.
import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { LiveError } from "../../ts/live/error.ts";
import { inNamespace, namespacePath } from "../../ts/live/in-namespace.ts";
import { loadLibc } from "../../ts/live/libc.ts";
import { PacketPort } from "../../ts/live/packet-socket.ts";
import type { PartitionPort } from "../../ts/live/port.ts";
import { openTap } from "../../ts/live/tap.ts";
import { Waiter } from "../../ts/live/wait.ts";
import { requireInside } from "./inside.ts";
import { BATCHES } from "./sizes.ts";

/** What happened. */
export interface ByTap {
  /** Frames received with their octets, by size of the batch: what the gate sent, what the partition sent. */
  readonly whole: Record<string, readonly number[]>;
  readonly counted: { readonly sent: number; readonly refused: number; readonly received: number };
  /** The device's own address, and the one that the port says it has. */
  readonly macs: readonly string[];
  readonly mtu: number;
  /** A frame longer than a slot. */
  readonly long: { readonly captured: number; readonly isLonger: boolean; readonly truncated: number };
  /** This thread's namespace before and after, also after one that was not there. */
  readonly namespaces: readonly string[];
  readonly errors: readonly string[];
  /** While the device is down: frames taken; and up again: frames that arrived. */
  readonly down: { readonly taken: number; readonly after: number };
  /** Once the device is removed: whether a wait of 50 ms lasts, frames taken. */
  readonly gone: { readonly waited: number; readonly taken: number };
}

requireInside();
const NAME = "lgx";
const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });
const namespace = (): string => readlinkSync("/proc/thread-self/ns/net");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const room = { bytes: new Uint8Array(1_048_576), rows: new Uint8Array(512 * FRAME_SIZE) };

execFileSync("mount", ["-t", "tmpfs", "none", "/run"]);
ip("netns", "add", NAME);
ip("-n", NAME, "tuntap", "add", "dev", "tap0", "mode", "tap");
execFileSync("ip", ["netns", "exec", NAME, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/tap0/disable_ipv6"]);
ip("-n", NAME, "link", "set", "tap0", "mtu", "9000", "up");

function send(port: PartitionPort, frames: readonly Uint8Array[]): number {
  const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));
  const lengths = Uint32Array.from(frames, ({ length }) => length);
  let at = 0;
  const offsets = lengths.map((length) => (at += length) - length);
  return port.send({ bytes, offsets, lengths, count: frames.length });
}

async function drain(port: PartitionPort, wanted: number): Promise<Uint8Array[]> {
  const got: Uint8Array[] = [];
  for (const end = performance.now() + 2000; got.length < wanted && performance.now() < end; ) {
    const batch = port.receive(room);
    if (batch === null) await sleep(1);
    else for (let row = 0; row < batch.count; row++) got.push(batch.octets(row).slice());
  }
  return got;
}

function frames(count: number, to: Uint8Array): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const frame = new Uint8Array(60 + i).fill(i & 255, 14);
    frame.set(to);
    frame.set([2, 0, 0, 0, 0, 9, 0x88, 0xb5], 6);
    return frame;
  });
}

const libc = await loadLibc();
const namespaces = [namespace()];
const [mac = ""] = /(?<=link\/ether )\S+/.exec(ip("-n", NAME, "link", "show", "tap0")) ?? [];
const gate = openTap(libc, "tap0", NAME);
namespaces.push(namespace());
const partition = inNamespace(libc, namespacePath(NAME), () => new PacketPort(libc, "tap0"));

const whole: Record<string, readonly number[]> = {};
for (const batch of BATCHES) {
  const counts: number[] = [];
  for (const [from, to, mac] of [
    [gate, partition, gate.peerMac!],
    [partition, gate, gate.mac],
  ] as const) {
    const sent = frames(batch, mac);
    send(from, sent);
    const got = await drain(to, batch);
    counts.push(got.filter((octets, i) => hex(octets) === hex(sent[i]!)).length);
  }
  whole[batch] = counts;
}
const counted = { ...gate.sinkStats(), received: gate.stats().received };

send(partition, [new Uint8Array(5000).fill(2)]);
let batch = gate.receive(room);
while (batch === null) {
  await sleep(1);
  batch = gate.receive(room);
}
const long = {
  captured: batch.capturedLength(0),
  isLonger: batch.wireLength(0) > batch.capturedLength(0),
  truncated: gate.stats().truncated,
};

const errors = [
  ["tap1", "nowhere"],
  ["tap1", NAME],
].map(([device, place]) => {
  try {
    openTap(libc, device!, place!).close();
    return "none";
  } catch (error) {
    return error instanceof LiveError ? `${error.code}: ${error.message}` : `${error}`;
  }
});
namespaces.push(namespace());

ip("-n", NAME, "link", "set", "tap0", "down");
const taken = send(gate, frames(1, gate.peerMac!));
gate.receive(room);
partition.receive(room);
ip("-n", NAME, "link", "set", "tap0", "up");
send(gate, frames(1, gate.peerMac!));
const down = { taken, after: (await drain(partition, 1)).length };
partition.close();

ip("-n", NAME, "link", "del", "tap0");
gate.receive(room);
const waiter = new Waiter(libc);
const start = performance.now();
await waiter.wait([gate], 50);
const gone = { waited: performance.now() - start, taken: send(gate, frames(1, gate.peerMac!)) };
waiter.close();
gate.close();
gate.close();

const macs = [mac.replaceAll(":", ""), hex(gate.peerMac!)];
const result: ByTap = { whole, counted, macs, mtu: gate.mtu, long, namespaces, errors, down, gone };
process.stdout.write(JSON.stringify(result));
