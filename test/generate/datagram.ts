// Datagrams in fragments: sound ones in any order, and every way in which one can be unsound (Rule F).
import fc from "fast-check";
import { fragmentHeader } from "./extensions.ts";
import { mostly } from "./mostly.ts";
import { calipso, cipso, lowCalipso, lowCipso, optionHeader } from "./options.ts";
import { destination, encode4, encode6, type Packet, port, sender } from "./packet.ts";

/** A fragment, and how many seconds and nanoseconds after the first of its datagram it arrives. */
export interface Fragment {
  readonly packet: Packet;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What is wrong with one fragment, or different from the others. */
type Fault =
  | "twice"
  | "again elsewhere"
  | "overlaps"
  | "odd length"
  | "empty"
  | "far out"
  | "at the bound"
  | "other ports"
  | "no label"
  | "other label"
  | "label written differently"
  | "malformed label"
  | "cut header"
  | "late"
  | "at the limit"
  | "unlast";

const FAULTS: readonly Fault[] = [
  ...(["twice", "twice", "again elsewhere", "again elsewhere", "overlaps", "odd length", "empty", "far out"] as const),
  ...(["at the bound", "other ports", "no label", "no label", "other label", "other label"] as const),
  ...(["label written differently", "malformed label", "cut header", "late", "at the limit", "unlast"] as const),
];

/** Those that come besides the piece they are like, and not in the place of one. */
const ADDED: readonly Fault[] = ["twice", "again elsewhere", "other ports"];

/** More often with a host that labels little: a label for some fragments and none for others. */
const BARE: readonly Fault[] = ["no label", "no label", "no label", "no label", "no label", "no label"];

interface Piece {
  /** In units of 8 octets. */
  readonly offset: number;
  readonly body: readonly number[];
  readonly more: boolean;
  readonly fault: Fault | null;
}

interface Draw {
  readonly version: 4 | 6;
  readonly src: string;
  readonly dst: string;
  readonly id: number;
  readonly protocol: number;
  readonly port: number;
  /** A label option, or none. */
  readonly label: readonly number[];
  /** Another one. */
  readonly other: readonly number[];
  readonly widths: readonly number[];
  readonly tail: number;
  readonly faults: readonly (readonly [at: number, fault: Fault])[];
  readonly order: readonly number[];
  readonly firstLast: boolean;
  readonly again: boolean;
  readonly many: boolean;
}

// The pieces of a datagram, in order; then those that are not as they should be, next to the one they are like.
function piecesOf({ version, protocol, port, widths, tail, faults }: Draw): Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  widths.forEach((width, i) => {
    const last = i === widths.length - 1;
    const head =
      i > 0 ? [] : protocol === 1 || protocol === 58 ? [version === 4 ? 8 : 128, 0] : [1, 2, port >> 8, port & 255];
    const body = [...head, ...new Array<number>((last ? (width - 1) * 8 + tail : width * 8) - head.length).fill(i)];
    pieces.push({ offset, body, more: !last, fault: null });
    offset += width;
  });
  for (const [at, fault] of faults) {
    const index = at % pieces.length;
    pieces.splice(index + (at % 2), ADDED.includes(fault) ? 0 : 1, damaged(pieces[index]!, fault));
  }
  return pieces;
}

function damaged(piece: Piece, fault: Fault): Piece {
  const faulty = { ...piece, fault };
  const { offset, body } = piece;
  if (fault === "again elsewhere") return { ...faulty, offset: offset + 1, more: false };
  if (fault === "overlaps")
    return { ...faulty, offset: Math.max(0, offset - 1), body: [...body, ...new Array(8).fill(9)] };
  if (fault === "odd length") return { ...faulty, body: [...body, 1], more: true };
  if (fault === "empty") return { ...faulty, offset: offset + 1, body: [] };
  if (fault === "far out") return { ...faulty, offset: 8191, more: false };
  if (fault === "at the bound") return { ...faulty, offset: 8188, body: new Array(8).fill(0), more: true };
  if (fault === "other ports" && offset === 0) return { ...faulty, body: body.map((octet) => octet ^ 1) };
  if (fault === "cut header") return { ...faulty, body: body.slice(0, 2) };
  if (fault === "unlast") return { ...faulty, more: true };
  return faulty;
}

function labelFor({ version, label, other }: Draw, { fault }: Piece): readonly number[] {
  if (fault === "no label") return [];
  if (fault === "other label") return other;
  if (fault === "malformed label" && version === 4) return [...label.slice(0, 38), 148, 1];
  return label;
}

function encode(draw: Draw, piece: Piece): Packet {
  const { version, src, dst, id, protocol } = draw;
  const label = labelFor(draw, piece);
  const { body, more, offset, fault } = piece;
  if (version === 4) {
    const padded = fault === "label written differently" && label.length < 40 ? [1, ...label] : [...label];
    while (padded.length % 4 !== 0) padded.push(0);
    const rest = { ttl: 64, checksum: true, lengthError: 0 };
    return encode4({ src, dst, options: padded, protocol, body, more, offset, id, ...rest });
  }
  const options = fault === "label written differently" ? [[5, 2, 0, 0], [...label]] : [[...label]];
  const hopByHop = { type: 0, make: (next: number) => optionHeader(next, options, true) };
  const behind = { type: 60, make: (next: number) => [next, 0, 0xde, 0, 1, 2, 0, 0] };
  const headers = [
    ...(label.length === 0 ? [] : [hopByHop]),
    fragmentHeader(more, offset, id),
    // Malformed behind the fragment header; a later fragment has no header there, and its first octets are payload.
    ...(fault === "malformed label" && offset === 0 ? [behind] : []),
  ];
  return encode6({ src, dst, headers, protocol, body, hopLimit: 64, lengthError: 0 });
}

/** More pieces than are followed, every second one left out. */
const MANY = 34;

function comb(draw: Draw): Piece[] {
  const [first] = piecesOf({ ...draw, widths: [1, 1], faults: [] });
  const others = Array.from({ length: MANY - 1 }, (_, i): Piece => {
    return { offset: 2 * (i + 1), body: new Array(8).fill(i), more: true, fault: null };
  });
  return [first!, ...others];
}

function fragmentsOf(draw: Draw, pieces: readonly Piece[]): Fragment[] {
  return pieces.map((piece) => ({
    packet: encode(draw, piece),
    seconds: piece.fault === "late" ? 61 : piece.fault === "at the limit" ? (draw.version === 4 ? 30 : 60) : 0,
    nanoseconds: piece.fault === "at the limit" ? piece.body.length % 2 : 0,
  }));
}

// By the numbers that were drawn, the first piece mostly at the front.
function shuffled(pieces: readonly Piece[], { order, firstLast }: Draw): Piece[] {
  const place = (piece: Piece, i: number): number =>
    piece.offset === 0 && !firstLast ? -1 : (order[i % order.length] ?? 0);
  return pieces
    .map((piece, i) => ({ piece, at: place(piece, i) }))
    .sort((a, b) => a.at - b.at)
    .map(({ piece }) => piece);
}

const draws = (version: 4 | 6, labels: boolean): fc.Arbitrary<Draw> => {
  const option = version === 4 ? cipso : calipso;
  const low = version === 4 ? lowCipso : lowCalipso;
  return fc.record({
    version: fc.constant(version),
    src: sender(version, labels),
    dst: destination(version),
    id: fc.integer({ min: 256, max: 700 }),
    protocol: fc.constantFrom(17, 17, 17, version === 4 ? 1 : 58, 6, 136),
    port,
    label: labels
      ? mostly<readonly number[]>(option, 40, fc.constant([]))
      : mostly<readonly number[]>(fc.constant([]), 2, low),
    other: mostly(labels ? option : low, 3, option),
    widths: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 5 }),
    tail: fc.integer({ min: 4, max: 8 }),
    faults: mostly<readonly (readonly [number, Fault])[]>(
      fc.constant([]),
      1,
      fc.array(fc.tuple(fc.nat(9), fc.constantFrom(...FAULTS, ...(labels ? [] : BARE))), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    order: fc.oneof(fc.constant([0]), fc.array(fc.nat(9), { minLength: 5, maxLength: 5 })),
    firstLast: mostly(fc.constant(false), 5, fc.constant(true)),
    again: mostly(fc.constant(false), 4, fc.constant(true)),
    many: mostly(fc.constant(false), 25, fc.constant(true)),
  });
};

/** The fragments of one datagram as they arrive; sometimes all of them twice, as when the identification is used again. */
export const datagram: fc.Arbitrary<readonly Fragment[]> = fc
  .oneof(
    { weight: 4, arbitrary: draws(4, true) },
    { weight: 2, arbitrary: draws(4, false) },
    { weight: 4, arbitrary: draws(6, true) },
    { weight: 2, arbitrary: draws(6, false) },
  )
  .map((draw) => {
    if (draw.many) return fragmentsOf(draw, comb(draw));
    const fragments = fragmentsOf(draw, shuffled(piecesOf(draw), draw));
    return draw.again ? [...fragments, ...fragments] : fragments;
  });
