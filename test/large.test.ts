// A policy of 100,000 host prefixes and 1,000 partitions, put in place of another: every verdict is what a plain search
// for the longest prefix says.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { prefixes, randoms } from "../bench/prefixes.ts";
import { formatAddress, lastOf, networkOf, type Prefix, parsePrefix } from "../ts/address.ts";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { ipv4, ipv6, RAW } from "./packets.ts";
import { basePolicy } from "./policies.ts";

const test = suite("large policies");

const PREFIXES = 100_000;
const PARTITIONS = 1000;
const TEMPLATES = 50;
const OWN = "192.0.2.1";

/** Partition i has level i % 250 and category i / 250; template k gives its hosts the label of partition 20 k. */
function largePolicy(hosts: readonly string[]): PolicyInput {
  const label = (i: number): string => `${i % 250}:${Math.floor(i / 250)}`;
  return {
    doi: 16,
    interfaces: [{ name: "net0", addresses: [OWN, "2001:db8::1"] }],
    partitions: Array.from({ length: PARTITIONS }, (_, i) => ({ name: `p${i}`, label: label(i) })),
    templates: Object.fromEntries(
      Array.from({ length: TEMPLATES }, (_, k) => [`t${k}`, { type: "unlabelled", label: label(20 * k) }]),
    ),
    hosts: Object.fromEntries(hosts.map((prefix, i) => [prefix, `t${i % TEMPLATES}`])),
  };
}

const keyOf = (prefix: Prefix): string => `${networkOf(prefix).join()}/${prefix.length}`;

/** F-05 word for word, over the lengths there are: the index of the prefix that wins, or -1. */
function winnerAmong(all: readonly Prefix[]): (sender: Uint8Array) => number {
  const indexes = new Map(all.map((prefix, i) => [keyOf(prefix), i]));
  const lengths = [4, 16].map((octets) => {
    const own = all.filter(({ address }) => address.length === octets).map(({ length }) => length);
    return [octets, [...new Set(own)].sort((a, b) => b - a)] as const;
  });
  const byOctets = new Map(lengths);
  return (sender) => {
    for (const length of byOctets.get(sender.length)!) {
      const index = indexes.get(keyOf({ address: sender, length }));
      if (index !== undefined) return index;
    }
    return -1;
  };
}

test(`${PREFIXES} prefixes and ${PARTITIONS} partitions after replacePolicy: the longest prefix decides (F-05)`, () => {
  const texts = [...new Set([...prefixes(60_000, "random", 7), ...prefixes(60_000, "realistic", 8)])].slice(
    0,
    PREFIXES,
  );
  assert.is(texts.length, PREFIXES);
  const all = texts.map(parsePrefix);
  const winner = winnerAmong(all);
  const next = randoms(9);
  const drawn = Array.from({ length: 3000 }, () => all[next(PREFIXES)]!);
  const anywhere = Array.from({ length: 1000 }, (_, i) =>
    Uint8Array.from({ length: i % 2 === 0 ? 4 : 16 }, (_, k) =>
      k > 0 ? next(256) : i % 2 === 0 ? 1 + next(223) : 0x20 + next(32),
    ),
  );
  const senders = [...drawn.flatMap((prefix) => [prefix.address, lastOf(prefix)]), ...anywhere];

  const classifier = createClassifier(basePolicy());
  classifier.replacePolicy(largePolicy(texts));
  assert.is(classifier.partitions.length, PARTITIONS);
  const frames = senders.map((sender) => {
    const src = formatAddress(sender);
    return { bytes: sender.length === 4 ? ipv4({ src, dst: OWN }) : ipv6({ src }), linkType: RAW };
  });
  let held = 0;
  for (const [i, { partition, reason }] of [...classifier.verdicts(batchOf(frames))].entries()) {
    const index = winner(senders[i]!);
    if (index >= 0) held++;
    const expected = index < 0 ? [null, "NO_TEMPLATE"] : [`p${20 * (index % TEMPLATES)}`, null];
    assert.equal([partition, reason], expected, formatAddress(senders[i]!));
  }
  assert.ok(held > drawn.length * 2 && held < senders.length, `${held} of ${senders.length}`);
});

test.run();
