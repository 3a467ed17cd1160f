// What a gate makes of a policy: who may speak, how large packets are inside, what is said of labels.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { makeLabel } from "../ts/label.ts";
import { calipsoOption, cipsoOption } from "../ts/label-option.ts";
import { type AddressKey, keyAt, keyOf } from "../ts/live/address-key.ts";
import { LiveError } from "../ts/live/error.ts";
import { Layout, liveOf, MOST_LABEL } from "../ts/live/layout.ts";
import { type Mutable, OUR4, OUR6, worldPolicy } from "./live/world.ts";

const test = suite("live layout");

const policyOf = (change: (policy: Mutable) => void = () => {}): Mutable => {
  const policy = worldPolicy() as Mutable;
  change(policy);
  return policy;
};
const layoutOf = (change?: (policy: Mutable) => void): Layout => new Layout(policyOf(change));
const key = (address: string): AddressKey => keyOf(parseAddress(address));

test("a policy without live is refused, with what to write", () => {
  try {
    liveOf(policyOf((policy) => delete policy.live));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, LiveError);
    assert.is((error as LiveError).code, "BAD_POLICY");
    assert.match((error as LiveError).mend!, /"live": \{ "partitions": \{ "public": /);
  }
});

test("G-07: checksums are verified unless the policy says otherwise", () => {
  assert.is(liveOf(policyOf()).verifyChecksum, true);
  for (const checksum of ["verify", "ignore"]) {
    const { verifyChecksum } = liveOf(policyOf((policy) => Object.assign(policy, { checksum })));
    assert.is(verifyChecksum, checksum === "verify");
  }
});

test("P-02: a partition may use the shared addresses and its own, and no other's", () => {
  const layout = layoutOf((policy) => {
    policy.interfaces[0].addresses.push(
      { address: "192.0.2.2/24", partition: "secret" },
      { address: "192.0.2.3/24", partition: "public" },
    );
    delete policy.partitions[2].multilevelPorts;
    policy.partitions[2].shared = false;
    policy.interfaces[0].addresses.push({ address: "192.0.2.4/24", partition: "audit" });
  });
  const speakers = (index: number): Map<AddressKey, boolean> =>
    new Map([...layout.rulesOf(index, [1500], 1500).speakers].map(([at, { isOwned }]) => [at, isOwned]));
  assert.equal(
    speakers(1),
    new Map([
      [key(OUR4), false],
      [key(OUR6), false],
      [key("192.0.2.2"), true],
    ]),
  );
  assert.equal(speakers(2), new Map([[key("192.0.2.4"), true]]), "kept off the shared ones");
});

test("the MTU inside: what is said, else the port's or the smallest wire's less a label, whichever is smaller", () => {
  const mtu = (wires: readonly number[], port: number, said?: number): number =>
    layoutOf((policy) => {
      if (said !== undefined) policy.live.partitions.public.mtu = said;
    }).rulesOf(0, wires, port).mtu;
  assert.is(mtu([1500], 1500), 1500 - MOST_LABEL);
  assert.is(mtu([9000, 1500], 9000), 1500 - MOST_LABEL);
  assert.is(mtu([1500], 1400), 1400);
  assert.is(mtu([1500], 1500, 1280), 1280);
  assert.is(mtu([1500], 1500, 1500), 1500);
  assert.throws(
    () => mtu([1500], 1400, 1401),
    (error: LiveError) => error.code === "MTU_TOO_LARGE" && error.mend === '"mtu": 1400',
  );
});

test("equal labels of packets are one object", () => {
  const layout = layoutOf();
  const label = layout.intern(makeLabel(16, 3, [7]));
  assert.is(layout.intern(makeLabel(16, 3, [7])), label);
  assert.is.not(layout.intern(makeLabel(16, 3, [8])), label);
  assert.is.not(layout.intern(makeLabel(17, 3, [7])), label);
});

test("a label is said in CIPSO and CALIPSO, or in RIPSO where the interface wants it and the policy maps it", () => {
  const label = makeLabel(16, 5, [0]);
  const { questions } = layoutOf();
  assert.equal(questions.encode(label, 0, 4), cipsoOption(label));
  assert.equal(questions.encode(label, 0, 6), calipsoOption(label));
  const ripso = layoutOf((policy) => {
    policy.ripso = { mode: "map", levels: { SECRET: 5 }, authorities: { NONE: [], GENSER: [0] } };
    policy.live.interfaces.net0.ipv4 = "ripso";
  }).questions;
  assert.equal(Array.from(ripso.encode(label, 0, 4)!), [130, 4, 0x5a, 0x80]);
  assert.is(ripso.encode(makeLabel(16, 4), 0, 4), null);
  assert.equal(ripso.encode(label, 0, 6), calipsoOption(label));
});

test("an address has one key, wherever it stands, and no other address has it", () => {
  const addresses = [OUR4, "255.255.255.255", "128.0.0.0", "0.0.0.1", OUR6, "::", "ffff::", "::1", "::c000:201"];
  const keys = addresses.map((address) => {
    const octets = parseAddress(address);
    const bytes = new Uint8Array(3 + octets.length + 2).fill(0xee);
    bytes.set(octets, 3);
    assert.is(keyAt(bytes, 3, octets.length), keyOf(octets));
    return keyOf(octets);
  });
  assert.is(new Set(keys).size, addresses.length);
  assert.is(keyOf(parseAddress("255.255.255.255")), 0xffffffff, "not negative");
});

test.run();
