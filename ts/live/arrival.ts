/**
 * From the wire to the partitions: judged by the kernel, stripped of their labels where the policy says so, and delivered.
 *
 * @module
 */
import type { Crossing } from "../crossing.ts";
import type { FrameBatch } from "../frames.ts";
import type { Label } from "../label.ts";
import type { Limit } from "../limit.ts";
import { DROP_SLOT } from "../policy/compile.ts";
import { reasonName } from "../reason.ts";
import { keyAt } from "./address-key.ts";
import type { Departure } from "./departure.ts";
import type { Drops } from "./drops.ts";
import { MAX_HEADER, u16 } from "./ethernet.ts";
import { type ChainEnd, isAuthenticated, upperLayer6 } from "./headers6.ts";
import { fragmentationNeeded, icmpError, mayAnswer, packetTooBig } from "./icmp.ts";
import { answerTo } from "./label-errors.ts";
import type { Layout } from "./layout.ts";
import { clampMss } from "./mss.ts";
import type { Outbox } from "./outbox.ts";
import type { PartitionSide } from "./partition-side.ts";
import type { WireSide } from "./wire-side.ts";

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;
const FLOOR4 = 68;
const FLOOR6 = 1280;

/** What became of frames for partitions, beyond their verdicts. */
export interface ArrivalCounts {
  /** Delivered by the policy, to a partition that has no port. */
  portless: number;
  /** Frames that did not hold their whole packet, or could not be rewritten. */
  broken: number;
  /** Packets whose label can't be taken out, for it is signed (RFC 4302): a port may pass labels. */
  authenticated: number;
  /** Segments of another label than that of the connection they would be part of, on a multilevel port (S-01). */
  relabelled: number;
  /** Packets too large for the partition: their senders were told. */
  tooBig: number;
  /** ICMP errors about labels that were sent. */
  labelErrors: number;
}

export class Arrival {
  readonly counts: ArrivalCounts = {
    portless: 0,
    broken: 0,
    authenticated: 0,
    relabelled: 0,
    tooBig: 0,
    labelErrors: 0,
  };
  readonly #layout: Layout;
  readonly #crossing: Crossing;
  readonly #outbox: Outbox;
  readonly #sides: readonly (PartitionSide | null)[];
  readonly #wires: readonly WireSide[];
  readonly #departure: Departure;
  readonly #limit: Limit;
  readonly #drops: Drops;

  /** @param sides by index of the partition @param wires by index of the interface @param limit of errors about labels */
  constructor(
    layout: Layout,
    outbox: Outbox,
    sides: readonly (PartitionSide | null)[],
    wires: readonly WireSide[],
    departure: Departure,
    limit: Limit,
    drops: Drops,
  ) {
    this.#drops = drops;
    this.#layout = layout;
    this.#crossing = layout.crossing;
    this.#outbox = outbox;
    this.#sides = sides;
    this.#wires = wires;
    this.#departure = departure;
    this.#limit = limit;
  }

  /** Judges frames that came from a wire and hands each to the partitions it belongs to. */
  arrive(batch: FrameBatch, now: number): void {
    const { kernel } = this.#layout.judge;
    for (let first = 0; first < batch.count; ) {
      const { judged, groups } = kernel.classify(kernel.load(batch, first));
      for (let group = 0; group < groups; group++) {
        const slot = kernel.slotOf(group);
        const count = kernel.lengthOf(group);
        if (slot === DROP_SLOT) {
          this.#drops.hand(this.#layout.judge, batch, first, group);
          if (this.#layout.live.icmpErrors) {
            for (let i = 0; i < count; i++) this.#tellLabelError(batch, first, kernel.rowOf(group, i), now);
          }
          continue;
        }
        const side = this.#sides[this.#layout.partitionOf(slot)] ?? null;
        if (side === null) this.counts.portless += count;
        else for (let i = 0; i < count; i++) this.#deliver(side, batch, first, kernel.rowOf(group, i), now);
      }
      first += judged;
    }
  }

  #deliver(side: PartitionSide, batch: FrameBatch, first: number, row: number, now: number): void {
    const x = this.#crossing;
    const offset = x.judgedPacket(row);
    const packet = x.frameAt(row) + offset;
    const available = x.frameLength(row) - offset;
    const { bytes } = x;
    const version = bytes[packet]! >> 4;
    const length = version === 4 ? u16(bytes, packet + 2) : u16(bytes, packet + 4) + 40;
    const at = this.#outbox.reserve(MAX_HEADER + available + MAX_HEADER) + MAX_HEADER;
    let written = 0;
    if (length <= available) {
      written = side.rules.live.labels === "pass" ? length : x.strip(packet, available, at);
      if (side.rules.live.labels === "pass") bytes.copyWithin(at, packet, packet + length);
    }
    if (written === 0) {
      this.counts.broken++;
      return;
    }
    const removed = length - written;
    if (removed !== 0 && isAuthenticated(bytes, packet, packet + length)) {
      this.counts.authenticated++;
      return;
    }
    if (written > side.rules.mtu) {
      this.counts.tooBig++;
      this.#tellTooBig(side, batch, first, row, packet, packet + length, side.rules.mtu - removed, now);
      return;
    }
    if (!this.#noteFlow(side, batch, first, row, at, written, now)) {
      this.counts.relabelled++;
      return;
    }
    const upper = upperLayer(bytes, at, at + written, false);
    if (upper !== null && upper.protocol === TCP && !upper.isLater) {
      const wireMtu = this.#wires[x.judgedInterface(row)]!.mtu;
      const most = Math.min(wireMtu - removed, side.rules.mtu) - (version === 4 ? 40 : 60);
      clampMss(bytes, upper.at, at + written, most);
    }
    side.deliver(this.#outbox, at, written, now);
  }

  // S-01, I-05: on multilevel ports the answer will have the label of this packet. False: it is of another label than the
  // connection that it would be part of.
  #noteFlow(
    side: PartitionSide,
    batch: FrameBatch,
    first: number,
    row: number,
    at: number,
    written: number,
    now: number,
  ): boolean {
    const { partition } = side.rules;
    const isMultilevel =
      partition.icmp === "range" || partition.multilevelPorts.length > 0 || partition.privateMultilevelPorts.length > 0;
    if (!isMultilevel) return true;
    const { bytes } = this.#crossing;
    const label = this.#labelOf(batch, first, row);
    const size = bytes[at]! >> 4 === 4 ? 4 : 16;
    const upper = upperLayer(bytes, at, at + written, true);
    if (label === null || upper === null || upper.isLater || upper.at + 8 > at + written) return true;
    const { protocol, at: transport } = upper;
    const [from, to] = size === 4 ? [at + 12, at + 16] : [at + 8, at + 24];
    const own = keyAt(bytes, to, size);
    const peer = keyAt(bytes, from, size);
    if (protocol === ICMP || protocol === ICMPV6) {
      if (bytes[transport] !== (protocol === ICMP ? 8 : 128)) return true;
      side.flows.heard({ protocol, own, ownPort: u16(bytes, transport + 4), peer, peerPort: 0 }, label, now);
    } else if (protocol === TCP || protocol === UDP || PORTS.has(protocol)) {
      const ends = { protocol, own, ownPort: u16(bytes, transport + 2), peer, peerPort: u16(bytes, transport) };
      if (protocol === TCP && side.flows.isOther(ends, label, now)) return false;
      side.flows.heard(ends, label, now);
    }
    return true;
  }

  #labelOf(batch: FrameBatch, first: number, row: number): Label | null {
    const { judge } = this.#layout;
    const number = this.#crossing.judgedLabel(row);
    if (number !== null) return judge.image.labels[number]!;
    const { label } = judge.verdict(batch, first, row, null);
    return label === null ? null : this.#layout.intern(label);
  }

  // E-03: the sender is told at the label of its packet.
  #tellTooBig(
    side: PartitionSide,
    batch: FrameBatch,
    first: number,
    row: number,
    at: number,
    end: number,
    most: number,
    now: number,
  ): void {
    const { bytes } = this.#crossing;
    if (!mayAnswer(bytes, at, end)) return;
    const size = bytes[at]! >> 4 === 4 ? 4 : 16;
    const speaker = side.rules.speakers.get(keyAt(bytes, size === 4 ? at + 16 : at + 24, size));
    const label = this.#labelOf(batch, first, row);
    if (speaker === undefined || label === null || !side.sizeErrorsAbroad.take(now)) return;
    const error = size === 4 ? fragmentationNeeded(Math.max(most, FLOOR4)) : packetTooBig(Math.max(most, FLOOR6));
    this.#departure.say(speaker, label, icmpError(bytes, at, end, error), now);
  }

  // CIPSO 2.2 section 5, RFC 1108 section 2.6: off unless asked for, rate limited.
  #tellLabelError(batch: FrameBatch, first: number, row: number, now: number): void {
    const { judge, policy } = this.#layout;
    const verdict = judge.kernel.verdict(row);
    const { ipOffset, ipVersion, blame } = verdict;
    if (ipVersion !== 4 || ipOffset === null || blame === null) return;
    const x = this.#crossing;
    const frame = x.frameAt(row);
    const at = frame + ipOffset;
    const end = Math.min(frame + x.frameLength(row), at + u16(x.bytes, at + 2));
    const answer = answerTo(reasonName(verdict.reason), blame - ipOffset);
    if (answer === null || end < at + 20 || !mayAnswer(x.bytes, at, end)) return;
    const own = keyAt(x.bytes, at + 16, 4);
    const speaker = this.#speakerOf(own);
    const source = x.templateOf(x.bytes.slice(at + 12, at + 16));
    if (speaker === null || source === null || policy.templates[source]!.type !== "labelled") return;
    const label = answer.isLabelled ? this.#labelOf(batch, first, row) : null;
    if (answer.isLabelled && label === null) return;
    if (!this.#limit.take(now)) return;
    if (this.#departure.say(speaker, label, icmpError(x.bytes, at, end, answer.error), now)) this.counts.labelErrors++;
  }

  #speakerOf(key: ReturnType<typeof keyAt>) {
    for (const side of this.#sides) {
      const speaker = side?.rules.speakers.get(key);
      if (speaker !== undefined) return speaker;
    }
    return null;
  }
}

// DCCP, SCTP, UDP-Lite.
const PORTS: ReadonlySet<number> = new Set([33, 132, 136]);

// `passes`: behind an authentication header too, in IPv6.
function upperLayer(bytes: Uint8Array, at: number, end: number, passes: boolean): ChainEnd | null {
  if (bytes[at]! >> 4 === 6) return upperLayer6(bytes, at, end, passes);
  const isLater = (u16(bytes, at + 6) & 0x1fff) !== 0;
  return { at: at + (bytes[at]! & 15) * 4, protocol: bytes[at + 9]!, isLater };
}
