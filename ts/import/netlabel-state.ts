/**
 * NetLabel's configuration, as commands of netlabelctl build it up: DOIs, maps by domain and address, static labels of
 * unlabelled hosts. A command that the kernel would refuse is an error.
 *
 * @module
 */
import { formatPrefix, networkOf, type Prefix, parsePrefix } from "../address.ts";
import { MAX_DOI, MAX_LEVEL } from "../label.ts";
import { MAX_MAPPED_CATEGORY } from "../policy/model.ts";
import type { Command, Word } from "./netlabel-script.ts";
import { type Notes, type Place, shown } from "./notes.ts";

/** A DOI of CIPSO or CALIPSO. */
export interface NetlabelDoi {
  readonly protocol: "cipso" | "calipso";
  readonly doi: number;
  readonly type: "pass" | "trans" | "local";
  /** Tag types, in the order of preference; empty for CALIPSO. */
  readonly tags: readonly number[];
  /** Ours by theirs. */
  readonly levels: ReadonlyMap<number, number>;
  readonly categories: ReadonlyMap<number, number>;
  readonly place: Place;
  readonly notes: Notes;
}

export interface NetlabelMap {
  /** The LSM domain, or `null`: the default. */
  readonly domain: string | null;
  /** Of the destinations, or `null`: all. */
  readonly prefix: Prefix | null;
  /** `null`: unlabelled. */
  readonly protocol: { readonly name: "cipso" | "calipso"; readonly doi: number } | null;
  readonly place: Place | null;
  readonly notes: Notes | null;
}

/** A static label. */
export interface NetlabelHost {
  /** The device, or `null`: any. */
  readonly device: string | null;
  readonly prefix: Prefix;
  /** A context of the LSM. */
  readonly label: string;
  readonly place: Place;
  readonly notes: Notes;
}

/** What the kernel would know when all commands are done. */
export interface NetlabelState {
  readonly dois: Map<string, NetlabelDoi>;
  readonly maps: Map<string, NetlabelMap>;
  readonly hosts: Map<string, NetlabelHost>;
  /** Whether unlabelled packets without a static label pass, and where that was said. */
  accept: { readonly on: boolean; readonly place: Place | null; readonly notes: Notes | null };
}

/** As the kernel starts: one default map to "unlabelled", and unlabelled packets pass. */
export function initialState(): NetlabelState {
  const map: NetlabelMap = { domain: null, prefix: null, protocol: null, place: null, notes: null };
  return {
    dois: new Map(),
    maps: new Map([[keyOfMap(map), map]]),
    hosts: new Map(),
    accept: { on: true, place: null, notes: null },
  };
}

/** The most tags of a DOI (CIPSO_V4_TAG_MAXCNT). */
export const MAX_TAGS = 5;

const MODULES = new Map([
  ["mgmt", "mgmt"],
  ["map", "map"],
  ["unlbl", "unlbl"],
  ["cipso", "cipso"],
  ["cipsov4", "cipso"],
  ["calipso", "calipso"],
]);

/** Carries out one command. */
export function carryOut(command: Command, state: NetlabelState, notes: Notes): void {
  const words = withoutProgram(command);
  const [module, verb, ...rest] = words;
  const name = MODULES.get(module?.text ?? "");
  if (module === undefined || name === undefined) {
    const at = module ?? command[0];
    notes.error(
      at.place,
      null,
      `${shown(at.text)} is no module of netlabelctl: expected ${[...MODULES.keys()].join(", ")}`,
    );
    return;
  }
  if (verb === undefined) {
    notes.error(module.place, null, `${module.text}: a command is missing: add, del, list …`);
    return;
  }
  const act = new Act(state, notes, verb, rest);
  const verbs: Record<string, Record<string, () => void>> = {
    mgmt: { version: nothing, protocols: nothing },
    map: { add: () => act.addMap(), del: () => act.deleteMap(), list: nothing },
    unlbl: { accept: () => act.accept(), add: () => act.addHost(), del: () => act.deleteHost(), list: nothing },
    cipso: { add: () => act.addDoi("cipso"), del: () => act.deleteDoi("cipso"), list: nothing },
    calipso: { add: () => act.addDoi("calipso"), del: () => act.deleteDoi("calipso"), list: nothing },
  };
  const known = verbs[name]!;
  if (Object.hasOwn(known, verb.text)) known[verb.text]!();
  else notes.error(verb.place, null, `${shown(verb.text)}: ${module.text} has ${Object.keys(known).join(", ")}`);
}

function nothing(): void {}

// Without `netlabelctl` and its flags, `-t` with its seconds.
function withoutProgram(command: Command): Word[] {
  const words = [...command];
  if (!/^(?:.*\/)?netlabelctl$/.test(words[0]!.text)) return words;
  words.shift();
  while (words[0]?.text.startsWith("-") === true) {
    const flag = words.shift()!;
    if (flag.text === "-t") words.shift();
  }
  return words;
}

/** One command at work: its words, and where what is wrong goes. */
class Act {
  readonly #state: NetlabelState;
  readonly #notes: Notes;
  readonly #verb: Word;
  readonly #words: readonly Word[];

  constructor(state: NetlabelState, notes: Notes, verb: Word, words: readonly Word[]) {
    this.#state = state;
    this.#notes = notes;
    this.#verb = verb;
    this.#words = words;
  }

  addDoi(protocol: "cipso" | "calipso"): void {
    const [kind] = this.#words;
    const known = { pass: "pass", trans: "trans", std: "trans", local: "local" } as const;
    const type = Object.hasOwn(known, kind?.text ?? "") ? known[kind!.text as keyof typeof known] : undefined;
    if (type === undefined || (protocol === "calipso" && type !== "pass")) {
      const expected = protocol === "cipso" ? "pass, trans (or std), local" : "pass";
      this.#error(kind ?? this.#verb, `expected ${expected} behind add`);
      return;
    }
    const args = this.#arguments(this.#words.slice(1), ["doi", "tags", "levels", "categories"]);
    const doi = this.#number(args.get("doi"), "doi", MAX_DOI, 1);
    const tags = protocol === "cipso" && type !== "local" ? this.#tags(args.get("tags"), type) : [];
    const isTranslated = type === "trans";
    const levels = isTranslated ? this.#table(args.get("levels"), "levels", MAX_LEVEL) : new Map<number, number>();
    const categories = isTranslated
      ? this.#table(args.get("categories"), "categories", MAX_MAPPED_CATEGORY, true)
      : new Map<number, number>();
    if (!isTranslated) {
      for (const key of ["levels", "categories"]) {
        const word = args.get(key);
        if (word !== undefined) this.#notes.add("warning", word.place, null, `${key} mean nothing for ${type}`);
      }
    }
    if (doi === null || tags === null || levels === null || categories === null) return;
    const key = `${protocol} ${doi}`;
    if (this.#state.dois.has(key)) {
      this.#error(this.#verb, `${protocol} DOI ${doi} is there already (EEXIST); delete it first`);
      return;
    }
    const { place } = this.#verb;
    this.#state.dois.set(key, { protocol, doi, type, tags, levels, categories, place, notes: this.#notes });
  }

  // The kernel takes away what is mapped to a DOI with it.
  deleteDoi(protocol: "cipso" | "calipso"): void {
    const doi = this.#number(this.#arguments(this.#words, ["doi"]).get("doi"), "doi", MAX_DOI, 1);
    if (doi === null) return;
    if (!this.#state.dois.delete(`${protocol} ${doi}`)) {
      this.#error(this.#verb, `there is no ${protocol} DOI ${doi} (ENOENT)`);
    }
    for (const [key, { protocol: used }] of this.#state.maps) {
      if (used?.name === protocol && used.doi === doi) this.#state.maps.delete(key);
    }
  }

  addMap(): void {
    const args = this.#arguments(this.#words, ["domain", "address", "protocol"], ["default"]);
    const place = this.#domainAndPrefix(args);
    const word = args.get("protocol");
    if (place === null) return;
    if (word === undefined) {
      this.#error(this.#verb, "protocol: is missing: unlbl, cipso,DOI or calipso,DOI");
      return;
    }
    const protocol = this.#protocol(word, place.prefix);
    if (protocol === undefined) return;
    const map: NetlabelMap = { ...place, protocol, place: this.#verb.place, notes: this.#notes };
    if (this.#state.maps.has(keyOfMap(map))) {
      this.#error(this.#verb, `${sayMap(map)} is mapped already (EEXIST); delete that map first`);
    } else this.#state.maps.set(keyOfMap(map), map);
  }

  deleteMap(): void {
    const place = this.#domainAndPrefix(this.#arguments(this.#words, ["domain", "address"], ["default"]));
    if (place === null) return;
    const key = keyOfMap(place);
    const deleted = this.#state.maps.delete(key);
    // Without an address all that the domain has goes.
    const own = [...this.#state.maps].filter(([, map]) => place.prefix === null && map.domain === place.domain);
    for (const [other] of own) this.#state.maps.delete(other);
    if (!deleted && own.length === 0) this.#error(this.#verb, `${sayMap(place)} is not mapped (ENOENT)`);
  }

  accept(): void {
    const [word] = this.#words;
    const on = { on: true, off: false, "1": true, "0": false }[word?.text ?? ""];
    if (on === undefined) this.#error(word ?? this.#verb, "expected on or off");
    else this.#state.accept = { on, place: this.#verb.place, notes: this.#notes };
  }

  addHost(): void {
    const host = this.#host(["label"]);
    if (host === null) return;
    const label = host.args.get("label");
    if (label === undefined) {
      this.#error(this.#verb, "label: is missing: a context as system_u:object_r:netlabel_peer_t:s0");
      return;
    }
    if (this.#state.hosts.has(host.key)) {
      this.#error(
        this.#verb,
        `${formatPrefix(host.prefix)} has a static label there already (EEXIST); delete it first`,
      );
      return;
    }
    const { device, prefix } = host;
    const entry = { device, prefix, label: label.text, place: this.#verb.place, notes: this.#notes };
    this.#state.hosts.set(host.key, entry);
  }

  deleteHost(): void {
    const host = this.#host([]);
    if (host === null || this.#state.hosts.delete(host.key)) return;
    this.#error(this.#verb, `${formatPrefix(host.prefix)} has no static label there (ENOENT)`);
  }

  #error(word: Word, message: string): void {
    this.#notes.error(word.place, null, message);
  }

  // `key:value` words by key, and those that stand alone.
  #arguments(words: readonly Word[], keys: readonly string[], alone: readonly string[] = []): Map<string, Word> {
    const found = new Map<string, Word>();
    for (const word of words) {
      const colon = word.text.indexOf(":");
      const key = colon < 0 ? word.text : word.text.slice(0, colon);
      const isKnown = colon < 0 ? alone.includes(key) : keys.includes(key);
      if (!isKnown) {
        const expected = [...alone, ...keys.map((name) => `${name}:…`)].join(", ");
        this.#error(word, `${shown(word.text)}: expected ${expected}`);
      } else if (found.has(key)) this.#error(word, `${key} stands here twice`);
      else found.set(key, { text: colon < 0 ? "" : word.text.slice(colon + 1), place: word.place });
    }
    return found;
  }

  // netlabelctl reads numbers with atoi, which takes anything; here they are decimal and in their bounds.
  #number(word: Word | undefined, key: string, most: number, least = 0): number | null {
    if (word === undefined) {
      this.#error(this.#verb, `${key}: is missing`);
      return null;
    }
    const number = numberOf(word.text, most);
    if (number !== null && number >= least) return number;
    this.#error(word, `${key} ${shown(word.text)}: expected ${least} to ${most}`);
    return null;
  }

  #tags(word: Word | undefined, type: "pass" | "trans"): number[] | null {
    if (word === undefined) {
      this.#error(this.#verb, "tags: is missing: 1, or for pass 1,2,5");
      return null;
    }
    const known = type === "pass" ? [1, 2, 5] : [1];
    const tags = word.text.split(",").map((text) => numberOf(text, 255));
    if (tags.length > MAX_TAGS) this.#error(word, `${tags.length} tags: at most ${MAX_TAGS} (EINVAL)`);
    else if (tags.every((tag) => tag !== null && known.includes(tag))) return tags as number[];
    else this.#error(word, `tags ${shown(word.text)}: ${type} has ${known.join(", ")} (EINVAL)`);
    return null;
  }

  // `local=remote,…`: ours by theirs. labelgate reads the table both ways, so it is one to one.
  #table(word: Word | undefined, key: string, most: number, optional = false): Map<number, number> | null {
    const table = new Map<number, number>();
    if (word === undefined) {
      if (optional) return table;
      this.#error(this.#verb, `${key}: is missing: local=remote, with commas between (EINVAL)`);
      return null;
    }
    const ours = new Set<number>();
    for (const pair of word.text.split(",")) {
      const match = /^(\d{1,5})=(\d{1,5})$/.exec(pair);
      const local = numberOf(match?.[1] ?? "", most);
      const remote = numberOf(match?.[2] ?? "", most);
      if (local === null || remote === null) {
        this.#error(word, `${key} ${shown(pair)}: expected local=remote, each 0 to ${most}`);
        return null;
      }
      if (table.has(remote) || ours.has(local)) {
        this.#error(word, `${key} ${shown(pair)}: one of the two has a counterpart already; a table is read both ways`);
        return null;
      }
      table.set(remote, local);
      ours.add(local);
    }
    return table;
  }

  #prefix(word: Word): Prefix | null {
    try {
      const prefix = parsePrefix(word.text);
      const network = networkOf(prefix);
      if (network.some((octet, i) => octet !== prefix.address[i])) {
        const written = formatPrefix({ address: network, length: prefix.length });
        this.#notes.add(
          "warning",
          word.place,
          null,
          `${shown(word.text)} has host bits behind its prefix; it is ${written}`,
        );
      }
      return { address: network, length: prefix.length };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#error(word, error.message);
      return null;
    }
  }

  #domainAndPrefix(
    args: ReadonlyMap<string, Word>,
  ): { readonly domain: string | null; readonly prefix: Prefix | null } | null {
    const domain = args.get("domain");
    if ((domain === undefined) === !args.has("default")) {
      this.#error(this.#verb, "expected default or domain:NAME");
      return null;
    }
    const address = args.get("address");
    const prefix = address === undefined ? null : this.#prefix(address);
    if (address !== undefined && prefix === null) return null;
    return { domain: domain?.text ?? null, prefix };
  }

  // `undefined`: it is none, which was said.
  #protocol(word: Word, prefix: Prefix | null): NetlabelMap["protocol"] | undefined {
    const [name, value, ...more] = word.text.split(",");
    const wide = prefix === null ? null : prefix.address.length === 16;
    if (name === "unlbl" && more.length === 0 && (value === undefined || value === "4" || value === "6")) return null;
    const protocol = { cipso: "cipso", cipsov4: "cipso", calipso: "calipso" }[name ?? ""] as
      | "cipso"
      | "calipso"
      | undefined;
    const doi = value === undefined || more.length > 0 ? null : numberOf(value, MAX_DOI);
    if (protocol === undefined || doi === null) {
      this.#error(word, `protocol ${shown(word.text)}: expected unlbl, cipso,DOI or calipso,DOI`);
      return undefined;
    }
    if (wide !== null && wide !== (protocol === "calipso")) {
      this.#error(word, `${protocol} is for IPv${protocol === "cipso" ? 4 : 6} addresses (EINVAL)`);
      return undefined;
    }
    if (!this.#state.dois.has(`${protocol} ${doi}`)) {
      this.#error(word, `${protocol} DOI ${doi} is not configured (ENOENT); add it first`);
      return undefined;
    }
    return { name: protocol, doi };
  }

  #host(
    more: readonly string[],
  ): (Omit<NetlabelHost, "label" | "place" | "notes"> & { key: string; args: Map<string, Word> }) | null {
    const args = this.#arguments(this.#words, ["interface", "address", ...more], ["default"]);
    const device = args.get("interface");
    const address = args.get("address");
    if ((device === undefined) === !args.has("default")) {
      this.#error(this.#verb, "expected default or interface:DEVICE");
      return null;
    }
    if (address === undefined) {
      this.#error(this.#verb, "address: is missing");
      return null;
    }
    const prefix = this.#prefix(address);
    if (prefix === null) return null;
    const key = `${device?.text ?? ""} ${formatPrefix(prefix)}`;
    return { key, device: device?.text ?? null, prefix, args };
  }
}

function numberOf(text: string, most: number): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const number = Number(text);
  return number <= most ? number : null;
}

function keyOfMap({ domain, prefix }: Pick<NetlabelMap, "domain" | "prefix">): string {
  return JSON.stringify([domain, prefix === null ? null : formatPrefix(prefix)]);
}

function sayMap({ domain, prefix }: Pick<NetlabelMap, "domain" | "prefix">): string {
  return `${domain === null ? "default" : shown(domain)}${prefix === null ? "" : ` ${formatPrefix(prefix)}`}`;
}
