/**
 * From a {@link Policy} to the header and tables that the kernel reads (assembly/tables.ts). Done once; the result never
 * changes.
 *
 * @module
 */
import { NONE16, NONE32 } from "../../assembly/columns.ts";
import * as t from "../../assembly/tables.ts";
import { formatAddress } from "../address.ts";
import { encodeLabel } from "../block.ts";
import { formatLabel, type Label, type Range } from "../label.ts";
import { NO_NAMES } from "../names.ts";
import { translate } from "./dois.ts";
import { forestOf } from "./forest.ts";
import { groupsOf, type Members, membersIn } from "./groups.ts";
import { type Octets, orderOf, templateRanges, type ValueRanges } from "./hosts.ts";
import { membersBlock } from "./members.ts";
import type { Partition, Policy, PortRange, Profile, Translation } from "./model.ts";
import { RIPSO_LEVELS } from "./ripso.ts";
import { CACHE_LINE, TableWriter } from "./tables.ts";
import { treeOf } from "./tree.ts";

/** Reasons there is room to count. */
export const REASON_CODES = 256;

/**
 * Octets of bits for what labels are within: beyond, labels are compared for each packet. A million octets take the kernel
 * up to a second to fill.
 */
export const MAX_GRANTS = 262_144;

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
  /** Names of the devices of interfaces, numbered from 1 (P-01). */
  readonly devices: readonly string[];
}

/** Compiles a policy for tables at the address `base`, a multiple of {@link CACHE_LINE}. */
export function compilePolicy(policy: Policy, base: number): PolicyImage {
  return new Compiler(policy, base).compile();
}

/** Header and tables for reading frames without a policy. `dois` are those that are known, `null`: every one but 0. */
export function compileReader(
  { profile, dois }: { readonly profile: Profile; readonly dois: readonly number[] | null },
  base: number,
): Pick<PolicyImage, "header" | "tables" | "devices"> {
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
    live: null,
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

/** Ports and what they lead to: a PORT row. */
interface PortRow {
  readonly range: PortRange;
  /** Number of the address, or NONE16: any. */
  readonly address: number;
  readonly target: number;
  readonly partition?: number;
}

function devicesOf({ interfaces }: Policy): string[] {
  return [...new Set(interfaces.flatMap(({ device }) => (device === null ? [] : [device])))];
}

// Bits of the ports that anything in the policy names.
function namedPorts(partitions: readonly Partition[]): Uint8Array {
  const bits = new Uint8Array(t.NAMED_PORTS / 8);
  const ranges = partitions.flatMap(({ bindings, multilevelPorts, privateMultilevelPorts }) => [
    ...(bindings ?? []).flatMap(({ ports }) => ports ?? []),
    ...multilevelPorts,
    ...privateMultilevelPorts,
  ]);
  for (const { first, last } of ranges) {
    for (let port = first; port <= Math.min(last, first + t.NAMED_PORTS - 1); port++) {
      bits[(port % t.NAMED_PORTS) >> 3]! |= 1 << (port & 7);
    }
  }
  return bits;
}

// Not yet known: categories are below 2048.
const NO_MOVE = 0x7ffe;

// A DOI MAP.
function mapTable({ to, levels, categories }: Translation): Uint8Array {
  if (levels === null || categories === null) return new Uint8Array(Uint32Array.of(to, 0).buffer);
  const table = new DataView(new ArrayBuffer(t.MAP_SIZE));
  new Uint8Array(table.buffer).fill(0xff);
  table.setUint32(t.MAP_TO, to, true);
  table.setUint32(t.MAP_RENUMBERS, 1, true);
  for (const [theirs, ours] of levels) table.setUint16(t.MAP_LEVELS + theirs * 2, ours, true);
  new Uint8Array(table.buffer, t.MAP_KNOWN, t.BITMAP_CATEGORIES / 8).fill(0);
  new Int16Array(table.buffer, t.MAP_WORD_MOVES, (t.MAP_SIZE - t.MAP_WORD_MOVES) / 2).fill(NO_MOVE);
  for (const [theirs, ours] of categories) {
    table.setUint16(t.MAP_CATEGORIES + theirs * 2, ours, true);
    const known = t.MAP_KNOWN + (theirs >> 3);
    table.setUint8(known, table.getUint8(known) | (0x80 >> (theirs & 7)));
    for (const move of [t.MAP_WORD_MOVES + (theirs >> 6) * 2, t.MAP_OCTET_MOVES + (theirs >> 3) * 2]) {
      const before = table.getInt16(move, true);
      const together = before === NO_MOVE || before === ours - theirs;
      table.setInt16(move, together ? ours - theirs : t.MOVE_APART, true);
    }
  }
  return new Uint8Array(table.buffer);
}

class Compiler {
  readonly #policy: Policy;
  readonly #tables: TableWriter;
  readonly #header = new DataView(new ArrayBuffer(t.HEADER_SIZE));
  readonly #labels: Label[] = [];
  readonly #blocks: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #addressNumbers = new Map<string, number>();
  /** Where blocks of members are, by their lists. */
  readonly #sharedMembers = new Map<readonly number[], number>();
  readonly #listedMembers = new Map<readonly number[], number>();
  readonly #endpoints: Endpoint[] = [];
  readonly #devices: readonly string[];
  /** Bindings that take lower labels too. */
  readonly #lower: PortRow[] = [];

  constructor(policy: Policy, base: number) {
    this.#policy = policy;
    this.#devices = devicesOf(policy);
    this.#tables = new TableWriter(base);
  }

  compile(): PolicyImage {
    const policy = this.#policy;
    const linux = policy.profile === "linux";
    this.#set(
      t.HEADER_FLAGS,
      (linux ? t.FLAG_LINUX : 0) |
        (policy.verifyChecksum ? t.FLAG_CHECKSUM : 0) |
        (!linux && policy.ripso.mode !== "ignore" ? t.FLAG_RIPSO : 0) |
        (policy.translations.size > 0 ? t.FLAG_MAPS : 0),
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
      devices: this.#devices,
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
    const { dois, translations } = this.#policy;
    const maps = dois.map((doi) => {
      const translation = translations.get(doi);
      return translation === undefined ? 0 : this.#tables.append(mapTable(translation));
    });
    this.#set(t.HEADER_DOIS, this.#u32s(dois));
    this.#set(t.HEADER_DOI_COUNT, dois.length);
    this.#set(t.HEADER_DOI_MAPS, this.#u32s(maps));
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
      // A verdict shows the label that it stands for by its number: the packet does not hold it.
      const counterpart = translate(label, this.#policy.translations);
      if (counterpart !== null) this.#label(counterpart);
    }
    this.#set(t.HEADER_RIPSO, this.#tables.append(mapped));
  }

  #writeAddresses(): void {
    const own = this.#policy.interfaces.flatMap(({ addresses }, i) =>
      addresses.map((entry, j) => ({ ...entry, interface: i, number: j, members: null as Members | null })),
    );
    own.forEach((entry, number) => {
      entry.number = number;
      this.#addressNumbers.set(formatAddress(entry.address), number);
    });
    const groups = groupsOf(this.#policy).map((group) => ({ ...group, owner: null, number: NONE16 }));
    const all = [...own, ...groups];
    const rows = new DataView(new ArrayBuffer(all.length * t.ADDRESS_SIZE));
    all.forEach((entry, i) => {
      const at = i * t.ADDRESS_SIZE;
      new Uint8Array(rows.buffer).set(entry.address, at + t.ADDRESS_OCTETS);
      rows.setUint8(at + t.ADDRESS_VERSION, entry.address.length === 4 ? 4 : 6);
      rows.setUint16(at + t.ADDRESS_INTERFACE, entry.interface, true);
      rows.setUint16(at + t.ADDRESS_OWNER, entry.owner ?? NONE16, true);
      rows.setUint16(at + t.ADDRESS_NUMBER, entry.number, true);
      rows.setUint32(at + t.ADDRESS_MEMBERS, entry.members === null ? 0 : this.#members(entry.members), true);
    });
    const slots = slotsFor(all.length);
    this.#set(t.HEADER_ADDRESSES, this.#tables.append(rows));
    this.#set(t.HEADER_ADDRESS_COUNT, all.length);
    this.#set(t.HEADER_ADDRESS_SLOTS, this.#tables.append(new Uint16Array(slots)));
    this.#set(t.HEADER_ADDRESS_MASK, slots - 1);
  }

  // Groups that were joined on any interface have one list: one block does for all of them.
  #members(members: Members): number {
    const blocks = members.shared ? this.#sharedMembers : this.#listedMembers;
    const known = blocks.get(members.list);
    if (known !== undefined) return known;
    const labelOf = (index: number): number => this.#label(this.#policy.partitions[index]!.label);
    const at = this.#tables.append(membersBlock(members, this.#policy, labelOf));
    blocks.set(members.list, at);
    return at;
  }

  #writeInterfaces(): void {
    const { interfaces } = this.#policy;
    const membersOf = membersIn(this.#policy);
    const devices = new Map(this.#devices.map((device, i) => [device, i + 1]));
    const rows = interfaces.flatMap(({ device, vlan, range, addresses }) => [
      ...this.#range(range),
      device === null ? 0 : devices.get(device)!,
      vlan ?? NONE32,
      this.#members(membersOf(addresses)),
    ]);
    this.#set(t.HEADER_INTERFACES, this.#u32s(rows));
    this.#set(t.HEADER_INTERFACE_COUNT, interfaces.length);
  }

  #writeHosts(): void {
    const { hosts } = this.#policy;
    const family = (octets: Octets): ValueRanges => templateRanges(orderOf(hosts, octets));
    const hosts4 = family(4);
    if (hosts4.starts.length > 0) this.#set(t.HEADER_HOSTS4, this.#tables.append(forestOf(hosts4), CACHE_LINE));
    const { levels, values, lows } = treeOf(family(16));
    this.#set(t.HEADER_HOSTS6, this.#u32s(levels.map((level) => this.#tables.append(level, CACHE_LINE))));
    this.#set(t.HEADER_HOSTS6_LEVELS, levels.length);
    this.#set(t.HEADER_HOSTS6_VALUES, this.#tables.append(values));
    this.#set(t.HEADER_HOSTS6_LOWS, this.#tables.append(lows));
  }

  #writeTemplates(): void {
    const rows = this.#policy.templates.flatMap((template) => {
      if (template.type === "unlabelled") {
        const counterpart = translate(template.label, this.#policy.translations)!;
        return [0, 0, 0, this.#label(template.label), 0, 0, this.#label(counterpart)];
      }
      const set = [...new Set(template.set.map((label) => this.#label(label)))].sort((a, b) => a - b);
      return [1, ...this.#range(template.range), NONE32, this.#u32s(set), set.length, NONE32];
    });
    this.#set(t.HEADER_TEMPLATES, this.#u32s(rows));
    this.#set(t.HEADER_TEMPLATE_COUNT, this.#policy.templates.length);
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
    this.#set(t.HEADER_LOWER, this.#ports(this.#lower));
    this.#set(t.HEADER_LOWER_COUNT, this.#lower.length);
    this.#set(t.HEADER_NAMED, this.#tables.append(namedPorts(partitions)));
  }

  // A PARTITION row.
  #partition(partition: Partition, index: number): number[] {
    const { label, bindings, shared, icmp, privateMultilevelPorts } = partition;
    const endpoint = this.#endpoints.length;
    this.#endpoints.push({ partition: index, binding: null });
    const ports = (bindings ?? []).flatMap(({ address, ports, acceptLower }, i) => {
      const target = this.#endpoints.push({ partition: index, binding: i }) - 1;
      const number = address === null ? NONE16 : this.#addressNumbers.get(formatAddress(address))!;
      const rows = (ports ?? [{ protocol: 0, first: 0, last: 0xffff }]).map((range) => ({
        range,
        address: number,
        target,
      }));
      if (acceptLower) this.#lower.push(...rows.map((row) => ({ ...row, partition: index })));
      return rows;
    });
    const multilevel = privateMultilevelPorts.map((range) => ({ range, address: NONE16, target: index }));
    const rest = ports.find(({ range, address }) => range.protocol === 0 && address === NONE16);
    const addressed = ports.some(({ address }) => address !== NONE16);
    return [
      this.#label(label),
      endpoint,
      bindings === null ? 1 : 0,
      this.#ports(ports),
      ports.length,
      this.#ports(multilevel),
      multilevel.length,
      (shared ? t.PARTITION_SHARED : 0) |
        (icmp === "range" ? t.PARTITION_ICMP : 0) |
        (addressed ? t.PARTITION_ADDRESSED : 0),
      rest?.target ?? NONE32,
    ];
  }

  // PORT rows, sorted by (protocol, address, first).
  #ports(rows: readonly PortRow[]): number {
    const sorted = [...rows].sort(
      (a, b) => a.range.protocol - b.range.protocol || a.address - b.address || a.range.first - b.range.first,
    );
    const table = new DataView(new ArrayBuffer(sorted.length * t.PORT_SIZE));
    sorted.forEach(({ range, address, target, partition = 0 }, i) => {
      const at = i * t.PORT_SIZE;
      table.setUint16(at + t.PORT_LAST, range.last, true);
      table.setUint16(at + t.PORT_FIRST, range.first, true);
      table.setUint16(at + t.PORT_ADDRESS, address, true);
      table.setUint16(at + t.PORT_PROTOCOL, range.protocol, true);
      table.setUint32(at + t.PORT_TARGET, target, true);
      table.setUint32(at + t.PORT_PARTITION, partition, true);
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
    this.#set(t.HEADER_LABEL_SLOTS, this.#tables.append(new Uint8Array(slots * t.LABEL_SLOT_SIZE)));
    this.#set(t.HEADER_LABEL_MASK, slots - 1);
    this.#set(t.HEADER_LABEL_PARTITIONS, this.#tables.append(partitions));
    const octets = Math.ceil((this.#policy.templates.length + this.#policy.interfaces.length) / 8);
    if (octets * this.#labels.length > MAX_GRANTS) return;
    this.#set(t.HEADER_GRANTS, this.#tables.append(new Uint8Array(octets * this.#labels.length)));
    this.#set(t.HEADER_GRANT_OCTETS, octets);
  }

  // What the kernel and the classifier write to while they run.
  #writeState(): void {
    const endpoints = this.#endpoints.length;
    this.#set(t.HEADER_SLOTS, this.#tables.append(new Uint32Array(endpoints)));
    this.#set(t.HEADER_SLOT_GROUPS, this.#tables.append(new Uint32Array(endpoints + FIRST_SINK_SLOT)));
    this.#set(t.HEADER_ENDPOINT_COUNTERS, this.#tables.append(new Uint8Array(endpoints * t.COUNTER_SIZE)));
    this.#set(t.HEADER_REASON_COUNTERS, this.#tables.append(new Uint8Array(REASON_CODES * t.COUNTER_SIZE)));
  }
}

/** Slot 0 is the drops, slot 1 the frames that no sink takes; sinks have the others. */
export const DROP_SLOT = 0;
export const UNCLAIMED_SLOT = 1;
export const FIRST_SINK_SLOT = 2;

// Hash slots for so many entries: a power of two, at least half of them free, and of a small table more: it stays in the
// caches, and searches that mostly end at their first slot are foreseen by the processor.
function slotsFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, 1) * (count <= SMALL_TABLE ? 8 : 2)));
}

const SMALL_TABLE = 256;
