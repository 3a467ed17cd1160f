/**
 * The Hasse diagram of a policy's labels, with a packet's label in its place: who covers whom, and where to draw it.
 *
 * @module
 */
import { dominates, equal, formatCategories, formatLabel, join, type Label, meet } from "../label.ts";
import type { LabelUse } from "./protocol.ts";

/** Labels that are drawn. Of more, those nearest to the packet's are. */
export const MAX_NODES = 40;
/** Passes over the ranks that put nodes near those they are connected to. */
const SWEEPS = 6;

/** How a label stands to the packet's; `none`: there is no packet's. */
export type Relation = "equal" | "below" | "above" | "apart" | "none";

export interface HasseNode extends LabelUse {
  readonly relation: Relation;
  /** The packet's own label, which the policy does not name. */
  readonly isGhost: boolean;
  /** 0 at the bottom; a label stands above all that it dominates. */
  readonly rank: number;
  /** Place in its rank, 0 to 1. */
  readonly x: number;
}

/** A label and one that it covers: nothing that is drawn is between them. Indexes of nodes. */
export interface Cover {
  readonly upper: number;
  readonly lower: number;
}

export interface Hasse {
  readonly nodes: readonly HasseNode[];
  readonly covers: readonly Cover[];
  readonly ranks: number;
  /** Labels of the policy that are not drawn. */
  readonly hidden: number;
}

/** Arranges labels, no two of them equal. */
export function hasseOf(labels: readonly LabelUse[], packet: Omit<LabelUse, "uses"> | null): Hasse {
  const shown = nearest(labels, packet?.label ?? null);
  const isKnown = packet === null || shown.some(({ label }) => equal(label, packet.label));
  const all = isKnown ? shown : [...shown, { ...packet, uses: [] }];
  const covers = coversOf(all);
  const ranks = ranksOf(all.length, covers);
  const xs = placesIn(ranks, covers);
  return {
    nodes: all.map((use, i) => ({
      ...use,
      relation: packet === null ? "none" : relationOf(use.label, packet.label),
      isGhost: !isKnown && i === all.length - 1,
      rank: ranks[i]!,
      x: xs[i]!,
    })),
    covers,
    ranks: Math.max(...ranks, 0) + 1,
    hidden: labels.length - shown.length,
  };
}

/** How a label stands to another. */
export function relationOf(label: Label, packet: Label): Exclude<Relation, "none"> {
  if (equal(label, packet)) return "equal";
  if (dominates(packet, label)) return "below";
  return dominates(label, packet) ? "above" : "apart";
}

/**
 * How a packet's label stands to some named ones, in sentences: whom it equals, dominates, is dominated by, is incomparable
 * with; and where it stands when it equals none.
 */
export function relationWords(
  packet: Label,
  named: readonly { readonly name: string; readonly label: Label }[],
): string[] {
  const own = named.filter(({ label }) => label.doi === packet.doi);
  const by = (relation: Relation): string[] =>
    own.filter(({ label }) => relationOf(label, packet) === relation).map(({ name }) => name);
  const [same, below, above, apart] = [by("equal"), by("below"), by("above"), by("apart")] as const;
  const words: string[] = [];
  if (own.length === 0) words.push(`no label here is of DOI ${packet.doi}: it compares with none`);
  words.push(same.length > 0 ? `equals ${listed(same)}` : "equals no partition's label");
  if (below.length > 0) words.push(`dominates ${listed(below)}`);
  if (above.length > 0) words.push(`is dominated by ${listed(above)}`);
  if (apart.length > 0) words.push(`is incomparable with ${listed(apart)}`);
  const other = own.find(({ name }) => name === apart[0]);
  if (same.length === 0 && other !== undefined) {
    const [up, down] = [join(packet, other.label)!, meet(packet, other.label)!];
    words.push(`its join with ${other.name} is ${shortLabel(up)}, its meet ${shortLabel(down)}`);
  }
  return words;
}

/** Names in words; of many, the first. */
const MAX_LISTED = 6;

function listed(names: readonly string[]): string {
  if (names.length <= MAX_LISTED) return names.join(", ");
  return `${names.slice(0, MAX_LISTED).join(", ")} and ${names.length - MAX_LISTED} more`;
}

/** A label in few characters: `8:0,2,4 …`. */
export function shortLabel(label: Label, most = 3): string {
  if (label.categories.length <= most) return formatLabel(label);
  return `${label.level}:${formatCategories(label.categories.slice(0, most))} …`;
}

// As many as are drawn, in the order given: those whose way to the packet's label, up and down the lattice, is shortest.
function nearest(labels: readonly LabelUse[], packet: Label | null): readonly LabelUse[] {
  if (labels.length <= MAX_NODES) return labels;
  if (packet === null) return labels.slice(0, MAX_NODES);
  const ways = labels.map(({ label }, index) => ({ index, way: wayBetween(label, packet) }));
  const chosen = ways.sort((a, b) => a.way - b.way || a.index - b.index).slice(0, MAX_NODES);
  return chosen.sort((a, b) => a.index - b.index).map(({ index }) => labels[index]!);
}

// Steps of one level or one category from a label to another. Across DOIs there is no way.
function wayBetween(a: Label, b: Label): number {
  const upper = join(a, b);
  if (upper === null) return Number.POSITIVE_INFINITY;
  return 2 * heightOf(upper) - heightOf(a) - heightOf(b);
}

function heightOf({ level, categories }: Label): number {
  return categories.reduce((sum, [first, last]) => sum + last - first + 1, level);
}

function coversOf(labels: readonly LabelUse[]): Cover[] {
  const above = labels.map(({ label }) =>
    labels.flatMap((other, i) => (!equal(other.label, label) && dominates(other.label, label) ? [i] : [])),
  );
  return above.flatMap((uppers, lower) =>
    uppers
      .filter((upper) => !uppers.some((between) => between !== upper && above[between]!.includes(upper)))
      .map((upper) => ({ upper, lower })),
  );
}

// The longest way up from a minimal label.
function ranksOf(count: number, covers: readonly Cover[]): number[] {
  const ranks = new Array<number>(count).fill(0);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { upper, lower } of covers) {
      if (ranks[upper]! > ranks[lower]!) continue;
      ranks[upper] = ranks[lower]! + 1;
      changed = true;
    }
  }
  return ranks;
}

// Each rank in the order of the mean place of its neighbours, several times up and down.
function placesIn(ranks: readonly number[], covers: readonly Cover[]): number[] {
  const xs = ranks.map(() => 0);
  const rows: number[][] = [];
  ranks.forEach((rank, i) => {
    (rows[rank] ??= []).push(i);
  });
  const spread = (row: readonly number[]): void => {
    row.forEach((node, i) => {
      xs[node] = (i + 0.5) / row.length;
    });
  };
  for (const row of rows) spread(row);
  const neighbours = ranks.map((_, i) =>
    covers.flatMap(({ upper, lower }) => (upper === i ? [lower] : lower === i ? [upper] : [])),
  );
  const mean = (node: number): number => {
    const near = neighbours[node]!;
    return near.length === 0 ? xs[node]! : near.reduce((sum, other) => sum + xs[other]!, 0) / near.length;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of sweep % 2 === 0 ? rows : [...rows].reverse()) {
      const means = new Map(row.map((node) => [node, mean(node)]));
      row.sort((a, b) => means.get(a)! - means.get(b)!);
      spread(row);
    }
  }
  return xs;
}
