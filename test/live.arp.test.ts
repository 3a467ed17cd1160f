// ARP packets: the octets of RFC 826, and what is no packet of ours to believe.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ARP_FRAME, ARP_LENGTH, ARP_REPLY, ARP_REQUEST, arpPacket, readArp } from "../ts/live/arp.ts";

const test = suite("live arp");

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const OWN_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0x10);
const HOST_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0x20);
const OWN = Uint8Array.of(192, 0, 2, 1);
const HOST = Uint8Array.of(192, 0, 2, 7);

test("RFC 826: a request, its target's hardware address zero", () => {
  const packet = arpPacket(ARP_REQUEST, OWN_MAC, OWN, null, HOST);
  assert.is(hex(packet), "0001080006040001020000000010c0000201000000000000c0000207");
  assert.is(packet.length, ARP_LENGTH);
  assert.is(ARP_FRAME, 42);
});

test("RFC 826: a reply", () => {
  const packet = arpPacket(ARP_REPLY, OWN_MAC, OWN, HOST_MAC, HOST);
  assert.is(hex(packet), "0001080006040002020000000010c0000201020000000020c0000207");
});

test("what was written is read, wherever it stands", () => {
  for (const at of [0, 1, 14, 18]) {
    const bytes = new Uint8Array(at + ARP_LENGTH);
    bytes.set(arpPacket(ARP_REPLY, OWN_MAC, OWN, HOST_MAC, HOST), at);
    assert.equal(readArp(bytes, at, ARP_LENGTH), {
      operation: ARP_REPLY,
      senderMac: OWN_MAC,
      sender: OWN,
      target: HOST,
    });
  }
});

test("what was read stays when its memory is written to again", () => {
  const bytes = arpPacket(ARP_REPLY, OWN_MAC, OWN, HOST_MAC, HOST);
  const arp = readArp(bytes, 0, bytes.length)!;
  bytes.fill(0xee);
  assert.equal([arp.senderMac, arp.sender, arp.target], [OWN_MAC, OWN, HOST]);
});

test("28 octets are one, padded to the least frame too; 27 are none", () => {
  const bytes = new Uint8Array(46);
  bytes.set(arpPacket(ARP_REQUEST, OWN_MAC, OWN, null, HOST));
  assert.ok(readArp(bytes, 0, 46));
  assert.ok(readArp(bytes, 0, 28));
  assert.is(readArp(bytes, 0, 27), null);
  assert.is(readArp(bytes, 0, 0), null);
});

const REFUSED: readonly (readonly [what: string, at: number, value: number])[] = [
  ["another hardware", 1, 6],
  ["another protocol", 2, 0x86],
  ["hardware addresses of 5 octets", 4, 5],
  ["protocol addresses of 16 octets", 5, 16],
  ["a group that sends", 8, 3],
];
for (const [what, at, value] of REFUSED) {
  test(`refused: ${what}`, () => {
    const bytes = arpPacket(ARP_REQUEST, OWN_MAC, OWN, null, HOST);
    bytes[at] = value;
    assert.is(readArp(bytes, 0, bytes.length), null);
  });
}

test("RFC 5227: a probe has no sender address, and is read", () => {
  const probe = arpPacket(ARP_REQUEST, OWN_MAC, new Uint8Array(4), null, HOST);
  assert.equal(readArp(probe, 0, probe.length)!.sender, new Uint8Array(4));
});

test.run();
