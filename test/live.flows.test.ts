// S-01, I-05: what is remembered of a multilevel port's peers.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { type Label, makeLabel } from "../ts/label.ts";
import { keyOf } from "../ts/live/address-key.ts";
import { type FlowEnds, Flows, MAX_FLOWS } from "../ts/live/flows.ts";

const test = suite("live flows");

const LOW = makeLabel(16, 1);
const HIGH = makeLabel(16, 5, [0]);

function ends(own: string, peer: string, more: Partial<FlowEnds> = {}): FlowEnds {
  return {
    protocol: 17,
    own: keyOf(parseAddress(own)),
    ownPort: 514,
    peer: keyOf(parseAddress(peer)),
    peerPort: 1024,
    ...more,
  };
}
const AUDIT = ends("192.0.2.1", "192.0.2.7");

test("S-01: an answer has the label that was heard last, itself", () => {
  const flows = new Flows();
  assert.is(flows.labelOf(AUDIT), undefined);
  flows.heard(AUDIT, LOW);
  assert.is(flows.labelOf({ ...AUDIT }), LOW);
  flows.heard(AUDIT, HIGH);
  assert.is(flows.labelOf(AUDIT), HIGH);
  assert.is(flows.size, 1);
});

test("S-01: what is forgotten gives no answer its label, and nothing else changes", () => {
  const flows = new Flows();
  const other = { ...AUDIT, peerPort: 1025 };
  flows.heard(AUDIT, LOW);
  flows.heard(other, HIGH);
  flows.forget(AUDIT);
  flows.forget({ ...AUDIT, peerPort: 1026 });
  assert.is(flows.labelOf(AUDIT), undefined);
  assert.is(flows.labelOf(other), HIGH);
  assert.is(flows.size, 1);
});

test("S-01: any other end is another flow", () => {
  const flows = new Flows();
  flows.heard(AUDIT, LOW);
  const others: readonly FlowEnds[] = [
    { ...AUDIT, protocol: 6 },
    { ...AUDIT, ownPort: 515 },
    { ...AUDIT, peerPort: 1025 },
    { ...AUDIT, ownPort: 1024, peerPort: 514 },
    ends("192.0.2.2", "192.0.2.7"),
    ends("192.0.2.1", "192.0.2.8"),
    ends("192.0.2.7", "192.0.2.1"),
    ends("2001:db8::1", "2001:db8::7"),
  ];
  for (const other of others) assert.is(flows.labelOf(other), undefined);
  for (const other of others) flows.heard(other, HIGH);
  assert.is(flows.size, others.length + 1);
  assert.is(flows.labelOf(AUDIT), LOW);
});

test("an IPv6 address whose octets read as an IPv4 address's key is another host", () => {
  const flows = new Flows();
  // 1.2.3.4 is 16909060, eight characters; so is an IPv6 address of those code units.
  const [own4, peer4] = ["1.2.3.4", "1.2.3.5"];
  const spelled = (address: string): string =>
    Array.from(String(keyOf(parseAddress(address))), (digit) => `00${digit.charCodeAt(0).toString(16)}`).join(":");
  flows.heard(ends(own4, peer4), LOW);
  assert.is(flows.labelOf(ends(spelled(own4), spelled(peer4))), undefined);
});

test("IPv6 addresses are told apart in every octet, half characters of text among them", () => {
  const flows = new Flows();
  const own = parseAddress("2001:db8::1");
  // d800 and dc00 are surrogates, 0020 is the space between the parts of a key.
  for (const word of [0x0000, 0x0020, 0xd800, 0xdc00, 0xdfff, 0xfffd, 0xffff]) {
    for (let at = 0; at < 16; at += 2) {
      const peer = own.slice();
      peer.set([word >> 8, word & 255], at);
      const flow: FlowEnds = { protocol: 17, own: keyOf(own), ownPort: 1, peer: keyOf(peer), peerPort: 2 };
      const label = makeLabel(16, 1, [word % 1000, at]);
      flows.heard(flow, label);
      assert.is(flows.labelOf(flow), label);
      const other = peer.slice();
      other[at + 1]! ^= 1;
      assert.is.not(flows.labelOf({ ...flow, peer: keyOf(other) }), label);
    }
  }
});

test(`${MAX_FLOWS} peers are remembered, one more forgets the one that was heard least lately`, () => {
  const flows = new Flows();
  const peer = (i: number): FlowEnds => ({ ...AUDIT, peer: i });
  for (let i = 0; i < MAX_FLOWS; i++) flows.heard(peer(i), LOW);
  assert.is(flows.size, MAX_FLOWS);
  assert.is(flows.labelOf(peer(0)), LOW);
  flows.heard(peer(0), HIGH); // again: nobody has to go
  assert.is(flows.size, MAX_FLOWS);
  assert.is(flows.labelOf(peer(1)), LOW);
  flows.heard(peer(MAX_FLOWS), LOW);
  assert.is(flows.size, MAX_FLOWS);
  assert.is(flows.labelOf(peer(1)), undefined);
  const known: readonly (readonly [i: number, label: Label])[] = [
    [0, HIGH],
    [2, LOW],
    [MAX_FLOWS, LOW],
  ];
  for (const [i, label] of known) assert.is(flows.labelOf(peer(i)), label);
});

test.run();
