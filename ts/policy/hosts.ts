/**
 * Host prefixes for longest prefix match (F-05): in order, and as ranges of who wins where. There can be a million, so
 * they are numbers in columns, not objects.
 *
 * @module
 */
import type { HostPrefix } from "./model.ts";

/** Octets of an address: IPv4 or IPv6. */
export type Octets = 4 | 16;

/** The prefixes of one family, ascending: by address, of one address the shorter first, of equal ones as written. */
export interface HostOrder {
  /** 32-bit words of an address. */
  readonly words: 1 | 4;
  /** Index into the policy's hosts, by place. */
  readonly hosts: Uint32Array;
  /** The words of the address, the high one first, by place. */
  readonly addresses: Uint32Array;
  /** Bits of the prefix, by place. */
  readonly lengths: Uint8Array;
  /** Index of the template, by place. */
  readonly templates: Uint32Array;
}

const ORDERS: Readonly<Record<Octets, WeakMap<readonly HostPrefix[], HostOrder>>> = {
  4: new WeakMap(),
  16: new WeakMap(),
};

/**
 * The prefixes of one family in order, found in a time that grows with their number and no faster. It is kept as long as
 * the list, which must not change: a policy's checks, its warnings and its tables all begin with it.
 */
export function orderOf(hosts: readonly HostPrefix[], octets: Octets): HostOrder {
  const known = ORDERS[octets].get(hosts);
  if (known !== undefined) return known;
  const order = sorted(columnsOf(hosts, octets));
  ORDERS[octets].set(hosts, order);
  return order;
}

// In the order written.
function columnsOf(hosts: readonly HostPrefix[], octets: Octets): HostOrder {
  const words = octets === 4 ? 1 : 4;
  const indexes = new Uint32Array(hosts.length);
  let count = 0;
  for (let i = 0; i < hosts.length; i++) if (hosts[i]!.address.length === octets) indexes[count++] = i;
  const addresses = new Uint32Array(count * words);
  const lengths = new Uint8Array(count);
  const templates = new Uint32Array(count);
  for (let place = 0; place < count; place++) {
    const { address, prefix, template } = hosts[indexes[place]!]!;
    for (let k = 0; k < octets; k += 4) {
      const word = (address[k]! << 24) | (address[k + 1]! << 16) | (address[k + 2]! << 8) | address[k + 3]!;
      addresses[place * words + (k >> 2)] = word;
    }
    lengths[place] = prefix;
    templates[place] = template;
  }
  return { words, hosts: indexes.subarray(0, count), addresses, lengths, templates };
}

// A radix sort: by the length, then by each octet from the last to the first. Equal ones stay in order.
function sorted({ words, hosts, addresses, lengths, templates }: HostOrder): HostOrder {
  let order = new Uint32Array(hosts.length);
  for (let place = 0; place < order.length; place++) order[place] = place;
  let other = new Uint32Array(hosts.length);
  const sortBy = (digits: Uint8Array): void => {
    if (sortByDigit(order, digits, other)) [order, other] = [other, order];
  };
  sortBy(lengths);
  const octets = new Uint8Array(hosts.length);
  for (let k = words * 4 - 1; k >= 0; k--) {
    const shift = 24 - (k & 3) * 8;
    for (let place = 0; place < octets.length; place++) {
      octets[place] = addresses[place * words + (k >> 2)]! >>> shift;
    }
    sortBy(octets);
  }
  const inOrder = {
    words,
    hosts: new Uint32Array(hosts.length),
    addresses: new Uint32Array(addresses.length),
    lengths: new Uint8Array(hosts.length),
    templates: new Uint32Array(hosts.length),
  };
  for (let place = 0; place < order.length; place++) {
    const from = order[place]!;
    inOrder.hosts[place] = hosts[from]!;
    inOrder.lengths[place] = lengths[from]!;
    inOrder.templates[place] = templates[from]!;
    for (let word = 0; word < words; word++) {
      inOrder.addresses[place * words + word] = addresses[from * words + word]!;
    }
  }
  return inOrder;
}

// False: the digit is the same in all, and nothing was written.
function sortByDigit(from: Uint32Array, digits: Uint8Array, to: Uint32Array): boolean {
  const starts = new Uint32Array(256);
  for (let place = 0; place < digits.length; place++) starts[digits[place]!]!++;
  let start = 0;
  for (let digit = 0; digit < 256; digit++) {
    const count = starts[digit]!;
    if (count === from.length) return false;
    starts[digit] = start;
    start += count;
  }
  for (let place = 0; place < from.length; place++) {
    const item = from[place]!;
    to[starts[digits[item]!]!++] = item;
  }
  return true;
}

/** Prefixes that are there more than once: index of the first, and of each further one. */
export function sameAsBefore({ words, hosts, addresses, lengths }: HostOrder): [first: number, index: number][] {
  const found: [number, number][] = [];
  for (let place = 1, first = 0; place < hosts.length; place++) {
    let isSame = lengths[place] === lengths[first];
    for (let word = 0; word < words; word++) {
      isSame &&= addresses[place * words + word] === addresses[first * words + word];
    }
    if (isSame) found.push([hosts[first]!, hosts[place]!]);
    else first = place;
  }
  return found;
}

/** No prefix. */
export const NO_HOST = -1;

/** Addresses from a start up to the next one's belong to one prefix. Ascending; before the first there is none. */
export interface HostRanges {
  /** 32-bit words of an address. */
  readonly words: 1 | 4;
  readonly count: number;
  /** The words of the first address, the high one first, by range. */
  readonly starts: Uint32Array;
  /** Place of the prefix that wins there, or {@link NO_HOST}, by range. */
  readonly winners: Int32Array;
}

/**
 * Who wins where. A prefix that is in no range is covered by longer ones and never wins. The prefixes have no host bits,
 * and no two are the same.
 */
export function rangesOf({ words, addresses, lengths }: HostOrder): HostRanges {
  const places = lengths.length;
  const starts = new Uint32Array(places * 2 * words);
  const winners = new Int32Array(places * 2);
  const open: number[] = []; // places, each inside the one before
  const start = new Uint32Array(words); // of the range that is begun
  let count = 0;

  const begin = (winner: number): void => {
    let isSame = count > 0;
    for (let word = 0; word < words; word++) isSame &&= starts[(count - 1) * words + word] === start[word];
    if (isSame) count--;
    for (let word = 0; word < words; word++) starts[count * words + word] = start[word]!;
    winners[count++] = winner;
  };
  const startAt = (place: number): void => {
    for (let word = 0; word < words; word++) start[word] = addresses[place * words + word]!;
  };
  // False: the prefix reaches to the highest address.
  const startBehind = (place: number): boolean => {
    startAt(place);
    let step = 2 ** ((128 - lengths[place]!) % 32);
    for (let word = ((lengths[place]! + 31) >> 5) - 1; word >= 0; word--) {
      const sum = start[word]! + step;
      start[word] = sum;
      if (sum < 2 ** 32) return true;
      step = 1;
    }
    return false;
  };
  const holds = (outer: number, place: number): boolean => {
    for (let word = 0, bits = lengths[outer]!; bits > 0; word++, bits -= 32) {
      const differing = addresses[outer * words + word]! ^ addresses[place * words + word]!;
      if (differing >>> Math.max(32 - bits, 0) !== 0) return false;
    }
    return true;
  };

  for (let place = 0; place <= places; place++) {
    while (open.length > 0 && (place === places || !holds(open.at(-1)!, place))) {
      if (startBehind(open.pop()!)) begin(open.at(-1) ?? NO_HOST);
    }
    if (place === places) break;
    startAt(place);
    begin(place);
    open.push(place);
  }
  return { words, count, starts: starts.subarray(0, count * words), winners: winners.subarray(0, count) };
}

/** Ranges of addresses that have a value each; neighbours differ. Before the first it is 0. */
export interface ValueRanges {
  /** The words of the first address, the high one first, by range. */
  readonly starts: Uint32Array;
  readonly values: Uint32Array;
}

/** Which template holds where: template + 1, or 0 for none. */
export function templateRanges(order: HostOrder): ValueRanges {
  const { words, count, starts, winners } = rangesOf(order);
  const kept = new Uint32Array(starts.length);
  const values = new Uint32Array(count);
  let used = 0;
  for (let range = 0; range < count; range++) {
    const winner = winners[range]!;
    const value = winner === NO_HOST ? 0 : order.templates[winner]! + 1;
    if (value === (used === 0 ? 0 : values[used - 1])) continue;
    for (let word = 0; word < words; word++) kept[used * words + word] = starts[range * words + word]!;
    values[used++] = value;
  }
  return { starts: kept.subarray(0, used * words), values: values.subarray(0, used) };
}
