// From values to places on an axis.

export interface Scale {
  /** Where a value is; those outside are moved to the nearer end. */
  readonly place: (value: number) => number;
  /** Values that get a mark. */
  readonly ticks: readonly number[];
}

interface Axis {
  /** Places of the ends. */
  readonly from: number;
  readonly to: number;
}

/** About so many marks. */
const TICKS = 5;

/** Each step ten times as much, from a whole power of ten to one. */
export function logScale(values: readonly number[], { from, to }: Axis): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    place: (value) => between(from, to, (Math.log10(value) - low) / (high - low)),
    ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
  };
}

/** Even steps, from `least` to a round value at or above `most`. */
export function linearScale(least: number, most: number, { from, to }: Axis): Scale {
  const step = roundStep((most - least) / TICKS);
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9));
  return {
    place: (value) => between(from, to, (value / step - first) / (last - first)),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12))),
  };
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * Math.min(1, Math.max(0, share));
}

// 1, 2 or 5 times a power of ten.
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}
