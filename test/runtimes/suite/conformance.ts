// What holds in every runtime, tried on the installed package: nothing here knows where it runs.

import type { Classifier, DeliveredFrame, Verdict } from "labelgate";
import * as labelgate from "labelgate";
import { classifierMetrics, metricsHandler } from "labelgate/metrics";
import { createClassifierPool } from "labelgate/pool";
import { callbackSink } from "labelgate/sinks/callback";
import { countingSink } from "labelgate/sinks/counting";
import { dropLog } from "labelgate/sinks/drop-log";
import { fanOut } from "labelgate/sinks/fan-out";
import { sampled } from "labelgate/sinks/sampling";
import { webStreamSink } from "labelgate/sinks/web-stream";
import { receiveFrames, type WorkerLike, workerSink } from "labelgate/sinks/worker";
import * as assert from "uvu/assert";
import type { Material, Trial } from "../material.ts";

/** What a runtime has to give. */
export interface Surroundings {
  readonly material: Material;
  /** `labelgate/kernel.wasm`, compiled. */
  kernel(): Promise<WebAssembly.Module>;
}

export type Case = readonly [name: string, run: (surroundings: Surroundings) => void | Promise<void>];

const { batchOf, createClassifier, createDecoder, readCapture, readCaptureSync } = labelgate;

const octetsOf = ({ capture }: Trial): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(capture), (character) => character.charCodeAt(0));

function said({ partition, binding, copies, reason }: Verdict): string {
  if (reason !== null) return reason;
  const targets = [{ partition: partition!, binding }, ...copies];
  return targets.map((to) => (to.binding === null ? to.partition : `${to.partition}/${to.binding}`)).join("+");
}

/** Where the frames went that the sinks of a classifier or a pool get, in order; each is told of itself first. */
function watch(target: Pick<Classifier, "partitions" | "register" | "registerDrops">): Map<string, string[]> {
  const got = new Map<string, string[]>();
  for (const name of [...target.partitions, "dropped"]) {
    const list: string[] = [];
    got.set(name, list);
    const take = (frames: Iterable<DeliveredFrame>): void => {
      for (const { frame, verdict, bytes } of frames) list.push(`${frame} ${said(verdict)} ${bytes.length}`);
    };
    if (name === "dropped") target.registerDrops(take);
    else target.register(name, take);
  }
  return got;
}

const PACKET = Uint8Array.from([
  0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 198, 51, 100, 7, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0,
]);
const POLICY: labelgate.PolicyInput = {
  doi: 16,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
  partitions: [
    { name: "public", label: "1" },
    { name: "secret", label: "5:0" },
  ],
  templates: { peers: { type: "labelled", range: ["0", "15:0.255"] } },
  hosts: { "198.51.100.0/24": "peers" },
};
const labelled = (level: number, categories: readonly number[] = []) => ({
  bytes: labelgate.stampLabel(withChecksum(PACKET), labelgate.makeLabel(16, level, categories)),
  linkType: 101,
});

function withChecksum(packet: Uint8Array): Uint8Array {
  const copy = packet.slice();
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += (copy[at]! << 8) | copy[at + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  copy[10] = ~sum >> 8;
  copy[11] = ~sum & 255;
  return copy;
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export const CASES: readonly Case[] = [
  [
    "every vector is read as it is to be",
    ({ material }) => {
      const decoder = createDecoder({ dois: [16] });
      for (const { id, hex, expect } of material.vectors) {
        const bytes = Uint8Array.from(hex.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
        const [record] = decoder.decode(batchOf([{ bytes, linkType: 101 }]));
        assert.is(record!.status, expect.code, id);
        if (expect.icmp?.pointer !== undefined) assert.is(record!.offset, expect.icmp.pointer, id);
      }
      assert.ok(material.vectors.length >= 110);
    },
  ],
  [
    "every frame of every capture goes where kernel and oracle say",
    ({ material }) => {
      for (const trial of material.trials) {
        const classifier = createClassifier(trial.policy);
        const verdicts: string[] = [];
        for (const batch of readCaptureSync(octetsOf(trial))) {
          for (const verdict of classifier.verdicts(batch)) verdicts.push(said(verdict));
        }
        assert.equal(verdicts, trial.expected, trial.name);
      }
    },
  ],
  [
    "it does not matter where a capture comes from",
    async ({ material }) => {
      const [trial] = material.trials;
      const octets = octetsOf(trial!);
      const pieces = function* (): Generator<Uint8Array> {
        for (let at = 0; at < octets.length; at += 7777) yield octets.subarray(at, at + 7777);
      };
      const late = async function* (): AsyncGenerator<Uint8Array> {
        yield* pieces();
      };
      for (const source of [octets, octets.buffer, new Blob([octets]), new Blob([octets]).stream(), pieces(), late()]) {
        for (const isInto of [false, true]) {
          if (isInto && source !== octets) continue;
          const classifier = createClassifier(trial!.policy);
          const options = isInto ? { into: classifier } : {};
          for await (const batch of readCapture(source, options)) classifier.dispatch(batch);
          assert.is(classifier.stats().frames, trial!.expected.length);
          assert.is(classifier.stats().dropped.frames, trial!.expected.filter((name) => /^[A-Z_]+$/.test(name)).length);
        }
      }
    },
  ],
  [
    "a pool of two workers gives its sinks what a classifier gives",
    async ({ material }) => {
      for (const trial of material.trials.slice(0, 4)) {
        const classifier = createClassifier(trial.policy);
        const pool = createClassifierPool(trial.policy, { workers: 2 });
        try {
          const [expected, got] = [watch(classifier), watch(pool)];
          for (const batch of readCaptureSync(octetsOf(trial))) classifier.dispatch(batch);
          await pool.classify([octetsOf(trial)]);
          assert.equal([...got], [...expected], trial.name);
          assert.equal(pool.stats(), classifier.stats(), trial.name);
        } finally {
          await pool.close();
        }
      }
    },
  ],
  [
    "the kernel can be given, to a pool too; another module is refused",
    async ({ material, kernel }) => {
      const wasm = await kernel();
      const [trial] = material.trials;
      const classifier = createClassifier(trial!.policy, { wasm });
      const pool = createClassifierPool(trial!.policy, { workers: 1, wasm });
      for (const batch of readCaptureSync(octetsOf(trial!))) classifier.dispatch(batch);
      await pool.classify([octetsOf(trial!)]);
      await pool.close();
      assert.is(classifier.stats().frames, trial!.expected.length);
      assert.equal(pool.stats(), classifier.stats());
      const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
      assert.throws(() => createClassifier(POLICY, { wasm: empty }), /use kernel\.wasm of the package/);
    },
  ],
  [
    "sinks, counters, explanations, another policy",
    () => {
      const classifier = createClassifier(POLICY);
      const got = watch(classifier);
      classifier.dispatch(batchOf([labelled(1), labelled(5, [0]), labelled(7), { bytes: new Uint8Array(60) }]));
      assert.equal(
        [...got.values()].map((list) => list.map((text) => text.split(" ")[1])),
        [["public"], ["secret"], ["NO_PARTITION", "NOT_IP"]],
      );
      const { verdict, steps } = classifier.explain(labelled(7).bytes, { linkType: 101 });
      assert.equal([verdict.reason, steps.at(-1)!.step], ["NO_PARTITION", 9]);
      classifier.replacePolicy({ ...POLICY, partitions: [{ name: "third", label: "7" }] });
      classifier.dispatch(batchOf([labelled(7)]));
      assert.equal(classifier.partitions, ["third"]);
      assert.is(classifier.stats().partitions.third!.frames, 1);
      assert.is(labelgate.auditPolicy(POLICY).findings.length >= 0, true);
    },
  ],
  [
    "what is wrong is told by errors of the package",
    () => {
      const thrown = (run: () => unknown): unknown => {
        try {
          run();
        } catch (error) {
          return error;
        }
        return null;
      };
      assert.instance(
        thrown(() => createClassifier({ ...POLICY, doi: 0 })),
        labelgate.PolicyError,
      );
      assert.instance(
        thrown(() => [...readCaptureSync(Uint8Array.of(1, 2, 3, 4))]),
        labelgate.CaptureError,
      );
      const classifier = createClassifier(POLICY);
      classifier.registerDrops(() => {
        throw new Error("no room");
      });
      assert.instance(
        thrown(() => classifier.dispatch(batchOf([labelled(7)]))),
        labelgate.SinkError,
      );
    },
  ],
  [
    "labels are put on and taken off",
    () => {
      const { bytes } = labelled(5, [0, 7]);
      const [record] = createDecoder().decode(batchOf([{ bytes, linkType: 101 }]));
      assert.equal(record!.label, { scheme: "cipso", doi: 16, level: 5, categories: "0,7" });
      assert.is(labelgate.stripLabel(bytes).length, PACKET.length);
    },
  ],
  [
    "captures are written",
    () => {
      const chunks: Uint8Array[] = [];
      const writer = new labelgate.PcapngWriter((chunk) => chunks.push(chunk));
      const index = writer.addInterface({ linkType: 101, name: "net0" });
      writer.packet(labelled(1).bytes, { interface: index, seconds: 1_700_000_000, nanoseconds: 5 });
      writer.flush();
      const [batch] = readCaptureSync(chunks);
      assert.equal([batch!.count, batch!.seconds(0), batch!.nanoseconds(0)], [1, 1_700_000_000, 5]);
    },
  ],
  [
    "sinks that wait: callback, stream of the Web, worker",
    async () => {
      const classifier = createClassifier(POLICY);
      const seen: string[] = [];
      const callback = callbackSink(async (frames) => {
        await turn();
        seen.push(...frames.map(({ frame }) => `callback ${frame}`));
      });
      const stream = webStreamSink(
        new WritableStream<labelgate.FrameCopy>({ write: ({ frame }) => void seen.push(`stream ${frame}`) }),
      );
      const { port1, port2 } = new MessageChannel();
      port1.start();
      port2.start();
      const stop = receiveFrames(port2 as unknown as WorkerLike, (frames, name) => {
        seen.push(...frames.map(({ frame, bytes }) => `${name} ${frame} ${bytes.length}`));
      });
      const worker = workerSink(port1 as unknown as WorkerLike, "worker");
      classifier.register("public", callback);
      classifier.register("secret", stream);
      classifier.registerDrops(worker);
      const bytes = new Uint8Array(60);
      classifier.dispatch(batchOf([labelled(1), labelled(5, [0]), { bytes }, { bytes }]));
      await Promise.all([callback.end(), stream.end(), worker.end()]);
      stop();
      port1.close();
      port2.close();
      assert.equal(seen.sort(), ["callback 1", "stream 2", "worker 3 60", "worker 4 60"]);
    },
  ],
  [
    "sinks that do not: counting, fan-out, sampling, lines of drops",
    () => {
      const classifier = createClassifier(POLICY);
      const lines: string[] = [];
      const counting = countingSink((frame) => `${frame.reason}`);
      let sampledFrames = 0;
      const some = sampled(({ length }) => (sampledFrames += length), { every: 10 });
      classifier.registerDrops(
        fanOut(
          counting,
          some,
          dropLog((line) => lines.push(line), { perSecond: 3 }),
        ),
      );
      classifier.dispatch(batchOf(Array.from({ length: 100 }, () => labelled(7))));
      assert.equal(counting.counts().keys.get("NO_PARTITION")!.frames, 100);
      assert.equal([sampledFrames, lines.length], [10, 3]);
      assert.is(JSON.parse(lines[0]!).src, "198.51.100.7");
    },
  ],
  [
    "counters as OpenMetrics text, served",
    async () => {
      const classifier = createClassifier(POLICY);
      classifier.dispatch(batchOf([labelled(1)]));
      const handler = metricsHandler(() => classifierMetrics(classifier.stats()));
      const text = await handler(new Request("http://localhost/metrics")).text();
      assert.match(text, /^labelgate_delivered_frames_total\{partition="public",binding=""\} 1$/m);
    },
  ],
];
