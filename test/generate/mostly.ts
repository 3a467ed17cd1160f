// How often what is drawn.
import fc from "fast-check";

/** Mostly the first, sometimes one of the others. */
export const mostly = <T>(usual: fc.Arbitrary<T>, weight: number, ...others: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));
