/**
 * From a {@link Policy} to the header and tables that the kernel reads (assembly/tables.ts). Done once; the result never
 * changes.
 *
 * @module
 */
import { NONE16, NONE32 } from "../../assembly/columns.ts";
import * as t from "../../assembly/tables.ts";
import { broadcastOf, formatAddress } from "../address.ts";
import { encodeLabel } from "../block.ts";
import { formatLabel, type Label, type Range } from "../label.ts";
import { NO_NAMES } from "../names.ts";
import { rangesOf, trieOf } from "./hosts.ts";
import type { HostPrefix, Partition, Policy, PortRange, Profile } from "./model.ts";
import { RIPSO_LEVELS } from "./ripso.ts";
import { TableWriter } from "./tables.ts";

/** Reasons there is room to count. */
const REASONS = 256;

/** Where frames are delivered: a partition, or one of its bindings. */
export interface Endpoint {
  readonly partition: number;
  /** Index in the partition's bindings; `null`: the partition itself. */
  readonly binding: number | null;
}

/** A policy, ready for the kernel. */
export interface PolicyImage {
  readonly header: Uint8Array;
  /** To be placed at the base they were compiled for. */
  readonly tables: Uint8Array;
  /** The policy's labels by the number that verdicts give. */
  readonly labels: readonly Label[];
  /** By the number that verdicts give. */
  readonly endpoints: readonly Endpoint[];
}

/** Compiles a policy for tables at the address `base`, a multiple of 8. */
export function compilePolicy(policy: Policy, base: number): PolicyImage {
  return new Compiler(policy, base).compile();
}

/** Header and tables for reading frames without a policy. `dois` are those that are known, `null`: every one but 0. */
export function compileReader(
  { profile, dois }: { readonly profile: Profile; readonly dois: readonly number[] | null },
  base: number,
): Pick<PolicyImage, "header" | "tables"> {
  const policy: Policy = {
    profile,
    verifyChecksum: false,
    names: NO_NAMES,
    dois: [...new Set(dois)].sort((a, b) => a - b),
    translations: new Map(),
    ripso: { mode: "drop", labels: new Map(), formats: [] },
    interfaces: [],
    partitions: [],
    control: null,
    templates: [],
    hosts: [],
  };
  const image = compilePolicy(policy, base);
  const header = new DataView(image.header.buffer);
  if (dois === null) header.setUint32(t.HEADER_FLAGS, header.getUint32(t.HEADER_FLAGS, true) | t.FLAG_ANY_DOI, true);
  return image;
}

// Verdicts hand it out: a caller that changed it would change every later verdict.
function frozen({ doi, level, categories }: Label): Label {
  return Object.freeze({
    doi,
    level,
    categories: Object.freeze(categories.map((run) => Object.freeze([...run] as const))),
  });
}

class Compiler {
  readonly #policy: Policy;
  readonly #tables: TableWriter;
  readonly #header = new DataView(new ArrayBuffer(t.HEADER_SIZE));
  readonly #labels: Label[] = [];
  readonly #blocks: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #addressNumbers = new Map<string, number>();
  readonly #endpoints: Endpoint[] = [];

  constructor(policy: Policy, base: number) {
    this.#policy = policy;
    this.#tables = new TableWriter(base);
  }

  compile(): PolicyImage {
    const policy = this.#policy;
    const linux = policy.profile === "linux";
    this.#set(
      t.HEADER_FLAGS,
      (linux ? t.FLAG_LINUX : 0) |
        (policy.verifyChecksum ? t.FLAG_CHECKSUM : 0) |
        (!linux && policy.ripso.mode !== "ignore" ? t.FLAG_RIPSO : 0),
    );
    this.#writeDois();
    this.#writeRipso();
    this.#writeAddresses();
    this.#writeInterfaces();
    this.#writeHosts();
    this.#writeTemplates();
    this.#writePartitions();
    this.#writeLabels();
    this.#writeState();
    return {
      header: new Uint8Array(this.#header.buffer),
      tables: this.#tables.octets(),
      labels: this.#labels,
      endpoints: this.#endpoints,
    };
  }

  #set(field: number, value: number): void {
    this.#header.setUint32(field, value, true);
  }

  #u32s(values: readonly number[]): number {
    return this.#tables.append(Uint32Array.from(values));
  }

  // Equal labels have one number and one block.
  #label(label: Label): number {
    const key = `${label.doi} ${formatLabel(label)}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#labels.length;
      this.#numbers.set(key, number);
      this.#labels.push(frozen(label));
      this.#blocks.push(this.#tables.append(encodeLabel(label)));
    }
    return number;
  }

  #block(label: Label): number {
    return this.#blocks[this.#label(label)]!;
  }

  #range(range: Range | null): [low: number, high: number] {
    return range === null ? [0, 0] : [this.#block(range.low), this.#block(range.high)];
  }

  #writeDois(): void {
    this.#set(t.HEADER_DOIS, this.#u32s(this.#policy.dois));
    this.#set(t.HEADER_DOI_COUNT, this.#policy.dois.length);
  }

  #writeRipso(): void {
    const { labels, formats } = this.#policy.ripso;
    const accepted = new Uint8Array(32);
    for (const code of formats) accepted[code >> 3]! |= 1 << (code & 7);
    this.#set(t.HEADER_FORMATS, this.#tables.append(accepted));
    if (labels.size === 0) return;
    const levels = [...RIPSO_LEVELS.keys()];
    const mapped = new Uint32Array(levels.length * 32);
    for (const [key, label] of labels) {
      mapped[levels.indexOf(key >> 8) * 32 + ((key & 0xff) >> 3)] = this.#block(label);
    }
    this.#set(t.HEADER_RIPSO, this.#tables.append(mapped));
  }

  #writeAddresses(): void {
    const exact = this.#policy.interfaces.flatMap(({ addresses }, i) =>
      addresses.map((entry) => ({ ...entry, interface: i })),
    );
    const known = new Set(exact.map(({ address }) => formatAddress(address)));
    const broadcasts = exact.flatMap((entry) => {
      const address = broadcastOf(entry.address, entry.prefix);
      if (address === null || known.has(formatAddress(address))) return [];
      known.add(formatAddress(address));
      return [{ ...entry, address, owner: null }];
    });
    const rows = new DataView(new ArrayBuffer((exact.length + broadcasts.length) * t.ADDRESS_SIZE));
    [...exact, ...broadcasts].forEach((entry, i) => {
      const at = i * t.ADDRESS_SIZE;
      new Uint8Array(rows.buffer).set(entry.address, at + t.ADDRESS_OCTETS);
      rows.setUint8(at + t.ADDRESS_VERSION, entry.address.length === 4 ? 4 : 6);
      rows.setUint16(at + t.ADDRESS_INTERFACE, entry.interface, true);
      rows.setUint16(at + t.ADDRESS_OWNER, entry.owner ?? NONE16, true);
      rows.setUint16(at + t.ADDRESS_NUMBER, i < exact.length ? i : NONE16, true);
      if (i < exact.length) this.#addressNumbers.set(formatAddress(entry.address), i);
    });
    const count = exact.length + broadcasts.length;
    const slots = slotsFor(count);
    this.#set(t.HEADER_ADDRESSES, this.#tables.append(rows));
    this.#set(t.HEADER_ADDRESS_COUNT, count);
    this.#set(t.HEADER_ADDRESS_SLOTS, this.#tables.append(new Uint16Array(slots)));
    this.#set(t.HEADER_ADDRESS_MASK, slots - 1);
    this.#set(t.HEADER_GROUP_INTERFACE, this.#policy.interfaces.length === 1 ? 0 : NONE32);
  }

  #writeInterfaces(): void {
    this.#set(t.HEADER_INTERFACES, this.#u32s(this.#policy.interfaces.flatMap(({ range }) => this.#range(range))));
  }

  #writeHosts(): void {
    const family = (octets: number): HostPrefix[] =>
      this.#policy.hosts.filter(({ address }) => address.length === octets);
    const hosts4 = family(4);
    if (hosts4.length > 0) this.#set(t.HEADER_HOSTS4, this.#tables.append(trieOf(hosts4)));
    const ranges = rangesOf(family(16));
    const starts = new DataView(new ArrayBuffer(ranges.length * 16));
    ranges.forEach(({ start }, i) => {
      const octets = new DataView(start.buffer, start.byteOffset);
      starts.setBigUint64(i * 16, octets.getBigUint64(0), true);
      starts.setBigUint64(i * 16 + 8, octets.getBigUint64(8), true);
    });
    this.#set(t.HEADER_HOSTS6, this.#tables.append(starts));
    this.#set(t.HEADER_HOSTS6_VALUES, this.#u32s(ranges.map(({ host }) => (host === null ? 0 : host.template + 1))));
    this.#set(t.HEADER_HOSTS6_COUNT, ranges.length);
  }

  #writeTemplates(): void {
    const rows = this.#policy.templates.flatMap((template) => {
      if (template.type === "unlabelled") return [0, 0, 0, this.#label(template.label), 0, 0];
      const set = [...new Set(template.set.map((label) => this.#label(label)))].sort((a, b) => a - b);
      return [1, ...this.#range(template.range), NONE32, this.#u32s(set), set.length];
    });
    this.#set(t.HEADER_TEMPLATES, this.#u32s(rows));
  }

  #writePartitions(): void {
    const { partitions, control } = this.#policy;
    this.#set(t.HEADER_PARTITIONS, this.#u32s(partitions.flatMap((partition, i) => this.#partition(partition, i))));
    const shared = partitions.flatMap(({ shared, multilevelPorts }, i) =>
      shared ? multilevelPorts.map((range) => ({ range, address: NONE16, target: i })) : [],
    );
    this.#set(t.HEADER_MULTILEVEL, this.#ports(shared));
    this.#set(t.HEADER_MULTILEVEL_COUNT, shared.length);
    this.#set(t.HEADER_CONTROL, control ?? NONE32);
  }

  // A PARTITION row.
  #partition({ label, bindings, multilevelPorts }: Partition, index: number): number[] {
    const endpoint = this.#endpoints.length;
    this.#endpoints.push({ partition: index, binding: null });
    const ports = (bindings ?? []).flatMap(({ address, ports }, i) => {
      const target = this.#endpoints.push({ partition: index, binding: i }) - 1;
      const number = address === null ? NONE16 : this.#addressNumbers.get(formatAddress(address))!;
      return (ports ?? [{ protocol: 0, first: 0, last: 0xffff }]).map((range) => ({ range, address: number, target }));
    });
    const multilevel = multilevelPorts.map((range) => ({ range, address: NONE16, target: index }));
    return [
      this.#label(label),
      endpoint,
      bindings === null ? 1 : 0,
      this.#ports(ports),
      ports.length,
      this.#ports(multilevel),
      multilevel.length,
      0,
    ];
  }

  // PORT rows, sorted by (protocol, address, first).
  #ports(rows: readonly { readonly range: PortRange; readonly address: number; readonly target: number }[]): number {
    const sorted = [...rows].sort(
      (a, b) => a.range.protocol - b.range.protocol || a.address - b.address || a.range.first - b.range.first,
    );
    const table = new DataView(new ArrayBuffer(sorted.length * t.PORT_SIZE));
    sorted.forEach(({ range, address, target }, i) => {
      const at = i * t.PORT_SIZE;
      table.setUint16(at + t.PORT_LAST, range.last, true);
      table.setUint16(at + t.PORT_FIRST, range.first, true);
      table.setUint16(at + t.PORT_ADDRESS, address, true);
      table.setUint16(at + t.PORT_PROTOCOL, range.protocol, true);
      table.setUint32(at + t.PORT_TARGET, target, true);
    });
    return this.#tables.append(table);
  }

  // Last, when every label has its number.
  #writeLabels(): void {
    const partitions = new Uint16Array(this.#labels.length).fill(NONE16);
    this.#policy.partitions.forEach(({ label, shared }, i) => {
      if (shared) partitions[this.#label(label)] = i;
    });
    const slots = slotsFor(this.#labels.length);
    this.#set(t.HEADER_LABELS, this.#u32s(this.#blocks));
    this.#set(t.HEADER_LABEL_COUNT, this.#labels.length);
    this.#set(t.HEADER_LABEL_SLOTS, this.#tables.append(new Uint32Array(slots)));
    this.#set(t.HEADER_LABEL_MASK, slots - 1);
    this.#set(t.HEADER_LABEL_PARTITIONS, this.#tables.append(partitions));
  }

  // What the kernel and the classifier write to while they run.
  #writeState(): void {
    const endpoints = this.#endpoints.length;
    this.#set(t.HEADER_SLOTS, this.#tables.append(new Uint32Array(endpoints)));
    this.#set(t.HEADER_SLOT_GROUPS, this.#tables.append(new Uint32Array(endpoints + FIRST_SINK_SLOT)));
    this.#set(t.HEADER_ENDPOINT_COUNTERS, this.#tables.append(new Uint8Array(endpoints * t.COUNTER_SIZE)));
    this.#set(t.HEADER_REASON_COUNTERS, this.#tables.append(new Uint8Array(REASONS * t.COUNTER_SIZE)));
  }
}

/** Slot 0 is the drops, slot 1 the frames that no sink takes; sinks have the others. */
export const DROP_SLOT = 0;
export const UNCLAIMED_SLOT = 1;
export const FIRST_SINK_SLOT = 2;

// Hash slots for so many entries: a power of two, at least half of them free.
function slotsFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, 1) * 2));
}
