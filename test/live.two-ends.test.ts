// Both ends on one machine, by plain programs over a labelled wire: who is reached, what the wire carries, what never arrives.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DropRecord } from "../ts/sinks/drop-log.ts";
import type { TwoEnds } from "./live/two-ends.ts";
import { inNamespaces, runInside } from "./namespaces.ts";

const test = suite("live two ends");

const NAMES = ["public", "internal", "secret"] as const;
const ADDRESSES = ["10.66.0.1", "fd66::1"];

/** Labels that tshark sees on the wire, how often each: `DOI:level:categories`. */
function labelsOnWire(capture: string): {
  readonly cipso: string[];
  readonly calipso: string[];
  readonly bare: number;
} {
  const fields = [
    "ip.src",
    "ip.cipso.doi",
    "ip.cipso.sensitivity_level",
    "ip.cipso.categories",
    "ipv6.opt.calipso.doi",
    "ipv6.opt.calipso.sens_level",
    "ipv6.opt.calipso.cmpt_bitmap",
  ];
  const args = [
    "-n",
    "-r",
    capture,
    "-Y",
    "tcp or udp",
    "-T",
    "fields",
    "-E",
    "separator=|",
    ...fields.flatMap((field) => ["-e", field]),
  ];
  const rows = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    .trim()
    .split("\n");
  const cipso = new Set<string>();
  const calipso = new Set<string>();
  let bare = 0;
  for (const row of rows) {
    const [v4, doi, level, categories, doi6, level6, bitmap] = row.split("|");
    if (v4 !== "" && doi !== "") cipso.add(`${doi}:${level}:${categories}`);
    else if (v4 === "" && doi6 !== "") calipso.add(`${doi6}:${level6}:${bitmap}`);
    else bare++;
  }
  return { cipso: [...cipso].sort(), calipso: [...calipso].sort(), bare };
}

inNamespaces(
  test,
  "three clients with one address reach three servers with one address, each its own; nothing else reaches anybody",
  ["curl", "tshark"],
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
    try {
      const capture = join(folder, "wire.pcap");
      const seen = await runInside<TwoEnds>("two-ends.ts", capture);
      const expected = Object.fromEntries(
        NAMES.flatMap((name) => ADDRESSES.map((address) => [`${name} ${address}`, name] as const)),
      );
      assert.equal(seen.http, expected);
      assert.equal(seen.udp, expected);

      const wire = labelsOnWire(capture);
      assert.equal(wire.cipso, ["16:1:", "16:2:0", "16:5:0,1"]);
      assert.equal(wire.calipso, ["16:1:<MISSING>", "16:2:80000000", "16:5:c0000000"]);
      assert.is(wire.bare, 0, "every packet of TCP and UDP on the wire is labelled");

      // Of the bad ones, none arrived, and every one is counted.
      assert.is(seen.badReceived, 0);
      const delivered = (stats: TwoEnds["servers"]): number => stats.verdicts.delivered.frames;
      const dropped = (stats: TwoEnds["servers"]): number => stats.verdicts.dropped.frames;
      // The first fragment of a datagram that is refused later is delivered, and nobody puts it together.
      const firsts = 1;
      assert.is(delivered(seen.servers) - delivered(seen.before), firsts);
      assert.is(dropped(seen.servers) - dropped(seen.before), seen.badSent - firsts);
      const refused = Object.values(seen.clients.partitions).flatMap(({ refusals }) => Object.values(refusals));
      assert.is(
        refused.reduce((sum, count) => sum + count, 0),
        seen.forgedSent,
      );
      for (const { refusals } of Object.values(seen.clients.partitions)) {
        assert.equal(refusals, { SOURCE_NOT_OURS: 2, LABEL_NOT_OWN: 2, OPT_OVERRUN: 1, GROUP_DESTINATION: 1 });
      }

      assert.equal(seen.statuses, [0, 0]);
      assert.ok(seen.isReloaded);
      assert.match(seen.metrics, /^labelgate_delivered_packets_total\{partition="secret"\} \d+$/m);
      const drops = seen.drops
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as DropRecord);
      const { reasons } = seen.servers.verdicts;
      for (const name of new Set(drops.map(({ reason }) => reason))) {
        const own = drops.filter(({ reason }) => reason === name);
        // Each has a line, or is told of by the next one.
        const told = own.reduce((sum, { unlogged }) => sum + 1 + unlogged, 0);
        assert.ok(told > 0 && told <= reasons[name]!.frames, `${name}: ${told} of ${reasons[name]?.frames}`);
      }
      assert.ok(drops.some(({ device }) => device === "lgw0"));
      assert.is(seen.left.trim(), "", "nothing is left behind");
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test.run();
