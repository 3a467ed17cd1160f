/**
 * The commands of netlabelctl (netlabel_tools 0.30.0, both spellings) with their arguments read. Where its own parser
 * takes anything for a number (`atoi`) or stumbles over what is missing, the argument is refused.
 *
 * @module
 */
import { formatPrefix, networkOf, type Prefix, parsePrefix } from "../address.ts";
import { isWithin } from "../given.ts";
import { MAX_CATEGORY, MAX_DOI, MAX_LEVEL } from "../label.ts";
import { MAX_MAPPED_CATEGORY } from "../policy/model.ts";
import { Arguments, refuse, withoutFlags } from "./netlabel-arguments.ts";
import { type Context, readContext } from "./netlabel-context.ts";
import { EINVAL } from "./netlabel-errors.ts";
import { type PlacedNote, partOf, partsOf, quoted, type Word } from "./netlabel-script.ts";

/** Tags of a DOI at most: the kernel's CIPSO_V4_TAG_MAXCNT. */
export const MAX_TAGS = 5;
/** Tags that both NetLabel and the kernel's tables here know for labels on the wire. */
export const WIRE_TAGS: readonly number[] = [1, 2, 5];

export type Scheme = "cipso" | "calipso";

/** A number here and its counterpart on the wire. */
export interface Pair {
  readonly local: number;
  readonly remote: number;
}

export interface AddDoi {
  readonly command: "add doi";
  readonly at: Word;
  readonly scheme: Scheme;
  readonly doi: number;
  readonly type: "pass" | "trans" | "local";
  readonly tags: readonly number[];
  readonly levels: readonly Pair[];
  readonly categories: readonly Pair[];
}

export interface AddMap {
  readonly command: "add map";
  readonly at: Word;
  /** The LSM domain; `null`: the default. */
  readonly domain: string | null;
  readonly prefix: Prefix | null;
  /** 4 and 6: what it is for. */
  readonly families: readonly (4 | 6)[];
  readonly protocol: "unlbl" | Scheme;
  /** 0 for `unlbl`. */
  readonly doi: number;
}

export interface AddStatic {
  readonly command: "add static";
  readonly at: Word;
  /** `null`: the default. */
  readonly device: string | null;
  readonly prefix: Prefix;
  readonly context: Context;
}

export type Command =
  | AddDoi
  | AddMap
  | AddStatic
  | { readonly command: "del doi"; readonly at: Word; readonly scheme: Scheme; readonly doi: number }
  | { readonly command: "del map"; readonly at: Word; readonly domain: string | null }
  | {
      readonly command: "del static";
      readonly at: Word;
      readonly device: string | null;
      readonly prefix: Prefix;
    }
  | { readonly command: "accept"; readonly at: Word; readonly on: boolean };

/** What a command says; `null`: it configures nothing, or it can't be read, which is noted. */
export function readCommand(words: readonly Word[], notes: PlacedNote[]): Command | null {
  const rest = withoutFlags(/(?:^|\/)netlabelctl$/.test(words[0]!.text) ? words.slice(1) : words, notes);
  if (rest === null) return null;
  const [module, verb] = rest;
  if (module === undefined) {
    return refuse(notes, words[0]!, "no module stands here: expected cipso, calipso, map, unlbl or mgmt", EINVAL);
  }
  const command = MODULES.get(module.text);
  if (command === undefined) {
    const expected = "expected netlabelctl, or its module cipso, calipso, map, unlbl or mgmt";
    return refuse(notes, module, `${quoted(module.text)} is no command that is read: ${expected}`, null);
  }
  const read = verb === undefined ? undefined : command.get(verb.text);
  if (read === undefined) {
    const known = [...command.keys()].join(", ");
    const found =
      verb === undefined ? "no command stands here" : `${quoted(verb.text)} is no command of ${module.text}`;
    return refuse(notes, verb ?? module, `${found}: expected ${known}`, EINVAL);
  }
  return read(new Arguments(module, rest.slice(2), notes));
}

type Read = (given: Arguments) => Command | null;

const CIPSO: ReadonlyMap<string, Read> = new Map([
  ["add", (given) => readAddDoi(given, "cipso")],
  ["del", (given) => readDelDoi(given, "cipso")],
  ["list", (given) => readList(given, "doi")],
]);

const MODULES: ReadonlyMap<string, ReadonlyMap<string, Read>> = new Map([
  ["cipso", CIPSO],
  ["cipsov4", CIPSO],
  [
    "calipso",
    new Map<string, Read>([
      ["add", (given) => readAddDoi(given, "calipso")],
      ["del", (given) => readDelDoi(given, "calipso")],
      ["list", (given) => readList(given, "doi")],
    ]),
  ],
  [
    "map",
    new Map<string, Read>([
      ["add", readAddMap],
      ["del", readDelMap],
      ["list", (given) => readList(given, null)],
    ]),
  ],
  [
    "unlbl",
    new Map<string, Read>([
      ["accept", readAccept],
      ["add", readAddStatic],
      ["del", readDelStatic],
      ["list", (given) => readList(given, null)],
    ]),
  ],
  [
    "mgmt",
    new Map<string, Read>([
      ["version", (given) => readList(given, null)],
      ["protocols", (given) => readList(given, null)],
    ]),
  ],
]);

// It prints something, and configures nothing.
function readList(given: Arguments, key: string | null): null {
  if (key !== null) given.value(key);
  given.done(key === null ? "nothing stands behind this command" : `expected ${key}:NUMBER or nothing`);
  return null;
}

function readAddDoi(given: Arguments, scheme: Scheme): AddDoi | null {
  const { at } = given;
  const types = scheme === "cipso" ? ["pass", "trans", "std", "local"] : ["pass"];
  const typeWord = given.flag(...types);
  const doiWord = given.value("doi");
  const listed = (key: string): Word | null => (scheme === "cipso" ? given.value(key) : null);
  const [tagsWord, levelsWord, categoriesWord] = [listed("tags"), listed("levels"), listed("categories")];
  const parts = scheme === "cipso" ? "doi:, tags:, levels: and categories:" : "doi:";
  given.done(`expected ${types.join(", ")}, ${parts}`);

  const type = typeWord?.text === "std" ? "trans" : ((typeWord?.text ?? "pass") as AddDoi["type"]);
  if (typeWord === null) given.refuse(at, `the type is missing: expected ${types.join(", ")}`, EINVAL);
  const doi = readDoi(given, doiWord);
  const tags = tagsWord === null ? [] : readTags(given, tagsWord, type);
  const levels = levelsWord === null ? [] : readPairs(given, levelsWord, readLevel);
  const categories = categoriesWord === null ? [] : readPairs(given, categoriesWord, readCategory);
  const unused = type === "local" ? [tagsWord, levelsWord, categoriesWord] : [levelsWord, categoriesWord];
  for (const word of type === "trans" ? [] : unused) {
    if (word !== null) given.warn(word, `netlabelctl ignores this with ${type}; leave it out, or write trans`);
  }
  if (scheme === "cipso" && type !== "local" && tagsWord === null) {
    given.refuse(at, `tags: is missing: expected tags:${type === "pass" ? "1,2,5" : "1"}`, EINVAL);
  }
  if (type === "trans" && levelsWord === null) {
    given.refuse(at, "levels: is missing: expected levels:LOCAL=REMOTE,…", EINVAL);
  }
  return doi === null ? null : { command: "add doi", at, scheme, doi, type, tags, levels, categories };
}

function readDelDoi(given: Arguments, scheme: Scheme): Command | null {
  const word = given.value("doi");
  given.done("expected doi:NUMBER");
  const doi = readDoi(given, word);
  return doi === null ? null : { command: "del doi", at: given.at, scheme, doi };
}

// `null`: refused. netlabelctl takes `doi:8x` for 8 and `doi:x` for 0.
function readDoi(given: Arguments, word: Word | null): number | null {
  if (word === null) return given.refuse(given.at, "doi: is missing: expected doi:NUMBER", EINVAL);
  const doi = /^\d{1,10}$/.test(word.text) ? Number(word.text) : -1;
  if (isWithin(doi, MAX_DOI, 1)) return doi;
  const reserved = doi === 0 ? "; 0 is reserved" : "";
  return given.refuse(
    word,
    `${quoted(word.text)} is no DOI: expected 1 to ${MAX_DOI}${reserved}`,
    doi === 0 ? EINVAL : null,
  );
}

function readTags(given: Arguments, word: Word, type: AddDoi["type"]): number[] {
  const tags = new Set<number>();
  const parts = partsOf(word, ",");
  for (const part of parts) {
    const tag = /^\d{1,3}$/.test(part.text) ? Number(part.text) : -1;
    if (!WIRE_TAGS.includes(tag)) given.refuse(part, `${quoted(part.text)} is no tag: expected 1, 2 or 5`, EINVAL);
    else if (type === "trans" && tag !== 1)
      given.refuse(part, `tag ${tag} can't be translated: expected tags:1`, EINVAL);
    else if (tags.has(tag)) given.warn(part, `tag ${tag} stands here already`);
    tags.add(tag);
  }
  if (parts.length > MAX_TAGS) given.refuse(parts[MAX_TAGS]!, `${parts.length} tags: at most ${MAX_TAGS}`, EINVAL);
  return [...tags];
}

// LOCAL=REMOTE,… A part that can't be read is left out; netlabelctl ends with a fault on one without "=".
function readPairs(
  given: Arguments,
  word: Word,
  read: (given: Arguments, part: Word, side: keyof Pair) => number | null,
): Pair[] {
  const seen = new Set<string>();
  return partsOf(word, ",").flatMap((part) => {
    const equals = part.text.indexOf("=");
    if (equals < 0) {
      given.refuse(part, `${quoted(part.text)} has no counterpart: expected LOCAL=REMOTE`);
      return [];
    }
    const local = read(given, partOf(part, 0, equals), "local");
    const remote = read(given, partOf(part, equals + 1), "remote");
    if (local === null || remote === null) return [];
    if (seen.has(`${local}=${remote}`)) given.warn(part, `${local}=${remote} stands here already`);
    seen.add(`${local}=${remote}`);
    return [{ local, remote }];
  });
}

function readLevel(given: Arguments, part: Word, side: keyof Pair): number | null {
  const level = /^\d{1,10}$/.test(part.text) ? Number(part.text) : -1;
  if (isWithin(level, MAX_LEVEL)) return level;
  return given.refuse(
    part,
    `${quoted(part.text)} is no ${side} level: expected 0 to ${MAX_LEVEL}`,
    level > MAX_LEVEL && side === "remote" ? EINVAL : null,
  );
}

function readCategory(given: Arguments, part: Word, side: keyof Pair): number | null {
  const category = /^\d{1,10}$/.test(part.text) ? Number(part.text) : -1;
  if (isWithin(category, MAX_MAPPED_CATEGORY)) return category;
  if (isWithin(category, MAX_CATEGORY)) {
    const bound = `a policy translates categories 0 to ${MAX_MAPPED_CATEGORY}`;
    return given.refuse(part, `${side} category ${category}: ${bound}; leave it out, and its labels are dropped`);
  }
  return given.refuse(
    part,
    `${quoted(part.text)} is no ${side} category: expected 0 to ${MAX_MAPPED_CATEGORY}`,
    category > MAX_CATEGORY && side === "remote" ? EINVAL : null,
  );
}

// `default`, or a name behind the key. `undefined`: refused.
function readOwner(given: Arguments, key: "domain" | "interface"): string | null | undefined {
  const whole = given.flag("default");
  const name = given.value(key);
  if (whole !== null && name !== null) {
    given.refuse(name, `default and ${key}: exclude each other; leave one of them out`);
  } else if (name?.text === "") given.refuse(name, `the name is missing: expected ${key}:NAME`, EINVAL);
  else if (whole !== null) return null;
  else if (name !== null) return name.text;
  else given.refuse(given.at, `expected default or ${key}:NAME`, EINVAL);
  return undefined;
}

// The kernel clears what is behind the prefix (addr & mask). `undefined`: refused.
function readAddress(given: Arguments, word: Word): Prefix | undefined {
  try {
    const prefix = parsePrefix(word.text);
    const network = { ...prefix, address: networkOf(prefix) };
    if (network.address.some((octet, i) => octet !== prefix.address[i])) {
      given.warn(word, `has host bits behind its prefix, which stands for ${formatPrefix(network)}`);
    }
    return network;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    given.refuse(word, word.text.length > 60 ? `${quoted(word.text)} is no address` : error.message, EINVAL);
    return undefined;
  }
}

function readAddMap(given: Arguments): AddMap | null {
  const { at } = given;
  const domain = readOwner(given, "domain");
  const addressWord = given.value("address");
  const protocolWord = given.value("protocol");
  given.done("expected default or domain:NAME, address:PREFIX, protocol:NAME");
  const prefix = addressWord === null ? null : readAddress(given, addressWord);
  const expected = "expected protocol:unlbl, cipso,DOI or calipso,DOI";
  if (protocolWord === null) return given.refuse(at, `protocol: is missing: ${expected}`, EINVAL);
  const [name, extra, ...others] = partsOf(protocolWord, ",") as [Word, ...Word[]];
  const protocol = PROTOCOLS.get(name.text);
  if (protocol === undefined || others.length > 0) {
    return given.refuse(protocolWord, `${quoted(protocolWord.text)} is no protocol: ${expected}`, EINVAL);
  }
  let families = protocol.families;
  let doi = 0;
  if (protocol.name !== "unlbl") {
    if (extra === undefined) return given.refuse(name, `the DOI is missing: ${expected}`, EINVAL);
    const read = readDoi(given, extra);
    if (read === null) return null;
    doi = read;
  } else if (extra !== undefined) {
    const family = families.find((version) => `${version}` === extra.text);
    if (family === undefined) {
      return given.refuse(extra, `${quoted(extra.text)} is no IP version: expected unlbl,4 or unlbl,6`, EINVAL);
    }
    families = [family];
  }
  if (domain === undefined || prefix === undefined) return null;
  if (prefix !== null) {
    const family = prefix.address.length === 4 ? 4 : 6;
    if (!families.includes(family)) {
      const said = extra !== undefined && protocol.name === "unlbl" ? `unlbl,${extra.text}` : protocol.name;
      return given.refuse(addressWord!, `an IPv${family} address, but ${said} is for IPv${families[0]}`, EINVAL);
    }
    families = [family];
  }
  return { command: "add map", at, domain, prefix, families, protocol: protocol.name, doi };
}

interface Protocol {
  readonly name: AddMap["protocol"];
  readonly families: readonly (4 | 6)[];
}

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ["unlbl", { name: "unlbl", families: [4, 6] }],
  ["cipso", { name: "cipso", families: [4] }],
  ["cipsov4", { name: "cipso", families: [4] }],
  ["calipso", { name: "calipso", families: [6] }],
]);

function readDelMap(given: Arguments): Command | null {
  const domain = readOwner(given, "domain");
  given.done("expected default or domain:NAME; a map goes with all of its addresses");
  return domain === undefined ? null : { command: "del map", at: given.at, domain };
}

function readAccept(given: Arguments): Command | null {
  const word = given.next();
  given.done("expected on or off");
  const text = word?.text.toLowerCase();
  if (text === "on" || text === "1") return { command: "accept", at: given.at, on: true };
  if (text === "off" || text === "0") return { command: "accept", at: given.at, on: false };
  const found = word === null ? "on or off is missing" : `${quoted(word.text)}: expected on or off`;
  return given.refuse(word ?? given.at, found, EINVAL);
}

function readStaticAddress(given: Arguments): Prefix | undefined {
  const word = given.value("address");
  if (word !== null) return readAddress(given, word);
  given.refuse(given.at, "address: is missing: expected address:PREFIX", EINVAL);
  return undefined;
}

function readAddStatic(given: Arguments): AddStatic | null {
  const device = readOwner(given, "interface");
  const prefix = readStaticAddress(given);
  const label = given.value("label");
  given.done("expected default or interface:NAME, address:PREFIX, label:CONTEXT");
  if (label === null) return given.refuse(given.at, "label: is missing: expected label:CONTEXT", EINVAL);
  const context = readContext(label, given.notes);
  if (device === undefined || prefix === undefined || context === null) return null;
  return { command: "add static", at: given.at, device, prefix, context };
}

function readDelStatic(given: Arguments): Command | null {
  const device = readOwner(given, "interface");
  const prefix = readStaticAddress(given);
  given.done("expected default or interface:NAME, address:PREFIX");
  if (device === undefined || prefix === undefined) return null;
  return { command: "del static", at: given.at, device, prefix };
}
