// ICMP errors: their octets, their checksums, how much they quote, and what is never answered.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  fragmentationNeeded,
  type IcmpError,
  icmpError,
  mayAnswer,
  optionMissing,
  packetTooBig,
  parameterProblem,
  prohibited,
} from "../ts/live/icmp.ts";
import { calipso, cipso, ipv4, ipv6, type Packet4, type Packet6 } from "./packets.ts";

const test = suite("live icmp");

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

/** The one's complement sum of octets, on top of `sum`. */
function sumOf(octets: Uint8Array, sum = 0): number {
  octets.forEach((octet, i) => {
    sum += i % 2 === 0 ? octet * 256 : octet;
  });
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

/** The error about a packet that stands among other octets, its checksums verified. */
function errorAbout(packet: Uint8Array, error: IcmpError, behind = 0): Uint8Array {
  const bytes = new Uint8Array(5 + packet.length + behind).fill(0xee);
  bytes.set(packet, 5);
  const before = bytes.slice();
  const message = icmpError(bytes, 5, 5 + packet.length, error);
  assert.equal(bytes, before);
  if (packet[0]! >> 4 === 4) {
    assert.is(sumOf(message.subarray(0, 20)), 0xffff);
    assert.is(sumOf(message.subarray(20)), 0xffff);
    assert.is(message[2]! * 256 + message[3]!, message.length);
  } else {
    assert.is(sumOf(message.subarray(8), 58 + message.length - 40), 0xffff, "RFC 4443 section 2.3");
    assert.is(message[4]! * 256 + message[5]!, message.length - 40);
  }
  return message;
}

const long4 = (octets: number, options: readonly number[] = []): Uint8Array =>
  ipv4({ options, body: Array.from({ length: octets - 20 - options.length }, (_, i) => i & 255) });
const long6 = (octets: number): Uint8Array => ipv6({ body: Array.from({ length: octets - 40 }, (_, i) => i & 255) });

test("RFC 1191 section 4: fragmentation needed, with the next hop's MTU, from whom it was to", () => {
  const packet = ipv4();
  const message = errorAbout(packet, fragmentationNeeded(1460));
  assert.is(hex(message.subarray(0, 10)), "45c00038000000004001");
  assert.is(hex(message.subarray(12, 22)), "c0000201c63364070304");
  assert.is(hex(message.subarray(24, 28)), "000005b4");
  assert.equal(message.slice(28), packet);
});

test("RFC 4443 section 3.2: packet too big, with the next hop's MTU, from whom it was to", () => {
  const packet = ipv6();
  const message = errorAbout(packet, packetTooBig(1460));
  assert.is(hex(message.subarray(0, 8)), "6000000000383a40");
  assert.is(hex(message.subarray(8, 40)), "20010db800000000000000000000000120010db8000100000000000000000007");
  assert.is(hex(message.subarray(40, 42)), "0200");
  assert.is(hex(message.subarray(44, 48)), "000005b4");
  assert.equal(message.slice(48), packet);
});

test("RFC 4443 section 3.2: the MTU has 32 bits; RFC 1191 section 4: 16, and 16 of nothing", () => {
  assert.is(hex(errorAbout(ipv6(), packetTooBig(0xfffffff0)).subarray(44, 48)), "fffffff0");
  assert.is(hex(errorAbout(ipv4(), fragmentationNeeded(0xffff)).subarray(24, 28)), "0000ffff");
});

const WORDS: readonly (readonly [rule: string, error: IcmpError, octets: string])[] = [
  ["RFC 792: parameter problem, the pointer in the first octet", parameterProblem(26), "0c001a000000"],
  ["RFC 792: the highest pointer", parameterProblem(255), "0c00ff000000"],
  ["RFC 1108 section 2.6: option 134 is missing", optionMissing(134), "0c0186000000"],
  ["CIPSO 2.2 section 5.3: prohibited", prohibited, "030a00000000"],
];
for (const [rule, error, octets] of WORDS) {
  test(rule, () => {
    const message = errorAbout(ipv4(), error);
    assert.is(hex(message.subarray(20, 22)) + hex(message.subarray(24, 28)), octets);
  });
}

const QUOTED4: readonly (readonly [name: string, packet: Uint8Array, quoted: number])[] = [
  ["a header and 8 octets", long4(28), 28],
  ["no octet more", long4(29), 28],
  ["what there is of fewer", long4(27), 27],
  ["no more of a header alone", long4(20), 20],
  ["a header with its options", long4(1000, cipso(5, [0])), 20 + 12 + 8],
  ["the longest header", long4(1000, Array(40).fill(1)), 68],
];
for (const [name, packet, quoted] of QUOTED4) {
  test(`RFC 792: quotes ${name}`, () => {
    const message = errorAbout(packet, fragmentationNeeded(68), 100);
    assert.equal(message.slice(28), packet.slice(0, quoted));
  });
}

const QUOTED6: readonly (readonly [octets: number, quoted: number])[] = [
  [40, 40],
  [1231, 1231],
  [1232, 1232],
  [1233, 1232],
  [1500, 1232],
];
for (const [octets, quoted] of QUOTED6) {
  test(`RFC 4443 section 2.4 c: quotes ${quoted} of ${octets} octets, 1280 in all at most`, () => {
    const packet = long6(octets);
    const message = errorAbout(packet, packetTooBig(1280), 100);
    assert.ok(message.length <= 1280);
    assert.equal(message.slice(48), packet.slice(0, quoted));
  });
}

const answered = (packet: Uint8Array): boolean => {
  const bytes = new Uint8Array(3 + packet.length + 60).fill(8);
  bytes.set(packet, 3);
  return mayAnswer(bytes, 3, 3 + packet.length);
};
const icmp4 = (type: number): Packet4 => ({ protocol: 1, body: [type, 0, 0, 0, 0, 0, 0, 0] });
const icmp6 = (type: number, more: Packet6 = {}): Packet6 => ({
  protocol: 58,
  body: [type, 0, 0, 0, 0, 0, 0, 0],
  ...more,
});
const fragment6 = (offset: number, more: number): [number, number[]] => [
  44,
  [0, (offset * 8 + more) >> 8, (offset * 8 + more) & 255, 0, 0, 0, 1],
];

const ANSWERED: readonly (readonly [rule: string, packet: Uint8Array])[] = [
  ["UDP over IPv4", ipv4()],
  ["UDP over IPv6", ipv6()],
  ["RFC 1122 section 3.2.2: an echo, that is no error", ipv4(icmp4(8))],
  ["an echo's reply", ipv4(icmp4(0))],
  ["a timestamp", ipv4(icmp4(13))],
  ["an address mask's reply", ipv4(icmp4(18))],
  ["a first fragment", ipv4({ fragment: 0x2000 })],
  ["a packet not to be cut", ipv4({ fragment: 0x4000 })],
  ["the last addresses of hosts", ipv4({ src: "223.255.255.255", dst: "223.255.255.255" })],
  ["an ICMP echo behind options", ipv4({ ...icmp4(8), options: cipso(1) })],
  ["an ICMPv6 echo", ipv6(icmp6(128))],
  ["an ICMPv6 echo behind a label", ipv6(icmp6(128, { headers: [calipso(1)] }))],
  ["a first IPv6 fragment", ipv6({ headers: [fragment6(0, 1)] })],
  ["an IPv6 fragment that is all", ipv6({ headers: [fragment6(0, 0)] })],
];
for (const [rule, packet] of ANSWERED) {
  test(`may be answered: ${rule}`, () => {
    assert.ok(answered(packet));
  });
}

const SILENT: readonly (readonly [rule: string, packet: Uint8Array])[] = [
  ...[3, 4, 5, 11, 12].map(
    (type) => [`RFC 1122 section 3.2.2: an ICMP error, type ${type}`, ipv4(icmp4(type))] as const,
  ),
  ["an ICMP type that is not known", ipv4(icmp4(44))],
  ["an ICMP error behind options", ipv4({ ...icmp4(3), options: cipso(1) })],
  ["ICMP without its type", ipv4({ protocol: 1, body: [] })],
  ["RFC 1122 section 3.2.2: a later fragment", ipv4({ fragment: 1 })],
  ["the last fragment there can be", ipv4({ fragment: 0x1fff })],
  ["M-04, RFC 1122 section 3.2.2: to a group", ipv4({ dst: "224.0.0.1" })],
  ["to everybody", ipv4({ dst: "255.255.255.255" })],
  ["RFC 1122 section 3.2.2: from a group", ipv4({ src: "239.0.0.1" })],
  ["from nobody", ipv4({ src: "0.0.0.0" })],
  ["from this network", ipv4({ src: "0.1.2.3" })],
  ["from a loopback", ipv4({ src: "127.0.0.1" })],
  ["from class E", ipv4({ src: "240.0.0.1" })],
  ...[1, 2, 3, 4, 100, 127].map(
    (type) => [`RFC 4443 section 2.4 e.1: ICMPv6 error ${type}`, ipv6(icmp6(type))] as const,
  ),
  ["RFC 4443 section 2.4 e.1: behind a label", ipv6(icmp6(1, { headers: [calipso(1)] }))],
  ["RFC 4443 section 2.4 e.1: in a first fragment", ipv6(icmp6(1, { headers: [fragment6(0, 1)] }))],
  ["RFC 4443 section 2.4 e.1: authenticated", ipv6(icmp6(1, { headers: [[51, [4, 0, 0, ...Array(20).fill(0)]]] }))],
  ["RFC 4443 section 2.4 e.2: a redirect", ipv6(icmp6(137))],
  ["M-04, RFC 4443 section 2.4 e.3: to a group", ipv6({ dst: "ff02::1" })],
  ["RFC 4443 section 2.4 e.6: from a group", ipv6({ src: "ff02::1" })],
  ["RFC 4443 section 2.4 e.6: from nobody", ipv6({ src: "::" })],
  ["a later IPv6 fragment", ipv6({ headers: [fragment6(1, 1)] })],
  ["a chain that ends in a header", ipv6({ headers: [], protocol: 60, body: [58, 0, 0, 0] })],
  ["a chain that ends behind the packet", ipv6({ headers: [], protocol: 60, body: [58, 2, 0, 0, 0, 0, 0, 0] })],
  ["ICMPv6 without its type", ipv6({ protocol: 58, body: [] })],
];
for (const [rule, packet] of SILENT) {
  test(`is not answered: ${rule}`, () => {
    assert.not(answered(packet));
  });
}

test.run();
