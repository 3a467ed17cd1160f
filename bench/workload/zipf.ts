// Things drawn by Zipf's law, exponent 1: the n-th has a share of 1/n.

const DRAWS = 2 ** 32;

/** Sums of the shares from the first to each; with `before`, of those behind so many others. */
export function zipfOf(count: number, before = 0): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sums[i] = sum += 1 / (before + i + 1);
  return sums;
}

/** An index, by numbers as `randoms` gives them. */
export function drawZipf(sums: Float64Array, next: (below: number) => number): number {
  const wanted = (next(DRAWS) / DRAWS) * sums[sums.length - 1]!;
  let from = 0;
  let to = sums.length - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sums[middle]! <= wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}
