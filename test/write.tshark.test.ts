// tshark and capinfos read what was written: the same frames, times, interfaces and comments.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PcapngWriter, PcapWriter } from "../ts/capture/write.ts";
import { concat, octetsOf } from "./captures.ts";
import { has, optional } from "./needs.ts";

const test = suite("write, read by tshark");

const folder = mkdtempSync(join(tmpdir(), "labelgate-tshark-"));
test.after(() => rmSync(folder, { recursive: true }));

const TIMES = [
  [0, 1],
  [1_700_000_000, 123_456_789],
  [0x7fff_ffff, 999_999_999],
  [0x8000_0000, 0],
  [0xffff_ffff, 5],
] as const;
const LENGTHS = [0, 1, 2, 3, 4, 60, 1514, 65_535, 262_144];
const PACKETS = TIMES.flatMap(([seconds, nanoseconds]) =>
  LENGTHS.map((length, at) => ({ seconds, nanoseconds, octets: octetsOf(length, at), wireLength: length + at })),
);

function run(tool: string, ...args: string[]): string {
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: "utf8", maxBuffer: 1 << 30, env });
  assert.is(status, 0, stderr);
  return stdout;
}

const FIELDS = ["len", "cap_len", "time_epoch", "interface_name", "interface_id", "comment", "encap_type"] as const;

/** What tshark says of a packet: its fields, and its octets in hexadecimal. */
type Row = Record<(typeof FIELDS)[number] | "octets", string>;

function readBack(path: string): Row[] {
  const json = run("tshark", "-r", path, "-T", "json", "-x", "-J", "frame");
  const packets = JSON.parse(json) as { _source: { layers: { frame_raw?: [string] } } }[];
  const text = run(
    "tshark",
    "-r",
    path,
    "-T",
    "fields",
    "-E",
    "separator=|",
    ...FIELDS.map((name) => `-eframe.${name}`),
  );
  const lines = text.split("\n").slice(0, -1);
  assert.is(lines.length, packets.length);
  return lines.map((line, at) => {
    const values = line.split("|");
    const octets = packets[at]!._source.layers.frame_raw?.[0] ?? "";
    return { ...(Object.fromEntries(FIELDS.map((name, index) => [name, values[index]])) as Row), octets };
  });
}

optional(test, "tshark", "a file we wrote is read back the same by tshark", () => {
  for (const nanoseconds of [true, false]) {
    const chunks: Uint8Array[] = [];
    const writer = new PcapWriter((chunk) => chunks.push(chunk), { linkType: 1, nanoseconds });
    for (const { octets, ...at } of PACKETS) writer.packet(octets, at);
    writer.flush();
    const path = join(folder, `${nanoseconds}.pcap`);
    writeFileSync(path, concat(chunks));
    const back = readBack(path);
    assert.is(back.length, PACKETS.length);
    for (const [at, row] of back.entries()) compare(row, PACKETS[at]!, nanoseconds ? 9 : 6);
    if (has("capinfos")) assert.match(run("capinfos", path), /Number of packets: +45\n/);
  }
});

optional(test, "tshark", "a pcapng file we wrote is read back the same by tshark", () => {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk), { hardware: "a machine", application: "labelgate" });
  const names = ["eth0", "Büro"];
  const ids = [
    writer.addInterface({ linkType: 1, name: names[0]!, snapLength: 262_144 }),
    writer.addInterface({ linkType: 113, name: names[1]! }),
  ];
  const comments = ["dropped: LABEL_REQUIRED", "x", "two and – some", ""];
  for (const [at, { octets, ...time }] of PACKETS.entries()) {
    const comment = comments[at % comments.length]!;
    const settings = { interface: ids[at % 2]!, ...time };
    writer.packet(octets, comment === "" ? settings : { ...settings, comment });
  }
  writer.flush();
  const path = join(folder, "written.pcapng");
  writeFileSync(path, concat(chunks));
  const back = readBack(path);
  assert.is(back.length, PACKETS.length);
  for (const [at, row] of back.entries()) {
    compare(row, PACKETS[at]!, 9);
    assert.is(row.interface_id, `${at % 2}`);
    assert.is(row.interface_name, names[at % 2]);
    assert.is(row.comment, comments[at % comments.length]);
    assert.is(row.encap_type, at % 2 === 0 ? "1" : "25"); // wiretap's numbers of Ethernet and Linux cooked
  }
  if (has("capinfos")) {
    const infos = run("capinfos", path);
    assert.match(infos, /Number of packets: +45\n/);
    assert.match(infos, /Capture hardware: +a machine\n/);
    assert.match(infos, /Capture application: +labelgate\n/);
    assert.match(infos, /Number of interfaces in file: 2\n/);
    assert.match(infos, /Name = Büro\n/);
    assert.match(infos, /Time precision = nanoseconds \(9\)/);
  }
});

function compare(row: Row, packet: (typeof PACKETS)[number], digits: number): void {
  const { octets, seconds, nanoseconds, wireLength } = packet;
  assert.is(row.octets, Buffer.from(octets).toString("hex"));
  assert.is(row.cap_len, `${octets.length}`);
  assert.is(row.len, `${wireLength}`);
  const fraction = `${nanoseconds}`.padStart(9, "0").slice(0, digits).padEnd(9, "0");
  assert.is(row.time_epoch, `${seconds}.${fraction}`);
}

test.run();
