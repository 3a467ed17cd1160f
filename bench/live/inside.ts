// Runs in namespaces of its own (unshare -Urnm): the gate and a kernel bridge on the same veth pairs, in turns, and nftables
// counters in each partition. Writes what was measured to standard output as JSON. Arguments: the program made of talk.c, rounds,
// and how many frames are counted in the partitions at least.
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "jsonc-parser";
import { isolation } from "./isolation.ts";
import type { LiveResult, LiveRound } from "./result.ts";
import { labelgate, openGates, root, run, start, stop, stopAll, until } from "./shell.ts";
import { measure, withBridges } from "./ways.ts";

const [talk, roundsText, framesText] = process.argv.slice(2) as [string, string, string];

async function bench(): Promise<LiveResult> {
  run("mount", "-t", "tmpfs", "none", "/run");
  const policies = ["servers", "clients"].map((name) => `${root}docs/trial/${name}.json`);
  for (const policy of policies) labelgate("netns", "up", policy);
  const server = start("ip", ["netns", "exec", "lg-server-public", talk, "serve"]);
  await until(() => server.lines.includes("ready"));
  const rounds: LiveRound[] = [];
  for (let i = 0; i < Number(roundsText); i++) {
    const gates = await openGates(policies);
    const gate = await measure(talk, gates);
    for (const item of gates) await stop(item);
    rounds.push({ gate, bridge: await withBridges(() => measure(talk, [])) });
    process.stderr.write(`round ${i + 1}\n`);
  }
  // Labels reach the partitions here, so that the system can count them.
  const open = parse(readFileSync(policies[0]!, "utf8")) as {
    live: { partitions: Record<string, { labels?: string; mtu?: number }> };
  };
  for (const partition of Object.values(open.live.partitions)) partition.labels = "pass";
  writeFileSync("/run/isolation.json", JSON.stringify(open));
  return { rounds, isolation: await isolation(talk, "/run/isolation.json", Number(framesText)) };
}

try {
  process.stdout.write(JSON.stringify(await bench()));
} finally {
  stopAll();
}
