/**
 * What the commands leave behind when the kernel takes them in order, from what it begins with: one default map, which
 * sends everything unlabelled, and `accept on`. What the kernel refuses is an error, with its number.
 *
 * @module
 */
import { formatPrefix } from "../address.ts";
import type { AddDoi, AddMap, AddStatic, Command, Scheme } from "./netlabel-commands.ts";
import { EBUSY, EEXIST, EINVAL, ENOENT } from "./netlabel-errors.ts";
import { type PlacedNote, quoted, type Word } from "./netlabel-script.ts";

/** The maps of one domain and IP version: one for every destination, or one for each address prefix. */
export interface DomainMap {
  /** `null`: the kernel's own, which no command made. */
  readonly whole: AddMap | null;
  /** By text of the prefix; none when there is a map for every destination. */
  readonly selected: Map<string, AddMap>;
}

/** NetLabel's configuration. */
export interface Configuration {
  /** By {@link doiKey}. */
  readonly dois: Map<string, AddDoi>;
  /** By domain (`null`: the default), then IP version. */
  readonly maps: Map<string | null, Map<4 | 6, DomainMap>>;
  /** By device (`null`: the default), then text of the prefix. */
  readonly statics: Map<string | null, Map<string, AddStatic>>;
  /** Maps that use a DOI, by {@link doiKey}. */
  readonly users: Map<string, Users>;
  accept: { readonly on: boolean; readonly at: Word | null };
}

/** Maps that use one DOI. */
interface Users {
  /** They keep it from being deleted: maps of the default domain, and of addresses. */
  readonly holding: Set<AddMap>;
  /** They go with it. */
  readonly leaving: Set<AddMap>;
}

/** CIPSO's and CALIPSO's DOIs are apart. */
export function doiKey(scheme: Scheme, doi: number): string {
  return `${scheme} ${doi}`;
}

/** What the kernel begins with. */
export function firstConfiguration(): Configuration {
  const none = (): DomainMap => ({ whole: null, selected: new Map() });
  return {
    dois: new Map(),
    maps: new Map([
      [
        null,
        new Map([
          [4, none()],
          [6, none()],
        ]),
      ],
    ]),
    statics: new Map(),
    users: new Map(),
    accept: { on: true, at: null },
  };
}

/** Lets a command take effect, or notes why the kernel does not. */
export function perform(command: Command, state: Configuration, notes: PlacedNote[]): void {
  const refused = effectOf(command, state, notes);
  if (refused !== null) notes.push({ severity: "error", at: command.at, ...refused });
}

/** Why the kernel does not do what it is told. */
interface Refusal {
  readonly code: number;
  readonly message: string;
}

function refusal(code: number, message: string): Refusal {
  return { code, message };
}

function effectOf(command: Command, state: Configuration, notes: PlacedNote[]): Refusal | null {
  switch (command.command) {
    case "add doi":
      return addDoi(command, state);
    case "del doi":
      return delDoi(command.scheme, command.doi, state);
    case "add map":
      return addMap(command, state, notes);
    case "del map":
      return delMap(command.domain, state);
    case "add static":
      return addStatic(command, state);
    case "del static": {
      const { device, prefix } = command;
      if (state.statics.get(device)?.delete(formatPrefix(prefix)) === true) return null;
      return refusal(ENOENT, `${sayDevice(device)} has no entry for ${formatPrefix(prefix)} to delete`);
    }
    case "accept":
      state.accept = command;
      return null;
  }
}

function addDoi(command: AddDoi, state: Configuration): Refusal | null {
  const key = doiKey(command.scheme, command.doi);
  const other = state.dois.get(key);
  if (other !== undefined) {
    return refusal(EEXIST, `${sayDoi(command.scheme, command.doi)} is there already${from(other.at)}; delete it first`);
  }
  state.dois.set(key, command);
  return null;
}

// The kernel takes a domain's map for every destination away with its DOI. It refuses where the default or an address
// selector has it (older kernels), or leaves that with a DOI that is no more.
function delDoi(scheme: Scheme, doi: number, state: Configuration): Refusal | null {
  const key = doiKey(scheme, doi);
  if (!state.dois.has(key)) return refusal(ENOENT, `there is no ${sayDoi(scheme, doi)} to delete`);
  const users = state.users.get(key);
  const [holding] = users?.holding ?? [];
  if (holding !== undefined) {
    return refusal(EBUSY, `${sayDoi(scheme, doi)} is used by a map${from(holding.at)}; delete that first`);
  }
  for (const { domain, families } of users?.leaving ?? []) {
    for (const family of families) state.maps.get(domain)?.delete(family);
  }
  state.users.delete(key);
  state.dois.delete(key);
  return null;
}

function addMap(command: AddMap, state: Configuration, notes: PlacedNote[]): Refusal | null {
  const { at, domain, prefix, families, protocol, doi } = command;
  if (protocol !== "unlbl" && !state.dois.has(doiKey(protocol, doi))) {
    return refusal(EINVAL, `there is no ${sayDoi(protocol, doi)}; add it before its map`);
  }
  const maps = entryOf(state.maps, domain, () => new Map<4 | 6, DomainMap>());
  const there = families.flatMap((family) => maps.get(family) ?? []);
  const made = there.filter(({ whole, selected }) => whole !== null || selected.size > 0);
  if (prefix !== null && made.every(({ whole }) => whole === null)) {
    const other = made[0]?.selected.get(formatPrefix(prefix));
    if (other !== undefined) {
      const said = `${sayDomain(domain)} has a map for ${formatPrefix(prefix)} already${from(other.at)}`;
      return refusal(EEXIST, `${said}; delete the domain's maps first`);
    }
  } else if (made.length > 0) {
    const [selected] = made[0]!.selected.values();
    const other = made[0]!.whole ?? selected!;
    const reason = "a map for every destination is the only one of its domain";
    return refusal(EINVAL, `${sayDomain(domain)} has a map already${from(other.at)}; ${reason}`);
  }
  if (made.length < there.length) {
    const message = 'the kernel begins with a default map and refuses this; write "map del default" before it';
    notes.push({ severity: "warning", at, code: EINVAL, message });
  }
  for (const family of families) {
    const old = maps.get(family);
    if (prefix === null) maps.set(family, { whole: command, selected: new Map() });
    else if (old === undefined) maps.set(family, { whole: null, selected: new Map([[formatPrefix(prefix), command]]) });
    else old.selected.set(formatPrefix(prefix), command);
  }
  if (protocol !== "unlbl") {
    const users = entryOf(state.users, doiKey(protocol, doi), () => ({ holding: new Set(), leaving: new Set() }));
    (domain === null || prefix !== null ? users.holding : users.leaving).add(command);
  }
  return null;
}

function delMap(domain: string | null, state: Configuration): Refusal | null {
  const maps = state.maps.get(domain);
  if (maps === undefined || maps.size === 0) return refusal(ENOENT, `${sayDomain(domain)} has no map to delete`);
  for (const { whole, selected } of maps.values()) {
    for (const map of whole === null ? selected.values() : [whole]) {
      const users = map.protocol === "unlbl" ? undefined : state.users.get(doiKey(map.protocol, map.doi));
      users?.holding.delete(map);
      users?.leaving.delete(map);
    }
  }
  state.maps.delete(domain);
  return null;
}

function addStatic(command: AddStatic, state: Configuration): Refusal | null {
  const { device, prefix } = command;
  const entries = entryOf(state.statics, device, () => new Map<string, AddStatic>());
  const text = formatPrefix(prefix);
  const other = entries.get(text);
  if (other !== undefined) {
    return refusal(EEXIST, `${sayDevice(device)} has an entry for ${text} already${from(other.at)}; delete it first`);
  }
  entries.set(text, command);
  return null;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function from({ line }: Word): string {
  return ` (line ${line})`;
}

function sayDoi(scheme: Scheme, doi: number): string {
  return `${scheme.toUpperCase()} DOI ${doi}`;
}

function sayDomain(domain: string | null): string {
  return domain === null ? "the default domain" : `domain ${quoted(domain)}`;
}

function sayDevice(device: string | null): string {
  return device === null ? "the default interface" : `interface ${quoted(device)}`;
}
