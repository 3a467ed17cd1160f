// The policy of the mix: two interfaces with shared addresses, partitions with the first labels, and templates.
import { parseAddress } from "../../ts/address.ts";
import type { BindingInput, PartitionInput, PolicyInput, TemplateInput } from "../../ts/policy/input.ts";
import { type Labels, textOf } from "./labels.ts";
import { isUnlabelled, TEMPLATES } from "./senders.ts";

export const DOI = 16;
/** Ports that partitions bind, the most frequent first. */
export const PORTS: readonly number[] = [
  443, 80, 53, 22, 25, 123, 993, 5432, 3306, 389, 636, 587, 110, 143, 161, 5060, 6379, 8443, 514, 88,
];
/** Ports of the first partition, for every label. */
export const MULTILEVEL_PORTS: readonly number[] = [6000, 6001, 6002, 6003];
const OWNER = 1; // the partition, if there are so many, that owns an address

/** Destinations: shared addresses, one that a partition owns, and one of the network that is not ours. */
export const SHARED4: readonly Uint8Array[] = ["192.0.2.1", "203.0.113.1"].map(parseAddress);
export const SHARED6: readonly Uint8Array[] = ["2001:db8::1", "2001:db8:1::1"].map(parseAddress);
export const OWNED4: Uint8Array = parseAddress("192.0.2.2");
export const OWNED6: Uint8Array = parseAddress("2001:db8::2");
export const FOREIGN4: Uint8Array = parseAddress("192.0.2.9");
export const FOREIGN6: Uint8Array = parseAddress("2001:db8::9");

const EVERY = "0.991"; // categories of the longest bitmap
const RANGE = ["0", `235:${EVERY}`] as const; // of interfaces: the highest levels may not arrive
const WIDE = ["0", `255:${EVERY}`] as const;
const NARROW = ["0", `120:${EVERY}`] as const;
const NARROWS = 8; // one of so many labelled templates: low levels, and the labels of a set
const SET = 24;

export function policyOf(labels: Labels, partitions: number, hosts: PolicyInput["hosts"]): PolicyInput {
  const owner = `p${Math.min(OWNER, partitions - 1)}`;
  const owned = (address: string) => ({ address, partition: owner });
  return {
    doi: DOI,
    ripso: {
      mode: "map",
      levels: { UNCLASSIFIED: 1, CONFIDENTIAL: 2, SECRET: 3 },
      authorities: { NONE: [], GENSER: [1], "GENSER+NSA": [1, 2] },
    },
    interfaces: [
      { name: "net0", addresses: ["192.0.2.1", owned("192.0.2.2"), "2001:db8::1", owned("2001:db8::2")], range: RANGE },
      { name: "net1", addresses: ["203.0.113.1", "2001:db8:1::1"], range: RANGE },
    ],
    partitions: Array.from({ length: partitions }, (_, i) => partitionOf(i, textOf(labels, i))),
    control: "p0",
    templates: Object.fromEntries(
      Array.from({ length: TEMPLATES }, (_, i) => [`t${i}`, templateOf(i, labels, partitions)]),
    ),
    hosts,
  };
}

function partitionOf(i: number, label: string): PartitionInput {
  const partition = {
    name: `p${i}`,
    label,
    ...(i === 0 && { multilevelPorts: ports(MULTILEVEL_PORTS, "tcp", "udp") }),
  };
  const bindings = bindingsOf(i);
  return bindings === null ? partition : { ...partition, bindings };
}

function bindingsOf(i: number): BindingInput[] | null {
  const web = { name: "web", ports: ports([80, 443, 8443], "tcp", "udp") };
  const rest = { name: "rest" };
  switch (i % 4) {
    case 0:
      return null;
    case 1:
      return [web, rest];
    case 2:
      return [web, { name: "names", ports: ["53/udp", "53/tcp"], address: "192.0.2.1" }, rest];
    default: // ports only
      return [web, { name: "ports", ports: ports([53, 22, 25, 123, 993, 5432, 3306], "tcp", "udp") }];
  }
}

function ports(numbers: readonly number[], ...protocols: readonly string[]): string[] {
  return numbers.flatMap((number) => protocols.map((protocol) => `${number}/${protocol}`));
}

function templateOf(i: number, labels: Labels, partitions: number): TemplateInput {
  if (isUnlabelled(i)) return { type: "unlabelled", label: textOf(labels, i % partitions) };
  if (i % NARROWS !== 0) return { type: "labelled", range: WIDE };
  const set = Array.from({ length: Math.min(SET, labels.count) }, (_, j) => textOf(labels, j));
  return { type: "labelled", range: NARROW, set };
}
