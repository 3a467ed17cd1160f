// The kernel as a module: what it imports and exports, its map, and the bounds of a batch.
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as columns from "../assembly/columns.ts";
import * as map from "../assembly/memory.ts";
import * as tables from "../assembly/tables.ts";
import { bootKernel } from "../ts/boot.ts";
import { createDecoder } from "../ts/decode.ts";
import { batchOf, FrameBatch, MAX_CAPLEN } from "../ts/frames.ts";
import { ARENA_SIZE, Kernel, MAX_BATCH, TABLES_BASE } from "../ts/kernel.ts";
import { compilePolicy, compileReader, DROP_SLOT, UNCLAIMED_SLOT } from "../ts/policy/compile.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { groupsOf } from "./groups.ts";
import { cipso, ipv4, RAW } from "./packets.ts";

const test = suite("kernel");
const wasm = new WebAssembly.Module(readFileSync(new URL("../build/dist/kernel.wasm", import.meta.url)));

test("it imports its memory and nothing else", () => {
  assert.equal(WebAssembly.Module.imports(wasm), [{ module: "env", name: "memory", kind: "memory" }]);
});

test("it exports functions only, those of assembly/index.ts", () => {
  const names = WebAssembly.Module.exports(wasm).map(({ name, kind }) => `${kind} ${name}`);
  assert.equal(names.sort(), [
    "function classify",
    "function copyCount",
    "function gather",
    "function gatherRow",
    "function gatherSlot",
    "function hostTemplate",
    "function judgedRows",
    "function labelDominates",
    "function labelEqual",
    "function labelJoin",
    "function labelMeet",
    "function labelWithin",
    "function openGather",
    "function openRows",
    "function passRow",
    "function prepare",
    "function read",
    "function rewriteFailure",
    "function spanRows",
    "function spannedFrom",
    "function spannedTo",
    "function stamp",
    "function strip",
    "function walkPcap",
    "function walkPcapng",
    "function walkedTo",
  ]);
});

test("the regions of its memory do not overlap", () => {
  const regions: [name: string, at: number, size: number][] = [
    ["DATA", map.DATA, 1024],
    ["PACKET", map.PACKET, columns.PACKET_SIZE],
    ["LABEL", map.LABEL, tables.LABEL_BITMAP + tables.MAX_BITMAP_WORDS * 8 + (tables.MAX_HIGHS + 1) * 4],
    ["HIGH_RUNS", map.HIGH_RUNS, (tables.MAX_HIGHS + 2) * 4],
    ["COUNTERPART", map.COUNTERPART, tables.LABEL_BITMAP + tables.MAX_BITMAP_WORDS * 8 + (tables.MAX_HIGHS + 1) * 4],
    ["POLICY", map.POLICY, tables.HEADER_SIZE],
    ["DATAGRAMS", map.DATAGRAMS, 2 * map.MAX_DATAGRAMS * 520],
    ["DATAGRAM_BUCKETS", map.DATAGRAM_BUCKETS, 2 * map.MAX_DATAGRAMS * 2],
    ["DATAGRAM_TABLES", map.DATAGRAM_TABLES, 2 * map.DATAGRAM_TABLE_SIZE],
    ["DATAGRAM_KEYS", map.DATAGRAM_KEYS, 3 * 8],
    ["DEVICES", map.DEVICES, 65_536 * 2],
    ["FRAMES", map.FRAMES, map.MAX_BATCH * columns.FRAME_SIZE],
    ["VERDICTS", map.VERDICTS, map.MAX_BATCH * columns.VERDICT_SIZE],
    ["GROUPED", map.GROUPED, (map.MAX_BATCH + map.MAX_COPIES) * 4],
    ["GROUPS", map.GROUPS, (map.MAX_BATCH + map.MAX_COPIES) * map.GROUP_SIZE],
    ["COPIES", map.COPIES, map.MAX_COPIES * map.COPY_SIZE],
    ["ARENA", map.ARENA, map.ARENA_SIZE + map.SLACK],
    ["TABLES", map.TABLES, 0],
  ];
  for (const [i, [name, at]] of regions.entries()) {
    assert.is(at % 4, 0, name);
    const [previous, start, size] = regions[i - 1] ?? ["", 0, 0];
    assert.ok(start + size <= at, `${previous} reaches into ${name}`);
  }
  assert.is(map.DATAGRAM_KEYS + 3 * 8, map.DATAGRAMS_END);
  assert.is(map.MAX_DATAGRAMS, 2 ** 10, "the hash of datagrams gives 10 bits");
});

test("the rows hold their last field", () => {
  assert.ok(columns.PACKET_OPTION_TYPES + columns.MAX_OPTIONS <= columns.PACKET_SIZE);
  assert.is(columns.PACKET_VLAN_TAGS + columns.MAX_VLANS * 2, columns.PACKET_OPTION_TYPES);
  assert.is(columns.FRAME_NANOS + 8, columns.FRAME_SIZE);
  assert.is(columns.VERDICT_CHOSEN + 2, columns.VERDICT_SIZE);
  assert.ok(tables.HEADER_LOWER_COUNT + 4 <= tables.HEADER_SIZE);
});

test("its memory can't grow", () => {
  const { memory } = bootKernel(1);
  assert.throws(() => memory.grow(1));
});

const reader = () => new Kernel(compileReader({ profile: "strict", dois: null }, TABLES_BASE));

test("a load takes as many frames as there are rows, and no more", () => {
  const frames = Array.from({ length: MAX_BATCH + 1 }, () => ({ bytes: ipv4(), linkType: RAW }));
  const batch = batchOf(frames);
  assert.is(reader().load(batch, 0), MAX_BATCH);
  assert.is(reader().load(batch, MAX_BATCH), 1);
  assert.is(reader().load(batch, MAX_BATCH + 1), 0);
});

test("a load takes as many octets as the arena has, and no more", () => {
  const whole = ARENA_SIZE / MAX_CAPLEN;
  const frames = Array.from({ length: whole }, () => ({ bytes: new Uint8Array(MAX_CAPLEN), linkType: RAW }));
  assert.is(reader().load(batchOf(frames), 0), whole);
  assert.is(reader().load(batchOf([{ bytes: new Uint8Array(1) }, ...frames]), 0), whole);
});

test("a frame of the largest size is read, and one octet more is refused", () => {
  const bytes = new Uint8Array(MAX_CAPLEN);
  bytes.set(ipv4());
  assert.is([...createDecoder().decode(batchOf([{ bytes, linkType: RAW }]))][0]!.status, "NO_LABEL");
  const larger = new FrameBatch(new Uint8Array(MAX_CAPLEN + 1), new ArrayBuffer(columns.FRAME_SIZE));
  larger.push(0, MAX_CAPLEN + 1, MAX_CAPLEN + 1, RAW, 0, 0, 0);
  assert.throws(() => reader().load(larger, 0), /row 0/);
});

test("a row that reaches outside the batch's octets is refused", () => {
  const batch = new FrameBatch(new Uint8Array(10), new ArrayBuffer(columns.FRAME_SIZE));
  batch.push(5, 6, 6, RAW, 0, 0, 0);
  assert.throws(() => reader().load(batch, 0), /row 0: 6 octets at 5 of 10/);
});

test("frames in any order and overlapping in the batch are read where they are", () => {
  const [a, b] = [ipv4({ dport: 1 }), ipv4({ dport: 2 })];
  const bytes = Uint8Array.from([...new Array<number>(100).fill(0), ...a, ...b]);
  const batch = new FrameBatch(bytes, new ArrayBuffer(4 * columns.FRAME_SIZE));
  for (const [offset, length] of [
    [100 + a.length, b.length],
    [100, a.length],
    [100, a.length],
    [100 + a.length, b.length],
  ] as const) {
    batch.push(offset, length, length, RAW, 0, 0, 0);
  }
  assert.equal(
    [...createDecoder().decode(batch)].map(({ dstPort }) => dstPort),
    [2, 1, 1, 2],
  );
});

test("rows are grouped by slot, groups by first frame, rows in the order of the batch", () => {
  const policy = resolvePolicy({
    doi: 16,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
    partitions: [
      { name: "one", label: "1" },
      { name: "two", label: "2" },
    ],
    templates: { all: { type: "labelled", range: ["0", "9"] } },
    hosts: { "0.0.0.0/0": "all" },
  });
  const kernel = new Kernel(compilePolicy(policy, TABLES_BASE));
  kernel.setSlot(0, 3);
  kernel.setSlot(1, UNCLAIMED_SLOT);
  const levels = [2, 9, 1, 2, 1, 1];
  const frames = levels.map((level) => ({ bytes: ipv4({ options: cipso(level) }), linkType: RAW }));
  kernel.load(batchOf(frames), 0);
  const seen = groupsOf(kernel, kernel.classify(frames.length).groups).map(({ slot, rows }) => [slot, [...rows]]);
  assert.equal(seen, [
    [UNCLAIMED_SLOT, [0, 3]],
    [DROP_SLOT, [1]],
    [3, [2, 4, 5]],
  ]);
});

test.run();
