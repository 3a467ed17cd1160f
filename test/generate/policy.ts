// Policies that use every feature and have no problem: built from pools that can't conflict.
import fc from "fast-check";
import type { InterfaceInput, PolicyInput, RipsoInput } from "../../ts/policy/input.ts";
import { DEVICES, OWNED4, OWNED6, SHARED4, SHARED6, VLANS } from "./addresses.ts";
import { RANGES } from "./label.ts";
import { mostly } from "./mostly.ts";
import { MULTILEVEL, partitions } from "./partitions.ts";
import { dois, senders } from "./senders.ts";

const WIDE = RANGES.slice(1, 3);

const NAMES: readonly string[] = ["net0", "net1"];

/** How a policy's interfaces differ. Two with the same could not tell whose a multicast is. */
type Place = Pick<InterfaceInput, "device" | "vlan">;

const place = (count: number): fc.Arbitrary<readonly Place[]> => {
  const anywhere = new Array<Place>(count).fill({});
  const apart: Place[] = count === 1 ? [{ vlan: 0 }] : [{ vlan: 0 }, { vlan: VLANS[1] }];
  const some = fc.record({
    device: mostly<string | undefined>(fc.constant(undefined), 2, fc.constantFrom(...DEVICES)),
    vlan: mostly<number | undefined>(fc.constant(undefined), 5, fc.constantFrom(...VLANS)),
  });
  return fc.oneof(
    { weight: count === 1 ? 4 : 1, arbitrary: fc.constant(anywhere) },
    { weight: 3, arbitrary: fc.constant(apart) },
    { weight: 1, arbitrary: fc.constant(DEVICES.slice(0, count).map((device) => ({ device }))) },
    { weight: 1, arbitrary: fc.array(some, { minLength: count, maxLength: count }) },
  );
};

/** Addresses of the first interface and of the second, or of the only one. What nobody owns is shared. */
const addresses = (
  owners: readonly (string | undefined)[],
  broadcasts: boolean,
  count: number,
): readonly InterfaceInput["addresses"][] => {
  const [wide, narrow, small] = broadcasts ? ["/24", "/28", "/30"] : ["", "", ""];
  const lengths = [wide, small, ""];
  const owned = (address: string, partition: string | undefined) =>
    partition === undefined ? address : { address, partition };
  const second = [`${SHARED4[1]}${narrow}`, SHARED6[1]!];
  const first = [
    ...[`${SHARED4[0]}${wide}`, `${SHARED6[0]}/64`],
    ...OWNED4.map((address, i) => owned(`${address}${lengths[i]}`, owners[i])),
    ...OWNED6.map((address, i) => owned(address, owners[i])),
  ];
  return count === 1 ? [[...first, ...second]] : [first, second];
};

const ripso = fc.constantFrom<(RipsoInput | undefined)[]>(
  undefined,
  { mode: "ignore" },
  {
    mode: "map",
    levels: { SECRET: 5, Unclassified: 1 },
    authorities: { NONE: [], GENSER: [0, 2, 3, 4], "GENSER+NSA": [0] },
    formats: [5],
  },
);

/** A policy as written, without problems. */
export const policy: fc.Arbitrary<PolicyInput> = fc
  .record({
    range: mostly(fc.constantFrom(RANGES[0]!), 2, fc.constantFrom(...WIDE, ...RANGES), fc.constant(undefined)),
    count: fc.constantFrom(1, 1, 2),
    dois,
  })
  .chain(({ range, count, dois }) =>
    fc.record({
      profile: fc.constantFrom(undefined, undefined, "strict" as const, "linux" as const),
      checksum: fc.constantFrom(undefined, undefined, "ignore" as const, "verify" as const),
      ripso,
      dois: fc.constant(dois),
      partitions: partitions(range !== undefined, NAMES.slice(0, count)),
      owner: fc.constantFrom(undefined, "p1", "p2"),
      broadcasts: mostly(fc.constant(true), 3, fc.constant(false)),
      places: place(count),
      range: fc.constant(range),
      privatePorts: fc.subarray([...MULTILEVEL]),
      control: fc.nat(3),
      senders: senders(dois),
    }),
  )
  .map(({ partitions, owner, broadcasts, privatePorts, places, range, ...draw }): PolicyInput => {
    const keptOff = partitions.filter(({ shared }) => shared === false).map(({ name }) => name);
    // A partition of shared addresses may own others too.
    const owners = OWNED4.map((_, i) => keptOff[i] ?? owner);
    const [doi, low, high] = range ?? [];
    const bounds: Pick<InterfaceInput, "doi" | "range"> = range === undefined ? {} : { doi, range: [low!, high!] };
    const ownsToo = (name: string): boolean => name === owner && owners.includes(name) && range !== undefined;
    const lists = addresses(owners, broadcasts, places.length);
    return {
      doi: 16,
      profile: draw.profile === "linux" && draw.ripso?.mode === "map" ? "strict" : draw.profile,
      checksum: draw.checksum,
      ripso: draw.ripso,
      dois: draw.dois,
      interfaces: places.map((place, i) => ({ name: NAMES[i]!, addresses: lists[i]!, ...place, ...bounds })),
      partitions: partitions.map((partition) =>
        ownsToo(partition.name) ? { ...partition, privateMultilevelPorts: privatePorts } : partition,
      ),
      control: [undefined, "p0", "p0", keptOff[0]][draw.control],
      ...draw.senders,
    };
  });
