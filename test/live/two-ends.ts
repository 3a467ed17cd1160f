// Runs in a user and network namespace of its own (unshare -Urnm): three clients that share one address, a gate, a labelled
// wire, a gate, three servers that share one address. Writes what happened to standard output as JSON.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { PcapWriter } from "../../ts/capture/write.ts";
import type { GateStats } from "../../ts/live/gate.ts";
import { loadLibc } from "../../ts/live/libc.ts";
import { PacketPort } from "../../ts/live/packet-socket.ts";
import { calipso, cipso, ipv4, ipv6, piece4 } from "../packets.ts";
import { frame } from "./world.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "build/dist/labelgate.js");
const policies = { servers: join(root, "docs/trial/servers.json"), clients: join(root, "docs/trial/clients.json") };
const NAMES = ["public", "internal", "secret"] as const;
const LABELS = { public: [1, []], internal: [2, [0]], secret: [5, [0, 1]] } as const;
const ADDRESSES = ["10.66.0.1", "fd66::1"] as const;

/** What happened. */
export interface TwoEnds {
  /** By client and address: what curl printed. */
  readonly http: Record<string, string>;
  /** By client and address: what came back by UDP. */
  readonly udp: Record<string, string>;
  /** Datagrams that the servers got while bad frames came by the wire. */
  readonly badReceived: number;
  readonly badSent: number;
  /** Frames that were sent by a client's port in another's name. */
  readonly forgedSent: number;
  readonly before: GateStats;
  readonly servers: GateStats;
  readonly clients: GateStats;
  /** Exit status of the gates, and whether the policy was read again. */
  readonly statuses: readonly (number | null)[];
  readonly isReloaded: boolean;
  readonly metrics: string;
  /** Lines of the servers' gate. */
  readonly drops: string;
  /** Devices and namespaces that are left. */
  readonly left: string;
}

const [capture] = process.argv.slice(2);
const run = (...args: string[]): string => execFileSync(args[0]!, args.slice(1), { encoding: "utf8" });
const labelgate = (...args: string[]): string => run(process.execPath, bin, ...args);
const children: ChildProcess[] = [];

// Two servers on each of IPv4 and IPv6: HTTP says who it is; UDP echoes the same, and tells us of every datagram.
const SERVER = `
const name = process.argv[1];
require("node:http").createServer((request, response) => response.end(name)).listen(8080, "::", () => console.log("ready"));
for (const type of ["udp4", "udp6"]) {
  const socket = require("node:dgram").createSocket(type === "udp4" ? type : { type, ipv6Only: true });
  socket.on("message", (message, from) => { console.log("datagram " + message); socket.send(name, from.port, from.address); });
  socket.bind(5353);
}`;
const ASK = `
const [address] = process.argv.slice(1);
const socket = require("node:dgram").createSocket(address.includes(":") ? "udp6" : "udp4");
socket.on("message", (message) => { console.log(String(message)); socket.close(); });
socket.send("hello", 5353, address);
setTimeout(() => process.exit(1), 5000).unref();`;
// A client with privileges inside says what it likes: with the address or the label of others.
const FORGE = `
import { loadLibc } from ${JSON.stringify(join(root, "ts/live/libc.ts"))};
import { PacketPort } from ${JSON.stringify(join(root, "ts/live/packet-socket.ts"))};
const port = new PacketPort(await loadLibc(), "eth0");
const frames = JSON.parse(process.argv[1]).map((text) => Buffer.from(text, "hex"));
for (const bytes of frames) port.send({ bytes, offsets: Uint32Array.of(0), lengths: Uint32Array.of(bytes.length), count: 1 });
port.close();`;

function inside(namespace: string, script: string, ...args: string[]): string[] {
  return ["netns", "exec", namespace, process.execPath, "-e", script, ...args];
}

interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
}

function start(command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const lines: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    let rest = "";
    stream.on("data", (piece: Buffer) => {
      const parts = (rest + piece.toString()).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
    });
  }
  return { child, lines };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (holds()) return;
    await sleep(50);
  }
  throw new Error(`waited in vain: ${what}`);
}

async function scenario(): Promise<TwoEnds> {
  run("mount", "-t", "tmpfs", "none", "/run");
  labelgate("netns", "up", policies.servers);
  labelgate("netns", "up", policies.clients);
  const servers = NAMES.map((name) => start("ip", inside(`lg-server-${name}`, SERVER, name)));
  const metricsFile = "/run/metrics.txt";
  const dropsFile = "/run/drops.jsonl";
  const gates = [
    start(process.execPath, [
      ...[bin, "run", "--policy", policies.servers, "--format", "jsonl"],
      ...["--metrics", metricsFile, "--drops", dropsFile],
    ]),
    start(process.execPath, [bin, "run", "--policy", policies.clients, "--format", "jsonl"]),
  ];
  const isOpen = ({ lines }: Running): boolean => lines.some((line) => line.includes("the gate is open"));
  await until("the gates", () => gates.every(isOpen));
  await until("the servers", () => servers.every(({ lines }) => lines.includes("ready")));

  const libc = await loadLibc();
  const ends = [new PacketPort(libc, "lgw0"), new PacketPort(libc, "lgw1")];
  const pieces: Uint8Array[] = [];
  const writer = new PcapWriter((octets) => pieces.push(octets.slice()), { linkType: 1 });
  const room = { bytes: new Uint8Array(262_144), rows: new Uint8Array(128 * FRAME_SIZE) };
  const sniff = (): void => {
    for (const end of ends) {
      for (let batch = end.receive(room); batch !== null; batch = end.receive(room)) {
        for (let row = 0; row < batch.count; row++) {
          writer.packet(batch.octets(row), { seconds: batch.seconds(row), nanoseconds: batch.nanoseconds(row) });
        }
      }
    }
  };

  const http: Record<string, string> = {};
  const udp: Record<string, string> = {};
  for (const name of NAMES) {
    for (const address of ADDRESSES) {
      const host = address.includes(":") ? `[${address}]` : address;
      const curl = ["netns", "exec", `lg-client-${name}`, "curl", "-s", "-m", "10", `http://${host}:8080/`];
      http[`${name} ${address}`] = spawnSync("ip", curl, { encoding: "utf8" }).stdout;
      const ask = spawnSync("ip", inside(`lg-client-${name}`, ASK, address), { encoding: "utf8" });
      udp[`${name} ${address}`] = ask.stdout.trim();
      sniff();
    }
  }
  writer.flush();
  if (capture !== undefined) writeFileSync(capture, Buffer.concat(pieces));

  const lastOf = ({ lines }: Running): GateStats =>
    JSON.parse(lines.findLast((line) => line.startsWith("{")) ?? "{}") as GateStats;
  await sleep(1200);
  const before = lastOf(gates[0]!);
  const datagrams = (): number =>
    servers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("datagram"))).length;
  const heard = datagrams();
  const bad = badFrames();
  for (const octets of bad) ends[1]!.send(one(octets));
  const forged = NAMES.flatMap((name) => {
    const frames = forgedFrames(name).map((octets) => Buffer.from(octets).toString("hex"));
    const args = [
      "netns",
      "exec",
      `lg-client-${name}`,
      process.execPath,
      "--import",
      "tsx",
      "--input-type=module",
      "-e",
      FORGE,
      JSON.stringify(frames),
    ];
    run("ip", ...args);
    return frames;
  });
  await sleep(1500);
  gates[0]!.child.kill("SIGHUP");
  await until("the policy", () => gates[0]!.lines.some((line) => line.includes("in force")));
  const metrics = readFileSync(metricsFile, "utf8");
  const drops = readFileSync(dropsFile, "utf8");
  for (const { child } of gates) child.kill("SIGTERM");
  const statuses = await Promise.all(
    gates.map(({ child }) => new Promise<number | null>((resolve) => child.on("close", resolve))),
  );
  const badReceived = datagrams() - heard;
  for (const end of ends) end.close();
  for (const child of children) child.kill();
  labelgate("netns", "down", policies.clients);
  labelgate("netns", "down", policies.servers);
  return {
    http,
    udp,
    badReceived,
    badSent: bad.length,
    forgedSent: forged.length,
    before,
    servers: lastOf(gates[0]!),
    clients: lastOf(gates[1]!),
    statuses,
    isReloaded: gates[0]!.lines.some((line) => line.includes("in force")),
    metrics,
    drops,
    left: run("ip", "-o", "link", "show").trim().split("\n").slice(1).join("\n") + run("ip", "netns", "list"),
  };
}

const one = (bytes: Uint8Array) => ({
  bytes,
  offsets: Uint32Array.of(0),
  lengths: Uint32Array.of(bytes.length),
  count: 1,
});

// To the servers' UDP port, by the wire: none may arrive.
function badFrames(): Uint8Array[] {
  const v4 = (more: object): Uint8Array =>
    frame(
      ipv4({ src: "10.66.0.2", dst: "10.66.0.1", dport: 5353, ...more }),
      [2, 0, 0, 0, 0, 9],
      [255, 255, 255, 255, 255, 255],
    );
  const v6 = (more: object): Uint8Array =>
    frame(
      ipv6({ src: "fd66::2", dst: "fd66::1", dport: 5353, ...more }),
      [2, 0, 0, 0, 0, 9],
      [255, 255, 255, 255, 255, 255],
    );
  const piece = (from: number, more: boolean, level: number): Uint8Array =>
    frame(
      piece4({ from, length: 16, more }, { src: "10.66.0.2", dst: "10.66.0.1", dport: 5353, options: cipso(level) }),
      [2, 0, 0, 0, 0, 9],
      [255, 255, 255, 255, 255, 255],
    );
  return [
    v4({}), // no label
    v6({}),
    v4({ options: cipso(3) }), // nobody's label
    v6({ headers: [calipso(3)] }),
    v4({ options: cipso(1, [0]) }), // one category more
    v4({ options: cipso(1, [], 17) }), // another DOI
    v6({ headers: [calipso(1, [], 17)] }),
    v4({ options: [134, 10, 0, 0, 0, 16, 1, 3, 0, 1] }), // malformed
    v4({ options: [134, 200, 0, 0] }),
    v6({ headers: [[0, [0, 7, 8, 0, 0, 0, 16, 0, 1, 0, 0, 1, 2, 0, 0].slice(0, 7)]] }),
    v4({ src: "203.0.113.9", options: cipso(1) }), // a sender nobody knows
    v6({ src: "2001:db8::9", headers: [calipso(1)] }),
    v4({ src: "224.0.0.9", options: cipso(1) }),
    piece(0, true, 1), // one datagram, two labels
    piece(16, false, 2),
    piece(8, true, 1), // one that lacks its beginning is followed by nothing
  ];
}

// From inside a client: the address of others, and their labels.
function forgedFrames(name: (typeof NAMES)[number]): Uint8Array[] {
  const v4 = (more: object): Uint8Array =>
    frame(
      ipv4({ src: "10.66.0.2", dst: "10.66.0.1", dport: 5353, ...more }),
      [2, 0, 0, 0, 0, 9],
      [255, 255, 255, 255, 255, 255],
    );
  const others = NAMES.filter((other) => other !== name);
  return [
    v4({ src: "10.66.0.3" }),
    v4({ src: "10.66.0.1" }),
    ...others.map((other) => v4({ options: cipso(LABELS[other][0], LABELS[other][1]) })),
    v4({ options: [134, 200, 0, 0] }),
    v4({ dst: "10.66.0.255" }),
  ];
}

try {
  process.stdout.write(JSON.stringify(await scenario()));
} finally {
  for (const child of children) child.kill("SIGKILL");
}
