import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCaptureFile } from "../ts/capture/file.ts";
import { BATCH_BYTES, readCaptureSync } from "../ts/capture/read.ts";
import type { Classifier } from "../ts/classifier.ts";
import { CaptureError } from "../ts/errors.ts";
import { concat, octetsOf, pcapHeader, pcapRecord, readAll } from "./captures.ts";

const test = suite("capture file");

const folder = mkdtempSync(join(tmpdir(), "labelgate-capture-"));
test.after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, octets: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

const whole = concat([
  pcapHeader(),
  ...Array.from({ length: 1500 }, (_, at) => pcapRecord(octetsOf((at * 37) % 1500, at))),
]);

test("a file gives what its octets give", () => {
  assert.ok(whole.length > 4 * BATCH_BYTES);
  assert.equal(readAll(readCaptureFile(fileOf("good.pcap", whole))), readAll(readCaptureSync(whole)));
});

test("a file that is cut gives its whole frames, then the fault", () => {
  const cut = whole.subarray(0, -1);
  const { frames, error } = readAll(readCaptureFile(fileOf("cut.pcap", cut)));
  assert.is(frames.length, 1499);
  assert.is(error?.offset, readAll(readCaptureSync(cut)).error?.offset);
});

test("progress goes up to the size of the file", () => {
  const seen: (number | null)[][] = [];
  const onProgress = (...numbers: [number, number | null]) => void seen.push(numbers);
  for (const _ of readCaptureFile(fileOf("progress.pcap", whole), { onProgress }));
  assert.ok(seen.length >= whole.length / BATCH_BYTES);
  assert.equal(seen.at(-1), [whole.length, whole.length]);
  for (const [at, [bytes]] of seen.entries()) {
    const step = bytes! - (seen[at - 1]?.[0] ?? 0);
    assert.ok(step > 0 && step <= BATCH_BYTES);
  }
});

test("files that can't be read are CaptureErrors with the cause", () => {
  for (const [path, words, code] of [
    [join(folder, "absent.pcap"), "there is no such file", "ENOENT"],
    [folder, "it is a directory", "EISDIR"],
    [join(fileOf("file", whole), "below"), "not a directory", "ENOTDIR"],
  ] as const) {
    const { frames, error } = readAll(readCaptureFile(path));
    assert.is(frames.length, 0);
    assert.is(error?.offset, 0);
    assert.match(error!.message, `cannot read ${path}: `);
    assert.match(error!.message, words);
    assert.is((error!.cause as NodeJS.ErrnoException).code, code);
  }
});

test("a file is closed when what it is to be read into is refused", () => {
  const path = fileOf("refused.pcap", whole);
  const opened = (): number => readdirSync("/proc/self/fd").length;
  const before = existsSync("/proc/self/fd") ? opened() : 0;
  for (let i = 0; i < 8; i++) {
    assert.throws(() => [...readCaptureFile(path, { into: {} as Classifier })], /expected a classifier/);
  }
  if (existsSync("/proc/self/fd")) assert.is(opened(), before);
});

test("an empty file is an empty capture, which is refused", () => {
  assert.match(readAll(readCaptureFile(fileOf("empty.pcap", new Uint8Array(0)))).error!.message, "empty");
});

const DESCRIPTORS = "/proc/self/fd";

if (existsSync(DESCRIPTORS)) {
  test("the file is closed at the end, after a fault, and when the caller stops early", () => {
    const open = () => readdirSync(DESCRIPTORS).length;
    const before = open();
    const good = fileOf("closed.pcap", whole);
    for (const _ of readCaptureFile(good)) assert.is(open(), before + 1);
    assert.is(open(), before);
    for (const _ of readCaptureFile(good)) break;
    assert.is(open(), before);
    assert.throws(() => [...readCaptureFile(fileOf("bad.pcap", whole.subarray(1)))], isCaptureError);
    assert.throws(() => [...readCaptureFile(folder)], isCaptureError);
    assert.is(open(), before);
  });

  test("a pipe is read too, and has no total", () => {
    const script = `
      import { readCaptureFile } from "./ts/capture/file.ts";
      let frames = 0;
      const totals = new Set();
      const onProgress = (_, total) => totals.add(total);
      for (const batch of readCaptureFile("/dev/stdin", { onProgress })) frames += batch.count;
      console.log(JSON.stringify([frames, [...totals]]));`;
    const command = `cat "$1" | "$2" --import tsx --input-type=module -e "$3"`;
    const { stdout, stderr } = spawnSync(
      "sh",
      ["-c", command, "sh", fileOf("piped.pcap", whole), process.execPath, script],
      { encoding: "utf8" },
    );
    assert.is(stdout.trim(), "[1500,[null]]", stderr);
  });
}

function isCaptureError(error: unknown): boolean {
  return error instanceof CaptureError;
}

test.run();
