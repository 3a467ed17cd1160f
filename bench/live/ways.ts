// The two ways from clients to servers, measured the same: gates, and bridges of the kernel on the same veth pairs.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { blast, macOf, SERVER, udp } from "./datagrams.ts";
import { PARTITIONS } from "./partitions.ts";
import type { Forwarded, LiveWay } from "./result.ts";
import { lastOf, quiet, type Running, run, within } from "./shell.ts";

/** Of one measurement. */
const PINGS = 1500;
const PING_EVERY = 400; // microseconds
const POUR = 2; // seconds
const BLAST = 2; // seconds
const GENTLE = 20_000; // frames a second
/** Before it: programs are not fast at once. */
const WARM_PINGS = 1500;
/** Milliseconds after which a gate has said what it did. */
const SETTLE = 1200;
const WARM_POUR = 0.5; // seconds

/** Seconds of CPU: of the whole machine, and of processes. */
function busy(processes: readonly Running[]): { readonly machine: number; readonly own: number } {
  const ticks = readFileSync("/proc/stat", "utf8").split("\n")[0]!.trim().split(/\s+/).slice(1).map(Number);
  const idle = ticks[3]! + ticks[4]!;
  const machine = ticks.slice(0, 8).reduce((sum, value) => sum + value, 0) - idle;
  const own = processes.reduce((sum, { child }) => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
  return { machine: machine / 100, own: own / 100 };
}

// Frames that the system counted at the inner end of a partition's veth.
function received(namespace: string): number {
  const [{ stats64 }] = JSON.parse(within(namespace, "ip", "-j", "-s", "link", "show", "eth0")) as [
    { stats64: { rx: { packets: number } } },
  ];
  return stats64.rx.packets;
}

// Frames that a gate says it lost, on either side; its counters are written every second.
async function lostBy(gate: Running | undefined): Promise<number | null> {
  if (gate === undefined) return null;
  await sleep(SETTLE);
  const { wires, partitions } = lastOf(gate);
  const ports = [...Object.values(wires), ...Object.values(partitions)];
  return ports.reduce((sum, { source, sink }) => sum + source.dropped + sink.refused, 0);
}

/** @param gates that are open; none, where bridges are instead */
export async function measure(talk: string, gates: readonly Running[]): Promise<LiveWay> {
  const client = "lg-client-public";
  const server = "lg-server-public";
  within(client, talk, "ping", SERVER, `${WARM_PINGS}`, "0");
  within(client, talk, "pour", SERVER, `${WARM_POUR}`);
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
  const frames =
    gates.length > 0 ? [udp(4, macOf("lgw0"), PARTITIONS[0].label)] : [udp(4, macOf("eth0", server), null)];
  const forwarded: Forwarded[] = [];
  for (const rate of [GENTLE, 0]) {
    const before = received(server);
    const lostBefore = await lostBy(gates[0]);
    const cpu = busy(gates);
    const { sent, seconds } = blast(talk, "lgw1", frames, BLAST, rate);
    const cpuAfter = busy(gates);
    const arrived = (await quiet(() => received(server))) - before;
    const lost = await lostBy(gates[0]);
    forwarded.push({
      sent,
      seconds,
      received: arrived,
      counted: lost === null ? null : lost - lostBefore!,
      machine: (cpuAfter.machine - cpu.machine) / seconds,
    });
  }
  return {
    roundTrip: { p50: at(0.5), p99: at(0.99), lost: PINGS - times.length },
    stream: {
      megabits: (octets * 8) / took / 1e6,
      machine: (afterPour.machine - beforePour.machine) / took,
      own: (afterPour.own - beforePour.own) / took,
    },
    pingCpu: ((afterPing.machine - beforePing.machine) * 1e6) / PINGS,
    gentle: forwarded[0]!,
    full: forwarded[1]!,
  };
}

/** Bridges in the place of the gates. */
export async function withBridges<T>(use: () => Promise<T>): Promise<T> {
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
