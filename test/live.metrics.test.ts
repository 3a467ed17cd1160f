// The counters of a gate as OpenMetrics text.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { gateMetrics } from "../ts/live/metrics.ts";
import { frame, HOST4, inside, OUR4, world } from "./live/world.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("live metrics");

function used(): string {
  const w = world();
  w.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(5, [0]) })), frame(ipv4({ src: HOST4, dst: OUR4 })));
  w.fromPartition("public", inside("public", ipv4({ src: OUR4, dst: "224.0.0.5" })));
  return gateMetrics(w.gate.stats());
}

test("what was delivered, dropped and refused stands there, by partition and reason", () => {
  const lines = used().split("\n");
  for (const line of [
    'labelgate_delivered_packets_total{partition="secret"} 1',
    'labelgate_delivered_packets_total{partition="public"} 0',
    'labelgate_dropped_frames_total{reason="LABEL_REQUIRED"} 1',
    'labelgate_refused_packets_total{partition="public",reason="GROUP_DESTINATION"} 1',
    'labelgate_undelivered_packets_total{reason="portless"} 0',
    "labelgate_label_errors_total 0",
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test("OpenMetrics 1.0: a type and a help for each family, samples of a family together, none twice, an end", () => {
  const text = used();
  assert.ok(text.endsWith("\n# EOF\n"));
  const lines = text.trimEnd().split("\n").slice(0, -1);
  const families: string[] = [];
  const samples: string[] = [];
  lines.forEach((line, i) => {
    const type = /^# TYPE ([a-z_]+) counter$/.exec(line);
    if (type !== null) {
      families.push(type[1]!);
      assert.match(lines[i + 1]!, new RegExp(`^# HELP ${type[1]} [A-Z].*\\.$`));
    } else if (!line.startsWith("# HELP ")) {
      const sample = /^([a-z_]+)_total(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? \d+$/.exec(line);
      assert.is(sample?.[1], families.at(-1), line);
      samples.push(line.replace(/ \d+$/, ""));
    }
  });
  assert.is(new Set(families).size, families.length);
  assert.is(new Set(samples).size, samples.length);
});

test("a partition and a device of one name are told apart", () => {
  const stats = world().gate.stats();
  const text = gateMetrics({ ...stats, wires: { public: stats.wires.w0! } });
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const series = samples.map((line) => line.replace(/ \d+$/, ""));
  assert.is(new Set(series).size, series.length);
});

test("OpenMetrics 1.0: quotes, backslashes and ends of lines in names are escaped", () => {
  const stats = world().gate.stats();
  const partitions = { 'a"b\\c\nd': stats.partitions.public! };
  assert.ok(gateMetrics({ ...stats, partitions }).includes('{partition="a\\"b\\\\c\\nd"} 0\n'));
});

test.run();
