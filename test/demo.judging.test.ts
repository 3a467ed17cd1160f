// The demo's worker without a browser: the same counts as the command line, whatever is edited or changed.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FRAME_SIZE } from "../assembly/columns.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import { PcapWriter } from "../ts/capture/write.ts";
import { createClassifier } from "../ts/classifier.ts";
import { MAX_EDITS } from "../ts/demo/edits.ts";
import { Judging } from "../ts/demo/judging.ts";
import { MAX_MOVES } from "../ts/demo/moves.ts";
import { MAX_FRAMES, Places } from "../ts/demo/places.ts";
import { MAX_NOTES } from "../ts/demo/policy-view.ts";
import type { Census, Filter } from "../ts/demo/protocol.ts";
import { CaptureError } from "../ts/errors.ts";
import { FrameBatch } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readPolicyText } from "../ts/policy/text.ts";
import type { Verdict } from "../ts/verdict.ts";
import { concat } from "./captures.ts";
import { POLICY, RECORDING } from "./commands.ts";
import { POLICY as DISPATCHING } from "./dispatching.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("demo.judging");

const recording = new Uint8Array(readFileSync(RECORDING));
const policy = readFileSync(POLICY, "utf8");
const ALL: Filter = { by: "all" };

function blob(octets: Uint8Array): Blob {
  return new Blob([octets as Uint8Array<ArrayBuffer>]);
}

async function opened(octets: Uint8Array = recording, text = policy): Promise<Judging> {
  const judging = new Judging();
  await judging.open({ capture: blob(octets), name: "recording.pcap", policy: text, edits: [] });
  return judging;
}

/** Verdicts of the library on a capture with some frames' octets replaced. */
function verdictsOf(octets: Uint8Array, text: string, edits: ReadonlyMap<number, Uint8Array> = new Map()): Verdict[] {
  const capture = octets.slice();
  for (const batch of readCaptureSync(octets)) {
    for (let row = 0; row < batch.count; row++) {
      const bytes = edits.get(batch.first + row);
      if (bytes !== undefined) capture.set(bytes, batch.origin! + batch.offset(row));
    }
  }
  const classifier = createClassifier(readPolicyText(text).input as PolicyInput);
  const verdicts: Verdict[] = [];
  for (const batch of readCaptureSync(capture)) verdicts.push(...classifier.verdicts(batch));
  return verdicts;
}

/** What the page shows must be what the library says. */
async function agrees(judging: Judging, verdicts: readonly Verdict[], census: Census, text = policy): Promise<void> {
  const names = readPolicyText(text).policy!.partitions.map(({ name }) => name);
  const { rows, total } = await judging.rows({ filter: ALL, first: 0, count: verdicts.length + 1 });
  assert.is(total, verdicts.length);
  const rooms = new Array<number>(names.length).fill(0);
  const reasons = new Map<string, number>();
  verdicts.forEach(({ partition, copies, reason }, i) => {
    assert.is(rows[i]!.reason, reason, `frame ${i + 1}`);
    if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    const to = [partition, ...copies.map((copy) => copy.partition)].filter((name) => name !== null);
    for (const name of to) rooms[names.indexOf(name)]!++;
    const first = to.length === 0 ? names.length : Math.min(...to.map((name) => names.indexOf(name)));
    assert.is(rows[i]!.room, first, `frame ${i + 1}`);
  });
  assert.equal(
    census.rooms.map(({ frames }) => frames),
    rooms,
  );
  assert.equal(new Map(census.reasons.map(({ name, count }) => [name, count.frames])), reasons);
  assert.is(census.frames, verdicts.length);
  assert.is(census.delivered.frames + census.dropped.frames, verdicts.length);
}

const MORE = 0x2000;

/** Four datagrams in two fragments each, a whole packet between the two. */
function fragments(): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()), { linkType: 101 });
  const to = { src: "10.1.0.2", dst: "10.2.0.2", protocol: 6, dport: 7777 };
  for (let id = 1; id <= 4; id++) {
    const packets = [
      ipv4({ ...to, options: cipso(0), id, fragment: MORE }),
      ipv4({ ...to, options: cipso(1), id: 100 + id }),
      ipv4({ ...to, options: cipso(0), id, fragment: 1 }),
    ];
    for (const packet of packets) writer.packet(packet, { seconds: id, nanoseconds: 0 });
  }
  writer.flush();
  return concat(chunks);
}

async function frameOf(judging: Judging, frame: number): Promise<Uint8Array> {
  return (await judging.inspect({ frame })).bytes;
}

test("rooms, reasons and counters are the library's", async () => {
  for (const capture of [recording, fragments()]) {
    const judging = new Judging();
    const shares: number[] = [];
    const given = { capture: blob(capture), name: "x.pcap", policy, edits: [] };
    const { census, capture: view, notes } = await judging.open(given, (share) => shares.push(share));
    await agrees(judging, verdictsOf(capture, policy), census);
    assert.is(view.error, null);
    assert.equal(
      notes.filter(({ kind }) => kind === "error"),
      [],
    );
    assert.ok(shares.every((share) => share > 0 && share <= 1) && shares.length > 0);
  }
});

test("lines of the list say what the packets say, wherever it is opened and whatever it shows", async () => {
  const judging = await opened();
  const all = await judging.rows({ filter: ALL, first: 0, count: 1000 });
  assert.is(all.rows.length, 652);
  const some = await judging.rows({ filter: ALL, first: 600, count: 100 });
  assert.equal(some.rows, all.rows.slice(600));
  for (const filter of [
    { by: "room", room: 3 },
    { by: "room", room: 6 },
    { by: "reason", reason: "NO_BINDING" },
  ] as const) {
    const wanted = all.rows.filter((row) =>
      filter.by === "room" ? row.room === filter.room : row.reason === filter.reason,
    );
    const { rows, total } = await judging.rows({ filter, first: 0, count: 1000 });
    assert.equal(rows, wanted);
    assert.is(total, wanted.length);
    assert.equal((await judging.rows({ filter, first: 5, count: 3 })).rows, wanted.slice(5, 8));
    const at = judging.find({ filter, frame: wanted[4]!.frame });
    assert.equal(at, { position: 4, frame: wanted[4]!.frame, total });
    assert.is(judging.find({ filter, frame: wanted[4]!.frame + 1 }).frame, wanted[5]!.frame);
    assert.is(judging.find({ filter, frame: 652 }).frame, wanted.at(-1)!.frame);
  }
  const ticks = judging.ticks({ filter: ALL, steps: 652 });
  assert.equal(
    [...ticks.rooms],
    all.rows.map(({ room }) => room),
  );
  assert.is(judging.ticks({ filter: ALL, steps: 10 }).rooms.length, 10);
});

test("an edited packet moves, alone; undone, everything is as before", async () => {
  const judging = await opened();
  const all = (await judging.rows({ filter: ALL, first: 0, count: 652 })).rows;
  const { frame } = all.find(({ room, record }) => room < 6 && record.ipVersion === 4)!;
  const before = await judging.inspect({ frame });
  const bytes = before.bytes.slice();
  const { labelSpan } = before.explanation.packet;
  bytes.fill(1, labelSpan!.offset, labelSpan!.offset + labelSpan!.length); // no operation
  const { census, edited } = await judging.edit({ edits: [{ frame, bytes }] });
  assert.equal(edited, [frame]);
  await agrees(judging, verdictsOf(recording, policy, new Map([[frame, bytes]])), census);
  const after = await judging.inspect({ frame });
  assert.is(after.explanation.verdict.reason, "LABEL_REQUIRED");
  assert.equal(after.original, before.bytes);
  const undone = await judging.edit({ edits: [{ frame, bytes: null }] });
  assert.equal(undone.edited, []);
  await agrees(judging, verdictsOf(recording, policy), undone.census);
  assert.equal((await judging.rows({ filter: ALL, first: 0, count: 652 })).rows, all);
});

test("whatever is edited, one frame after the other, it is as if the capture had been so", async () => {
  for (const capture of [recording.subarray(0, 24 + 9000), fragments()]) {
    let count = 0;
    try {
      for (const batch of readCaptureSync(capture)) count += batch.count;
    } catch (error) {
      assert.instance(error, CaptureError);
    }
    const whole = wholeOf(capture, count);
    const judging = await opened(whole);
    const edits = new Map<number, Uint8Array>();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: count }),
        fc.array(fc.tuple(fc.nat(79), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
        async (frame, changes) => {
          const bytes = (await frameOf(judging, frame)).slice();
          for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
          if (edits.size >= MAX_EDITS - 1 && !edits.has(frame)) return;
          edits.set(frame, bytes);
          const { census } = await judging.edit({ edits: [{ frame, bytes }] });
          await agrees(judging, verdictsOf(whole, policy, edits), census);
        },
      ),
      { numRuns: 120, endOnFailure: true },
    );
  }
});

/** The first frames of a capture, as a capture that ends with them. */
function wholeOf(capture: Uint8Array, count: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let writer: PcapWriter | undefined;
  try {
    for (const batch of readCaptureSync(capture)) {
      for (let row = 0; row < batch.count && batch.first + row <= count; row++) {
        writer ??= new PcapWriter((chunk) => chunks.push(chunk.slice()), { linkType: batch.linkType(row) });
        writer.packet(batch.octets(row), { seconds: batch.seconds(row), nanoseconds: batch.nanoseconds(row) });
      }
    }
  } catch (error) {
    assert.instance(error, CaptureError);
  }
  writer!.flush();
  return concat(chunks);
}

test("a fragment is explained by what came before it, not by what came since", async () => {
  const capture = fragments();
  const judging = await opened(capture);
  for (const [i, verdict] of verdictsOf(capture, policy).entries()) {
    const { explanation } = await judging.inspect({ frame: i + 1 });
    assert.equal(explanation.verdict, verdict, `frame ${i + 1}`);
  }
  const bytes = (await frameOf(judging, 4)).slice();
  bytes[29] = 1; // the level of the second datagram's first fragment
  await judging.edit({ edits: [{ frame: 4, bytes }] });
  for (const [i, verdict] of verdictsOf(capture, policy, new Map([[4, bytes]])).entries()) {
    const { explanation, room } = await judging.inspect({ frame: i + 1 });
    assert.equal(explanation.verdict, verdict, `frame ${i + 1}`);
    assert.is(room === 6, verdict.reason !== null);
  }
});

test("a multicast is counted in every room that gets a copy, and listed in the first", async () => {
  const group = "224.0.0.251";
  const text = JSON.stringify({
    ...DISPATCHING,
    partitions: [
      { name: "p0", label: "1", shared: false, groups: [group] },
      { name: "public", label: "1", groups: [group] },
      { name: "p1", label: "1", shared: false, groups: [group] },
    ],
  });
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()), { linkType: 101 });
  const toGroup = ipv4({ dst: group, options: cipso(1) });
  for (const packet of [toGroup, ipv4({ options: cipso(1) }), toGroup]) {
    writer.packet(packet, { seconds: 0, nanoseconds: 0, wireLength: 1000 });
  }
  writer.flush();
  const capture = concat(chunks);
  const judging = new Judging();
  const { census } = await judging.open({ capture: blob(capture), name: "group.pcap", policy: text, edits: [] });
  await agrees(judging, verdictsOf(capture, text), census, text);
  assert.equal(
    census.rooms.map(({ frames }) => frames),
    [2, 3, 2],
  );
  assert.equal(
    census.rooms.map(({ bytes: octets }) => octets),
    [2000, 3000, 2000],
  );
  const bytes = ipv4({ options: cipso(1) }).slice(0, toGroup.length);
  const edited = await judging.edit({ edits: [{ frame: 1, bytes }] });
  await agrees(judging, verdictsOf(capture, text, new Map([[1, bytes]])), edited.census, text);
  assert.equal(
    edited.census.rooms.map(({ bytes: octets }) => octets),
    [1000, 3000, 1000],
  );
  const undone = await judging.edit({ edits: [{ frame: 1, bytes: null }] });
  assert.equal(undone.census, census);
});

test("another policy moves frames, and says which and why; edits stay", async () => {
  const judging = await opened();
  const bytes = (await frameOf(judging, 30)).slice();
  bytes[bytes.length - 1]! ^= 1;
  await judging.edit({ edits: [{ frame: 30, bytes }] });
  const next = policy.replace('"label": "INTERNAL STAFF"', '"label": "INTERNAL FINANCE"');
  const outcome = await judging.policy({ text: next });
  assert.ok(outcome.accepted);
  const [before, after] = [policy, next].map((text) => verdictsOf(recording, text, new Map([[30, bytes]])));
  await agrees(judging, after!, outcome.census, next);
  const moved = before!.filter(
    ({ partition, reason }, i) => partition !== after![i]!.partition || reason !== after![i]!.reason,
  );
  assert.is(outcome.moved, moved.length);
  assert.ok(moved.length > 10);
  assert.is(
    outcome.moves.reduce((sum, { count }) => sum + count, 0),
    moved.length,
  );
  for (const { frame, from, to, fromReason, toReason, why } of outcome.moves) {
    const [was, is] = [before![frame - 1]!, after![frame - 1]!];
    assert.equal([was.partition, is.partition, was.reason, is.reason], [from, to, fromReason, toReason]);
    assert.ok(why.length > 10, why);
  }
  assert.equal((await judging.inspect({ frame: 30 })).bytes, bytes);
});

test("a policy with problems changes nothing, and each problem has its place", async () => {
  const judging = await opened();
  const rows = await judging.rows({ filter: ALL, first: 0, count: 652 });
  for (const text of [
    policy.replace('"label": "PUBLIC"', '"label": "PUBLICK"').replace('"7777/udp"]', '"7777/upd"]'),
    policy.slice(0, 900),
    "",
    "[]",
    `${"[".repeat(100_000)}`,
  ]) {
    const outcome = await judging.policy({ text });
    assert.not(outcome.accepted);
    const errors = outcome.notes.filter(({ kind }) => kind === "error");
    assert.ok(errors.length > 0);
    for (const { from, to, message, position } of outcome.notes) {
      assert.ok(from >= 0 && to >= from && to <= text.length && message !== "");
      assert.is(position, `${text.slice(0, from).split("\n").length}:${from - text.lastIndexOf("\n", from - 1)}`);
    }
    if (text.includes("PUBLICK")) {
      const [level] = errors;
      assert.is(level!.path, "partitions[0].label");
      assert.is(text.slice(level!.from, level!.to), '"label": "PUBLICK"');
      assert.ok(errors.some(({ path }) => path.includes("multilevelPorts")));
    }
    assert.equal(await judging.rows({ filter: ALL, first: 0, count: 652 }), rows);
  }
});

test("a capture that is cut keeps the frames before, and says where; one without frames changes nothing", async () => {
  const judging = await opened();
  const refused = [new Uint8Array(0), Uint8Array.of(1, 2, 3, 4, 5), recording.slice(0, 24)];
  for (const octets of refused) {
    try {
      await judging.open({ capture: blob(octets), name: "bad.pcap", policy, edits: [] });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, /^bad\.pcap: /);
    }
    assert.is((await judging.rows({ filter: ALL, first: 0, count: 1 })).total, 652);
  }
  const cut = await judging.open({ capture: blob(recording.subarray(0, 50_000)), name: "cut", policy, edits: [] });
  assert.match(cut.capture.error!, /cut off/);
  assert.ok(cut.census.frames > 100 && cut.census.frames < 652);
});

test("edits that do not fit are refused; as many as are allowed, and one more", async () => {
  const judging = await opened();
  const refuse = async (frame: number, bytes: Uint8Array, said: RegExp): Promise<void> => {
    try {
      await judging.edit({ edits: [{ frame, bytes }] });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, said);
    }
  };
  for (let frame = 1; frame <= MAX_EDITS + 1; frame++) {
    const bytes = (await frameOf(judging, frame)).slice();
    bytes[0]! ^= 1;
    if (frame > MAX_EDITS) await refuse(frame, bytes, /more than 64/);
    else assert.is((await judging.edit({ edits: [{ frame, bytes }] })).edited.length, frame);
  }
  await refuse(1, new Uint8Array(3), /has 42 octets, not 3/);
  for (const frame of [0, 653, 1.5, Number.NaN]) await refuse(frame, new Uint8Array(1), /there is no frame/);
});

test("as many kinds of moves and notes as are shown, and one more", async () => {
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()), { linkType: 101 });
  for (let level = 0; level <= MAX_MOVES; level++) {
    writer.packet(ipv4({ src: "10.1.0.2", dst: "10.2.0.2", options: cipso(level) }), { seconds: 0, nanoseconds: 0 });
  }
  writer.flush();
  const rules = (prefix: string, rest: object = {}): string =>
    JSON.stringify({
      doi: 16,
      interfaces: [{ name: "net0", addresses: ["10.2.0.2"] }],
      partitions: Array.from({ length: MAX_MOVES + 1 }, (_, i) => ({ name: `${prefix}${i}`, label: `${i}` })),
      templates: { peers: { type: "labelled", range: ["0", "255"] } },
      hosts: { "10.0.0.0/8": "peers" },
      ...rest,
    });
  const judging = await opened(concat(chunks), rules("a"));
  const all = await judging.policy({ text: rules("b") });
  assert.ok(all.accepted);
  assert.equal([all.moved, all.moves.length], [MAX_MOVES + 1, MAX_MOVES]);
  assert.is(all.shifts.length, 2 * (MAX_MOVES + 1), "of every room, shown or not");
  for (const { room, came, went } of all.shifts) {
    assert.equal([came, went], room!.startsWith("b") ? [1, 0] : [0, 1]);
  }
  const one = await judging.policy({ text: rules("b").replace('"b0"', '"a0"') });
  assert.ok(one.accepted);
  assert.equal([one.moved, one.moves.length], [1, 1]);
  for (const [count, shown] of [
    [MAX_NOTES, MAX_NOTES],
    [MAX_NOTES + 1, MAX_NOTES],
  ] as const) {
    const keys = Object.fromEntries(Array.from({ length: count }, (_, i) => [`unknown${i}`, 1]));
    const { notes } = await judging.policy({ text: rules("b", keys) });
    assert.is(notes.length, shown);
  }
});

test("edits that come with a capture and do not fit it leave everything as it was", async () => {
  const judging = await opened();
  const edits = [{ frame: 1, bytes: new Uint8Array(1) }];
  try {
    await judging.open({ capture: blob(fragments()), name: "other.pcap", policy, edits });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /frame 1 has/);
  }
  assert.is((await judging.rows({ filter: ALL, first: 0, count: 1 })).total, 652);
});

test("as many frames as are kept account of, and one more", () => {
  const places = new Places();
  const rows = new Uint8Array(4096 * FRAME_SIZE);
  const batch = new FrameBatch(new Uint8Array(0), rows, 1, [{ linkType: 1, name: null, snapLength: 0 }], 24);
  for (let row = 0; row < 4096; row++) batch.push(row, 60, 60, 1, 0, 0, 0);
  for (let count = 0; count < MAX_FRAMES; count += 4096) places.add(batch);
  assert.is(places.count, MAX_FRAMES);
  assert.is(places.placeOf(MAX_FRAMES - 1), 24 + 4095);
  assert.throws(() => places.add(batch), /more than 8,388,608 frames/);
});

test("the meter measures all four ways on the same frames", async () => {
  const judging = await opened();
  const { frames, oracleFrames, rounds, ...times } = await judging.measure();
  assert.is(frames, 652);
  assert.is(oracleFrames, 652);
  assert.is(rounds.length, 9);
  for (const time of [times.read, times.judge, times.deliver, times.oracle]) assert.ok(time > 0 && time < 1e6);
});

test.run();
