// What the mix depends on, besides the number of frames.
import type { Parameter } from "../traffic.ts";

/** Octets of a label option before its bitmap: CIPSO with tag 1, and CALIPSO. */
export const OPTION_HEAD = 10;
/** Of a CIPSO option: what an IPv4 header has room for. */
export const MAX_CIPSO = 40;
/** Of a CALIPSO option: with the two octets of the hop-by-hop header, a bitmap of 31 words. */
export const MAX_CALIPSO = 134;

export const MIX_PARAMETERS: readonly Parameter[] = [
  { name: "seed", what: "of all that is drawn", initial: 1, least: 0, most: 2 ** 31 - 1 },
  { name: "partitions", what: "partitions, each with a label of its own", initial: 64, least: 1, most: 10_000 },
  { name: "labels", what: "labels that frames carry besides those", initial: 4032, least: 1, most: 1_000_000 },
  {
    name: "matching",
    what: "of labels carried, the share that a partition has, %",
    initial: 55,
    least: 0,
    most: 100,
    share: true,
  },
  { name: "prefixes", what: "host prefixes, 70 % of them IPv4", initial: 10_000, least: 10, most: 1_000_000 },
  { name: "hosts", what: "addresses that send", initial: 24_000, least: 10, most: 1_000_000 },
  { name: "option", what: "octets of an option with a bitmap; 0: as its label needs", initial: 0, least: 0, most: 134 },
  { name: "tag1", what: "frames with CIPSO tag 1, %", initial: 50, least: 0, most: 100, share: true },
  { name: "tag2", what: "frames with CIPSO tag 2, %", initial: 5, least: 0, most: 100, share: true },
  { name: "tag5", what: "frames with CIPSO tag 5, %", initial: 5, least: 0, most: 100, share: true },
  { name: "calipso", what: "frames with CALIPSO, %", initial: 10, least: 0, most: 100, share: true },
  { name: "unlabelled", what: "frames without a label option, %", initial: 20, least: 0, most: 100, share: true },
  {
    name: "malformed",
    what: "frames with malformed label options or headers, %",
    initial: 4,
    least: 0,
    most: 100,
    share: true,
  },
  { name: "vlan", what: "frames with a VLAN tag, %", initial: 10, least: 0, most: 100, share: true },
  { name: "qinq", what: "frames with two, %", initial: 1, least: 0, most: 100, share: true },
];
