/**
 * A policy from NetLabel's configuration. What has no counterpart is noted and left out, so that less passes, never more;
 * what passes otherwise than in NetLabel is noted too.
 *
 * @module
 */
import { formatPrefix } from "../address.ts";
import { formatLabel, MAX_CATEGORY, MAX_LEVEL } from "../label.ts";
import type { DoiInput, PolicyInput, TemplateInput } from "../policy/input.ts";
import { MAX_TEMPLATES } from "../policy/model.ts";
import { type AddDoi, type AddMap, type AddStatic, type Pair, WIRE_TAGS } from "./netlabel-commands.ts";
import { type Place, type PlacedNote, quoted } from "./netlabel-script.ts";
import { agreementOf, type Belief, hostsOf, prefixOf } from "./netlabel-senders.ts";
import { type Configuration, doiKey } from "./netlabel-state.ts";

/** Pairs that a note lists at most. */
const MAX_LISTED = 8;
/** The first file as a whole. */
const EVERYTHING: Place = { file: 0, line: 0, column: 0 };

type Say = (at: Place, message: string) => void;

/** How notes are said: of what is lost, and of what is odd. */
interface Speech {
  readonly lost: Say;
  readonly odd: Say;
}

/** The policy, with notes of what it leaves out. */
export function policyOf(state: Configuration, notes: PlacedNote[]): PolicyInput {
  const say =
    (severity: PlacedNote["severity"]): Say =>
    (at, message) =>
      notes.push({ severity, at, code: null, message });
  const speech: Speech = { lost: say("lost"), odd: say("warning") };
  if (state.accept.on) {
    const passes = "unlbl accept is on: in NetLabel unlabelled packets without a static label pass under the LSM's own";
    speech.lost(state.accept.at ?? EVERYTHING, `${passes}; here they are dropped`);
  }
  const { doi, dois, taken } = domainsOf(state, speech);
  const maps = defaultMaps(state, taken, speech);
  const { labels, beliefs } = staticBeliefs(state, maps, speech);
  const hosts = hostsOf(maps, beliefs, (map) => (taken.has(keyOf(map)) ? labelledName(map) : null));
  const templates = usedTemplates(maps, labels, new Set(Object.values(hosts)));
  if (templates.length > MAX_TEMPLATES) {
    const message = `${templates.length} different senders: a policy has at most ${MAX_TEMPLATES} templates`;
    say("error")(EVERYTHING, `${message}; use fewer labels in unlbl entries`);
  }
  return {
    doi,
    profile: "linux",
    dois,
    interfaces: [],
    partitions: [],
    templates: Object.fromEntries(templates),
    hosts,
  };
}

function keyOf({ protocol, doi }: AddMap): string {
  return protocol === "unlbl" ? "" : doiKey(protocol, doi);
}

function labelledName({ protocol, doi }: AddMap): string {
  return `${protocol}-${doi}`;
}

function unlabelledName(label: string): string {
  return `unlbl-${label}`;
}

function usedTemplates(
  maps: readonly AddMap[],
  labels: ReadonlySet<string>,
  used: ReadonlySet<string>,
): [string, TemplateInput][] {
  const templates = new Map<string, TemplateInput>();
  for (const map of maps) {
    const range = ["0", `${MAX_LEVEL}:0.${MAX_CATEGORY}`] as const;
    if (map.protocol !== "unlbl") templates.set(labelledName(map), { type: "labelled", doi: map.doi, range });
  }
  for (const label of labels) templates.set(unlabelledName(label), { type: "unlabelled", label });
  return [...templates].filter(([name]) => used.has(name));
}

/** What the policy says of DOIs. */
interface Domains {
  readonly doi: number;
  readonly dois: Record<string, DoiInput>;
  /** Those whose labels can be received, by doiKey. */
  readonly taken: ReadonlySet<string>;
}

// NetLabel's own labels have no DOI. Those of the lowest DOI that passes need no renumbering: it is the policy's.
function domainsOf(state: Configuration, speech: Speech): Domains {
  const passing: AddDoi[] = [];
  const translated: [AddDoi, ReadonlyMap<number, number>, ReadonlyMap<number, number>][] = [];
  for (const entry of state.dois.values()) {
    const { at, scheme, doi, type, tags } = entry;
    if (type === "local") {
      speech.lost(at, `labels of a local DOI (tag 128) travel inside one system only: DOI ${doi} is left out`);
      continue;
    }
    const left = scheme === "cipso" ? WIRE_TAGS.filter((tag) => !tags.includes(tag)) : [];
    if (left.length > 0) {
      speech.lost(at, `tags of a DOI can't be chosen: labels of DOI ${doi} are taken in tag ${left.join(" and ")} too`);
    }
    if (type === "trans") {
      const levels = oneToOne(entry, "levels", speech);
      if (levels.size > 0) translated.push([entry, levels, oneToOne(entry, "categories", speech)]);
      else speech.lost(at, `no level of DOI ${doi} has a counterpart: it is left out`);
    } else if (scheme === "calipso" && state.dois.get(doiKey("cipso", doi))?.type === "trans") {
      const reason = "a policy has one rule for a DOI, and CIPSO's of this number is translated";
      speech.lost(at, `${reason}: CALIPSO DOI ${doi} is left out`);
    } else passing.push(entry);
  }
  const doi =
    passing.length > 0 ? passing.reduce((least, entry) => Math.min(least, entry.doi), Infinity) : freeDoi(state);
  const dois: Record<string, DoiInput> = {};
  for (const entry of passing) if (entry.doi !== doi) dois[entry.doi] = { mode: "pass", to: doi };
  for (const [entry, levels, categories] of translated) {
    dois[entry.doi] = {
      mode: "translate",
      to: doi,
      levels: Object.fromEntries(levels),
      categories: runsOf(categories),
    };
  }
  const taken = [...passing, ...translated.map(([entry]) => entry)];
  return { doi, dois, taken: new Set(taken.map((entry) => doiKey(entry.scheme, entry.doi))) };
}

// The lowest DOI that nobody on the wire uses.
function freeDoi(state: Configuration): number {
  const used = new Set([...state.dois.values()].map(({ doi }) => doi));
  let doi = 1;
  while (used.has(doi)) doi++;
  return doi;
}

// Ours by theirs. NetLabel takes the last of several pairs of one number; a policy needs both sides to have one, so that a
// label can be read both ways, and the author's wish is not known: labels with such a number are dropped.
function oneToOne(entry: AddDoi, side: "levels" | "categories", speech: Speech): Map<number, number> {
  const pairs = [...entry[side]].sort((a, b) => a.remote - b.remote || a.local - b.local);
  const counterparts = (from: keyof Pair, to: keyof Pair): Map<number, Set<number>> => {
    const found = new Map<number, Set<number>>();
    for (const pair of pairs) found.set(pair[from], (found.get(pair[from]) ?? new Set()).add(pair[to]));
    return found;
  };
  const ofLocal = counterparts("local", "remote");
  const ofRemote = counterparts("remote", "local");
  const isSound = ({ local, remote }: Pair): boolean =>
    ofLocal.get(local)!.size === 1 && ofRemote.get(remote)!.size === 1;
  const lost = pairs.filter((pair) => !isSound(pair)).map(({ local, remote }) => `${local}=${remote}`);
  if (lost.length > 0) {
    const rest = lost.length > MAX_LISTED ? ` and ${lost.length - MAX_LISTED} more` : "";
    const reason = `${side} ${lost.slice(0, MAX_LISTED).join(", ")}${rest} of DOI ${entry.doi} are not one to one`;
    speech.lost(entry.at, `${reason}: labels with one of them are dropped`);
  }
  return new Map(pairs.filter(isSound).map(({ local, remote }) => [remote, local]));
}

// Categories that go up together on both sides as one run: 0.239 for 0, 1, 2 … 239.
function runsOf(categories: ReadonlyMap<number, number>): Record<string, number | string> {
  const runs: { readonly theirs: number; readonly ours: number; length: number }[] = [];
  for (const [theirs, ours] of categories) {
    const run = runs.at(-1);
    if (run !== undefined && theirs === run.theirs + run.length && ours === run.ours + run.length) run.length++;
    else runs.push({ theirs, ours, length: 1 });
  }
  const text = (first: number, length: number): string => `${first}.${first + length - 1}`;
  return Object.fromEntries(
    runs.map(({ theirs, ours, length }) =>
      length === 1 ? [`${theirs}`, ours] : [text(theirs, length), text(ours, length)],
    ),
  );
}

// The maps of the default domain that say something of hosts, with a note for every other.
function defaultMaps(state: Configuration, taken: ReadonlySet<string>, speech: Speech): AddMap[] {
  const mapsOf = (domain: string | null): AddMap[] => {
    const byFamily = [...(state.maps.get(domain)?.values() ?? [])];
    return [...new Set(byFamily.flatMap(({ whole, selected }) => (whole === null ? [...selected.values()] : [whole])))];
  };
  for (const domain of state.maps.keys()) {
    if (domain === null) continue;
    for (const { at } of mapsOf(domain)) {
      const reason = "a policy has no LSM domains, and what one domain is sent is not believed for all";
      speech.lost(at, `the map of domain ${quoted(domain)} is left out: ${reason}`);
    }
  }
  const maps = mapsOf(null).filter(({ protocol, prefix }) => protocol !== "unlbl" || prefix !== null);
  const labelling = maps.filter(({ protocol }) => protocol !== "unlbl");
  for (const map of labelling) {
    if (!taken.has(keyOf(map))) {
      speech.lost(
        map.at,
        `DOI ${map.doi} is left out, so what hosts of ${formatPrefix(prefixOf(map))} send is dropped`,
      );
    }
  }
  const [first] = labelling.filter((map) => taken.has(keyOf(map))).sort((a, b) => inOrder(a.at, b.at));
  if (first !== undefined) {
    const meant = "maps say how packets are sent; here they say who sends labels of their DOI, and nothing unlabelled";
    speech.lost(first.at, `${meant}. NetLabel takes labels of every DOI it knows, and no label, from anybody`);
  }
  const mapped = new Set(labelling.map(keyOf));
  for (const [key, { at, doi }] of state.dois) {
    if (taken.has(key) && !mapped.has(key)) {
      speech.lost(at, `no map of the default domain is to DOI ${doi}: nobody's labels of it are taken`);
    }
  }
  return maps;
}

function inOrder(a: Place, b: Place): number {
  return a.file - b.file || a.line - b.line || a.column - b.column;
}

/** Static labels as templates. */
interface Statics {
  readonly labels: ReadonlySet<string>;
  /** Template by text of the prefix. */
  readonly beliefs: ReadonlyMap<string, Belief>;
}

function staticBeliefs(state: Configuration, maps: readonly AddMap[], speech: Speech): Statics {
  const entries = [...state.statics.values()].flatMap((byPrefix) => [...byPrefix.values()]);
  const agreement = agreementOf(entries);
  const labelling = new Map(
    maps.filter(({ protocol }) => protocol !== "unlbl").map((map) => [formatPrefix(prefixOf(map)), map]),
  );
  const hasDefault = (state.statics.get(null)?.size ?? 0) > 0;
  for (const entry of entries) {
    sayStatic(entry, hasDefault, agreement, speech);
    const map = labelling.get(formatPrefix(entry.prefix));
    if (map !== undefined) {
      const meant = `a map (line ${map.at.line}) says that hosts of ${formatPrefix(entry.prefix)} send labels`;
      speech.lost(entry.at, `${meant}: here what they send unlabelled is dropped`);
    }
  }
  const labels = new Set([...agreement.labels.values()].filter((label) => label !== null));
  const beliefs = [...agreement.labels].map(([text, label]) => {
    return [text, label === null ? null : unlabelledName(label)] as const;
  });
  return { labels, beliefs: new Map(beliefs) };
}

function sayStatic(
  entry: AddStatic,
  hasDefault: boolean,
  { labels, contradicted }: ReturnType<typeof agreementOf>,
  { lost, odd }: Speech,
): void {
  const { at, device, prefix, context } = entry;
  const text = formatPrefix(prefix);
  if (context.lost !== null) {
    const dropped = context.low === null ? `: what hosts of ${text} send unlabelled is dropped` : "";
    lost(context.text, `${quoted(context.text.text)} ${context.lost}${dropped}`);
  }
  if (context.low === null) return;
  const label = formatLabel(context.low);
  if (device === null) {
    if (labels.get(text) !== null) return;
    const reason = "an entry of an interface has another label for some of these hosts";
    lost(at, `${reason}, and which interface a packet came by is not asked: what hosts of ${text} send is dropped`);
  } else if (contradicted.has(entry)) {
    const reason = "another entry has another label for some of these hosts";
    lost(at, `${reason}, and which interface a packet came by is not asked: what hosts of ${text} send is dropped`);
  } else {
    const others = hasDefault ? " And NetLabel asks no default entry of packets that come by it." : "";
    const wider = `hosts of ${text} get the label ${label} whatever interface their packets come by`;
    odd(at, `interface ${quoted(device)} is not tested for senders, only for destinations: ${wider}.${others}`);
  }
}
