/**
 * From a partition to the wire: the tests of the sending side, one packet after the other. What a partition sends has its label,
 * whatever the packet says (S-01, P-25): the label is bound to the port it came from.
 *
 * @module
 */
import type { Crossing } from "../crossing.ts";
import { equal, type Label, within } from "../label.ts";
import { translate } from "../policy/dois.ts";
import { type PortRange, ripsoKey } from "../policy/model.ts";
import { isWellFormed, reasonName } from "../reason.ts";
import { type AddressKey, keyAt } from "./address-key.ts";
import { MAX_HEADER, u16 } from "./ethernet.ts";
import type { FlowEnds } from "./flows.ts";
import { isAuthenticated } from "./headers6.ts";
import { fragmentationNeeded, icmpError, mayAnswer, packetTooBig } from "./icmp.ts";
import type { Layout } from "./layout.ts";
import { clampMss } from "./mss.ts";
import type { Outbox } from "./outbox.ts";
import type { PartitionSide, Speaker } from "./partition-side.ts";
import type { RefusalName } from "./refusal.ts";
import { Routes } from "./routes.ts";
import type { WireSide } from "./wire-side.ts";

const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;
/** The least MTU that is told (E-03). */
const FLOOR4 = 68;
const FLOOR6 = 1280;
/** Octets that a label may add to a packet: the longest hop-by-hop header and its padding. */
const MOST_ADDED = 320;

export class Departure {
  readonly #layout: Layout;
  readonly #crossing: Crossing;
  readonly #outbox: Outbox;
  readonly #wires: readonly WireSide[];

  /** @param wires by index of the interface */
  constructor(layout: Layout, outbox: Outbox, wires: readonly WireSide[]) {
    this.#layout = layout;
    this.#crossing = layout.crossing;
    this.#outbox = outbox;
    this.#wires = wires;
  }

  /** A loaded row that came from the partition goes out, or is refused and counted. */
  depart(side: PartitionSide, row: number, now: number): void {
    const refusal = this.#depart(side, row, now);
    if (refusal === null) side.departed++;
    else side.refuse(refusal);
  }

  #depart(side: PartitionSide, row: number, now: number): RefusalName | ReturnType<typeof reasonName> | null {
    const x = this.#crossing;
    const status = x.read(row);
    if (!isWellFormed(status)) return reasonName(status);
    const { packetAt, packetEnd, version, sourceAt, destinationAt } = x;
    const length = packetEnd - packetAt;
    if (packetEnd > x.frameAt(row) + x.frameLength(row)) return "NOT_WHOLE";
    const size = version === 4 ? 4 : 16;
    const speaker = side.rules.speakers.get(keyAt(x.bytes, sourceAt, size));
    if (speaker === undefined) return "SOURCE_NOT_OURS"; // P-02
    const peer = keyAt(x.bytes, destinationAt, size);

    const label = this.#labelOf(side, speaker, peer, now);
    if (label === null) return "LABEL_NOT_KNOWN"; // S-01
    if (x.isLabelled && !this.#says(label)) return "LABEL_NOT_OWN"; // S-01
    const route = this.#routesOf(speaker, label).find(peer, x.bytes.subarray(destinationAt, destinationAt + size));
    if (typeof route === "string") return route;
    if (route.isLower && !this.#readsDown(side, peer, now)) return "DESTINATION_NOT_ACCREDITED"; // S-03

    const at = this.#outbox.reserve(MAX_HEADER + length + MOST_ADDED) + MAX_HEADER;
    const written = route.option === null ? x.strip(packetAt, length, at) : x.stamp(packetAt, length, route.option, at);
    if (written === 0) return route.option === null ? "NOT_WHOLE" : "NO_ROOM_FOR_LABEL";
    const isSigned = isAuthenticated(x.bytes, packetAt, packetEnd);
    if (isSigned && !isSame(x.bytes, packetAt, length, at, written)) {
      return "AUTHENTICATED";
    }
    const wire = this.#wires[route.wire]!;
    const added = written - length;
    if (written > wire.mtu) {
      this.#tellTooBig(side, packetAt, packetEnd, wire.mtu - Math.max(0, added), now);
      return "TOO_BIG";
    }
    if (x.protocol === TCP && x.fragmentOffset === 0 && !isSigned) {
      const most = Math.min(wire.mtu - added, side.rules.mtu) - (version === 4 ? 40 : 60);
      clampMss(x.bytes, at + written - (packetEnd - x.transportAt), at + written, most);
    }
    return wire.send(this.#outbox, at, written, route.nextHopKey, route.nextHop, now) ? null : "NO_NEIGHBOUR";
  }

  /**
   * Sends a packet of the gate's own in the name of one of our addresses, with a label; false: it may not leave (E-02; it is no
   * error: nobody is told why nothing is told).
   */
  say(speaker: Speaker, label: Label | null, packet: Uint8Array, now: number): boolean {
    const { bytes } = this.#outbox;
    const size = packet[0]! >> 4 === 4 ? 4 : 16;
    const to = size === 4 ? 16 : 24;
    const key = keyAt(packet, to, size);
    const destination = packet.subarray(to, to + size);
    if (label === null) return this.#sayUnlabelled(speaker, packet, key, destination, now);
    const route = this.#routesOf(speaker, label).find(key, destination);
    if (typeof route === "string" || route.isLower) return false;
    // The packet stands behind the room for its labelled form.
    const at = this.#outbox.reserve(2 * (MAX_HEADER + packet.length + MOST_ADDED)) + MAX_HEADER;
    const from = at + packet.length + MOST_ADDED;
    bytes.set(packet, from);
    const { option } = route;
    const x = this.#crossing;
    const written = option === null ? x.strip(from, packet.length, at) : x.stamp(from, packet.length, option, at);
    if (written === 0 || written > this.#wires[route.wire]!.mtu) return false;
    return this.#wires[route.wire]!.send(this.#outbox, at, written, route.nextHopKey, route.nextHop, now);
  }

  // To the sender of a packet that had no label that could be read: only on the wire it came from.
  #sayUnlabelled(speaker: Speaker, packet: Uint8Array, key: AddressKey, destination: Uint8Array, now: number): boolean {
    const wire = this.#wires[speaker.wire]!;
    const { gateway4 } = this.#layout.live.interfaces[speaker.wire]!;
    const isNear = wire.isNear(destination);
    const nextHop = isNear ? destination.slice() : gateway4;
    if (nextHop === null) return false;
    const at = this.#outbox.reserve(MAX_HEADER + packet.length) + MAX_HEADER;
    this.#outbox.bytes.set(packet, at);
    return wire.send(this.#outbox, at, packet.length, isNear ? key : keyAt(nextHop, 0, nextHop.length), nextHop, now);
  }

  #routesOf(speaker: Speaker, label: Label): Routes {
    let routes = speaker.routes.get(label);
    if (routes === undefined) {
      // Labels of multilevel ports come from outside: there may be very many.
      if (speaker.routes.size >= MAX_SPEAKER_LABELS) speaker.routes.clear();
      routes = new Routes(this.#layout.questions, speaker.wire, label);
      speaker.routes.set(label, routes);
    }
    return routes;
  }

  // S-01: the partition's label; on its multilevel ports that of the packet it answers. `null`: not known.
  #labelOf(side: PartitionSide, speaker: Speaker, peer: AddressKey, now: number): Label | null {
    const { partition, live } = side.rules;
    const ranges = speaker.isOwned ? partition.privateMultilevelPorts : partition.multilevelPorts;
    const isIcmpRange = partition.icmp === "range";
    if (ranges.length === 0 && !isIcmpRange) return partition.label;
    const x = this.#crossing;
    const own = keyAt(x.bytes, x.sourceAt, x.version === 4 ? 4 : 16);
    const { protocol } = x;
    if (x.isFragment && x.fragmentOffset !== 0) {
      const ends = { protocol: FRAGMENTS, own, ownPort: x.fragmentId, peer, peerPort: protocol };
      return side.flows.labelOf(ends, now) ?? null;
    }
    const ends = { protocol, own, ownPort: this.#ownPort(), peer, peerPort: this.#peerPort() };
    const label = this.#multilevelLabel(side, ranges, isIcmpRange, ends, now);
    // S-10: or the label that it says, where it sees labels.
    const said = label === null && live.labels === "pass" && x.isLabelled ? this.#carried() : label;
    const range = this.#layout.policy.interfaces[speaker.wire]!.range;
    const chosen = said !== null && said !== label && (range === null || !within(said, range)) ? null : said;
    if (x.isFragment) {
      const parts = { protocol: FRAGMENTS, own, ownPort: x.fragmentId, peer, peerPort: protocol };
      if (chosen === null) side.flows.forget(parts);
      else side.flows.said(parts, chosen, now);
    }
    return chosen;
  }

  // A-05, S-03: whether the packet comes from an endpoint that takes lower labels, and so may answer them. Later parts of a
  // datagram have no port: what is said of the first holds for them.
  #readsDown(side: PartitionSide, peer: AddressKey, now: number): boolean {
    const x = this.#crossing;
    const { bindings, label } = side.rules.partition;
    if (!(bindings ?? []).some(({ acceptLower }) => acceptLower)) return false;
    const { protocol } = x;
    const own = keyAt(x.bytes, x.sourceAt, x.version === 4 ? 4 : 16);
    const parts = { protocol: LOWER_FRAGMENTS, own, ownPort: x.fragmentId, peer, peerPort: protocol };
    if (x.isFragment && x.fragmentOffset !== 0) return side.flows.labelOf(parts, now) !== undefined;
    const port = this.#ownPort();
    const isLower = bindings!.some(
      ({ acceptLower, ports }) =>
        acceptLower &&
        (ports ?? []).some((range) => range.protocol === protocol && range.first <= port && port <= range.last),
    );
    if (x.isFragment) {
      if (isLower) side.flows.said(parts, label, now);
      else side.flows.forget(parts);
    }
    return isLower;
  }

  #multilevelLabel(
    side: PartitionSide,
    ranges: readonly PortRange[],
    isIcmpRange: boolean,
    ends: FlowEnds,
    now: number,
  ): Label | null {
    const { partition } = side.rules;
    const { protocol, own, ownPort, peer } = ends;
    if (protocol === ICMP || protocol === ICMPV6) {
      const x = this.#crossing;
      const type = x.bytes[x.transportAt]!;
      if (type === (protocol === ICMP ? 0 : 129)) {
        const echo = { protocol, own, ownPort: u16(x.bytes, x.transportAt + 4), peer, peerPort: 0 };
        const label = side.flows.labelOf(echo, now);
        return label ?? (isIcmpRange ? null : partition.label);
      }
      const isError = protocol === ICMP ? type === 3 || type === 4 || type === 11 || type === 12 : type < 128;
      return isError ? this.#labelOfError(side, ranges, isIcmpRange, own, peer, now) : partition.label;
    }
    if (!ranges.some((range) => range.protocol === protocol && range.first <= ownPort && ownPort <= range.last)) {
      return partition.label;
    }
    return side.flows.labelOf(ends, now) ?? null;
  }

  // I-05: an error has the label of the packet it quotes, which had come from the peer.
  #labelOfError(
    side: PartitionSide,
    ranges: readonly PortRange[],
    isIcmpRange: boolean,
    own: AddressKey,
    peer: AddressKey,
    now: number,
  ): Label | null {
    const { bytes, transportAt, packetEnd, version } = this.#crossing;
    const quoted = transportAt + 8;
    const header = version === 4 ? (bytes[quoted]! & 15) * 4 : 40;
    const ports = quoted + header;
    if (ports + 4 > packetEnd) return null;
    const protocol = bytes[quoted + (version === 4 ? 9 : 6)]!;
    const isPinged = protocol === ICMP || protocol === ICMPV6;
    if (isPinged ? !isIcmpRange : !ranges.some((range) => range.protocol === protocol))
      return side.rules.partition.label;
    if (isPinged) return null;
    const ownPort = u16(bytes, ports + 2);
    if (!ranges.some((range) => range.protocol === protocol && range.first <= ownPort && ownPort <= range.last)) {
      return side.rules.partition.label;
    }
    return side.flows.labelOf({ protocol, own, ownPort, peer, peerPort: u16(bytes, ports) }, now) ?? null;
  }

  #ownPort(): number {
    const { transportAt, bytes, packetEnd } = this.#crossing;
    return transportAt !== 0 && transportAt + 4 <= packetEnd ? u16(bytes, transportAt) : 0;
  }

  #peerPort(): number {
    const { transportAt, bytes, packetEnd } = this.#crossing;
    return transportAt !== 0 && transportAt + 4 <= packetEnd ? u16(bytes, transportAt + 2) : 0;
  }

  // The label that the packet carries, in our terms; `null`: it stands for none.
  #carried(): Label | null {
    const carried = this.#crossing.label();
    if (carried !== null) return translate(carried, this.#layout.policy.translations);
    return this.#layout.policy.ripso.labels.get(ripsoKey(...this.#crossing.ripso())) ?? null;
  }

  #says(label: Label): boolean {
    const carried = this.#carried();
    return carried !== null && equal(carried, label);
  }

  // E-03
  #tellTooBig(side: PartitionSide, at: number, end: number, most: number, now: number): void {
    const { bytes, version } = this.#crossing;
    if (!mayAnswer(bytes, at, end) || !side.sizeErrors.take(now)) return;
    const error = version === 4 ? fragmentationNeeded(Math.max(most, FLOOR4)) : packetTooBig(Math.max(most, FLOOR6));
    const packet = icmpError(bytes, at, end, error);
    const to = this.#outbox.reserve(MAX_HEADER + packet.length) + MAX_HEADER;
    bytes.set(packet, to);
    side.deliver(this.#outbox, to, packet.length, now);
  }
}

/** Labels that one source address keeps routes of. */
const MAX_SPEAKER_LABELS = 256;
/** Stands for the parts of a datagram among flows: no protocol has this number. */
const FRAGMENTS = 256;
/** The same, of those that went to a lower label. */
const LOWER_FRAGMENTS = 257;

function isSame(bytes: Uint8Array, at: number, length: number, other: number, otherLength: number): boolean {
  if (length !== otherLength) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== bytes[other + i]) return false;
  return true;
}
