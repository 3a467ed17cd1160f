/**
 * What a policy declares a partition to take beside its own label.
 *
 * @module
 */
import { formatPorts } from "../policy/ports.ts";
import type { Path } from "../policy/report.ts";
import { type Opening, type Way, wayKey } from "./openings.ts";
import type { Reach } from "./reach.ts";

/** A declaration, and what it opens: nothing, perhaps. */
export interface Declared {
  readonly path: Path;
  /** In words: `multilevel port 8080/tcp`. */
  readonly said: string;
  readonly openings: readonly Opening[];
}

/** The declarations of a partition, in the order of the policy. */
export function declaredWays(reach: Reach, partition: number): Declared[] {
  const { multilevelPorts, privateMultilevelPorts, icmp, bindings } = reach.policy.partitions[partition]!;
  const byWay = new Map<string, Opening[]>();
  for (const opening of reach.openings[partition]!) {
    const key = wayKey(opening.way);
    const known = byWay.get(key);
    if (known === undefined) byWay.set(key, [opening]);
    else known.push(opening);
  }
  const declared = (way: Way, path: Path, said: string): Declared => {
    return { path: ["partitions", partition, ...path], said, openings: byWay.get(wayKey(way)) ?? [] };
  };
  return [
    ...multilevelPorts.map((range, index) =>
      declared({ kind: "multilevelPorts", index }, ["multilevelPorts", index], `multilevel port ${formatPorts(range)}`),
    ),
    ...privateMultilevelPorts.map((range, index) =>
      declared(
        { kind: "privateMultilevelPorts", index },
        ["privateMultilevelPorts", index],
        `private multilevel port ${formatPorts(range)}`,
      ),
    ),
    ...(icmp === "range" ? [declared({ kind: "icmp" }, ["icmp"], "ICMP")] : []),
    ...(bindings ?? []).flatMap(({ acceptLower, name }, index) =>
      acceptLower
        ? [declared({ kind: "acceptLower", index }, ["bindings", index, "acceptLower"], `acceptLower of ${name}`)]
        : [],
    ),
  ];
}
