/**
 * From NetLabel's maps and static entries to host prefixes. NetLabel labels what it sends by domain and destination, and
 * what it receives by its option, else by a static entry for device and sender; a policy believes one thing of each
 * sender, whatever device its packets come by. Where the two can't agree, a sender has no template: what it sends is dropped.
 *
 * @module
 */
import { formatPrefix, type Prefix, parsePrefix } from "../address.ts";
import { formatLabel } from "../label.ts";
import type { AddMap, AddStatic } from "./netlabel-commands.ts";
import { type PrefixNode, prefixTree, without } from "./prefix-tree.ts";

/** What is believed of the senders of a prefix: the name of a template, or `null`: nothing, they may not send. */
export type Belief = string | null;

/** Static entries as they can stand in a policy. */
export interface Agreement {
  /** Label text by text of the prefix; `null`: the devices or the labels do not allow one. */
  readonly labels: ReadonlyMap<string, string | null>;
  /** Entries of a device that meet another label for some of their senders. */
  readonly contradicted: ReadonlySet<AddStatic>;
}

/**
 * What the static entries of all devices say of each prefix. The longest entry of each device counts there, and they
 * must be of one label: which device a sender's packets come by is not asked. An entry of a device that another label
 * meets anywhere counts as one without a label.
 */
export function agreementOf(statics: Iterable<AddStatic>): Agreement {
  const byPrefix = new Map<string, AddStatic[]>();
  for (const entry of statics) {
    const text = formatPrefix(entry.prefix);
    const same = byPrefix.get(text);
    if (same === undefined) byPrefix.set(text, [entry]);
    else same.push(entry);
  }
  const tree = prefixTree([...byPrefix].map(([text, entries]) => [parsePrefix(text), entries] as const));
  const contradicted = new Set<AddStatic>();
  const labelOf = (entry: AddStatic): string => (entry.context.low === null ? "" : formatLabel(entry.context.low));
  walkLabels(tree, labelOf, contradicted);
  const labels = walkLabels(tree, (entry) => (contradicted.has(entry) ? "" : labelOf(entry)), new Set());
  return { labels, contradicted };
}

// One walk over nested prefixes. The longest entry of each device that is open counts; of each label it is known how many
// count. An entry is contradicted when, while it counted, two labels did somewhere.
function walkLabels(
  tree: readonly PrefixNode<readonly AddStatic[]>[],
  labelOf: (entry: AddStatic) => string,
  contradicted: Set<AddStatic>,
): Map<string, string | null> {
  const labels = new Map<string, string | null>();
  const counting = new Map<string | null, { readonly entry: AddStatic; since: number }[]>();
  const counts = new Map<string, number>();
  let contradictions = 0;
  const count = (label: string, by: 1 | -1): void => {
    const sum = (counts.get(label) ?? 0) + by;
    if (sum === 0) counts.delete(label);
    else counts.set(label, sum);
  };
  const begin = (stack: { readonly entry: AddStatic; since: number }[]): void => {
    const top = stack.at(-1);
    if (top === undefined) return;
    top.since = contradictions;
    count(labelOf(top.entry), 1);
  };
  const stop = (stack: readonly { readonly entry: AddStatic; readonly since: number }[]): void => {
    const top = stack.at(-1);
    if (top === undefined) return;
    if (top.since < contradictions && top.entry.device !== null) contradicted.add(top.entry);
    count(labelOf(top.entry), -1);
  };
  const visit = ({ prefix, value, inner }: PrefixNode<readonly AddStatic[]>): void => {
    for (const entry of value) {
      const stack = counting.get(entry.device) ?? [];
      counting.set(entry.device, stack);
      stop(stack);
      stack.push({ entry, since: 0 });
      begin(stack);
    }
    if (counts.size > 1) contradictions++;
    const [only] = counts.keys();
    labels.set(formatPrefix(prefix), counts.size > 1 || only === "" ? null : only!);
    inner.forEach(visit);
    for (const { device } of value) {
      const stack = counting.get(device)!;
      stop(stack);
      stack.pop();
      begin(stack);
    }
  };
  tree.forEach(visit);
  return labels;
}

/** What stands for one prefix before the longest wins. */
interface Rule {
  map?: AddMap;
  /** Template of the static label; left out: no static entry. */
  fixed?: Belief;
}

/**
 * Host prefixes by the template of each. At one prefix a labelling map goes before a static label, else the longer prefix
 * wins; a map to `unlbl` leaves its destinations to the longest static entry around them, and without one they get no
 * template. A prefix without one is cut out of those around it.
 *
 * @param labelled template of a map's hosts
 */
export function hostsOf(
  maps: readonly AddMap[],
  statics: ReadonlyMap<string, Belief>,
  labelled: (map: AddMap) => Belief,
): Record<string, string> {
  const rules = new Map<string, Rule>();
  for (const [text, fixed] of statics) rules.set(text, { fixed });
  for (const map of maps) {
    const text = formatPrefix(prefixOf(map));
    const rule = rules.get(text);
    if (rule === undefined) rules.set(text, { map });
    else rule.map = map;
  }
  const hosts = new Map<string, string>();
  // Whether some of its senders have no template: they must fall to no prefix around it either.
  const visit = ({ prefix, value, inner }: PrefixNode<Rule>, around: Belief): boolean => {
    const { map } = value;
    const fixed = value.fixed === undefined ? around : value.fixed;
    const belief = map === undefined || map.protocol === "unlbl" ? fixed : labelled(map);
    const cut = inner.filter((node) => visit(node, fixed)).map((node) => node.prefix);
    for (const piece of belief === null ? [] : without(prefix, cut)) {
      const text = formatPrefix(piece);
      if (!hosts.has(text)) hosts.set(text, belief!); // else it is one inside, which wins
    }
    return belief === null || cut.length > 0;
  };
  const tree = prefixTree([...rules].map(([text, rule]) => [parsePrefix(text), rule] as const));
  for (const node of tree) visit(node, null);
  return Object.fromEntries(hosts);
}

/** The destinations of a map. */
export function prefixOf({ prefix, families }: AddMap): Prefix {
  return prefix ?? { address: new Uint8Array(families[0] === 6 ? 16 : 4), length: 0 };
}
