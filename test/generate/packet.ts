// Packets of both IP versions: from hosts that label what they send, mostly with a label, and from others, mostly without.
import fc from "fast-check";
import * as known from "./addresses.ts";
import { type ExtensionHeader, extensions, fragmentField } from "./extensions.ts";
import { mostly } from "./mostly.ts";
import { lowCalipso, lowCipso, optionHeader, options4 } from "./options.ts";

export interface Packet {
  readonly version: 4 | 6;
  readonly bytes: readonly number[];
}

/** Octets of an address. */
function octets(text: string): number[] {
  if (!text.includes(":")) return text.split(".").map(Number);
  const [head = "", tail = ""] = text.split("::");
  const words = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
  const left = words(head);
  const right = words(tail);
  const all = text.includes("::") ? [...left, ...new Array(8 - left.length - right.length).fill(0), ...right] : left;
  return all.flatMap((word: number) => [word >> 8, word & 255]);
}

export interface Content4 {
  readonly src: string;
  readonly dst: string;
  /** A multiple of 4 octets. */
  readonly options: readonly number[];
  readonly protocol: number;
  readonly body: readonly number[];
  readonly more: boolean;
  /** In units of 8 octets. */
  readonly offset: number;
  readonly id: number;
  readonly ttl: number;
  readonly checksum: boolean;
  /** Added to the total length. */
  readonly lengthError: number;
}

export function encode4(content: Content4): Packet {
  const { options, protocol, body, more, offset, id, ttl } = content;
  const headerLength = 20 + options.length;
  const total = Math.max(0, headerLength + body.length + content.lengthError);
  const flags = (more ? 0x2000 : 0) | offset;
  const header = [
    ...[0x40 | (headerLength / 4), 0, total >> 8, total & 255, id >> 8, id & 255, flags >> 8, flags & 255],
    ...[ttl, protocol, 0, 0],
    ...octets(content.src),
    ...octets(content.dst),
    ...options,
  ];
  if (content.checksum) {
    let sum = 0;
    for (let i = 0; i < header.length; i += 2) sum += header[i]! * 256 + header[i + 1]!;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    header[10] = (~sum >> 8) & 255;
    header[11] = ~sum & 255;
  }
  return { version: 4, bytes: [...header, ...body] };
}

export interface Content6 {
  readonly src: string;
  readonly dst: string;
  readonly headers: readonly ExtensionHeader[];
  readonly protocol: number;
  readonly body: readonly number[];
  readonly hopLimit: number;
  /** Added to the payload length. */
  readonly lengthError: number;
}

export function encode6({ src, dst, headers, protocol, body, hopLimit, lengthError }: Content6): Packet {
  let next = protocol;
  let payload = [...body];
  for (const { type, make } of [...headers].reverse()) {
    payload = [...make(next), ...payload];
    next = type;
  }
  const length = Math.max(0, payload.length + lengthError) & 0xffff;
  return {
    version: 6,
    bytes: [0x60, 0, 0, 0, length >> 8, length & 255, next, hopLimit, ...octets(src), ...octets(dst), ...payload],
  };
}

const some = (...lists: readonly (readonly string[])[]): fc.Arbitrary<string> => fc.constantFrom(...lists.flat());

const group = (version: 4 | 6): fc.Arbitrary<string> => {
  if (version === 6) return fc.oneof(some(known.GROUPS6), some(known.ALL6));
  return fc.oneof(some(known.GROUPS4), some(known.ALL4, known.BROADCASTS4));
};

/** Where packets go: mostly to a shared address, and everywhere else too. */
export const destination = (version: 4 | 6): fc.Arbitrary<string> => {
  const [shared, owned, strange] =
    version === 4 ? [known.SHARED4, known.OWNED4, known.STRANGE4] : [known.SHARED6, known.OWNED6, known.STRANGE6];
  return fc.oneof(
    { weight: 14, arbitrary: fc.constant(shared[0]!) },
    { weight: 1, arbitrary: fc.constant(shared[1]!) },
    { weight: 2, arbitrary: fc.constant(owned[0]!) },
    { weight: 2, arbitrary: some(owned) },
    { weight: 3, arbitrary: group(version) },
    { weight: 1, arbitrary: some(strange) },
  );
};

/** A host that labels what it sends, as most policies see it, or not. */
export const sender = (version: 4 | 6, labels: boolean): fc.Arbitrary<string> => {
  const [labelled, plain, all] =
    version === 4 ? [known.LABELLED4, known.PLAIN4, known.SENDERS4] : [known.LABELLED6, known.PLAIN6, known.SENDERS6];
  const [first, second] = labels ? labelled : plain;
  return mostly(fc.constantFrom(first!, first!, first!, second!), 24, fc.constantFrom(...all));
};

interface Upper {
  readonly protocol: number;
  readonly body: readonly number[];
}

export const port: fc.Arbitrary<number> = mostly(
  fc.constantFrom(...known.PORTS),
  3,
  fc.constantFrom(...known.LOWER_PORTS),
);

const withPorts: fc.Arbitrary<Upper> = fc
  .tuple(fc.constantFrom(6, 17, 17, 17, 33, 132, 136), port, fc.nat(14))
  .map(([protocol, port, rest]) => ({
    protocol,
    body: [0x30, 0x39, port >> 8, port & 255, ...new Array(rest).fill(7)],
  }));

const echo = (version: 4 | 6): fc.Arbitrary<Upper> =>
  fc.constant({ protocol: version === 4 ? 1 : 58, body: [version === 4 ? 8 : 128, 0, 0, 0, 0, 1, 0, 1] });

const withoutPorts: fc.Arbitrary<Upper> = fc
  .tuple(
    fc.constantFrom(1, 2, 58, 58, 89, 59, 0),
    fc.constantFrom(8, 9, 10, 128, 130, 132, 133, 134, 135, 136, 137, 138, 143),
    mostly(fc.constant(0), 4, fc.constant(1)),
    fc.constantFrom(8, 40, 40, 7, 15, 16, 23, 24, 39),
  )
  .map(([protocol, type, code, length]) => ({ protocol, body: [type, code, ...new Array(length - 2).fill(0)] }));

/** Messages that need no label, when hop limit and sender are right too. */
const controlMessage = (version: 4 | 6): fc.Arbitrary<Upper> => {
  const kinds: readonly (readonly [protocol: number, type: number, length: number])[] =
    version === 4
      ? [
          [1, 9, 8],
          [1, 10, 8],
          [2, 0x16, 8],
        ]
      : [130, 131, 132, 133, 134, 135, 136, 137].map((type) => [58, type, 40] as const);
  return fc
    .constantFrom(...kinds)
    .map(([protocol, type, length]) => ({ protocol, body: [type, ...new Array<number>(length - 1).fill(0)] }));
};

const anything: fc.Arbitrary<Upper> = fc.record({
  protocol: fc.nat(255),
  body: fc.array(fc.nat(255), { maxLength: 5 }),
});

/** Where a packet goes, and what is in it. To groups it is often an echo request, which many may take. */
const content = (version: 4 | 6): fc.Arbitrary<{ readonly dst: string; readonly upper: Upper }> => {
  const usual = fc.oneof(
    { weight: 12, arbitrary: withPorts },
    { weight: 4, arbitrary: echo(version) },
    { weight: 2, arbitrary: controlMessage(version) },
    { weight: 3, arbitrary: withoutPorts },
    { weight: 1, arbitrary: anything },
  );
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ dst: destination(version), upper: usual }) },
    { weight: 1, arbitrary: fc.record({ dst: group(version), upper: mostly(echo(version), 2, withPorts) }) },
  );
};

const from4 = (labels: boolean): fc.Arbitrary<Packet> =>
  fc
    .record({
      src: sender(4, labels),
      content: content(4),
      options: labels
        ? mostly(options4, 24, fc.constant<number[]>([]))
        : mostly(fc.constant<number[]>([]), 16, lowCipso.map(padded), options4),
      fragment: mostly(fc.constant([false, 0] as const), 1, fragmentField),
      id: fc.nat(3),
      ttl: mostly(fc.constant(64), 1, fc.constant(1)),
      checksum: mostly(fc.constant(true), 12, fc.constant(false)),
      lengthError: mostly(fc.constant(0), 80, fc.constantFrom(-30, -9, 3, 500)),
    })
    .map(({ content: { dst, upper }, fragment: [more, offset], ...rest }) =>
      encode4({ ...rest, dst, ...upper, more, offset }),
    );

const from6 = (labels: boolean): fc.Arbitrary<Packet> =>
  fc
    .record({
      src: sender(6, labels),
      content: content(6),
      headers: labels
        ? extensions
        : mostly(fc.constant<ExtensionHeader[]>([]), 16, lowCalipso.map(hopByHopOf), extensions),
      hopLimit: fc.constantFrom(64, 255, 1),
      lengthError: mostly(fc.constant(0), 80, fc.constantFrom(-9, 3)),
    })
    .map(({ content: { dst, upper }, ...rest }) => encode6({ ...rest, dst, ...upper }));

const padded = (option: readonly number[]): number[] => [
  ...option,
  ...new Array<number>((4 - (option.length % 4)) % 4).fill(0),
];

const hopByHopOf = (option: number[]): ExtensionHeader[] => [
  { type: 0, make: (next) => optionHeader(next, [option], true) },
];

/** A packet that stands alone, or a fragment of a datagram that no other is of. */
export const packet: fc.Arbitrary<Packet> = fc.oneof(
  { weight: 3, arbitrary: from4(true) },
  { weight: 2, arbitrary: from4(false) },
  { weight: 3, arbitrary: from6(true) },
  { weight: 2, arbitrary: from6(false) },
);
