/**
 * The IPv4 forest that the kernel searches (assembly/forest.ts), made from ranges.
 *
 * @module
 */
import {
  FOREST_HEIGHT_SHIFT,
  FOREST_ROOT,
  FOREST_SHIFT,
  FOREST_TREE,
  FORK_CHILD,
  FORK_ENDS,
  LEAF_ENDS,
  LEAF_VALUES,
} from "../../assembly/forest.ts";
import type { ValueRanges } from "./hosts.ts";
import { CACHE_LINE } from "./tables.ts";

const LINE_WORDS = CACHE_LINE / 4;
const FIRST_LINE = FOREST_ROOT / LINE_WORDS;
const NO_END = 0xffff_ffff;

/** The forest of IPv4 ranges. */
export function forestOf(ranges: ValueRanges): Uint32Array {
  return new ForestWriter(ranges).write();
}

class ForestWriter {
  readonly #ranges: ValueRanges;
  /** The range that holds the address at hand; -1: before the first. */
  #range = -1;
  #words: Uint32Array;
  /** Lines in use, those of the root too. */
  #lines = FIRST_LINE;

  constructor(ranges: ValueRanges) {
    this.#ranges = ranges;
    this.#words = new Uint32Array(FOREST_ROOT * 2);
  }

  write(): Uint32Array {
    const { starts } = this.#ranges;
    for (let block = 0; block < FOREST_ROOT; block++) {
      const first = block * 2 ** FOREST_SHIFT;
      if (this.#next() <= first) this.#range++;
      const from = this.#range;
      while (this.#next() < first + 2 ** FOREST_SHIFT) this.#range++;
      const entry = from === this.#range ? this.#value(from) : this.#tree(from, this.#range);
      this.#words[block] = entry;
    }
    if (this.#range !== starts.length - 1) throw new Error("ranges that do not ascend");
    return this.#words.subarray(0, this.#lines * LINE_WORDS);
  }

  // Where the range behind the one at hand starts.
  #next(): number {
    return this.#ranges.starts[this.#range + 1] ?? 2 ** 32;
  }

  #value(range: number): number {
    return range < 0 ? 0 : this.#ranges.values[range]!;
  }

  // The last address of a range.
  #end(range: number): number {
    return this.#ranges.starts[range + 1]! - 1;
  }

  // The entry that leads to the tree of some ranges: its leaves, then each level above.
  #tree(from: number, to: number): number {
    let ends: number[] = []; // of what is below each line but its last part
    let first = this.#lines;
    for (let range = from; range <= to; range += LEAF_ENDS + 1) {
      const last = Math.min(range + LEAF_ENDS, to);
      this.#writeLeaf(range, last);
      if (last < to) ends.push(this.#end(last));
    }
    let height = 0;
    for (; ends.length > 0; height++) {
      const above: number[] = [];
      const children = first;
      first = this.#lines;
      for (let child = 0; child <= ends.length; child += FORK_ENDS + 1) {
        this.#writeFork(children + child, ends.slice(child, child + FORK_ENDS));
        if (child + FORK_ENDS < ends.length) above.push(ends[child + FORK_ENDS]!);
      }
      ends = above;
    }
    return (FOREST_TREE | (height << FOREST_HEIGHT_SHIFT) | first) >>> 0;
  }

  #writeLeaf(from: number, to: number): void {
    const at = this.#line();
    for (let range = from; range < to; range++) this.#words[at + range - from] = this.#end(range);
    const values = new Uint16Array(this.#words.buffer, at * 4 + LEAF_VALUES, LEAF_ENDS + 1);
    for (let i = 0; i <= LEAF_ENDS; i++) values[i] = this.#value(Math.min(from + i, to));
    this.#words.fill(NO_END, at + to - from, at + LEAF_ENDS);
  }

  #writeFork(child: number, ends: readonly number[]): void {
    const at = this.#line();
    this.#words.fill(NO_END, at, at + FORK_ENDS);
    this.#words.set(ends, at);
    this.#words[at + FORK_CHILD / 4] = child;
  }

  // The first word of a new line.
  #line(): number {
    const at = this.#lines++ * LINE_WORDS;
    if (at + LINE_WORDS > this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    return at;
  }
}
