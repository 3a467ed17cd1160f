// Partitions of generated policies: on shared addresses each with its label, and off them.
import fc from "fast-check";
import { formatLabel, type Label } from "../../ts/label.ts";
import type { BindingInput, PartitionInput } from "../../ts/policy/input.ts";
import { GROUPS4, GROUPS6, OWNED4, OWNED6, SHARED4, SHARED6 } from "./addresses.ts";
import { EVERYTHING, FAMILIAR } from "./label.ts";
import { mostly } from "./mostly.ts";

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
/** One owner each, on shared addresses. */
export const MULTILEVEL: readonly string[] = ["8080/tcp", "6000-6001/udp", "53/tcp", "9/136", "443/udp", "80/33"];
/** Bound with `acceptLower` by one partition each, and by no other (B-02). */
const LOWER: readonly Omit<BindingInput, "name">[] = [
  { ports: ["7/udp"] },
  { ports: ["7/tcp"], address: SHARED4[0] },
  { ports: ["500/udp"], address: SHARED4[0] },
  { ports: ["500/udp"], address: SHARED6[0] },
  { ports: ["500/136", "7/132"] },
  { ports: ["*/89"] },
];

type Bindings = readonly BindingInput[] | undefined;

const bindings: fc.Arbitrary<Bindings> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant<BindingInput[]>([]) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.subarray([...BOUND]),
        fc.constantFrom(undefined, SHARED4[0], SHARED6[0]),
        mostly(fc.constant(true), 4, fc.constant(false)),
        fc.boolean(),
      )
      .map(([ports, address, rest, restHere]) => {
        const half = Math.ceil(ports.length / 2);
        const list: BindingInput[] = [{ name: "a", ports: ports.slice(0, half), address }];
        list.push({ name: "b", ports: ports.slice(half) });
        if (rest) list.push({ name: "rest" });
        if (restHere) list.push({ name: "here", address: SHARED4[0] });
        return list;
      }),
  },
);

interface Traits {
  readonly bindings: Bindings;
  readonly ports: readonly string[];
  readonly icmp: "own" | "range" | undefined;
  readonly groups: PartitionInput["groups"];
}

const traits = (interfaces: readonly string[]): fc.Arbitrary<Traits> =>
  fc.record({
    bindings,
    ports: fc.subarray([...MULTILEVEL], { maxLength: 3 }),
    icmp: fc.constantFrom(undefined, "own" as const, "range" as const, "range" as const),
    groups: fc.oneof(
      fc.constant(undefined),
      fc.subarray([...GROUPS4, ...GROUPS6], { minLength: 1 }).chain((groups) =>
        fc
          .array(mostly(fc.constant(undefined), 3, fc.constantFrom(...interfaces)), {
            minLength: groups.length,
            maxLength: groups.length,
          })
          .map((on) => groups.map((address, i) => (on[i] === undefined ? address : { address, interface: on[i] }))),
      ),
    ),
  });

interface Draw {
  readonly labels: readonly Label[];
  readonly traits: readonly Traits[];
  /** Of those that are kept off shared addresses; they may repeat one that is not. */
  readonly keptOff: readonly Label[];
  readonly keptOffTraits: readonly Traits[];
  /** Which partition binds what is bound by one alone. */
  readonly readers: readonly number[];
}

/** Most that own addresses and nothing else. */
const MOST_KEPT_OFF = OWNED4.length;
const MOST_SHARED = FAMILIAR.length + 1;

const named = (name: string, label: Label, { bindings, icmp, groups }: Traits, ranged: boolean): PartitionInput => ({
  ...{ name, label: formatLabel(label), doi: label.doi, bindings, groups },
  icmp: ranged ? icmp : undefined,
});

function build({ labels, traits, keptOff, keptOffTraits, readers }: Draw, ranged: boolean): PartitionInput[] {
  const taken = new Set<string>();
  const shared = labels.map((label, i): PartitionInput => {
    const multilevelPorts = ranged ? traits[i]!.ports.filter((port) => !taken.has(port)) : [];
    for (const port of multilevelPorts) taken.add(port);
    const lower = LOWER.filter((_, j) => readers[j] === i).map((binding, j) => {
      return { name: `lower${j}`, acceptLower: true, ...binding };
    });
    const plain = named(`p${i}`, label, traits[i]!, ranged);
    if (lower.length === 0) return { ...plain, multilevelPorts };
    return { ...plain, multilevelPorts, bindings: [...(plain.bindings ?? []), ...lower] };
  });
  const others = keptOff.map((label, i): PartitionInput => {
    const plain = named(`o${i}`, label, keptOffTraits[i]!, ranged);
    // What is bound on a shared address is bound on its own.
    const bindings = plain.bindings?.map((binding) => {
      if (binding.address === undefined) return binding;
      return { ...binding, address: (binding.address === SHARED4[0] ? OWNED4 : OWNED6)[i] };
    });
    const privateMultilevelPorts = ranged ? keptOffTraits[i]!.ports : undefined;
    return { ...plain, shared: false, bindings, privateMultilevelPorts };
  });
  return [...shared, ...others];
}

/** Partitions `p0` … on shared addresses, and `o0` … that own one address of {@link OWNED4} and one of OWNED6 each. */
export const partitions = (ranged: boolean, interfaces: readonly string[]): fc.Arbitrary<PartitionInput[]> =>
  fc
    .record({
      labels: fc.subarray([...FAMILIAR, EVERYTHING], { minLength: 8, maxLength: MOST_SHARED }),
      traits: fc.array(traits(interfaces), { minLength: MOST_SHARED, maxLength: MOST_SHARED }),
      keptOff: fc.array(fc.constantFrom(...FAMILIAR, ...FAMILIAR.slice(0, 4)), { maxLength: MOST_KEPT_OFF }),
      keptOffTraits: fc.array(traits(interfaces), { minLength: MOST_KEPT_OFF, maxLength: MOST_KEPT_OFF }),
      // Some are bound by nobody.
      readers: fc.array(fc.nat(11), { minLength: LOWER.length, maxLength: LOWER.length }),
    })
    .map((draw) => build(draw, ranged));
