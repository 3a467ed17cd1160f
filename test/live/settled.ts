// What partitions of the world send, to hosts that have said where they are.

import { ipv4, ipv6, type Packet4, type Packet6 } from "../packets.ts";
import { HOST4, HOST6, hostAnswers, inside, type Mutable, OUR4, OUR6, type World, world } from "./world.ts";

/** A packet of a partition's to a host, of each family. */
export const v4 = (more: Packet4 = {}): Uint8Array => ipv4({ src: OUR4, dst: HOST4, sport: 80, dport: 12345, ...more });
export const v6 = (more: Packet6 = {}): Uint8Array => ipv6({ src: OUR6, dst: HOST6, sport: 80, dport: 12345, ...more });

/** A world whose hosts have said where they are. */
export function settled(change?: (policy: Mutable) => void, options?: { mtu?: number }): World {
  const w = world(change, options);
  for (const packet of [v4(), v6()]) w.fromPartition("public", inside("public", packet));
  w.fromWire(hostAnswers(), hostAnswers(HOST6));
  w.wire.take();
  return w;
}

/** Packets of a partition that were refused, by name. */
export const refusals = (w: World, name: "public" | "secret" | "audit"): Record<string, number> => ({
  ...w.gate.stats().partitions[name]!.refusals,
});
