// Runs in namespaces of its own (unshare -Urnm): the gate and a kernel bridge on the same veth pairs, in turns, and nftables
// counters in each partition. Writes what was measured to standard output as JSON.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse } from "jsonc-parser";
import { parseAddress } from "../../ts/address.ts";
import { makeLabel } from "../../ts/label.ts";
import type { GateStats } from "../../ts/live/gate.ts";
import { stampLabel } from "../../ts/rewrite.ts";
import { spreadOf } from "../spread.ts";
import type { Isolation, LiveRound, LiveWay } from "./result.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = `${root}build/dist/labelgate.js`;
const [talk, roundsText, framesText] = process.argv.slice(2) as [string, string, string];
const SERVER = "10.66.0.1";
const PARTITIONS = [
  { name: "public", label: makeLabel(16, 1) },
  { name: "internal", label: makeLabel(16, 2, [0]) },
  { name: "secret", label: makeLabel(16, 5, [0, 1]) },
] as const;
/** Of one measurement. */
const PINGS = 1500;
const PING_EVERY = 400; // microseconds
const POUR = 2; // seconds
const BLAST = 2; // seconds
const GENTLE = 20_000; // frames a second
const PAYLOAD = 64; // octets

const children = new Set<ChildProcess>();
const run = (...args: readonly string[]): string =>
  execFileSync(args[0]!, args.slice(1), { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const labelgate = (...args: readonly string[]): string => run(process.execPath, bin, ...args);
const within = (namespace: string, ...args: readonly string[]): string =>
  run("ip", "netns", "exec", namespace, ...args);

interface Gate {
  readonly child: ChildProcess;
  readonly lines: string[];
}

function start(command: string, args: readonly string[]): Gate {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
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

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await sleep(25);
  if (!holds()) throw new Error("waited in vain");
}

async function stop({ child }: Gate): Promise<void> {
  child.kill("SIGTERM");
  if (child.exitCode === null) await once(child, "close");
  children.delete(child);
}

async function openGates(policies: readonly string[]): Promise<Gate[]> {
  const gates = policies.map((policy) =>
    start(process.execPath, [bin, "run", "--policy", policy, "--format", "jsonl"]),
  );
  await until(() => gates.every(({ lines }) => lines.some((line) => line.includes("is open"))));
  return gates;
}

const lastOf = ({ lines }: Gate): GateStats => JSON.parse(lines.findLast((line) => line.startsWith("{"))!) as GateStats;

/** Seconds of CPU: of the whole machine, and of processes. */
function busy(processes: readonly Gate[]): { readonly machine: number; readonly own: number } {
  const ticks = readFileSync("/proc/stat", "utf8").split("\n")[0]!.trim().split(/\s+/).slice(1).map(Number);
  const idle = ticks[3]! + ticks[4]!;
  const machine = ticks.slice(0, 8).reduce((sum, value) => sum + value, 0) - idle;
  const own = processes.reduce((sum, { child }) => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
  return { machine: machine / 100, own: own / 100 };
}

/** A frame with a UDP datagram for the servers, to a device. */
function udp(version: 4 | 6, mac: Uint8Array, label: ReturnType<typeof makeLabel> | null): Uint8Array {
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

function macOf(device: string, namespace?: string): Uint8Array {
  const args = ["cat", `/sys/class/net/${device}/address`];
  const path = namespace === undefined ? [] : ["ip", "netns", "exec", namespace];
  const text =
    namespace === undefined
      ? run("ip", "-j", "link", "show", device)
      : run(...path.slice(0, 3), namespace, "ip", "-j", "link", "show", device);
  void args;
  const [{ address }] = JSON.parse(text) as [{ address: string }];
  return Uint8Array.from(address.split(":"), (part) => Number.parseInt(part, 16));
}

/** Frames in the wire's other end: how many were taken, in how many seconds. */
function blast(
  device: string,
  frames: readonly Uint8Array[],
  seconds: number,
  rate: number,
  most = 2 ** 50,
): { sent: number; seconds: number } {
  const input = Buffer.concat(frames.map((frame) => Buffer.from([frame.length & 255, frame.length >> 8, ...frame])));
  const { stdout } = spawnSync(talk, ["blast", device, `${seconds}`, `${rate}`, `${most}`], {
    input,
    encoding: "utf8",
  });
  const [sent, took] = stdout.trim().split(" ").map(Number);
  return { sent: sent!, seconds: took! };
}

// Frames that the system counted at the inner end of a partition's veth.
function received(namespace: string): number {
  const [{ stats64 }] = JSON.parse(within(namespace, "ip", "-j", "-s", "link", "show", "eth0")) as [
    { stats64: { rx: { packets: number } } },
  ];
  return stats64.rx.packets;
}

async function quiet(count: () => number): Promise<number> {
  let before = count();
  for (let i = 0; i < 40; i++) {
    await sleep(150);
    const now = count();
    if (now === before) return now;
    before = now;
  }
  return before;
}

async function measure(way: "gate" | "bridge", gates: readonly Gate[]): Promise<LiveWay> {
  const client = "lg-client-public";
  const server = "lg-server-public";
  within(client, talk, "ping", SERVER, "50", "0");
  const [beforePing, pings, afterPing] = [
    busy(gates),
    within(client, talk, "ping", SERVER, `${PINGS}`, `${PING_EVERY}`),
    busy(gates),
  ];
  const times = pings
    .trim()
    .split("\n")
    .filter((line) => line !== "lost")
    .map((line) => Number(line) / 1000);
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  const beforePour = busy(gates);
  const [octets, took] = within(client, talk, "pour", SERVER, `${POUR}`).trim().split(" ").map(Number) as [
    number,
    number,
  ];
  const afterPour = busy(gates);
  const frames = way === "gate" ? [udp(4, macOf("lgw0"), PARTITIONS[0].label)] : [udp(4, macOf("eth0", server), null)];
  const forwarded: { sent: number; received: number; seconds: number }[] = [];
  for (const rate of [GENTLE, 0]) {
    const before = received(server);
    const { sent, seconds } = blast("lgw1", frames, BLAST, rate);
    forwarded.push({ sent, seconds, received: (await quiet(() => received(server))) - before });
  }
  return {
    roundTrip: { p50: at(0.5), p99: at(0.99), lost: PINGS - times.length },
    stream: {
      megabits: (octets * 8) / took / 1e6,
      machine: (afterPour.machine - beforePour.machine) / took,
      own: (afterPour.own - beforePour.own) / took,
    },
    pingCpu: { machine: afterPing.machine - beforePing.machine, own: afterPing.own - beforePing.own },
    gentle: forwarded[0]!,
    full: forwarded[1]!,
  };
}

async function withBridges<T>(use: () => Promise<T>): Promise<T> {
  const bridges = [
    ["br-s", "lgw0", "lgs1"],
    ["br-c", "lgw1", "lgc1"],
  ] as const;
  for (const [bridge, ...ends] of bridges) {
    run("ip", "link", "add", bridge, "type", "bridge", "forward_delay", "0");
    run("ip", "link", "set", bridge, "up");
    for (const end of ends) run("ip", "link", "set", end, "master", bridge);
  }
  within("lg-client-public", "ip", "neigh", "flush", "all");
  within("lg-server-public", "ip", "neigh", "flush", "all");
  try {
    return await use();
  } finally {
    for (const [bridge] of bridges) run("ip", "link", "del", bridge);
    within("lg-client-public", "ip", "neigh", "flush", "all");
    within("lg-server-public", "ip", "neigh", "flush", "all");
  }
}

// Counters of the system's own in each partition, by the level that stands in the option: CIPSO behind the fixed header of IPv4,
// CALIPSO first in the hop-by-hop header of IPv6.
async function isolation(policy: string, least: number): Promise<Isolation | { readonly reason: string }> {
  if (spawnSync("nft", ["--version"]).error !== undefined)
    return { reason: "nft is missing: apt-get install nftables" };
  const levels = PARTITIONS.map(({ label }) => label.level);
  for (const { name } of PARTITIONS) {
    const rules = levels.map(
      (level) =>
        `ether type ip @nh,160,8 134 @nh,232,8 ${level} counter comment "${level}"\nether type ip6 @nh,336,8 7 @nh,392,8 ${level} counter comment "${level}"`,
    );
    const table = `table netdev count {\n chain in {\n type filter hook ingress device "eth0" priority 0\n${rules.join("\n")}\n}\n}`;
    const { status, stderr } = spawnSync("ip", ["netns", "exec", `lg-server-${name}`, "nft", "-f", "-"], {
      input: table,
      encoding: "utf8",
    });
    if (status !== 0) return { reason: `nft: ${stderr.trim().split("\n")[0]}` };
  }
  const [gate] = await openGates([policy]);
  const mac = macOf("lgw0");
  const frames = ([4, 6] as const).flatMap((version) => PARTITIONS.map(({ label }) => udp(version, mac, label)));
  const counts = (): number[][] =>
    PARTITIONS.map(({ name }) => {
      const { nftables } = JSON.parse(within(`lg-server-${name}`, "nft", "-j", "list", "table", "netdev", "count")) as {
        nftables: { rule?: { comment: string; expr: { counter?: { packets: number } }[] } }[];
      };
      return levels.map((level) =>
        nftables
          .filter(({ rule }) => rule?.comment === `${level}`)
          .reduce(
            (sum, { rule }) => sum + (rule!.expr.find(({ counter }) => counter !== undefined)?.counter?.packets ?? 0),
            0,
          ),
      );
    });
  const total = (): number =>
    counts()
      .flat()
      .reduce((sum, count) => sum + count, 0);
  let sent = 0;
  for (let i = 0; i < 60 && total() < least; i++) sent += blast("lgw1", frames, 5, 150_000, 250_000).sent;
  await quiet(total);
  await sleep(1200);
  const { source, sink } = {
    source: lastOf(gate!).wires.lgw0!.source,
    sink: Object.values(lastOf(gate!).partitions).reduce((sum, partition) => sum + partition.sink.refused, 0),
  };
  await stop(gate!);
  return {
    partitions: PARTITIONS.map(({ name }) => name),
    levels,
    counts: counts(),
    sent,
    dropped: source.dropped,
    refused: sink,
  };
}

async function bench(): Promise<{ rounds: LiveRound[]; isolation: Awaited<ReturnType<typeof isolation>> }> {
  run("mount", "-t", "tmpfs", "none", "/run");
  const policies = ["servers", "clients"].map((name) => `${root}docs/trial/${name}.json`);
  for (const policy of policies) labelgate("netns", "up", policy);
  const server = start("ip", ["netns", "exec", "lg-server-public", talk, "serve"]);
  await until(() => server.lines.includes("ready"));
  const rounds: LiveRound[] = [];
  for (let i = 0; i < Number(roundsText); i++) {
    const gates = await openGates(policies);
    const gate = await measure("gate", gates);
    for (const item of gates) await stop(item);
    const bridge = await withBridges(() => measure("bridge", []));
    rounds.push({ gate, bridge });
    process.stderr.write(
      `round ${i + 1}: ${spreadOf([gate.roundTrip.p50]).median.toFixed(0)} and ${bridge.roundTrip.p50.toFixed(0)} µs\n`,
    );
  }
  // Labels reach the partitions here, so that the system can count them.
  const open = parse(readFileSync(policies[0]!, "utf8")) as {
    live: { partitions: Record<string, { labels?: string; mtu?: number }> };
  };
  for (const partition of Object.values(open.live.partitions)) partition.labels = "pass";
  writeFileSync("/run/isolation.json", JSON.stringify(open));
  return { rounds, isolation: await isolation("/run/isolation.json", Number(framesText)) };
}

try {
  process.stdout.write(JSON.stringify(await bench()));
} finally {
  for (const child of children) child.kill("SIGKILL");
}
