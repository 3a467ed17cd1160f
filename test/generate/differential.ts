// Kernel against oracle on generated policies and packets, as many as asked.
import fc from "fast-check";
import { readResolved } from "../../ts/policy/read.ts";
import { REASONS } from "../../ts/reason.ts";
import { describe, readingDifference, verdictDifference } from "./compare.ts";
import { frames } from "./frame.ts";
import { DOIS } from "./label.ts";
import { policy } from "./policy.ts";

/** Packets of one generated case. */
export const PACKETS_PER_CASE = 200;

export interface Outcome {
  /** `null`: no difference. Else the smallest case that was found, and how to see it again. */
  readonly failure: string | null;
  /** Packets that were compared. */
  readonly packets: number;
  /** How often each reason was the verdict. */
  readonly seen: ReadonlyMap<string, number>;
}

interface Options {
  readonly packets: number;
  readonly seed: number;
}

/** Compares whole verdicts under random policies, in batches of random size. */
export function compareVerdicts({ packets, seed }: Options): Outcome {
  const seen = new Map<number, number>();
  let compared = 0;
  const property = fc.property(
    policy,
    frames(PACKETS_PER_CASE),
    fc.constantFrom(1, 7, PACKETS_PER_CASE),
    (input, list, batch) => {
      const { policy: resolved, problems } = readResolved(input);
      if (resolved === null) throw new Error(`a generated policy has problems: ${JSON.stringify(problems)}`);
      const difference = verdictDifference(resolved, list, batch, seen);
      compared += list.length;
      if (difference !== null) throw new Error(`${describe(difference)}\n${JSON.stringify(input)}`);
    },
  );
  const failure = run(property, packets, seed);
  return { failure, packets: compared, seen: new Map(REASONS.map(({ code, name }) => [name, seen.get(code) ?? 0])) };
}

/** Compares what is read of a frame (steps 1–3), under both profiles and several sets of known DOIs. */
export function compareReadings({ packets, seed }: Options): Outcome {
  let compared = 0;
  const profiles = fc.constantFrom("strict" as const, "linux" as const);
  const dois = fc.constantFrom(null, DOIS, DOIS.slice(0, 1));
  const property = fc.property(frames(PACKETS_PER_CASE), profiles, dois, (list, profile, known) => {
    const difference = readingDifference(list, profile, known);
    compared += list.length;
    if (difference !== null) throw new Error(`profile ${profile}, DOIs ${known}: ${describe(difference)}`);
  });
  return { failure: run(property, packets, seed), packets: compared, seen: new Map() };
}

function run<T>(property: fc.IProperty<T>, packets: number, seed: number): string | null {
  const details = fc.check(property, { numRuns: Math.ceil(packets / PACKETS_PER_CASE), seed });
  if (!details.failed) return null;
  return `seed ${details.seed}, path ${details.counterexamplePath}: ${(details.errorInstance as Error).message}`;
}

/** A seed for a run without one. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 0x7fff_ffff);
}
