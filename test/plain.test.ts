// Addresses in the plain spelling: what is read is what the library reads, and what is not is left to it.
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatAddress } from "../ts/address.ts";
import { AddressPool, plainAddress, plainNumber } from "../ts/plain.ts";

const test = suite("plain");

const octets = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map((list) => Uint8Array.from(list)),
);
const isMapped = (address: Uint8Array): boolean =>
  address.length === 16 && (ipaddr.fromByteArray([...address]) as ipaddr.IPv6).isIPv4MappedAddress();

const inFull = (address: Uint8Array): string => Buffer.from(address).toString("hex").match(/.{4}/g)!.join(":");

test("every address is read from its shortest text and from its longest, in small and in large letters", () => {
  fc.assert(
    fc.property(octets, (address) => {
      const texts = [formatAddress(address), ipaddr.fromByteArray([...address]).toNormalizedString()];
      if (address.length === 16) texts.push(inFull(address));
      for (const text of texts.flatMap((spelt) => [spelt, spelt.toUpperCase()])) {
        assert.equal(plainAddress(text), isMapped(address) ? null : address, text);
      }
    }),
    { numRuns: 2000 },
  );
});

test("any text that is read is an address to the library too, the same one", () => {
  const piece = fc.constantFrom(
    ...[
      "0",
      "1",
      "01",
      "00",
      "08",
      "255",
      "256",
      "ffff",
      "FFFF",
      "10000",
      "a",
      "g",
      "1.2.3.4",
      "1:2:3:4:5:6:7",
      "::ffff:",
    ],
    ...["::", "::", ":", ":", ".", "%", "/", " ", "\n", "１", "-"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const address = plainAddress(text);
      if (address === null) return;
      assert.ok(address.length === 4 ? ipaddr.IPv4.isValidFourPartDecimal(text) : ipaddr.IPv6.isValid(text), text);
      assert.equal([...address], ipaddr.parse(text).toByteArray(), text);
    }),
    { numRuns: 20_000 },
  );
});

const NOT_PLAIN = ["", "1", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.0004", "::1.2.3.4"];
const NOT_PLAIN6 = [
  ":",
  ":::",
  ":1",
  "1:",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1::2:3:4:5:6:7:8",
  "::12345",
];

test("what is no address, or not in the plain spelling, is not read", () => {
  for (const text of [...NOT_PLAIN, ...NOT_PLAIN6, "::ffff:0:0", "fe80::1%1"])
    assert.is(plainAddress(text), null, text);
});

test("an address ends where it is said to end, and nothing behind that matters", () => {
  for (const text of ["192.0.2.1", "2001:db8::", "::", "1:2:3:4:5:6:7:8"]) {
    for (const behind of ["/24", ":1", ".1", "9", "a", "::"]) {
      assert.equal(plainAddress(text + behind, text.length), plainAddress(text), text + behind);
      assert.is(plainAddress(text, text.length - 1), plainAddress(text.slice(0, -1)), text);
    }
  }
});

test("addresses of a pool stay what they are, however many are read behind them", () => {
  const pool = new AddressPool();
  const texts = Array.from({ length: 5000 }, (_, i) =>
    i % 3 === 0 ? `10.0.${i >> 8}.${i & 255}` : `2001:db8::${i}:0`,
  );
  const read = texts.flatMap((text) => [pool.read(text, text.length), pool.read(`${text}x`, text.length + 1)]);
  texts.forEach((text, i) => {
    assert.equal(read[i * 2], plainAddress(text), text);
    assert.is(read[i * 2 + 1], null, text);
  });
});

test("numbers are one to three decimal digits up to the end", () => {
  assert.equal(
    ["/0", "/7", "/024", "/128", "/999"].map((text) => plainNumber(text, 1)),
    [0, 7, 24, 128, 999],
  );
  for (const text of ["/", "/0000", "/a", "/-1", "/+1", "/1 ", "/ 1", "/1.", "/１"])
    assert.is(plainNumber(text, 1), -1, text);
});

test.run();
