// Policies that use every feature and have no problem: built from pools that can't conflict.
import fc from "fast-check";
import { formatLabel, type Label } from "../../ts/label.ts";
import type { BindingInput, PartitionInput, PolicyInput, RipsoInput, TemplateInput } from "../../ts/policy/input.ts";
import { EVERYTHING, FAMILIAR, RANGES } from "./label.ts";

const text = (label: Label): string => formatLabel(label);

const WIDE = RANGES.slice(0, 3);

// Ports that never overlap: each is used by one binding of a partition at most.
const BOUND: readonly string[] = [
  "53/udp",
  "80/tcp",
  "443/tcp",
  "6000-6003/tcp",
  "8080/udp",
  "*/icmp",
  "*/58",
  "9/sctp",
];
const MULTILEVEL: readonly string[] = ["8080/tcp", "6000-6001/udp", "53/tcp", "9/136"];

const bindings: fc.Arbitrary<BindingInput[] | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant<BindingInput[]>([]) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.subarray([...BOUND]),
        fc.constantFrom(undefined, "192.0.2.1", "2001:db8::1"),
        fc.boolean(),
        fc.boolean(),
      )
      .map(([ports, address, rest, restHere]) => {
        const half = Math.ceil(ports.length / 2);
        const list: BindingInput[] = [{ name: "a", ports: ports.slice(0, half), address }];
        list.push({ name: "b", ports: ports.slice(half) });
        if (rest) list.push({ name: "rest" });
        if (restHere) list.push({ name: "here", address: "192.0.2.1" });
        return list;
      }),
  },
);

const template: fc.Arbitrary<TemplateInput> = fc.oneof(
  fc
    .constantFrom(...FAMILIAR)
    .map((label): TemplateInput => ({ type: "unlabelled", doi: label.doi, label: text(label) })),
  fc
    .tuple(
      fc.constantFrom(...RANGES, ...WIDE, ...WIDE),
      fc.subarray([...FAMILIAR, EVERYTHING], { maxLength: 3 }),
      fc.nat(3),
    )
    .map(([[doi, low, high], set, ranged]): TemplateInput => {
      const own = set.filter((label) => label.doi === doi).map(text);
      return ranged > 0 || own.length === 0
        ? { type: "labelled", doi, range: [low, high], set: own }
        : { type: "labelled", doi, set: own };
    }),
);

const PREFIXES: readonly string[] = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.1.2.3",
  "198.51.100.0/24",
  "198.51.100.128/25",
  "198.51.0.0/16",
  "203.0.113.8/30",
  "::/0",
  "2001:db8::/32",
  "2001:db8:1::/48",
  "2001:db8:2::8",
  "fe80::/10",
  "::",
];

/** A policy as written, without problems. */
export const policy: fc.Arbitrary<PolicyInput> = fc
  .record({
    profile: fc.constantFrom(undefined, undefined, "strict" as const, "linux" as const),
    checksum: fc.constantFrom(undefined, "ignore" as const, "verify" as const),
    ripso: fc.constantFrom<(RipsoInput | undefined)[]>(
      undefined,
      { mode: "ignore" },
      {
        mode: "map",
        levels: { SECRET: 5, Unclassified: 1 },
        authorities: { NONE: [], GENSER: [0, 2, 3, 4], "GENSER+NSA": [0] },
        formats: [5],
      },
    ),
    labels: fc.subarray([...FAMILIAR, EVERYTHING], { minLength: 5, maxLength: 9 }),
    bindings: fc.array(bindings, { minLength: 9, maxLength: 9 }),
    multilevel: fc.array(fc.subarray([...MULTILEVEL], { maxLength: 2 }), { minLength: 9, maxLength: 9 }),
    private: fc.boolean(),
    owned: fc.boolean(),
    range: fc.option(fc.constantFrom(...RANGES, ...WIDE, ...WIDE), { nil: undefined }),
    second: fc.boolean(),
    control: fc.boolean(),
    templates: fc.array(template, { minLength: 2, maxLength: 4 }),
    hosts: fc.subarray([...PREFIXES], { minLength: 6 }),
    trusting: fc.nat(3).map((draw) => draw > 0),
    choice: fc.array(fc.nat(3), { minLength: PREFIXES.length, maxLength: PREFIXES.length }),
  })
  .map((draw): PolicyInput => {
    const taken = new Set<string>();
    const partitions = draw.labels.map((label, i): PartitionInput => {
      const ports = draw.range === undefined ? [] : draw.multilevel[i]!.filter((port) => !taken.has(port));
      for (const port of ports) taken.add(port);
      return { name: `p${i}`, label: text(label), doi: label.doi, bindings: draw.bindings[i], multilevelPorts: ports };
    });
    const last = partitions.length - 1;
    const owner = `p${last}`;
    // The last one may keep off shared addresses; then it is bound to none of them.
    const keepsOff = draw.private && draw.owned;
    if (keepsOff) {
      const bindings = partitions[last]!.bindings?.filter(({ name }) => name !== "here");
      partitions[last] = {
        ...partitions[last]!,
        shared: false,
        bindings: bindings?.map((binding) => ({ ...binding, address: undefined })),
      };
    }
    const [doi, low, high] = draw.range ?? [undefined, "", ""];
    const range = draw.range === undefined ? {} : { doi, range: [low, high] as [string, string] };
    const owned = draw.owned
      ? [
          { address: "192.0.2.9", partition: owner },
          { address: "2001:db8::9", partition: owner },
        ]
      : [];
    const names = draw.templates.map((_, i) => `t${i}`);
    return {
      doi: 16,
      profile: draw.profile === "linux" && draw.ripso?.mode === "map" ? "strict" : draw.profile,
      checksum: draw.checksum,
      ripso: draw.ripso,
      interfaces: [
        { name: "net0", addresses: ["192.0.2.1/24", "2001:db8::1/64", ...owned], ...range },
        ...(draw.second ? [{ name: "net1", addresses: ["192.0.2.77"], ...range }] : []),
      ],
      partitions,
      control: draw.control ? "p0" : undefined,
      templates: {
        wide: { type: "labelled", doi: 16, range: ["0", "255:0.65534"] },
        ...Object.fromEntries(draw.templates.map((item, i) => [names[i]!, item])),
      },
      hosts: {
        ...Object.fromEntries(draw.hosts.map((prefix, i) => [prefix, names[draw.choice[i]! % names.length]!])),
        // Else little would come as far as a partition: most policies let the most frequent senders send what they like.
        ...(draw.trusting ? { "198.51.100.7": "wide", "10.1.2.3": "wide", "2001:db8:1::7": "wide" } : {}),
      },
    };
  });
