/**
 * The datagrams in fragments that a kernel is following (Rule F).
 *
 * @module
 */
import * as map from "../assembly/memory.ts";
import { FRAG_REFUSED } from "../assembly/reason.ts";

export class Datagrams {
  readonly #octets: Uint8Array;
  readonly #view: DataView;

  /** @param octets the kernel's memory */
  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer);
  }

  /** Takes over those of another kernel. */
  followThoseOf(other: Datagrams): void {
    this.#octets.set(other.#octets.subarray(map.DATAGRAMS, map.DATAGRAMS_END), map.DATAGRAMS);
  }

  /**
   * Takes over those of a kernel with another policy: the ones that are followed are condemned, for their parts could go two
   * ways, and the counters of displaced ones start anew.
   */
  condemnThoseOf(other: Datagrams): void {
    this.followThoseOf(other);
    const followed = this.#view.getUint32(map.DATAGRAM_TABLES + map.DATAGRAM_COUNT, true);
    for (let entry = 0; entry < followed; entry++) {
      const at = map.DATAGRAMS + entry * map.DATAGRAM_SIZE + map.DATAGRAM_CONDEMNED;
      if (this.#octets[at] === 0) this.#octets[at] = FRAG_REFUSED;
    }
    for (const table of [0, 1]) this.#view.setBigUint64(this.#displacedAt(table), 0n, true);
  }

  /** Those that were displaced while alive, since the kernel was made: followed, and refused ones. */
  displaced(): { readonly followed: number; readonly refused: number } {
    const count = (table: number): number => Number(this.#view.getBigUint64(this.#displacedAt(table), true));
    return { followed: count(0), refused: count(1) };
  }

  #displacedAt(table: number): number {
    return map.DATAGRAM_TABLES + table * map.DATAGRAM_TABLE_SIZE + map.DATAGRAM_DISPLACED;
  }
}
