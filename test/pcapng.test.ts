import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_BLOCK, MAX_INTERFACES, MAX_NAME } from "../ts/capture/pcapng.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import { MAX_CAPLEN } from "../ts/frames.ts";
import {
  block,
  concat,
  type DescriptionOptions,
  description,
  ORDERS,
  obsoletePacket,
  octetsOf,
  option,
  pack,
  packet,
  readAll,
  section,
  simplePacket,
  u16,
  u32,
} from "./captures.ts";

const test = suite("pcapng");

const read = (...parts: Uint8Array[]) => readAll(readCaptureSync(concat(parts)));
const encode = (text: string) => new TextEncoder().encode(text);

for (const order of ORDERS) {
  test(`reads all three kinds of packets, ${order} endian`, () => {
    const time = 1_700_000_000_123_456n;
    const { frames, interfaces, error } = read(
      section(order),
      description({ order, linkType: 1, snapLength: 96, name: "eth0" }),
      description({ order, linkType: 101, name: "tun0" }),
      packet(octetsOf(61), { order, interface: 1, time, wire: 1500, options: option(order, 1, encode("why")) }),
      obsoletePacket(octetsOf(33, 1), { order, interface: 0, time, wire: 34 }),
      simplePacket(octetsOf(96, 2), 1000, order),
      simplePacket(octetsOf(17, 3), 17, order),
    );
    assert.is(error, null);
    assert.equal(interfaces, [
      { linkType: 1, name: "eth0", snapLength: 96 },
      { linkType: 101, name: "tun0", snapLength: 0 },
    ]);
    const at = { seconds: 1_700_000_000, nanoseconds: 123_456_000 };
    const never = { seconds: 0, nanoseconds: 0 };
    assert.equal(frames, [
      { number: 1, octets: octetsOf(61), wireLength: 1500, linkType: 101, interface: 1, ...at },
      { number: 2, octets: octetsOf(33, 1), wireLength: 34, linkType: 1, interface: 0, ...at },
      { number: 3, octets: octetsOf(96, 2), wireLength: 1000, linkType: 1, interface: 0, ...never },
      { number: 4, octets: octetsOf(17, 3), wireLength: 17, linkType: 1, interface: 0, ...never },
    ]);
  });
}

test("sections have their own byte order and interfaces; rows count interfaces over the capture", () => {
  const { frames, interfaces, error } = read(
    section("little", 12345n), // a section length is not relied on
    description({ linkType: 1, name: "a", resolution: 9 }),
    packet(octetsOf(5), { time: 5n }),
    section("big"),
    description({ order: "big", linkType: 101, name: "b" }),
    description({ order: "big", linkType: 228, name: "c", resolution: 0 }),
    packet(octetsOf(6), { order: "big", interface: 1, time: 5n }),
    section("little", 0n),
    description({ linkType: 229 }),
    packet(octetsOf(7), { interface: 0, time: 5n }),
  );
  assert.is(error, null);
  assert.equal(
    interfaces.map(({ linkType, name }) => [linkType, name]),
    [
      [1, "a"],
      [101, "b"],
      [228, "c"],
      [229, null],
    ],
  );
  assert.equal(
    frames.map((frame) => [frame.number, frame.interface, frame.linkType, frame.seconds, frame.nanoseconds]),
    [
      [1, 0, 1, 0, 5],
      [2, 2, 228, 5, 0],
      [3, 3, 229, 0, 5000],
    ],
  );
});

test("an interface of the section before is not described in this one", () => {
  const before = [section(), description(), packet(octetsOf(5)), section()];
  const { frames, error } = read(...before, packet(octetsOf(5)));
  assert.is(frames.length, 1);
  assert.is(error?.offset, concat(before).length + 8);
  assert.match(error!.message, "packet of interface 0: the section describes 0");
});

test("blocks of other types are passed over", () => {
  const { frames, error } = read(
    section(),
    block("little", 4, octetsOf(40)), // name resolution
    description(),
    ...[5, 9, 10, 0xbad, 0x4000_0bad, 0x8000_0001, 0xffff_ffff].map((type) => block("little", type, octetsOf(24))),
    packet(octetsOf(5)),
    block("little", 5), // nothing in it
  );
  assert.is(error, null);
  assert.is(frames.length, 1);
});

// Times: the conversion against the same in bigints.

function timeOf(time: bigint, settings: DescriptionOptions): [number, number] {
  const [frame] = read(section(), description(settings), packet(octetsOf(1), { time })).frames;
  return [frame!.seconds, frame!.nanoseconds];
}

function expectedTime(time: bigint, resolution: number, offset: bigint): [number, number] {
  const ticks = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
  return [Number(time / ticks + offset), Number(((time % ticks) * 1_000_000_000n) / ticks)];
}

test("every resolution that fits converts exactly, with offsets of both signs", () => {
  const resolution = fc.oneof(
    fc.integer({ min: 0, max: 19 }),
    fc.integer({ min: 0x80, max: 0x80 + 63 }),
    fc.constantFrom(6, 9),
  );
  const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const offset = fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n });
  fc.assert(
    fc.property(resolution, time, offset, (octet, count, seconds) => {
      const ticks = octet & 0x80 ? 2n ** BigInt(octet & 0x7f) : 10n ** BigInt(octet);
      fc.pre(count / ticks < 2n ** 52n);
      assert.equal(timeOf(count, { resolution: octet, offset: seconds }), expectedTime(count, octet, seconds));
    }),
    { numRuns: 3000 },
  );
});

test("counts just around whole seconds convert exactly", () => {
  for (const resolution of [0, 3, 6, 9, 10, 19, 0x80, 0x80 + 10, 0x80 + 32, 0x80 + 63]) {
    const ticks = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
    for (const seconds of [0n, 1n, 1_700_000_000n, 2n ** 32n, 18_446_744_073n]) {
      for (const step of [-1n, 0n, 1n]) {
        const time = seconds * ticks + step;
        if (time < 0n || time >= 2n ** 64n) continue;
        assert.equal(timeOf(time, { resolution }), expectedTime(time, resolution, 0n), `${resolution} ${time}`);
      }
    }
  }
});

test("without if_tsresol a count is of microseconds", () => {
  assert.equal(timeOf(1_999_999n, {}), [1, 999_999_000]);
});

test("before 1970 seconds are rounded down and nanoseconds stay positive", () => {
  assert.equal(timeOf(500_000n, { offset: -1n }), [-1, 500_000_000]);
});

test("seconds beyond 2^53 are the nearest number", () => {
  const [most, least] = [2n ** 63n - 1n, -(2n ** 63n)];
  assert.equal(timeOf(2n ** 64n - 1n, { resolution: 0, offset: most })[0], Number(2n ** 64n - 1n + most));
  assert.equal(timeOf(0n, { resolution: 9, offset: least }), [Number(least), 0]);
});

for (const [resolution, fits] of [
  [19, true],
  [20, false],
  [127, false],
  [0x80 + 63, true],
  [0x80 + 64, false],
  [0xff, false],
] as const) {
  test(`if_tsresol ${resolution} is ${fits ? "read" : "refused"}`, () => {
    const { frames, error } = read(section(), description({ resolution }), packet(octetsOf(4), { time: 1n }));
    assert.is(frames.length, fits ? 1 : 0);
    assert.is(error?.offset, fits ? undefined : 28 + 16 + 4);
  });
}

test("options that are malformed are refused where they stand", () => {
  const cases: [Uint8Array, number, string][] = [
    [pack("little", u16(9), u16(2), u32(6)), 44, "if_tsresol of 2 octets: expected 1"],
    [pack("little", u16(14), u16(4), u32(6)), 44, "if_tsoffset of 4 octets: expected 8"],
    [pack("little", u16(9), u16(1), u32(6), u16(9), u16(1), u32(6)), 52, "if_tsresol given twice"],
    [concat([option("little", 14, octetsOf(8)), option("little", 14, octetsOf(8))]), 56, "if_tsoffset given twice"],
    [pack("little", u16(2), u16(9), u32(6)), 44, "option 2 of 9 octets does not fit"],
    [pack("little", u16(77), u16(0xffff), u32(6)), 44, "option 77 of 65535 octets does not fit"],
  ];
  for (const [list, offset, words] of cases) {
    const { error } = read(section(), description({ options: [list] }), packet(octetsOf(4)));
    assert.is(error?.offset, offset, words);
    assert.match(error!.message, words);
  }
});

test("options end at opt_endofopt or with the block, and unknown ones are passed over", () => {
  const name = (...options: Uint8Array[]) => {
    const described = block("little", 1, u16(1), u16(0), u32(0), concat(options));
    const { interfaces, error } = read(section(), described, packet(octetsOf(4)));
    assert.is(error, null);
    return interfaces[0]!.name;
  };
  const end = option("little", 0, octetsOf(0));
  const called = (text: string) => option("little", 2, encode(text));
  assert.is(name(), null);
  assert.is(name(called("lan"), end), "lan");
  assert.is(name(called("lan")), "lan");
  assert.is(name(option("little", 8, octetsOf(8)), option("little", 3, encode("a card")), called("lan")), "lan");
  assert.is(name(end, called("lan")), null);
  assert.is(name(called("lan\0\0")), "lan");
  assert.is(name(called("Büro – 네트워크")), "Büro – 네트워크");
  assert.is(name(option("little", 2, Uint8Array.of(0x61, 0xff))), "a\ufffd");
});

test("a name is kept up to 1024 octets, cut at a character", () => {
  const name = (text: string) => read(section(), description({ name: text }), packet(octetsOf(4))).interfaces[0]!.name;
  assert.is(name("x".repeat(MAX_NAME)), "x".repeat(MAX_NAME));
  assert.is(name("x".repeat(MAX_NAME + 1)), "x".repeat(MAX_NAME));
  assert.is(name(`${"x".repeat(MAX_NAME - 2)}€`), "x".repeat(MAX_NAME - 2));
  assert.is(name(`${"x".repeat(MAX_NAME - 3)}€`), `${"x".repeat(MAX_NAME - 3)}€`);
});

test("a packet of an interface that was not described is refused at the field", () => {
  const start = [section(), description(), packet(octetsOf(8))];
  const offset = concat(start).length + 8;
  for (const bad of [
    packet(octetsOf(8), { interface: 1 }),
    packet(octetsOf(8), { interface: 0xffff_ffff }),
    obsoletePacket(octetsOf(8), { interface: 0xffff }),
  ]) {
    const { frames, error } = read(...start, bad, packet(octetsOf(8)));
    assert.is(frames.length, 1);
    assert.is(error?.offset, offset);
  }
  assert.is(read(section(), simplePacket(octetsOf(8))).error?.offset, 28);
});

test("a captured length that goes beyond the block is refused, and one that fills it is not", () => {
  const start = [section(), description()];
  const offset = concat(start).length;
  for (const make of [packet, obsoletePacket]) {
    assert.is(read(...start, make(octetsOf(8), { captured: 8 })).error, null);
    const { frames, error } = read(...start, make(octetsOf(8), { captured: 9 }));
    assert.is(frames.length, 0);
    assert.is(error?.offset, offset + 20);
    assert.match(error!.message, "captured length 9: the block has room for 8");
  }
  assert.is(read(...start, simplePacket(octetsOf(8), 9)).error?.offset, offset + 8);
});

test("a captured length of 262,144 is read, one more is refused", () => {
  const start = [section(), description()];
  const offset = concat(start).length;
  for (const make of [packet, obsoletePacket]) {
    assert.is(read(...start, make(octetsOf(MAX_CAPLEN))).frames[0]?.octets.length, MAX_CAPLEN);
    assert.is(read(...start, make(octetsOf(MAX_CAPLEN + 1))).error?.offset, offset + 20);
  }
  assert.is(read(...start, simplePacket(octetsOf(MAX_CAPLEN))).frames[0]?.octets.length, MAX_CAPLEN);
  assert.is(read(...start, simplePacket(octetsOf(MAX_CAPLEN + 1))).error?.offset, offset + 8);
});

test("block lengths are checked at both ends", () => {
  const start = [section(), description(), packet(octetsOf(8))];
  const offset = concat(start).length;
  for (const length of [0, 4, 8, 11, 13, 14, 41, MAX_BLOCK + 4, 0xffff_fffc]) {
    const bad = packet(octetsOf(8));
    new DataView(bad.buffer).setUint32(4, length, true);
    const { frames, error } = read(...start, bad, packet(octetsOf(8)));
    assert.is(frames.length, 1);
    assert.is(error?.offset, offset + 4, `${length}`);
  }
  const bad = packet(octetsOf(8));
  new DataView(bad.buffer).setUint32(bad.length - 4, 44, true);
  const { frames, error } = read(...start, bad);
  assert.is(frames.length, 1);
  assert.is(error?.offset, offset + bad.length - 4);
});

test("a block of 16 MiB is passed over, one of four octets more is refused", () => {
  const start = [section(), description()];
  const big = (length: number) => block("little", 0xbad, new Uint8Array(length - 12));
  const fits = read(...start, big(MAX_BLOCK), packet(octetsOf(8)));
  assert.is(fits.error, null);
  assert.is(fits.frames.length, 1);
  assert.is(read(...start, big(MAX_BLOCK + 4), packet(octetsOf(8))).error?.offset, concat(start).length + 4);
});

test("blocks too short for what they hold are refused", () => {
  const start = [section(), description()];
  const offset = concat(start).length;
  for (const [type, shortest] of [
    [1, 20],
    [2, 32],
    [3, 16],
    [6, 32],
  ] as const) {
    const { error } = read(...start, block("little", type, new Uint8Array(shortest - 12 - 4)));
    assert.is(error?.offset, offset + 4, `${type}`);
    assert.is(read(...start, block("little", type, new Uint8Array(shortest - 12))).error, null, `${type}`);
  }
  const short = read(block("little", 0x0a0d0d0a, u32(0x1a2b3c4d), u32(1), u32(0)));
  assert.is(short.error?.offset, 4);
});

test("section headers: version 1.x only, and the byte-order magic", () => {
  assert.is(read(section("little", -1n, [1, 2]), description(), packet(octetsOf(4))).error, null);
  const version = read(section(), description(), packet(octetsOf(4)), section("big", -1n, [2, 0]));
  assert.is(version.frames.length, 1);
  assert.is(version.error?.offset, 28 + 20 + 36 + 12);
  assert.match(version.error!.message, "pcapng version 2.0");
  const magic = read(block("little", 0x0a0d0d0a, u32(0x1a2b3c4e), u32(1), u32(0), u32(0)));
  assert.is(magic.error?.offset, 8);
});

test("an unsupported link type does no harm until a packet has it, then that packet's block is blamed", () => {
  const start = [
    section(),
    description({ linkType: 105 }),
    description({ linkType: 1 }),
    packet(octetsOf(8), { interface: 1 }),
    packet(octetsOf(9), { interface: 1 }),
  ];
  const offset = concat(start).length;
  assert.is(read(...start).error, null);
  for (const bad of [
    packet(octetsOf(8), { interface: 0 }),
    obsoletePacket(octetsOf(8), { interface: 0 }),
    simplePacket(octetsOf(8)),
  ]) {
    const { frames, error } = read(...start, bad, packet(octetsOf(8), { interface: 1 }));
    assert.is(frames.length, 2);
    assert.is(error?.offset, offset);
    assert.match(error!.message, "packet of interface 0: link type 105 (IEEE802_11) is not supported");
  }
});

test("65,535 interfaces are read over all sections, one more is refused", () => {
  const most = [section()];
  for (let count = 0; count < MAX_INTERFACES; count++) {
    if (count % 1000 === 0) most.push(section());
    most.push(description());
  }
  const last = packet(octetsOf(4), { interface: (MAX_INTERFACES - 1) % 1000 });
  const { frames, error } = read(...most, last);
  assert.is(error, null);
  assert.is(frames[0]!.interface, MAX_INTERFACES - 1);
  const beyond = read(...most, last, description(), last);
  assert.is(beyond.frames.length, 1);
  assert.is(beyond.error?.offset, concat([...most, last]).length);
  assert.match(beyond.error!.message, "more than 65535 interfaces");
});

test("a section without packets is an empty run of frames", () => {
  assert.equal(read(section()), { frames: [], interfaces: [], error: null });
});

test.run();
