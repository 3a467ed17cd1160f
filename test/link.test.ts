// Step 1: every link layer, whole and cut at every octet, in kernel and oracle. L1-L3 of docs/decision.md.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LINK_TYPES } from "../ts/capture/link.ts";
import { createDecoder } from "../ts/decode.ts";
import { batchOf } from "../ts/frames.ts";
import { readingDifference } from "./generate/compare.ts";
import { ipv4, ipv6 } from "./packets.ts";

const test = suite("link layer");
const decoder = createDecoder();
const V4 = [...ipv4()];
const V6 = [...ipv6()];
const MACS = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
const COOKED = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
const COOKED2_REST = [0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
const tags = (count: number, type: readonly number[] = [0x81, 0]): number[] =>
  Array.from({ length: count }, (_, i) => [...type, 0xe0, i + 1]).flat();
const pppoe = (length: number, protocol: readonly number[]): number[] => [
  ...[...MACS, 0x88, 0x64, 0x11, 0, 0, 1],
  ...[length >> 8, length & 255, ...protocol],
];

function decode(linkType: number, octets: readonly number[]) {
  const frame = { bytes: Uint8Array.from(octets), linkType };
  const generated = { ...frame, wireLength: octets.length, seconds: 0, nanoseconds: 0 };
  assert.is(readingDifference([generated], "strict", null), null);
  return [...decoder.decode(batchOf([frame]))][0]!;
}

interface Header {
  readonly name: string;
  readonly linkType: number;
  readonly header: readonly number[];
  readonly packet: readonly number[];
}

const HEADERS: readonly Header[] = [
  { name: "Ethernet, IPv4", linkType: 1, header: [...MACS, 8, 0], packet: V4 },
  { name: "Ethernet, IPv6", linkType: 1, header: [...MACS, 0x86, 0xdd], packet: V6 },
  { name: "Ethernet, 8 VLAN tags", linkType: 1, header: [...MACS, ...tags(8), 8, 0], packet: V4 },
  {
    name: "Ethernet, 802.1ad over 802.1Q",
    linkType: 1,
    header: [...MACS, ...tags(1, [0x88, 0xa8]), ...tags(1), 8, 0],
    packet: V4,
  },
  { name: "Ethernet, tag 9100", linkType: 1, header: [...MACS, ...tags(1, [0x91, 0]), 8, 0], packet: V4 },
  { name: "PPPoE, IPv4", linkType: 1, header: pppoe(2 + V4.length, [0, 0x21]), packet: V4 },
  { name: "PPPoE, IPv6", linkType: 1, header: pppoe(2 + V6.length, [0, 0x57]), packet: V6 },
  { name: "Linux cooked", linkType: 113, header: [...COOKED, 8, 0], packet: V4 },
  { name: "Linux cooked, tagged", linkType: 113, header: [...COOKED, ...tags(1), 0x86, 0xdd], packet: V6 },
  { name: "Linux cooked v2", linkType: 276, header: [8, 0, ...COOKED2_REST], packet: V4 },
  { name: "Linux cooked v2, tagged", linkType: 276, header: [0x81, 0, ...COOKED2_REST, 0, 7, 8, 0], packet: V4 },
  { name: "PPP, framed", linkType: 9, header: [0xff, 3, 0, 0x21], packet: V4 },
  { name: "PPP, bare", linkType: 9, header: [0, 0x57], packet: V6 },
  { name: "PPP, protocol in one octet", linkType: 9, header: [0x21], packet: V4 },
  { name: "PPP, framed, protocol in one octet", linkType: 9, header: [0xff, 3, 0x57], packet: V6 },
  { name: "BSD loopback, little endian", linkType: 0, header: [2, 0, 0, 0], packet: V4 },
  { name: "BSD loopback, big endian", linkType: 0, header: [0, 0, 0, 2], packet: V4 },
  ...[10, 24, 28, 30].flatMap((family) => [
    { name: `BSD loopback, little endian, family ${family}`, linkType: 0, header: [family, 0, 0, 0], packet: V6 },
    { name: `OpenBSD loopback, family ${family}`, linkType: 108, header: [0, 0, 0, family], packet: V6 },
  ]),
  { name: "OpenBSD loopback", linkType: 108, header: [0, 0, 0, 2], packet: V4 },
  { name: "raw IP", linkType: 101, header: [], packet: V4 },
  { name: "raw IP", linkType: 101, header: [], packet: V6 },
  { name: "raw IP as BSD numbers it", linkType: 12, header: [], packet: V6 },
  { name: "raw IPv4", linkType: 228, header: [], packet: V4 },
  { name: "raw IPv6", linkType: 229, header: [], packet: V6 },
];

for (const { name, linkType, header, packet } of HEADERS) {
  const version = packet === V4 ? 4 : 6;
  test(`${name}: IPv${version} is found behind it, and its header may be cut anywhere (L1)`, () => {
    const whole = decode(linkType, [...header, ...packet]);
    assert.is(whole.status, "NO_LABEL");
    assert.is(whole.ipVersion, version);
    assert.is(whole.ipOffset, header.length);
    assert.is(whole.dstPort, 80);
    for (let cut = 0; cut < header.length; cut++) {
      const { status, ipVersion, offset } = decode(linkType, header.slice(0, cut));
      // A cut PPP header can read as one of another protocol.
      assert.ok(status === "LINK_TRUNCATED" || (linkType === 9 && status === "NOT_IP"), `${status} at ${cut}`);
      assert.is(ipVersion, null);
      assert.ok(offset! <= cut);
    }
    assert.is(decode(linkType, header).status, "IP_TRUNCATED");
  });
}

test("every link type that is supported has a header here", () => {
  assert.equal([...new Set(HEADERS.map(({ linkType }) => linkType))].sort(), [...LINK_TYPES.keys()].sort());
});

test("a ninth VLAN tag is refused, at the EtherType that announces it (L2)", () => {
  const { status, offset, vlan } = decode(1, [...MACS, ...tags(9), 8, 0, ...V4]);
  assert.is(status, "VLAN_DEPTH");
  assert.is(offset, 12 + 8 * 4);
  assert.equal(vlan, [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a VLAN identifier is 12 bits, whatever the priority", () => {
  assert.equal(decode(1, [...MACS, 0x81, 0, 0xef, 0xff, 8, 0, ...V4]).vlan, [0xfff]);
});

const NOT_IP: readonly (readonly [name: string, linkType: number, octets: readonly number[], offset: number])[] = [
  ["ARP", 1, [...MACS, 8, 6, ...V4], 12],
  ["an 802.3 length and LLC", 1, [...MACS, 0, 28, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...V4], 12],
  ["MPLS", 1, [...MACS, 0x88, 0x47, 0, 1, 1, 64, ...V4], 12],
  ["ARP behind a tag", 1, [...MACS, ...tags(1), 8, 6, ...V4], 16],
  ["PPPoE discovery", 1, [...MACS, 0x88, 0x63, 0x11, 9, 0, 0, 0, 0], 12],
  ["PPPoE that is no session data", 1, [...MACS, 0x88, 0x64, 0x11, 1, 0, 0, 0, 30, 0, 0x21, ...V4], 14],
  ["PPPoE of version 2", 1, [...MACS, 0x88, 0x64, 0x21, 0, 0, 0, 0, 30, 0, 0x21, ...V4], 14],
  ["LCP in PPP", 9, [0xff, 3, 0xc0, 0x21, ...V4], 2],
  ["AppleTalk on a loopback", 0, [16, 0, 0, 0, ...V4], 0],
  ["a little-endian family where it must be big", 108, [2, 0, 0, 0, ...V4], 0],
  ["version 5", 101, [0x55, ...V4.slice(1)], 0],
  ["IPv6 announced as IPv4", 1, [...MACS, 8, 0, ...V6], 14],
  ["IPv4 announced as IPv6", 1, [...MACS, 0x86, 0xdd, ...V4], 14],
  ["IPv6 in raw IPv4", 228, V6, 0],
  // Linux `any` captures of stacked tags leave one in front of the header.
  ["a tag left in front of the header", 113, [...COOKED, 8, 0, 0, 7, 8, 0, ...V4], 16],
];

for (const [name, linkType, octets, offset] of NOT_IP) {
  test(`${name} is not IP (L3)`, () => {
    const record = decode(linkType, octets);
    assert.is(record.status, "NOT_IP");
    assert.is(record.offset, offset);
    assert.is(record.ipVersion, null);
  });
}

test("a PPPoE length bounds the packet, trailing padding does not", () => {
  const padded = [...V4, 0, 0, 0, 0, 0, 0];
  assert.is(decode(1, [...pppoe(2 + V4.length, [0, 0x21]), ...padded]).status, "NO_LABEL");
  assert.is(decode(1, [...pppoe(1 + V4.length, [0, 0x21]), ...padded]).status, "IP_LENGTH");
  assert.is(decode(1, [...pppoe(8 + V4.length, [0, 0x21]), ...padded]).status, "NO_LABEL");
  assert.is(decode(1, [...pppoe(9000, [0, 0x21]), ...V4]).status, "NO_LABEL");
});

test.run();
