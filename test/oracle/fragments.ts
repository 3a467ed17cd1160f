/**
 * The oracle, step 8: Rule F, as in docs/decision.md. What was taken of a datagram is marked octet by octet.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import type { Label } from "../../ts/label.ts";
import type { Flow } from "./bindings.ts";
import { equal } from "./lattice.ts";
import type { Reading } from "./reading.ts";

const MAX_DATAGRAMS = 1024;
const MAX_REFUSED = 1024;
const SECONDS_IPV4 = 30;
const SECONDS_IPV6 = 60;
const MAX_DATAGRAM_LENGTH = 65_535;
const MAX_RUNS = 32;

/** An entry of either table. */
interface Entry {
  /** Of the first-arrived fragment; of the one with offset 0, when it was taken. */
  time: number;
}

/** A datagram that is followed. */
interface Datagram extends Entry {
  /** Of the first-arrived fragment; `null`: it carried none. */
  readonly label: Label | null;
  /** The reason it was condemned for. */
  condemned: number | null;
  /** Of the fragment with offset 0 that was taken. */
  kept: Flow | null;
  /** 1 for every octet that was taken. */
  readonly taken: Uint8Array;
  /** The highest end of what was taken. */
  furthest: number;
  /** The end of the last fragment, when it was taken. */
  lastEnd: number | null;
  /** All of it was taken: counts as absent. */
  complete: boolean;
}

/** What a fragment is dropped for, and the octet to blame; or what it is judged by. */
export type Judged =
  | { readonly reason: number; readonly blame: number }
  | { readonly reason: null; readonly flow: Flow };

/** Entries by datagram, in the order they were first made: one that starts anew keeps its place. */
class Table<E extends Entry> {
  readonly #entries = new Map<string, E>();
  readonly #bound: number;

  constructor(bound: number) {
    this.#bound = bound;
  }

  /** `undefined` for one that is too far away in time, too. */
  get(key: string, time: number, limit: number): E | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && Math.abs(time - entry.time) <= limit ? entry : undefined;
  }

  add(key: string, entry: E): void {
    if (!this.#entries.has(key) && this.#entries.size === this.#bound) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest!);
    }
    this.#entries.set(key, entry);
  }
}

export class Fragments {
  readonly #followed = new Table<Datagram>(MAX_DATAGRAMS);
  readonly #refused = new Table<Entry>(MAX_REFUSED);

  /** A fragment was dropped for a reason that refuses its datagram. */
  refuse(packet: Reading, on: number, time: number): void {
    const datagram = this.#follows(packet, on, time);
    if (datagram !== undefined) {
      if (datagram.condemned === null) datagram.condemned = reason.FRAG_REFUSED;
    } else if (!this.#remembers(packet, on, time)) {
      this.#refused.add(keyOf(packet, on), { time });
    }
  }

  /** A fragment passed: the order of Rule F. `label` is the one it carries. */
  judge(packet: Reading, on: number, time: number, label: Label | null, flow: Flow): Judged {
    const fragment = packet.fragment!;
    const at = fragment.at;
    if (this.#remembers(packet, on, time)) return { reason: reason.FRAG_REFUSED, blame: at }; // Rule F 1

    let datagram = this.#follows(packet, on, time);
    if (datagram === undefined) {
      datagram = follow(label, time); // Rule F 2
      this.#followed.add(keyOf(packet, on), datagram);
    }
    const { blame, why, condemns } = verdictOn(datagram, packet, label, flow);
    if (why !== null) {
      if (condemns) datagram.condemned = why;
      return { reason: why, blame };
    }

    // Rule F 13
    const { start, end } = payloadOf(packet);
    datagram.taken.fill(1, start, end);
    datagram.furthest = Math.max(datagram.furthest, end);
    if (!fragment.more) datagram.lastEnd = end;
    if (fragment.offset === 0) {
      datagram.kept = flow;
      datagram.time = time;
    }
    if (datagram.lastEnd !== null && countTaken(datagram, 0, datagram.lastEnd) === datagram.lastEnd) {
      datagram.complete = true;
    }
    return { reason: null, flow: datagram.kept! };
  }

  #follows(packet: Reading, on: number, time: number): Datagram | undefined {
    const datagram = this.#followed.get(keyOf(packet, on), time, limitOf(packet));
    return datagram?.complete ? undefined : datagram;
  }

  #remembers(packet: Reading, on: number, time: number): boolean {
    return this.#refused.get(keyOf(packet, on), time, limitOf(packet)) !== undefined;
  }
}

interface Finding {
  /** `null`: it is taken. */
  readonly why: number | null;
  readonly blame: number;
  readonly condemns: boolean;
}

/** Rule F 3 to 12. */
function verdictOn(datagram: Datagram, packet: Reading, label: Label | null, flow: Flow): Finding {
  const { at, offset, more } = packet.fragment!;
  const ip = packet.ipOffset!;
  const { start, end, before } = payloadOf(packet);
  const condemn = (why: number, blame = at): Finding => ({ why, blame, condemns: true });
  const drop = (why: number): Finding => ({ why, blame: at, condemns: false });
  const lengthAt = packet.ipVersion === 4 ? ip + 2 : ip + 4;

  if (datagram.condemned !== null) {
    return {
      why: datagram.condemned,
      blame: datagram.condemned === reason.FRAG_LENGTH ? lengthAt : at,
      condemns: false,
    }; // 3
  }
  if (datagram.label !== null && label === null) return condemn(reason.FRAG_LABEL_MISSING); // 4
  if (datagram.label === null && label !== null) return condemn(reason.FRAG_LABEL_MISMATCH); // 5
  if (datagram.label !== null && label !== null && !equal(datagram.label, label)) {
    return condemn(reason.FRAG_LABEL_MISMATCH); // 5, Q-04
  }
  const length = end - start;
  if (length === 0 || (more && length % 8 !== 0)) return condemn(reason.FRAG_LENGTH, lengthAt); // 6
  if (before + end > MAX_DATAGRAM_LENGTH) return condemn(reason.FRAG_TOO_LONG); // 7
  if (offset === 0 && datagram.kept !== null && !sameFlow(datagram.kept, flow)) {
    return condemn(reason.FRAG_OVERLAP); // 8
  }
  if (offset !== 0 && datagram.kept === null) return drop(reason.FRAG_NO_FIRST); // 9
  if (datagram.lastEnd !== null && end > datagram.lastEnd) return condemn(reason.FRAG_OVERLAP); // 10
  if (datagram.lastEnd !== null && !more && end !== datagram.lastEnd) return condemn(reason.FRAG_OVERLAP); // 10
  if (!more && datagram.furthest > end) return condemn(reason.FRAG_OVERLAP); // 10
  const already = countTaken(datagram, start, end);
  if (already === length) return drop(reason.FRAG_DUPLICATE); // 11
  if (already > 0) return condemn(reason.FRAG_OVERLAP); // 11
  if (countRunsWith(datagram, start, end) > MAX_RUNS) return condemn(reason.FRAG_PIECES); // 12
  return { why: null, blame: at, condemns: false };
}

function follow(label: Label | null, time: number): Datagram {
  const taken = new Uint8Array(MAX_DATAGRAM_LENGTH);
  return { label, time, condemned: null, kept: null, taken, furthest: 0, lastEnd: null, complete: false };
}

// `on` is the interface.
function keyOf(packet: Reading, on: number): string {
  const { ipVersion, src, dst, fragment, protocol } = packet;
  const parts = [on, ipVersion, src!.join("."), dst!.join("."), fragment!.id];
  return (ipVersion === 4 ? [...parts, protocol] : parts).join(" ");
}

function limitOf({ ipVersion }: Reading): number {
  return ipVersion === 4 ? SECONDS_IPV4 : SECONDS_IPV6;
}

/** The octets of the datagram it holds, and how many count towards its whole length before them. */
function payloadOf(packet: Reading): { readonly start: number; readonly end: number; readonly before: number } {
  const ip = packet.ipOffset!;
  const { at, offset } = packet.fragment!;
  const isIpv4 = packet.ipVersion === 4;
  const from = isIpv4 ? packet.transport! : at + 8;
  const before = isIpv4 ? packet.transport! - ip : at - (ip + 40);
  return { start: offset, end: offset + (packet.packetEnd! - from), before };
}

function sameFlow(a: Flow, b: Flow): boolean {
  return a.protocol === b.protocol && a.srcPort === b.srcPort && a.dstPort === b.dstPort;
}

function countTaken({ taken }: Datagram, from: number, to: number): number {
  let count = 0;
  for (let octet = from; octet < to; octet++) count += taken[octet]!;
  return count;
}

/** Runs of octets with gaps between them, if those from `start` to `end` were taken too. */
function countRunsWith({ taken, furthest }: Datagram, start: number, end: number): number {
  let runs = 0;
  let inRun = false;
  for (let octet = 0; octet < Math.max(furthest, end); octet++) {
    const isTaken = taken[octet] === 1 || (start <= octet && octet < end);
    if (isTaken && !inRun) runs++;
    inRun = isTaken;
  }
  return runs;
}
