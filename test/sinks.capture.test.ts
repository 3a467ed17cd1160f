// Capture files that follow one another: by size, by time, so many of them; and what can't be written is told.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCaptureSync } from "../ts/capture/read.ts";
import { SinkError } from "../ts/errors.ts";
import { type CaptureSinkOptions, captureSink } from "../ts/sinks/capture.ts";
import { optional } from "./needs.ts";
import { feed, feedDrops, frames } from "./sinking.ts";

const test = suite("capture sink");
const folder = mkdtempSync(join(tmpdir(), "labelgate-sinks-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Files {
  pathOf(file: number): string;
  /** Seconds of the frames of each file, by name. */
  content(): Record<string, number[]>;
}

function files(): Files {
  const place = mkdtempSync(join(folder, "case-"));
  return {
    pathOf: (file) => join(place, `${file}.pcapng`),
    content: () =>
      Object.fromEntries(
        readdirSync(place).map((name) => {
          const seconds: number[] = [];
          for (const batch of readCaptureSync(readFileSync(join(place, name)))) {
            for (let row = 0; row < batch.count; row++) seconds.push(batch.seconds(row));
          }
          return [name, seconds];
        }),
      ),
  };
}

async function written(options: CaptureSinkOptions, count: number): Promise<[Files, string[]]> {
  const place = files();
  const whole: string[] = [];
  const sink = captureSink(place.pathOf, { ...options, onFile: (path) => whole.push(path) });
  const send = feed(sink);
  for (let i = 0; i < count; i++) {
    send(frames(1, i));
    await sink.ready();
  }
  await sink.end();
  return [place, whole];
}

test("one file, with times, lengths, names of devices, and why a frame was dropped", async () => {
  const place = files();
  const sink = captureSink(place.pathOf(1));
  feedDrops(sink)(1, 1);
  await sink.end();
  const octets = readFileSync(place.pathOf(1));
  const [batch] = readCaptureSync(octets);
  assert.equal([batch!.count, batch!.wireLength(0), batch!.linkType(0), batch!.linkType(1)], [2, 1000, 101, 1]);
  assert.is(batch!.interfaces[batch!.interfaceOf(1)]!.name, "eth7");
  assert.ok(
    octets.toString("latin1").includes("frame 1: NO_PARTITION (step 9): no partition has this label; octet 20"),
  );
});

test("by size: a file has at most so many octets, and one more begins the next", async () => {
  const [one] = await written({}, 1);
  const [two] = await written({}, 2);
  const size = statSync(two.pathOf(1)).size;
  assert.ok(size > statSync(one.pathOf(1)).size);
  const [exact, whole] = await written({ maxFileBytes: size }, 5);
  assert.equal(exact.content(), { "1.pcapng": [0, 1], "2.pcapng": [2, 3], "3.pcapng": [4] });
  assert.equal(whole, [1, 2, 3].map(exact.pathOf));
  for (const path of whole) assert.ok(statSync(path).size <= size);
  const [less] = await written({ maxFileBytes: size - 1 }, 2);
  assert.equal(less.content(), { "1.pcapng": [0], "2.pcapng": [1] });
  // One that is larger by itself has a file all the same.
  const [tiny] = await written({ maxFileBytes: 1 }, 2);
  assert.equal(tiny.content(), { "1.pcapng": [0], "2.pcapng": [1] });
});

test("by time: from a file's first frame on, a second before the end and at it", async () => {
  const [place] = await written({ maxFileSeconds: 3 }, 7);
  assert.equal(place.content(), { "1.pcapng": [0, 1, 2], "2.pcapng": [3, 4, 5], "3.pcapng": [6] });
});

test("so many files are kept", async () => {
  const [place, whole] = await written({ maxFileSeconds: 1, maxFiles: 2 }, 5);
  assert.equal(place.content(), { "4.pcapng": [3], "5.pcapng": [4] });
  assert.is(whole.length, 5);
});

test("a file that is there is not overwritten: the sink fails, and says so", async () => {
  const place = files();
  writeFileSync(place.pathOf(1), "precious");
  const sink = captureSink(place.pathOf(1));
  const send = feed(sink);
  send(frames(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.throws(
    () => send(frames(1)),
    (error: unknown) => error instanceof SinkError && /EEXIST/.test(error.message),
  );
  await sink.end().then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /EEXIST/),
  );
  assert.is(readFileSync(place.pathOf(1), "utf8"), "precious");
  assert.is(sink.stats().lost.frames, 2);
});

test("no frame, no file", async () => {
  const place = files();
  await captureSink(place.pathOf(1)).end();
  assert.not(existsSync(place.pathOf(1)));
});

test("bounds that are none, and several files at one path, are refused", () => {
  for (const name of ["maxFileBytes", "maxFileSeconds", "maxFiles"]) {
    for (const bad of [0, 1.5]) assert.throws(() => captureSink(String, { [name]: bad }), /expected 1 or more/);
  }
  assert.throws(() => captureSink("one.pcapng", { maxFileBytes: 1000 }), /give a function of their number/);
});

optional(test, "tshark", "tshark reads them, and sees the comments", async () => {
  const place = files();
  const sink = captureSink(place.pathOf(1));
  feedDrops(sink)(2);
  await sink.end();
  const { stdout } = spawnSync("tshark", ["-r", place.pathOf(1), "-T", "fields", "-e", "frame.comment"], {
    encoding: "utf8",
  });
  assert.equal(stdout.trim().split("\n").length, 2);
  assert.match(stdout, /^frame 1: NO_PARTITION/);
});

test.run();
