/**
 * Hardware addresses of the hosts on a wire: asked for when they are needed, believed when they were asked for, and bounded.
 * The states are those of RFC 4861 section 7.3.2 without probes of their own: what is used is asked for again when its time is over.
 *
 * @module
 */
import type { AddressKey } from "./address-key.ts";

/** Hosts of one wire that are known or asked for at a time; beyond it the one that was asked for first is forgotten. */
export const MAX_NEIGHBOURS = 1024;
/** Packets that wait for one host; beyond it they are dropped. */
export const MAX_WAITING = 3;
/** How often a host is asked for before what waits for it is dropped. */
export const MAX_ASKED = 3;
/** Milliseconds between two questions (RFC 4861 section 10: RETRANS_TIMER). */
export const ASK_EVERY = 1000;
/** Milliseconds for which an answer holds (RFC 4861 section 10: REACHABLE_TIME). */
export const REACHABLE = 30_000;

interface Neighbour<Packet> {
  readonly address: Uint8Array;
  mac: Uint8Array | null;
  /** Whether the policy says it: never asked for, never changed. */
  readonly isFixed: boolean;
  /** When it was confirmed last. */
  confirmedAt: number;
  /** Questions since. */
  asked: number;
  askedAt: number;
  waiting: Packet[];
}

/** Times are milliseconds of one clock. */
export class Neighbours<Packet> {
  readonly #known = new Map<AddressKey, Neighbour<Packet>>();
  readonly #ask: (address: Uint8Array) => void;
  readonly #lose: (packets: number) => void;

  /** @param ask sends a question @param lose counts packets that waited in vain */
  constructor(ask: (address: Uint8Array) => void, lose: (packets: number) => void) {
    this.#ask = ask;
    this.#lose = lose;
  }

  /** Hosts that are known or asked for. */
  get size(): number {
    return this.#known.size;
  }

  /** What the policy says of a host. */
  fix(key: AddressKey, address: Uint8Array, mac: Uint8Array): void {
    this.#known.set(key, { address, mac, isFixed: true, confirmedAt: 0, asked: 0, askedAt: 0, waiting: [] });
  }

  /** The hardware address of a host; `null`: it is not known. */
  find(key: AddressKey): Uint8Array | null {
    return this.#known.get(key)?.mac ?? null;
  }

  /** A packet goes to the host, or waits to: it is asked for where it is not known, or was not for a long time. */
  use(key: AddressKey, address: Uint8Array, now: number): void {
    let neighbour = this.#known.get(key);
    if (neighbour === undefined) {
      this.#makeRoom();
      const copy = address.slice();
      neighbour = { address: copy, mac: null, isFixed: false, confirmedAt: 0, asked: 0, askedAt: 0, waiting: [] };
      this.#known.set(key, neighbour);
    }
    const isStale = neighbour.mac === null || now - neighbour.confirmedAt > REACHABLE;
    if (!neighbour.isFixed && isStale && neighbour.asked === 0) this.#askFor(neighbour, now);
  }

  /** Keeps a packet until the host answers; false: too many wait, it is dropped. */
  wait(key: AddressKey, packet: Packet): boolean {
    const neighbour = this.#known.get(key);
    if (neighbour === undefined || neighbour.waiting.length >= MAX_WAITING) return false;
    neighbour.waiting.push(packet);
    return true;
  }

  /** A host says where it is: believed only while it is asked for. What waited for it. */
  learn(key: AddressKey, mac: Uint8Array, now: number): Packet[] {
    const neighbour = this.#known.get(key);
    if (neighbour === undefined || neighbour.isFixed || neighbour.asked === 0) return [];
    neighbour.mac = mac;
    neighbour.confirmedAt = now;
    neighbour.asked = 0;
    const { waiting } = neighbour;
    neighbour.waiting = [];
    return waiting;
  }

  /** Asks again, and gives up. To be called every {@link ASK_EVERY}. */
  tick(now: number): void {
    for (const [key, neighbour] of this.#known) {
      if (neighbour.asked === 0 || now - neighbour.askedAt < ASK_EVERY) continue;
      if (neighbour.asked < MAX_ASKED) this.#askFor(neighbour, now);
      else this.#forget(key, neighbour);
    }
  }

  #askFor(neighbour: Neighbour<Packet>, now: number): void {
    neighbour.asked++;
    neighbour.askedAt = now;
    this.#ask(neighbour.address);
  }

  #forget(key: AddressKey, neighbour: Neighbour<Packet>): void {
    this.#known.delete(key);
    this.#lose(neighbour.waiting.length);
  }

  #makeRoom(): void {
    if (this.#known.size < MAX_NEIGHBOURS) return;
    for (const [key, neighbour] of this.#known) {
      if (neighbour.isFixed) continue;
      this.#forget(key, neighbour);
      return;
    }
  }
}
