// Small policies for the audit: a lattice that can be enumerated, every feature with good probability. What conflicts is
// left out by readPolicy. Random numbers are a generator's of its own, so that ten thousand policies cost little.
import type { BindingInput, PartitionInput, PolicyInput, TemplateInput } from "../../ts/policy/input.ts";

/** A stream of random numbers from 0 to below 1 (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Levels and categories of the lattice. */
export const LEVELS: readonly number[] = [0, 1, 2];
export const CATEGORIES: readonly number[] = [0, 1, 2];
/** Our DOI, and one whose labels are mapped. */
export const OURS = 16;
export const THEIRS = 8;

const PORTS = ["80/tcp", "81-82/tcp", "53/udp", "9/sctp", "*/icmp", "*/icmpv6", "*/47", "*/51", "*/igmp"];
const MULTILEVEL = ["80/tcp", "81/tcp", "82-83/tcp", "53/udp", "54/udp", "9/sctp"];
const LOWER = ["1000/udp", "1001/tcp", "1002-1003/udp", "1003/sctp", "81/udp"];
const ADDRESSES = ["192.0.2.1/24", "192.0.2.2", "192.0.2.66/26", "198.51.100.1/30", "2001:db8::1", "2001:db8::2"];
const GROUPS = ["224.0.0.5", "239.1.1.1", "ff02::5", "224.0.0.1"];
const PREFIXES = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.0.0.0/9",
  "10.128.0.0/9",
  "10.1.0.0/16",
  "10.1.2.3",
  "224.0.0.0/4",
  "::/0",
  "2001:db8:1::/48",
  "2001:db8:1::/49",
  "2001:db8:1:8000::/49",
  "::fffe:0:0/95",
  "::fffe:0:0/96",
  "fe80::/10",
  "ff00::/8",
];

class Draw {
  readonly #random: () => number;
  constructor(random: () => number) {
    this.#random = random;
  }
  chance(probability: number): boolean {
    return this.#random() < probability;
  }
  below(count: number): number {
    return Math.floor(this.#random() * count);
  }
  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
  some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.chance(probability));
  }
  label(): string {
    const categories = this.some(CATEGORIES, 0.4);
    return `${this.one(LEVELS)}${categories.length === 0 ? "" : `:${categories.join()}`}`;
  }
  range(wide: number): [string, string] {
    const low = this.chance(wide) ? [] : this.some(CATEGORIES, 0.15);
    const high = this.chance(wide) ? CATEGORIES : [...new Set([...low, ...this.some(CATEGORIES, 0.6)])].sort();
    const from = this.chance(wide) ? 0 : this.one([0, 0, 1]);
    const to = Math.max(from, this.chance(wide) ? 2 : this.one(LEVELS));
    const text = (level: number, categories: readonly number[]): string =>
      `${level}${categories.length === 0 ? "" : `:${categories.join()}`}`;
    return [text(from, low), text(to, high)];
  }
}

/** A policy as written; it may have problems. */
export function auditedPolicy(random: () => number): PolicyInput {
  const draw = new Draw(random);
  const names = ["a", "b", "c", "d"].slice(0, 1 + draw.below(4));
  const pool = draw.some(ADDRESSES, 0.5);
  const count = 1 + (draw.chance(0.5) ? 1 : 0) + (draw.chance(0.2) ? 1 : 0);
  const devices = draw.chance(0.4);
  const vlans = draw.chance(0.4);
  const wide = draw.one([0.3, 0.9, 0.9]);
  const owned = draw.chance(0.6) ? 0.4 : 0;
  const interfaces = Array.from({ length: count }, (_, i) => ({
    name: `net${i}`,
    ...(devices && draw.chance(0.7) ? { device: `eth${draw.below(2)}` } : {}),
    ...(vlans && draw.chance(0.7) ? { vlan: draw.one([0, 5, 6]) } : {}),
    addresses: pool
      .filter((_, j) => j % count === i)
      .map((address) => (draw.chance(owned) ? { address, partition: draw.one(names) } : address)),
    ...(draw.chance(0.9) ? { range: draw.range(wide) } : {}),
    ...(draw.chance(0.03) ? { doi: THEIRS } : {}),
  }));
  const mapped = draw.chance(0.3);
  const free = [...MULTILEVEL];
  const taken = (): string[] => (draw.chance(0.3) ? free.splice(draw.below(free.length), 1) : []);
  const labels = new Set<string>();
  const lower = [...LOWER];
  const partitions = names.map((name): PartitionInput => {
    const shared = !draw.chance(0.25);
    let label = draw.label();
    while (shared && labels.has(label)) label = draw.label();
    labels.add(label);
    const mayBind = interfaces.flatMap(({ addresses }) =>
      addresses.flatMap((entry) =>
        typeof entry === "string" ? (shared ? [entry] : []) : entry.partition === name ? [entry.address] : [],
      ),
    );
    return {
      name,
      label,
      ...(draw.chance(0.05) ? { doi: THEIRS } : {}),
      ...(shared ? {} : { shared }),
      ...bindingsOf(draw, mayBind, shared ? lower : []),
      ...(shared ? { multilevelPorts: taken() } : {}),
      ...(draw.chance(0.3) ? { privateMultilevelPorts: [draw.one(MULTILEVEL)] } : {}),
      ...(draw.chance(0.25) ? { icmp: "range" as const } : {}),
      groups: draw
        .some(GROUPS, 0.2)
        .map((address) => (draw.chance(0.3) ? { address, interface: draw.one(interfaces).name } : address)),
    };
  });
  const templates = Object.fromEntries(
    ["t", "u", "v"].map((name) => [name, templateOf(draw, mapped && draw.chance(0.6), wide)]),
  );
  const hosts = [
    ...new Set([draw.one(PREFIXES.slice(0, 2)), draw.one(PREFIXES.slice(7, 9)), ...draw.some(PREFIXES, 0.3)]),
  ].map((prefix) => [prefix, draw.one(["t", "u", "v"])] as const);
  return {
    doi: OURS,
    ...(draw.chance(0.1) ? { profile: "linux" as const } : {}),
    ...(draw.chance(0.5) ? { checksum: "verify" as const } : {}),
    ...(mapped ? { dois: { [THEIRS]: mapping(draw) } } : {}),
    ...(draw.chance(0.3) ? { ripso: ripsoOf(draw, mapped) } : {}),
    interfaces,
    partitions,
    ...(draw.chance(0.4) ? { control: draw.one(names) } : {}),
    templates,
    hosts: Object.fromEntries(hosts),
  };
}

function bindingsOf(draw: Draw, pool: readonly string[], lower: string[]): { bindings?: BindingInput[] } {
  if (draw.chance(0.35)) return {};
  const bindings: BindingInput[] = [];
  const address = (): { address?: string } => {
    return pool.length > 0 && draw.chance(0.3) ? { address: draw.one(pool).replace(/\/\d+/, "") } : {};
  };
  const left = [...PORTS];
  for (const name of ["p", "q"]) {
    if (draw.chance(0.6)) bindings.push({ name, ports: left.splice(draw.below(left.length - 1), 2), ...address() });
  }
  if (lower.length > 0 && draw.chance(0.4)) {
    const ports = lower.splice(draw.below(lower.length), 1);
    bindings.push({ name: "low", ports, acceptLower: true, ...address() });
  }
  if (draw.chance(0.3)) bindings.push({ name: "rest", ...address() });
  return { bindings };
}

function templateOf(draw: Draw, mapped: boolean, wide: number): TemplateInput {
  const doi = mapped ? { doi: THEIRS } : {};
  if (draw.chance(0.4)) return { type: "unlabelled", ...doi, label: draw.label() };
  const set = draw.chance(0.4) ? [draw.label(), draw.label()] : [];
  if (set.length > 0 && draw.chance(0.4)) return { type: "labelled", ...doi, set };
  return { type: "labelled", ...doi, range: draw.range(wide), set };
}

function mapping(draw: Draw): NonNullable<PolicyInput["dois"]>[string] {
  if (draw.chance(0.3)) return { mode: "pass", to: OURS };
  const shuffled = (): number[] => [...LEVELS].sort(() => (draw.chance(0.5) ? 1 : -1));
  const table = (): Record<string, number> => {
    const to = shuffled();
    return Object.fromEntries(LEVELS.flatMap((from) => (draw.chance(0.9) ? [[from, to[from]!]] : [])));
  };
  return { mode: "translate", levels: table(), categories: table() };
}

function ripsoOf(draw: Draw, mapped: boolean): NonNullable<PolicyInput["ripso"]> {
  if (draw.chance(0.2)) return { mode: "ignore" };
  return {
    mode: "map",
    ...(mapped && draw.chance(0.5) ? { doi: THEIRS } : {}),
    levels: { SECRET: draw.one(LEVELS), UNCLASSIFIED: draw.one(LEVELS) },
    authorities: { NONE: draw.some(CATEGORIES, 0.3), GENSER: draw.some(CATEGORIES, 0.5) },
  };
}
