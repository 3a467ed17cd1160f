// The search for the dearest frames: from families on, by changes of genes, those kept that cost the most against the mix.
import type { Genome } from "./genome.ts";
import { cross, mutate } from "./mutation.ts";

/** A genome and how many times as long as the mix's its frames took. */
export interface Found {
  readonly from: string;
  readonly genome: Genome;
  readonly ratio: number;
}

export interface Course {
  readonly families: readonly Found[];
  /** Times of a frame over those of the mix's; of more rounds when asked again. */
  readonly measure: (genome: Genome, sure: boolean) => number;
  readonly next: (below: number) => number;
  /** Whether to go on. */
  readonly goOn: () => boolean;
  readonly onBetter: (found: Found) => void;
}

const KEPT = 8;
const CROSSED = 4; // one of so many

/** The dearest that were found, dearest first. */
export function search({ families, measure, next, goOn, onBetter }: Course): Found[] {
  const kept = families.toSorted((a, b) => b.ratio - a.ratio).slice(0, KEPT);
  while (goOn()) {
    // The better of two: the dearest have most descendants.
    const parent = kept[Math.min(next(kept.length), next(kept.length))]!;
    const other = kept[next(kept.length)]!;
    const genome = mutate(next(CROSSED) === 0 ? cross(parent.genome, other.genome) : parent.genome, next);
    if (measure(genome, false) <= kept.at(-1)!.ratio) continue;
    const found = { from: parent.from, genome, ratio: measure(genome, true) };
    if (found.ratio <= kept.at(-1)!.ratio) continue;
    if (found.ratio > kept[0]!.ratio) onBetter(found);
    kept[KEPT - 1] = found;
    kept.sort((a, b) => b.ratio - a.ratio);
  }
  // Once more: the luckiest of many measurements is too high.
  return kept.map((item) => ({ ...item, ratio: measure(item.genome, true) })).sort((a, b) => b.ratio - a.ratio);
}
