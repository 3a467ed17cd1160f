// Neighbour discovery: the octets of RFC 4861, and messages that its sections 7.1.1 and 7.1.2 want dropped.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatAddress, parseAddress } from "../ts/address.ts";
import {
  ADVERTISEMENT,
  advertisement,
  isIcmpv6,
  linkLocal,
  readNeighbouring,
  SOLICITATION,
  solicitation,
  solicitedNode,
} from "../ts/live/ndp.ts";

const test = suite("live ndp");

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const MAC = Uint8Array.of(2, 0, 0, 0, 0, 0x10);
const OWN = parseAddress("2001:db8::1");
const HOST = parseAddress("2001:db8::12:3456");
const NOBODY = new Uint8Array(16);
const ALL_NODES = parseAddress("ff02::1");

/** RFC 8200 section 8.1: 0xffff when the checksum is right, by plain addition of all 16-bit words. */
function sumOf(packet: Uint8Array): number {
  const size = packet.length - 40;
  let sum = 58 + size;
  packet.subarray(8).forEach((octet, i) => {
    sum += i % 2 === 0 ? octet * 256 : octet;
  });
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

/** The packet with its length and checksum right. */
function righted(packet: Uint8Array): Uint8Array {
  packet.set([(packet.length - 40) >> 8, (packet.length - 40) & 255], 4);
  packet.set([0, 0], 42);
  const checksum = ~sumOf(packet) & 0xffff;
  packet.set([checksum >> 8, checksum & 255], 42);
  assert.is(sumOf(packet), 0xffff);
  return packet;
}

/** A packet of this type with these options. */
function message(
  type: number,
  options: readonly number[],
  change: (packet: Uint8Array) => void = () => {},
): Uint8Array {
  const whole = type === SOLICITATION ? solicitation(HOST, MAC, OWN) : advertisement(HOST, MAC, OWN);
  const packet = new Uint8Array([...whole.subarray(0, 64), ...options]);
  change(packet);
  return righted(packet);
}
const read = (packet: Uint8Array): ReturnType<typeof readNeighbouring> => readNeighbouring(packet, 0, packet.length);
const SOURCE = [1, 1, ...MAC];
const TARGET = [2, 1, ...MAC];

test("RFC 4861 section 4.3: a solicitation, to the group of its target", () => {
  const packet = solicitation(OWN, MAC, HOST);
  assert.is(sumOf(packet), 0xffff);
  packet.set([0, 0], 42);
  assert.is(
    hex(packet),
    "6000000000203aff" +
      "20010db8000000000000000000000001" +
      "ff0200000000000000000001ff123456" +
      "8700000000000000" +
      "20010db8000000000000000000123456" +
      "0101020000000010",
  );
});

test("RFC 4861 section 4.4: an advertisement, solicited and overriding", () => {
  const packet = advertisement(OWN, MAC, HOST);
  assert.is(sumOf(packet), 0xffff);
  packet.set([0, 0], 42);
  assert.is(
    hex(packet),
    "6000000000203aff" +
      "20010db8000000000000000000000001" +
      "20010db8000000000000000000123456" +
      "8800000060000000" +
      "20010db8000000000000000000000001" +
      "0201020000000010",
  );
});

test("RFC 4861 section 7.2.4, RFC 4862: who asks without an address is answered to all nodes, unsolicited", () => {
  const packet = advertisement(OWN, MAC, NOBODY);
  assert.is(sumOf(packet), 0xffff);
  assert.equal(packet.slice(24, 40), ALL_NODES);
  assert.is(packet[44], 0x20);
  assert.ok(read(packet));
});

test("what was written is read, wherever it stands, and stays when its memory is written to again", () => {
  for (const at of [0, 1, 14, 18]) {
    const bytes = new Uint8Array(at + 72);
    bytes.set(solicitation(OWN, MAC, HOST), at);
    const asked = readNeighbouring(bytes, at, 72);
    bytes.set(advertisement(OWN, MAC, HOST), at);
    const told = readNeighbouring(bytes, at, 72);
    bytes.fill(0xee);
    assert.equal(asked, { type: SOLICITATION, source: OWN, target: HOST, mac: MAC });
    assert.equal(told, { type: ADVERTISEMENT, source: OWN, target: OWN, mac: MAC });
  }
});

test("octets behind the packet are not looked at, one that is missing refuses it", () => {
  const packet = solicitation(OWN, MAC, HOST);
  const padded = new Uint8Array([...packet, 1, 0, 0]);
  assert.ok(readNeighbouring(padded, 0, padded.length));
  for (let length = 0; length < packet.length; length++) {
    assert.is(readNeighbouring(packet, 0, length), null, `${length}`);
    assert.is(readNeighbouring(packet.slice(0, length), 0, length), null, `${length}`);
  }
});

test("RFC 4861 section 7.1: any bit of the message, its addresses or its length wrong: refused", () => {
  const packet = solicitation(OWN, MAC, HOST);
  for (let bit = 4 * 8; bit < packet.length * 8; bit++) {
    const wrong = packet.slice();
    wrong[bit >> 3]! ^= 1 << (bit & 7);
    assert.is(read(wrong), null, `bit ${bit}`);
  }
});

const REFUSED: readonly (readonly [
  name: string,
  type: number,
  options: readonly number[],
  change?: (packet: Uint8Array) => void,
])[] = [
  ["a hop limit of 254: it passed a router", SOLICITATION, SOURCE, (packet) => (packet[7] = 254)],
  ["an advertisement with a hop limit of 254", ADVERTISEMENT, TARGET, (packet) => (packet[7] = 254)],
  ["a code", SOLICITATION, SOURCE, (packet) => (packet[41] = 1)],
  ["an option of no length", SOLICITATION, [...SOURCE, 14, 0, 0, 0, 0, 0, 0, 0]],
  ["an option of no length in an advertisement", ADVERTISEMENT, [2, 0, ...MAC]],
  ["an option that is longer than the rest", SOLICITATION, [1, 2, ...MAC]],
  ["one octet for an option", SOLICITATION, [...SOURCE, 1]],
  ["a target that is a group", SOLICITATION, SOURCE, (packet) => packet.set(ALL_NODES, 48)],
  ["an advertised target that is a group", ADVERTISEMENT, TARGET, (packet) => packet.set(ALL_NODES, 48)],
  ["a solicited advertisement to a group", ADVERTISEMENT, TARGET, (packet) => packet.set(ALL_NODES, 24)],
  ["from nobody, and where nobody is", SOLICITATION, SOURCE, (packet) => packet.set(NOBODY, 8)],
  [
    "from nobody, not to the group of solicited nodes",
    SOLICITATION,
    [],
    (packet) => {
      packet.set(NOBODY, 8);
      packet.set(ALL_NODES, 24);
    },
  ],
];
for (const [name, type, options, change] of REFUSED) {
  test(`RFC 4861 section 7.1.${type === SOLICITATION ? 1 : 2}: refused: ${name}`, () => {
    assert.ok(read(message(type, type === SOLICITATION ? SOURCE : TARGET)));
    assert.is(read(message(type, options, change)), null);
  });
}

test("RFC 4861 section 7.1: 24 octets of a message are enough, 23 are not", () => {
  assert.is(read(message(SOLICITATION, []))!.mac, null);
  const short = message(SOLICITATION, []);
  assert.is(read(righted(short.slice(0, 63))), null);
});

test("RFC 4862 section 5.4: duplicate address detection is read, a nonce (RFC 7527) with it", () => {
  const probe = (options: readonly number[]): Uint8Array =>
    message(SOLICITATION, options, (packet) => packet.set(NOBODY, 8));
  for (const options of [[], [14, 1, 1, 2, 3, 4, 5, 6]]) {
    assert.equal(read(probe(options)), { type: SOLICITATION, source: NOBODY, target: OWN, mac: null });
  }
});

const MACS: readonly (readonly [name: string, type: number, options: readonly number[], mac: Uint8Array | null])[] = [
  ["behind an option that is not known", SOLICITATION, [14, 1, 0, 0, 0, 0, 0, 0, ...SOURCE], MAC],
  ["behind a longer one", SOLICITATION, [200, 2, ...Array(14).fill(0), ...SOURCE], MAC],
  ["none in a target's option of a solicitation", SOLICITATION, TARGET, null],
  ["none in a source's option of an advertisement", ADVERTISEMENT, SOURCE, null],
  ["none of a group", SOLICITATION, [1, 1, 3, 0, 0, 0, 0, 1], null],
  ["none of 14 octets", ADVERTISEMENT, [2, 2, ...MAC, ...Array(8).fill(0)], null],
  ["none without options", ADVERTISEMENT, [], null],
];
for (const [name, type, options, mac] of MACS) {
  test(`a hardware address: ${name}`, () => {
    assert.equal(read(message(type, options))!.mac, mac);
  });
}

test("other messages of ICMPv6 are none, and what is not ICMPv6", () => {
  for (const type of [133, 134, 137]) {
    assert.is(read(message(SOLICITATION, SOURCE, (packet) => (packet[40] = type))), null);
  }
  assert.is(read(message(SOLICITATION, SOURCE, (packet) => (packet[6] = 0))), null);
});

test("a type between two, both among them; 44 octets are needed to tell", () => {
  const packet = solicitation(OWN, MAC, HOST);
  assert.ok(isIcmpv6(packet, 0, 44, 135, 135));
  assert.ok(isIcmpv6(packet, 0, 44, 133, 137));
  assert.not(isIcmpv6(packet, 0, 44, 136, 137));
  assert.not(isIcmpv6(packet, 0, 44, 133, 134));
  assert.not(isIcmpv6(packet, 0, 43, 135, 135));
});

test("RFC 4291 section 2.7.1: the group of solicited nodes has 24 bits of the address", () => {
  assert.is(formatAddress(solicitedNode(parseAddress("4037::1:800:200e:8c6c"))), "ff02::1:ff0e:8c6c");
});

test("RFC 4291 appendix A: the link-local address of a hardware address", () => {
  assert.is(formatAddress(linkLocal(Uint8Array.of(0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde))), "fe80::3656:78ff:fe9a:bcde");
  assert.is(formatAddress(linkLocal(MAC)), "fe80::ff:fe00:10");
});

test.run();
