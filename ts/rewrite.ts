/**
 * Packets with another label, or without: whole IP packets in, whole IP packets out.
 *
 * @module
 */

import { TABLES } from "../assembly/memory.ts";
import { REWRITE_MALFORMED, REWRITE_NO_ROOM, REWRITE_TOO_LONG, REWRITE_WRONG_VERSION } from "../assembly/rewriting.ts";
import { bootKernel, type Exports } from "./boot.ts";
import { isOctets, isWithin, kindOf } from "./given.ts";
import { formatLabel, type Label, makeLabel } from "./label.ts";
import { calipsoOption, cipsoOption, ripsoOption } from "./label-option.ts";
import { RIPSO_AUTHORITIES, RIPSO_LEVELS } from "./policy/ripso.ts";

/** Octets of the longest packet: an IPv6 header and its payload. */
const MOST_PACKET = 40 + 65_535;
/** Octets that are left free behind what is read and written. */
const APART = 4096;
const MOST_OPTION = 256;

/** Why a packet is refused, by the octets of the option; and what may be done. */
const FAILURES: ReadonlyMap<number, (octets: number) => string> = new Map<number, (octets: number) => string>([
  [REWRITE_MALFORMED, () => "its header or options are not well formed, or it is not whole (O-01)"],
  [
    REWRITE_NO_ROOM,
    (octets) =>
      `a label of ${octets} octets does not fit beside its other options: take some out, or fewer categories; an IPv4 ` +
      "header has 40 octets for all (O-02), a hop-by-hop header 2048 and eight options (O-05, M2), IPv6 12 headers (E2)",
  ],
  [
    REWRITE_TOO_LONG,
    (octets) => `with a label of ${octets} octets it would be longer than 65535 octets: shorten it (O-04)`,
  ],
  [REWRITE_WRONG_VERSION, () => "RIPSO labels are of IPv4, and this is IPv6"],
]);

let rewriter: Rewriter | undefined;

/** Two places in the memory of a kernel without a policy. */
class Rewriter {
  readonly #exports: Exports;
  readonly #bytes: Uint8Array;
  readonly #option = TABLES;
  readonly #packet = TABLES + MOST_OPTION;
  readonly #to = TABLES + MOST_OPTION + MOST_PACKET + APART;

  constructor() {
    const { exports, memory } = bootKernel(this.#to + MOST_PACKET + APART);
    this.#exports = exports;
    this.#bytes = new Uint8Array(memory.buffer);
  }

  rewrite(packet: Uint8Array, option: Uint8Array | null): Uint8Array {
    if (packet.length > MOST_PACKET) throw new RangeError(`packet of ${packet.length} octets: at most ${MOST_PACKET}`);
    this.#bytes.set(packet, this.#packet);
    if (option !== null) this.#bytes.set(option, this.#option);
    const written = this.#exports.stamp(this.#packet, packet.length, this.#option, option?.length ?? 0, this.#to);
    if (written === 0)
      throw new RangeError(`the packet: ${FAILURES.get(this.#exports.rewriteFailure())!(option?.length ?? 0)}`);
    return this.#bytes.slice(this.#to, this.#to + written);
  }
}

/**
 * A packet without its label options: CIPSO, RIPSO (the extended options too) or CALIPSO (O-01, O-05). Octets behind the end
 * of the packet by its own length are left out. A damaged IPv4 header checksum stays damaged.
 *
 * @throws {TypeError} no octets
 * @throws {RangeError} the packet is not whole, or its options are not well formed
 * @example
 * ```ts
 * import { makeLabel, stampLabel, stripLabel } from "labelgate";
 * const packet = new Uint8Array(28);
 * packet.set([0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 10, 192, 0, 2, 1]);
 * const labelled = stampLabel(packet, makeLabel(16, 5, [0]));
 * labelled.length; // 40
 * stripLabel(labelled).length; // 28
 * ```
 */
export function stripLabel(packet: Uint8Array): Uint8Array {
  requireOctets(packet);
  rewriter ??= new Rewriter();
  return rewriter.rewrite(packet, null);
}

/**
 * A packet with the label, and no other: in IPv4 as a CIPSO option, in IPv6 as a CALIPSO option with its checksum, first of
 * all options (O-02, O-05).
 *
 * @throws {TypeError} no octets
 * @throws {RangeError} the label does not fit, or the packet is not whole or not well formed
 * @example
 * ```ts
 * import { makeLabel, stampLabel } from "labelgate";
 * const packet = new Uint8Array(40); // IPv6, without a next header
 * packet.set([0x60, 0, 0, 0, 0, 0, 59, 64]);
 * stampLabel(packet, makeLabel(16, 5, [0])).length; // 56
 * ```
 */
export function stampLabel(packet: Uint8Array, label: Label): Uint8Array {
  requireOctets(packet);
  const option = encodeLabelOption(label, packet[0]! >> 4 === 6 ? "calipso" : "cipso");
  rewriter ??= new Rewriter();
  return rewriter.rewrite(packet, option);
}

/**
 * An IPv4 packet with a RIPSO label, a basic security option (RFC 1108 section 2), and no other label, first of all options
 * (O-02).
 *
 * @param level octet of section 2.3: 0x3d Top Secret, 0x5a Secret, 0x96 Confidential, 0xab Unclassified
 * @param authorities flags of section 2.4, of which 0x80 GENSER, 0x40 SIOP-ESI, 0x20 SCI, 0x10 NSA and 0x08 DOE are assigned
 * @throws {TypeError} no octets
 * @throws {RangeError} a level or flags that are not assigned, or as {@link stampLabel}
 * @example
 * ```ts
 * import { stampRipso } from "labelgate";
 * const packet = new Uint8Array(28);
 * packet.set([0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 10, 192, 0, 2, 1]);
 * stampRipso(packet, 0x5a, 0x80).length; // 32
 * ```
 */
export function stampRipso(packet: Uint8Array, level: number, authorities = 0): Uint8Array {
  requireOctets(packet);
  if (!RIPSO_LEVELS.has(level)) {
    const known = [...RIPSO_LEVELS].map(([octet, name]) => `${octet} (${name})`).join(", ");
    throw new RangeError(`level ${level}: expected ${known} (R2)`);
  }
  const flags = [...RIPSO_AUTHORITIES.keys()].reduce((all, flag) => all | flag);
  if (!isWithin(authorities, 255) || (authorities & ~flags) !== 0) {
    const known = [...RIPSO_AUTHORITIES].map(([flag, name]) => `${flag} (${name})`).join(", ");
    throw new RangeError(`authorities ${authorities}: expected 0 or a sum of ${known} (R6)`);
  }
  rewriter ??= new Rewriter();
  return rewriter.rewrite(packet, ripsoOption(level, authorities));
}

/**
 * The octets of a label option: CIPSO (CIPSO 2.2 section 3.4) with the shortest of tags 1, 2 and 5, or CALIPSO (RFC 5570
 * section 5.1) with its checksum.
 *
 * @throws {RangeError} no option has room for all the categories, or a DOI, level or category is outside its bounds
 * @example
 * ```ts
 * import { encodeLabelOption, makeLabel } from "labelgate";
 * encodeLabelOption(makeLabel(1, 4, [1, 4]), "cipso"); // 86 0b 00 00 00 01 01 05 00 04 48
 * ```
 */
export function encodeLabelOption(label: Label, scheme: "cipso" | "calipso"): Uint8Array {
  const checked = makeLabel(label.doi, label.level, label.categories); // a DOI of 0 never travels
  const option = scheme === "cipso" ? cipsoOption(checked) : calipsoOption(checked);
  if (option !== null) return option;
  const room = scheme === "cipso" ? "CIPSO has 30 octets for them" : "CALIPSO has 61 words: categories 0 to 1951";
  throw new RangeError(`label ${formatLabel(checked)}: its categories fit into no option; ${room}`);
}

function requireOctets(packet: unknown): void {
  if (!isOctets(packet)) throw new TypeError(`packet: expected Uint8Array, got ${kindOf(packet)}`);
}
