// What a policy takes of the kernel's memory: its tables, which are compiled for policies of one size after the other.
import { TABLES_BASE } from "../ts/kernel.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { imageOf } from "./lanes/kernel.ts";
import { prefixes } from "./prefixes.ts";
import type { Growth, Memory } from "./result.ts";

const TEMPLATES = 16;
const SEED = 1;
const LEVELS = 256;

/** What there is more and more of. */
export interface Growing {
  readonly name: string;
  readonly note: string;
  readonly ats: readonly number[];
  readonly policy: (count: number) => PolicyInput;
}

const GROWING: readonly Growing[] = [
  {
    name: "host prefix",
    note: "half IPv4, half IPv6, lengths as in the Internet's routing tables; the first bring their roots",
    ats: [0, 1000, 10_000, 100_000, 1_000_000],
    policy: (count) => policyOf({ hosts: prefixes(count, "realistic", SEED) }),
  },
  {
    name: "partition",
    note: "with a label of its own, without bindings",
    ats: [1, 10, 100, 1000, 10_000],
    policy: (count) => policyOf({ partitions: count }),
  },
  {
    name: "label",
    note: "in the set of one template, carried by no partition",
    ats: [1, 10, 100, 1000, 10_000],
    policy: (count) => policyOf({ set: count }),
  },
];

export function memoryOf(): Memory {
  return { fixed: TABLES_BASE, growths: GROWING.map(growthOf) };
}

/** Compiles policies of each size. */
export function growthOf({ name, note, ats, policy }: Growing): Growth {
  const octets = ats.map((at) => imageOf(policy(at)).tables.length);
  const points = ats.map((at, i) => ({
    at,
    octets: octets[i]!,
    each: i === 0 ? null : (octets[i]! - octets[i - 1]!) / (at - ats[i - 1]!),
  }));
  return { name, note, points };
}

function policyOf({
  hosts = [],
  partitions = 1,
  set = 0,
}: {
  readonly hosts?: readonly string[];
  readonly partitions?: number;
  readonly set?: number;
}): PolicyInput {
  return {
    doi: 16,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1", "2001:db8::1"] }],
    partitions: Array.from({ length: partitions }, (_, i) => ({ name: `p${i}`, label: labelOf(i) })),
    templates: Object.fromEntries(
      Array.from({ length: TEMPLATES }, (_, i) => [
        `t${i}`,
        {
          type: "labelled",
          range: ["0", `255:0.${i + 4}`],
          ...(i === 0 && set > 0 && { set: Array.from({ length: set }, (_, j) => labelOf(partitions + j)) }),
        } as const,
      ]),
    ),
    hosts: Object.fromEntries(hosts.map((prefix, i) => [prefix, `t${i % TEMPLATES}`])),
  };
}

/** Labels that differ by number. */
function labelOf(number: number): string {
  return `${number % LEVELS}:${Math.floor(number / LEVELS)}`;
}
