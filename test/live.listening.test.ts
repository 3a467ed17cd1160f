// Frames of a device for those who only listen, by a packet socket and by a descriptor.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FrameBatch } from "../ts/frames.ts";
import { LiveError } from "../ts/live/error.ts";
import { readFrames } from "../ts/live/read-frames.ts";
import type { Listening } from "./live/listening.ts";
import { inNamespaces, runInside } from "./namespaces.ts";

const test = suite("live listening");

inNamespaces(test, "frames of a device are heard whole and in order, until it is closed or removed", [], async () => {
  const seen = await runInside<Listening>("listening.ts");
  assert.equal(seen.heard, [300, 300]);
  assert.equal(seen.received, [300, 300]);
  assert.is(seen.isEnded, true);
  assert.is(seen.read, 20);
  assert.match(seen.offload, /^OFFLOAD_ON: device lo .*; try: ethtool -K lo gro off lro off/);
  assert.match(seen.removed, /^NO_DEVICE: .*removed; try: ip link show/);
});

/** Octets at a time, each a frame, of a file that holds `octets`. */
async function framesOf(octets: number, skip?: number): Promise<[captured: number, wire: number, first: number][]> {
  const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
  const file = join(folder, "octets");
  writeFileSync(
    file,
    Uint8Array.from({ length: octets }, (_, i) => i & 255),
  );
  const descriptor = openSync(file, "r");
  try {
    const frames: [number, number, number][] = [];
    let before: FrameBatch | null = null;
    for await (const batch of readFrames(descriptor, skip === undefined ? {} : { skip })) {
      assert.ok(before === null || before.released);
      before = batch;
      frames.push([batch.capturedLength(0), batch.wireLength(0), batch.octets(0)[0]!]);
    }
    return frames;
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

test("a read is a frame, without what stands before it, and the end is the end", async () => {
  assert.equal(await framesOf(100), [[100, 100, 0]]);
  assert.equal(await framesOf(100, 10), [[90, 90, 10]]);
  assert.equal(await framesOf(10, 10), []);
  assert.equal(await framesOf(0), []);
});

test("the longest frame has 65,535 octets; of a longer one that much is there, and it is known to be longer", async () => {
  assert.equal((await framesOf(65_535))[0], [65_535, 65_535, 0]);
  assert.equal((await framesOf(65_536))[0], [65_535, 65_536, 0]);
});

test("a descriptor that can't be read, and a skip past the most", async () => {
  const failure = async (descriptor: number, skip?: number): Promise<unknown> => {
    try {
      for await (const _ of readFrames(descriptor, skip === undefined ? {} : { skip }));
    } catch (error) {
      return error;
    }
    return null;
  };
  const error = await failure(987_654);
  assert.instance(error, LiveError);
  assert.match((error as Error).message, /descriptor 987654 can't be read: EBADF/);
  assert.match(`${await failure(987_654, 65)}`, /RangeError: skip 65: expected 0 to 64/);
  assert.instance(await failure(987_654, 64), LiveError);
});

test.run();
