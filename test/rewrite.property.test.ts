// Rewriting at random: the label that was put in is read, and nothing else changed. LABELGATE_SEED repeats a run.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TABLES } from "../assembly/memory.ts";
import { bootKernel } from "../ts/boot.ts";
import { createDecoder } from "../ts/decode.ts";
import { batchOf } from "../ts/frames.ts";
import { equal, type Label } from "../ts/label.ts";
import type { Packet } from "../ts/packet.ts";
import { isLabelled, isWellFormed, reasonName } from "../ts/reason.ts";
import { encodeLabelOption, stampLabel, stripLabel } from "../ts/rewrite.ts";
import { randomSeed } from "./generate/differential.ts";
import { carried, carriedByCalipso } from "./generate/label.ts";
import { packet } from "./generate/packet.ts";
import { checksumOf, leftOf, packet4, packet6 } from "./generate/rewritten.ts";
import { RAW } from "./packets.ts";

const test = suite("rewrite at random");
const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
console.log(`seed ${seed}`);
const RUNS = 10_000;

const decoder = createDecoder();
const read = (bytes: Uint8Array): Packet => decoder.read(batchOf([{ bytes, linkType: RAW }]), 0);

const wellFormed = fc
  .oneof({ weight: 3, arbitrary: packet4 }, { weight: 3, arbitrary: packet6 }, { weight: 1, arbitrary: packet })
  .map(({ bytes }) => Uint8Array.from(bytes))
  .filter((bytes) => {
    const { status, packetEnd } = read(bytes);
    return isWellFormed(status) && packetEnd === bytes.length;
  });
const label = fc.oneof(carried, carriedByCalipso);

type Version = 4 | 6;
const versionOf = (bytes: Uint8Array): Version => (bytes[0]! >> 4) as Version;

/** The option of a label, or `null`: there is none. */
function optionOf(of: Label, version: Version): Uint8Array | null {
  try {
    return encodeLabelOption(of, version === 4 ? "cipso" : "calipso");
  } catch (error) {
    assert.instance(error, RangeError);
    return null;
  }
}

/** Whether there is room for an option: 40 octets of IPv4 without NOPs; seven other options and 11 other headers of IPv6. */
function fits(bytes: Uint8Array, option: Uint8Array): boolean {
  const { others } = leftOf(bytes);
  if (versionOf(bytes) === 6) {
    return isFirst(bytes, option) || (others.length < 8 && (bytes[6] === 0 || !isFull(bytes)));
  }
  return others.reduce((sum, text) => sum + text.length / 2, option.length) <= 40;
}

// The generator's longest chains are of routing headers of 8 octets.
const isFull = (bytes: Uint8Array): boolean =>
  Array.from({ length: 12 }, (_, i) => bytes[i === 0 ? 6 : 40 + (i - 1) * 8]).every((type) => type === 43);

const isFirst = (bytes: Uint8Array, option: Uint8Array): boolean => {
  const at = versionOf(bytes) === 4 ? 20 : 42;
  const isThere = versionOf(bytes) === 4 ? (bytes[0]! & 15) > 5 : bytes[6] === 0;
  return isThere && option.every((octet, i) => bytes[at + i] === octet);
};

function run(name: string, check: (bytes: Uint8Array, first: Label, second: Label) => void): void {
  test(name, () => {
    fc.assert(fc.property(wellFormed, label, label, check), { numRuns: RUNS, seed });
  });
}

let stamped = 0;
run("O-02, O-05: the label is read again, first of all options; the rest of the packet is what it was", (bytes, of) => {
  const option = optionOf(of, versionOf(bytes));
  if (option === null) return;
  if (!fits(bytes, option)) {
    assert.throws(() => stampLabel(bytes, of), /does not fit/);
    return;
  }
  const after = stampLabel(bytes, of);
  const before = read(bytes);
  const now = read(after);
  stamped++;
  assert.ok(isWellFormed(now.status), reasonName(now.status));
  assert.ok(isLabelled(now.status));
  assert.ok(now.label !== null && now.label.scheme !== "ripso" && equal(now.label.label, of));
  assert.equal(now.labelSpan, { offset: versionOf(bytes) === 4 ? 20 : 42, length: option.length });
  assert.is(now.packetEnd, after.length);
  assert.equal(leftOf(after), leftOf(bytes));
  for (const field of ["src", "dst", "protocol", "srcPort", "dstPort"] as const) {
    assert.equal(now[field], before[field], field);
  }
  const fragmentOf = ({ fragment }: Packet): unknown => fragment && { ...fragment, at: 0 };
  assert.equal(fragmentOf(now), fragmentOf(before));
  if (versionOf(bytes) === 4) assert.is(checksumOf(after), checksumOf(bytes), "O-04");
});

test("most packets take the label", () => {
  assert.ok(stamped > RUNS / 2, `${stamped}`);
});

run("O-01, O-05, Q-07: no label is left, and the rest of the packet is what it was", (bytes) => {
  const after = stripLabel(bytes);
  assert.is(reasonName(read(after).status), "NO_LABEL");
  assert.equal(leftOf(after), leftOf(bytes));
  assert.ok(after.length <= bytes.length);
  assert.equal(stripLabel(after), after);
  if (reasonName(read(bytes).status) === "NO_LABEL") assert.equal(after, bytes);
});

run(
  "O-03: the same label again changes nothing; another one takes its place; none is left behind",
  (bytes, of, then) => {
    const [option, other] = [of, then].map((each) => optionOf(each, versionOf(bytes)));
    if (!option || !other || !fits(bytes, option) || !fits(bytes, other)) return;
    const once = stampLabel(bytes, of);
    assert.equal(stampLabel(once, of), once);
    assert.equal(leftOf(stripLabel(once)), leftOf(stripLabel(bytes)));
    const twice = stampLabel(once, then);
    assert.ok(equal((read(twice).label as { label: Label }).label, then));
    assert.equal(leftOf(twice), leftOf(bytes));
    // NOPs that gave way to a long label are gone; a label that was there may have been padded otherwise.
    if (versionOf(bytes) === 6 && !isFirst(bytes, other) && !isFirst(bytes, option)) {
      assert.equal(twice, stampLabel(bytes, then));
    }
  },
);

// Any octets: what is not sound is refused, and nothing but the result is written.
const SLACK = 8; // octets behind the result that a kernel may write
const FAILED = 320; // octets more than the packet's own that a refused one may leave
const GUARD = 4096;
const MOST = 4096;
const OPTION = TABLES;
const PACKET = OPTION + 512;
const TO = PACKET + MOST + GUARD;
const { exports, memory } = bootKernel(TO + 2 * MOST + GUARD);
const octets = new Uint8Array(memory.buffer);

const anyPacket: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(fc.constantFrom(0x40, 0x60), fc.nat(15), fc.array(fc.nat(255), { maxLength: 200 }))
    .map(([version, low, rest]) => Uint8Array.of(version | low, ...rest)),
  // Small lengths and types that mean something, so that walks go far.
  fc
    .tuple(
      fc.constantFrom(0x45, 0x46, 0x4a, 0x4f),
      fc.array(fc.constantFrom(0, 1, 2, 3, 4, 7, 10, 40, 130, 133, 134, 255), { minLength: 60, maxLength: 80 }),
    )
    .map(([first, rest]) => Uint8Array.of(first, 0, 0, 60 + (rest[0]! % 22), ...rest)),
  fc
    .tuple(
      fc.nat(12),
      fc.array(fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 10, 30, 255), { minLength: 32, maxLength: 160 }),
    )
    .map(([length, rest]) =>
      Uint8Array.of(0x60, 0, 0, 0, 0, length * 8, 0, 64, ...new Uint8Array(32), 17, length, ...rest),
    ),
  // Sound packets with one octet wrong.
  fc.tuple(wellFormed, fc.nat(), fc.nat(255)).map(([bytes, at, value]) => bytes.with(at % bytes.length, value)),
  fc.tuple(wellFormed, fc.nat()).map(([bytes, length]) => bytes.slice(0, length % (bytes.length + 1))),
);
const anyOption: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.constantFrom(134, 134, 130, 7, 7, 7, 0, 133),
    fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.nat(255), { maxLength: 20 }) },
      { weight: 1, arbitrary: fc.array(fc.nat(255), { maxLength: 255 }) },
    ),
  )
  .map(([type, rest]) => Uint8Array.of(type, ...rest));

test("any octets end in a packet or a refusal, and nothing but the result is written", () => {
  let [done, refused] = [0, 0];
  const property = fc.property(anyPacket, fc.option(anyOption, { freq: 2 }), (bytes, option) => {
    octets.fill(0xa5, PACKET, TO + 2 * MOST);
    octets.set(bytes, PACKET);
    if (option !== null) octets.set(option, OPTION);
    const length =
      option === null
        ? exports.strip(PACKET, bytes.length, TO)
        : exports.stamp(PACKET, bytes.length, OPTION, option.length, TO);
    if (length === 0) refused++;
    else done++;
    assert.ok(length !== 0 || exports.rewriteFailure() > 0);
    assert.equal(octets.slice(PACKET, PACKET + bytes.length), bytes);
    assert.ok(
      octets.subarray(PACKET + bytes.length, TO).every((octet) => octet === 0xa5),
      "before",
    );
    const end = TO + (length === 0 ? bytes.length + FAILED : length + SLACK);
    assert.ok(
      octets.subarray(end, TO + 2 * MOST).every((octet) => octet === 0xa5),
      "behind",
    );
    assert.ok(length <= bytes.length + FAILED);
  });
  fc.assert(property, { numRuns: RUNS, seed });
  assert.ok(done > RUNS / 10 && refused > RUNS / 10, `${done} and ${refused}`);
});

test.run();
