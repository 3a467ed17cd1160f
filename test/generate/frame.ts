// Frames: every link type, both IP versions, options and extension headers of every kind, mostly sound, sometimes
// damaged or cut.
import fc from "fast-check";
import { LINK_TYPES } from "../../ts/capture/link.ts";
import type { FrameInput } from "../../ts/frames.ts";
import { carried, encodeCalipso, encodeCipso, ripsoOption, wildCipso, withChecksum } from "./label.ts";

/** Senders and receivers that generated policies know, and some that they do not. */
export const SENDERS4: readonly string[] = ["198.51.100.7", "198.51.100.200", "10.1.2.3", "203.0.113.9", "127.0.0.1"];
export const RECEIVERS4: readonly string[] = [
  "192.0.2.1",
  "192.0.2.9",
  "192.0.2.77",
  "192.0.2.255",
  "224.0.0.1",
  "255.255.255.255",
  "8.8.8.8",
];
export const SENDERS6: readonly string[] = [
  "2001:db8:1::7",
  "2001:db8:2::8",
  "fe80::1",
  "::",
  "2001:db9::1",
  "::ffff:c633:6407",
];
export const RECEIVERS6: readonly string[] = ["2001:db8::1", "2001:db8::9", "ff02::1", "2001:db8::dead"];
export const PORTS: readonly number[] = [53, 80, 443, 6000, 6002, 8080, 9];

const octets = (text: string): number[] => {
  if (!text.includes(":")) return text.split(".").map(Number);
  const [head = "", tail = ""] = text.split("::");
  const words = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const left = words(head);
  const right = words(tail);
  const all = text.includes("::") ? [...left, ...new Array(8 - left.length - right.length).fill(0), ...right] : left;
  return all.flatMap((word: number) => [word >> 8, word & 255]);
};

/** Mostly the first, sometimes one of the others. */
const mostly = <T>(usual: fc.Arbitrary<T>, weight: number, ...others: fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));

const otherOption: fc.Arbitrary<number[]> = fc.constantFrom(
  [1],
  [0],
  [148, 4, 0, 0],
  [7, 7, 4, 0, 0, 0, 0],
  [94, 4, 1, 2],
);

const cipso: fc.Arbitrary<number[]> = fc
  .tuple(carried, fc.nat(2), fc.constantFrom(0, 0, 0, 1, 2))
  .map(([label, form, padding]) => encodeCipso(label, form, padding));

// A label option, sometimes with others around it or something else instead, as many octets as fit into 40.
const options4: fc.Arbitrary<number[]> = fc
  .tuple(
    mostly(fc.constant<number[][]>([]), 3, fc.array(otherOption, { maxLength: 2 })),
    mostly(cipso, 12, wildCipso, ripsoOption, ripsoOption, otherOption, fc.array(fc.nat(255), { maxLength: 6 })),
    mostly(
      fc.constant<number[][]>([]),
      8,
      fc.array(fc.oneof(otherOption, cipso, ripsoOption, wildCipso), { maxLength: 2 }),
    ),
  )
  .map(([before, label, after]) => {
    const all = [...before.flat(), ...label, ...after.flat()].slice(0, 40);
    while (all.length % 4 !== 0) all.push(0);
    return all;
  });

const transport: fc.Arbitrary<{ protocol: number; body: number[] }> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(6, 17, 17, 33, 132, 136), fc.constantFrom(...PORTS), fc.nat(14))
      .map(([protocol, port, rest]) => ({
        protocol,
        body: [0x30, 0x39, port >> 8, port & 255, ...new Array(rest).fill(7)],
      })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(1, 2, 58, 58, 89, 59, 0),
        fc.constantFrom(8, 9, 10, 128, 130, 132, 133, 134, 135, 136, 137, 138, 143),
        mostly(fc.constant(0), 4, fc.constant(1)),
        fc.constantFrom(8, 40, 40, 7, 15, 16, 23, 24, 39),
      )
      .map(([protocol, type, code, length]) => ({ protocol, body: [type, code, ...new Array(length - 2).fill(0)] })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ protocol: fc.nat(255), body: fc.array(fc.nat(255), { maxLength: 5 }) }),
  },
);

// More fragments, offset in units of 8 octets.
const fragmentField: fc.Arbitrary<readonly [more: boolean, offset: number]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant([false, 0] as const) },
  { weight: 2, arbitrary: fc.constant([true, 0] as const) },
  { weight: 1, arbitrary: fc.constant([false, 3] as const) },
  { weight: 1, arbitrary: fc.constant([true, 1] as const) },
);

interface Packet {
  readonly version: 4 | 6;
  readonly bytes: number[];
}

const packet4: fc.Arbitrary<Packet> = fc
  .record({
    src: mostly(fc.constantFrom(SENDERS4[0]!, SENDERS4[2]!), 8, fc.constantFrom(...SENDERS4)),
    dst: mostly(fc.constantFrom(RECEIVERS4[0]!, RECEIVERS4[0]!, RECEIVERS4[1]!), 6, fc.constantFrom(...RECEIVERS4)),
    options: mostly(options4, 6, fc.constant<number[]>([])),
    upper: transport,
    fragment: fragmentField,
    id: fc.nat(3),
    ttl: mostly(fc.constant(64), 1, fc.constant(1)),
    checksum: mostly(fc.constant(true), 12, fc.constant(false)),
    lengthError: mostly(fc.constant(0), 40, fc.constantFrom(-30, -9, 3, 500)),
  })
  .map(({ src, dst, options, upper, fragment: [more, offset], id, ttl, checksum, lengthError }) => {
    const headerLength = 20 + options.length;
    const total = Math.max(0, headerLength + upper.body.length + lengthError);
    const flags = (more ? 0x2000 : 0) | offset;
    const header = [
      0x40 | (headerLength / 4),
      0,
      total >> 8,
      total & 255,
      0,
      id,
      flags >> 8,
      flags & 255,
      ttl,
      upper.protocol,
      0,
      0,
      ...octets(src),
      ...octets(dst),
      ...options,
    ];
    if (checksum) {
      let sum = 0;
      for (let i = 0; i < header.length; i += 2) sum += header[i]! * 256 + header[i + 1]!;
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
      header[10] = (~sum >> 8) & 255;
      header[11] = ~sum & 255;
    }
    return { version: 4, bytes: [...header, ...upper.body] };
  });

const calipso: fc.Arbitrary<number[]> = fc
  .tuple(carried, fc.constantFrom(0, 0, 0, 1))
  .map(([label, extra]) => encodeCalipso(label, extra));

// Right checksum, wrong everything else.
const wildCalipso: fc.Arbitrary<number[]> = fc
  .tuple(fc.constantFrom(16, 0, 99), fc.nat(3), fc.array(fc.nat(255), { maxLength: 12 }), fc.nat(5), fc.boolean())
  .map(([doi, words, bitmap, level, sum]) => {
    const option = [7, 8 + bitmap.length, 0, 0, 0, doi, words, level, 0, 0, ...bitmap];
    return sum ? withChecksum(option) : option;
  });

const padding: fc.Arbitrary<number[]> = fc.oneof(
  fc.nat(8).map((length) => new Array<number>(length).fill(0)),
  fc
    .tuple(fc.nat(7), fc.constantFrom(0, 0, 0, 1))
    .map(([length, value]) => [1, length, ...new Array(length).fill(value)]),
);

const unusual6: fc.Arbitrary<number[]> = fc.oneof(
  fc.constantFrom<number[][]>([5, 1, 0], [0x1e, 0], [0x5e, 1, 0], [0xc2, 4, 0, 1, 0, 0], [7]),
  fc.nat(10).map((count) => new Array<number[]>(count).fill([0x1e, 0]).flat()),
  fc.array(fc.nat(255), { maxLength: 9 }),
  wildCalipso,
);

const options6: fc.Arbitrary<number[][]> = fc
  .tuple(
    mostly(
      fc.constant<number[][]>([]),
      3,
      fc.constant<number[][]>([[5, 2, 0, 0]]),
      padding.map((pad) => [pad]),
    ),
    mostly(calipso, 10, unusual6, fc.constant<number[]>([])),
    mostly(fc.constant<number[][]>([]), 6, fc.array(fc.oneof(padding, unusual6, calipso), { maxLength: 2 })),
  )
  .map(([before, label, after]) => [...before, label, ...after]);

const destinationOptions: fc.Arbitrary<number[][]> = fc.array(mostly(padding, 6, unusual6, calipso), { maxLength: 2 });

// Fills up to a multiple of 8 octets with padding, one pad at a time; label options are put at 4n+2 more often than not.
function optionHeader(next: number, list: readonly number[][], align: boolean): number[] {
  const header = [next, 0];
  for (const option of list) {
    if (align && option[0] === 7) while (header.length % 4 !== 2) header.push(0);
    header.push(...option);
  }
  const rest = (8 - (header.length % 8)) % 8;
  if (rest === 1) header.push(0);
  else if (rest > 1) header.push(1, rest - 2, ...new Array<number>(rest - 2).fill(0));
  header[1] = header.length / 8 - 1;
  return header.slice(0, 2048);
}

type Extension = (next: number) => number[];

interface ExtensionHeader {
  readonly type: number;
  readonly make: Extension;
}

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
    arbitrary: fc.tuple(fragmentField, fc.nat(3)).map(([[more, offset], id]) => ({
      type: 44,
      make: (next: number) => [next, 0, (offset * 8) >> 8, ((offset * 8) & 255) | (more ? 1 : 0), 0, 0, 0, id],
    })),
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

const extensions: fc.Arbitrary<ExtensionHeader[]> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(
        mostly<ExtensionHeader[]>(fc.tuple(hopByHop), 8, fc.constant([])),
        mostly<ExtensionHeader[]>(fc.constant([]), 2, fc.array(extension, { maxLength: 2 })),
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

const packet6: fc.Arbitrary<Packet> = fc
  .record({
    src: mostly(fc.constantFrom(SENDERS6[0]!, SENDERS6[1]!), 8, fc.constantFrom(...SENDERS6)),
    dst: mostly(fc.constantFrom(RECEIVERS6[0]!, RECEIVERS6[0]!, RECEIVERS6[1]!), 6, fc.constantFrom(...RECEIVERS6)),
    extensions,
    upper: transport,
    hopLimit: fc.constantFrom(64, 255, 1),
    lengthError: mostly(fc.constant(0), 40, fc.constantFrom(-9, 3)),
  })
  .map(({ src, dst, extensions, upper, hopLimit, lengthError }) => {
    let next = upper.protocol;
    let body = upper.body;
    for (const { type, make } of [...extensions].reverse()) {
      body = [...make(next), ...body];
      next = type;
    }
    const length = Math.max(0, body.length + lengthError) & 0xffff;
    return {
      version: 6,
      bytes: [0x60, 0, 0, 0, length >> 8, length & 255, next, hopLimit, ...octets(src), ...octets(dst), ...body],
    };
  });

// The link header of a type for a packet of so many octets; `kind` chooses among its variants.
function linkHeader(linkType: number, version: 4 | 6, length: number, kind: number, tags: number): number[] {
  const etherType = version === 4 ? [8, 0] : [0x86, 0xdd];
  const ppp = version === 4 ? 0x21 : 0x57;
  const tagged: number[] = [];
  for (let tag = 0; tag < tags; tag++) tagged.push(...(tag % 2 === 0 ? [0x81, 0] : [0x88, 0xa8]), 0x20, 100 + tag);
  const stack = (last: number[]): number[] => [...tagged, ...last];
  switch (linkType) {
    case 0: {
      const family = version === 4 ? 2 : [10, 24, 28, 30][kind % 4]!;
      return kind % 2 === 0 ? [family, 0, 0, 0] : [0, 0, 0, family];
    }
    case 108:
      return [0, 0, 0, version === 4 ? 2 : [10, 24, 28, 30][kind % 4]!];
    case 9:
      return [...(kind % 2 === 0 ? [0xff, 3] : []), ...(kind % 3 === 0 ? [] : [0]), ppp];
    case 113:
      return [0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, ...stack(etherType)];
    case 276: {
      const [type = [], ...rest] = [etherType];
      return [...type, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, ...rest.flat()];
    }
    case 1: {
      const claimed = length + 2 - (kind === 11 ? 1 : 0);
      const pppoe = [0x88, 0x64, 0x11, 0, 0, 1, claimed >> 8, claimed & 255, 0, ppp];
      return [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, ...stack(kind % 6 === 5 ? pppoe : etherType)];
    }
    default:
      return [];
  }
}

/** A frame with the time it arrived. */
export const frame: fc.Arbitrary<Required<FrameInput>> = framed(fc.oneof(packet4, packet6));

function framed(packet: fc.Arbitrary<Packet>): fc.Arbitrary<Required<FrameInput>> {
  return fc
    .record({
      packet,
      linkType: mostly(fc.constantFrom(1, 101), 2, fc.constantFrom(...LINK_TYPES.keys())),
      kind: fc.nat(11),
      tags: mostly(fc.constant(0), 20, fc.constantFrom(1, 2, 8), fc.constant(9)),
      damage: mostly(
        fc.constant<[number, number][]>([]),
        12,
        fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { minLength: 1, maxLength: 2 }),
      ),
      cut: mostly(fc.constant(-1), 20, fc.nat(120)),
      short: fc.boolean(),
      trailer: mostly(fc.constant(0), 4, fc.constant(6)),
      seconds: mostly(fc.constant(1000), 12, fc.integer({ min: 960, max: 1040 })),
      nanoseconds: fc.constantFrom(0, 0, 1, 999_999_999),
    })
    .map(({ packet, linkType, kind, tags, damage, cut, short, trailer, seconds, nanoseconds }) => {
      const whole = [
        ...linkHeader(linkType, packet.version, packet.bytes.length, kind, tags),
        ...packet.bytes,
        ...new Array<number>(trailer).fill(0),
      ];
      for (const [at, value] of damage) if (at < whole.length) whole[at] = value;
      const bytes = Uint8Array.from(cut < 0 ? whole : whole.slice(0, cut));
      return { bytes, linkType, wireLength: short ? bytes.length : whole.length, seconds, nanoseconds };
    });
}

// Fragments of a few datagrams between two hosts, so that they meet in the table: label, order and ports vary.
const fragment4: fc.Arbitrary<Packet> = fc
  .tuple(
    mostly(
      cipso,
      1,
      cipso.map((option) => [1, ...option].slice(0, 40)),
      fc.constant<number[]>([]),
    ),
    fc.constantFrom([true, 0] as const, [true, 0] as const, [true, 2] as const, [false, 4] as const),
    fc.constantFrom(17, 17, 6, 1),
    fc.constantFrom(53, 53, 80),
    fc.nat(1),
  )
  .map(([option, [more, offset], protocol, port, id]) => {
    const options = [...option, ...new Array<number>((4 - (option.length % 4)) % 4).fill(0)];
    const total = 28 + options.length;
    const header = [0x45 + options.length / 4, 0, 0, total, 1, id, more ? 0x20 : 0, offset, 64, protocol, 0, 0];
    const body = [0x30, 0x39, 0, port, 0, 8, 0, 0];
    return { version: 4, bytes: [...header, ...octets(SENDERS4[0]!), ...octets(RECEIVERS4[0]!), ...options, ...body] };
  });

const fragment6: fc.Arbitrary<Packet> = fc
  .tuple(
    mostly(calipso, 2, fc.constant<number[]>([])),
    fc.constantFrom([1, 0] as const, [1, 0] as const, [1, 16] as const, [0, 32] as const),
    fc.constantFrom(17, 6, 58),
    fc.constantFrom(53, 80),
    fc.nat(1),
  )
  .map(([option, [more, offset], protocol, port, id]) => {
    const fragment = [protocol, 0, 0, offset | more, 0, 0, 1, id];
    const headers = option.length === 0 ? fragment : [...optionHeader(44, [option], true), ...fragment];
    const body = [...headers, 0x30, 0x39, 0, port, 0, 8, 0, 0];
    const next = option.length === 0 ? 44 : 0;
    const fixed = [0x60, 0, 0, 0, body.length >> 8, body.length & 255, next, 64];
    return { version: 6, bytes: [...fixed, ...octets(SENDERS6[0]!), ...octets(RECEIVERS6[0]!), ...body] };
  });

/** Many frames, fragments of the same datagrams among them. */
export const frames = (count: number): fc.Arbitrary<Required<FrameInput>[]> =>
  fc.array(
    fc.oneof({ weight: 9, arbitrary: frame }, { weight: 1, arbitrary: framed(fc.oneof(fragment4, fragment6)) }),
    {
      minLength: count,
      maxLength: count,
      size: "max",
    },
  );
