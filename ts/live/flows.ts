/**
 * Labels that a partition was reached with on its multilevel ports: an answer has the label of what it answers (S-01, I-05).
 *
 * @module
 */
import { equal, type Label } from "../label.ts";
import type { AddressKey } from "./address-key.ts";

/** Peers of one partition whose label is remembered; beyond it the one that was heard least lately is forgotten. */
export const MAX_FLOWS = 65_536;
/** Milliseconds after which a peer that was silent may be another one. */
export const FLOW_TIME = 120_000;

/** What ties an answer to its question: the partition's port and the peer's; of ICMP echo the identifier and 0. */
export interface FlowEnds {
  readonly protocol: number;
  readonly own: AddressKey;
  readonly ownPort: number;
  readonly peer: AddressKey;
  readonly peerPort: number;
}

interface Heard {
  readonly label: Label;
  /** Milliseconds. */
  readonly at: number;
  /** When another label was heard there last. */
  readonly otherAt: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** Bounded; the least lately heard goes first. */
export class Flows {
  readonly #flows = new Map<string, Heard>();

  get size(): number {
    return this.#flows.size;
  }

  /** Whether another label was heard there lately (milliseconds): partitions that share an address may share a port too. */
  isOther(ends: FlowEnds, label: Label, now: number): boolean {
    const before = this.#flows.get(keyOf(ends));
    return before !== undefined && now - before.at < FLOW_TIME && !equal(before.label, label);
  }

  /** A packet with the label was delivered. */
  heard(ends: FlowEnds, label: Label, now: number): void {
    const key = keyOf(ends);
    const before = this.#flows.get(key);
    const isOther = before !== undefined && !equal(before.label, label);
    this.#flows.delete(key);
    if (this.#flows.size >= MAX_FLOWS) {
      const [oldest] = this.#flows.keys();
      this.#flows.delete(oldest!);
    }
    this.#flows.set(key, { label, at: now, otherAt: isOther ? before.at : (before?.otherAt ?? NEVER) });
  }

  /** The label is that of what is said next, whatever was said before. */
  said(ends: FlowEnds, label: Label, now: number): void {
    this.forget(ends);
    this.heard(ends, label, now);
  }

  /** What was heard there counts no more. */
  forget(ends: FlowEnds): void {
    this.#flows.delete(keyOf(ends));
  }

  /** The label of an answer; `undefined`: nobody was heard there, or peers with different labels were lately. */
  labelOf(ends: FlowEnds, now: number): Label | undefined {
    const heard = this.#flows.get(keyOf(ends));
    return heard === undefined || now - heard.otherAt < FLOW_TIME ? undefined : heard.label;
  }
}

// The key of an IPv6 address can have the characters of an IPv4 one's decimals.
function keyOf({ protocol, own, ownPort, peer, peerPort }: FlowEnds): string {
  return `${typeof own === "number" ? 4 : 6} ${protocol} ${own} ${ownPort} ${peer} ${peerPort}`;
}
