import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LINK_TYPES } from "../ts/capture/link.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import { MAX_CAPLEN } from "../ts/frames.ts";
import { concat, ORDERS, octetsOf, pack, pcapHeader, pcapRecord, readAll, u8, u16, u32 } from "./captures.ts";

const test = suite("pcap");

const read = (...parts: Uint8Array[]) => readAll(readCaptureSync(concat(parts)));

for (const order of ORDERS) {
  for (const [magic, fraction, nanoseconds] of [
    [0xa1b2c3d4, 123_456, 123_456_000],
    [0xa1b23c4d, 123_456_789, 123_456_789],
  ] as const) {
    test(`reads magic ${magic.toString(16)}, ${order} endian`, () => {
      const octets = octetsOf(61);
      const record = pcapRecord(octets, { order, seconds: 1_700_000_000, fraction, wire: 1500 });
      const { frames, interfaces, error } = read(pcapHeader({ order, magic, linkType: 101, snapLength: 61 }), record);
      assert.is(error, null);
      assert.equal(interfaces, [{ linkType: 101, name: null, snapLength: 61 }]);
      assert.equal(frames, [
        { number: 1, octets, wireLength: 1500, linkType: 101, interface: 0, seconds: 1_700_000_000, nanoseconds },
      ]);
    });
  }

  test(`reads Kuznetzov's format, ${order} endian`, () => {
    const record = (octets: Uint8Array) =>
      pack(
        order,
        ...[u32(7), u32(5), u32(octets.length), u32(99)],
        ...[u32(3), u16(0x0800), u8(4), u8(0)], // interface, protocol, packet type
        octets,
      );
    const { frames, error } = read(
      pcapHeader({ order, magic: 0xa1b2cd34 }),
      record(octetsOf(10)),
      record(octetsOf(11, 1)),
    );
    assert.is(error, null);
    assert.equal(
      frames.map(({ octets, wireLength, interface: id, seconds, nanoseconds }) => [
        octets,
        wireLength,
        id,
        seconds,
        nanoseconds,
      ]),
      [
        [octetsOf(10), 99, 0, 7, 5000],
        [octetsOf(11, 1), 99, 0, 7, 5000],
      ],
    );
  });
}

for (const [version, swapped] of [
  [[2, 0], true],
  [[2, 1], true],
  [[2, 2], true],
  [[2, 3], false],
  [[2, 4], false],
  [[543, 0], true],
] as const) {
  test(`version ${version.join(".")} has its lengths ${swapped ? "swapped" : "in order"}`, () => {
    const lengths = swapped ? { captured: 90, wire: 20 } : { captured: 20, wire: 90 };
    const { frames, error } = read(pcapHeader({ version }), pcapRecord(octetsOf(20), lengths));
    assert.is(error, null);
    assert.equal([frames[0]!.octets.length, frames[0]!.wireLength], [20, 90]);
  });
}

test("version 2.3 has its lengths swapped when the captured one is the longer", () => {
  const { frames, error } = read(
    pcapHeader({ version: [2, 3] }),
    pcapRecord(octetsOf(20), { captured: 90, wire: 20 }),
    pcapRecord(octetsOf(20), { captured: 20, wire: 90 }),
  );
  assert.is(error, null);
  assert.equal(
    frames.map(({ octets, wireLength }) => [octets.length, wireLength]),
    [
      [20, 90],
      [20, 90],
    ],
  );
});

for (const version of [
  [1, 4],
  [0, 0],
  [2, 5],
  [3, 0],
  [543, 1],
] as const) {
  test(`version ${version.join(".")} is refused`, () => {
    const { frames, error } = read(pcapHeader({ version }), pcapRecord(octetsOf(20)));
    assert.is(frames.length, 0);
    assert.is(error?.offset, 4);
    assert.match(error!.message, `pcap version ${version.join(".")}`);
  });
}

test("a wire length below the captured one is kept", () => {
  const { frames } = read(pcapHeader(), pcapRecord(octetsOf(20), { wire: 3 }));
  assert.equal([frames[0]!.octets.length, frames[0]!.wireLength], [20, 3]);
});

test("frames longer than the header's snap length are not cut", () => {
  const { frames, error } = read(pcapHeader({ snapLength: 8 }), pcapRecord(octetsOf(20)));
  assert.is(error, null);
  assert.is(frames[0]!.octets.length, 20);
});

test("an empty frame is a frame", () => {
  const { frames, error } = read(pcapHeader(), pcapRecord(octetsOf(0), { wire: 60 }), pcapRecord(octetsOf(1)));
  assert.is(error, null);
  assert.equal(
    frames.map(({ octets }) => octets.length),
    [0, 1],
  );
});

test("seconds are unsigned, and a fraction of a second or more is carried", () => {
  const time = (magic: number, seconds: number, fraction: number) => {
    const [frame] = read(pcapHeader({ magic }), pcapRecord(octetsOf(4), { seconds, fraction })).frames;
    return [frame!.seconds, frame!.nanoseconds];
  };
  assert.equal(time(0xa1b2c3d4, 0xffff_ffff, 999_999), [4_294_967_295, 999_999_000]);
  assert.equal(time(0xa1b2c3d4, 5, 1_000_000), [6, 0]);
  assert.equal(time(0xa1b2c3d4, 5, 0xffff_ffff), [5 + 4294, 967_295_000]);
  assert.equal(time(0xa1b23c4d, 5, 999_999_999), [5, 999_999_999]);
  assert.equal(time(0xa1b23c4d, 0xffff_ffff, 0xffff_ffff), [4_294_967_299, 294_967_295]);
});

test("a captured length of 262,144 is read, one more is refused", () => {
  const { frames, error } = read(
    pcapHeader(),
    pcapRecord(octetsOf(MAX_CAPLEN)),
    pcapRecord(octetsOf(MAX_CAPLEN + 1)),
    pcapRecord(octetsOf(10)),
  );
  assert.is(frames.length, 1);
  assert.is(frames[0]!.octets.length, MAX_CAPLEN);
  assert.is(error?.offset, 24 + 16 + MAX_CAPLEN + 8);
  assert.match(error!.message, "captured length 262145");
});

test("the field that is blamed is the one that holds the captured length", () => {
  const { error } = read(
    pcapHeader({ version: [2, 2] }),
    pcapRecord(octetsOf(1), { captured: 5, wire: MAX_CAPLEN + 1 }),
  );
  assert.is(error?.offset, 24 + 12);
});

for (const [linkType, name] of LINK_TYPES) {
  test(`reads link type ${linkType}, ${name}, whatever is said of its check sequence`, () => {
    const { frames, error } = read(pcapHeader({ linkType: 0xf400_0000 + linkType }), pcapRecord(octetsOf(20)));
    assert.is(error, null);
    assert.is(frames[0]!.linkType, linkType);
  });
}

test("another link type is refused at its field, by number and name, with those that are read", () => {
  for (const [linkType, words] of [
    [105, "link type 105 (IEEE802_11) is not supported"],
    [150, "link type 150 (USER3) is not supported"],
    [9999, "link type 9999 is not supported"],
    [0x0001_0001, "link type 65537 is not supported"],
  ] as const) {
    const { frames, error } = read(pcapHeader({ linkType }), pcapRecord(octetsOf(20)));
    assert.is(frames.length, 0);
    assert.is(error?.offset, 20);
    assert.match(error!.message, words);
    assert.match(error!.message, "1 ETHERNET");
    assert.match(error!.message, "276 LINUX_SLL2");
  }
});

test("a header without records is an empty run of frames", () => {
  assert.equal(read(pcapHeader()), { frames: [], interfaces: [], error: null });
});

test.run();
