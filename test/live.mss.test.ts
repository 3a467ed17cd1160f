// RFC 9293 section 3.7.1: the announced segment size is lowered, the rest of the segment stays, its checksum is right.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clampMss } from "../ts/live/mss.ts";

const test = suite("live mss");

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const SYN = 2;
const ACK = 16;
const PSEUDO = 0x1_2345; // what the addresses, the protocol and the length add up to

/** RFC 9293 section 3.1: 0xffff when the checksum is right, by plain addition of all 16-bit words. */
function sumOf(segment: Uint8Array): number {
  let sum = PSEUDO;
  segment.forEach((octet, i) => {
    sum += i % 2 === 0 ? octet * 256 : octet;
  });
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

/** A segment with these options (padded with zeros), and its right checksum. */
function segmentOf(options: readonly number[], flags: number = SYN, payload: readonly number[] = []): Uint8Array {
  const area = Math.ceil(options.length / 4) * 4;
  const segment = new Uint8Array(20 + area + payload.length);
  segment.set([0, 80, 0x30, 0x39, 1, 2, 3, 4, 0, 0, 0, 0, (5 + area / 4) << 4, flags, 0xff, 0xff]);
  segment.set(options, 20);
  segment.set(payload, 20 + area);
  const checksum = ~sumOf(segment) & 0xffff;
  segment.set([checksum >> 8, checksum & 255], 16);
  assert.is(sumOf(segment), 0xffff);
  return segment;
}

/** What is left of the options, with everything else as it was; `null`: nothing was done. */
function clamped(options: readonly number[], most: number, flags?: number): string | null {
  const before = segmentOf(options, flags);
  for (const at of [0, 1, 2, 35]) {
    const bytes = new Uint8Array(at + before.length + 3).fill(0xee);
    bytes.set(before, at);
    const isDone = clampMss(bytes, at, at + before.length, most);
    const after = bytes.slice(at, at + before.length);
    assert.ok([...bytes.subarray(0, at), ...bytes.subarray(at + before.length)].every((octet) => octet === 0xee));
    assert.is(sumOf(after), 0xffff, "the checksum is right");
    assert.equal(after.slice(0, 16), before.slice(0, 16));
    if (!isDone) assert.equal(after, before);
    if (at === 35) return isDone ? hex(after.subarray(20)) : null;
  }
  throw new Error("unreachable");
}

const CLAMPED: readonly (readonly [name: string, options: readonly number[], most: number, after: string])[] = [
  ["a SYN that announces 1460", [2, 4, 5, 180], 1400, "02040578"],
  ["one octet more than the most", [2, 4, 5, 121], 1400, "02040578"],
  ["the largest there is", [2, 4, 255, 255], 1, "02040001"],
  ["behind other options", [3, 3, 7, 1, 4, 2, 2, 4, 5, 180, 1, 1], 1400, "03030701040202040578" + "0101"],
  ["at an odd place", [1, 2, 4, 5, 180, 0, 0, 0], 1400, "0102040578000000"],
  [
    "at an odd place, to the end of the options",
    [1, 1, 1, 1, 1, 1, 1, 2, 4, 5, 180, 7],
    1400,
    "01010101010101" + "0204057807",
  ],
  ["at an odd place, octets beside it large", [255, 3, 255, 2, 4, 255, 255, 255], 1, "ff03ff02040001ff"],
  ["at the end of the longest header", [...Array(36).fill(1), 2, 4, 5, 180], 1400, `${"01".repeat(36)}02040578`],
];
for (const [name, options, most, after] of CLAMPED) {
  test(`clamped: ${name}`, () => {
    assert.is(clamped(options, most), after);
    assert.is(clamped(options, most, SYN | ACK), after, "SYN and ACK");
  });
}

const LEFT: readonly (readonly [name: string, options: readonly number[], flags?: number])[] = [
  ["just the most", [2, 4, 5, 120]],
  ["lower", [2, 4, 2, 24]],
  ["nothing", [2, 4, 0, 0]],
  ["no options", []],
  ["no MSS among the options", [1, 3, 3, 7, 4, 2, 1, 1]],
  ["behind the end of the options", [0, 0, 0, 0, 2, 4, 5, 180]],
  ["no SYN", [2, 4, 5, 180], ACK],
  ["of another length", [2, 3, 5, 1, 0, 0, 0, 0]],
  ["of another length, longer", [2, 6, 255, 255, 255, 255, 0, 0]],
  ["cut off: only its kind", [1, 1, 1, 2]],
  ["cut off: its length says more than there is", [1, 1, 2, 4]],
  ["behind an option of no length", [8, 0, 2, 4, 5, 180, 0, 0]],
  ["behind an option of one octet's length", [8, 1, 2, 4, 5, 180, 0, 0]],
  ["behind an option that ends behind the header", [8, 9, 2, 4, 5, 180, 0, 0]],
];
for (const [name, options, flags] of LEFT) {
  test(`left alone: ${name}`, () => {
    assert.is(clamped(options, 1400, flags), null);
  });
}

test("left alone: 19 octets, and a header that is longer than the segment or shorter than a header", () => {
  const whole = segmentOf([2, 4, 5, 180]);
  assert.not(clampMss(whole.slice(), 0, 19, 1400));
  assert.not(clampMss(whole.slice(), 0, 23, 1400));
  assert.ok(clampMss(whole.slice(), 0, 24, 1400));
  for (const words of [0, 4, 5, 7, 15]) {
    const segment = whole.slice();
    segment[12] = words << 4;
    assert.not(clampMss(segment, 0, segment.length, 1400), `${words}`);
  }
});

test("in any segment: lowered to the most or left, and the checksum as right as it was", () => {
  const option = fc.oneof(
    { weight: 3, arbitrary: fc.constant([1]) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 65535 }).map((mss) => [2, 4, mss >> 8, mss & 255]) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 9 }).map((value) => [8, value.length + 2, ...value]) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }).map((octets) => [...octets]) },
  );
  fc.assert(
    fc.property(
      fc.array(option, { maxLength: 9 }).map((options) => options.flat().slice(0, 40)),
      fc.uint8Array({ maxLength: 5 }),
      fc.integer({ min: 0, max: 65535 }),
      (options, payload, most) => {
        const before = segmentOf(options, SYN, [...payload]);
        const after = before.slice();
        const isDone = clampMss(after, 0, after.length, most);
        assert.is(sumOf(after), 0xffff);
        const changed = [...after.keys()].filter((i) => after[i] !== before[i] && i !== 16 && i !== 17);
        if (!isDone) assert.equal(after, before);
        else {
          const [first, last] = [changed[0]!, changed.at(-1)!];
          const at = [first, first - 1].find((i) => before[i - 2] === 2 && before[i - 1] === 4)!;
          assert.ok(last <= at + 1);
          assert.is(after[at]! * 256 + after[at + 1]!, most);
          assert.ok(before[at]! * 256 + before[at + 1]! > most);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("a segment whose checksum was wrong stays as wrong: the difference does not change", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0xfffe }), fc.boolean(), (wrong, isOdd) => {
      const segment = segmentOf(isOdd ? [1, 2, 4, 5, 180] : [2, 4, 5, 180]);
      const checksum = (((segment[16]! << 8) | segment[17]!) + wrong) % 0xffff;
      segment.set([checksum >> 8, checksum & 255], 16);
      const before = sumOf(segment) % 0xffff;
      clampMss(segment, 0, segment.length, 1400);
      assert.is(sumOf(segment) % 0xffff, before);
    }),
  );
});

test.run();
