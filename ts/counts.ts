/**
 * What was delivered and dropped, by name: so that counters outlive the policy they were counted under.
 *
 * @module
 */
import type { Judge } from "./judge.ts";
import type { Policy } from "./policy/model.ts";
import { REASONS, type ReasonName } from "./reason.ts";

/** Frames and octets. */
export interface Count {
  /** How many. */
  readonly frames: number;
  /** Octets on the wire. */
  readonly bytes: number;
}

/** What was delivered to a partition, in all and by binding. */
export interface PartitionCount extends Count {
  /** By name of the binding. */
  readonly bindings: Readonly<Record<string, Count>>;
}

/** Datagrams whose fragments could not be followed to their end (Rule F): newer ones displaced them. */
export interface DisplacedCount {
  /** Datagrams that were followed; what comes of them later is dropped with `FRAG_NO_FIRST`. */
  readonly followed: number;
  /** Datagrams of which a fragment was refused; what comes of them later may be delivered. */
  readonly refused: number;
}

/** Counters since the classifier was made. `frames` is always `delivered.frames + dropped.frames`. */
export interface Stats extends Count {
  /** Frames that a partition got; each is counted once. */
  readonly delivered: Count;
  /** Frames that no partition got. */
  readonly dropped: Count;
  /** Deliveries beyond the first of each frame: copies of broadcasts and multicasts. */
  readonly copies: Count;
  /** By partition, every one of the policy, and those of policies before it that got frames. Copies are counted too. */
  readonly partitions: Readonly<Record<string, PartitionCount>>;
  /** By reason of the drops, those that occurred. */
  readonly reasons: Readonly<Partial<Record<ReasonName, Count>>>;
  /** Datagrams in fragments that could not be followed to their end. */
  readonly displaced: DisplacedCount;
}

/** Counters by name: `secret` and `public/web` for endpoints. */
export interface Counts {
  readonly endpoints: ReadonlyMap<string, Count>;
  readonly reasons: ReadonlyMap<ReasonName, Count>;
  readonly displaced: DisplacedCount;
}

const NONE: Count = { frames: 0, bytes: 0 };

/** Before anything was judged. */
export const NO_COUNTS: Counts = { endpoints: new Map(), reasons: new Map(), displaced: { followed: 0, refused: 0 } };

/** Counters of a judge's endpoints, by their index, and of reasons, by code. */
export interface Tally {
  endpointCount(endpoint: number): Count;
  reasonCount(reason: number): Count;
}

/** What a judge counted, on top of what was counted before. */
export function countsOf(judge: Judge, before: Counts, tally: Tally = judge.kernel): Counts {
  const { image, kernel } = judge;
  const endpoints = new Map(before.endpoints);
  image.endpoints.forEach((_, i) => {
    const name = judge.nameOf(i);
    endpoints.set(name, sum([endpoints.get(name) ?? NONE, tally.endpointCount(i)]));
  });
  const reasons = new Map(before.reasons);
  for (const { code, name } of REASONS) {
    const count = sum([reasons.get(name) ?? NONE, tally.reasonCount(code)]);
    if (count.frames > 0) reasons.set(name, count);
  }
  const { followed, refused } = kernel.datagrams.displaced();
  return {
    endpoints,
    reasons,
    displaced: { followed: before.displaced.followed + followed, refused: before.displaced.refused + refused },
  };
}

/** Counters as they are shown; `policy` is the one in force. */
export function statsOf({ endpoints, reasons, displaced }: Counts, { partitions: own }: Policy): Stats {
  const current = new Set(
    own.flatMap(({ name, bindings }) => [name, ...(bindings ?? []).map((binding) => `${name}/${binding.name}`)]),
  );
  const partitions = new Map<string, { own: Count; bindings: [string, Count][] }>();
  for (const [key, count] of endpoints) {
    if (count.frames === 0 && !current.has(key)) continue;
    const [name, binding] = key.split("/") as [string, string?];
    const entry = partitions.get(name) ?? { own: NONE, bindings: [] };
    if (binding === undefined) entry.own = count;
    else entry.bindings.push([binding, count]);
    partitions.set(name, entry);
  }
  const delivered = reasons.get("OK") ?? NONE;
  const drops = [...reasons].filter(([name]) => name !== "OK");
  const dropped = sum(drops.map(([, count]) => count));
  const all = sum([...endpoints.values()]);
  return {
    ...sum([delivered, dropped]),
    delivered,
    dropped,
    copies: { frames: all.frames - delivered.frames, bytes: all.bytes - delivered.bytes },
    partitions: Object.fromEntries(
      [...partitions].map(([name, { own, bindings }]) => [
        name,
        { ...sum([own, ...bindings.map(([, count]) => count)]), bindings: Object.fromEntries(bindings) },
      ]),
    ),
    reasons: Object.fromEntries(drops),
    displaced,
  };
}

function sum(counts: readonly Count[]): Count {
  return {
    frames: counts.reduce((total, { frames }) => total + frames, 0),
    bytes: counts.reduce((total, { bytes }) => total + bytes, 0),
  };
}
