/**
 * The side of a partition: its port, what is known of the host behind it, and what was counted.
 *
 * @module
 */
import { isGroupAddress } from "../address.ts";
import type { Label } from "../label.ts";
import { Limit } from "../limit.ts";
import type { LivePartition } from "../policy/live.ts";
import type { Partition } from "../policy/model.ts";
import type { ReasonName } from "../reason.ts";
import { type AddressKey, keyOf } from "./address-key.ts";
import { ARP_LENGTH, ARP_REPLY, ARP_REQUEST, arpPacket, readArp } from "./arp.ts";
import {
  BROADCAST_MAC,
  groupMac,
  isGroupMac,
  MAC_LENGTH,
  MAX_HEADER,
  readHeader,
  TYPE_ARP,
  TYPE_IPV4,
  TYPE_IPV6,
  writeHeader,
} from "./ethernet.ts";
import { Flows } from "./flows.ts";
import { SIZE_ERRORS_A_SECOND } from "./limits.ts";
import {
  advertisement,
  isIcmpv6,
  linkLocal,
  readNeighbouring,
  SOLICITATION,
  solicitation,
  solicitedNode,
} from "./ndp.ts";
import { type Outbox, Queue } from "./outbox.ts";
import type { PartitionPort } from "./port.ts";
import type { RefusalName } from "./refusal.ts";
import type { Routes } from "./routes.ts";

/** Packets that wait until a partition has said where it is. */
export const MAX_UNPLACED = 16;
/** Milliseconds between two questions where it is. */
const ASK_EVERY = 1000;

// ICMPv6 that stays on its link: MLD, neighbour discovery, MLDv2 (RFC 2710, RFC 4861, RFC 3810).
const LINK_CONTROL = [130, 137] as const;
const MLD_V2 = 143;
const IGMP = 2;

/** A source address of a partition: the interface it is of, and routes by label. */
export interface Speaker {
  readonly address: Uint8Array;
  /** Index of the interface. */
  readonly wire: number;
  /** Whether the partition owns it; else it is shared. */
  readonly isOwned: boolean;
  readonly routes: Map<Label, Routes>;
}

/** What the policy says of it. */
export interface PartitionRules {
  readonly partition: Partition;
  readonly live: LivePartition;
  /** The most octets of a packet inside. */
  readonly mtu: number;
  /** By source address, those it may use (P-02). */
  readonly speakers: ReadonlyMap<AddressKey, Speaker>;
}

export class PartitionSide {
  readonly port: PartitionPort;
  readonly queue: Queue;
  readonly flows: Flows = new Flows();
  /** Errors about size that it is told, and that others are told of packets for it (E-03). */
  readonly sizeErrors: Limit = new Limit(SIZE_ERRORS_A_SECOND);
  readonly sizeErrorsAbroad: Limit = new Limit(SIZE_ERRORS_A_SECOND);
  /** Packets by refusal or reason. */
  readonly refusals: Map<RefusalName | ReasonName, number> = new Map();
  /** Packets that were handed to the port, and that came from it and went out. */
  delivered = 0;
  departed = 0;
  /** Frames that were answered here: ARP, neighbour discovery. */
  answered = 0;
  /** Packets that found nobody inside. */
  unplaced = 0;
  #rules: PartitionRules;
  #mac: Uint8Array | null;
  #waiting: Uint8Array[] = [];
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param before the same partition at another port: counting goes on */
  constructor(port: PartitionPort, rules: PartitionRules, before: PartitionSide | null = null) {
    this.port = port;
    this.queue = new Queue(port);
    this.#rules = rules;
    this.#mac = port.peerMac;
    if (before === null) return;
    this.delivered = before.delivered;
    this.departed = before.departed;
    this.answered = before.answered;
    this.unplaced = before.unplaced;
    for (const [name, count] of before.refusals) this.refusals.set(name, count);
  }

  get rules(): PartitionRules {
    return this.#rules;
  }

  /** Another policy is in force. */
  set rules(rules: PartitionRules) {
    this.#rules = rules;
  }

  refuse(name: RefusalName | ReasonName): void {
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
  }

  /**
   * Looks at a frame that came from it. True: it was for the gate (ARP, neighbour discovery), or it stays on its link, and is
   * done with.
   */
  control(bytes: Uint8Array, at: number, length: number, outbox: Outbox): boolean {
    const header = readHeader(bytes, at, length);
    if (header === null) return false;
    this.#learn(bytes, at, outbox);
    const packet = at + header.length;
    const size = length - header.length;
    if (header.type === TYPE_ARP) {
      if (size >= ARP_LENGTH) this.#answerArp(bytes, packet, size, outbox);
    } else if (header.type === TYPE_IPV6 && isIcmpv6(bytes, packet, size, SOLICITATION, SOLICITATION)) {
      this.#answerSolicitation(bytes, packet, size, outbox);
    } else if (!isLinkControl(header.type, bytes, packet, size)) {
      return false;
    }
    this.answered++;
    return true;
  }

  /** Sends the packet at `at` of the outbox, which has room for a header in front of it, to the partition. */
  deliver(outbox: Outbox, at: number, length: number, now: number): void {
    const { bytes } = outbox;
    const type = bytes[at]! >> 4 === 4 ? TYPE_IPV4 : TYPE_IPV6;
    const destination = type === TYPE_IPV4 ? bytes.subarray(at + 16, at + 20) : bytes.subarray(at + 24, at + 40);
    const mac = isGroupAddress(destination) ? groupMac(destination) : this.#mac;
    if (mac === null) {
      this.#wait(bytes.slice(at, at + length), outbox, now);
      return;
    }
    const from = writeHeader(bytes, at, mac, this.port.mac, type);
    outbox.add(this.queue, from, at + length - from);
    this.delivered++;
  }

  // Whatever it sends says where it is: nobody else is behind this port.
  #learn(bytes: Uint8Array, at: number, outbox: Outbox): void {
    if (this.port.peerMac !== null) return;
    const from = at + MAC_LENGTH;
    const mac = this.#mac;
    if (mac?.every((octet, i) => octet === bytes[from + i])) return;
    if (isGroupMac(bytes, from)) return;
    this.#mac = bytes.slice(from, from + MAC_LENGTH);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const packet of waiting) this.#put(packet, outbox);
  }

  #put(packet: Uint8Array, outbox: Outbox): void {
    const at = outbox.reserve(MAX_HEADER + packet.length) + MAX_HEADER;
    outbox.bytes.set(packet, at);
    this.deliver(outbox, at, packet.length, this.#askedAt);
  }

  #wait(packet: Uint8Array, outbox: Outbox, now: number): void {
    if (this.#waiting.length >= MAX_UNPLACED) {
      this.#waiting.shift();
      this.unplaced++;
    }
    this.#waiting.push(packet);
    if (now - this.#askedAt < ASK_EVERY) return;
    this.#askedAt = now;
    const { mac } = this.port;
    for (const { address } of this.#rules.speakers.values()) {
      if (address.length === 4) {
        const probe = arpPacket(ARP_REQUEST, mac, new Uint8Array(4), null, address); // RFC 5227 section 2.1.1
        this.#send(outbox, BROADCAST_MAC, TYPE_ARP, probe);
      } else {
        const question = solicitation(linkLocal(mac), mac, address);
        this.#send(outbox, groupMac(solicitedNode(address)), TYPE_IPV6, question);
      }
    }
  }

  // It is told that everybody else is here: so nothing of it reaches another partition but through the gate.
  #answerArp(bytes: Uint8Array, at: number, length: number, outbox: Outbox): void {
    const arp = readArp(bytes, at, length);
    if (arp === null || arp.operation !== ARP_REQUEST || this.#rules.speakers.has(keyOf(arp.target))) return;
    const isProbe = arp.sender.every((octet) => octet === 0); // RFC 5227: it asks whether the address is free
    if (isProbe) return;
    this.#send(
      outbox,
      arp.senderMac,
      TYPE_ARP,
      arpPacket(ARP_REPLY, this.port.mac, arp.target, arp.senderMac, arp.sender),
    );
  }

  #answerSolicitation(bytes: Uint8Array, at: number, length: number, outbox: Outbox): void {
    const asked = readNeighbouring(bytes, at, length);
    if (asked === null || this.#rules.speakers.has(keyOf(asked.target))) return;
    const isProbe = asked.source.every((octet) => octet === 0); // RFC 4862: it asks whether the address is free
    if (isProbe || isGroupAddress(asked.target)) return;
    const answer = advertisement(asked.target, this.port.mac, asked.source);
    this.#send(outbox, asked.mac ?? this.#mac ?? BROADCAST_MAC, TYPE_IPV6, answer);
  }

  #send(outbox: Outbox, to: Uint8Array, type: number, packet: Uint8Array): void {
    const at = outbox.reserve(MAX_HEADER + packet.length) + MAX_HEADER;
    outbox.bytes.set(packet, at);
    const from = writeHeader(outbox.bytes, at, to, this.port.mac, type);
    outbox.add(this.queue, from, at + packet.length - from);
  }
}

// Packets that no router passes on.
function isLinkControl(type: number, bytes: Uint8Array, at: number, length: number): boolean {
  if (type === TYPE_IPV4) return length >= 20 && bytes[at + 9] === IGMP;
  if (type !== TYPE_IPV6) return false;
  if (isIcmpv6(bytes, at, length, ...LINK_CONTROL) || isIcmpv6(bytes, at, length, MLD_V2, MLD_V2)) return true;
  // MLD comes with a router alert (RFC 2710 section 3).
  return length >= 49 && bytes[at + 6] === 0 && bytes[at + 40] === 58 && bytes[at + 41] === 0 && isMld(bytes[at + 48]!);
}

function isMld(type: number): boolean {
  return (type >= 130 && type <= 132) || type === MLD_V2;
}
