// Frames: every link type around packets and fragments of every kind, mostly sound, sometimes damaged or cut.
import fc from "fast-check";
import { LINK_TYPES } from "../../ts/capture/link.ts";
import type { FrameInput } from "../../ts/frames.ts";
import { DEVICES, STRANGE_DEVICE, VLANS } from "./addresses.ts";
import { datagram } from "./datagram.ts";
import { linkHeader } from "./link.ts";
import { mostly } from "./mostly.ts";
import { type Packet, packet } from "./packet.ts";

/** A frame of which everything is said but, mostly, the device. */
export type GeneratedFrame = Required<Omit<FrameInput, "device">> & Pick<FrameInput, "device">;

/** How a packet is framed. */
interface Framing {
  readonly linkType: number;
  readonly kind: number;
  readonly vlans: readonly number[];
  readonly damage: readonly (readonly [at: number, value: number])[];
  /** Octets that were captured; below 0: all. */
  readonly cut: number;
  readonly short: boolean;
  readonly trailer: number;
  readonly device: string | null;
}

interface Time {
  readonly seconds: number;
  readonly nanoseconds: number;
}

function frameOf(packet: Packet, framing: Framing, { seconds, nanoseconds }: Time): GeneratedFrame {
  const { linkType, kind, vlans, damage, cut, short, trailer, device } = framing;
  const whole = [
    ...linkHeader(linkType, packet.version, packet.bytes.length, kind, vlans),
    ...packet.bytes,
    ...new Array<number>(trailer).fill(0),
  ];
  for (const [at, value] of damage) if (at < whole.length) whole[at] = value;
  const bytes = Uint8Array.from(cut < 0 ? whole : whole.slice(0, cut));
  const frame = { bytes, linkType, wireLength: short ? bytes.length : whole.length, seconds, nanoseconds };
  return device === null ? frame : { ...frame, device };
}

const framing: fc.Arbitrary<Framing> = fc.record({
  linkType: mostly(fc.constantFrom(1, 1, 101), 6, fc.constantFrom(...LINK_TYPES.keys())),
  kind: mostly(fc.nat(10), 24, fc.constant(11)),
  vlans: mostly(
    fc.constant<number[]>([]),
    20,
    fc.constantFrom(...VLANS).map((vlan) => [vlan]),
    fc.constantFrom(...VLANS).map((vlan) => [vlan]),
    fc.constantFrom([100, 100], [7], new Array<number>(8).fill(100), new Array<number>(9).fill(100)),
  ),
  damage: mostly(
    fc.constant<[number, number][]>([]),
    40,
    fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { minLength: 1, maxLength: 2 }),
    fc.constantFrom<[number, number][][]>([[0, 0x44]], [[14, 0x44]]),
  ),
  cut: mostly(fc.constant(-1), 30, fc.nat(120)),
  short: fc.boolean(),
  trailer: mostly(fc.constant(0), 4, fc.constant(6)),
  device: mostly<string | null>(fc.constant(null), 9, fc.constantFrom(...DEVICES, STRANGE_DEVICE)),
});

const time: fc.Arbitrary<Time> = fc.record({
  seconds: mostly(fc.constant(1000), 12, fc.integer({ min: 960, max: 1040 })),
  nanoseconds: fc.constantFrom(0, 0, 1, 999_999_999),
});

const alone: fc.Arbitrary<GeneratedFrame> = fc
  .record({ packet, framing, time })
  .map(({ packet, framing, time }) => frameOf(packet, framing, time));

/** Fragments come the same way, and undamaged: what they are made of is what matters of them. */
const inFragments: fc.Arbitrary<GeneratedFrame[]> = fc
  .record({ datagram, framing, time })
  .map(({ datagram, framing, time }) =>
    datagram.map(({ packet, seconds, nanoseconds }) => {
      const later = { seconds: time.seconds + seconds, nanoseconds: (time.nanoseconds + nanoseconds) % 1_000_000_000 };
      return frameOf(packet, { ...framing, damage: [], cut: -1 }, later);
    }),
  );

/** Frames that stand alone for each datagram in fragments. */
const ALONE = 11;
/** Between two fragments of a datagram there are so many other frames. */
const SPREAD = 3;

/** So many frames, fragments of the same datagrams among them. */
export const frames = (count: number): fc.Arbitrary<GeneratedFrame[]> => {
  const some = Math.ceil(count / ALONE);
  return fc
    .record({
      single: fc.array(alone, { minLength: count, maxLength: count, size: "max" }),
      split: fc.array(fc.tuple(fc.nat(count), inFragments), { minLength: some, maxLength: some, size: "max" }),
    })
    .map(({ single, split }) =>
      [
        ...single.map((frame, at) => ({ frame, at })),
        ...split.flatMap(([from, list]) => list.map((frame, i) => ({ frame, at: from + i * SPREAD }))),
      ]
        .sort((a, b) => a.at - b.at)
        .slice(0, count)
        .map(({ frame }) => frame),
    );
};
