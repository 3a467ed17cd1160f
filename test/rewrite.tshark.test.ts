// tshark reads packets that were stamped: the label's fields, a good header checksum, and nothing to complain about.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { PcapWriter } from "../ts/capture/write.ts";
import { formatCategories, type Label, makeLabel } from "../ts/label.ts";
import { encodeLabelOption, stampLabel, stampRipso, stripLabel } from "../ts/rewrite.ts";
import { concat } from "./captures.ts";
import { optional } from "./needs.ts";
import { cipso, ipv4, ipv6, optionsHeader, RAW } from "./packets.ts";

const test = suite("rewrite, read by tshark");

const folder = mkdtempSync(join(tmpdir(), "labelgate-rewrite-"));
test.after(() => rmSync(folder, { recursive: true }));

/** The values of fields by packet, by a capture of these packets. */
function readBack<Field extends string>(
  packets: readonly Uint8Array[],
  fields: readonly Field[],
): Record<Field, string>[] {
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk), { linkType: RAW });
  for (const octets of packets) writer.packet(octets, { seconds: 0, nanoseconds: 0 });
  writer.flush();
  const path = join(folder, "stamped.pcap");
  writeFileSync(path, concat(chunks));
  const args = ["-r", path, "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"];
  const { status, stdout, stderr } = spawnSync("tshark", [...args, ...fields.map((field) => `-e${field}`)], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  assert.is(status, 0, stderr);
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const values = line.split("|");
      return Object.fromEntries(fields.map((field, at) => [field, values[at]])) as Record<Field, string>;
    });
}

const LABELS: readonly Label[] = [
  makeLabel(16, 5),
  makeLabel(1, 4, [1, 4]),
  makeLabel(3, 255, [0, 239]),
  makeLabel(0xffff_ffff, 0, [200, 900]),
  makeLabel(16, 5, [[100, 1900]]),
];
// No transport that tshark would want to be right too.
const body = { protocol: 253, body: [1, 2, 3, 4] };
const CLEAN = { "_ws.malformed": "", "_ws.expert.severity": "" };

optional(test, "tshark", "CIPSO: tag, DOI and level, beside other options and in place of another label", () => {
  const router = [148, 4, 0, 0];
  const route = [1, 7, 7, 4, 0, 0, 0, 0];
  const from = [[], router, route, [...router, ...cipso(9, [7])]].map((options) => ipv4({ ...body, options }));
  const cases = LABELS.flatMap((label) => from.map((packet) => ({ label, packet: stampLabel(packet, label) })));
  const rows = readBack(
    cases.map(({ packet }) => packet),
    [
      "ip.cipso.doi",
      "ip.cipso.tag_type",
      "ip.cipso.sensitivity_level",
      "ip.cipso.categories",
      "ip.cipso.malformed",
      "ip.checksum.status",
      "_ws.malformed",
      "_ws.expert.severity",
    ],
  );
  assert.is(rows.length, cases.length);
  for (const [at, { label }] of cases.entries()) {
    const type = encodeLabelOption(label, "cipso")[6]!;
    const { "ip.cipso.categories": categories, ...row } = rows[at]!;
    assert.equal(row, {
      "ip.cipso.doi": `${label.doi}`,
      "ip.cipso.tag_type": `${type}`,
      "ip.cipso.sensitivity_level": `${label.level}`,
      "ip.cipso.malformed": "",
      "ip.checksum.status": "1",
      ...CLEAN,
    });
    const ranges = label.categories.toReversed().map(([first, last]) => `${last}-${first}`);
    assert.is(categories, type === 5 ? ranges.join() : formatCategories(label.categories));
  }
});

optional(
  test,
  "tshark",
  "CALIPSO: DOI, level, bitmap and checksum, in headers of its own and in those of others",
  () => {
    const options = [
      [5, 2, 0, 0],
      [1, 0, 0x1e, 3, 1, 2, 3],
    ];
    const from = [ipv6(body), ...options.map((list) => ipv6({ ...body, headers: [[0, optionsHeader(list)]] }))];
    const cases = LABELS.flatMap((label) => from.map((packet) => ({ label, packet: stampLabel(packet, label) })));
    const rows = readBack(
      cases.map(({ packet }) => packet),
      [
        "ipv6.opt.calipso.doi",
        "ipv6.opt.calipso.sens_level",
        "ipv6.opt.calipso.cmpt.length",
        "ipv6.opt.calipso.cmpt_bitmap",
        "ipv6.opt.calipso.checksum",
        "_ws.malformed",
        "_ws.expert.severity",
      ],
    );
    assert.is(rows.length, cases.length);
    for (const [at, { label }] of cases.entries()) {
      const option = Buffer.from(encodeLabelOption(label, "calipso"));
      assert.equal(rows[at], {
        "ipv6.opt.calipso.doi": `${label.doi}`,
        "ipv6.opt.calipso.sens_level": `${label.level}`,
        "ipv6.opt.calipso.cmpt.length": `${option[6]}`,
        "ipv6.opt.calipso.cmpt_bitmap": option.subarray(10).toString("hex") || "<MISSING>",
        "ipv6.opt.calipso.checksum": `0x${option.subarray(8, 10).toString("hex")}`,
        ...CLEAN,
      });
    }
  },
);

optional(test, "tshark", "RIPSO: level and authorities; and no label when it is taken out", () => {
  const stamped = stampRipso(ipv4({ ...body, options: cipso(9) }), 0x5a, 0x90);
  const plain = [stripLabel(stamped), stripLabel(stampLabel(ipv6(body), LABELS[1]!))];
  const rows = readBack(
    [stamped, ...plain],
    [
      "ip.opt.sec_cl",
      "ip.opt.sec_prot_auth_flags",
      "ip.opt.type",
      "ipv6.opt.type",
      "_ws.malformed",
      "_ws.expert.severity",
    ],
  );
  const none = {
    "ip.opt.sec_cl": "",
    "ip.opt.sec_prot_auth_flags": "",
    "ip.opt.type": "",
    "ipv6.opt.type": "",
    ...CLEAN,
  };
  assert.equal(rows, [
    { ...none, "ip.opt.sec_cl": "0x5a", "ip.opt.sec_prot_auth_flags": "0x90", "ip.opt.type": "130" },
    none,
    none,
  ]);
});

test.run();
