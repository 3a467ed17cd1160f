/**
 * NetLabel's configuration as a policy: DOIs, which hosts label what they send, and static labels of those that do not. What
 * becomes of what is in docs/import.md.
 *
 * @module
 */
import { compareAddresses, formatPrefix, lastOf, type Prefix } from "../address.ts";
import { formatLabel, type Label } from "../label.ts";
import { parseLabel } from "../notation.ts";
import type { DoiInput, PolicyInput, TemplateInput } from "../policy/input.ts";
import { commandsOf } from "./netlabel-script.ts";
import { carryOut, initialState, type NetlabelDoi, type NetlabelHost, type NetlabelState } from "./netlabel-state.ts";
import { Notes, shown } from "./notes.ts";
import type { ImportFile, ImportReading } from "./reading.ts";

/** Tags that are read of every DOI, whatever its list says. */
const READ_TAGS = [1, 2, 5];

/** The DOI of the policy where no DOI is configured; NetLabel's labels of unlabelled hosts have none. */
const DEFAULT_DOI = 1;

/** Every label that can be carried. */
const EVERYTHING: readonly [string, string] = ["0", "255:0.65534"];

/**
 * Reads scripts of `netlabelctl` commands, in both spellings (`cipso` and `cipsov4`, `trans` and `std`), one after the other,
 * and reports everything in them that is wrong, odd, or without counterpart. Nothing throws.
 *
 * NetLabel knows no partitions and no addresses of its own: the policy has none.
 *
 * @example
 * ```ts
 * import { importNetlabel } from "labelgate";
 * const text = "netlabelctl cipso add trans doi:8 tags:1 levels:5=1 categories:0=7\n";
 * const { policy } = importNetlabel([{ name: "netlabel.rules", text }]);
 * policy?.dois; // { "8": { "mode": "translate", "to": 1, "levels": { "1": 5 }, "categories": { "7": 0 } } }
 * ```
 */
export function importNetlabel(files: readonly ImportFile[]): ImportReading {
  const state = initialState();
  const all = files.map((file) => {
    const notes = new Notes(file.name);
    for (const command of commandsOf(file.text.replace(/^\uFEFF/, ""), notes)) carryOut(command, state, notes);
    return notes;
  });
  const last = all.at(-1);
  if (last === undefined) return { policy: null, notes: [] };
  const sound = all.every(({ errors }) => errors === 0);
  const policy = sound ? policyOf(state, last) : null;
  return {
    policy: all.every(({ errors }) => errors === 0) ? policy : null,
    notes: all.flatMap((notes) => notes.list()),
  };
}

function policyOf(state: NetlabelState, last: Notes): PolicyInput {
  const own = [...state.dois.values()].filter(({ type }) => type !== "local");
  const doi = localDoi(own);
  for (const entry of state.dois.values()) noteDoi(entry, own);
  const templates = new Map<string, TemplateInput>();
  const hosts = new Map<string, string>();
  addMaps(state, templates, hosts);
  addHosts(state, doi, templates, hosts);
  if (state.accept.on) {
    const { notes, place } = state.accept;
    const message =
      "unlbl accept on: unlabelled packets without a static label pass, with the LSM's own; here they are dropped";
    (notes ?? last).add("lost", place, null, message);
  }
  return {
    doi,
    profile: "linux",
    dois: Object.fromEntries(own.flatMap((entry) => mappingOf(entry, doi))),
    interfaces: [],
    partitions: [],
    templates: Object.fromEntries(templates),
    hosts: Object.fromEntries(hosts),
  };
}

// NetLabel's own labels have no DOI. The lowest DOI that passes is theirs here, else the lowest that is translated nowhere.
function localDoi(dois: readonly NetlabelDoi[]): number {
  const passed = dois.filter(({ type }) => type === "pass").map(({ doi }) => doi);
  if (passed.length > 0) return passed.reduce((a, b) => Math.min(a, b));
  const taken = new Set(dois.map(({ doi }) => doi));
  let doi = DEFAULT_DOI;
  while (taken.has(doi)) doi++;
  return doi;
}

function noteDoi(entry: NetlabelDoi, all: readonly NetlabelDoi[]): void {
  const { protocol, doi, type, tags, place, notes } = entry;
  if (type === "local") {
    notes.add("lost", place, null, `DOI ${doi} is local: its labels never leave the machine; left out`);
    return;
  }
  const other = all.find((item) => item !== entry && item.doi === doi && item.type !== type);
  if (other !== undefined && type === "trans") {
    const what = `DOI ${doi} is translated for ${protocol} and passed for ${other.protocol}`;
    notes.error(place, null, `${what}; here a DOI is one, whatever carries it`);
  }
  const missing = READ_TAGS.filter((tag) => !tags.includes(tag));
  if (protocol === "cipso" && missing.length > 0) {
    notes.add("lost", place, null, `tags ${tags.join(",")}: tags ${missing.join(" and ")} of DOI ${doi} are read too`);
  }
}

function mappingOf({ doi, type, levels, categories }: NetlabelDoi, to: number): [string, DoiInput][] {
  if (type === "pass") return doi === to ? [] : [[`${doi}`, { mode: "pass", to }]];
  return [[`${doi}`, { mode: "translate", to, levels: Object.fromEntries(levels), categories: runsOf(categories) }]];
}

// `0.239` for runs of one step on either side.
function runsOf(map: ReadonlyMap<number, number>): Record<string, number | string> {
  const runs: [theirs: number, ours: number, length: number][] = [];
  for (const [theirs, ours] of [...map].sort(([a], [b]) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && theirs === run[0] + run[2] && ours === run[1] + run[2]) run[2]++;
    else runs.push([theirs, ours, 1]);
  }
  const text = (first: number, length: number) => `${first}.${first + length - 1}`;
  return Object.fromEntries(
    runs.map(([theirs, ours, length]) =>
      length === 1 ? [`${theirs}`, ours] : [text(theirs, length), text(ours, length)],
    ),
  );
}

// A map says what is sent to a destination: who is sent labels is taken for one who sends them.
function addMaps(
  { dois, maps }: NetlabelState,
  templates: Map<string, TemplateInput>,
  hosts: Map<string, string>,
): void {
  for (const { domain, prefix, protocol, place, notes } of maps.values()) {
    if (notes === null || protocol === null) continue;
    if (domain !== null) {
      notes.add("lost", place, null, `domain ${shown(domain)}: there are no LSM domains here; the map is left out`);
      continue;
    }
    if (dois.get(`${protocol.name} ${protocol.doi}`)?.type === "local") {
      notes.add("lost", place, null, `DOI ${protocol.doi} is local: the map is for the machine itself; left out`);
      continue;
    }
    const all = protocol.name === "cipso" ? "0.0.0.0/0" : "::/0";
    const text = prefix === null ? all : formatPrefix(prefix);
    const name = `${protocol.name}-${protocol.doi}`;
    templates.set(name, { type: "labelled", doi: protocol.doi, range: EVERYTHING });
    const before = hosts.get(text);
    if (before !== undefined && before !== name) {
      notes.error(place, null, `${text} is mapped to ${before} and to ${name}; here a prefix has one template`);
    }
    hosts.set(text, name);
    const what = "a map is for what is sent; the hosts are taken for senders that label, with any label";
    notes.add("lost", place, null, `${text}: ${what} of DOI ${protocol.doi}`);
  }
}

interface Labelled {
  readonly entry: NetlabelHost;
  readonly label: Label;
  readonly last: Uint8Array;
}

function addHosts(
  { hosts: entries }: NetlabelState,
  doi: number,
  templates: Map<string, TemplateInput>,
  hosts: Map<string, string>,
): void {
  const labelled: Labelled[] = [];
  for (const entry of entries.values()) {
    const label = labelOf(entry, doi);
    if (label !== null) labelled.push({ entry, label, last: lastOf(entry.prefix) });
  }
  refuseConflicts(labelled);
  for (const { entry, label } of labelled) {
    const text = formatPrefix(entry.prefix);
    if (entry.device !== null) {
      const message = `interface ${shown(entry.device)}: the device a sender's packets come by is not tested here`;
      entry.notes.add("warning", entry.place, null, message);
    }
    const before = hosts.get(text);
    if (before !== undefined && templates.get(before)!.type === "labelled") {
      const message = `${text} is a sender that labels (by a map), and has a static label; the static label is left out`;
      entry.notes.add("lost", entry.place, null, message);
      continue;
    }
    const name = `static ${formatLabel(label)}`;
    templates.set(name, { type: "unlabelled", label: formatLabel(label) });
    hosts.set(text, name);
  }
}

// The MLS level of a context user:role:type:level; of a range of levels the low one.
function labelOf({ label, place, notes }: NetlabelHost, doi: number): Label | null {
  const range = label.split(":").slice(3).join(":");
  if (range === "") {
    notes.add("lost", place, null, `${shown(label)} has no level (user:role:type:level); left out`);
    return null;
  }
  const dash = range.indexOf("-");
  const level = dash < 0 ? range : range.slice(0, dash);
  if (dash >= 0) notes.add("lost", place, null, `${shown(range)} is a range; its low end ${shown(level)} is taken`);
  if (!/^s\d/.test(level)) {
    notes.error(place, null, `${shown(level)} is no level of SELinux: expected s5 or s5:c0,c2.c4`);
    return null;
  }
  try {
    return parseLabel(level, doi);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    notes.error(place, null, error.message);
    return null;
  }
}

// A sender's device is not tested here: where it would make a difference, there is no policy that says the same.
function refuseConflicts(labelled: readonly Labelled[]): void {
  const order = [...labelled].sort(
    (a, b) => compareFamilies(a.entry.prefix, b.entry.prefix) || a.entry.prefix.length - b.entry.prefix.length,
  );
  const open: Labelled[] = []; // prefixes around the one at hand, each inside the one before
  for (const item of order) {
    const inside = ({ entry, last }: Labelled) =>
      last.length === item.last.length &&
      entry.prefix.length <= item.entry.prefix.length &&
      compareAddresses(last, item.last) >= 0;
    while (open.length > 0 && !inside(open.at(-1)!)) open.pop();
    const other = open.findLast(
      ({ entry, label }) => entry.device !== item.entry.device && formatLabel(label) !== formatLabel(item.label),
    );
    if (other !== undefined) {
      const { notes, place, prefix, device } = item.entry;
      const where = (name: string | null) => (name === null ? "any device" : name);
      notes.error(
        place,
        null,
        `${formatPrefix(prefix)} by ${where(device)} has another label than ${formatPrefix(other.entry.prefix)} by ${where(other.entry.device)}; here a sender has one label, whatever its packets come by`,
      );
    }
    open.push(item);
  }
}

function compareFamilies(a: Prefix, b: Prefix): number {
  return a.address.length - b.address.length || compareAddresses(a.address, b.address);
}
