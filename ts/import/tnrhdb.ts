/**
 * tnrhdb, the template of each remote host (F-01 to F-07): `address[/prefix]:template`
 *
 * @module
 */
import ipaddr from "ipaddr.js";
import { compareAddresses, formatAddress, formatPrefix, networkOf, type Prefix, parseAddress } from "../address.ts";
import { type Notes, type Place, shown } from "./notes.ts";
import { type Field, isTooLong, MAX_TX_NAME, recordsOf, split, textOf, trimmed } from "./record.ts";
import { TX } from "./tx-errors.ts";

/** Hosts of a prefix. */
export interface TxHost {
  readonly prefix: Prefix;
  /** Name of their template. */
  readonly template: string;
  readonly place: Place;
  readonly templatePlace: Place;
}

/** Characters of the longest address with a prefix length, and some: what is longer is not even tried. */
const MAX_ADDRESS = 64;

/** Reads a file and everything that is wrong with it, but for the names of templates. */
export function readHosts(text: string, notes: Notes): TxHost[] {
  const hosts = new Map<string, TxHost>();
  for (const record of recordsOf(text, notes)) {
    const host = readHost(record, notes);
    if (host === null) continue;
    const key = formatPrefix(host.prefix);
    const first = hosts.get(key);
    // F-07, F-24: loading replaces the first, and tnchkdb refuses the second.
    if (first !== undefined) notes.error(record, null, `${key} stands in line ${first.place.line} already`);
    else hosts.set(key, host);
  }
  return [...hosts.values()];
}

// F-01.
function readHost(record: Field, notes: Notes): TxHost | null {
  const [addressField, templateField, ...more] = split(record, ":") as [Field, Field?, ...Field[]];
  if (more.length > 0) {
    const place = { line: record.line, column: more[0]!.column - 1 };
    notes.error(place, TX.malformedEntry, "a second colon; those of an IPv6 address are written \\:");
    return null;
  }
  const address = textOf(trimmed(addressField));
  const template = templateField === undefined ? "" : textOf(templateField);
  const hasTemplate = template !== "" && !template.startsWith("#");
  const before = notes.errors;
  if (address === "") notes.error(addressField, TX.noAddress, "expected an address before the colon");
  if (!hasTemplate) notes.error(templateField ?? record, TX.noHostType, "expected address:template");
  else if (isTooLong(template)) notes.error(templateField!, TX.badName, `more than ${MAX_TX_NAME} octets`);
  const prefix = address === "" ? null : readPrefix(address, trimmed(addressField), notes);
  if (notes.errors > before || prefix === null) return null;
  return { prefix, template, place: record, templatePlace: templateField! };
}

function readPrefix(text: string, place: Place, notes: Notes): Prefix | null {
  const refuse = (why: string): null => {
    notes.error(place, TX.badAddress, `${shown(text)}: ${why}`);
    return null;
  };
  if (text.length > MAX_ADDRESS) return refuse("expected an address as 192.0.2.1 or 2001\\:db8\\:\\:1");
  const slash = text.lastIndexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const read = address.includes(":") ? readIpv6(address) : readIpv4(address);
  if (typeof read === "string") return refuse(read);
  if (read === null) {
    // F-05: such an entry is loaded, and never found.
    notes.add(
      "warning",
      place,
      null,
      `${shown(text)} never matches: hosts are looked up by their IPv4 address; left out`,
    );
    return null;
  }
  const length = slash < 0 ? read.length : lengthOf(text.slice(slash + 1), read.address.length * 8);
  if (length === null) return refuse(`expected a prefix length of 0 to ${read.address.length * 8}`);
  const prefix = { address: read.address, length };
  const network = networkOf(prefix);
  // F-04.
  if (compareAddresses(network, read.address) !== 0) {
    return refuse(
      `has host bits behind its prefix; write ${formatPrefix({ address: network, length }).replaceAll(":", "\\:")}`,
    );
  }
  if (slash < 0 && read.address.length === 16 && read.address.subarray(8).every((octet) => octet === 0)) {
    // F-03, where the shipped file says otherwise.
    const message = `without a prefix length it is the one address ${formatAddress(read.address)}; all are \\:\\:0/0`;
    notes.add("warning", place, null, message);
  }
  return prefix;
}

// F-04. The system takes a leading zero for octal.
function lengthOf(digits: string, most: number): number | null {
  const length = /^(?:0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : -1;
  return length >= 0 && length <= most ? length : null;
}

// F-02: what prefix an address stands for that has none; or why it is no address.
function readIpv4(text: string): Prefix | string {
  const octets = text.split(".");
  if (octets.some((octet) => /^0\d/.test(octet))) return "leading zeros are octal; leave them out";
  if (octets.length > 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)) {
    return "expected an address as 192.0.2.1, its first octets, or 2001\\:db8\\:\\:1";
  }
  const address = Uint8Array.from([0, 0, 0, 0], (_, i) => Number(octets[i] ?? 0));
  if (octets.length === 4) {
    let length = 32;
    while (length > 0 && address[length / 8 - 1] === 0) length -= 8;
    return { address, length };
  }
  // The system shifts such a number up to its first octet that is not 0: 0.1 would be 1.0.0.0/8.
  if (address[0] === 0) return "write all four octets, and the prefix length";
  return { address, length: octets.length * 8 };
}

// F-03. `null`: an IPv4 address inside IPv6.
function readIpv6(text: string): Prefix | string | null {
  const plain = withoutDots(text);
  if (!/^[\da-f:]+$/i.test(plain) || !ipaddr.IPv6.isValid(plain)) return "expected an address as 2001\\:db8\\:\\:1";
  if (ipaddr.IPv6.parse(plain).isIPv4MappedAddress()) return null;
  return { address: parseAddress(plain), length: 128 };
}

// The last four octets may be written as IPv4. ipaddr.js takes ::192.0.2.1 for ::ffff:192.0.2.1, so they are rewritten here.
function withoutDots(text: string): string {
  const colon = text.lastIndexOf(":");
  const octets = text.slice(colon + 1).split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255))
    return text;
  const [a, b, c, d] = octets.map(Number) as [number, number, number, number];
  return `${text.slice(0, colon + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
