// `decode` against tshark on recorded traffic, frame by frame and field by field. The recordings are those of the folder
// that LABELGATE_CAPTURES names, else our own in fixtures/. Beside a capture, or in a folder `oracle` beside its folder,
// lies what tshark says of it: one JSON line a frame, gzipped. Where the two differ, docs/differences.md says why;
// anything it does not name fails.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { readCaptureFile } from "../ts/capture/file.ts";
import { createDecoder, type DecodeRecord, type LabelRecord } from "../ts/decode.ts";
import { CaptureError } from "../ts/errors.ts";
import { optional } from "./needs.ts";

const fixtures = fileURLToPath(new URL("../fixtures/captures", import.meta.url));
const folder = process.env.LABELGATE_CAPTURES ?? fixtures;

/** A frame as tshark sees it. Absent things are left out. */
interface OracleRow {
  readonly n: number;
  readonly lt: number;
  readonly len: number;
  readonly caplen: number;
  readonly vlan?: readonly number[];
  readonly mpls?: readonly number[];
  readonly ip?: 4 | 6;
  readonly off?: number;
  readonly src?: string;
  readonly dst?: string;
  readonly proto?: number;
  readonly hbh_opts?: readonly number[];
  readonly dst_opts?: readonly number[];
  readonly opts?: readonly number[];
  readonly cipso?: { doi: number; tags: readonly { type: number; level?: number; cats?: string }[] };
  readonly calipso?: readonly { doi: number; level: number; bitmap: string | null }[];
  readonly ripso?: { level?: number };
  readonly fragoff?: number;
  readonly mf?: number;
  readonly l4?: string;
  readonly sport?: number;
  readonly dport?: number;
  /** 1 where an independent parser says the same; only such rows are compared. */
  readonly agree: number;
}

type Fields = Readonly<Record<string, unknown>>;

// By value: tshark writes ::22.0.0.3 for ::1600:3.
function addressKey(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const quad = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (quad === null) return parseAddress(text).join();
  const [a, b, c, d] = quad.slice(2).map(Number) as [number, number, number, number];
  return parseAddress(`${quad[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`).join();
}

function setOf(text: string): number[] {
  if (text === "") return [];
  return text.split(",").flatMap((part) => {
    const [a, b = a] = part.split(/[-.]/).map(Number) as [number, number?];
    const [low, high] = a < b ? [a, b] : [b, a];
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
}

function bitmapSet(hex: string | null): number[] {
  const bits = [...Buffer.from((hex ?? "").replaceAll(":", ""), "hex")];
  return bits.flatMap((octet, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((b) => octet & (0x80 >> b)).map((b) => i * 8 + b));
}

const sortedText = (categories: readonly number[]): string => [...categories].sort((a, b) => a - b).join();

function oracleLabel({ cipso, calipso, ripso }: OracleRow): string | null {
  if (cipso !== undefined) {
    const { level, cats } = cipso.tags[0] ?? {};
    return `cipso ${cipso.doi} ${level} ${sortedText(setOf(cats ?? ""))}`;
  }
  const first = calipso?.[0];
  if (first !== undefined) return `calipso ${first.doi} ${first.level} ${sortedText(bitmapSet(first.bitmap))}`;
  return ripso === undefined ? null : `ripso ${ripso.level}`;
}

function ourLabel(label: LabelRecord | null): string | null {
  if (label === null) return null;
  if (!("doi" in label)) return `ripso ${label.level}`;
  return `${label.scheme} ${label.doi} ${label.level} ${sortedText(setOf(label.categories))}`;
}

function oracleFields(row: OracleRow): Fields {
  const isIp = row.ip !== undefined;
  return {
    wirelen: row.len,
    caplen: row.caplen,
    linkType: row.lt,
    vlan: row.vlan ?? [],
    ipVersion: row.ip ?? null,
    ipOffset: row.off ?? null,
    src: addressKey(row.src),
    dst: addressKey(row.dst),
    protocol: row.proto ?? null,
    srcPort: row.sport ?? null,
    dstPort: row.dport ?? null,
    fragmentOffset: isIp ? (row.fragoff ?? 0) : null,
    moreFragments: isIp ? row.mf === 1 : null,
    options: row.ip === 6 ? [...(row.hbh_opts ?? []), ...(row.dst_opts ?? [])] : (row.opts ?? []),
    label: oracleLabel(row),
  };
}

function ourFields(record: DecodeRecord): Fields {
  return {
    wirelen: record.wirelen,
    caplen: record.caplen,
    linkType: record.linkType,
    vlan: record.vlan,
    ipVersion: record.ipVersion,
    ipOffset: record.ipOffset,
    src: addressKey(record.src),
    dst: addressKey(record.dst),
    protocol: record.protocol,
    srcPort: record.srcPort,
    dstPort: record.dstPort,
    fragmentOffset: record.fragment?.offset ?? null,
    moreFragments: record.fragment?.more ?? null,
    options: record.options,
    label: ourLabel(record.label),
  };
}

// The differences of docs/differences.md, each with the fields it may touch and the frames it holds for.
interface Difference {
  readonly name: string;
  readonly fields: readonly string[];
  holds(row: OracleRow, record: DecodeRecord): boolean;
}

const BEHIND_THE_FAULT = ["protocol", "srcPort", "dstPort", "options"];

const DIFFERENCES: readonly Difference[] = [
  {
    name: "MPLS",
    fields: ["ipVersion", "ipOffset", "src", "dst", "fragmentOffset", "moreFragments", ...BEHIND_THE_FAULT, "label"],
    holds: (row, { status }) => row.mpls !== undefined && status === "NOT_IP",
  },
  {
    name: "quoted ports",
    fields: ["srcPort", "dstPort"],
    holds: ({ l4 }, { srcPort }) => (l4 === "icmp" || l4 === "icmpv6") && srcPort === null,
  },
  {
    name: "ports of a packet with a wrong length",
    fields: ["srcPort", "dstPort"],
    holds: (_, { status, srcPort }) => status === "IP_LENGTH" && srcPort === null,
  },
  {
    name: "jumbograms",
    fields: BEHIND_THE_FAULT,
    holds: (row, { status }) => status === "EXT_OVERRUN" && row.hbh_opts?.includes(194) === true,
  },
  {
    name: "options that discard the packet",
    fields: BEHIND_THE_FAULT,
    holds: (row, record) => record.status === "OPT_UNKNOWN_ACTION" && isPrefix(record, row),
  },
  {
    name: "faulty option headers",
    fields: BEHIND_THE_FAULT,
    holds: (row, record) =>
      ["PADN_LONG", "PADN_NONZERO", "PAD1_LONG", "OPT_OVERRUN"].includes(record.status) && isPrefix(record, row),
  },
  {
    name: "chains that are too long or nested",
    fields: ["protocol", "srcPort", "dstPort"],
    holds: (_, { status }) => status === "EXT_COUNT" || status === "FRAG_NESTED",
  },
];

// What we show of the options is how far they could be read.
function isPrefix(record: DecodeRecord, row: OracleRow): boolean {
  const all = [...(row.opts ?? []), ...(row.hbh_opts ?? []), ...(row.dst_opts ?? [])];
  return record.options.every((type, i) => type === all[i]);
}

function capturesIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return capturesIn(inner);
    return oracleOf(inner) === null ? [] : [inner];
  });
}

function oracleOf(capture: string): string | null {
  const name = `${basename(capture)}.jsonl.gz`;
  return [join(dirname(capture), name), join(dirname(capture), "..", "oracle", name)].find(existsSync) ?? null;
}

const counts = { frames: 0, equal: 0, explained: 0, unexplained: 0, unread: 0 };
const explained = new Map<string, number>();
const unexplained: string[] = [];
const falseLabels: string[] = [];

function explain(name: string, frames = 1): void {
  counts.explained += frames;
  explained.set(name, (explained.get(name) ?? 0) + frames);
}

function compare(where: string, row: OracleRow, record: DecodeRecord): void {
  counts.frames++;
  const [theirs, ours] = [oracleFields(row), ourFields(record)];
  const differing = Object.keys(theirs).filter((key) => JSON.stringify(theirs[key]) !== JSON.stringify(ours[key]));
  if (ours.label !== null && theirs.label === null) falseLabels.push(where);
  if (differing.length === 0) {
    counts.equal++;
    return;
  }
  const difference = DIFFERENCES.find(
    ({ fields, holds }) => differing.every((key) => fields.includes(key)) && holds(row, record),
  );
  if (difference !== undefined) {
    explain(difference.name);
    return;
  }
  counts.unexplained++;
  const shown = differing.map(
    (key) => `${key}: tshark ${JSON.stringify(theirs[key])}, we ${JSON.stringify(ours[key])}`,
  );
  unexplained.push(`${where} (${record.status}): ${shown.join("; ")}`);
}

const decoder = createDecoder();

function compareCapture(capture: string): void {
  const rows: OracleRow[] = gunzipSync(readFileSync(oracleOf(capture)!))
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const rowOf = new Map(rows.map((row) => [row.n, row]));
  let frames = 0;
  try {
    for (const batch of readCaptureFile(capture)) {
      for (const record of decoder.decode(batch)) {
        frames++;
        const row = rowOf.get(record.frame);
        const where = `${basename(capture)} frame ${record.frame}`;
        if (row === undefined) unexplained.push(`${where}: tshark has no such frame`);
        else if (row.agree === 1) compare(where, row, record);
      }
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const missing = rows.filter(({ n, agree }) => n > frames && agree === 1).length;
    counts.frames += missing;
    if (error.message.startsWith("link type ")) explain("link types", missing);
    else if (missing > 0) unexplained.push(`${basename(capture)}: ${missing} frames lost: ${error.message}`);
    return;
  }
  if (frames !== rows.length) unexplained.push(`${basename(capture)}: ${frames} frames, tshark has ${rows.length}`);
}

const test = suite("decode");

test("decode agrees with tshark on every recorded frame, but for the differences that are written down", () => {
  assert.ok(statSync(folder).isDirectory());
  const captures = capturesIn(folder);
  for (const capture of captures) compareCapture(capture);
  console.log(
    `${captures.length} captures: ${counts.frames} frames compared, ${counts.equal} equal, ${counts.explained} explained, ${counts.unexplained} unexplained`,
  );
  for (const [name, count] of explained) console.log(`  ${count} ${name}`);
  assert.equal(unexplained, []);
  assert.is(counts.equal + counts.explained, counts.frames);
  assert.ok(counts.frames > 1000);
});

test("no label is reported on a frame that has none", () => {
  assert.equal(falseLabels, []);
});

test("every difference that is written down is one of those that occur", () => {
  const text = readFileSync(new URL("../docs/differences.md", import.meta.url), "utf8");
  const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  for (const name of [...DIFFERENCES.map((difference) => difference.name), "link types"]) {
    assert.ok(headings.includes(name), `docs/differences.md says nothing of "${name}"`);
  }
  // The whole collection shows each of them; our own recordings need none.
  if (process.env.LABELGATE_CAPTURES !== undefined) assert.equal([...explained.keys()].sort(), [...headings].sort());
  else assert.equal([...explained.keys()], []);
});

// The largest of our own recordings has no answers beside it: tshark is asked afresh.
optional(test, "tshark", "tshark reads the same labels in a recording of 44,498 frames", () => {
  const recording = join(fixtures, "labelled-bulk.pcap");
  const fields = [
    ...["ip.cipso.doi", "ip.cipso.tag_type", "ip.cipso.sensitivity_level", "ip.cipso.categories"],
    ...["ipv6.opt.calipso.doi", "ipv6.opt.calipso.sens_level", "ipv6.opt.calipso.cmpt_bitmap"],
  ];
  const args = [
    "-n",
    "-r",
    recording,
    "-o",
    "ip.defragment:FALSE",
    "-T",
    "fields",
    "-E",
    "separator=|",
    "-E",
    "occurrence=f",
  ];
  const options = { encoding: "utf8", maxBuffer: 1 << 28 } as const;
  const { stdout } = spawnSync("tshark", [...args, ...fields.flatMap((field) => ["-e", field])], options);
  const theirs = stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [doi, tag, level, categories, calipsoDoi, calipsoLevel, bitmap] = line.split("|");
      if (doi !== "" && tag !== "128") return `cipso ${doi} ${level} ${sortedText(setOf(categories ?? ""))}`;
      return calipsoDoi === "" ? null : `calipso ${calipsoDoi} ${calipsoLevel} ${sortedText(bitmapSet(bitmap ?? ""))}`;
    });
  const ours = labelsOf(recording);
  assert.is(ours.length, 44_498);
  assert.is(theirs.length, ours.length);
  const differing = ours.flatMap((label, i) =>
    label === theirs[i] ? [] : [`frame ${i + 1}: ${label}, tshark ${theirs[i]}`],
  );
  assert.equal(differing, []);
});

function labelsOf(capture: string): (string | null)[] {
  const labels: (string | null)[] = [];
  for (const batch of readCaptureFile(capture))
    for (const { label } of decoder.decode(batch)) labels.push(ourLabel(label));
  return labels;
}

test.run();
