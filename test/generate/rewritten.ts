// Packets to be rewritten, and what must be left of them: a second reading of their headers, octet by octet.
import fc from "fast-check";
import { type ExtensionHeader, fragmentField, fragmentHeader } from "./extensions.ts";
import { calipso, cipso, optionHeader } from "./options.ts";
import { encode4, encode6, type Packet } from "./packet.ts";

const octets = (most: number): fc.Arbitrary<number[]> => fc.array(fc.nat(255), { maxLength: most });
const typed = (types: fc.Arbitrary<number>, most: number, counted: number): fc.Arbitrary<number[]> =>
  fc.tuple(types, octets(most)).map(([type, data]) => [type, data.length + counted, ...data]);

/** Record route, timestamp, source routes, router alert, unassigned ones. */
const other4 = typed(fc.constantFrom(7, 68, 131, 137, 148, 94, 222), 9, 2);
const ripso = fc.constantFrom<number[][]>([130, 3, 0x5a], [130, 4, 0xab, 0x80]);

// Up to 40 octets in all, by leaving out what does not fit; then zero up to a multiple of 4.
const list4: fc.Arbitrary<number[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: other4 },
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((count) => new Array<number>(count).fill(1)) },
      ),
      { maxLength: 5 },
    ),
    fc.option(fc.oneof({ weight: 3, arbitrary: cipso }, { weight: 1, arbitrary: ripso }), { freq: 2 }),
    fc.nat(5),
  )
  .map(([others, label, place]) => {
    const list = label === null ? others : [...others.slice(0, place), label, ...others.slice(place)];
    const kept: number[] = [];
    for (const option of list) if (kept.length + option.length <= 40) kept.push(...option);
    while (kept.length % 4 !== 0) kept.push(0);
    return kept;
  });

const body = octets(24);

/** IPv4 packets of all kinds of options, well formed; the checksum of some is wrong. */
export const packet4: fc.Arbitrary<Packet> = fc
  .record({
    options: list4,
    body,
    fragment: fragmentField,
    protocol: fc.constantFrom(6, 17, 1, 89, 253),
    id: fc.nat(65_535),
    ttl: fc.nat(255),
    checksum: fc.constantFrom(true, true, true, false),
  })
  .map(({ fragment: [more, offset], ...rest }) =>
    encode4({ ...rest, more, offset, src: "198.51.100.7", dst: "192.0.2.1", lengthError: 0 }),
  );

/** Options that are skipped when they are not known, and router alerts. */
const other6 = fc.oneof(
  { weight: 3, arbitrary: typed(fc.constantFrom(0x1e, 0x3e, 0x26, 0x31), 21, 0) },
  { weight: 1, arbitrary: fc.constant([5, 2, 0, 0]) },
);

// Padding of each length before each option, at most 7 octets, as Pad1 or PadN.
const padding6 = fc
  .tuple(fc.nat(7), fc.boolean())
  .map(([count, single]) =>
    single || count < 2 ? new Array<number>(count).fill(0) : [1, count - 2, ...new Array<number>(count - 2).fill(0)],
  );

const list6: fc.Arbitrary<number[][]> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.array(fc.tuple(padding6, other6), { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.array(fc.tuple(padding6, other6), { minLength: 5, maxLength: 8 }) },
    ),
    fc.option(calipso, { freq: 2 }),
    fc.nat(4),
  )
  .map(([others, label, place]) => {
    const list = others.map(([padding, option]) => [...padding, ...option]);
    return label === null ? list : [...list.slice(0, place), label, ...list.slice(place)];
  });

const hopByHop: fc.Arbitrary<ExtensionHeader> = list6.map((list) => ({
  type: 0,
  make: (next) => optionHeader(next, list, true),
}));

const behind: fc.Arbitrary<ExtensionHeader[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<ExtensionHeader[]>([]) },
  { weight: 1, arbitrary: fragmentField.map(([more, offset]) => [fragmentHeader(more, offset, 7)]) },
  {
    weight: 1,
    arbitrary: fc.constant<ExtensionHeader[]>([
      { type: 60, make: (next) => optionHeader(next, [[0x1e, 1, 9]], false) },
    ]),
  },
);

/** IPv6 packets of all kinds of hop-by-hop options, most of them well formed. */
export const packet6: fc.Arbitrary<Packet> = fc
  .record({
    first: fc.option(hopByHop, { freq: 4 }),
    behind,
    body,
    protocol: fc.constantFrom(6, 17, 58, 59, 253),
    hopLimit: fc.nat(255),
  })
  .map(({ first, behind: rest, ...content }) =>
    encode6({
      ...content,
      headers: first === null ? rest : [first, ...rest],
      src: "2001:db8:1::7",
      dst: "2001:db8::1",
      lengthError: 0,
    }),
  );

/** What rewriting leaves as it is, as text. */
export interface Left {
  /** Fields of the fixed header but for those that follow the options; of IPv4 how wrong the checksum is. */
  readonly fixed: string;
  /** Options that are neither labels nor padding, in order; of IPv6 with their places modulo 8. */
  readonly others: readonly string[];
  /** Octets behind the options. */
  readonly rest: string;
}

const hex = (list: Uint8Array): string => Buffer.from(list).toString("hex");
const LABELS4: ReadonlySet<number> = new Set([130, 133, 134]);
const CALIPSO = 7;

/** Reads a packet whose options are well formed. */
export function leftOf(packet: Uint8Array): Left {
  return packet[0]! >> 4 === 4 ? left4(packet) : left6(packet);
}

function left4(packet: Uint8Array): Left {
  const length = (packet[0]! & 15) * 4;
  const others: string[] = [];
  for (let i = 20; i < length && packet[i] !== 0; ) {
    const size = packet[i] === 1 ? 1 : packet[i + 1]!;
    if (packet[i] !== 1 && !LABELS4.has(packet[i]!)) others.push(hex(packet.subarray(i, i + size)));
    i += size;
  }
  const fields = [packet.subarray(1, 2), packet.subarray(4, 10), packet.subarray(12, 20)].map(hex);
  return { fixed: `${fields} ${checksumOf(packet)}`, others, rest: hex(packet.subarray(length)) };
}

/** The one's complement sum of an IPv4 header: 0xffff when its checksum is right. */
export function checksumOf(packet: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < (packet[0]! & 15) * 4; i += 2) sum += packet[i]! * 256 + packet[i + 1]!;
  return sum % 0xffff === 0 ? 0xffff : sum % 0xffff;
}

function left6(packet: Uint8Array): Left {
  const hasOptions = packet[6] === 0;
  const end = hasOptions ? 40 + (packet[41]! + 1) * 8 : 40;
  const others: string[] = [];
  for (let i = 42; i < end; ) {
    const size = packet[i] === 0 ? 1 : 2 + packet[i + 1]!;
    if (packet[i]! > 1 && packet[i] !== CALIPSO) others.push(`${i % 8} ${hex(packet.subarray(i, i + size))}`);
    i += size;
  }
  const next = packet[hasOptions ? 40 : 6];
  return {
    fixed: `${hex(packet.subarray(0, 4))} ${next} ${hex(packet.subarray(7, 40))}`,
    others,
    rest: hex(packet.subarray(end)),
  };
}
