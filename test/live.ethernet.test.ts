// Ethernet headers, with and without a tag, read and written.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import {
  formatMac,
  groupMac,
  headerLength,
  isGroupMac,
  MAX_HEADER,
  putU16,
  readHeader,
  TYPE_ARP,
  TYPE_IPV4,
  TYPE_IPV6,
  u16,
  writeHeader,
} from "../ts/live/ethernet.ts";

const test = suite("live ethernet");

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const TO = Uint8Array.of(2, 0, 0, 0, 0, 0x20);
const FROM = Uint8Array.of(2, 0, 0, 0, 0, 0x10);

const READ: readonly (readonly [name: string, frame: string, type: number, vlan: number, length: number])[] = [
  ["without a tag", "020000000020 020000000010 0800", TYPE_IPV4, 0, 14],
  ["802.1Q: a VLAN", "020000000020 020000000010 8100 0007 86dd", TYPE_IPV6, 7, 18],
  ["802.1Q: the highest VLAN, with every priority bit", "020000000020 020000000010 8100 ffff 0806", TYPE_ARP, 4095, 18],
  ["802.1Q: a priority tag is of no VLAN", "020000000020 020000000010 8100 e000 0800", TYPE_IPV4, 0, 18],
  ["802.1ad: a service tag is another type", "020000000020 020000000010 88a8", 0x88a8, 0, 14],
  ["802.3: a length is another type", "020000000020 020000000010 0026", 0x26, 0, 14],
];
for (const [name, text, type, vlan, length] of READ) {
  test(name, () => {
    const frame = fromHex(text);
    assert.equal(readHeader(frame, 0, frame.length), { type, vlan, length });
    assert.is(readHeader(frame, 0, frame.length - 1), null, "one octet less");
    const moved = new Uint8Array([0x81, 0, 0x81, ...frame]);
    assert.equal(readHeader(moved, 3, frame.length), { type, vlan, length }, "elsewhere");
  });
}

test("two tags are no header of ours", () => {
  const frame = fromHex("020000000020 020000000010 8100 0007 8100 0008 0800");
  assert.is(readHeader(frame, 0, frame.length), null);
});

test("what is read does not reach behind the length that was said", () => {
  const frame = fromHex("020000000020 020000000010 8100 0007 0800");
  assert.is(readHeader(frame, 0, 17), null);
  assert.is(readHeader(frame, 0, 13), null);
});

test("a header is written in front of its packet, and no octet else", () => {
  for (const [vlan, octets] of [
    [null, "0200000000200200000000100800"],
    [0, "0200000000200200000000100800"],
    [1, "020000000020020000000010810000010800"],
    [4094, "02000000002002000000001081000ffe0800"],
  ] as const) {
    const bytes = new Uint8Array(30).fill(0xee);
    const at = writeHeader(bytes, 20, TO, FROM, TYPE_IPV4, vlan);
    assert.is(at, 20 - headerLength(vlan));
    assert.is(hex(bytes.subarray(at, 20)), octets);
    assert.ok([...bytes.subarray(0, at), ...bytes.subarray(20)].every((octet) => octet === 0xee));
  }
});

test("what is written is read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4095 }), fc.constantFrom(TYPE_IPV4, TYPE_ARP, TYPE_IPV6), (vlan, type) => {
      const bytes = new Uint8Array(MAX_HEADER);
      const at = writeHeader(bytes, MAX_HEADER, TO, FROM, type, vlan);
      const length = MAX_HEADER - at;
      assert.equal(readHeader(bytes, at, length), { type, vlan, length });
    }),
  );
});

const GROUPS: readonly (readonly [address: string, mac: string, rule: string])[] = [
  ["224.0.0.5", "01:00:5e:00:00:05", "RFC 1112 section 6.4"],
  ["239.255.1.2", "01:00:5e:7f:01:02", "RFC 1112 section 6.4: 23 bits, the highest is left out"],
  ["224.128.0.1", "01:00:5e:00:00:01", "RFC 1112 section 6.4: so two groups share one"],
  ["255.255.255.255", "ff:ff:ff:ff:ff:ff", "RFC 919"],
  ["ff02::1", "33:33:00:00:00:01", "RFC 2464 section 7"],
  ["ff02::1:ff10:7", "33:33:ff:10:00:07", "RFC 2464 section 7"],
];
for (const [address, mac, rule] of GROUPS) {
  test(`${rule}: ${address} is at ${mac}`, () => {
    const octets = groupMac(parseAddress(address));
    assert.is(formatMac(octets), mac);
    assert.ok(isGroupMac(octets, 0));
  });
}

test("a host's hardware address is no group's", () => {
  assert.not(isGroupMac(TO, 0));
  assert.ok(isGroupMac(Uint8Array.of(2, 3), 1));
});

test("two octets in network order, there and back", () => {
  const bytes = new Uint8Array(3);
  for (const value of [0, 1, 255, 256, 0x8000, 0xffff]) {
    putU16(bytes, 1, value);
    assert.is(u16(bytes, 1), value);
  }
  assert.is(bytes[0], 0);
});

test.run();
