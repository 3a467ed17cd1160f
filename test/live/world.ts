// A gate between lists: a wire, and partitions public (1), secret (5:0) and audit (7, multilevel on 514/udp) on 192.0.2.1 and
// 2001:db8::1.
import { parseAddress } from "../../ts/address.ts";
import { createDecoder, type DecodeRecord } from "../../ts/decode.ts";
import { batchOf } from "../../ts/frames.ts";
import { ARP_REPLY, ARP_REQUEST, arpPacket } from "../../ts/live/arp.ts";
import { Gate } from "../../ts/live/gate.ts";
import { advertisement } from "../../ts/live/ndp.ts";
import type { PolicyInput } from "../../ts/policy/input.ts";
import { MemoryPort } from "./memory-port.ts";

export const WIRE_MAC: readonly number[] = [2, 0, 0, 0, 0, 0x10];
export const HOST_MAC: readonly number[] = [2, 0, 0, 0, 0, 0x20];
export const GATE_MACS: Readonly<Record<string, readonly number[]>> = {
  public: [2, 0, 0, 0, 1, 1],
  secret: [2, 0, 0, 0, 1, 5],
  audit: [2, 0, 0, 0, 1, 7],
};
export const INSIDE_MACS: Readonly<Record<string, readonly number[]>> = {
  public: [2, 0, 0, 0, 2, 1],
  secret: [2, 0, 0, 0, 2, 5],
  audit: [2, 0, 0, 0, 2, 7],
};

export const HOST4 = "192.0.2.7";
export const HOST6 = "2001:db8::7";
export const OUR4 = "192.0.2.1";
export const OUR6 = "2001:db8::1";

export function worldPolicy(): PolicyInput {
  return {
    doi: 16,
    interfaces: [{ name: "net0", device: "w0", addresses: ["192.0.2.1/24", "2001:db8::1/64"], range: ["0", "7:0.9"] }],
    partitions: [
      { name: "public", label: "1" },
      { name: "secret", label: "5:0" },
      { name: "audit", label: "7", multilevelPorts: ["514/udp"] },
    ],
    templates: {
      peers: { type: "labelled", range: ["0", "7:0.9"] },
      low: { type: "labelled", range: ["0", "1"] },
      plain: { type: "unlabelled", label: "1" },
    },
    hosts: {
      "192.0.2.0/24": "peers",
      "192.0.2.8/32": "low",
      "192.0.2.9/32": "plain",
      "198.51.100.0/24": "peers",
      "2001:db8::/64": "peers",
    },
    live: {
      interfaces: { net0: { gateways: ["192.0.2.254"] } },
      partitions: {
        public: { port: { veth: "q1" } },
        secret: { port: { veth: "q5" } },
        audit: { port: { veth: "q7" } },
      },
    },
  };
}

export interface World {
  readonly gate: Gate;
  readonly wire: MemoryPort;
  readonly ports: Readonly<Record<"public" | "secret" | "audit", MemoryPort>>;
  /** Milliseconds; moved by hand. */
  readonly clock: { now: number };
  /** Frames come in by the wire, and all is moved. */
  fromWire(...frames: readonly Uint8Array[]): void;
  /** The same by a partition's port. */
  fromPartition(name: "public" | "secret" | "audit", ...frames: readonly Uint8Array[]): void;
}

/** @param known whether the partitions' hardware addresses are known from the beginning */
export function world(
  change: (policy: Mutable) => void = () => {},
  { known = true, mtu = 1500 }: { readonly known?: boolean; readonly mtu?: number } = {},
): World {
  const policy = worldPolicy();
  change(policy as Mutable);
  const wire = new MemoryPort("w0", WIRE_MAC, null, mtu);
  const port = (name: string): MemoryPort =>
    new MemoryPort(name, GATE_MACS[name]!, known ? INSIDE_MACS[name]! : null, 1500);
  const ports = { public: port("public"), secret: port("secret"), audit: port("audit") };
  const clock = { now: 1000 };
  const gate = new Gate(
    policy,
    { wires: new Map([["w0", wire]]), partitions: new Map(Object.entries(ports)) },
    () => clock.now,
  );
  const move = (to: MemoryPort, frames: readonly Uint8Array[]): void => {
    to.inbox.push(...frames);
    while (gate.step());
  };
  return {
    gate,
    wire,
    ports,
    clock,
    fromWire: (...frames) => move(wire, frames),
    fromPartition: (name, ...frames) => move(ports[name], frames),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a policy to be bent in any way
export type Mutable = any;

/** A frame around a packet. */
export function frame(
  packet: Uint8Array,
  from: readonly number[] = HOST_MAC,
  to: readonly number[] = WIRE_MAC,
  vlan: number | null = null,
): Uint8Array {
  const type = packet[0]! >> 4 === 4 ? [8, 0] : packet[0]! >> 4 === 6 ? [0x86, 0xdd] : [8, 6];
  const tag = vlan === null ? [] : [0x81, 0, vlan >> 8, vlan & 255];
  return Uint8Array.from([...to, ...from, ...tag, ...type, ...packet]);
}

/** A frame that a partition sends. */
export function inside(name: "public" | "secret" | "audit", packet: Uint8Array): Uint8Array {
  return frame(packet, INSIDE_MACS[name]!, GATE_MACS[name]!);
}

export function arpRequest(mac: readonly number[], sender: string, target: string): Uint8Array {
  return arpPacket(ARP_REQUEST, Uint8Array.from(mac), parseAddress(sender), null, parseAddress(target));
}

/** The host on the wire says where it is. */
export function hostAnswers(address: string = HOST4, mac: readonly number[] = HOST_MAC): Uint8Array {
  if (address.includes(":")) {
    return frame(advertisement(parseAddress(address), Uint8Array.from(mac), parseAddress(OUR6)), mac);
  }
  const reply = arpPacket(ARP_REPLY, Uint8Array.from(mac), parseAddress(address), null, parseAddress(OUR4));
  return frame(reply, mac);
}

const decoder = createDecoder();

/** What a frame says. */
export function says(octets: Uint8Array): DecodeRecord {
  const [record] = decoder.decode(batchOf([{ bytes: octets }]));
  return record!;
}

/** `5:0` for a label, `null` without. */
export function labelIn(octets: Uint8Array): string | null {
  const { label } = says(octets);
  if (label === null) return null;
  const { level, categories } = label as { level: number; categories: string };
  return categories === "" ? `${level}` : `${level}:${categories}`;
}
