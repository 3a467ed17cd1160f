/**
 * From what was found to a packet that shows it, with the verdict that follows from the rules.
 *
 * @module
 */
import { formatAddress, unmapped } from "../address.ts";
import { dominates, equal, type Label } from "../label.ts";
import { PORT_PROTOCOLS, type PortRange } from "../policy/model.ts";
import { formatProtocol } from "../policy/ports.ts";
import { authorityNames, RIPSO_LEVELS } from "../policy/ripso.ts";
import type { ReasonName } from "../reason.ts";
import type { Target } from "../verdict.ts";
import { type Carried, labelKey } from "./accredited.ts";
import { sayLabel } from "./boxes.ts";
import { type Expected, MAX_PACKETS, type Witness } from "./finding.ts";
import { frameOctets } from "./octets.ts";
import { bindingsFor, type Opening } from "./openings.ts";
import { isMember, type Place } from "./places.ts";
import { ICMP_OF, type Port, portRuns } from "./ports.ts";
import type { Reach } from "./reach.ts";
import type { Sender } from "./senders.ts";

/** A packet that is judged before its label is known: a drop, or a control packet. */
export interface BarePacket extends Port {
  readonly sender: Sender;
  readonly place: Place;
  /** In the sender's terms. */
  readonly label: Label | null;
  /** Whether it is a control packet that needs no label. */
  readonly exempt: boolean;
}

/** `secret`, or `public/web`. */
export function targetName({ partition, binding }: Target): string {
  return binding === null ? partition : `${partition}/${binding}`;
}

/** `8080/tcp`, or `icmp`. */
export function sayPort({ protocol, port }: Port): string {
  return PORT_PROTOCOLS.has(protocol) ? `${port}/${formatProtocol(protocol)}` : formatProtocol(protocol);
}

/** Makes packets, each once, up to {@link MAX_PACKETS}. */
export class Witnesses {
  readonly #reach: Reach;
  readonly #made = new Map<string, Witness>();
  /** By partition, and there by binding; the partition itself is -1. */
  readonly #targets: readonly Map<number, Target>[];
  #count = 0;
  /** Packets that were asked for beyond the bound. */
  omitted = 0;

  constructor(reach: Reach) {
    this.#reach = reach;
    this.#targets = reach.policy.partitions.map(() => new Map());
  }

  /** A packet that comes to an opening with a label; `null`: one too many. */
  at(opening: Opening, carried: Carried): Witness | null {
    const { place, protocol, port } = opening;
    const { label, sender } = carried;
    const key = [place.interface, place.text, protocol, port, labelKey(label), sender.host.text].join(" ");
    const before = this.#made.get(key);
    if (before !== undefined) return before;
    if (this.#isFull()) return null;
    const expected = this.#expected(opening, carried);
    const witness = this.#make(opening, sender, place, carried.option, false, expected, sayCarried(carried));
    this.#made.set(key, witness);
    return witness;
  }

  /** A packet whose verdict is known without what follows from its label; `null`: one too many. */
  bare({ sender, place, label, exempt, protocol, port }: BarePacket, expected: Expected): Witness | null {
    if (this.#isFull()) return null;
    const option = label === null ? null : { label };
    const said = label === null ? "without a label" : `with label ${sayLabel(label)}`;
    return this.#make({ protocol, port }, sender, place, option, exempt, expected, said);
  }

  /** The partition, or its binding, as verdicts name it. */
  target(partition: number, binding: number | null): Target {
    const known = this.#targets[partition]!;
    const before = known.get(binding ?? -1);
    if (before !== undefined) return before;
    const { name, bindings } = this.#reach.policy.partitions[partition]!;
    const target = { partition: name, binding: binding === null ? null : bindings![binding]!.name };
    known.set(binding ?? -1, target);
    return target;
  }

  #isFull(): boolean {
    if (this.#count < MAX_PACKETS) return false;
    this.omitted++;
    return true;
  }

  #make(
    port: Port,
    { address: source }: Sender,
    { address: destination, text, device, vlan }: Place,
    option: Carried["option"],
    exempt: boolean,
    expected: Expected,
    said: string,
  ): Witness {
    this.#count++;
    const { profile } = this.#reach.policy;
    const { protocol } = port;
    const bytes = frameOctets({ source, destination, vlan, option, profile, exempt, protocol, port: port.port });
    const by = `${vlan === null ? "" : ` in VLAN ${vlan}`}${device === null ? "" : ` by device ${device}`}`;
    const what = exempt ? `control packet (${formatProtocol(protocol)})` : sayPort(port);
    return {
      frame: { bytes, linkType: 1, ...(device === null ? {} : { device }) },
      expected,
      words: `${saySource(source)} → ${text}${by}, ${what} ${said}: ${sayExpected(expected)}`,
    };
  }

  #expected(opening: Opening, carried: Carried): Expected {
    if (opening.place.owner !== null) return { ...this.target(opening.partition, opening.binding), copies: [] };
    const [first, ...copies] = this.#copies(opening, carried);
    return { ...first!, copies };
  }

  // M-01, M-02: every member that takes a copy and has a binding for it, in the order of the policy.
  #copies({ place, protocol, port }: Opening, { label, unlabelled }: Carried): Target[] {
    const last = PORT_PROTOCOLS.has(protocol) ? port : 0xffff;
    const ports = portRuns([{ protocol, first: port, last }]);
    const holds = (ranges: readonly PortRange[]): boolean =>
      ranges.some((range) => range.protocol === protocol && range.first <= port && port <= range.last);
    const isIcmp = protocol === ICMP_OF[place.version];
    const { policy } = this.#reach;
    return policy.partitions.flatMap((partition, i) => {
      if (!isMember(place.members!, policy, i)) return [];
      const isMultilevel = holds(partition.shared ? partition.multilevelPorts : partition.privateMultilevelPorts);
      const isLower = (partition.bindings ?? []).some(
        ({ acceptLower, address, ports: own }) => acceptLower && address === null && holds(own!),
      );
      const takes =
        isMultilevel ||
        (isIcmp && partition.icmp === "range") ||
        equal(partition.label, label) ||
        (unlabelled && isLower && dominates(partition.label, label));
      const [taken] = takes ? bindingsFor(partition, null, ports, isMultilevel) : [];
      return taken === undefined ? [] : [this.target(i, taken.binding)];
    });
  }
}

// F-05: an IPv4-mapped sender as people write it.
function saySource(address: Uint8Array): string {
  const inner = unmapped(address);
  return inner === address ? formatAddress(address) : `::ffff:${formatAddress(inner)}`;
}

function sayCarried({ label, option }: Carried): string {
  const ours = sayLabel(label);
  if (option === null) return `without a label (it gets ${ours})`;
  if ("ripso" in option) {
    const names = authorityNames(option.ripso & 0xff);
    const level = RIPSO_LEVELS.get(option.ripso >> 8)!;
    return `with RIPSO label ${[level, ...names].join(" ")} (here ${ours})`;
  }
  const theirs = sayLabel(option.label);
  return theirs === ours ? `with label ${ours}` : `with label ${theirs} (here ${ours})`;
}

function sayExpected(expected: Expected): string {
  if ("reason" in expected) return `dropped, ${expected.reason satisfies ReasonName}`;
  const { copies } = expected;
  const more =
    copies.length === 0 ? "" : ` and ${copies.length === 1 ? targetName(copies[0]!) : `${copies.length} more`}`;
  return `delivered to ${targetName(expected)}${more}`;
}
