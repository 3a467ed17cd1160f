// Ports of a protocol as text, and which of them overlap.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PortRange } from "../ts/policy/model.ts";
import { compareRanges, formatPorts, meeting, overlap, overlapping, parsePorts } from "../ts/policy/ports.ts";

const test = suite("ports");

const PORTS: readonly (readonly [text: string, range: PortRange, printed?: string])[] = [
  ["80/tcp", { protocol: 6, first: 80, last: 80 }],
  ["1/udp", { protocol: 17, first: 1, last: 1 }],
  ["65535/udplite", { protocol: 136, first: 65535, last: 65535 }],
  ["6000-6003/tcp", { protocol: 6, first: 6000, last: 6003 }],
  ["1-65535/sctp", { protocol: 132, first: 1, last: 65535 }],
  ["80-80/dccp", { protocol: 33, first: 80, last: 80 }, "80/dccp"],
  ["*/tcp", { protocol: 6, first: 0, last: 65535 }],
  ["*/icmp", { protocol: 1, first: 0, last: 65535 }],
  ["*/255", { protocol: 255, first: 0, last: 65535 }],
  [" 080/TCP ", { protocol: 6, first: 80, last: 80 }, "80/tcp"],
  ["80/6", { protocol: 6, first: 80, last: 80 }, "80/tcp"],
  ["*/058", { protocol: 58, first: 0, last: 65535 }, "*/icmpv6"],
];

for (const [text, range, printed = text] of PORTS) {
  test(`${JSON.stringify(text)} are ports, printed ${printed}`, () => {
    assert.equal(parsePorts(text), range);
    assert.is(formatPorts(range), printed);
  });
}

const isForm = /: expected port\/protocol as 80\/tcp, 6000-6003\/udp or \*\/icmp$/;
const NO_PORTS: readonly (readonly [message: RegExp, texts: string])[] = [
  [
    isForm,
    "| |80|/tcp|80/|80 /tcp|80/ tcp|80-/tcp|-80/tcp|1-2-3/tcp|80,81/tcp|tcp/80|**/tcp|*-80/tcp|80/*|80/tcp\n80/udp",
  ],
  [isForm, "100000/tcp|1e3/tcp|0x50/tcp|８０/tcp|80/tcp/udp"],
  [/: expected ports from 1 to 65535$/, "0/tcp|0-80/tcp|65536/tcp|1-65536/udp"], // F-23: lo != 0
  [/: the first port is above the last$/, "81-80/tcp|65535-1/udp"], // F-23: lo <= hi
  [/icmp has no ports; write \*\/icmp$/, "80/icmp|80/1|0/icmp"],
  [/254 has no ports; write \*\/254$/, "80/254"],
  [/is no protocol: expected icmp, .* or 1 to 255$/, "*/0|*/256|*/ip|*/constructor|*/0x6"], // F-23: proto != 0
];

for (const [message, texts] of NO_PORTS) {
  for (const text of texts.split("|")) {
    test(`${JSON.stringify(text)} are no ports`, () => {
      assert.throws(
        () => parsePorts(text),
        (error: unknown) => error instanceof RangeError && message.test(error.message),
      );
    });
  }
}

const port = fc.integer({ min: 1, max: 65_535 });
const ranges: fc.Arbitrary<PortRange> = fc.oneof(
  fc
    .constantFrom(6, 17, 33, 132, 136)
    .chain((protocol) =>
      fc.tuple(port, port).map(([a, b]) => ({ protocol, first: Math.min(a, b), last: Math.max(a, b) })),
    ),
  fc.integer({ min: 1, max: 255 }).map((protocol) => ({ protocol, first: 0, last: 65_535 })),
);

test("every range of ports is read back from its text", () => {
  fc.assert(fc.property(ranges, (range) => assert.equal(parsePorts(formatPorts(range)), range)));
});

const small = fc
  .tuple(fc.constantFrom(6, 17), fc.nat(20), fc.nat(5), fc.constantFrom(null, "a", "b"))
  .map(([protocol, first, more, place]) => ({ range: { protocol, first, last: first + more }, place }));

test("overlaps are found where two entries can meet, one for each that begins inside another (F-23)", () => {
  const meet = (a: string | null, b: string | null) => a === b || a === null || b === null;
  fc.assert(
    fc.property(fc.array(small, { maxLength: 8 }), (entries) => {
      const expected = entries.flatMap((a, i) =>
        entries.flatMap((b, j) => (i < j && meet(a.place, b.place) && overlap(a.range, b.range) ? [`${i} ${j}`] : [])),
      );
      const found = [...overlapping(entries, ({ place }) => place)].map(
        ([a, b]) => `${entries.indexOf(a)} ${entries.indexOf(b)}`,
      );
      assert.ok(found.every((pair) => expected.includes(pair)));
      assert.is(found.length > 0, expected.length > 0);
      assert.ok(found.length <= entries.length);
    }),
    { numRuns: 5000 },
  );
});

test("of ranges in order, those that share a port with another are found", () => {
  fc.assert(
    fc.property(fc.array(small, { maxLength: 8 }), small, (entries, { range }) => {
      const apart: (typeof entries)[number][] = [];
      for (const entry of entries) if (!apart.some((other) => overlap(other.range, entry.range))) apart.push(entry);
      apart.sort((a, b) => compareRanges(a.range, b.range));
      assert.equal(
        [...meeting(apart, range)].reverse(),
        apart.filter((entry) => overlap(entry.range, range)),
      );
    }),
    { numRuns: 5000 },
  );
});

test.run();
