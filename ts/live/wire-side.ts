/**
 * The side of the wire: one interface of the policy on its device. Speaks for the addresses of the interface, and knows where
 * the hosts of its networks are.
 *
 * @module
 */
import { compareAddresses, isIn, parseAddress } from "../address.ts";
import type { LiveInterface } from "../policy/live.ts";
import type { Interface } from "../policy/model.ts";
import { type AddressKey, keyOf } from "./address-key.ts";
import { ARP_REPLY, ARP_REQUEST, arpPacket, readArp } from "./arp.ts";
import {
  BROADCAST_MAC,
  groupMac,
  MAC_LENGTH,
  MAX_HEADER,
  readHeader,
  TYPE_ARP,
  TYPE_IPV4,
  TYPE_IPV6,
  writeHeader,
} from "./ethernet.ts";
import { advertisement, linkLocal, readNeighbouring, SOLICITATION, solicitation, solicitedNode } from "./ndp.ts";
import { Neighbours } from "./neighbours.ts";
import type { Outbox, Queue } from "./outbox.ts";

/** A packet that waits until the next host on the wire answers. */
interface Waiting {
  readonly packet: Uint8Array;
  readonly to: Uint8Array;
}

export class WireSide {
  readonly interface: Interface;
  readonly queue: Queue;
  readonly neighbours: Neighbours<Waiting>;
  /** Frames that were answered or learnt from: ARP, neighbour discovery. */
  answered = 0;
  /** Frames that said that an address of ours is somewhere else. */
  conflicts = 0;
  /** Packets that waited in vain for the next host. */
  unanswered = 0;
  readonly #own: ReadonlySet<AddressKey>;
  /** It may be link-local. */
  readonly #gateway6: Uint8Array | null;
  #outbox: Outbox;

  constructor(own: Interface, live: LiveInterface, queue: Queue, outbox: Outbox) {
    this.interface = own;
    this.queue = queue;
    this.#outbox = outbox;
    this.#gateway6 = live.gateway6;
    this.#own = new Set(own.addresses.map(({ address }) => keyOf(address)));
    this.neighbours = new Neighbours(
      (address) => this.#ask(address),
      (packets) => {
        this.unanswered += packets;
      },
    );
    for (const [text, mac] of live.neighbours) {
      const address = parseAddress(text);
      this.neighbours.fix(keyOf(address), address, mac);
    }
  }

  get #mac(): Uint8Array {
    return this.queue.port.mac;
  }

  /** The most octets of a packet on the wire. */
  get mtu(): number {
    return this.queue.port.mtu;
  }

  /** Whether frames of the VLAN, 0 for none, are of this interface. */
  isOn(vlan: number): boolean {
    return (this.interface.vlan ?? 0) === vlan;
  }

  /** Looks at a frame from the wire. True: it was for the gate, and is done with. */
  control(bytes: Uint8Array, at: number, length: number, now: number): boolean {
    const header = readHeader(bytes, at, length);
    if (header === null || !this.isOn(header.vlan)) return false;
    const packet = at + header.length;
    const size = length - header.length;
    if (header.type === TYPE_ARP) return this.#hearArp(bytes, packet, size, now);
    if (header.type === TYPE_IPV6) return this.#hearNeighbour(bytes, at, packet, size, now);
    return false;
  }

  /** Sends the packet at `at` of the outbox, which has room for a header in front of it, to a host of the wire. */
  send(outbox: Outbox, at: number, length: number, key: AddressKey, nextHop: Uint8Array, now: number): boolean {
    const mac = this.neighbours.find(key);
    // A question is written where the packet stands: it is sent or kept first.
    if (mac !== null) {
      this.#put(outbox, at, length, mac, outbox.bytes[at]! >> 4 === 4 ? TYPE_IPV4 : TYPE_IPV6);
      this.neighbours.use(key, nextHop, now);
      return true;
    }
    const packet = outbox.bytes.slice(at, at + length);
    this.neighbours.use(key, nextHop, now);
    return this.neighbours.wait(key, { packet, to: nextHop });
  }

  /** Asks again who did not answer. */
  tick(now: number): void {
    this.neighbours.tick(now);
  }

  #hearArp(bytes: Uint8Array, at: number, length: number, now: number): boolean {
    const arp = readArp(bytes, at, length);
    if (arp === null) return false;
    const sender = keyOf(arp.sender);
    if (this.#own.has(sender)) this.conflicts++;
    else if (this.isNear(arp.sender)) this.#learn(sender, arp.senderMac, now);
    if (arp.operation === ARP_REQUEST && this.#own.has(keyOf(arp.target))) {
      const reply = arpPacket(ARP_REPLY, this.#mac, arp.target, arp.senderMac, arp.sender);
      this.#write(arp.senderMac, TYPE_ARP, reply);
      this.answered++;
    }
    return true;
  }

  #hearNeighbour(bytes: Uint8Array, frame: number, at: number, length: number, now: number): boolean {
    const heard = readNeighbouring(bytes, at, length);
    if (heard === null) return false;
    const target = keyOf(heard.target);
    if (heard.type === SOLICITATION) {
      if (!this.#own.has(target)) return false;
      const isAnonymous = heard.source.every((octet) => octet === 0);
      if (isAnonymous) this.conflicts++;
      else if (heard.mac !== null && this.isNear(heard.source)) this.#learn(keyOf(heard.source), heard.mac, now);
      const to = isAnonymous
        ? groupMac(ALL_NODES)
        : (heard.mac ?? bytes.slice(frame + MAC_LENGTH, frame + 2 * MAC_LENGTH));
      this.#write(to, TYPE_IPV6, advertisement(heard.target, this.#mac, heard.source));
      this.answered++;
      return true;
    }
    if (this.#own.has(target)) this.conflicts++;
    else if (heard.mac !== null && this.isNear(heard.target)) this.#learn(target, heard.mac, now);
    return true;
  }

  #learn(key: AddressKey, mac: Uint8Array, now: number): void {
    for (const { packet, to } of this.neighbours.learn(key, mac, now)) {
      const at = this.#outbox.reserve(MAX_HEADER + packet.length) + MAX_HEADER;
      this.#outbox.bytes.set(packet, at);
      this.send(this.#outbox, at, packet.length, key, to, now);
    }
  }

  #ask(address: Uint8Array): void {
    const own = this.interface.addresses.find((item) => item.address.length === address.length)?.address;
    if (address.length === 4) {
      const sender = own ?? new Uint8Array(4);
      this.#write(BROADCAST_MAC, TYPE_ARP, arpPacket(ARP_REQUEST, this.#mac, sender, null, address));
    } else {
      const question = solicitation(own ?? linkLocal(this.#mac), this.#mac, address);
      this.#write(groupMac(solicitedNode(address)), TYPE_IPV6, question);
    }
  }

  /** Whether an address is of a network of the interface, or that of a gateway: its host is on the wire. */
  isNear(address: Uint8Array): boolean {
    if (this.#gateway6 !== null && compareAddresses(address, this.#gateway6) === 0) return true;
    return this.interface.addresses.some((own) => own.prefix !== null && isIn(address, own.address, own.prefix));
  }

  #write(to: Uint8Array, type: number, packet: Uint8Array): void {
    const at = this.#outbox.reserve(MAX_HEADER + packet.length) + MAX_HEADER;
    this.#outbox.bytes.set(packet, at);
    this.#put(this.#outbox, at, packet.length, to, type);
  }

  #put(outbox: Outbox, at: number, length: number, to: Uint8Array, type: number): void {
    const from = writeHeader(outbox.bytes, at, to, this.#mac, type, this.interface.vlan);
    outbox.add(this.queue, from, at + length - from);
  }
}

const ALL_NODES = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
