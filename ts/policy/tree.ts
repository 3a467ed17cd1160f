/**
 * The IPv6 search tree that the kernel searches (assembly/tree.ts), made from ranges: in columns, for there can be a million.
 *
 * @module
 */
import { LOWS_LIST, TREE_KEYS, TREE_LOWS } from "../../assembly/tree.ts";
import type { ValueRanges } from "./hosts.ts";

/** Octets of a u64. */
const WIDE = 8;

export interface Tree {
  /** From the highest to the lowest, each of whole lines: u64, the low half first. None when no prefix holds anything. */
  readonly levels: readonly Uint32Array[];
  /** By high half. */
  readonly values: Uint32Array;
  /** Lists of low halves, where one high half has several values. */
  readonly lows: Uint8Array;
}

/** The tree of IPv6 ranges. */
export function treeOf(ranges: ValueRanges): Tree {
  if (ranges.values.length === 0) return { levels: [], values: new Uint32Array(0), lows: new Uint8Array(0) };
  return new TreeWriter(ranges).write();
}

/** High halves in order, from 0 on. What holds at the first address of one is its value, unless it has a list. */
class TreeWriter {
  readonly #ranges: ValueRanges;
  /** Two words each, the low one first. */
  readonly #highs: Uint32Array;
  readonly #values: Uint32Array;
  #count = 0;
  /** Of the high half at hand: low halves, two words each, the low one first, and what holds from there on. */
  readonly #lows: number[] = [];
  readonly #lowValues: number[] = [];
  #lists = new Uint8Array(0);
  #used = 0;

  constructor(ranges: ValueRanges) {
    this.#ranges = ranges;
    // Each range may begin a high half, and end a list whose last value holds behind it.
    const most = ranges.values.length * 2 + 1;
    this.#highs = new Uint32Array(most * 2);
    this.#values = new Uint32Array(most);
  }

  write(): Tree {
    const { starts, values } = this.#ranges;
    let before = 0; // the value that holds up to here
    this.#open(0, 0, 0);
    for (let range = 0; range < values.length; range++) {
      const [a, b] = [starts[range * 4]!, starts[range * 4 + 1]!];
      const [c, d] = [starts[range * 4 + 2]!, starts[range * 4 + 3]!];
      if (!this.#isAt(a, b)) {
        this.#close(a, b, before);
        this.#open(a, b, before);
      }
      if (c === 0 && d === 0) this.#lowValues[0] = values[range]!;
      else {
        this.#lows.push(d, c);
        this.#lowValues.push(values[range]!);
      }
      before = values[range]!;
    }
    this.#close(2 ** 32, 0, before);
    return {
      levels: levelsOf(this.#highs.subarray(0, this.#count * 2)),
      values: this.#values.subarray(0, this.#count),
      lows: this.#lists.subarray(0, this.#used),
    };
  }

  #isAt(high: number, low: number): boolean {
    return this.#highs[this.#count * 2 - 1] === high && this.#highs[this.#count * 2 - 2] === low;
  }

  #open(high: number, low: number, value: number): void {
    this.#highs[this.#count * 2] = low;
    this.#highs[this.#count * 2 + 1] = high;
    this.#count++;
    this.#lows.length = 0;
    this.#lows.push(0, 0);
    this.#lowValues.length = 0;
    this.#lowValues.push(value);
  }

  // Behind a high half with several values its last one holds for any low half, up to the next one.
  #close(nextHigh: number, nextLow: number, last: number): void {
    this.#values[this.#count - 1] = this.#lowValues.length === 1 ? this.#lowValues[0]! : this.#list();
    if (this.#lowValues.length === 1) return;
    const low = (this.#highs[this.#count * 2 - 2]! + 1) % 2 ** 32;
    const high = this.#highs[this.#count * 2 - 1]! + (low === 0 ? 1 : 0);
    if (high > nextHigh || (high === nextHigh && low >= nextLow)) return;
    this.#open(high, low, last);
    this.#values[this.#count - 1] = last;
  }

  // Writes the list of the high half at hand; what stands in place of its value.
  #list(): number {
    const count = this.#lowValues.length;
    const at = this.#used;
    this.#used += LOWS_LIST + count * WIDE + Math.ceil(count / 2) * WIDE;
    if (this.#used > this.#lists.length) {
      const larger = new Uint8Array(this.#used * 2);
      larger.set(this.#lists);
      this.#lists = larger;
    }
    const view = new DataView(this.#lists.buffer);
    view.setUint32(at, count, true);
    for (const [i, word] of this.#lows.entries()) view.setUint32(at + LOWS_LIST + i * 4, word, true);
    for (const [i, value] of this.#lowValues.entries()) {
      view.setUint32(at + LOWS_LIST + count * WIDE + i * 4, value, true);
    }
    return (TREE_LOWS | at) >>> 0;
  }
}

// Two words a key, the low one first. Behind the last one of a level stand the highest.
function levelsOf(highs: Uint32Array): Uint32Array[] {
  const count = highs.length / 2;
  const level = new Uint32Array(Math.ceil(count / TREE_KEYS) * TREE_KEYS * 2).fill(0xffff_ffff);
  level.set(highs);
  if (count <= TREE_KEYS) return [level];
  const above = new Uint32Array(Math.ceil(count / TREE_KEYS) * 2);
  for (let line = 0; line < above.length / 2; line++) {
    above[line * 2] = highs[line * TREE_KEYS * 2]!;
    above[line * 2 + 1] = highs[line * TREE_KEYS * 2 + 1]!;
  }
  return [...levelsOf(above), level];
}
