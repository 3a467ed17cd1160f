// Runs in a network namespace of its own, on Node, Deno or Bun: packet sockets on both ends of a wire. Writes what happened to
// standard output as JSON. With the argument `ring` frames are received by the ring.
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { clearOffloads } from "../../ts/live/device.ts";
import { loadLibc } from "../../ts/live/libc.ts";
import { type PacketOptions, PacketPort } from "../../ts/live/packet-socket.ts";
import type { FrameRoom, Outgoing, SinkStats, SourceStats } from "../../ts/live/port.ts";
import { Waiter } from "../../ts/live/wait.ts";
import { requireInside } from "./inside.ts";
import { BATCHES, IN_ROOMS } from "./sizes.ts";

/** What happened. */
export interface BySocket {
  /** Frames received in order with their octets, each way: by size of the batch. */
  readonly whole: Record<string, readonly number[]>;
  readonly both: readonly { readonly source: SourceStats; readonly sink: SinkStats }[];
  /** Frames received in order with their octets, of {@link IN_ROOMS}: in rooms of other places and sizes. */
  readonly inRooms: number;
  /** Frames that their sender received itself. */
  readonly own: number;
  /** Tagged frames, as hexadecimal: sent and received. */
  readonly tagged: readonly { readonly sent: string; readonly received: string; readonly wireLength: number }[];
  readonly foreign: SourceStats;
  /** Datagrams of the system's own stack, with offload on and off: frames handed on. */
  readonly offload: { readonly on: number; readonly off: number; readonly stats: SourceStats };
  /** A frame longer than its slot. */
  readonly long: { readonly captured: number; readonly wire: number; readonly stats: SourceStats };
  /** More than the socket keeps. */
  readonly overflow: { readonly sent: number; readonly stats: SourceStats };
  /** One that is longer than the device takes, between two that are not. */
  readonly tooLong: { readonly taken: number; readonly arrived: number; readonly sink: SinkStats };
  /** While the device is down, and up again: frames, and milliseconds that a wait of 50 lasts. */
  readonly down: {
    readonly taken: number;
    readonly received: boolean;
    readonly waited: number;
    readonly after: number;
  };
  /** 20,000 frames within a second or more, sent and received by turns. */
  readonly paced: { readonly sent: number; readonly received: number; readonly stats: SourceStats };
  /** Once it is closed: frames taken, received, and whether a batch of the ring may still be looked at. */
  readonly closed: { readonly taken: number; readonly received: boolean; readonly isSafe: boolean };
  /** Packet sockets that there are when all are closed. */
  readonly left: number;
  /** Seconds that the rows' time is off the clock. */
  readonly late: number;
  /** Milliseconds until a wait ended: by a frame, by wake, by time. */
  readonly waits: { readonly frame: number; readonly wake: number; readonly time: number };
}

const run = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });
requireInside();
const libc = await loadLibc();
const options: PacketOptions = process.argv[2] === "ring" ? { ring: true, retire: 1, bypass: true } : {};
const memory = new WebAssembly.Memory({ initial: 17 });
const room: FrameRoom = {
  bytes: new Uint8Array(memory.buffer, 65_536, 1_048_576),
  rows: new Uint8Array(memory.buffer, 0, 512 * FRAME_SIZE),
};

async function wire(a: string, b: string, mtu: number): Promise<void> {
  run("link", "add", a, "type", "veth", "peer", "name", b);
  for (const device of [a, b]) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${device}/disable_ipv6`, "1");
    run("link", "set", device, "mtu", `${mtu}`, "up");
  }
  await isUp(a);
  await isUp(b);
}

/** The system looks at carriers up to a second later; what is sent before is lost. */
async function isUp(device: string): Promise<void> {
  while (!run("-o", "link", "show", device).includes("state UP")) await sleep(10);
}

function outgoing(frames: readonly Uint8Array[]): Outgoing {
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  const offsets = new Uint32Array(frames.length);
  const lengths = new Uint32Array(frames.length);
  let at = 0;
  frames.forEach((frame, i) => {
    bytes.set(frame, at);
    offsets[i] = at;
    lengths[i] = frame.length;
    at += frame.length;
  });
  return { bytes, offsets, lengths, count: frames.length };
}

function frameTo(to: Uint8Array, length: number, mark: number): Uint8Array {
  const frame = new Uint8Array(length).fill(mark & 255, 14);
  frame.set(to);
  frame.set([2, 0, 0, 0, 0, 9, 0x88, 0xb5], 6);
  new DataView(frame.buffer).setUint32(14, mark);
  return frame;
}

interface Got {
  readonly octets: Uint8Array;
  readonly wireLength: number;
  readonly time: number;
}

/** What is there within some time after the last frame, at least `wanted` of them. */
async function drain(port: PacketPort, wanted: number, time = 2000, rooms = [room]): Promise<Got[]> {
  const got: Got[] = [];
  let turn = 0;
  for (const end = performance.now() + time; performance.now() < end; ) {
    const batch = port.receive(rooms[turn++ % rooms.length]!);
    if (batch === null) {
      if (got.length >= wanted) break;
      await sleep(1);
      continue;
    }
    for (let row = 0; row < batch.count; row++) {
      const at = batch.seconds(row) + batch.nanoseconds(row) / 1e9;
      got.push({ octets: batch.octets(row).slice(), wireLength: batch.wireLength(row), time: at });
    }
  }
  return got;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const same = (a: Uint8Array, b: Uint8Array): boolean => hex(a) === hex(b);

await wire("lg0", "lg1", 1500);
const a = new PacketPort(libc, "lg0", options);
const b = new PacketPort(libc, "lg1", options);

// Both ways, many sizes, each frame marked with its number.
const whole: Record<string, readonly number[]> = {};
let mark = 0;
let late = 0;
for (const batch of BATCHES) {
  const counts: number[] = [];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const frames = Array.from({ length: batch }, () => frameTo(to.mac, 60 + (mark % 1455), mark++));
    from.send(outgoing(frames));
    const got = await drain(to, batch);
    counts.push(
      got.filter(({ octets, wireLength }, i) => same(octets, frames[i]!) && wireLength === octets.length).length,
    );
    late = Math.max(late, ...got.map(({ time }) => Math.abs(Date.now() / 1000 - time)));
  }
  whole[batch] = counts;
}
// One memory, other places in it: a slot, a row, a lot. And another memory.
const part = (at: number, length: number, rowsAt: number, rows: number): FrameRoom => ({
  bytes: new Uint8Array(memory.buffer, at, length),
  rows: new Uint8Array(memory.buffer, rowsAt, rows * FRAME_SIZE),
});
const other: FrameRoom = { bytes: new Uint8Array(8192), rows: new Uint8Array(64 * FRAME_SIZE) };
const rooms = [part(100_000, 2048, 0, 64), part(65_536, 65_536, 4096, 1), room, part(70_001, 7000, 64, 9), other];
const changing = Array.from({ length: IN_ROOMS }, (_, i) => frameTo(b.mac, 60 + i, i));
a.send(outgoing(changing));
const changed = await drain(b, IN_ROOMS, 2000, rooms);
const inRooms = changed.filter(({ octets }, i) => same(octets, changing[i]!)).length;

const both = [a, b].map((port) => ({ source: port.stats(), sink: port.sinkStats() }));
a.send(outgoing([frameTo(b.mac, 60, 1)]));
const own = (await drain(a, 0, 50)).length;
await drain(b, 1);

const tagged: { sent: string; received: string; wireLength: number }[] = [];
for (const tags of [
  [0x8100, 0x2005],
  [0x88a8, 0x0fff],
  [0x8100, 0x0000],
  [0x88a8, 0x6001, 0x8100, 0xe002],
]) {
  for (const length of [60, 1500]) {
    const plain = frameTo(b.mac, length, 7);
    const octets = tags.flatMap((word) => [word >> 8, word & 255]);
    const frame = Uint8Array.from([...plain.subarray(0, 12), ...octets, ...plain.subarray(12)]);
    a.send(outgoing([frame]));
    const [got] = await drain(b, 1);
    tagged.push({ sent: hex(frame), received: hex(got?.octets ?? new Uint8Array()), wireLength: got?.wireLength ?? 0 });
  }
}

const stranger = Uint8Array.of(2, 9, 9, 9, 9, 9);
a.send(outgoing([frameTo(stranger, 60, 1), frameTo(b.mac, 60, 2), frameTo(stranger, 60, 3)]));
await drain(b, 1);
await drain(b, 0, 20);
const foreign = b.stats();

// The system leaves checksums to a device that says it makes them.
run("addr", "add", "10.9.0.1/24", "dev", "lg0");
run("neigh", "add", "10.9.0.2", "lladdr", hex(b.mac).replace(/(..)(?=.)/g, "$1:"), "dev", "lg0");
const datagrams = createSocket("udp4");
const say = (): Promise<void> =>
  new Promise((resolve, reject) => {
    datagrams.send(Buffer.alloc(100, 1), 9, "10.9.0.2", (error) => (error ? reject(error) : resolve()));
  });
await say();
const on = (await drain(b, 1, 100)).length;
clearOffloads(libc, "lg0");
await say();
const off = (await drain(b, 1)).length;
const offload = { on, off, stats: b.stats() };
datagrams.close();

const sinkBefore = a.sinkStats();
const taken = a.send(outgoing([frameTo(b.mac, 60, 1), frameTo(b.mac, 5000, 2), frameTo(b.mac, 60, 3)]));
const arrived = (await drain(b, 2)).length;
const sink = a.sinkStats();
const tooLong = {
  taken,
  arrived,
  sink: { sent: sink.sent - sinkBefore.sent, refused: sink.refused - sinkBefore.refused },
};

const waiter = new Waiter(libc);
const timed = async (timeout: number | null, port = b): Promise<number> => {
  const start = performance.now();
  await waiter.wait([port], timeout);
  return performance.now() - start;
};
setTimeout(() => a.send(outgoing([frameTo(b.mac, 60, 1)])), 50);
const byFrame = await timed(5000);
await drain(b, 1);
setTimeout(() => waiter.wake(), 50);
const byWake = await timed(null);
const waits = { frame: byFrame, wake: byWake, time: await timed(50) };

run("link", "set", "lg0", "down");
const takenDown = a.send(outgoing([frameTo(b.mac, 60, 1)]));
const isReceived = a.receive(room) !== null;
a.receive(room);
const waited = await timed(50, a);
run("link", "set", "lg0", "up");
await isUp("lg0");
await isUp("lg1");
b.receive(room);
b.send(outgoing([frameTo(a.mac, 60, 1)]));
const down = { taken: takenDown, received: isReceived, waited, after: (await drain(a, 1)).length };

const pacedBefore = b.stats();
const burst = outgoing(Array.from({ length: 250 }, (_, i) => frameTo(b.mac, 60 + i, i)));
let pacedSent = 0;
let pacedReceived = 0;
while (pacedSent < 20_000) {
  pacedSent += a.send(burst);
  const next = performance.now() + 12.5;
  while (performance.now() < next) {
    await waiter.wait([b], Math.ceil(next - performance.now()));
    for (let batch = b.receive(room); batch !== null; batch = b.receive(room)) pacedReceived += batch.count;
  }
}
const pacedAfter = b.stats();
const paced = {
  sent: pacedSent,
  received: pacedReceived,
  stats: { ...pacedAfter, received: pacedAfter.received - pacedBefore.received },
};
waiter.close();

a.send(outgoing([frameTo(b.mac, 60, 1)]));
let last = b.receive(room);
while (last === null) {
  await sleep(1);
  last = b.receive(room);
}
a.close();
b.close();
a.close();
const closed = {
  taken: a.send(burst),
  received: b.receive(room) !== null,
  isSafe: options.ring !== true || last.octets(0).every((octet) => octet === 0),
};

await wire("lg2", "lg3", 9000);
const c = new PacketPort(libc, "lg2", options);
const d = new PacketPort(libc, "lg3", options);
c.send(outgoing([frameTo(d.mac, 5000, 1)]));
const [cut] = await drain(d, 1);
const long = { captured: cut?.octets.length ?? 0, wire: cut?.wireLength ?? 0, stats: d.stats() };

const FLOOD = 40_000;
let flooded = 0;
const flood = outgoing(Array.from({ length: 250 }, (_, i) => frameTo(d.mac, 1000, i)));
while (flooded < FLOOD) {
  flooded += c.send(flood);
  await sleep(1);
}
await drain(d, 0, 500);
const overflow = { sent: flooded, stats: d.stats() };
c.close();
d.close();
const left = readFileSync("/proc/net/packet", "utf8").trim().split("\n").length - 1;

const result: BySocket = {
  whole,
  inRooms,
  both,
  own,
  tagged,
  foreign,
  offload,
  long,
  overflow,
  tooLong,
  down,
  paced,
  closed,
  left,
  late,
  waits,
};
process.stdout.write(JSON.stringify(result));
