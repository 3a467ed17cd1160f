/**
 * The IPv4 trie that the kernel searches (assembly/trie.ts), made from ranges in one walk.
 *
 * @module
 */
import { PACKED_COUNTS, PACKED_ENTRIES, TRIE_NODE, TRIE_PACKED, TRIE_ROOT } from "../../assembly/trie.ts";
import type { ValueRanges } from "./hosts.ts";
import { CACHE_LINE } from "./tables.ts";

const NODE_BLOCKS = 256;
const LINE_WORDS = CACHE_LINE / 4;

/** A trie of at most so many nodes has plain ones: no more octets than the root. */
export const MAX_PLAIN_NODES = 256;

/** The trie of IPv4 ranges. */
export function trieOf(ranges: ValueRanges): Uint32Array {
  return new TrieWriter(ranges).write();
}

/** Blocks of addresses with their entries, neighbours with one entry as one run. */
interface Runs {
  count: number;
  /** The first block, by run. */
  readonly blocks: Uint32Array;
  readonly entries: Uint32Array;
}

function runsFor(blocks: number): Runs {
  return { count: 0, blocks: new Uint32Array(blocks), entries: new Uint32Array(blocks) };
}

class TrieWriter {
  readonly #ranges: ValueRanges;
  readonly #isPacked: boolean;
  /** By level: of the root, of the nodes of a /16, of the nodes of a /24. */
  readonly #runs: readonly Runs[] = [runsFor(TRIE_ROOT), runsFor(NODE_BLOCKS), runsFor(NODE_BLOCKS)];
  /** The range that the walk is in; -1: before the first. */
  #range = -1;
  #words: Uint32Array;
  #used = TRIE_ROOT;

  constructor(ranges: ValueRanges) {
    const nodes = nodesFor(ranges.starts);
    this.#ranges = ranges;
    this.#isPacked = nodes > MAX_PLAIN_NODES;
    this.#words = new Uint32Array(TRIE_ROOT + Math.min(nodes, MAX_PLAIN_NODES) * NODE_BLOCKS);
  }

  write(): Uint32Array {
    const runs = this.#walk(0, TRIE_ROOT, 0);
    for (let run = 0; run < runs.count; run++) {
      const end = run + 1 < runs.count ? runs.blocks[run + 1]! : TRIE_ROOT;
      for (let block = runs.blocks[run]!; block < end; block++) {
        this.#words[((block & 0xff) << 8) | (block >> 8)] = runs.entries[run]!;
      }
    }
    return this.#words.subarray(0, this.#used);
  }

  // The blocks of `size` addresses behind `first`. A block that is not all in one range gets a node.
  #walk(first: number, size: number, level: number): Runs {
    const { starts, values } = this.#ranges;
    const runs = this.#runs[level]!;
    runs.count = 0;
    for (let block = 0; block < runs.blocks.length; ) {
      const start = first + block * size;
      while (this.#range + 1 < starts.length && starts[this.#range + 1]! <= start) this.#range++;
      const end = this.#range + 1 < starts.length ? starts[this.#range + 1]! : 2 ** 32;
      const whole = Math.floor((end - start) / size);
      runs.blocks[runs.count] = block;
      if (whole > 0) runs.entries[runs.count] = this.#range < 0 ? 0 : values[this.#range]!;
      else runs.entries[runs.count] = this.#node(start, size / NODE_BLOCKS, level + 1);
      runs.count++;
      block += Math.max(whole, 1);
    }
    return runs;
  }

  // The entry that leads to the node. The nodes that it leads to stand before it.
  #node(first: number, size: number, level: number): number {
    const runs = this.#walk(first, size, level);
    return this.#isPacked ? this.#writePacked(runs) : this.#writePlain(runs);
  }

  #writePlain({ count, blocks, entries }: Runs): number {
    const at = this.#room(NODE_BLOCKS);
    for (let run = 0; run < count; run++) this.#words.fill(entries[run]!, at + blocks[run]!, at + NODE_BLOCKS);
    return (TRIE_NODE | at) >>> 0;
  }

  #writePacked({ count, blocks, entries }: Runs): number {
    const at = this.#room(PACKED_ENTRIES / 4 + count);
    let counts = 0;
    for (let run = 0; run < count; run++) {
      const block = blocks[run]!;
      this.#words[at + (block >> 5)]! |= 1 << (block & 31);
      // One more for each u64 behind it; the shift out of the fourth leaves nothing.
      counts += (0x01010100 << ((block >> 6) * 8)) >>> 0;
      this.#words[at + PACKED_ENTRIES / 4 + run] = entries[run]!;
    }
    this.#words[at + PACKED_COUNTS / 4] = counts;
    return (TRIE_NODE | TRIE_PACKED | at) >>> 0;
  }

  // A node that fits into a cache line stands in one: measured with 7,000 prefixes and senders in no order, a lookup then
  // costs a line less.
  #room(words: number): number {
    const left = LINE_WORDS - (this.#used % LINE_WORDS);
    if (words <= LINE_WORDS && words > left) this.#used += left;
    const at = this.#used;
    this.#used += words;
    if (this.#used > this.#words.length) {
      const larger = new Uint32Array(Math.max(this.#used, this.#words.length * 2));
      larger.set(this.#words);
      this.#words = larger;
    }
    return at;
  }
}

// Nodes of a /16 and of a /24: one for each in which a range begins behind its first address.
function nodesFor(starts: Uint32Array): number {
  let nodes = 0;
  let [middle, last] = [-1, -1];
  for (const start of starts) {
    if ((start & 0xffff) !== 0 && start >>> 16 !== middle) {
      middle = start >>> 16;
      nodes++;
    }
    if ((start & 0xff) !== 0 && start >>> 8 !== last) {
      last = start >>> 8;
      nodes++;
    }
  }
  return nodes;
}
