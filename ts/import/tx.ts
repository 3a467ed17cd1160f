/**
 * The network databases of Solaris Trusted Extensions as a policy: templates of remote hosts (tnrhtp), hosts (tnrhdb), zones
 * (tnzonecfg). What becomes of what is in docs/import.md.
 *
 * @module
 */
import { compareAddresses, formatPrefix, lastOf, networkOf, type Prefix, parsePrefix } from "../address.ts";
import { formatLabel } from "../label.ts";
import type { PartitionInput, PolicyInput, TemplateInput } from "../policy/input.ts";
import { formatPorts } from "../policy/ports.ts";
import { recordOf } from "../policy/report.ts";
import { type NameRule, PARTITION_NAMES, spellingsOf, TEMPLATE_NAMES } from "./names.ts";
import { Notes, type Place, shown } from "./notes.ts";
import type { ImportFile, ImportReading } from "./reading.ts";
import { readHosts, type TxHost } from "./tnrhdb.ts";
import { readTemplates, type TxTemplate } from "./tnrhtp.ts";
import { GLOBAL, readZones, type TxZone } from "./tnzonecfg.ts";
import { formatTxLabel, namesOf } from "./tx-label.ts";

/** The files, each of which may be missing. */
export interface TrustedExtensionsFiles {
  /** Templates of remote hosts by address. */
  readonly tnrhdb?: ImportFile | undefined;
  /** Templates of remote hosts. */
  readonly tnrhtp?: ImportFile | undefined;
  /** Labelled zones. */
  readonly tnzonecfg?: ImportFile | undefined;
}

/** The DOI of zones where no template has one (L-09). */
const DEFAULT_DOI = 1;

/**
 * Reads the network databases of Trusted Extensions and reports everything in them that is wrong (by the numbers of F-14, and
 * as `tnchkdb` does, F-24), odd, or without counterpart. Text that is nothing of the kind is reported too; nothing throws.
 *
 * Zones become partitions, and `global` receives control packets. No file says what the interfaces are: the policy has none.
 *
 * @param base a policy that this one will be laid over: its `names` are read in labels, and its `hosts` are looked at before
 *   a host is left out
 * @example
 * ```ts
 * import { importTrustedExtensions } from "labelgate";
 * const { policy, notes } = importTrustedExtensions({
 *   tnrhtp: { name: "tnrhtp", text: "outside:host_type=unlabeled;doi=1;def_label=0x0002-08-08;\n" },
 *   tnrhdb: { name: "tnrhdb", text: "10.0.0.0:outside\n" },
 * });
 * notes.length; // 0
 * policy?.hosts; // { "10.0.0.0/8": "outside" }
 * policy?.templates; // { "outside": { "type": "unlabelled", "label": "2:4" } }
 * const wrong = importTrustedExtensions({ tnrhdb: { name: "tnrhdb", text: "10.0.0.1/8:outside\n" } });
 * wrong.policy; // null
 * wrong.notes[0]?.code; // 25
 * ```
 */
export function importTrustedExtensions(files: TrustedExtensionsFiles, base?: Partial<PolicyInput>): ImportReading {
  const names = namesOf(base?.names);
  const notes = {
    tnrhtp: new Notes(files.tnrhtp?.name ?? "tnrhtp"),
    tnrhdb: new Notes(files.tnrhdb?.name ?? "tnrhdb"),
    tnzonecfg: new Notes(files.tnzonecfg?.name ?? "tnzonecfg"),
  };
  const reading = files.tnrhtp === undefined ? null : readTemplates(files.tnrhtp.text, names, notes.tnrhtp);
  const hosts = files.tnrhdb === undefined ? [] : readHosts(files.tnrhdb.text, notes.tnrhdb);
  const zones = files.tnzonecfg === undefined ? [] : readZones(files.tnzonecfg.text, names, notes.tnzonecfg);
  const templates = [...(reading?.templates.values() ?? [])];
  const doi = commonDoi(templates);
  noteDois(templates, doi, notes.tnrhtp);
  if (reading !== null) checkTemplates(hosts, reading.templates, reading.complete, notes.tnrhdb);
  else if (hosts.length > 0) notes.tnrhdb.error(null, null, "its templates are in tnrhtp, which was not given");
  const usable = new Map(
    templates.filter((template) => template.doi !== 0).map((template) => [template.name, template]),
  );
  const kept = leaveOut(hosts, usable, reading?.templates, base, notes.tnrhdb);

  const templateNames = namesFor([...usable.values()], TEMPLATE_NAMES, notes.tnrhtp);
  const zoneNames = namesFor(zones, PARTITION_NAMES, notes.tnzonecfg);
  const wrong = Object.values(notes).some(({ errors }) => errors > 0);
  return {
    policy: wrong
      ? null
      : {
          doi,
          interfaces: [],
          partitions: zones.map((zone) => partitionOf(zone, zoneNames.get(zone.name)!)),
          ...(zoneNames.has(GLOBAL) ? { control: zoneNames.get(GLOBAL) } : {}), // D-05: what has no label is the global zone's
          templates: Object.fromEntries(
            Array.from(usable.values(), (template) => [templateNames.get(template.name)!, templateOf(template, doi)]),
          ),
          hosts: Object.fromEntries(
            kept.map(({ prefix, template }) => [formatPrefix(prefix), templateNames.get(template)!]),
          ),
        },
    notes: [...notes.tnrhtp.list(), ...notes.tnrhdb.list(), ...notes.tnzonecfg.list()],
  };
}

// The DOI of most templates; of several that are as common, the system's own default (L-09), else the first.
function commonDoi(templates: readonly TxTemplate[]): number {
  const counts = new Map<number, number>();
  for (const { doi } of templates) if (doi !== 0) counts.set(doi, (counts.get(doi) ?? 0) + 1);
  let common = DEFAULT_DOI;
  for (const [doi, count] of counts) if (count > (counts.get(common) ?? 0)) common = doi;
  return common;
}

// F-24: tnchkdb warns of both.
function noteDois(templates: readonly TxTemplate[], doi: number, notes: Notes): void {
  for (const { name, doi: own, doiPlace } of templates) {
    if (own !== 0) continue;
    notes.add("warning", doiPlace, null, "DOI 0 is reserved: no packet can have it");
    notes.add("lost", doiPlace, null, `the template ${shown(name)} is left out: a policy can't name DOI 0`);
  }
  const used = templates.filter((template) => template.doi !== 0);
  const other = used.find((template) => template.doi !== used[0]!.doi);
  if (other === undefined) return;
  const message = `DOI ${other.doi} here and ${used[0]!.doi} in line ${used[0]!.place.line}; zones get DOI ${doi}, that of most templates`;
  notes.add("warning", other.doiPlace, null, message);
}

// F-24: not when tnrhtp has a record that can't be read, for the name may be in it.
function checkTemplates(
  hosts: readonly TxHost[],
  templates: ReadonlyMap<string, TxTemplate>,
  complete: boolean,
  notes: Notes,
): void {
  if (!complete) return;
  for (const { template, templatePlace } of hosts) {
    if (!templates.has(template)) notes.error(templatePlace, null, `no template is named ${shown(template)}`);
  }
}

// Hosts whose template is left out. Where a shorter prefix would take them in, what was refused would be allowed: an error.
function leaveOut(
  hosts: readonly TxHost[],
  usable: ReadonlyMap<string, TxTemplate>,
  templates: ReadonlyMap<string, TxTemplate> | undefined,
  base: Partial<PolicyInput> | undefined,
  notes: Notes,
): TxHost[] {
  const kept = hosts.filter(({ template }) => usable.has(template));
  const left = hosts.filter(({ template }) => !usable.has(template) && templates?.has(template));
  if (left.length === 0) return kept;
  const wider = longestAround([...prefixesOf(base), ...kept.map(({ prefix }) => prefix)], left);
  for (const host of left) {
    const text = formatPrefix(host.prefix);
    const other = wider.get(host);
    const why = `its template ${shown(host.template)} has DOI 0`;
    if (other === undefined) notes.add("lost", host.place, null, `${text} is left out: ${why}`);
    else {
      const message = `${text} can't be left out with its template, for ${formatPrefix(other)} would let these hosts send: ${why}`;
      notes.error(host.place, null, message);
    }
  }
  return kept;
}

// Of the prefixes that hold all of a host's addresses, the longest; in one pass over all in order.
function longestAround(prefixes: readonly Prefix[], hosts: readonly TxHost[]): ReadonlyMap<TxHost, Prefix> {
  const order = [
    ...prefixes.map((prefix) => ({ prefix, host: null })),
    ...hosts.map((host) => ({ prefix: host.prefix, host })),
  ].sort((a, b) => compareAddresses(a.prefix.address, b.prefix.address) || a.prefix.length - b.prefix.length);
  const open: Prefix[] = []; // each inside the one before
  const found = new Map<TxHost, Prefix>();
  for (const { prefix, host } of order) {
    while (open.length > 0 && compareAddresses(lastOf(open.at(-1)!), prefix.address) < 0) open.pop();
    if (host === null) open.push(prefix);
    else if (open.length > 0) found.set(host, open.at(-1)!);
  }
  return found;
}

function prefixesOf(base: Partial<PolicyInput> | undefined): Prefix[] {
  return Object.keys(recordOf(base?.hosts)).flatMap((text) => {
    try {
      const prefix = parsePrefix(text);
      return [{ ...prefix, address: networkOf(prefix) }];
    } catch (error) {
      if (error instanceof RangeError) return []; // reading the base says so
      throw error;
    }
  });
}

function namesFor(
  items: readonly { readonly name: string; readonly place: Place }[],
  rule: NameRule,
  notes: Notes,
): ReadonlyMap<string, string> {
  const names = items.map(({ name }) => name);
  const spellings = spellingsOf(names, rule);
  for (const { name, place } of items) {
    const spelling = spellings.get(name)!;
    if (spelling !== name) notes.add("warning", place, null, `${shown(name)} is named ${shown(spelling)} here`);
  }
  return spellings;
}

// F-20 to F-22.
function partitionOf({ label, match, privatePorts, sharedPorts }: TxZone, name: string): PartitionInput {
  return {
    name,
    label: formatLabel(label),
    ...(sharedPorts.length > 0 ? { multilevelPorts: sharedPorts.map(formatPorts) } : {}),
    ...(privatePorts.length > 0 ? { privateMultilevelPorts: privatePorts.map(formatPorts) } : {}),
    ...(match ? { icmp: "range" as const } : {}),
  };
}

// F-11, F-12. What is above 255 ends there (ADMIN_HIGH: 255:0.255).
function templateOf({ doi, host }: TxTemplate, common: number): TemplateInput {
  const own = doi === common ? {} : { doi };
  if (host.type === "unlabeled") return { type: "unlabelled", ...own, label: formatLabel(host.label) };
  return {
    type: "labelled",
    ...own,
    range: [formatTxLabel(host.min), formatTxLabel(host.max)],
    ...(host.set.length > 0 ? { set: host.set.map(formatLabel) } : {}),
  };
}
