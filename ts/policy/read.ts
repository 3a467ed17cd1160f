/**
 * From a policy as written to a {@link Policy}: names looked up, labels canonical, addresses in octets. Every problem is
 * reported, with its path; a policy that has one is not used at all.
 *
 * @module
 */
import { isGroupAddress, parseAddress, parsePrefix } from "../address.ts";
import { PolicyError, type PolicyProblem } from "../errors.ts";
import { isWithin } from "../given.ts";
import { dominates, formatLabel, type Label, type Range } from "../label.ts";
import { type Names, NO_NAMES } from "../names.ts";
import { parseDoi, parseLabel } from "../notation.ts";
import { checkPolicy } from "./check.ts";
import { readTranslations, translate } from "./dois.ts";
import type { PolicyInput } from "./input.ts";
import { readLive } from "./live.ts";
import {
  type Binding,
  type Group,
  type HostPrefix,
  type Interface,
  type InterfaceAddress,
  MAX_INTERFACES,
  MAX_NAME_LENGTH,
  MAX_PARTITIONS,
  MAX_TEMPLATES,
  type Partition,
  type Policy,
  type PortRange,
  type Template,
  type Translation,
} from "./model.ts";
import { INVISIBLE, readNames } from "./names.ts";
import { parsePorts } from "./ports.ts";
import { readPrefixes } from "./prefixes.ts";
import { listOf, type Path, Report, recordOf, textOf } from "./report.ts";
import { readRipso } from "./ripso.ts";
import { shapeProblems } from "./schema.ts";
import { warningsOf } from "./warnings.ts";

/** What reading a policy gave. */
export interface PolicyReading {
  /** What was made of it, in no form to rely on; `null` when there are problems. */
  readonly policy: object | null;
  /** What is wrong; nothing of the policy is used while there is any. */
  readonly problems: readonly PolicyProblem[];
  /** What is odd but does no harm. Only looked for when nothing is wrong. */
  readonly warnings: readonly PolicyProblem[];
}

/** The same, inside the library. */
export interface ResolvedReading extends PolicyReading {
  readonly policy: Policy | null;
}

/**
 * Reads a policy and reports everything that is wrong or odd.
 *
 * @example
 * ```ts
 * import { readPolicy } from "labelgate";
 * const { policy, problems } = readPolicy({ doi: 0, interfaces: [], partitions: [], templates: {}, hosts: {} });
 * policy; // null
 * problems.map(({ path }) => path); // ["doi"]
 * ```
 */
export function readPolicy(input: PolicyInput | unknown): PolicyReading {
  return readResolved(input);
}

/** The same, inside the library. */
export function readResolved(input: unknown): ResolvedReading {
  const { policy, problems } = read(input);
  return { policy, problems, warnings: policy === null ? [] : warningsOf(policy) };
}

/**
 * Reads a policy.
 *
 * @throws {PolicyError} with every problem
 */
export function resolvePolicy(input: PolicyInput): Policy {
  const { policy, problems } = read(input);
  if (policy === null) throw new PolicyError(problems);
  return policy;
}

function read(input: unknown): Omit<ResolvedReading, "warnings"> {
  const report = new Report();
  // Asked for once: it takes longer than to read a prefix.
  const hostKeys = Object.keys(recordOf(recordOf(input).hosts));
  for (const { path, message, value } of shapeProblems(input, hostKeys)) report.add(path, message, value);
  const policy = new Reader(recordOf(input), hostKeys, report).read();
  return { policy: report.problems.length > 0 ? null : policy, problems: report.problems };
}

type Raw = Readonly<Record<string, unknown>>;

// Stands where a label could not be read; the problem is reported, and the policy will not be used.
const NO_LABEL: Label = { doi: 0, level: 0, categories: [] };

// A label is read for its own mistakes even where its DOI could not be read.
const ANY_DOI = 1;

/** The highest VLAN identifier in use (IEEE 802.1Q). */
const MAX_VLAN = 4094;

// Index by name of what is in a list; of one name, the first.
function indexesOf(list: unknown): Map<string, number> {
  const indexes = new Map<string, number>();
  listOf(list).forEach((item, i) => {
    const name = textOf(recordOf(item).name);
    if (name !== undefined && !indexes.has(name)) indexes.set(name, i);
  });
  return indexes;
}

class Reader {
  readonly #input: Raw;
  readonly #hostKeys: readonly string[];
  readonly #report: Report;
  readonly #dois = new Set<number>();
  #doi: number | undefined;
  #names: Names = NO_NAMES;
  #partitions: ReadonlyMap<string, number> = new Map();
  #interfaces: ReadonlyMap<string, number> = new Map();
  #translations: ReadonlyMap<number, Translation> = new Map();

  constructor(input: Raw, hostKeys: readonly string[], report: Report) {
    this.#input = input;
    this.#hostKeys = hostKeys;
    this.#report = report;
  }

  read(): Policy {
    const input = this.#input;
    this.#doi = this.#readDoi(["doi"], input.doi, undefined);
    this.#names = readNames(input.names, this.#report);
    this.#partitions = indexesOf(input.partitions);
    this.#interfaces = indexesOf(input.interfaces);
    this.#translations = readTranslations(input.dois, this.#doi, this.#names, this.#dois, this.#report);
    const ripso = recordOf(input.ripso);
    const read: Omit<Policy, "live"> = {
      profile: input.profile === "linux" ? "linux" : "strict",
      verifyChecksum: input.checksum === "verify",
      names: this.#names,
      dois: [],
      translations: this.#translations,
      ripso: readRipso(
        input.ripso,
        this.#readDoi(["ripso", "doi"], ripso.mode === "map" ? ripso.doi : undefined, this.#doi),
        this.#names,
        this.#report,
      ),
      interfaces: listOf(input.interfaces).map((item, i) => this.#readInterface(["interfaces", i], recordOf(item))),
      partitions: listOf(input.partitions).map((item, i) => this.#readPartition(["partitions", i], recordOf(item))),
      control: this.#readControl(),
      ...this.#readHosts(),
    };
    const policy: Policy = { ...read, live: readLive(input.live, read, this.#report) };
    for (const [key, count, bound] of [
      ["interfaces", policy.interfaces.length, MAX_INTERFACES],
      ["partitions", policy.partitions.length, MAX_PARTITIONS],
      ["templates", policy.templates.length, MAX_TEMPLATES],
    ] as const) {
      if (count > bound) this.#report.add([key], `${count} of them: at most ${bound}`);
    }
    checkPolicy(policy, this.#report);
    return { ...policy, dois: [...this.#dois].sort((a, b) => a - b) };
  }

  #readDoi(path: Path, value: unknown, fallback: number | undefined): number | undefined {
    const given = value === undefined ? fallback : value;
    if (typeof given !== "number" && typeof given !== "string") return undefined;
    const doi = this.#report.attempt(path, given, () => parseDoi(given));
    if (doi !== undefined) this.#dois.add(doi);
    return doi;
  }

  #readLabel(path: Path, value: unknown, doi: number | undefined): Label {
    const text = textOf(value);
    if (text === undefined) return NO_LABEL;
    const label = this.#report.attempt(path, text, () => parseLabel(text, doi ?? ANY_DOI, this.#names));
    return doi === undefined || label === undefined ? NO_LABEL : label;
  }

  #readRange(path: Path, value: unknown, doi: number | undefined): Range | null {
    if (value === undefined) return null;
    const [lowText, highText] = listOf(value);
    const low = this.#readLabel([...path, 0], lowText, doi);
    const high = this.#readLabel([...path, 1], highText, doi);
    if (low !== NO_LABEL && high !== NO_LABEL && !dominates(high, low)) {
      this.#report.add(path, `${formatLabel(high)} does not dominate ${formatLabel(low)}: no label is in this range`);
    }
    return { low, high };
  }

  #readName(path: Path, value: unknown): string {
    const name = textOf(value);
    if (name !== undefined && !/^[A-Za-z\d][\w.-]*$/.test(name)) {
      this.#report.add(path, `expected letters, digits, ".", "_" and "-", a letter or digit first`, name);
    } else if (name !== undefined && name.length > MAX_NAME_LENGTH) {
      this.#report.add(path, `${name.length} characters: at most ${MAX_NAME_LENGTH}`);
    }
    return name ?? "";
  }

  #readInterface(path: Path, input: Raw): Interface {
    const doi = this.#readDoi([...path, "doi"], input.doi, this.#doi);
    return {
      name: this.#readName([...path, "name"], input.name),
      device: textOf(input.device) ?? null,
      vlan: this.#readVlan([...path, "vlan"], input.vlan),
      addresses: listOf(input.addresses).flatMap((item, i) => this.#readAddress([...path, "addresses", i], item)),
      range: this.#readRange([...path, "range"], input.range, doi),
    };
  }

  #readVlan(path: Path, value: unknown): number | null {
    if (typeof value !== "number") return null;
    if (!isWithin(value, MAX_VLAN))
      this.#report.add(path, `expected 1 to ${MAX_VLAN}, or 0 for untagged frames`, value);
    return value;
  }

  #readAddress(path: Path, item: unknown): InterfaceAddress[] {
    const owned = typeof item !== "string";
    const text = owned ? textOf(recordOf(item).address) : item;
    const at: Path = owned ? [...path, "address"] : path;
    if (text === undefined) return [];
    const prefix = this.#report.attempt(at, text, () => parsePrefix(text));
    if (prefix === undefined) return [];
    const { address } = prefix;
    if (isGroupAddress(address) || address.every((octet) => octet === 0)) {
      this.#report.add(at, "not the address of a host", text);
    }
    const ownerName = owned ? textOf(recordOf(item).partition) : undefined;
    const owner = ownerName === undefined ? undefined : this.#partitions.get(ownerName);
    if (ownerName !== undefined && owner === undefined) {
      this.#report.add([...path, "partition"], "no partition has this name", ownerName);
    }
    return [{ address, prefix: text.includes("/") ? prefix.length : null, owner: owner ?? null }];
  }

  #readPartition(path: Path, input: Raw): Partition {
    const doi = this.#readDoi([...path, "doi"], input.doi, this.#doi);
    const name = this.#readName([...path, "name"], input.name);
    if (name.toLowerCase() === "dropped")
      this.#report.add([...path, "name"], '"dropped" is where drops go; choose another name');
    return {
      name,
      label: this.#readLabel([...path, "label"], input.label, doi),
      shared: input.shared !== false,
      bindings:
        input.bindings === undefined
          ? null
          : listOf(input.bindings).map((item, i) => this.#readBinding([...path, "bindings", i], recordOf(item))),
      multilevelPorts: this.#readPorts([...path, "multilevelPorts"], input.multilevelPorts),
      privateMultilevelPorts: this.#readPorts([...path, "privateMultilevelPorts"], input.privateMultilevelPorts),
      icmp: input.icmp === "range" ? "range" : "own",
      groups: listOf(input.groups).flatMap((item, i) => this.#readGroup([...path, "groups", i], item)),
    };
  }

  #readGroup(path: Path, item: unknown): Group[] {
    const placed = typeof item !== "string";
    const text = placed ? textOf(recordOf(item).address) : item;
    const at: Path = placed ? [...path, "address"] : path;
    const address = text === undefined ? undefined : this.#report.attempt(at, text, () => parseAddress(text));
    if (address === undefined) return [];
    if (!isGroupAddress(address) || address.every((octet) => octet === 255)) {
      this.#report.add(at, "expected a multicast address; broadcasts reach every partition of the interface", text);
    }
    const name = placed ? textOf(recordOf(item).interface) : undefined;
    const index = name === undefined ? undefined : this.#interfaces.get(name);
    if (name !== undefined && index === undefined)
      this.#report.add([...path, "interface"], "no interface has this name", name);
    return [{ address, interface: index ?? null }];
  }

  #readBinding(path: Path, input: Raw): Binding {
    const text = textOf(input.address);
    const address =
      text === undefined ? undefined : this.#report.attempt([...path, "address"], text, () => parseAddress(text));
    return {
      name: this.#readName([...path, "name"], input.name),
      address: address ?? null,
      ports: input.ports === undefined ? null : this.#readPorts([...path, "ports"], input.ports),
      acceptLower: input.acceptLower === true,
    };
  }

  // A text that can't be read leaves a hole of no ports, so that later ones keep their index.
  #readPorts(path: Path, input: unknown): PortRange[] {
    return listOf(input).map((item, i) => {
      const text = textOf(item);
      const none: PortRange = { protocol: 0, first: 1, last: 0 };
      return text === undefined ? none : (this.#report.attempt([...path, i], text, () => parsePorts(text)) ?? none);
    });
  }

  #readControl(): number | null {
    const name = textOf(this.#input.control);
    if (name === undefined) return null;
    const index = this.#partitions.get(name);
    if (index === undefined) this.#report.add(["control"], "no partition has this name", name);
    return index ?? null;
  }

  #readHosts(): { templates: Template[]; hosts: HostPrefix[] } {
    const index = new Map<string, number>();
    const templates = Object.entries(recordOf(this.#input.templates)).map(([name, item], i) => {
      index.set(name, i);
      if (INVISIBLE.test(name)) this.#report.add(["templates", name], "has a character that can't be seen");
      return this.#readTemplate(["templates", name], name, recordOf(item));
    });
    return { templates, hosts: readPrefixes(recordOf(this.#input.hosts), this.#hostKeys, index, this.#report) };
  }

  #readTemplate(path: Path, name: string, input: Raw): Template {
    const given = this.#readDoi([...path, "doi"], input.doi, this.#doi);
    const doi = given ?? 0;
    if (input.type === "unlabelled") {
      const label = this.#readLabel([...path, "label"], input.label, given);
      if (label !== NO_LABEL && translate(label, this.#translations) === null) {
        this.#report.add([...path, "label"], `has no counterpart: dois[${doi}] does not name all of it`, input.label);
      }
      return { type: "unlabelled", name, doi, label };
    }
    const range = this.#readRange([...path, "range"], input.range, given);
    const set = listOf(input.set).map((item, i) => this.#readLabel([...path, "set", i], item, given));
    if (input.type === "labelled" && range === null && set.length === 0) {
      this.#report.add(path, "a labelled template needs a range or a set: without either its hosts may send nothing");
    }
    return { type: "labelled", name, doi, range, set };
  }
}
