// Packets with another label, or without: the octets that the rules ask for.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Label, makeLabel } from "../ts/label.ts";
import { encodeLabelOption, stampLabel, stampRipso, stripLabel } from "../ts/rewrite.ts";

const test = suite("rewrite");

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");
const V1 = makeLabel(1, 4, [1, 4]); // 0x0004-08-48
const W_V1 = "860b0000000101050004 48".replaceAll(" ", "");

/** An IPv4 packet with these options, a right checksum and four octets behind its header. */
function ipv4(options: string): Uint8Array {
  const area = fromHex(options);
  const packet = new Uint8Array(20 + area.length + 4);
  packet.set(fromHex("450000000001400040110000c000020ac0000201"));
  packet[0] = 0x40 | ((20 + area.length) / 4);
  packet[3] = packet.length;
  packet.set(area, 20);
  packet.set([1, 2, 3, 4], 20 + area.length);
  const checksum = sumOf(packet) ^ 0xffff;
  packet.set([checksum >> 8, checksum & 255], 10);
  return packet;
}

/** The one's complement sum of an IPv4 header: 0xffff when its checksum is right. */
function sumOf(packet: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < (packet[0]! & 15) * 4; i += 2) sum += (packet[i]! << 8) | packet[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

const optionsOf = (packet: Uint8Array): string => hex(packet.subarray(20, (packet[0]! & 15) * 4));

/** What was done to the options, with the rest of the packet as it was and right. */
function rewritten(options: string, rewrite: (packet: Uint8Array) => Uint8Array): string {
  const before = ipv4(options);
  const after = rewrite(before);
  assert.is(sumOf(after), 0xffff, "O-04: the checksum is right");
  assert.is((after[2]! << 8) | after[3]!, after.length, "O-04: so is the length");
  assert.equal(after.slice(-4), before.slice(-4));
  assert.equal(after.slice(4, 10), before.slice(4, 10));
  assert.equal(after.slice(12, 20), before.slice(12, 20));
  return optionsOf(after);
}

const CIPSO: readonly (readonly [name: string, label: Label, octets: string])[] = [
  ["W-V1", V1, W_V1],
  ["W-V2", makeLabel(1, 2, [4]), "860b0000000101050002 08"],
  ["W-V3", makeLabel(1, 4, [1, 2, 4]), "860b0000000101050004 68"],
  ["W-V4", makeLabel(1, 1), "860a0000000101040001"],
  ["W-V5", makeLabel(1, 0), "860a0000000101040000"],
  ["W-V6's label is shorter as a range", makeLabel(1, 255, [[0, 239]]), "860c00000001050600ff 00ef"],
  ["an enumeration", makeLabel(3, 7, [200, 900]), "860e0000000302080007 00c80384"],
  ["a range", makeLabel(3, 7, [[100, 65534]]), "860e0000000305080007 fffe0064"],
  ["a range from 0", makeLabel(3, 7, [[0, 65534]]), "860c0000000305060007 fffe"],
];
for (const [name, label, octets] of CIPSO) {
  test(`${name}: the shortest CIPSO option`, () => {
    assert.is(hex(encodeLabelOption(label, "cipso")), octets.replaceAll(" ", ""));
  });
}

/** A label of so many categories, `step` apart from 1 on. */
const spread = (count: number, step: number): Label =>
  makeLabel(
    1,
    1,
    Array.from({ length: count }, (_, i) => step * i + 1),
  );

test("the longest CIPSO option has 40 octets, and one category more fits in none", () => {
  assert.is(encodeLabelOption(spread(120, 2), "cipso").length, 40, "tag 1 up to category 239");
  assert.throws(() => encodeLabelOption(spread(121, 2), "cipso"), /fit/);
  assert.is(encodeLabelOption(spread(15, 1000), "cipso").length, 40, "tag 2 with 15 categories");
  assert.throws(() => encodeLabelOption(spread(16, 1000), "cipso"), /30 octets/);
  const runs = (count: number): Label =>
    makeLabel(
      1,
      1,
      Array.from({ length: count }, (_, i) => [300 * i + 240, 300 * i + 250] as const),
    );
  assert.is(encodeLabelOption(runs(7), "cipso").length, 38, "tag 5 with 7 ranges");
  assert.throws(() => encodeLabelOption(runs(8), "cipso"), /fit/);
});

test("of tags of one length the lowest is taken", () => {
  assert.is(encodeLabelOption(makeLabel(1, 1, [15]), "cipso")[6], 1, "two octets by tags 1 and 2");
  assert.is(encodeLabelOption(makeLabel(1, 1, [30, 31]), "cipso")[6], 1, "four octets by tags 1, 2 and 5");
  assert.is(encodeLabelOption(makeLabel(1, 1, [300, 301]), "cipso")[6], 2, "four octets by tags 2 and 5");
});

test("what is no label is no option", () => {
  const encode = (label: Label) => () => encodeLabelOption(label, "cipso");
  assert.throws(encode({ doi: 0, level: 1, categories: [] }), /DOI 0/);
  assert.throws(encode({ doi: 1, level: 256, categories: [] }), /level 256/);
  assert.throws(encode({ doi: 1, level: 1, categories: [[65_535, 65_535]] }), /65535/);
});

test("the longest CALIPSO option has 61 words, and one category more fits in none", () => {
  assert.is(encodeLabelOption(makeLabel(1, 1, [1951]), "calipso").length, 254);
  assert.throws(() => encodeLabelOption(makeLabel(1, 1, [1952]), "calipso"), /1951/);
});

test("CALIPSO without and with compartments", () => {
  assert.is(hex(encodeLabelOption(makeLabel(0x10010, 3, [0, 1]), "calipso")).slice(0, 16), "070c000100100103");
  assert.is(hex(encodeLabelOption(makeLabel(16, 3), "calipso")).slice(0, 16), "0708000000100003");
});

const REMOVED: readonly (readonly [options: string, left: string, rule: string])[] = [
  [`01${W_V1}`, "01000000", "O-01: NOPs before stay"],
  [`94040000${W_V1}00`, "94040000", "O-01: what stands before stays"],
  ["8204ab80", "", "O-01: 130 goes too"],
  [`${W_V1}010707040000000000`, "0707040000000000", "O-01: so do NOPs behind it, up to 4 octets"],
  [`${W_V1}01010707040000000000000000`, "0107070400000000", "O-01: NOPs beyond stay"],
  [`94040000${W_V1}0186 0a 0000000101040001 0000`.replaceAll(" ", ""), "94040000", "Q-07: every label goes"],
  ["8503ff8204ab8000", "", "R8: what leans on 130 goes with it"],
  ["94040000", "94040000", "nothing to take out"],
];
for (const [options, left, rule] of REMOVED) {
  test(`${rule}: ${options}`, () => {
    assert.is(rewritten(options, stripLabel), left);
  });
}

const PUT: readonly (readonly [options: string, now: string, rule: string])[] = [
  ["", `${W_V1}00`, "O-02: the label, padded"],
  ["94040000", `${W_V1}9404000000`, "O-02: the label goes first"],
  ["0107070400000000", `${W_V1}01010707040000000000`.slice(0, 40), "O-02: aligned where others are"],
  [`${W_V1}00`, `${W_V1}00`, "O-03: there already"],
  [`94040000860a000000010104000100 00`.replaceAll(" ", ""), `${W_V1}9404000000`, "another label is replaced"],
  [`8204ab80`, `${W_V1}00`, "RIPSO is replaced"],
];
for (const [options, now, rule] of PUT) {
  test(`${rule}: ${options}`, () => {
    assert.is(
      rewritten(options, (packet) => stampLabel(packet, V1)),
      now,
    );
  });
}

test("RIPSO: the shortest option, in place of any label", () => {
  const stamped = (options: string, level: number, authorities?: number): string =>
    rewritten(options, (packet) => stampRipso(packet, level, authorities));
  assert.is(stamped("", 0xab), "8203ab00");
  assert.is(stamped(`94040000${W_V1}00`, 0x5a, 0x88), "82045a8894040000");
  assert.is(stamped("82045a808503ff00", 0x3d), "82033d00", "R8: what leaned on the old one goes with it");
  assert.throws(() => stampRipso(ipv4(""), 0x66), /level 102: expected 61 \(Top Secret\)/);
  assert.throws(() => stampRipso(ipv4(""), 0x5a, 0x04), /authorities 4/);
  assert.throws(() => stampRipso(ipv4(""), 0x5a, 256), /authorities 256/);
  assert.throws(() => stampRipso(ipv6(null), 0x5a), /IPv6/);
});

// Bugs of others: CVE-2025-71085 and its CIPSO twin, CVE-2026-99064, the payload of jumbograms.
test("a longer label gives way to a shorter one, and the header shrinks", () => {
  const longest = hex(encodeLabelOption(spread(120, 2), "cipso"));
  assert.is(
    rewritten(longest, (packet) => stampLabel(packet, V1)),
    `${W_V1}00`,
  );
  const words = stampLabel(ipv6(null), makeLabel(16, 3, [1951]));
  assert.equal(stampLabel(words, L0), stampLabel(ipv6(null), L0));
});

test("what follows a label that is taken out is read where it now stands", () => {
  const route = "070b08c0000201000000 00".replaceAll(" ", "");
  const times = "440c0d0000000001000000 00".replaceAll(" ", "");
  assert.is(rewritten(`${W_V1}${route}${times}0000`, stripLabel), `${route}${times}00`);
});

test("W-V9: a whole packet, there and back", () => {
  const labelled = fromHex(
    "4800002c000140004011e49ec000020ac0000201860b000000010105000448003039005 0000c000041424344".replaceAll(" ", ""),
  );
  const plain = fromHex("45000020000140004011b6c0c000020ac000020130390050000c000041424344");
  assert.is(hex(stripLabel(labelled)), hex(plain));
  assert.is(hex(stampLabel(plain, V1)), hex(labelled));
});

test("O-V7, Q-06: without room nothing is written, with just enough it is", () => {
  assert.throws(() => stampLabel(ipv4(`072704${"00".repeat(36)}00`), V1), /does not fit/);
  assert.is(rewritten(`071d04${"11".repeat(26)}000000`, (packet) => stampLabel(packet, V1)).length, 80);
  assert.throws(() => stampLabel(ipv4(`071e04${"11".repeat(27)}0000`), V1), /O-02/);
  // NOPs between options give way.
  assert.is(
    rewritten(`010101071a04${"11".repeat(23)}000000`, (packet) => stampLabel(packet, V1)),
    `${W_V1}071a04${"11".repeat(23)}000000`,
  );
});

test("a list that is not well formed is refused", () => {
  for (const options of ["86010000", "86ff0000", "86050000", "94000000", "94050000", "94030086"]) {
    assert.throws(() => stripLabel(ipv4(options)), /well formed/, options);
  }
});

test("a packet that is not whole is refused, what follows it is left out", () => {
  const packet = ipv4(`${W_V1}00`);
  assert.throws(() => stripLabel(packet.subarray(0, packet.length - 1)), /whole/);
  assert.throws(() => stripLabel(new Uint8Array(0)), /whole/);
  assert.is(stripLabel(new Uint8Array([...packet, 9, 9, 9])).length, 24);
});

test("a wrong checksum stays as wrong", () => {
  const packet = ipv4(`${W_V1}00`);
  packet[11]! ^= 0x55;
  assert.is(sumOf(stripLabel(packet)), sumOf(packet));
  assert.is.not(sumOf(packet), 0xffff);
});

test("O-04: a packet of 65535 octets takes a label only in place of another", () => {
  const longest = (options: string): Uint8Array => {
    const packet = new Uint8Array(65535);
    packet.set(ipv4(options));
    packet.set([0xff, 0xff], 2);
    return packet;
  };
  assert.throws(() => stampLabel(longest(""), V1), /65535/);
  assert.is(stampLabel(longest(`${W_V1}00`), makeLabel(1, 9, [1])).length, 65535);
  assert.is(stripLabel(longest(`${W_V1}00`)).length, 65523);
});

/** An IPv6 packet with this hop-by-hop header's options, and four octets of UDP's stead behind. */
function ipv6(options: string | null): Uint8Array {
  const area =
    options === null
      ? new Uint8Array(0)
      : fromHex(`11${((options.length / 2 + 2) / 8 - 1).toString(16).padStart(2, "0")}${options}`);
  const packet = new Uint8Array(40 + area.length + 4);
  packet.set([0x60, 0, 0, 0, 0, area.length + 4, options === null ? 17 : 0, 64]);
  packet.set(area, 40);
  packet.set([1, 2, 3, 4], 40 + area.length);
  return packet;
}
const L0 = makeLabel(16, 3);
const CALIPSO0 = hex(encodeLabelOption(L0, "calipso"));
const header6 = (packet: Uint8Array): string | null =>
  packet[6] === 0 ? hex(packet.subarray(42, 40 + (packet[41]! + 1) * 8)) : null;

const PUT6: readonly (readonly [before: string | null, after: string | null, rule: string])[] = [
  [null, `${CALIPSO0}01020000`, "O-05: a header of its own"],
  [
    "050200000100",
    `${CALIPSO0}050200000000`.slice(0, 20) + "0104000000000502000001 00".replaceAll(" ", ""),
    "O-05: others keep their place modulo 8",
  ],
];
for (const [before, after, rule] of PUT6) {
  test(rule, () => {
    const packet = stampLabel(ipv6(before), L0);
    assert.is(header6(packet), after);
    assert.is((packet[4]! << 8) | packet[5]!, packet.length - 40);
    assert.equal(stripLabel(packet), ipv6(before));
  });
}

test("O-05: the label the only option: the header goes", () => {
  const packet = ipv6(`${CALIPSO0}01020000`);
  assert.equal(stripLabel(packet), ipv6(null));
});

/** Options of these sizes in octets, one behind the other, and padding. */
function fillers(sizes: readonly number[]): string {
  const octets = sizes.flatMap((size) => [0x3e, size - 2, ...new Array<number>(size - 2).fill(0)]);
  const rest = (8 - ((octets.length + 2) % 8)) % 8;
  return hex(Uint8Array.from([...octets, ...new Array<number>(rest).fill(0)]));
}

test("O-05: a hop-by-hop header takes 2048 octets, and not one more", () => {
  // The longest label ends at 256; what stood at 2 stands at 258.
  const longest = makeLabel(1, 1, [1951]);
  const six = new Array<number>(6).fill(257);
  const fits = ipv6Long(fillers([...six, 248]));
  assert.is(stampLabel(fits, longest).length, 40 + 2048 + 4);
  assert.equal(stripLabel(stampLabel(fits, longest)), fits);
  assert.throws(() => stampLabel(ipv6Long(fillers([...six, 249])), longest), /2048/);
});

test("M2: a label goes beside seven other options, not beside eight", () => {
  const others = (count: number): Uint8Array => ipv6Long(fillers(new Array<number>(count).fill(2)));
  assert.equal(stripLabel(stampLabel(others(7), L0)), others(7));
  assert.throws(() => stampLabel(others(8), L0), /O-05/);
  assert.equal(stripLabel(others(8)), others(8));
});

test("E2: a label's header goes before eleven others, not before twelve", () => {
  const chain = (count: number): Uint8Array => {
    const packet = new Uint8Array(40 + count * 8);
    packet.set([0x60, 0, 0, 0, 0, count * 8, 43, 64]);
    for (let i = 0; i < count; i++) packet.set([i === count - 1 ? 59 : 43, 0, 4, 0], 40 + i * 8);
    return packet;
  };
  assert.equal(stripLabel(stampLabel(chain(11), L0)), chain(11));
  assert.throws(() => stampLabel(chain(12), L0), /E2/);
  const fragments = chain(12); // the first is a later fragment: what follows it is no header
  fragments[6] = 44;
  assert.equal(stripLabel(stampLabel(fragments, L0)), fragments);
});

test("a hop-by-hop header that is not well formed is refused", () => {
  for (const options of ["1e0500000000", "0000000000c2", "070400000000ff"]) {
    const packet = ipv6(options.slice(0, 12));
    if (options.length > 12) packet[41] = 1; // longer than the payload
    assert.throws(() => stripLabel(packet), /well formed/, options);
    assert.throws(() => stampLabel(packet, L0), /well formed/, options);
  }
});

test("O-03: a header that begins with the label is left as it is, however it is padded", () => {
  const padded = ipv6(`${CALIPSO0}00000000`);
  assert.equal(stampLabel(padded, L0), padded);
  assert.is.not(header6(stampLabel(padded, makeLabel(16, 4)))!.slice(20), "00000000");
});

function ipv6Long(options: string): Uint8Array {
  const size = options.length / 2 + 2;
  assert.is(size % 8, 0);
  const packet = new Uint8Array(40 + size + 4);
  packet.set([0x60, 0, 0, 0, (size + 4) >> 8, (size + 4) & 255, 0, 64]);
  packet.set([17, size / 8 - 1], 40);
  packet.set(fromHex(options), 42);
  return packet;
}

test("an IPv6 payload of 65535 octets takes no label, a jumbogram none either", () => {
  const packet = new Uint8Array(40 + 65535);
  packet.set([0x60, 0, 0, 0, 0xff, 0xff, 59, 64]);
  assert.throws(() => stampLabel(packet, L0), /65535/);
  const jumbo = ipv6("c20400010000");
  jumbo.set([0, 0], 4);
  assert.throws(() => stampLabel(jumbo, L0), /well formed/);
});

test("an option of the other version is refused, and what is no packet", () => {
  assert.throws(() => stripLabel(Uint8Array.of(0x50, 0)), /well formed/);
  assert.throws(() => stripLabel("x" as unknown as Uint8Array), /Uint8Array, got/);
});

test.run();
