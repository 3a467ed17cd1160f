/**
 * The oracle, steps 4 to 11: where a packet goes. Written from docs/decision.md line by line; the numbers and tags in
 * the comments are the rule book's.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import type { Label } from "../../ts/label.ts";
import { PORT_PROTOCOLS, type Policy } from "../../ts/policy/model.ts";
import { counterpartOf, isAccredited } from "./accredit.ts";
import { arrive, findTemplate } from "./addresses.ts";
import { type Flow, findBinding } from "./bindings.ts";
import { isExempt } from "./exempt.ts";
import { Fragments } from "./fragments.ts";
import { latticeLabel, within } from "./lattice.ts";
import { read } from "./read.ts";
import type { OracleFrame, Reading } from "./reading.ts";
import { take, takeExempt } from "./take.ts";

/** Where a packet, or a copy of one, goes. */
export interface OracleDelivery {
  /** Index. */
  readonly partition: number;
  /** Index in the partition's bindings; `null`: it takes everything, or by its multilevel port. */
  readonly binding: number | null;
}

export interface OracleVerdict {
  /** `OK` when delivered. */
  readonly reason: number;
  /** What the options said: the status of the reading. */
  readonly status: number;
  /** Set with `label`: "option" by step 3, "host" and "exempt" by step 6; kept when a later step drops. */
  readonly source: "option" | "host" | "exempt" | null;
  /** The effective label, from step 7 on the counterpart; `null` for an exempt packet. */
  readonly label: Label | null;
  /** Whether step 7 replaced the label of an option by its counterpart in a mapping that the policy lists. */
  readonly mapped: boolean;
  /** Index, when delivered: the first one's. */
  readonly partition: number | null;
  /** With `partition`, as in {@link OracleDelivery}. */
  readonly binding: number | null;
  /** The further ones, in the order of the policy. */
  readonly copies: readonly OracleDelivery[];
  /** Index, once step 4 passed. */
  readonly interface: number | null;
  /** Index, once step 5 passed. */
  readonly template: number | null;
  /** `null` when delivered. */
  readonly blame: number | null;
}

type Draft = { -readonly [Key in keyof OracleVerdict]: OracleVerdict[Key] };

/** Reasons of steps 3 to 8 that refuse a fragment, besides what is malformed. */
const REFUSING: ReadonlySet<number> = new Set([
  reason.RIPSO_NOT_MAPPED,
  reason.LABEL_REQUIRED,
  reason.SENDER_NOT_ACCREDITED,
  reason.LABEL_NOT_MAPPED,
  reason.PORTS_MISSING,
]);

/** Decides frames one after the other; keeps the tables of Rule F between them. */
export class Oracle {
  readonly #policy: Policy;
  readonly #fragments = new Fragments();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  classify(frame: OracleFrame): OracleVerdict {
    const policy = this.#policy;
    const packet = read(frame, {
      profile: policy.profile,
      dois: policy.dois,
      readRipso: policy.ripso.mode !== "ignore",
      formats: policy.ripso.formats,
      verifyChecksum: policy.verifyChecksum,
    });
    const verdict = this.#decide(packet, frame);
    const refusedOn = this.#refusedOn(packet, frame, verdict.reason);
    if (refusedOn !== null) this.#fragments.refuse(packet, refusedOn, frame.time);
    return verdict;
  }

  #decide(packet: Reading, frame: OracleFrame): OracleVerdict {
    const policy = this.#policy;
    const verdict: Draft = {
      reason: reason.OK,
      status: packet.status,
      source: null,
      label: null,
      mapped: false,
      partition: null,
      binding: null,
      copies: [],
      interface: null,
      template: null,
      blame: null,
    };
    const drop = (why: number, blame: number): OracleVerdict => ({ ...verdict, reason: why, blame });

    // Steps 1 to 3.
    if (packet.blame !== null) return drop(packet.status, packet.blame);
    const ip = packet.ipOffset!;
    const src = packet.src!;
    const dst = packet.dst!;
    const transport = packet.transport!;
    const fragment = packet.fragment!;
    const isIpv4 = packet.ipVersion === 4;
    const sourceAt = isIpv4 ? ip + 12 : ip + 8;
    const destinationAt = isIpv4 ? ip + 16 : ip + 24;

    // Step 3, result: the label of the option, as a lattice label.
    let carried: Label | null = null;
    if (packet.label !== null) {
      carried = latticeLabel(packet.label, policy.ripso);
      if (carried === null) return drop(reason.RIPSO_NOT_MAPPED, packet.labelOffset!);
      verdict.source = "option";
      verdict.label = carried;
    }
    const labelBlame = carried !== null ? packet.labelOffset! : sourceAt;

    // Step 4.
    const arrival = arrive(policy.interfaces, dst, frame.device, packet.vlan);
    if (arrival.interface === null) return drop(arrival.reason, destinationAt);
    verdict.interface = arrival.interface;

    // Step 5.
    const templateIndex = findTemplate(policy, src);
    if (templateIndex === null) return drop(reason.NO_TEMPLATE, sourceAt);
    verdict.template = templateIndex;
    const template = policy.templates[templateIndex]!;

    // Step 6.
    let label: Label | null = carried;
    if (carried === null) {
      if (isExempt(packet, frame)) verdict.source = "exempt";
      else if (template.type === "labelled")
        return drop(reason.LABEL_REQUIRED, ip);
      else {
        label = template.label;
        verdict.source = "host";
        verdict.label = label;
      }
    }

    // Step 7.
    if (carried !== null && !isAccredited(carried, template)) {
      return drop(reason.SENDER_NOT_ACCREDITED, packet.labelOffset!);
    }
    if (label !== null) {
      label = counterpartOf(label, policy.translations);
      if (label === null) return drop(reason.LABEL_NOT_MAPPED, labelBlame);
      verdict.label = label;
      verdict.mapped = carried !== null && policy.translations.has(carried.doi);
    }

    // Step 8.
    let flow: Flow = { protocol: packet.protocol!, srcPort: packet.srcPort, dstPort: packet.dstPort };
    if (PORT_PROTOCOLS.has(flow.protocol) && fragment.offset === 0) {
      if (transport + 4 > packet.packetEnd!) return drop(reason.PORTS_MISSING, transport);
      if (transport + 4 > frame.bytes.length) return drop(reason.IP_TRUNCATED, transport);
    }
    if (fragment.fragmented) {
      const judged = this.#fragments.judge(packet, arrival.interface, frame.time, carried, flow);
      if (judged.reason !== null) return drop(judged.reason, judged.blame);
      flow = judged.flow;
    }

    // Step 9.
    const arrived = { ipVersion: packet.ipVersion!, dst, ...arrival, template, flow };
    const taken = label === null ? takeExempt(policy) : take(policy, { ...arrived, label });
    if (taken.reason !== null) return drop(taken.reason, taken.blameDestination ? destinationAt : labelBlame);

    // Step 10, A-07.
    const range = policy.interfaces[arrival.interface]!.range;
    if (label !== null && range !== null && !within(label, range)) {
      return drop(reason.OUTSIDE_INTERFACE_RANGE, labelBlame);
    }

    // Step 11.
    const deliveries = taken.takers.flatMap(({ partition, by }): OracleDelivery[] => {
      if (by !== null && by !== "multilevel") return [{ partition, binding: by.binding }];
      const bound = findBinding(policy.partitions[partition]!, dst, flow);
      if (bound.found) return [{ partition, binding: bound.binding }];
      return by === "multilevel" ? [{ partition, binding: null }] : [];
    });
    const [first, ...copies] = deliveries;
    if (first === undefined) {
      if (!PORT_PROTOCOLS.has(flow.protocol)) return drop(reason.NO_BINDING, isIpv4 ? ip + 9 : ip + 6);
      return drop(reason.NO_BINDING, fragment.offset === 0 ? transport + 2 : ip);
    }
    return { ...verdict, ...first, copies };
  }

  /** Rule F: the interface on which the datagram of a frame is refused, for what that was dropped for; else `null`. */
  #refusedOn(packet: Reading, frame: OracleFrame, why: number): number | null {
    if (packet.fragment === null || !packet.fragment.fragmented) return null;
    if (!REFUSING.has(why) && !isMalformed(packet)) return null;
    const { interfaces } = this.#policy;
    const arrival = arrive(interfaces, packet.dst!, frame.device, packet.vlan);
    return findTemplate(this.#policy, packet.src!) === null ? null : arrival.interface;
  }
}

/** Whether a fragment was dropped in step 3. `transport` of IPv4 is set where step 2 ends. */
function isMalformed(packet: Reading): boolean {
  if (packet.blame === null || packet.status === reason.IP_TRUNCATED) return false;
  return packet.ipVersion === 6 || packet.transport !== null;
}
