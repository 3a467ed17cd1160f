// What a policy lets through, by trying: every label of a small lattice, from every sender that differs, to every
// destination, on every port that the policy knows and some that it doesn't, in the kernel.
import { formatAddress, lastOf } from "../../ts/address.ts";
import type { Judge } from "../../ts/judge.ts";
import { formatLabel, type Label } from "../../ts/label.ts";
import { FIRST_SINK_SLOT } from "../../ts/policy/compile.ts";
import { translate } from "../../ts/policy/dois.ts";
import { PORT_PROTOCOLS, type Policy } from "../../ts/policy/model.ts";
import { reasonName } from "../../ts/reason.ts";
import { groupsOf } from "../groups.ts";
import {
  type Control,
  DEVICES,
  Frames,
  LABELS,
  NONE,
  RIPSO,
  type Sent,
  type Target,
  type Version,
  VLANS,
} from "./trial.ts";

/** What was seen. Partitions, bindings and templates by their numbers; a binding that is none is -1. */
export interface Seen {
  /** `partition binding doi label`, of packets with a label. */
  readonly reached: ReadonlySet<string>;
  /** `partition binding`, of control packets. */
  readonly control: ReadonlySet<string>;
  /** Templates of senders of packets that are ours. */
  readonly templates: ReadonlySet<number>;
  /** `partition binding` by template, of packets without a label. */
  readonly unlabelled: ReadonlyMap<number, ReadonlySet<string>>;
  /** Packets that were tried. */
  readonly packets: number;
}

/** `16 2:0,1` */
export const keyOf = (label: Label): string => `${label.doi} ${formatLabel(label)}`;

const frames = new Frames();

/** Tries everything. */
export function bruteForce(judge: Judge): Seen {
  return new Brute(judge).see();
}

class Brute {
  readonly #policy: Policy;
  readonly #judge: Judge;
  #packets = 0;
  #see: (endpoint: number, packet: number) => void = () => {};
  #first = 0;
  #from = 0;

  constructor(judge: Judge) {
    this.#policy = judge.policy;
    this.#judge = judge;
    this.#judge.image.endpoints.forEach((_, i) => {
      this.#judge.kernel.setSlot(i, FIRST_SINK_SLOT + i);
    });
  }

  see(): Seen {
    const reached = new Set<string>();
    const control = new Set<string>();
    const templates = new Set<number>();
    const unlabelled = new Map<number, Set<string>>();
    for (const version of [4, 6] as const) {
      const targets = this.#targets(version);
      if (targets.length === 0) continue;
      const senders = this.#senders(version, targets[0]!);
      for (const template of senders.keys()) templates.add(template);
      const said = this.#said(version, targets[0]!, senders);
      const ports = this.#ports(version);
      const perLabel = targets.length * ports.length;
      const byLabel = Array.from(said, () => new Set<number>());
      this.#sweep((endpoint, i) => byLabel[Math.floor(i / perLabel)]!.add(endpoint));
      for (const sent of said.values()) {
        for (const target of targets) for (const { protocol, port } of ports) this.#try(target, sent, protocol, port);
      }
      this.#flush();
      for (const [i, [key, { withoutLabel }]] of [...said].entries()) {
        const endpoints = [...byLabel[i]!].map((endpoint) => this.#nameOf(endpoint));
        for (const endpoint of endpoints) reached.add(`${endpoint} ${key.slice(2)}`);
        for (const template of withoutLabel) {
          unlabelled.set(template, new Set([...(unlabelled.get(template) ?? []), ...endpoints]));
        }
      }
      this.#sweep((endpoint) => control.add(this.#nameOf(endpoint)));
      for (const source of senders.values()) {
        for (const target of targets) {
          for (const kind of CONTROL[version]) {
            this.#try(target, { source, option: NONE[version] }, kind.protocol, 0, kind);
          }
        }
      }
      this.#flush();
    }
    return { reached, control, templates, unlabelled, packets: this.#packets };
  }

  #nameOf(endpoint: number): string {
    const { partition, binding } = this.#judge.image.endpoints[endpoint]!;
    return `${partition} ${binding ?? -1}`;
  }

  // From here on `see` is called with the endpoint of each delivery, copies too, and the number of its packet.
  #sweep(see: (endpoint: number, packet: number) => void): void {
    this.#see = see;
    this.#first = 0;
    frames.open();
  }

  #try(target: Target, sent: Sent, protocol: number, port: number, control: Control | null = null): void {
    if (!frames.add(target, sent, protocol, port, control)) this.#flush();
  }

  #flush(): void {
    const { kernel } = this.#judge;
    const { batch } = frames;
    for (let from = 0; from < batch.count; ) {
      const { groups, judged } = kernel.classify(kernel.load(batch, from));
      for (const { slot, rows } of groupsOf(kernel, groups)) {
        if (slot < FIRST_SINK_SLOT) continue;
        for (const row of rows) this.#see(slot - FIRST_SINK_SLOT, this.#first + from + row);
      }
      from += judged;
    }
    this.#packets += batch.count;
    this.#first += batch.count;
    frames.open();
  }

  // Calls `see` with the row of each packet, judged, of at most MAX_BATCH.
  #judged(packets: readonly { readonly target: Target; readonly sent: Sent }[], see: (row: number) => void): void {
    const { kernel } = this.#judge;
    const batch = frames.open();
    for (const { target, sent } of packets) frames.add(target, sent, 17, 9);
    for (let from = 0; from < batch.count; ) {
      const { judged } = kernel.classify(kernel.load(batch, from));
      this.#from = from;
      for (let row = 0; row < judged; row++) see(row);
      from += judged;
    }
    this.#packets += batch.count;
  }

  // Every destination that can be ours, once for each interface that a frame for it can be taken to have come by.
  #targets(version: Version): Target[] {
    const addresses = new Map<string, Uint8Array>();
    const add = (address: Uint8Array): void => {
      if (address.length === (version === 4 ? 4 : 16)) addresses.set(formatAddress(address), address);
    };
    for (const { address, prefix } of this.#policy.interfaces.flatMap((entry) => entry.addresses)) {
      add(address);
      if (prefix !== null && address.length === 4) add(lastOf({ address, length: prefix }));
    }
    for (const { address } of this.#policy.partitions.flatMap(({ groups }) => groups)) add(address);
    add(Uint8Array.of(224, 0, 0, 1));
    add(Uint8Array.of(0xff, 2, ...new Array<number>(13).fill(0), 1));
    const sent = { source: new Uint8Array(version === 4 ? 4 : 16), option: NONE[version] };
    const known = new Map<string, Target>();
    const { interfaces } = this.#policy;
    const devices = interfaces.some(({ device }) => device !== null) ? [...DEVICES.keys()] : [0];
    const vlans = interfaces.some(({ vlan }) => vlan !== null) ? VLANS : VLANS.slice(0, 1);
    const tried = [...addresses].flatMap(([text, destination]) =>
      devices.flatMap((device) => vlans.map((vlan) => ({ text, target: { destination, device, vlan }, sent }))),
    );
    this.#judged(tried, (row) => {
      const { interface: index, reason } = this.#judge.kernel.verdict(row);
      const { text, target } = tried[this.#from + row]!;
      const key = `${text} ${index}`;
      if (index !== null && reasonName(reason) !== "WRONG_INTERFACE" && !known.has(key)) known.set(key, target);
    });
    return [...known.values()];
  }

  // An address of each template that somebody sends by: around the ends of every prefix and of every special block.
  #senders(version: Version, target: Target): Map<number, Uint8Array> {
    const octets = version === 4 ? 4 : 16;
    const ends = [
      ...this.#policy.hosts
        .filter(({ address }) => address.length === octets || version === 6)
        .flatMap(({ address, prefix }) => [address, lastOf({ address, length: prefix })]),
      ...(version === 4 ? [Uint8Array.of(224, 0, 0, 0), Uint8Array.of(255, 255, 255, 255)] : []),
      ...(version === 6 ? [Uint8Array.of(0xff, ...new Array<number>(15).fill(0)), mapped(new Uint8Array(4))] : []),
      ...(version === 6 ? [mapped(new Uint8Array(4).fill(255))] : []),
    ].map((address) => (version === 6 && address.length === 4 ? mapped(address) : address));
    const around = ends.flatMap((address) => [address, moved(address, 1), moved(address, -1)]);
    const found = new Map<number, Uint8Array>();
    const option = NONE[version];
    const tried = around.map((source) => ({ target, sent: { source, option } }));
    this.#judged(tried, (row) => {
      const { template } = this.#judge.kernel.verdict(row);
      if (template !== null && !found.has(template)) found.set(template, around[this.#from + row]!);
    });
    return found;
  }

  // What gets past step 7, one packet for each label and kind of sender.
  #said(version: Version, target: Target, senders: ReadonlyMap<number, Uint8Array>): Map<string, Said> {
    const known = this.#policy.dois.flatMap((doi) => LABELS.get(doi)!);
    const options = [NONE[version], ...known, ...RIPSO].filter((option) => option.version === version);
    const tried = [...senders].flatMap(([template, source]) =>
      options.map((option) => ({ template, target, sent: { source, option } })),
    );
    const said = new Map<string, Said>();
    const { kernel } = this.#judge;
    this.#judged(tried, (row) => {
      const { template, sent } = tried[this.#from + row]!;
      const { option } = sent;
      if (BEFORE_STEP_8.has(reasonName(kernel.verdict(row).reason))) return;
      const ripso = option.ripso === undefined ? undefined : this.#policy.ripso.labels.get(option.ripso);
      const label =
        ripso === undefined
          ? this.#judge.verdict(frames.batch, this.#from, row, null).label
          : translate(ripso, this.#policy.translations);
      const key = `${this.#policy.templates[template]!.type === "unlabelled" ? "u" : "l"} ${keyOf(label!)}`;
      const known = said.get(key) ?? { ...sent, withoutLabel: [] };
      said.set(key, option.octets.length > 0 ? known : { ...known, withoutLabel: [...known.withoutLabel, template] });
    });
    return said;
  }

  // Every range of the policy at its ends, and what it does not name.
  #ports(version: Version): { protocol: number; port: number }[] {
    const ranges = this.#policy.partitions.flatMap(({ bindings, multilevelPorts, privateMultilevelPorts }) => [
      ...multilevelPorts,
      ...privateMultilevelPorts,
      ...(bindings ?? []).flatMap(({ ports }) => ports ?? []),
    ]);
    const all = [
      ...ranges.flatMap(({ protocol, first, last }) =>
        first === last
          ? [[protocol, first]]
          : [
              [protocol, PORT_PROTOCOLS.has(protocol) ? first : 0],
              [protocol, last],
            ],
      ),
      ...[1, 58, 50].map((protocol) => [protocol, 0]),
      ...[6, 17].map((protocol) => [protocol, 30_000]),
    ];
    const distinct = new Map(
      all.map(([protocol, port]) => {
        const own = PORT_PROTOCOLS.has(protocol!) ? port! : 0;
        return [protocol! * 65_536 + own, { protocol: protocol!, port: own }];
      }),
    );
    return [...distinct.values()].filter(({ protocol }) => version === 4 || protocol !== 51);
  }
}

interface Said extends Sent {
  /** Templates whose senders get this label without one. */
  readonly withoutLabel: readonly number[];
}

const CONTROL: Readonly<Record<Version, readonly Control[]>> = {
  4: [
    { protocol: 1, type: 9, ttl: 64 },
    { protocol: 2, type: 0x16, ttl: 1 },
  ],
  6: [{ protocol: 58, type: 135, ttl: 255 }],
};

const BEFORE_STEP_8: ReadonlySet<string> = new Set([
  "NO_TEMPLATE",
  "LABEL_REQUIRED",
  "SENDER_NOT_ACCREDITED",
  "LABEL_NOT_MAPPED",
  "RIPSO_NOT_MAPPED",
  "CIPSO_DOI_UNKNOWN",
  "CALIPSO_DOI_UNKNOWN",
]);

function mapped(address: Uint8Array): Uint8Array {
  return Uint8Array.of(...new Array<number>(10).fill(0), 255, 255, ...address);
}

// The address behind or before, around the end of all.
function moved(address: Uint8Array, step: 1 | -1): Uint8Array {
  const next = Uint8Array.from(address);
  for (let i = next.length - 1; i >= 0; i--) {
    const value = next[i]! + step;
    next[i] = value & 255;
    if (value >= 0 && value <= 255) break;
  }
  return next;
}
