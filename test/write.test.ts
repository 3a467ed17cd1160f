import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_INTERFACES } from "../ts/capture/pcapng.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import { MAX_OPTION, PcapngWriter, PcapWriter, WRITE_BYTES } from "../ts/capture/write.ts";
import { MAX_CAPLEN } from "../ts/frames.ts";
import { concat, description, octetsOf, option, packet, pcapHeader, pcapRecord, readAll, section } from "./captures.ts";

const test = suite("write");

class Chunks extends Array<Uint8Array> {
  readonly take = (chunk: Uint8Array): void => {
    this.push(chunk);
  };
  get whole(): Uint8Array {
    return concat(this);
  }
}

const NOW = { seconds: 1_700_000_000, nanoseconds: 123_456_789 };

test("a pcap file is what the format says", () => {
  const chunks = new Chunks();
  const writer = new PcapWriter(chunks.take, { linkType: 113, snapLength: 96 });
  writer.packet(octetsOf(5), { ...NOW, wireLength: 60 });
  writer.flush();
  const header = pcapHeader({ magic: 0xa1b23c4d, linkType: 113, snapLength: 96 });
  assert.equal(
    chunks.whole,
    concat([header, pcapRecord(octetsOf(5), { seconds: NOW.seconds, fraction: 123_456_789, wire: 60 })]),
  );
});

test("a pcap file in microseconds rounds down", () => {
  const chunks = new Chunks();
  const writer = new PcapWriter(chunks.take, { linkType: 1, nanoseconds: false });
  writer.packet(octetsOf(5), { seconds: 1, nanoseconds: 999_999_999 });
  writer.flush();
  assert.equal(
    chunks.whole,
    concat([pcapHeader({ snapLength: MAX_CAPLEN }), pcapRecord(octetsOf(5), { seconds: 1, fraction: 999_999 })]),
  );
});

test("a pcapng file is what the format says", () => {
  const chunks = new Chunks();
  const writer = new PcapngWriter(chunks.take);
  writer.addInterface({ linkType: 1, name: "eth0", snapLength: 96 });
  writer.addInterface({ linkType: 101 });
  writer.packet(octetsOf(5), { interface: 1, ...NOW, wireLength: 60, comment: "why" });
  writer.packet(octetsOf(8), { interface: 0, ...NOW });
  writer.flush();
  const time = 1_700_000_000_123_456_789n;
  const comment = concat([option("little", 1, new TextEncoder().encode("why")), new Uint8Array(4)]);
  assert.equal(
    chunks.whole,
    concat([
      section(),
      description({ name: "eth0", snapLength: 96, resolution: 9 }),
      description({ linkType: 101, resolution: 9 }),
      packet(octetsOf(5), { interface: 1, time, wire: 60, options: comment }),
      packet(octetsOf(8), { time }),
    ]),
  );
});

test("a pcapng section says what wrote it", () => {
  const chunks = new Chunks();
  new PcapngWriter(chunks.take, { hardware: "a machine", application: "labelgate 1" }).flush();
  const text = new TextDecoder().decode(chunks.whole);
  assert.ok(text.includes("\u0002\0\u0009\0a machine\0\0\0\u0004\0\u000b\0labelgate 1\0\0\0\0\0"));
  assert.is(readAll(readCaptureSync(chunks)).error, null);
});

const plain = { noNullPrototype: true };
const anyPacket = fc.record(
  {
    octets: fc.uint8Array({ maxLength: 300 }),
    seconds: fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 0xffff_ffff)),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
    wireLength: fc.integer({ min: 0, max: 0xffff_ffff }),
  },
  plain,
);

test("what goes into a pcap file comes out again", () => {
  fc.assert(
    fc.property(fc.array(anyPacket, { maxLength: 30 }), fc.boolean(), (packets, nanoseconds) => {
      const chunks = new Chunks();
      const writer = new PcapWriter(chunks.take, { linkType: 228, snapLength: 300, nanoseconds });
      for (const { octets, ...at } of packets) writer.packet(octets, at);
      writer.flush();
      const { frames, interfaces, error } = readAll(readCaptureSync(chunks.whole));
      assert.is(error, null);
      if (packets.length > 0) assert.equal(interfaces, [{ linkType: 228, name: null, snapLength: 300 }]);
      const expected = packets.map(({ nanoseconds: time, ...rest }, at) => ({
        ...rest,
        number: at + 1,
        linkType: 228,
        interface: 0,
        nanoseconds: nanoseconds ? time : time - (time % 1000),
      }));
      assert.equal(frames, expected);
    }),
    { numRuns: 500 },
  );
});

test("what goes into a pcapng file comes out again", () => {
  const anyInterface = fc.record(
    {
      linkType: fc.constantFrom(0, 1, 9, 12, 101, 108, 113, 228, 229, 276),
      name: fc.option(fc.string({ unit: "grapheme", maxLength: 20 }).filter((name) => !name.includes("\0"))),
      snapLength: fc.integer({ min: 0, max: 0xffff_ffff }),
    },
    plain,
  );
  const anyPacketOf = fc.record(
    {
      octets: fc.uint8Array({ maxLength: 300 }),
      pick: fc.nat(),
      wireLength: fc.integer({ min: 0, max: 0xffff_ffff }),
      seconds: fc.integer({ min: 0, max: 18_446_744_072 }),
      nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
      comment: fc.option(fc.string({ unit: "binary", maxLength: 40 }), { nil: undefined }),
    },
    plain,
  );
  fc.assert(
    fc.property(fc.array(anyInterface, { minLength: 1, maxLength: 5 }), fc.array(anyPacketOf), (described, packets) => {
      const chunks = new Chunks();
      const writer = new PcapngWriter(chunks.take, { application: "test" });
      const [first, ...others] = described.map((settings) => () => writer.addInterface(settings));
      assert.is(first!(), 0);
      // The others are added late: half-way, an interface may still be new.
      const expected = packets.map(({ octets, pick, wireLength, seconds, nanoseconds, comment }, at) => {
        if (at === packets.length >> 1) others.forEach((add, index) => void assert.is(add(), index + 1));
        const id = at < packets.length >> 1 ? 0 : pick % described.length;
        const settings = { interface: id, seconds, nanoseconds, wireLength };
        writer.packet(octets, comment === undefined ? settings : { ...settings, comment });
        return { ...settings, octets, number: at + 1, linkType: described[id]!.linkType };
      });
      writer.flush();
      const { frames, interfaces, error } = readAll(readCaptureSync(chunks.whole));
      assert.is(error, null);
      assert.equal(frames, expected);
      if (packets.length > 0) assert.equal(interfaces, described);
    }),
    { numRuns: 500 },
  );
});

test("pcapng times are exact up to the last nanosecond of 64 bits", () => {
  for (const [seconds, nanoseconds] of [
    [0, 0],
    [0, 999_999_999],
    [4, 294_967_295],
    [4, 294_967_296],
    [0xffff_ffff, 999_999_999],
    [18_446_744_073, 709_551_615],
  ] as const) {
    const chunks = new Chunks();
    const writer = new PcapngWriter(chunks.take);
    writer.addInterface({ linkType: 1 });
    writer.packet(octetsOf(1), { interface: 0, seconds, nanoseconds });
    writer.flush();
    const [frame] = readAll(readCaptureSync(chunks)).frames;
    assert.equal([frame!.seconds, frame!.nanoseconds], [seconds, nanoseconds]);
  }
});

test("a comment is cut at a character to 65,535 octets", () => {
  const written = (comment: string) => {
    const chunks = new Chunks();
    const writer = new PcapngWriter(chunks.take);
    writer.addInterface({ linkType: 1 });
    writer.packet(octetsOf(5), { interface: 0, ...NOW, comment });
    writer.flush();
    const { frames, error } = readAll(readCaptureSync(chunks));
    assert.is(error, null);
    assert.equal(frames[0]!.octets, octetsOf(5));
    const block = chunks.whole.subarray(28 + 32);
    const length = new DataView(block.buffer, block.byteOffset).getUint16(28 + 8 + 2, true);
    return new TextDecoder("utf-8", { fatal: true }).decode(block.subarray(28 + 8 + 4, 28 + 8 + 4 + length));
  };
  assert.is(written(""), "");
  assert.is(written("dropped: LABEL_REQUIRED – no label"), "dropped: LABEL_REQUIRED – no label");
  assert.is(written("x".repeat(MAX_OPTION)), "x".repeat(MAX_OPTION));
  assert.is(written("x".repeat(MAX_OPTION + 1)), "x".repeat(MAX_OPTION));
  assert.is(written("€".repeat(MAX_OPTION)), "€".repeat(MAX_OPTION / 3));
  assert.is(written(`x${"€".repeat(MAX_OPTION)}`), `x${"€".repeat(MAX_OPTION / 3 - 1)}`);
  assert.is(written("🔒".repeat(MAX_OPTION)), "🔒".repeat(Math.floor(MAX_OPTION / 4)));
  assert.is(written("a\ud800b"), "a\ufffdb");
});

test("chunks are the receiver's to keep, and at most 256 KiB but for one longer record", () => {
  const chunks = new Chunks();
  const copies: Uint8Array[] = [];
  const keep = (chunk: Uint8Array) => {
    chunks.push(chunk);
    copies.push(chunk.slice());
  };
  const writer = new PcapWriter(keep, { linkType: 1 });
  const sizes = [...Array.from({ length: 900 }, (_, at) => (at * 37) % 1500), MAX_CAPLEN, 0, MAX_CAPLEN - 16, 5];
  for (const [at, size] of sizes.entries()) {
    writer.packet(octetsOf(size, at), { seconds: at, nanoseconds: 0 });
    if (at % 300 === 0) writer.flush();
  }
  writer.flush();
  writer.flush();
  assert.equal(
    Array.from(chunks, (chunk) => chunk.length),
    copies.map((copy) => copy.length),
  );
  chunks.forEach((chunk, at) => void assert.ok(Buffer.compare(chunk, copies[at]!) === 0));
  assert.ok(chunks.every(({ length }) => length > 0 && (length <= WRITE_BYTES || length === MAX_CAPLEN + 16)));
  assert.ok(chunks.length < 20);
  const { frames, error } = readAll(readCaptureSync(chunks));
  assert.is(error, null);
  assert.equal(
    frames.map(({ octets }) => octets.length),
    sizes,
  );
  frames.forEach(({ octets }, at) => void assert.ok(Buffer.compare(octets, octetsOf(sizes[at]!, at)) === 0));
});

test("padding is zeros, also where something was written before", () => {
  const chunks = new Chunks();
  const writer = new PcapngWriter(chunks.take);
  writer.addInterface({ linkType: 1 });
  writer.flush();
  writer.packet(new Uint8Array(100).fill(0xff), { interface: 0, ...NOW });
  writer.flush();
  writer.packet(octetsOf(1), { interface: 0, ...NOW });
  writer.flush();
  assert.equal(chunks.at(-1), packet(octetsOf(1), { time: 1_700_000_000_123_456_789n }));
});

test("nothing is handed on before there is a chunk of it, or it is asked for", () => {
  const chunks = new Chunks();
  const writer = new PcapngWriter(chunks.take);
  writer.addInterface({ linkType: 1 });
  writer.packet(octetsOf(60), { interface: 0, ...NOW });
  assert.is(chunks.length, 0);
  writer.flush();
  assert.is(chunks.length, 1);
});

test("a capture without packets is an empty capture", () => {
  for (const make of [
    (chunks: Chunks) => new PcapWriter(chunks.take, { linkType: 1 }),
    (chunks: Chunks) => new PcapngWriter(chunks.take),
  ]) {
    const chunks = new Chunks();
    make(chunks).flush();
    assert.equal(readAll(readCaptureSync(chunks)), { frames: [], interfaces: [], error: null });
  }
});

test("mistakes are RangeErrors that name the value, and write nothing", () => {
  const chunks = new Chunks();
  const pcap = new PcapWriter(chunks.take, { linkType: 1 });
  const pcapng = new PcapngWriter(chunks.take);
  const id = pcapng.addInterface({ linkType: 1, name: "x".repeat(1024) });
  pcap.flush();
  pcapng.flush();
  const before = chunks.length;
  const of = { interface: id, ...NOW };
  const big = new Uint8Array(MAX_CAPLEN + 1);
  const cases: [() => void, string][] = [
    [() => pcap.packet(octetsOf(4), { seconds: -1, nanoseconds: 0 }), "seconds -1: expected 0 to 4294967295"],
    [() => pcap.packet(octetsOf(4), { seconds: 2 ** 32, nanoseconds: 0 }), "seconds 4294967296"],
    [() => pcap.packet(octetsOf(4), { seconds: 0.5, nanoseconds: 0 }), "seconds 0.5"],
    [() => pcap.packet(octetsOf(4), { seconds: Number.NaN, nanoseconds: 0 }), "seconds NaN"],
    [() => pcap.packet(octetsOf(4), { seconds: 0, nanoseconds: 1e9 }), "nanoseconds 1000000000"],
    [() => pcap.packet(octetsOf(4), { ...NOW, wireLength: -1 }), "wire length -1"],
    [() => pcap.packet(big, NOW), "octets 262145: expected 0 to 262144"],
    [() => new PcapWriter(chunks.take, { linkType: 65_536 }), "link type 65536"],
    [() => new PcapWriter(chunks.take, { linkType: 1, snapLength: -1 }), "snap length -1"],
    [() => pcapng.packet(octetsOf(4), { ...of, interface: 1 }), "interface 1: 1 were added"],
    [() => pcapng.packet(octetsOf(4), { ...of, interface: -1 }), "interface -1: 1 were added"],
    [() => pcapng.packet(octetsOf(4), { ...of, seconds: -1 }), "seconds -1: expected 0 to 18446744073"],
    [() => pcapng.packet(octetsOf(4), { ...of, seconds: 18_446_744_074 }), "seconds 18446744074"],
    [
      () => pcapng.packet(octetsOf(4), { ...of, seconds: 18_446_744_073, nanoseconds: 709_551_616 }),
      "nanoseconds 709551616: expected 0 to 709551615",
    ],
    [() => pcapng.packet(octetsOf(4), { ...of, nanoseconds: -1 }), "nanoseconds -1"],
    [() => pcapng.packet(octetsOf(4), { ...of, wireLength: 2 ** 32 }), "wire length 4294967296"],
    [() => pcapng.packet(big, of), "octets 262145"],
    [() => pcapng.addInterface({ linkType: -1 }), "link type -1"],
    [() => pcapng.addInterface({ linkType: 1, snapLength: 1.5 }), "snap length 1.5"],
    [() => pcapng.addInterface({ linkType: 1, name: "x".repeat(1025) }), "octets in the interface's name 1025"],
  ];
  for (const [call, words] of cases) {
    assert.throws(call, (error: unknown) => error instanceof RangeError && error.message.startsWith(words), words);
  }
  pcap.flush();
  pcapng.flush();
  assert.is(chunks.length, before);
});

test("what is of another type is a TypeError, and writes nothing", () => {
  const chunks = new Chunks();
  const pcap = new PcapWriter(chunks.take, { linkType: 1 });
  const pcapng = new PcapngWriter(chunks.take);
  const of = { interface: pcapng.addInterface({ linkType: 1 }), ...NOW };
  pcapng.packet(octetsOf(4), of);
  const cases: [() => void, string][] = [
    [() => pcapng.packet("abc" as never, of), "octets of a packet: expected Uint8Array, got string"],
    [() => pcapng.packet({ length: 5 } as never, of), "octets of a packet: expected Uint8Array, got Object"],
    [() => pcap.packet(Uint32Array.of(1, 2) as never, NOW), "octets of a packet: expected Uint8Array, got Uint32Array"],
    [() => pcap.packet(null as never, NOW), "octets of a packet: expected Uint8Array, got null"],
    [() => pcapng.packet(octetsOf(4), { ...of, comment: 5 as never }), "comment: expected text, got number"],
    [() => pcapng.addInterface({ linkType: 1, name: {} as never }), "name: expected text, got Object"],
    [() => new PcapngWriter(chunks.take, { application: 5 as never }), "application: expected text, got number"],
    [() => new PcapngWriter(chunks.take, { hardware: 5 as never }), "hardware: expected text, got number"],
  ];
  for (const [call, words] of cases) {
    assert.throws(call, (error: unknown) => error instanceof TypeError && error.message === words, words);
  }
  pcapng.flush();
  assert.is(readAll(readCaptureSync(chunks)).frames.length, 1);
});

test("a writer whose chunk was lost takes no more", () => {
  let full = true;
  const taken: Uint8Array[] = [];
  const writer = new PcapWriter(
    (chunk) => {
      if (full) throw new Error("full");
      taken.push(chunk);
    },
    { linkType: 1 },
  );
  assert.throws(() => writer.flush(), /^full$/);
  full = false;
  assert.throws(() => writer.packet(octetsOf(4), NOW), /could not be written/);
  writer.flush();
  assert.equal(taken, []);
});

test("65,535 interfaces can be added, one more is a RangeError", () => {
  const writer = new PcapngWriter(() => {});
  for (let id = 0; id < MAX_INTERFACES; id++) assert.is(writer.addInterface({ linkType: 1 }), id);
  assert.throws(() => writer.addInterface({ linkType: 1 }), "interface 65535: expected 0 to 65534");
});

test.run();
