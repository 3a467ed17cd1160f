/**
 * Labels that a partition was reached with on its multilevel ports: an answer has the label of what it answers (S-01, I-05).
 *
 * @module
 */
import type { Label } from "../label.ts";
import type { AddressKey } from "./address-key.ts";

/** Peers of one partition whose label is remembered; beyond it the one that was heard least lately is forgotten. */
export const MAX_FLOWS = 65_536;

/** What ties an answer to its question: the partition's port and the peer's; of ICMP echo the identifier and 0. */
export interface FlowEnds {
  readonly protocol: number;
  readonly own: AddressKey;
  readonly ownPort: number;
  readonly peer: AddressKey;
  readonly peerPort: number;
}

/** Bounded; the least lately heard goes first. */
export class Flows {
  readonly #labels = new Map<string, Label>();

  get size(): number {
    return this.#labels.size;
  }

  /** A packet with the label was delivered. */
  heard(ends: FlowEnds, label: Label): void {
    const key = keyOf(ends);
    this.#labels.delete(key);
    if (this.#labels.size >= MAX_FLOWS) {
      const [oldest] = this.#labels.keys();
      this.#labels.delete(oldest!);
    }
    this.#labels.set(key, label);
  }

  /** What was heard there counts no more. */
  forget(ends: FlowEnds): void {
    this.#labels.delete(keyOf(ends));
  }

  /** The label of an answer; `undefined`: nobody was heard there. */
  labelOf(ends: FlowEnds): Label | undefined {
    return this.#labels.get(keyOf(ends));
  }
}

// The key of an IPv6 address can have the characters of an IPv4 one's decimals.
function keyOf({ protocol, own, ownPort, peer, peerPort }: FlowEnds): string {
  return `${typeof own === "number" ? 4 : 6} ${protocol} ${own} ${ownPort} ${peer} ${peerPort}`;
}
