// Runs in namespaces of its own (unshare -Urnm): a gate whose partitions come and go. Writes what happened to standard output as
// JSON.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { parse } from "jsonc-parser";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { clearOffloads } from "../../ts/live/device.ts";
import { liveOf } from "../../ts/live/layout.ts";
import { loadLibc } from "../../ts/live/libc.ts";
import { makeNamespaces } from "../../ts/live/namespaces.ts";
import { PacketPort } from "../../ts/live/packet-socket.ts";
import { openGate } from "../../ts/live/run.ts";
import type { WorkerFrames } from "../../ts/live/worker.ts";
import { cipso, ipv4 } from "../packets.ts";
import { requireInside } from "./inside.ts";
import { frame } from "./world.ts";

/** What happened. */
export interface ComingAndGoing {
  /** Frames that got to the partition `public` and to `secret`: at first, with its device removed, with another. */
  readonly arrived: readonly (readonly [low: number, high: number])[];
  /** What the gate said of it. */
  readonly notices: readonly string[];
  /** Why a policy was refused that names a device that is not there, and frames after it. */
  readonly refused: string;
  readonly afterRefused: readonly [low: number, high: number];
  /** Once a policy gives `public` a Unix socket, and `secret` a worker: frames by them. */
  readonly moved: readonly [unix: number, worker: number];
  /** Why a worker that nobody brought is missed. */
  readonly missing: string;
  /** Packet sockets once it is closed, and closed before it ever ran. */
  readonly left: readonly number[];
}

requireInside();
execFileSync("mount", ["-t", "tmpfs", "none", "/run"]);
const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });
const file = fileURLToPath(new URL("../../docs/trial/servers.json", import.meta.url));
// biome-ignore lint/suspicious/noExplicitAny: a policy to be bent
const policy = (): any => parse(readFileSync(file, "utf8"));
const sockets = (): number => readFileSync("/proc/net/packet", "utf8").trim().split("\n").length - 1;

const libc = await loadLibc();
makeNamespaces(libc, file, liveOf(policy()));
const wire = new PacketPort(libc, "lgw1");
const own = sockets();
const room = { bytes: new Uint8Array(262_144), rows: new Uint8Array(128 * FRAME_SIZE) };

/** Sends ten labelled datagrams to each of the two by the wire. */
function send(): void {
  const to = [255, 255, 255, 255, 255, 255];
  for (const options of [cipso(1), cipso(5, [0, 1])]) {
    const bytes = frame(ipv4({ src: "10.66.0.2", dst: "10.66.0.1", dport: 5353, options }), [2, 0, 0, 0, 0, 9], to);
    for (let i = 0; i < 10; i++) {
      wire.send({ bytes, offsets: Uint32Array.of(0), lengths: Uint32Array.of(bytes.length), count: 1 });
    }
  }
}

function received(namespace: string): number {
  const [{ stats64 }] = JSON.parse(ip("-n", namespace, "-j", "-s", "link", "show", "eth0")) as [
    { stats64: { rx: { packets: number } } },
  ];
  return stats64.rx.packets;
}

async function arrivals(): Promise<[number, number]> {
  const names = ["lg-server-public", "lg-server-secret"];
  const has = (name: string): boolean => ip("-n", name, "-o", "link").includes("eth0");
  const count = (): number[] => names.map((name) => (has(name) ? received(name) : 0));
  // Neighbour discovery of the system's own comes at any time: more than ten is ten.
  const before = count();
  send();
  await sleep(300);
  return count().map((now, i) => Math.floor((now - before[i]!) / 10)) as [number, number];
}

const notices: string[] = [];
async function noticed(word: string): Promise<void> {
  for (let i = 0; i < 100 && !notices.some((notice) => notice.includes(word)); i++) await sleep(50);
}

const unused = await openGate(policy());
unused.close();
const left = [sockets() - own];

const { port1, port2 } = new MessageChannel();
const gate = await openGate(policy(), {
  onNotice: (sentence) => notices.push(sentence),
  workers: { vault: port1 },
});
const running = gate.run();
await sleep(300);
const arrived = [await arrivals()];
ip("link", "del", "lgs1");
await noticed("removed");
arrived.push(await arrivals());
ip("link", "add", "lgs1", "type", "veth", "peer", "name", "eth0", "netns", "lg-server-public");
// Whoever is there answers ARP: what it sends of its own comes at any time.
ip("-n", "lg-server-public", "addr", "add", "10.66.0.1/24", "dev", "eth0");
ip("-n", "lg-server-public", "link", "set", "eth0", "up");
clearOffloads(libc, "lgs1");
ip("link", "set", "lgs1", "up");
await noticed("again");
await sleep(200);
arrived.push(await arrivals());

const wrong = policy();
wrong.live.partitions.public.port = { veth: "nowhere" };
const refused = await gate.reload(wrong).then(String, (error: Error) => error.message);
const afterRefused = await arrivals();

const missed = policy();
missed.live.partitions.secret.port = { worker: "tower" };
const missing = await gate.reload(missed).then(String, (error: Error) => error.message);

const other = policy();
other.live.partitions.public.port = { unix: "/run/public.sock" };
other.live.partitions.secret.port = { worker: "vault" };
await gate.reload(other);
let unix = 0;
const client = createConnection("/run/public.sock");
client.on("data", (piece: Buffer) => {
  unix += piece.length;
});
let worker = 0;
port2.on("message", ({ lengths }: WorkerFrames) => {
  worker += lengths.length;
  port2.postMessage({ taken: 1 });
});
await sleep(300);
send();
await sleep(300);
gate.close();
await running;
client.destroy();
port2.close();
left.push(sockets() - own);
wire.receive(room);
wire.close();
process.stdout.write(
  JSON.stringify({
    arrived,
    notices,
    refused,
    afterRefused,
    missing,
    // A datagram's frame and the length in front.
    moved: [unix / (4 + 14 + 28), worker],
    left,
  } satisfies ComingAndGoing),
);
