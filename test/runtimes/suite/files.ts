// What holds where there are files and streams of Node: Node, Deno, Bun.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { batchOf, createClassifier, type FrameCopy, readCaptureSync } from "labelgate";
import { openCaptureFile, readCaptureFile } from "labelgate/file";
import { createClassifierPool } from "labelgate/pool";
import { captureSink } from "labelgate/sinks/capture";
import { nodeStreamSink } from "labelgate/sinks/node-stream";
import * as assert from "uvu/assert";
import type { Case } from "./conformance.ts";

const folder = mkdtempSync(join(tmpdir(), "labelgate-runtime-"));

export const clean = (): void => rmSync(folder, { recursive: true, force: true });

export const FILES: readonly Case[] = [
  [
    "capture files are read, by a pool too",
    async ({ material }) => {
      const [trial] = material.trials;
      const path = join(folder, "recording.pcap");
      writeFileSync(path, Buffer.from(trial!.capture, "base64"));
      const classifier = createClassifier(trial!.policy);
      for (const batch of readCaptureFile(path, { into: classifier })) classifier.dispatch(batch);
      assert.is(classifier.stats().frames, trial!.expected.length);
      const pool = createClassifierPool(trial!.policy, { workers: 2 });
      await pool.classify([openCaptureFile(path), openCaptureFile(path)]);
      await pool.close();
      assert.is(pool.stats().delivered.frames, 2 * classifier.stats().delivered.frames);
    },
  ],
  [
    "frames are written to capture files and to streams of Node",
    async ({ material }) => {
      const [trial] = material.trials;
      const classifier = createClassifier(trial!.policy);
      const dropped: number[] = [];
      const stream = nodeStreamSink(
        new Writable({
          objectMode: true,
          write({ frame }: FrameCopy, _encoding, done) {
            dropped.push(frame);
            done();
          },
        }),
      );
      const path = join(folder, "public.pcapng");
      const files = captureSink(path);
      classifier.registerDrops(stream);
      classifier.register("public", files);
      for (const batch of readCaptureSync(Buffer.from(trial!.capture, "base64"))) classifier.dispatch(batch);
      await Promise.all([stream.end(), files.end()]);
      const { dropped: drops, partitions } = classifier.stats();
      assert.is(dropped.length, drops.frames);
      let written = 0;
      for (const batch of readCaptureSync(readFileSync(path))) written += batch.count;
      assert.equal([written, batchOf([]).count], [partitions.public!.frames, 0]);
    },
  ],
];
