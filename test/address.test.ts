// Addresses and prefixes as text and octets (F-02 to F-04): what is read, and what is refused because it could mean two things.
import { BlockList, isIP, isIPv4 } from "node:net";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  broadcastOf,
  compareAddresses,
  formatAddress,
  formatPrefix,
  hasHostBits,
  isGroupAddress,
  lastOf,
  networkOf,
  parseAddress,
  parsePrefix,
} from "../ts/address.ts";

const test = suite("address");

const READ: readonly (readonly [text: string, formatted: string])[] = [
  ["192.0.2.1", "192.0.2.1"],
  ["0.0.0.0", "0.0.0.0"],
  ["255.255.255.255", "255.255.255.255"],
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["fe80::1", "fe80::1"],
  ["2001:DB8::1", "2001:db8::1"],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["2001:db8:0:0:0:0:0:1", "2001:db8::1"],
  // RFC 5952 section 4.2: not a single group, the longest run, the first of two equal ones.
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ["2001:db8::10.0.0.1", "2001:db8::a00:1"],
  ["::fffe:0:0", "::fffe:0:0"],
  ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
];

for (const [text, formatted] of READ) {
  test(`${text} is read, and written ${formatted}`, () => {
    const address = parseAddress(text);
    assert.is(address.length, isIPv4(text) ? 4 : 16);
    assert.is(formatAddress(address), formatted);
    assert.equal(parseAddress(formatted), address);
  });
}

test("octets are in network order", () => {
  assert.equal([...parseAddress("1.2.3.4")], [1, 2, 3, 4]);
  assert.equal(
    [...parseAddress("102:304:506:708:90a:b0c:d0e:f10")],
    [...Array(16).keys()].map((i) => i + 1),
  );
});

const isNone = /is no address: expected 192\.0\.2\.1 or 2001:db8::1$/;
const isOctal = /leading zeros are octal to some; leave them out$/;
const REFUSED: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["nothing", "", isNone],
  ["a blank", " ", isNone],
  ["a blank in front", " 192.0.2.1", isNone],
  ["a blank behind", "192.0.2.1 ", isNone],
  ["a newline behind", "192.0.2.1\n", isNone],
  ["a blank in front", " ::1", isNone],
  ["a newline behind", "::1\n", isNone],
  ["an octal octet", "010.0.0.1", isOctal],
  ["an octet with a leading zero", "192.0.2.08", isOctal],
  ["an octet of zeros", "192.00.2.1", isOctal],
  ["three parts", "192.0.2", isNone],
  ["two parts", "10.1", isNone],
  ["one number", "3221225985", isNone],
  ["five parts", "192.0.2.1.1", isNone],
  ["a hexadecimal octet", "0xc0.0.2.1", isNone],
  ["one hexadecimal number", "0xc0000201", isNone],
  ["an octet above 255", "192.0.2.256", isNone],
  ["a negative octet", "192.0.2.-1", isNone],
  ["an empty octet", "192..2.1", isNone],
  ["a dot behind", "192.0.2.1.", isNone],
  ["other digits", "１.2.3.4", isNone],
  ["a zone", "fe80::1%eth0", isNone],
  ["a zone that is empty", "fe80::1%", isNone],
  ["a zone behind IPv4", "192.0.2.1%1", isNone],
  ["brackets", "[::1]", isNone],
  ["a port", "192.0.2.1:80", isNone],
  ["a prefix", "192.0.2.1/24", isNone],
  ["a name", "localhost", isNone],
  ["three colons", ":::", isNone],
  ["two gaps", "1::2::3", isNone],
  ["nine groups", "1:2:3:4:5:6:7:8:9", isNone],
  ["seven groups", "1:2:3:4:5:6:7", isNone],
  ["a gap of nothing", "1:2:3:4::5:6:7:8", isNone],
  ["five digits in a group", "2001:0db80::1", isNone],
  ["an IPv4 octet above 255 in IPv6", "64:ff9b::192.0.2.256", isNone],
  ["a single colon", ":", isNone],
  ["a colon in front", ":1:2:3:4:5:6:7", isNone],
  ["IPv4-mapped", "::ffff:192.0.2.1", /write the IPv4 address 192\.0\.2\.1$/],
  ["IPv4-mapped in hexadecimal", "::ffff:c000:201", /write the IPv4 address 192\.0\.2\.1$/],
  ["IPv4-mapped, in full", "0:0:0:0:0:FFFF:c000:0201", /write the IPv4 address 192\.0\.2\.1$/],
  ["IPv4-compatible", "::192.0.2.1", /write the IPv4 address 192\.0\.2\.1$/],
  ["an octal octet in IPv6", "64:ff9b::010.0.0.1", /is no address|leading zeros/],
  ["an octet with a leading zero in IPv6", "64:ff9b::1.2.3.09", /is no address|leading zeros/],
  ["a hexadecimal octet in IPv6", "64:ff9b::0x11.2.3.4", /is no address/],
  ["__proto__", "__proto__", isNone],
];

for (const [what, text, message] of REFUSED) {
  test(`${what} is refused: ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseAddress(text),
      (error: unknown) => {
        assert.instance(error, RangeError);
        assert.match((error as RangeError).message, message);
        assert.ok((error as RangeError).message.startsWith(`"${text}"`));
        return true;
      },
    );
  });
}

const octets4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const zeroish = fc.oneof(fc.constant(0), fc.nat(255));
const octets6 = fc.array(zeroish, { minLength: 16, maxLength: 16 }).map((octets) => Uint8Array.from(octets));
const isMapped = (address: Uint8Array): boolean =>
  address.length === 16 &&
  address.subarray(0, 10).every((octet) => octet === 0) &&
  address[10] === 255 &&
  address[11] === 255;
const addresses = fc.oneof(octets4, octets6).filter((address) => !isMapped(address));
const familyOf = (address: Uint8Array): "ipv4" | "ipv6" => (address.length === 4 ? "ipv4" : "ipv6");

test("every address is read back from its text, which node reads too", () => {
  fc.assert(
    fc.property(addresses, (address) => {
      const text = formatAddress(address);
      assert.is(isIP(text), address.length === 4 ? 4 : 6);
      assert.equal(parseAddress(text), address);
      if (address.length === 16) assert.is(text, new URL(`http://[${text}]`).hostname.slice(1, -1), "RFC 5952");
    }),
    { numRuns: 2000 },
  );
});

test("what is read is an address to node, the same one, and no other text but the refused spellings is refused", () => {
  const piece = fc.constantFrom(
    ...["0", "1", "01", "00", "08", "0x1", "ffff", "10000", "a", "255", "256", "192.0.2.1", "64:ff9b::", "::ffff:"],
    ...["::", ":", ":", ":", ".", ".", "%", "%1", "/", " ", "g", "\n", "-", "+"],
  );
  const same = (text: string, address: Uint8Array): boolean => {
    const list = new BlockList();
    list.addAddress(formatAddress(address), familyOf(address));
    return list.check(text, familyOf(address));
  };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      let address: Uint8Array;
      try {
        address = parseAddress(text);
      } catch (error) {
        assert.instance(error, RangeError);
        if (isIP(text) !== 0)
          assert.match(
            (error as RangeError).message,
            text.includes("%") ? /is no address|leading zeros/ : /write the IPv4/,
          );
        return;
      }
      assert.is(isIP(text), address.length === 4 ? 4 : 6, text);
      assert.ok(same(text, address), text);
    }),
    { numRuns: 20_000 },
  );
});

const PREFIXES: readonly (readonly [text: string, address: string, length: number])[] = [
  ["0.0.0.0/0", "0.0.0.0", 0],
  ["192.0.2.0/24", "192.0.2.0", 24],
  ["192.0.2.1/32", "192.0.2.1", 32],
  ["::/0", "::", 0],
  ["2001:db8::/32", "2001:db8::", 32],
  ["2001:db8::1/128", "2001:db8::1", 128],
  // F-03: without a length just the address. Unlike F-02 in tnrhdb files, for IPv4 too.
  ["0.0.0.0", "0.0.0.0", 32],
  ["10.0.0.0", "10.0.0.0", 32],
  ["::", "::", 128],
  ["2001:db8::1", "2001:db8::1", 128],
  ["192.0.2.77/24", "192.0.2.77", 24], // host bits are kept; a policy's hosts refuse them (F-04)
];

for (const [text, address, length] of PREFIXES) {
  test(`${text} is the prefix of ${address} of length ${length}`, () => {
    const prefix = parsePrefix(text);
    assert.is(prefix.length, length);
    assert.is(formatAddress(prefix.address), address);
    assert.is(formatPrefix(prefix), `${address}/${length}`);
  });
}

const NO_PREFIXES: readonly (readonly [text: string, message: RegExp])[] = [
  ["192.0.2.0/33", /^"192\.0\.2\.0\/33": expected a prefix length of 0 to 32$/],
  ["2001:db8::/129", /^"2001:db8::\/129": expected a prefix length of 0 to 128$/],
  ...["/", "/-1", "/+8", "/ 8", "/8 ", "/a", "/8.0", "/1e1", "/0x8", "/255.0.0.0", "/8/8", "/1000", "/８"].map(
    (end) => [`10.0.0.0${end}`, /: expected a prefix length of 0 to 32$/] as const,
  ),
  ["10/8", isNone],
  ["10.0.0/24", isNone],
  ["", isNone],
  ["/8", isNone],
  ["010.0.0.0/8", isOctal],
  ["fe80::%1/10", isNone],
  ["::ffff:0:0/96", /write/],
];

for (const [text, message] of NO_PREFIXES) {
  test(`${JSON.stringify(text)} is no prefix`, () => {
    assert.throws(() => parsePrefix(text), message);
    assert.throws(
      () => parsePrefix(text),
      (error: unknown) => error instanceof RangeError,
    );
  });
}

const bitsOf = (address: Uint8Array): string =>
  [...address].map((octet) => octet.toString(2).padStart(8, "0")).join("");
const prefixes = addresses.chain((address) =>
  fc.record({ address: fc.constant(address), length: fc.nat(address.length * 8) }),
);

test("the network has the bits behind the prefix zero, the last address has them one", () => {
  fc.assert(
    fc.property(prefixes, ({ address, length }) => {
      const bits = bitsOf(address);
      const kept = bits.slice(0, length);
      assert.is(bitsOf(networkOf({ address, length })), kept.padEnd(bits.length, "0"));
      assert.is(bitsOf(lastOf({ address, length })), kept.padEnd(bits.length, "1"));
    }),
    { numRuns: 2000 },
  );
});

test("an address has host bits when it is not its own network", () => {
  fc.assert(
    fc.property(addresses, fc.nat(128), (address, bits) => {
      const length = bits % (address.length * 8 + 1);
      const isNetwork = compareAddresses(networkOf({ address, length }), address) === 0;
      assert.is(hasHostBits({ address, length }), !isNetwork);
      assert.is(hasHostBits({ address: networkOf({ address, length }), length }), false);
    }),
    { numRuns: 2000 },
  );
});

test("a prefix holds what node's BlockList says: both its ends, and no address beside them", () => {
  fc.assert(
    fc.property(prefixes, ({ address, length }) => {
      const family = familyOf(address);
      const list = new BlockList();
      list.addSubnet(formatAddress(networkOf({ address, length })), length, family);
      const [first, last] = [networkOf({ address, length }), lastOf({ address, length })];
      for (const inside of [first, address, last]) assert.ok(list.check(formatAddress(inside), family));
      // The sister prefix: the last bit that counts, turned.
      if (length === 0) return;
      const sister = Uint8Array.from(last);
      sister[(length - 1) >> 3]! ^= 0x80 >> ((length - 1) & 7);
      if (!isMapped(sister)) assert.not(list.check(formatAddress(sister), family));
    }),
    { numRuns: 2000 },
  );
});

const BROADCASTS: readonly (readonly [address: string, length: number | null, broadcast: string | null])[] = [
  ["192.0.2.1", 24, "192.0.2.255"],
  ["192.0.2.1", 25, "192.0.2.127"],
  ["192.0.2.129", 30, "192.0.2.131"],
  ["192.0.2.1", 31, null], // RFC 3021
  ["192.0.2.1", 32, null],
  ["192.0.2.1", null, null],
  ["10.1.2.3", 8, "10.255.255.255"],
  ["192.0.2.1", 2, null], // 255.255.255.255, the limited one
  ["192.0.2.1", 0, null],
  ["2001:db8::1", 64, null],
  ["2001:db8::1", null, null],
];

for (const [address, length, broadcast] of BROADCASTS) {
  test(`the broadcast of ${address}/${length} is ${broadcast}`, () => {
    const found = broadcastOf(parseAddress(address), length);
    assert.is(found === null ? null : formatAddress(found), broadcast);
  });
}

test("group addresses are multicast and the limited broadcast, to the address", () => {
  const groups = ["224.0.0.0", "239.255.255.255", "255.255.255.255", "ff00::", "ff02::1"];
  const hosts = ["223.255.255.255", "240.0.0.0", "255.255.255.254", "192.0.2.255", "fe80::1", "feff::"];
  for (const text of groups) assert.ok(isGroupAddress(parseAddress(text)), text);
  for (const text of hosts) assert.not(isGroupAddress(parseAddress(text)), text);
});

test("addresses are ordered by octets, IPv4 first", () => {
  const order = ["0.0.0.0", "1.0.0.0", "1.0.0.255", "128.0.0.0", "255.255.255.255", "::", "::1", "80::", "ff00::"];
  const shuffled = [...order].reverse().map((text) => parseAddress(text));
  assert.equal(shuffled.sort(compareAddresses).map(formatAddress), order);
  assert.is(compareAddresses(parseAddress("::1"), parseAddress("::1")), 0);
});

test.run();
