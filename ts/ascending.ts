/**
 * Lists of numbers that ascend.
 *
 * @module
 */

/** The index of the first number that is not below a value; the length when there is none. */
export function lowerBound(ascending: ArrayLike<number>, value: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
