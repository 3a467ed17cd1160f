// The counters of a classifier as OpenMetrics text: the numbers of its stats, and a text that is one; and who serves it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import { classifierMetrics, metricsHandler, metricsListener } from "../ts/metrics.ts";
import { CONTENT_TYPE, openMetrics } from "../ts/openmetrics.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { NOWHERE, POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { cipso, ipv4, RAW } from "./packets.ts";

const test = suite("metrics");

const GROUP = "224.0.0.251";
const BOUND: PolicyInput = {
  ...POLICY,
  partitions: [
    { name: "public", label: "1", groups: [GROUP], bindings: [{ name: "web", ports: ["80/tcp"] }, { name: "rest" }] },
    { name: "second", label: "1", shared: false, groups: [GROUP] },
    { name: "secret", label: "5:0" },
  ],
};

function used(): ReturnType<typeof createClassifier> {
  const classifier = createClassifier(BOUND);
  const toGroup = ipv4({ dst: GROUP, options: cipso(1) });
  const frames = [PUBLIC, PUBLIC, SECRET, NOWHERE, toGroup].map((bytes) => ({ bytes, linkType: RAW, wireLength: 100 }));
  classifier.dispatch(batchOf([...frames, { bytes: new Uint8Array(60) }]));
  return classifier;
}

test("what was delivered and dropped stands there, by partition, binding and reason; sums are those of the stats", () => {
  const stats = used().stats();
  const samples = classifierMetrics(stats)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => /^(\w+)(\{.*\})? (\d+)$/.exec(line)!);
  const sum = (name: string, labels = ""): number =>
    samples
      .filter(([, found, own]) => found === name && (own ?? "").includes(labels))
      .reduce((total, [, , , value]) => total + Number(value), 0);
  assert.ok(samples.some(([line]) => line === 'labelgate_delivered_frames_total{partition="secret",binding=""} 1'));
  assert.is(sum("labelgate_delivered_frames_total"), stats.delivered.frames + stats.copies.frames);
  assert.is(sum("labelgate_delivered_bytes_total"), stats.delivered.bytes + stats.copies.bytes);
  for (const [name, { frames, bytes }] of Object.entries(stats.partitions)) {
    assert.is(sum("labelgate_delivered_frames_total", `partition="${name}"`), frames);
    assert.is(sum("labelgate_delivered_bytes_total", `partition="${name}"`), bytes);
  }
  assert.is(sum("labelgate_dropped_frames_total"), stats.dropped.frames);
  assert.is(sum("labelgate_dropped_bytes_total"), stats.dropped.bytes);
  assert.is(sum("labelgate_dropped_frames_total", 'reason="NO_PARTITION",rule="step 9"'), 1);
  assert.is(sum("labelgate_copied_frames_total"), 1);
  assert.is(sum("labelgate_displaced_datagrams_total"), 0);
});

test("OpenMetrics 1.0: a type and a help for each family, its samples behind them, none twice, an end", () => {
  const text = classifierMetrics(used().stats());
  assert.ok(text.endsWith("\n# EOF\n"));
  let family = "";
  const series: string[] = [];
  const lines = text.trimEnd().split("\n").slice(0, -1);
  for (const [i, line] of lines.entries()) {
    const type = /^# TYPE (\w+) counter$/.exec(line);
    if (type !== null) {
      family = type[1]!;
      assert.match(lines[i + 1]!, new RegExp(`^# HELP ${family} [A-Z].*[^.]\\.$`));
    } else if (!line.startsWith("# HELP")) {
      assert.match(line, new RegExp(`^${family}_total(\\{\\w+="[^"]*"(,\\w+="[^"]*")*\\})? \\d+$`));
      series.push(line.replace(/ \d+$/, ""));
    }
  }
  assert.is(new Set(series).size, series.length);
});

test("quotes, backslashes and ends of lines in names are escaped", () => {
  const text = openMetrics([["m", "Help", [[{ name: 'a"b\\c\nd' }, 1]]]]);
  assert.is(text, '# TYPE m counter\n# HELP m Help.\nm_total{name="a\\"b\\\\c\\nd"} 1\n# EOF\n');
});

test("a handler of Requests: GET and HEAD, nothing else, and the numbers of now", async () => {
  const classifier = used();
  const handler = metricsHandler(() => classifierMetrics(classifier.stats()));
  const ask = (method: string): Response => handler(new Request("http://localhost/metrics", { method }));
  const before = await ask("GET").text();
  classifier.dispatch(batchOf([{ bytes: SECRET, linkType: RAW }]));
  const after = await ask("GET").text();
  assert.match(before, /\{partition="secret",binding=""\} 1$/m);
  assert.match(after, /\{partition="secret",binding=""\} 2$/m);
  assert.equal([ask("GET").status, ask("GET").headers.get("content-type")], [200, CONTENT_TYPE]);
  assert.equal([ask("HEAD").status, await ask("HEAD").text()], [200, ""]);
  assert.equal([ask("POST").status, ask("POST").headers.get("allow")], [405, "GET, HEAD"]);
});

test("a listener of node:http does the same", async () => {
  const server = createServer(metricsListener(() => classifierMetrics(used().stats())));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const answer = await fetch(url);
  assert.equal([answer.status, answer.headers.get("content-type")], [200, CONTENT_TYPE]);
  assert.is(await answer.text(), classifierMetrics(used().stats()));
  const head = await fetch(url, { method: "HEAD" });
  assert.equal([head.status, await head.text()], [200, ""]);
  const post = await fetch(url, { method: "POST", body: "x" });
  assert.equal([post.status, post.headers.get("allow"), await post.text()], [405, "GET, HEAD", ""]);
  server.close();
});

test.run();
