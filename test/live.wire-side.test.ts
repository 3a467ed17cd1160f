// Where an answer about our addresses goes when the question does not say where it came from.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { advertisement, solicitation } from "../ts/live/ndp.ts";
import { frame, HOST_MAC, HOST6, OUR6, WIRE_MAC, world } from "./live/world.ts";

const test = suite("live wire side");

/** A solicitation without options, as one that probes may be (RFC 4861 section 4.3), its checksum right. */
function probe(): Uint8Array {
  const packet = solicitation(parseAddress(HOST6), Uint8Array.from(HOST_MAC), parseAddress(OUR6)).slice(0, 64);
  packet.set(parseAddress(OUR6), 24);
  packet.set([0, 24], 4);
  packet.set([0, 0], 42);
  let sum = 58 + 24;
  for (let i = 8; i < 64; i += 2) sum += packet[i]! * 256 + packet[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  packet.set([(~sum & 0xffff) >> 8, ~sum & 0xff], 42);
  return packet;
}

for (const vlan of [null, 7]) {
  test(`a solicitation that names no hardware address is answered to its frame's source, VLAN ${vlan}`, () => {
    const w = world((policy) => {
      if (vlan !== null) policy.interfaces[0].vlan = vlan;
    });
    w.fromWire(frame(probe(), HOST_MAC, WIRE_MAC, vlan));
    const answer = advertisement(parseAddress(OUR6), Uint8Array.from(WIRE_MAC), parseAddress(HOST6));
    assert.equal(w.wire.take(), [frame(answer, WIRE_MAC, HOST_MAC, vlan)]);
  });
}

test.run();
