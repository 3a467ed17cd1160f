// IPv6 extension headers of every kind, one behind the other.
import fc from "fast-check";
import { mostly } from "./mostly.ts";
import { destinationOptions, optionHeader, options6 } from "./options.ts";

type Extension = (next: number) => number[];

export interface ExtensionHeader {
  readonly type: number;
  readonly make: Extension;
}

/** A fragment header; the offset is a count of 8 octets. */
export const fragmentHeader = (more: boolean, offset: number, id: number): ExtensionHeader => ({
  type: 44,
  make: (next) => [next, 0, offset >> 5, ((offset << 3) & 255) | (more ? 1 : 0), 0, 0, id >> 8, id & 255],
});

/** More fragments, and the offset. */
export const fragmentField: fc.Arbitrary<readonly [more: boolean, offset: number]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant([false, 0] as const) },
  { weight: 2, arbitrary: fc.constant([true, 0] as const) },
  { weight: 1, arbitrary: fc.constant([false, 3] as const) },
  { weight: 1, arbitrary: fc.constant([true, 1] as const) },
);

const aligned: fc.Arbitrary<boolean> = mostly(fc.constant(true), 15, fc.constant(false));

const hopByHop: fc.Arbitrary<ExtensionHeader> = fc
  .tuple(options6, aligned)
  .map(([list, align]) => ({ type: 0, make: (next) => optionHeader(next, list, align) }));

const extension: fc.Arbitrary<ExtensionHeader> = fc.oneof(
  {
    weight: 6,
    arbitrary: destinationOptions.map((list) => ({ type: 60, make: (next: number) => optionHeader(next, list, true) })),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(fragmentField, fc.nat(3)).map(([[more, offset], id]) => fragmentHeader(more, offset, id)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<ExtensionHeader[]>(
      { type: 43, make: (next) => [next, 0, 4, 0, 0, 0, 0, 0] },
      { type: 51, make: (next) => [next, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1] },
    ),
  },
  { weight: 1, arbitrary: fc.constant<ExtensionHeader>({ type: 60, make: (next) => [next, 200, 1, 4, 0, 0, 0, 0] }) },
  { weight: 1, arbitrary: hopByHop },
);

export const extensions: fc.Arbitrary<ExtensionHeader[]> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(
        mostly<ExtensionHeader[]>(fc.tuple(hopByHop), 24, fc.constant([])),
        mostly<ExtensionHeader[]>(fc.constant([]), 3, fc.array(extension, { maxLength: 2 })),
      )
      .map(([first, rest]) => [...first, ...rest]),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 10, max: 14 })
      .map((count) =>
        new Array<ExtensionHeader>(count).fill({ type: 43, make: (next) => [next, 0, 4, 0, 0, 0, 0, 0] }),
      ),
  },
);
