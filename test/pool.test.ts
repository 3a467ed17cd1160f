// A pool gives every sink what a classifier would, in the same order, wherever chunks part; and what goes wrong is told.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { openCaptureFile } from "../ts/capture/file.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import { PcapngWriter } from "../ts/capture/write.ts";
import { createClassifier } from "../ts/classifier.ts";
import { CaptureError, PolicyError, SinkError } from "../ts/errors.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { type ClassifierPool, createClassifierPool, MAX_WORKERS, type PoolWorker } from "../ts/pool/pool.ts";
import { CHUNK_BYTES, CHUNK_FRAMES, type Chunk, Memories, Splitting } from "../ts/pool/splitting.ts";
import { concat, piecesOf } from "./captures.ts";
import { BULK, RECORDING } from "./commands.ts";
import { NOWHERE, POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { randomSeed } from "./generate/differential.ts";
import { frames } from "./generate/frame.ts";
import { policy } from "./generate/policy.ts";
import { cipso, ipv4, piece4, RAW } from "./packets.ts";
import { endWorkers, openPool, record, startWorker } from "./pooling.ts";
import { pcap, pcapng } from "./written.ts";

const test = suite("pool");

const GROUP = "224.0.0.251";
const CASES = 30;

// The same captures through a classifier and a pool: records of all that sinks got, and the counters.
async function compare(input: PolicyInput, captures: readonly Uint8Array[], pool: ClassifierPool): Promise<void> {
  const classifier = createClassifier(input);
  const [expected, got] = [record(classifier), record(pool)];
  for (const capture of captures) for (const batch of readCaptureSync(capture)) classifier.dispatch(batch);
  await pool.classify(captures);
  assert.equal([...got], [...expected]);
  assert.equal(pool.stats(), classifier.stats());
}

async function using(pool: ClassifierPool, use: (pool: ClassifierPool) => Promise<void>): Promise<void> {
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

const failure = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable("nothing went wrong") as never;
};

test("generated packets under random policies, cut into chunks anywhere, come to what a classifier gives", async () => {
  const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
  console.log(`seed ${seed}`);
  const sizes = fc.constantFrom(1, 2, 5, 40);
  await fc.assert(
    fc.asyncProperty(policy, frames(120), sizes, fc.integer({ min: 1, max: 3 }), async (input, list, size, workers) => {
      const capture = pcapng(list, (i) => i % size === 0);
      await using(openPool(input, workers), (pool) => compare(input, [capture, capture], pool));
    }),
    // A case takes a tenth of a second: what fails is told as it is, by its seed.
    { numRuns: CASES, seed, endOnFailure: true },
  );
});

test("a recording comes to what a classifier gives, from a file, memory, a stream, and pieces of any size", async () => {
  const input: PolicyInput = {
    doi: 16,
    interfaces: [{ name: "net0", addresses: ["10.1.0.1", "10.2.0.2", "fd01::1"] }],
    partitions: [
      { name: "three", label: "3:0.7" },
      { name: "six", label: "6:0.239" },
      { name: "zero", label: "0" },
    ],
    templates: { clients: { type: "labelled", range: ["0", "15:0.1023"] } },
    hosts: { "10.0.0.0/8": "clients", "fd01::/64": "clients" },
  };
  const small = readFileSync(RECORDING);
  await using(openPool(input), (pool) => compare(input, [small, new Uint8Array(small)], pool));
  const sources = [
    () => openCaptureFile(BULK),
    () => readFileSync(BULK),
    () => new Blob([readFileSync(BULK)]),
    () => new Blob([readFileSync(BULK)]).stream(),
    () => piecesOf(readFileSync(BULK), 77_777),
  ];
  const classifier = createClassifier(input);
  for (const batch of readCaptureSync(readFileSync(BULK))) classifier.dispatch(batch);
  for (const source of sources) {
    await using(openPool(input, 3), async (pool) => {
      await pool.classify([source()]);
      assert.equal(pool.stats(), classifier.stats());
    });
  }
});

test("a datagram is followed over the end of a chunk, and its refusal too", async () => {
  const piece = (from: number, more: boolean, options = cipso(5, [0])): Uint8Array =>
    piece4({ from, length: 8, more }, { options, protocol: 17 });
  const list = [piece(0, true), PUBLIC, piece(8, true), SECRET, piece(8, true), piece(16, false)];
  const capture = pcapng(
    list.map((bytes) => ({ bytes, linkType: RAW })),
    () => true,
  );
  await using(openPool(POLICY, 3), async (pool) => {
    await compare(POLICY, [capture], pool);
    const { reasons } = pool.stats();
    assert.is(reasons.FRAG_OVERLAP?.frames ?? reasons.FRAG_DUPLICATE?.frames, 1);
  });
});

test("a multicast goes to all that take it, in its place among the others", async () => {
  const crowd: PolicyInput = {
    ...POLICY,
    partitions: [
      {
        name: "public",
        label: "1",
        groups: [GROUP],
        bindings: [{ name: "mdns", ports: ["80/udp"] }, { name: "rest" }],
      },
      { name: "second", label: "1", shared: false, groups: [GROUP] },
    ],
  };
  const toGroup = ipv4({ dst: GROUP, options: cipso(1) });
  await using(openPool(crowd), (pool) => compare(crowd, [pcap([PUBLIC, toGroup, PUBLIC, NOWHERE, toGroup])], pool));
});

test("a chunk has so many frames and octets, and one more begins another", () => {
  const chunksOf = (capture: Uint8Array): [count: number, length: number][] => {
    const splitting = new Splitting(new Memories(), { fault: null });
    const chunks: Chunk[] = [];
    const take = (parts: Iterable<{ kind: string }>): void => {
      for (const part of parts) if (part.kind === "chunk") chunks.push(part as Chunk);
    };
    for (let at = 0; at < capture.length; ) {
      const room = splitting.room();
      const count = Math.min(room.length, capture.length - at);
      room.set(capture.subarray(at, at + count));
      splitting.advance(count);
      at += count;
      take(splitting.parts());
    }
    take(splitting.flush());
    splitting.end();
    return chunks.map(({ count, length }) => [count, length]);
  };
  const frame = new Uint8Array(48);
  const many = (count: number): Uint8Array => pcap(Array.from({ length: count }, () => frame));
  assert.equal(chunksOf(many(CHUNK_FRAMES)), [[CHUNK_FRAMES, CHUNK_FRAMES * 64]]);
  assert.equal(chunksOf(many(CHUNK_FRAMES + 1)), [
    [CHUNK_FRAMES, CHUNK_FRAMES * 64],
    [1, 64],
  ]);
  // Records of 65,536 octets fill a chunk to the last; the header of the capture is none of it.
  const large = (count: number): Uint8Array => pcap(Array.from({ length: count }, () => new Uint8Array(65_520)));
  const full = CHUNK_BYTES / 65_536;
  assert.equal(chunksOf(large(full)), [[full, CHUNK_BYTES]]);
  assert.equal(chunksOf(large(full + 1)), [
    [full, CHUNK_BYTES],
    [1, 65_536],
  ]);
});

test("a record that is longer than a chunk has one by itself", async () => {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk));
  const net0 = writer.addInterface({ linkType: RAW });
  const time = { interface: net0, seconds: 0, nanoseconds: 0 };
  writer.packet(PUBLIC, time);
  writer.flush();
  const long = new Uint8Array(3 * CHUNK_BYTES); // a block of a type that nobody knows
  new DataView(long.buffer).setUint32(0, 0x0bad, true);
  new DataView(long.buffer).setUint32(4, long.length, true);
  new DataView(long.buffer).setUint32(long.length - 4, long.length, true);
  chunks.push(long);
  writer.packet(SECRET, time);
  writer.packet(NOWHERE, time);
  writer.flush();
  await using(openPool(POLICY), (pool) => compare(POLICY, [concat(chunks)], pool));
});

test("what is wrong with a capture is told as a reader tells it, when the frames before were handed on", async () => {
  const good = pcap([PUBLIC, SECRET, PUBLIC]);
  const ng = pcapng(
    [PUBLIC, SECRET, NOWHERE, PUBLIC].map((bytes) => ({ bytes, linkType: RAW })),
    (i) => i === 2,
  );
  const badLength = good.slice();
  new DataView(badLength.buffer).setUint32(24 + 2 * (16 + PUBLIC.length) + 8, 0x7fff_ffff, true);
  const badClosing = ng.slice();
  badClosing[badClosing.length - 1] = 9;
  const badInterface = ng.slice();
  const last = badInterface.length - 4 - (32 + Math.ceil(PUBLIC.length / 4) * 4) + 4;
  badInterface[last + 8] = 77;
  const stranger = pcapng(
    [PUBLIC, SECRET].map((bytes) => ({ bytes, linkType: RAW })),
    () => false,
  );
  const unsupported = stranger.slice();
  unsupported[28 + 8] = 200;
  for (const capture of [
    new Uint8Array(),
    Uint8Array.of(1, 2, 3),
    new Uint8Array(100).fill(7),
    good.subarray(0, 20),
    good.subarray(0, good.length - 1),
    good.subarray(0, good.length - PUBLIC.length - 1),
    badLength,
    ng.subarray(0, ng.length - 3),
    badClosing,
    badInterface,
    unsupported,
  ]) {
    const classifier = createClassifier(POLICY);
    const expected = record(classifier);
    let wrong: unknown;
    try {
      for (const batch of readCaptureSync(capture)) classifier.dispatch(batch);
    } catch (error) {
      wrong = error;
    }
    assert.instance(wrong, CaptureError);
    await using(openPool(POLICY), async (pool) => {
      const got = record(pool);
      // What comes behind it is not read.
      const error = await failure(pool.classify([capture, good]));
      assert.instance(error, CaptureError);
      const { message, offset } = wrong as CaptureError;
      assert.equal([error.message, (error as CaptureError).offset], [message, offset]);
      assert.equal([...got], [...expected]);
      assert.equal(pool.stats(), classifier.stats());
      // And the pool can go on.
      await pool.classify([good]);
      assert.is(pool.stats().frames, classifier.stats().frames + 3);
    });
  }
});

test("chunks behind what a worker finds wrong leave no trace", async () => {
  // The closing length of an early block is wrong: only a worker sees that, when chunks behind it are under way.
  const list = Array.from({ length: 3 * CHUNK_FRAMES }, () => ({ bytes: PUBLIC, linkType: RAW }));
  const capture = pcapng(list, () => false);
  const block = 32 + Math.ceil(PUBLIC.length / 4) * 4;
  const at = capture.length - (list.length - 5) * block - 4;
  capture[at] = capture[at]! ^ 1;
  await using(openPool(POLICY, 3), async (pool) => {
    let got = 0;
    pool.register("public", ({ length }) => (got += length));
    assert.match((await failure(pool.classify([capture]))).message, /at the end of the block/);
    assert.equal([got, pool.stats().frames], [5 - 1, 5 - 1]);
  });
});

test("a sink that another takes away in the middle of a chunk is not called for it, as in a classifier", async () => {
  const capture = pcapng(
    [PUBLIC, SECRET, PUBLIC].map((bytes) => ({ bytes, linkType: RAW })),
    () => false,
  );
  const watch = (target: Pick<ClassifierPool, "register">): string[] => {
    const calls: string[] = [];
    target.register("public", () => {
      calls.push("public");
      forget();
    });
    const forget = target.register("secret", () => calls.push("secret"));
    return calls;
  };
  const classifier = createClassifier(POLICY);
  const expected = watch(classifier);
  for (const batch of readCaptureSync(capture)) classifier.dispatch(batch);
  await using(openPool(POLICY), async (pool) => {
    const calls = watch(pool);
    await pool.classify([capture]);
    assert.equal([calls, expected], [["public"], ["public"]]);
  });
});

test("a sink that throws keeps nothing from the others; it is told, and captures are not read further", async () => {
  await using(openPool(POLICY), async (pool) => {
    let frames = 0;
    pool.register("public", () => {
      throw new Error("no room");
    });
    pool.register("secret", ({ length }) => (frames += length));
    const error = await failure(pool.classify([pcap([PUBLIC, SECRET, SECRET])]));
    assert.instance(error, SinkError);
    assert.equal(
      (error as SinkError).failures.map(({ sink }) => sink),
      ["public"],
    );
    assert.equal([frames, pool.stats().frames], [2, 3]);
    await pool.classify([pcap([SECRET])]);
    assert.is(frames, 3);
  });
});

test("sinks come and go, and a binding's comes before its partition's", async () => {
  await using(openPool(POLICY), async (pool) => {
    const got: string[] = [];
    const take = pool.register("public", ({ name, length }) => got.push(`${name} ${length}`));
    await pool.classify([pcap([PUBLIC])]);
    take();
    take();
    await pool.classify([pcap([PUBLIC])]);
    assert.equal(got, ["public 1"]);
    assert.throws(() => pool.register("nobody", () => {}), /no partition/);
    pool.register("public", () => {});
    assert.throws(() => pool.register("public", () => {}), /a sink already/);
    assert.throws(() => pool.register("secret", 7 as never), /expected a function/);
    assert.equal(pool.partitions, ["public", "secret"]);
  });
});

test("what a sink was given is gone when it returned", async () => {
  await using(openPool(POLICY), async (pool) => {
    let kept: { readonly bytes: Uint8Array } | undefined;
    pool.register("public", (delivery) => {
      kept = delivery.at(0);
      assert.equal(kept.bytes, PUBLIC);
      assert.equal([...delivery.rows], [0, 2]);
      assert.throws(() => delivery.verdictOf(1), /row 1/);
    });
    await pool.classify([pcap([PUBLIC, SECRET, PUBLIC])]);
    assert.throws(() => kept!.bytes, /valid until/);
  });
});

test("another policy judges from its turn on; a bad one changes nothing", async () => {
  const other: PolicyInput = { ...POLICY, partitions: [{ name: "third", label: "7" }] };
  const classifier = createClassifier(POLICY);
  await using(openPool(POLICY), async (pool) => {
    const [expected, got] = [record(classifier), record(pool)];
    const capture = pcap([PUBLIC, NOWHERE, piece4({ from: 0, length: 8, more: true }, { options: cipso(1) })]);
    const rest = pcap([piece4({ from: 8, length: 8, more: false }, { options: cipso(1) }), NOWHERE]);
    assert.instance(await failure(pool.replacePolicy({ ...other, doi: 0 })), PolicyError);
    for (const batch of readCaptureSync(capture)) classifier.dispatch(batch);
    classifier.replacePolicy(other);
    for (const batch of readCaptureSync(rest)) classifier.dispatch(batch);
    // All asked at once: each has its turn.
    await Promise.all([pool.classify([capture]), pool.replacePolicy(other), pool.classify([rest])]);
    assert.equal([...got], [...expected]);
    assert.equal(pool.stats(), classifier.stats());
    assert.is(pool.stats().reasons.FRAG_REFUSED?.frames, 1);
    assert.equal(pool.partitions, ["third"]);
  });
});

test("reading can be given up; what was read is judged, and sources are closed", async () => {
  await using(openPool(POLICY), async (pool) => {
    const controller = new AbortController();
    let closed = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield pcap([PUBLIC, PUBLIC]);
        controller.abort(new Error("enough"));
        await new Promise(() => {});
      } finally {
        closed++;
      }
    };
    const file = openCaptureFile(RECORDING);
    const error = await failure(pool.classify([endless(), file], { signal: controller.signal }));
    assert.equal([error.message, closed], ["enough", 0]); // its read waits for ever: it can't be closed, nor waited for
    assert.is(pool.stats().frames, 2);
    assert.throws(() => file.readInto(new Uint8Array(1)), /cannot read/);
    const given = { signal: AbortSignal.abort(new Error("before")) };
    assert.is((await failure(pool.classify([pcap([PUBLIC])], given))).message, "before");
    assert.is(pool.stats().frames, 2);
  });
});

test("a worker that ends ends the pool: what waits is told, and nothing is taken any more", async () => {
  const workers: PoolWorker[] = [];
  const pool = createClassifierPool(POLICY, {
    workers: 2,
    worker: () => {
      const worker = startWorker();
      workers.push(worker);
      return worker;
    },
  });
  await pool.classify([pcap([PUBLIC])]);
  workers[0]!.postMessage({ kind: "description", octets: "no octets", offset: 0 }, []);
  assert.match((await failure(pool.classify([pcap([PUBLIC, SECRET])]))).message, /a worker of the pool failed/);
  assert.match((await failure(pool.classify([pcap([PUBLIC])]))).message, /make another pool/);
  assert.is(pool.stats().frames, 1);
  await pool.close();
});

test("a pool that was closed takes nothing", async () => {
  const pool = openPool(POLICY);
  const waiting = failure(pool.classify([pcap([PUBLIC])]));
  await pool.close();
  assert.match((await waiting).message, /the pool was closed/);
  assert.match((await failure(pool.classify([]))).message, /the pool was closed/);
  await pool.close();
});

test("what is no pool is refused", async () => {
  for (const workers of [0, MAX_WORKERS + 1, 1.5, Number.NaN]) {
    assert.throws(() => createClassifierPool(POLICY, { workers, worker: startWorker }), /expected 1 to 64/);
  }
  assert.throws(
    () => createClassifierPool({ ...POLICY, doi: 0 }, { workers: 1, worker: startWorker }),
    (error: unknown) => error instanceof PolicyError,
  );
  const many = openPool(POLICY, MAX_WORKERS);
  await many.close();
  await using(openPool(POLICY), async (pool) => {
    assert.instance(await failure(pool.classify(pcap([PUBLIC]) as never)), TypeError);
    assert.instance(await failure(pool.classify([7 as never])), TypeError);
    assert.instance(await failure(pool.classify([["text" as never]])), TypeError);
    await pool.classify([]);
  });
});

test.after(endWorkers);

test.run();
