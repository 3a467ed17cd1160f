// What is said of samples: the middle one, and how far the others are from it.

/** Of samples, in their unit. */
export interface Spread {
  readonly median: number;
  /** The interquartile range: a quarter of the samples is below `low`, a quarter above `high`. */
  readonly low: number;
  readonly high: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {RangeError} there are no samples */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("no samples: a spread needs one");
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    min: sorted[0]!,
    max: sorted.at(-1)!,
  };
}

/** Half the interquartile range, as a share of the median: how noisy the samples were. */
export function noiseOf({ median, low, high }: Spread): number {
  return (high - low) / 2 / median;
}

// Between two samples the value is interpolated, as tinybench does.
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const from = sorted[below]!;
  return from + (at - below) * ((sorted[below + 1] ?? from) - from);
}
