// The mix: labelled traffic of every kind, the sender and the label of each frame independent of those before.
import type { PolicyInput } from "../../ts/policy/input.ts";
import { randoms } from "../prefixes.ts";
import type { Parameters } from "../traffic.ts";
import { BREAKS_CALIPSO, BREAKS_TAG1, BREAKS_TAG2, BREAKS_TAG5, type Break } from "./broken.ts";
import { drawLabels, type Labels, writeCalipso, writeTag1, writeTag2, writeTag5 } from "./labels.ts";
import { MAX_CALIPSO, MAX_CIPSO, OPTION_HEAD } from "./parameters.ts";
import * as site from "./policy.ts";
import { drawSenders, type Senders } from "./senders.ts";
import { Writer } from "./writer.ts";
import { drawZipf, zipfOf } from "./zipf.ts";

export interface Mix {
  readonly capture: Uint8Array;
  readonly policy: PolicyInput;
}

const MEAN = 400; // octets of a record, and a little more
const PARTS = 1000; // shares are drawn in thousandths
const PERCENT = PARTS / 100;
const HOP_BY_HOP = 0;
const [ICMP4, TCP, UDP, ICMP6] = [1, 6, 17, 58];

// IMIX, 7 to 4 to 1: the shortest frames there are, and IP packets of 576 and 1500 octets.
const SIZES = [64, 64, 64, 64, 64, 64, 64, 590, 590, 590, 590, 1514];

/** What is drawn from. */
interface Source {
  readonly next: (below: number) => number;
  readonly labels: Labels;
  readonly senders: Senders;
  readonly partitions: number;
  readonly matching: number;
  readonly own: Float64Array;
  readonly others: Float64Array;
  readonly ports: Float64Array;
  readonly vlan: number;
  readonly qinq: number;
}

/** One line: what kind of traffic it is. */
export const MIX = "labelled traffic of every kind, sender and label of each frame independent of those before";

/** Deterministic: the same parameters give the same octets. */
export function mixOf(parameters: Parameters): Mix {
  const { frames, seed, partitions, labels: others, prefixes, hosts } = parameters as Required<Record<string, number>>;
  const next = randoms(seed!);
  const labels = drawLabels(partitions! + others!, bitmapOf(parameters), next);
  const senders = drawSenders(prefixes!, hosts!, seed!, next);
  const source: Source = {
    ...{ next, labels, senders, partitions: partitions! },
    ...{ own: zipfOf(partitions!), others: zipfOf(others!, partitions), ports: zipfOf(site.PORTS.length) },
    ...{ matching: parameters.matching! * PERCENT, vlan: parameters.vlan! * PERCENT, qinq: parameters.qinq! * PERCENT },
  };
  const kinds = kindsOf(parameters);
  const out = new Writer(frames! * MEAN);
  for (let frame = 0; frame < frames!; frame++) {
    let share = next(PARTS);
    kinds.find((kind) => (share -= kind.share) < 0)!.write(out, source);
  }
  return {
    capture: out.capture(),
    policy: site.policyOf(labels, partitions!, senders.hosts),
  };
}

function bitmapOf({ option, tag1, tag2, tag5 }: Parameters): number | null {
  if (option === 0) return null;
  if (option! < OPTION_HEAD || option! > MAX_CALIPSO) {
    throw new RangeError(`option ${option}: expected 0, or ${OPTION_HEAD} to ${MAX_CALIPSO}`);
  }
  if (option! > MAX_CIPSO && tag1! + tag2! + tag5! > 0) {
    throw new RangeError(`option ${option}: CIPSO has at most ${MAX_CIPSO}; set tag1, tag2 and tag5 to 0`);
  }
  return option! - OPTION_HEAD;
}

interface Kind {
  /** In thousandths. */
  readonly share: number;
  readonly write: (out: Writer, source: Source) => void;
}

type WriteLabel = typeof writeTag1;

function kindsOf(parameters: Parameters): Kind[] {
  const cipso = (name: string, write: WriteLabel): Kind => ({
    share: parameters[name]! * PERCENT,
    write: (out, source) => labelled4(out, source, write, null),
  });
  const asked: Kind[] = [
    cipso("tag1", writeTag1),
    cipso("tag2", writeTag2),
    cipso("tag5", writeTag5),
    { share: parameters.calipso! * PERCENT, write: (out, source) => labelled6(out, source, null) },
    { share: parameters.unlabelled! * PERCENT, write: unlabelled },
    { share: parameters.malformed! * PERCENT, write: malformed },
  ];
  const rest = PARTS - asked.reduce((sum, { share }) => sum + share, 0);
  if (rest < 0) throw new RangeError("tag1, tag2, tag5, calipso, unlabelled and malformed are above 100 % together");
  // What is left: RIPSO, other options, ARP, bad hop-by-hop headers.
  const others = [ripso, otherOptions, otherOptions, arp, badHeader];
  return [...asked, { share: rest, write: (out, source) => others[source.next(others.length)]!(out, source) }];
}

function tagsOf({ next, vlan, qinq }: Source): number {
  const share = next(PARTS);
  return share < qinq ? 2 : share < qinq + vlan ? 1 : 0;
}

function labelOf({ next, matching, own, others, partitions }: Source): number {
  return next(PARTS) < matching ? drawZipf(own, next) : partitions + drawZipf(others, next);
}

// A host of the wanted kind nearly always; now and then one of the other kind, or nobody we know.
function sender4(source: Source, labelled: boolean): Uint8Array {
  const { next, senders } = source;
  const share = next(PARTS);
  if (share < 10) return Uint8Array.of(240 + next(15), next(256), next(256), next(256));
  const wanted = labelled === share >= 30 ? senders.labelled4 : senders.unlabelled4;
  const from = wanted.length > 0 ? wanted : labelled ? senders.unlabelled4 : senders.labelled4;
  return from[next(from.length)]!;
}

function sender6(source: Source, labelled: boolean): Uint8Array {
  const { next, senders } = source;
  const share = next(PARTS);
  if (share < 10) return Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? 0x3f : next(256)));
  const wanted = labelled === share >= 30 ? senders.labelled6 : senders.unlabelled6;
  const from = wanted.length > 0 ? wanted : labelled ? senders.unlabelled6 : senders.labelled6;
  return from[next(from.length)]!;
}

function destination4({ next }: Source): Uint8Array {
  const share = next(PARTS);
  if (share < 10) return site.FOREIGN4;
  return share < 20 ? site.OWNED4 : site.SHARED4[share & 1]!;
}

function destination6({ next }: Source): Uint8Array {
  const share = next(PARTS);
  if (share < 10) return site.FOREIGN6;
  return share < 20 ? site.OWNED6 : site.SHARED6[share & 1]!;
}

function protocolOf({ next }: Source, icmp: number): number {
  const share = next(PARTS);
  return share < 30 ? icmp : share < 330 ? UDP : TCP;
}

// A label of no partition goes to a multilevel port for the most part.
function portOf({ next, ports }: Source, matches: boolean): number {
  const share = next(PARTS);
  if (!matches && share < 700) return site.MULTILEVEL_PORTS[share & 3]!;
  return share > 970 ? 32768 + next(28_000) : site.PORTS[drawZipf(ports, next)]!;
}

function finish(out: Writer, source: Source, protocol: number, port: number): void {
  const { next } = source;
  const transport = out.at;
  out.transport(protocol, 1024 + next(60_000), port);
  out.close(SIZES[next(SIZES.length)]!, protocol === UDP ? transport : 0);
}

function labelled4(out: Writer, source: Source, write: WriteLabel, broken: readonly Break[] | null): void {
  const { labels, next, partitions } = source;
  const label = labelOf(source);
  const protocol = protocolOf(source, ICMP4);
  out.open4(tagsOf(source), protocol, sender4(source, true), destination4(source));
  const option = out.at;
  out.at += write(out.bytes, option, labels, label, site.DOI);
  const end = out.at;
  out.closeOptions();
  finish(out, source, protocol, portOf(source, label < partitions));
  if (broken !== null) broken[next(broken.length)]!.apply({ bytes: out.bytes, ip: out.ip, option, end });
}

function labelled6(out: Writer, source: Source, broken: readonly Break[] | null): void {
  const { labels, next, partitions } = source;
  const label = labelOf(source);
  const protocol = protocolOf(source, ICMP6);
  out.open6(tagsOf(source), HOP_BY_HOP, sender6(source, true), destination6(source));
  const header = out.at;
  out.openHeader(protocol);
  const option = out.at;
  out.at += writeCalipso(out.bytes, option, labels, label, site.DOI);
  const end = out.at;
  out.closeHeader(header);
  finish(out, source, protocol, portOf(source, label < partitions));
  if (broken !== null) broken[next(broken.length)]!.apply({ bytes: out.bytes, ip: out.ip, option, end });
}

function unlabelled(out: Writer, source: Source): void {
  const version4 = source.next(5) !== 0;
  const protocol = protocolOf(source, version4 ? ICMP4 : ICMP6);
  if (version4) {
    out.open4(tagsOf(source), protocol, sender4(source, false), destination4(source));
    out.closeOptions();
  } else out.open6(tagsOf(source), protocol, sender6(source, false), destination6(source));
  finish(out, source, protocol, portOf(source, true));
}

function malformed(out: Writer, source: Source): void {
  const share = source.next(10);
  if (share < 5) labelled4(out, source, writeTag1, BREAKS_TAG1);
  else if (share < 6) labelled4(out, source, writeTag2, BREAKS_TAG2);
  else if (share < 7) labelled4(out, source, writeTag5, BREAKS_TAG5);
  else labelled6(out, source, BREAKS_CALIPSO);
}

// Level and authorities: labels that the policy knows, labels it does not, and octets that are none.
const RIPSO = [
  [130, 3, 0xab],
  [130, 4, 0xab, 0x80],
  [130, 4, 0x96, 0x80],
  [130, 4, 0x5a, 0x90],
  [130, 4, 0x3d, 0x80],
  [130, 4, 0xab, 0x20],
  [130, 4, 0x66, 0x80],
  [130, 4, 0xab, 0x81],
  [130, 4, 0xab, 0x80, 133, 4, 9, 1],
  [133, 3, 1],
];

function ripso(out: Writer, source: Source): void {
  const { next } = source;
  const protocol = protocolOf(source, ICMP4);
  out.open4(tagsOf(source), protocol, sender4(source, true), destination4(source));
  out.octets(RIPSO[next(RIPSO.length)]!);
  out.closeOptions();
  finish(out, source, protocol, portOf(source, false));
}

// Router alert, record route, timestamp, padding.
const OTHERS4 = [
  [148, 4, 0, 0],
  [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0],
  [68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  [1, 1, 1, 1],
];

function otherOptions(out: Writer, source: Source): void {
  const { labels, next, partitions } = source;
  const protocol = protocolOf(source, ICMP4);
  const label = next(2) === 0 ? drawZipf(source.own, next) : null;
  out.open4(tagsOf(source), protocol, sender4(source, label !== null), destination4(source));
  out.octets(OTHERS4[next(OTHERS4.length)]!);
  const room = MAX_CIPSO - (out.at - out.ip - 20);
  if (label !== null && label < partitions) {
    const length = writeTag1(out.bytes, out.at, labels, label, site.DOI);
    if (length <= room) out.at += length;
    else out.bytes.fill(0, out.at, out.at + length);
  }
  out.closeOptions();
  finish(out, source, protocol, portOf(source, true));
}

function arp(out: Writer, source: Source): void {
  out.open(tagsOf(source), 0x0806);
  out.octets([0, 1, 8, 0, 6, 4, 0, 1]);
  out.closePlain(64);
}

// Options of a hop-by-hop header that refuse it: hidden octets, too much padding, an unknown option, a short Router Alert.
const BAD = [
  [1, 4, 0, 0, 1, 0],
  [1, 4, 0, 0, 0, 0, 0, 0],
  [1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0, 0],
  [0x8a, 4, 0, 0, 0, 0],
  [5, 1, 0, 1, 1, 0],
  [5, 60, 0, 0, 1, 0],
];

function badHeader(out: Writer, source: Source): void {
  const { next } = source;
  const protocol = protocolOf(source, ICMP6);
  out.open6(tagsOf(source), HOP_BY_HOP, sender6(source, false), destination6(source));
  const header = out.at;
  out.openHeader(protocol);
  out.octets(BAD[next(BAD.length)]!);
  out.closeHeader(header);
  finish(out, source, protocol, portOf(source, true));
}
