// Who gets what, counted by the system: nftables in each partition.
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { blast, macOf, udp } from "./datagrams.ts";
import { PARTITIONS } from "./partitions.ts";
import type { Isolation } from "./result.ts";
import { lastOf, openGates, quiet, stop, within } from "./shell.ts";

// Counters of the system's own in each partition, by the level that stands in the option: CIPSO behind the fixed header of IPv4,
// CALIPSO first in the hop-by-hop header of IPv6.
export async function isolation(
  talk: string,
  policy: string,
  least: number,
): Promise<Isolation | { readonly reason: string }> {
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
  for (let i = 0; i < 60 && total() < least; i++) sent += blast(talk, "lgw1", frames, 5, 150_000, 250_000).sent;
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
