// S-01, I-05: what is remembered of a multilevel port's peers.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { type Label, makeLabel } from "../ts/label.ts";
import { keyOf } from "../ts/live/address-key.ts";
import { FLOW_TIME, type FlowEnds, Flows, MAX_FLOWS } from "../ts/live/flows.ts";

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

test("S-01: an answer has the label that was heard, itself", () => {
  const flows = new Flows();
  assert.is(flows.labelOf(AUDIT, 0), undefined);
  flows.heard(AUDIT, LOW, 0);
  assert.is(flows.labelOf({ ...AUDIT }, 0), LOW);
  assert.is(flows.labelOf(AUDIT, 1e9), LOW, "however late it comes");
  assert.is(flows.size, 1);
});

test("S-01: where two labels were heard lately, there is no answer", () => {
  const flows = new Flows();
  flows.heard(AUDIT, LOW, 0);
  assert.ok(flows.isOther(AUDIT, HIGH, FLOW_TIME - 1));
  assert.not(flows.isOther(AUDIT, LOW, 1));
  flows.heard(AUDIT, HIGH, 1000);
  assert.is(flows.labelOf(AUDIT, 1000), undefined);
  flows.heard(AUDIT, HIGH, 2000);
  assert.is(flows.labelOf(AUDIT, FLOW_TIME - 1), undefined, "the first may still wait");
  assert.is(flows.labelOf(AUDIT, FLOW_TIME), HIGH);
  flows.heard(AUDIT, LOW, 3000);
  flows.heard(AUDIT, HIGH, 4000);
  assert.is(flows.labelOf(AUDIT, 3000 + FLOW_TIME - 1), undefined);
  assert.is(flows.labelOf(AUDIT, 3000 + FLOW_TIME), HIGH);
  assert.not(flows.isOther(AUDIT, LOW, 4000 + FLOW_TIME));
  flows.said(AUDIT, LOW, 4001);
  assert.is(flows.labelOf(AUDIT, 4001), LOW, "what is said is known");
});

test("S-01: what is forgotten gives no answer its label, and nothing else changes", () => {
  const flows = new Flows();
  const other = { ...AUDIT, peerPort: 1025 };
  flows.heard(AUDIT, LOW, 0);
  flows.heard(other, HIGH, 0);
  flows.forget(AUDIT);
  flows.forget({ ...AUDIT, peerPort: 1026 });
  assert.is(flows.labelOf(AUDIT, 0), undefined);
  assert.is(flows.labelOf(other, 0), HIGH);
  assert.is(flows.size, 1);
});

test("S-01: any other end is another flow", () => {
  const flows = new Flows();
  flows.heard(AUDIT, LOW, 0);
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
  for (const other of others) assert.is(flows.labelOf(other, 0), undefined);
  for (const other of others) flows.heard(other, HIGH, 0);
  assert.is(flows.size, others.length + 1);
  assert.is(flows.labelOf(AUDIT, 0), LOW);
});

test("an IPv6 address whose octets read as an IPv4 address's key is another host", () => {
  const flows = new Flows();
  // 1.2.3.4 is 16909060, eight characters; so is an IPv6 address of those code units.
  const [own4, peer4] = ["1.2.3.4", "1.2.3.5"];
  const spelled = (address: string): string =>
    Array.from(String(keyOf(parseAddress(address))), (digit) => `00${digit.charCodeAt(0).toString(16)}`).join(":");
  flows.heard(ends(own4, peer4), LOW, 0);
  assert.is(flows.labelOf(ends(spelled(own4), spelled(peer4)), 0), undefined);
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
      flows.said(flow, label, 0);
      assert.is(flows.labelOf(flow, 0), label);
      const other = peer.slice();
      other[at + 1]! ^= 1;
      assert.is.not(flows.labelOf({ ...flow, peer: keyOf(other) }, 0), label);
    }
  }
});

test(`${MAX_FLOWS} peers are remembered, one more forgets the one that was heard least lately`, () => {
  const flows = new Flows();
  const peer = (i: number): FlowEnds => ({ ...AUDIT, peer: i });
  for (let i = 0; i < MAX_FLOWS; i++) flows.heard(peer(i), LOW, 0);
  assert.is(flows.size, MAX_FLOWS);
  assert.is(flows.labelOf(peer(0), 0), LOW);
  flows.heard(peer(0), LOW, 0); // again: nobody has to go
  assert.is(flows.size, MAX_FLOWS);
  assert.is(flows.labelOf(peer(1), 0), LOW);
  flows.heard(peer(MAX_FLOWS), LOW, 0);
  assert.is(flows.size, MAX_FLOWS);
  assert.is(flows.labelOf(peer(1), 0), undefined);
  const known: readonly (readonly [i: number, label: Label])[] = [
    [0, LOW],
    [2, LOW],
    [MAX_FLOWS, LOW],
  ];
  for (const [i, label] of known) assert.is(flows.labelOf(peer(i), 0), label);
});

test.run();
