// Two partitions on a shared address, packets for each and for none, and what is asked of sinks.
import { batchOf, type FrameBatch } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import type { Delivery } from "../ts/sink.ts";
import { cipso, ipv4, RAW } from "./packets.ts";

export const POLICY: PolicyInput = {
  doi: 16,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1", "2001:db8::1"], range: ["0", "9:0.100"] }],
  partitions: [
    { name: "public", label: "1", bindings: [{ name: "web", ports: ["80/udp"] }, { name: "rest" }] },
    { name: "secret", label: "5:0", multilevelPorts: ["8080/tcp"] },
  ],
  templates: {
    peers: { type: "labelled", range: ["0", "9:0.100"] },
    outside: { type: "unlabelled", label: "1" },
  },
  hosts: { "198.51.100.0/24": "peers", "203.0.113.0/24": "outside", "::/0": "peers" },
};

export const PUBLIC: Uint8Array = ipv4({ options: cipso(1) });
export const SECRET: Uint8Array = ipv4({ options: cipso(5, [0]) });
export const NOWHERE: Uint8Array = ipv4({ options: cipso(7) });

/** Packets as a batch of raw IP. */
export const batch = (...packets: readonly Uint8Array[]): FrameBatch =>
  batchOf(packets.map((bytes) => ({ bytes, linkType: RAW })));
/** Numbers of the frames a sink was given. */
export const framesOf = (delivery: Delivery): number[] => [...delivery].map(({ frame }) => frame);
