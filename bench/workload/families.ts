// Families of packets whose frames cost much, one idea each: where the search begins.

import { MAX_CATEGORY } from "../../ts/label.ts";
import type { ReasonName } from "../../ts/reason.ts";
import { type Genome, type HeaderGene, LABEL, type LabelGene, type OptionGene, PLAIN } from "./genome.ts";

export interface Family {
  readonly name: string;
  /** One line: what its frames are like. */
  readonly what: string;
  readonly genome: Genome;
  /** Reasons that its frames are dropped for, the first is that of most; `OK`: they are delivered. */
  readonly reasons: readonly ReasonName[];
}

const [TCP, ICMP] = [6, 1];
const HIGH = 2048; // the first category behind the bitmap of the kernel

function cipso(label: Partial<LabelGene>, genome: Partial<Genome> = {}): Genome {
  return { ...PLAIN, options: [{ ...LABEL, ...label }], ...genome };
}

function calipso(label: Partial<LabelGene>, genome: Partial<Genome> = {}): Genome {
  const options = [{ ...LABEL, kind: "calipso" as const, ...label }];
  return { ...PLAIN, version: 6, headers: [{ kind: "hop", options }], ...genome };
}

function options4(...options: readonly OptionGene[]): Genome {
  return { ...PLAIN, options };
}

const TAG2 = { kind: "tag2", size: 15, from: 0, to: 239 } as const;
const TAG5 = { kind: "tag5", size: 7, from: 0, to: 239 } as const;

/** Eight options, and seven octets of padding before each and behind them. */
const PADDED: readonly OptionGene[] = [
  ...Array.from({ length: 8 }).flatMap((): OptionGene[] => [
    { kind: "pad", size: 7 },
    { kind: "skip", size: 2 },
  ]),
  { kind: "pad", size: 6 },
];
const HEADER: HeaderGene = { kind: "destination", options: PADDED };
const CHAIN: readonly HeaderGene[] = [{ kind: "hop", options: PADDED }, ...new Array<HeaderGene>(11).fill(HEADER)];

const LONG: LabelGene = { ...LABEL, kind: "calipso", size: 244 };

export const FAMILIES: readonly Family[] = [
  { name: "labels", what: "a new label of 240 categories", genome: cipso({}), reasons: ["NO_PARTITION"] },
  {
    ...{ name: "enumerated", what: "a new label of 15 categories", reasons: ["NO_PARTITION"] },
    genome: cipso(TAG2),
  },
  {
    ...{ name: "enumerated/high", what: "a new label of 15 high categories", reasons: ["NO_PARTITION"] },
    genome: cipso({ ...TAG2, from: HIGH, to: MAX_CATEGORY }),
  },
  { name: "ranges", what: "a new label of 7 ranges", genome: cipso(TAG5), reasons: ["NO_PARTITION"] },
  {
    ...{ name: "ranges/wide", what: "a new label of 7 ranges over 2048 categories", reasons: ["NO_PARTITION"] },
    genome: cipso({ ...TAG5, to: HIGH - 1 }),
  },
  {
    ...{ name: "ranges/high", what: "a new label of 7 ranges of high categories", reasons: ["NO_PARTITION"] },
    genome: cipso({ ...TAG5, from: HIGH, to: MAX_CATEGORY }),
  },
  {
    ...{ name: "broken/bitmap", what: "a new label, wrong in the last octet", reasons: ["CIPSO_TAG_TRUNCATED"] },
    genome: cipso({ size: 29, broken: true }),
  },
  {
    ...{ name: "broken/enumerated", what: "15 categories, the last out of order", reasons: ["CIPSO_CAT_ORDER"] },
    genome: cipso({ ...TAG2, broken: true }),
  },
  {
    ...{ name: "broken/ranges", what: "7 ranges, the last overlapping", reasons: ["CIPSO_RANGE_OVERLAP"] },
    genome: cipso({ ...TAG5, broken: true }),
  },
  {
    ...{ name: "renumbered", what: "a label of 240 categories to be renumbered", reasons: ["NO_PARTITION"] },
    genome: cipso({ doi: "renumbered", bits: "all" }),
  },
  {
    ...{ name: "options/one", what: "40 options of one octet", reasons: ["LABEL_REQUIRED"] },
    genome: options4({ kind: "pad", size: 40 }),
  },
  {
    ...{ name: "options/two", what: "20 options of two octets", reasons: ["LABEL_REQUIRED"] },
    genome: options4(...Array.from({ length: 20 }, () => ({ kind: "skip", size: 2 }) as const)),
  },
  {
    ...{ name: "ripso", what: "a basic option and 12 extended ones", reasons: ["NO_PARTITION"] },
    genome: options4(
      { kind: "basic", size: 4 },
      ...Array.from({ length: 12 }, () => ({ kind: "extended", size: 3 }) as const),
    ),
  },
  {
    ...{ name: "calipso", what: "the longest label that fits", reasons: ["NO_PARTITION"] },
    genome: calipso({ size: 244 }),
  },
  {
    ...{ name: "calipso/broken", what: "the same with a wrong checksum", reasons: ["CALIPSO_CRC"] },
    genome: calipso({ size: 244, broken: true }),
  },
  {
    ...{ name: "calipso/renumbered", what: "1952 categories to be renumbered", reasons: ["NO_PARTITION"] },
    genome: calipso({ size: 244, bits: "all", doi: "renumbered" }),
  },
  {
    ...{ name: "headers", what: "12 extension headers, 8 options and 62 octets of padding in each" },
    ...{ genome: { ...PLAIN, version: 6, headers: CHAIN }, reasons: ["LABEL_REQUIRED"] },
  },
  {
    ...{
      name: "headers/label",
      what: "the same with a long label that is new in the first",
      reasons: ["NO_PARTITION"],
    },
    genome: {
      ...PLAIN,
      version: 6,
      headers: [{ kind: "hop", options: [LONG, ...PADDED.slice(2, -1)] }, ...CHAIN.slice(1)],
    },
  },
  {
    ...{ name: "headers/empty", what: "12 extension headers with nothing to read" },
    reasons: ["LABEL_REQUIRED"],
    genome: {
      ...PLAIN,
      version: 6,
      headers: new Array<HeaderGene>(12).fill({ kind: "routing", options: [] }),
    },
  },
  {
    ...{ name: "fragments/4", what: "1024 datagrams of 32 pieces, with gaps, from the last to the first" },
    ...{ genome: cipso({ labels: 64 }, { pieces: 32, live: 1024 }), reasons: ["NO_PARTITION"] },
  },
  {
    ...{ name: "fragments/6", what: "the same in IPv6", reasons: ["NO_PARTITION"] },
    genome: calipso(
      { labels: 64 },
      {
        ...{ pieces: 32, live: 1024 },
        headers: [
          { kind: "hop", options: [{ ...LABEL, kind: "calipso", labels: 64 }] },
          { kind: "fragment", options: [] },
        ],
      },
    ),
  },
  {
    ...{ name: "fragments/first", what: "every frame the beginning of a datagram", reasons: ["NO_PARTITION"] },
    genome: cipso({}, { pieces: 1, live: 1 }),
  },
  {
    ...{ name: "fragments/refused", what: "every frame of a datagram to be refused", reasons: ["LABEL_REQUIRED"] },
    genome: { ...PLAIN, pieces: 1, live: 1 },
  },
  {
    ...{ name: "strangers/4", what: "senders nobody knows", genome: cipso({}, { sender: "unknown" }) },
    reasons: ["NO_TEMPLATE"],
  },
  {
    ...{ name: "strangers/6", what: "the same in IPv6", reasons: ["NO_TEMPLATE"] },
    genome: calipso({ size: 28 }, { sender: "unknown" }),
  },
  {
    ...{ name: "tags", what: "8 VLAN tags", genome: cipso({}, { tags: 8 }), reasons: ["NO_PARTITION"] },
  },
  {
    ...{ name: "ports", what: "ports that bindings of others name", reasons: ["NO_PARTITION"] },
    genome: cipso({}, { port: "named", protocol: TCP }),
  },
  {
    ...{ name: "bindings", what: "labels of partitions that bind other ports", reasons: ["NO_BINDING"] },
    genome: cipso({ labels: "bound" }, { protocol: TCP }),
  },
  {
    ...{ name: "owned", what: "labels that the owner of the address has not", reasons: ["PARTITION_LABEL_MISMATCH"] },
    genome: cipso({}, { destination: "owned", protocol: ICMP }),
  },
  {
    ...{ name: "group", what: "a multicast to members of other labels", reasons: ["NO_PARTITION"] },
    genome: cipso({}, { destination: "group" }),
  },
  {
    ...{ name: "group/copies", what: "a multicast that every member takes", reasons: ["OK"] },
    genome: cipso({}, { destination: "group", protocol: ICMP }),
  },
];
