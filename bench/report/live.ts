// What the live bench found, as rows that the terminal and the page share.
import type { Forwarded, Isolation, LiveResult, LiveRound, LiveWay } from "../live/result.ts";
import { type Spread, spreadOf } from "../spread.ts";
import { figure, grouped } from "./words.ts";

/** Passages through a gate or bridge on the way there and back: two, twice. */
const CROSSINGS = 4;

/** Heads of {@link liveRows}. */
export const LIVE_HEAD: readonly string[] = [
  "live",
  "gate",
  "half the rounds",
  "bridge",
  "half the rounds",
  "gate/bridge",
];

const MEASURES: readonly (readonly [what: string, of: (way: LiveWay) => number])[] = [
  ["round trip through two, p50, µs", ({ roundTrip }) => roundTrip.p50],
  ["round trip through two, p99, µs", ({ roundTrip }) => roundTrip.p99],
  ["CPU of a round trip, µs", ({ pingCpu }) => pingCpu],
  ["a TCP stream through two, Mbit/s", ({ stream }) => stream.megabits],
  ["CPUs in use meanwhile, ends and all", ({ stream }) => stream.machine],
  ["as many frames as go, through one, k/s", ({ full }) => rate(full) / 1000],
  ["CPUs in use meanwhile, sender and all", ({ full }) => full.machine],
];

/** A measure a row. */
export function liveRows(rounds: readonly LiveRound[]): string[][] {
  return MEASURES.map(([what, of]) => {
    const [gate, bridge] = [
      spreadOf(rounds.map((round) => of(round.gate))),
      spreadOf(rounds.map((round) => of(round.bridge))),
    ];
    const ratio = spreadOf(rounds.map((round) => of(round.gate) / of(round.bridge)));
    return [what, figure(gate.median), range(gate), figure(bridge.median), range(bridge), figure(ratio.median)];
  });
}

/** Heads of {@link lossRows}. */
export const LOSS_HEAD: readonly string[] = [
  "frames, of all rounds",
  "sent",
  "received",
  "lost",
  "counted by the gate",
];

/** What was put on the wire against what the partition's device counted. */
export function lossRows(rounds: readonly LiveRound[]): string[][] {
  const row = (what: string, of: (round: LiveRound) => Forwarded): string[] => {
    const all = rounds.map(of);
    const sum = (count: (one: Forwarded) => number): number => all.reduce((total, one) => total + count(one), 0);
    const [sent, received] = [sum((one) => one.sent), sum((one) => one.received)];
    const counted = all.some((one) => one.counted === null) ? "–" : grouped(sum((one) => one.counted!));
    return [what, grouped(sent), grouped(received), grouped(Math.max(0, sent - received)), counted];
  };
  return [
    row("gate, 20,000 a second", ({ gate }) => gate.gentle),
    row("bridge, 20,000 a second", ({ bridge }) => bridge.gentle),
    row("gate, as many as go", ({ gate }) => gate.full),
    row("bridge, as many as go", ({ bridge }) => bridge.full),
  ];
}

export function isolationHead({ levels }: Isolation): string[] {
  return ["nftables in partition", ...levels.map((level) => `level ${level}`)];
}

export function isolationRows({ partitions, counts }: Isolation): string[][] {
  return partitions.map((name, i) => [name, ...counts[i]!.map(grouped)]);
}

/** What is added by one passage, and who saw others' labels. */
export function liveHeadline({ rounds, isolation }: LiveResult): string {
  const added = spreadOf(rounds.map(({ gate, bridge }) => (gate.roundTrip.p50 - bridge.roundTrip.p50) / CROSSINGS));
  const share = spreadOf(rounds.map(({ gate, bridge }) => gate.stream.megabits / bridge.stream.megabits));
  return `Beyond a bridge of the kernel, a gate adds ${figure(added.median)} µs to a packet's way and carries ${figure(share.median)} times its stream; ${isolationWords(isolation)}`;
}

export function isolationWords(isolation: LiveResult["isolation"]): string {
  if ("reason" in isolation) return `isolation was not counted: ${isolation.reason}`;
  return `of ${grouped(totalOf(isolation))} labelled frames ${grouped(strayOf(isolation))} reached another's partition`;
}

/** Frames that nftables counted. */
export function totalOf({ counts }: Isolation): number {
  return counts.flat().reduce((sum, count) => sum + count, 0);
}

/** Frames with a label that is not the partition's. */
export function strayOf({ counts }: Isolation): number {
  return counts.reduce((sum, row, i) => sum + row.reduce((all, count, j) => all + (i === j ? 0 : count), 0), 0);
}

function rate({ received, seconds }: Forwarded): number {
  return received / seconds;
}

function range({ low, high }: Spread): string {
  return `${figure(low)}–${figure(high)}`;
}
