// Which host prefix wins (F-05): their order and ranges, and the kernel that searches them, against plain comparison of
// bits and node's BlockList.
import { BlockList } from "node:net";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  formatAddress,
  formatPrefix,
  isGroupAddress,
  lastOf,
  networkOf,
  type Prefix,
  parseAddress,
  parsePrefix,
} from "../ts/address.ts";
import { batchOf } from "../ts/frames.ts";
import { Kernel, TABLES_BASE } from "../ts/kernel.ts";
import { compilePolicy } from "../ts/policy/compile.ts";
import { NO_HOST, orderOf, rangesOf, sameAsBefore, templateRanges } from "../ts/policy/hosts.ts";
import type { HostPrefix } from "../ts/policy/model.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";
import { ipv4, ipv6, RAW } from "./packets.ts";
import { changed } from "./policies.ts";

const test = suite("hosts");

// Each prefix has a template of its own, so that the template tells the prefix.
const hostsOf = (prefixes: readonly Prefix[]): HostPrefix[] =>
  prefixes.map(({ address, length }, template) => {
    return { text: formatPrefix({ address, length }), address, prefix: length, template };
  });

const bitsOf = (address: Uint8Array): string =>
  [...address].map((octet) => octet.toString(2).padStart(8, "0")).join("");

/** F-05 word for word: every length from the longest down. */
function winnerOf(hosts: readonly HostPrefix[], address: Uint8Array): number | null {
  const bits = bitsOf(address);
  const networks = new Map(hosts.map((host) => [bitsOf(host.address).slice(0, host.prefix), host.template]));
  for (let length = bits.length; length >= 0; length--) {
    const found = networks.get(bits.slice(0, length));
    if (found !== undefined) return found;
  }
  return null;
}

/** The same by BlockList: of the prefixes that hold the address, the longest. */
function listsOf(hosts: readonly HostPrefix[]): (address: Uint8Array) => number | null {
  const family = hosts[0]?.address.length === 16 ? "ipv6" : "ipv4";
  const lists = hosts.map(({ address, prefix, template }) => {
    const list = new BlockList();
    list.addSubnet(formatAddress(address), prefix, family);
    return { list, prefix, template };
  });
  lists.sort((a, b) => b.prefix - a.prefix);
  return (address) => lists.find(({ list }) => list.check(formatAddress(address), family))?.template ?? null;
}

/** Addresses from `start` to that of the next range belong to the host. */
interface Range {
  readonly start: Uint8Array;
  readonly host: HostPrefix | null;
}

function rangesIn(hosts: readonly HostPrefix[]): Range[] {
  const order = orderOf(hosts, hosts[0]?.address.length === 16 ? 16 : 4);
  const { words, count, starts, winners } = rangesOf(order);
  return Array.from({ length: count }, (_, range) => ({
    start: Uint8Array.from([...starts.subarray(range * words, (range + 1) * words)].flatMap(octetsOf)),
    host: winners[range] === NO_HOST ? null : hosts[order.hosts[winners[range]!]!]!,
  }));
}

function inRanges(ranges: readonly Range[], address: Uint8Array): number | null {
  const before = ranges.filter(({ start }) => Buffer.compare(start, address) <= 0);
  return before.at(-1)?.host?.template ?? null;
}

/** Two ranges each, in one /12: more of them than two levels of lines hold. */
const FILLING: readonly Prefix[] = Array.from({ length: 100 }, (_, i) => ({
  address: Uint8Array.of(11, i % 16, i, 7),
  length: 32,
}));

/** What the kernel says of senders. */
function inKernel(hosts: readonly HostPrefix[], senders: readonly Uint8Array[]): (number | null)[] {
  const names = hosts.map((_, i) => [`t${i}`, { type: "labelled", range: ["1", "1"] }] as const);
  const policy = resolvePolicy(
    changed(
      [["templates"], Object.fromEntries(names)],
      [["hosts"], Object.fromEntries(hosts.map(({ text, template }) => [text, `t${template}`]))],
    ),
  );
  const kernel = new Kernel(compilePolicy(policy, TABLES_BASE));
  const packets = senders.map((sender) => {
    const packet = sender.length === 4 ? ipv4() : ipv6();
    packet.set(sender, sender.length === 4 ? 12 : 8);
    return { bytes: packet, linkType: RAW };
  });
  kernel.load(batchOf(packets), 0);
  kernel.classify(packets.length);
  return senders.map((_, row) => kernel.verdict(row).template);
}

function neighbour(address: Uint8Array, step: 1 | -1): Uint8Array[] {
  const bits = BigInt(address.length * 8);
  const value = BigInt(`0x${Buffer.from(address).toString("hex")}`) + BigInt(step);
  if (value < 0n || value >= 1n << bits) return [];
  return [Uint8Array.from(Buffer.from(value.toString(16).padStart(address.length * 2, "0"), "hex"))];
}

/** First and last address of each prefix and the ones just outside. */
function edgesOf(prefixes: readonly Prefix[]): Uint8Array[] {
  return prefixes.flatMap((prefix) => {
    const [first, last] = [networkOf(prefix), lastOf(prefix)];
    return [first, last, ...neighbour(first, -1), ...neighbour(last, 1)];
  });
}

const isMapped = (address: Uint8Array): boolean =>
  address.length === 16 && bitsOf(address).startsWith(`${"0".repeat(80)}${"1".repeat(16)}`);

// Nested and near each other: a base address, a bit of it turned now and then, cut at any length.
function nested(octets: 4 | 16): fc.Arbitrary<Prefix[]> {
  const bits = octets * 8;
  const edge = [0, 1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 63, 64, 65, 127, 128].filter((n) => n <= bits);
  const base = fc.oneof(
    fc.uint8Array({ minLength: octets, maxLength: octets }),
    fc.constantFrom(0, 255).map((octet) => new Uint8Array(octets).fill(octet)),
  );
  const cut = fc.record({
    length: fc.oneof(fc.constantFrom(...edge), fc.nat(bits)),
    turn: fc.option(fc.nat(bits - 1), { nil: null }),
  });
  return fc.tuple(base, fc.array(cut, { minLength: 1, maxLength: 12 })).map(([address, cuts]) => {
    const cutOff = cuts.map(({ length, turn }) => {
      const near = Uint8Array.from(address);
      if (turn !== null) near[turn >> 3]! ^= 0x80 >> (turn & 7);
      return { address: networkOf({ address: near, length }), length };
    });
    return distinct(cutOff).filter((prefix) => !isMapped(prefix.address));
  });
}

function distinct(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [formatPrefix(prefix), prefix])).values()];
}

const random = (octets: 4 | 16): fc.Arbitrary<Uint8Array[]> =>
  fc.array(fc.uint8Array({ minLength: octets, maxLength: octets }), { maxLength: 8 });

for (const octets of [4, 16] as const) {
  test(`IPv${octets === 4 ? 4 : 6}: the longest prefix wins, at every edge (F-05)`, () => {
    fc.assert(
      fc.property(nested(octets), random(octets), fc.boolean(), (some, others, isFilled) => {
        const prefixes = isFilled && octets === 4 ? distinct([...some, ...FILLING]) : some;
        const hosts = hostsOf(prefixes);
        // What mapped and group addresses get are tests of their own, below.
        const senders = [...edgesOf(some), ...others].filter((sender) => !isMapped(sender) && !isGroupAddress(sender));
        const expected = senders.map((sender) => winnerOf(hosts, sender));
        const ranges = rangesIn(hosts);
        const said = (what: string, winners: (number | null)[]): void => {
          winners.forEach((winner, i) => {
            assert.is(
              winner,
              expected[i],
              `${what}: ${formatAddress(senders[i]!)} in ${hosts.map(({ text }) => text)}`,
            );
          });
        };
        said(
          "ranges",
          senders.map((sender) => inRanges(ranges, sender)),
        );
        said("kernel", inKernel(hosts, senders));
      }),
      { numRuns: 300 },
    );
  });

  test(`IPv${octets === 4 ? 4 : 6}: and node's BlockList says the same`, () => {
    fc.assert(
      fc.property(nested(octets), random(octets), (prefixes, others) => {
        const hosts = hostsOf(prefixes);
        const ranges = rangesIn(hosts);
        const winner = listsOf(hosts);
        for (const sender of [...edgesOf(prefixes), ...others]) {
          if (isMapped(sender)) continue; // a BlockList looks for those under IPv4
          assert.is(inRanges(ranges, sender), winner(sender), formatAddress(sender));
        }
      }),
      { numRuns: 100 },
    );
  });

  test(`IPv${octets === 4 ? 4 : 6}: ranges ascend, and the order of the prefixes does not matter`, () => {
    fc.assert(
      fc.property(nested(octets), (prefixes) => {
        const hosts = hostsOf(prefixes);
        const ranges = rangesIn(hosts);
        ranges.forEach(({ start }, i) => {
          if (i > 0) assert.ok(Buffer.compare(ranges[i - 1]!.start, start) < 0);
        });
        assert.equal(rangesIn([...hosts].reverse()), ranges);
      }),
      { numRuns: 200 },
    );
  });
}

const found = (hosts: readonly string[], senders: readonly string[]): (string | null)[] => {
  const list = hostsOf(hosts.map(parsePrefix));
  return inKernel(list, senders.map(parseAddress)).map((template) => (template === null ? null : list[template]!.text));
};

test("every length of IPv4 at once: each prefix wins its own half of the one before", () => {
  const hosts = Array.from({ length: 33 }, (_, length) => formatPrefix({ address: new Uint8Array(4), length }));
  const senders = Array.from({ length: 32 }, (_, i) => formatAddress(Uint8Array.of(...octetsOf(2 ** i))));
  assert.equal(found(hosts, ["0.0.0.0", ...senders]), ["0.0.0.0/32", ...senders.map((_, i) => `0.0.0.0/${31 - i}`)]);
});

test("every length of IPv6 at once: each prefix wins its own half of the one before", () => {
  const hosts = Array.from({ length: 129 }, (_, length) => formatPrefix({ address: new Uint8Array(16), length }));
  const senders = Array.from({ length: 128 }, (_, i) => {
    const address = new Uint8Array(16);
    address[15 - (i >> 3)] = 1 << (i & 7);
    return formatAddress(address);
  });
  assert.equal(found(hosts, ["::", ...senders]), ["::/128", ...senders.map((_, i) => `::/${127 - i}`)]);
});

function octetsOf(value: number): [number, number, number, number] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

test("/0 holds the first and the last address of a host in its own family, and none of the other", () => {
  const senders = ["0.0.0.0", "255.255.255.254", "::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];
  assert.equal(found(["0.0.0.0/0"], senders), ["0.0.0.0/0", "0.0.0.0/0", null, null]);
  assert.equal(found(["::/0"], senders), [null, null, "::/0", "::/0"]);
});

test("nobody sends from a group address: no template, whatever prefix holds it", () => {
  const senders = ["223.255.255.255", "224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "ff00::"];
  assert.equal(found(["0.0.0.0/0", "::/0"], senders), ["0.0.0.0/0", null, null, null, null, null]);
});

test("no prefix holds an address: no template (F-06)", () => {
  assert.equal(found(["192.0.2.0/24"], ["192.0.1.255", "192.0.3.0", "::"]), [null, null, null]);
});

test("an address written without a length is just itself (F-03)", () => {
  assert.equal(found(["10.0.0.0", "::"], ["10.0.0.0", "10.0.0.1", "::", "::1"]), ["10.0.0.0/32", null, "::/128", null]);
});

test("a prefix of 26 bits holds what its bits say (F-04)", () => {
  const senders = ["192.168.118.127", "192.168.118.128", "192.168.118.191", "192.168.118.192", "192.168.118.63"];
  assert.equal(found(["192.168.118.128/26"], senders), [null, "192.168.118.128/26", "192.168.118.128/26", null, null]);
});

// F-05: "IPv4-mapped IPv6 addresses are looked up as IPv4." A policy can't name them in any other way.
test("an IPv4-mapped sender is looked up as IPv4, whatever IPv6 prefix holds it (F-05)", () => {
  const mapped = Uint8Array.of(...new Array<number>(10).fill(0), 255, 255, 198, 51, 100, 7);
  const hosts = hostsOf(["::/0", "198.51.100.0/24"].map(parsePrefix));
  assert.equal(inKernel(hosts, [mapped]), [1]);
});

test("a prefix that longer ones cover is said to win never; one address left to it and it is silent", () => {
  const halves: Record<string, string> = { "10.0.0.0/8": "peers", "10.0.0.0/9": "peers", "10.128.0.0/9": "outside" };
  const warned = (hosts: Record<string, string>): string[] =>
    readResolved(changed([["hosts"], { "0.0.0.0/0": "outside", ...hosts }])).warnings.map(({ path }) => path);
  assert.equal(warned({ ...halves, "2001:db8::/32": "peers" }), ['hosts["10.0.0.0/8"]']);
  assert.equal(warned({ "10.0.0.0/8": "peers", "10.0.0.0/9": "peers" }), []);
});

test("neighbours with one template are one range, and what none holds before the first is no range", () => {
  const hosts = hostsOf(["10.0.0.0/8", "10.1.0.0/16", "11.0.0.0/8", "13.0.0.0/8"].map(parsePrefix));
  const valued = (templates: readonly number[]): [string, number][] => {
    const changed = hosts.map((host, i) => ({ ...host, template: templates[i]! }));
    const { starts, values } = templateRanges(orderOf(changed, 4));
    return [...starts].map((start, i) => [octetsOf(start).join("."), values[i]!]);
  };
  const [gap, last]: [string, number][] = [
    ["12.0.0.0", 0],
    ["14.0.0.0", 0],
  ];
  assert.equal(valued([4, 4, 4, 5]), [["10.0.0.0", 5], gap, ["13.0.0.0", 6], last]);
  assert.equal(valued([4, 5, 4, 4]), [["10.0.0.0", 5], ["10.1.0.0", 6], ["10.2.0.0", 5], gap, ["13.0.0.0", 5], last]);
});

test("prefixes that are the same are found, however many, as further ones of the first", () => {
  const again = (texts: readonly string[], octets: 4 | 16): number[][] =>
    sameAsBefore(orderOf(hostsOf(texts.map(parsePrefix)), octets));
  const texts = ["10.0.0.0/8", "::/8", "10.0.0.0/9", "10.0.0.0/8", "::/0", "10.0.0.0/08", "::/8", "10.1.0.0/16"];
  assert.equal(again(texts, 4), [
    [0, 3],
    [0, 5],
  ]);
  assert.equal(again(texts, 16), [[1, 6]]);
  assert.equal(again(["10.0.0.0/8"], 16), []);
});

test("prefixes on both sides of the border of a /16, and across it", () => {
  const prefixes = ["10.0.0.0/15", "10.0.255.255", "10.1.0.0", "10.0.255.0/24", "10.1.0.0/17", "10.1.255.255"];
  const senders = ["9.255.255.255", "10.0.0.0", "10.0.254.255", "10.0.255.0", "10.0.255.254", "10.0.255.255"];
  const above = ["10.1.0.0", "10.1.0.1", "10.1.127.255", "10.1.128.0", "10.1.255.254", "10.1.255.255", "10.2.0.0"];
  const [all, last, first, low, half, end] = prefixes.map((text) => (text.includes("/") ? text : `${text}/32`));
  assert.equal(found(prefixes, senders), [null, all, all, low, low, last]);
  assert.equal(found(prefixes, above), [first, half, half, all, all, end, null]);
});

test("many prefixes: a /32 in each of 3,000 networks, and nothing beside them", () => {
  const texts = Array.from({ length: 3000 }, (_, i) => `10.${i >> 8}.${i & 255}.7/32`);
  const senders = texts.flatMap((text) => [text.slice(0, -3), text.replace(".7/32", ".8")]);
  const templates = inKernel(hostsOf(texts.map(parsePrefix)), senders.slice(0, 4000).map(parseAddress));
  templates.forEach((template, i) => {
    assert.is(template, i % 2 === 0 ? i / 2 : null, senders[i]!);
  });
});

test.run();
