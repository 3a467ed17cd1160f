/**
 * The IPv6 search tree that the kernel searches (assembly/tree.ts), made from ranges.
 *
 * @module
 */
import { LOWS_LIST, TREE_KEYS, TREE_LOWS } from "../../assembly/tree.ts";
import type { ValueRanges } from "./hosts.ts";

/** Octets of a u64. */
const WIDE = 8;

export interface Tree {
  /** From the highest to the lowest, each of whole lines. None when no prefix holds anything. */
  readonly levels: readonly BigUint64Array[];
  /** By high half. */
  readonly values: Uint32Array;
  /** Lists of low halves, where one high half has several values. */
  readonly lows: Uint8Array;
}

interface Group {
  readonly high: bigint;
  readonly lows: bigint[];
  readonly values: number[];
}

/** The tree of IPv6 ranges. */
export function treeOf(ranges: ValueRanges): Tree {
  if (ranges.values.length === 0) return { levels: [], values: new Uint32Array(0), lows: new Uint8Array(0) };
  const groups = groupsOf(ranges);
  const lists = groups.filter(({ lows }) => lows.length > 1);
  const lows = new Uint8Array(lists.reduce((sum, { lows }) => sum + listLength(lows.length), 0));
  const view = new DataView(lows.buffer);
  const values = new Uint32Array(groups.length);
  let at = 0;
  groups.forEach((group, i) => {
    if (group.lows.length === 1) {
      values[i] = group.values[0]!;
      return;
    }
    values[i] = (TREE_LOWS | at) >>> 0;
    const count = group.lows.length;
    view.setUint32(at, count, true);
    group.lows.forEach((low, j) => {
      view.setBigUint64(at + LOWS_LIST + j * WIDE, low, true);
      view.setUint32(at + LOWS_LIST + count * WIDE + j * 4, group.values[j]!, true);
    });
    at += listLength(count);
  });
  return { levels: levelsOf(groups.map(({ high }) => high)), values, lows };
}

function listLength(count: number): number {
  return LOWS_LIST + count * WIDE + Math.ceil(count / 2) * WIDE;
}

// Ranges by their high half, from 0 on; what holds at the first address of each stands first.
function groupsOf({ starts, values }: ValueRanges): Group[] {
  const groups: Group[] = [{ high: 0n, lows: [0n], values: [0] }];
  let before = 0; // the value that holds up to here
  // Behind a high half with several values its last one holds for any low half.
  const close = (next: bigint): void => {
    const { high, lows } = groups.at(-1)!;
    if (lows.length > 1 && high + 1n < next) groups.push({ high: high + 1n, lows: [0n], values: [before] });
  };
  values.forEach((value, range) => {
    const [a, b, c, d] = starts.subarray(range * 4, range * 4 + 4);
    const high = (BigInt(a!) << 32n) | BigInt(b!);
    const low = (BigInt(c!) << 32n) | BigInt(d!);
    if (groups.at(-1)!.high !== high) {
      close(high);
      groups.push({ high, lows: [0n], values: [before] });
    }
    const group = groups.at(-1)!;
    if (low === 0n) group.values[0] = value;
    else {
      group.lows.push(low);
      group.values.push(value);
    }
    before = value;
  });
  close(2n ** 64n);
  return groups;
}

function levelsOf(highs: readonly bigint[]): BigUint64Array[] {
  const level = new BigUint64Array(Math.ceil(highs.length / TREE_KEYS) * TREE_KEYS).fill(2n ** 64n - 1n);
  level.set(highs);
  if (highs.length <= TREE_KEYS) return [level];
  return [...levelsOf(highs.filter((_, i) => i % TREE_KEYS === 0)), level];
}
