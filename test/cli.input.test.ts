// Bad input at the command line: captures that are none or end early, policies that are wrong, files that can't be read or
// written. Each gets a clear message that names the place and exit 1; what was good before it is not lost.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCaptureFile } from "../ts/capture/file.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import { PcapngWriter } from "../ts/capture/write.ts";
import * as captures from "./captures.ts";
import {
  at,
  BULK,
  explain,
  file,
  labelgate,
  linesOf,
  outputOf,
  POLICY,
  packet,
  pcap,
  RECORDING,
  recordsOf,
  shell,
  written,
} from "./commands.ts";
import { ethernet } from "./packets.ts";
import { basePolicy } from "./policies.ts";

const test = suite("command line, bad input");
const isRoot = process.getuid?.() === 0;
const recording = readFileSync(RECORDING);

/** The arguments of each command that reads a capture. */
const commandsOn = (capture: string, out: string, policy = POLICY) => ({
  decode: ["decode", capture],
  classify: ["classify", capture, "--policy", policy],
  split: ["split", capture, "--policy", policy, "--out", at(out)],
  explain: ["explain", capture, "--policy", policy, "--frame", "1"],
});

const framesOf = (path: string): readonly captures.Frame[] => captures.readAll(readCaptureFile(path)).frames;
const splitCount = (out: string): number =>
  readdirSync(at(out)).reduce((sum, name) => sum + framesOf(at(`${out}/${name}`)).length, 0);

test("what is no capture is named, with what it seems to be, by every command", async () => {
  mkdirSync(at("folder"));
  const none: [path: string, why: RegExp][] = [
    [file("empty.pcap", ""), /the capture is empty \(at byte 0\)/],
    [file("text.pcap", "hello, world\n"), /seems to be text.*\(at byte 0\)/],
    [file("short.pcap", Uint8Array.of(0xd4, 0xc3)), /too short.*\(at byte 0\)/],
    [file("gzip.pcap", gzipSync(recording)), /compressed \(gzip\).*gzip -dc.*\(at byte 0\)/],
    [file("snoop.pcap", "snoop\0\0\0"), /\(snoop\).*editcap.*\(at byte 0\)/],
    [file("noise.pcap", Uint8Array.of(1, 2, 3, 4, 5, 6)), /neither pcap nor pcapng: it begins with 01 02 03 04/],
    [file("radio.pcap", captures.pcapHeader({ linkType: 127 })), /type 127 \(IEEE802_11_RADIOTAP\).*\(at byte 20\)/],
    [POLICY, /seems to be JSON, a policy perhaps/],
    [at("folder"), /directory/],
    [at("missing.pcap"), /no such file/],
    ...(isRoot ? [] : ([[at("private.pcap"), /permission denied/]] as [string, RegExp][])),
  ];
  if (!isRoot) await shell("cp $1 private.pcap; chmod 0 private.pcap", [RECORDING]);
  await Promise.all(
    none.flatMap(([path, why], i) =>
      Object.values(commandsOn(path, `none${i}`)).map(async (args) => {
        const { code, stdout, stderr } = await labelgate(args);
        assert.is(code, 1, args.join(" "));
        assert.ok(stderr.startsWith("labelgate: ") && stderr.includes(`${path}: `), stderr);
        assert.match(stderr, why);
        assert.is(linesOf(stderr).length, 1, stderr);
        if (args[0] !== "split") assert.is(stdout, "", args.join(" "));
      }),
    ),
  );
});

/** A capture as its records, the first of which hold no frame. */
interface Whole {
  readonly name: string;
  readonly records: readonly Uint8Array[];
  readonly headers: number;
}

const bodies = framesOf(RECORDING).slice(0, 30);
const WHOLES: readonly Whole[] = captures.ORDERS.flatMap((order) => {
  const section = [captures.section(order), captures.description({ order, name: "net0", resolution: 9 })];
  const [records, blocks] = [captures.pcapRecord, captures.packet].map((make) =>
    bodies.map(({ octets }) => make(octets, { order })),
  );
  return [
    { name: `${order}.pcap`, headers: 1, records: [captures.pcapHeader({ order }), ...records!] },
    { name: `${order}.pcapng`, headers: 2, records: [...section, ...blocks!] },
  ];
});
const CUTS = 2048;

/** What is to be got of the first `cut` octets: the good frames, and where the first record that is not whole begins. */
function expected({ records, headers }: Whole, cut: number): { frames: number; blame: number | null } {
  let [count, length] = [0, 0];
  while (length + records[count]!.length <= cut) length += records[count++]!.length;
  return { frames: Math.max(count - headers, 0), blame: cut > 0 && length === cut ? null : length };
}

test("a capture that is cut at any octet gives every good frame before it, then the place", () => {
  for (const whole of WHOLES) {
    const octets = captures.concat(whole.records);
    for (let cut = 0; cut <= CUTS; cut++) {
      const { frames, blame } = expected(whole, cut);
      const start = octets.subarray(0, cut);
      for (const source of cut % 16 === 0 ? [start, captures.piecesOf(start, 61)] : [start]) {
        const reading = captures.readAll(readCaptureSync(source));
        assert.is(reading.frames.length, frames, `${whole.name} cut at ${cut}`);
        assert.is(reading.error?.offset ?? null, blame, `${whole.name} cut at ${cut}`);
        const last = reading.frames.at(-1);
        if (last !== undefined) assert.equal(last.octets, bodies[frames - 1]!.octets);
      }
    }
  }
});

test("a cut capture loses no good frame in any command, and each says where it is cut", async () => {
  for (const whole of [WHOLES[0]!, WHOLES[3]!]) {
    const octets = captures.concat(whole.records);
    const tenth = captures.concat(whole.records.slice(0, 10)).length;
    const cuts = [1, 23, 24, 28, 29, tenth - 1, tenth, tenth + 5, CUTS];
    const cutAt = (cut: number): string => file(`${cut}-${whole.name}`, octets.subarray(0, cut));
    await Promise.all(
      cuts.map(async (cut) => {
        const { frames, blame } = expected(whole, cut);
        const path = cutAt(cut);
        const { code, stdout, stderr } = await labelgate(["decode", path]);
        assert.is(linesOf(stdout).length, frames, path);
        assert.is(code, blame === null ? 0 : 1, path);
        assert.ok(blame === null ? stderr === "" : stderr.startsWith(`labelgate: ${path}: `), stderr);
        if (blame !== null) assert.ok(stderr.endsWith(` (at byte ${blame})\n`), stderr);
      }),
    );
    const { frames } = expected(whole, tenth + 5);
    const { classify, split, explain } = commandsOn(cutAt(tenth + 5), `cut-${whole.name}`);
    const { code, stdout } = await labelgate(classify);
    assert.equal([code, linesOf(stdout).length], [1, frames]);
    assert.is((await labelgate(split)).code, 1);
    assert.is(splitCount(`cut-${whole.name}`), frames);
    assert.is((await labelgate(explain)).code, 0); // its frame is there
    assert.is((await labelgate([...explain.slice(0, -1), `${frames + 1}`])).code, 1);
  }
});

test("a frame of a link type that is not read ends a pcapng, after the frames before it", async () => {
  const parts = [captures.section(), captures.description({ linkType: 101 }), captures.description({ linkType: 127 })];
  const frames = [captures.packet(packet()), captures.packet(packet(), { interface: 1 }), captures.packet(packet())];
  const capture = file("radio.pcapng", captures.concat([...parts, ...frames]));
  const { code, stdout, stderr } = await labelgate(["decode", capture]);
  assert.equal([code, linesOf(stdout).length], [1, 1]);
  const offset = captures.concat([...parts, frames[0]!]).length;
  assert.match(stderr, new RegExp(`interface 1: link type 127 \\(IEEE802_11_RADIOTAP\\).*\\(at byte ${offset}\\)`));
});

test("captures without frames are read by every command", async () => {
  const empty = written("none.pcapng", (chunk) => new PcapngWriter(chunk).flush());
  for (const [out, capture] of Object.entries({ "no-pcap": pcap("none.pcap", []), "no-pcapng": empty })) {
    const { decode, classify, split, explain } = commandsOn(capture, out);
    assert.is(await outputOf(decode), "");
    assert.is(await outputOf(classify), "");
    assert.match(await outputOf([...classify, "--format", "text"]), /: 0 frames, 0 delivered, 0 dropped/);
    assert.match(await outputOf(split), "0 frames, 0 delivered, 0 dropped");
    assert.equal([readdirSync(at(out)).length, splitCount(out)], [7, 0]);
    const { code, stdout, stderr } = await labelgate(explain);
    assert.equal([code, stdout], [1, ""]);
    assert.match(stderr, /no frame/);
  }
});

test("a frame may have 262,144 octets, and not one more", async () => {
  const huge = new Uint8Array(262_144);
  huge.set(ethernet(packet()));
  const capture = pcap("huge.pcap", [huge, ethernet(packet()), huge]);
  assert.equal(
    recordsOf(await outputOf(["decode", capture])).map(({ caplen, status }) => [caplen, status]),
    [
      [262_144, "OK"],
      [54, "OK"],
      [262_144, "OK"],
    ],
  );
  const { split } = commandsOn(capture, "huge");
  assert.match(await outputOf(split), "3 frames, 3 delivered, 0 dropped");
  assert.equal(framesOf(at("huge/public.pcapng"))[2]!.octets, huge);
  assert.match((await explain(capture, 3)).text, "… 261632 more\n");
  const records = [packet(), new Uint8Array(262_145), packet()].map((octets) => captures.pcapRecord(octets));
  const beyond = file("beyond.pcap", captures.concat([captures.pcapHeader({ linkType: 101 }), ...records]));
  const { code, stdout, stderr } = await labelgate(["decode", beyond]);
  assert.equal([code, linesOf(stdout).length], [1, 1]);
  assert.match(stderr, `captured length 262145: at most 262144 (at byte ${24 + records[0]!.length + 8})`);
});

test("interfaces may have several link types, and times be 0 or far in the future", async () => {
  const cooked = Uint8Array.from([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, ...packet()]);
  const capture = written("links.pcapng", (chunk) => {
    const writer = new PcapngWriter(chunk);
    const [wire, raw, any] = [1, 101, 113].map((linkType) => writer.addInterface({ linkType })) as [
      number,
      number,
      number,
    ];
    writer.packet(ethernet(packet()), { interface: wire, seconds: 0, nanoseconds: 0 });
    writer.packet(packet(), { interface: raw, seconds: 10_000_000_000, nanoseconds: 999_999_999 });
    writer.packet(cooked, { interface: any, seconds: 1, nanoseconds: 1 });
    writer.flush();
  });
  const records = recordsOf(await outputOf(["decode", capture]));
  assert.equal(
    records.map(({ linkType, time, ipOffset, status }) => [linkType, time, ipOffset, status]),
    [
      [1, "0.000000000", 14, "OK"],
      [101, "10000000000.999999999", 0, "OK"],
      [113, "1.000000001", 16, "OK"],
    ],
  );
  const { split } = commandsOn(capture, "links");
  assert.match(await outputOf(split), "3 frames, 3 delivered, 0 dropped");
  const frames = framesOf(at("links/public.pcapng"));
  assert.equal(
    frames.map(({ linkType }) => linkType),
    [1, 101, 113],
  );
  assert.equal([frames[1]!.seconds, frames[1]!.nanoseconds], [10_000_000_000, 999_999_999]);
});

/** Frames before 1970, in 1970, at the last time that 64 bits of nanoseconds hold, and after it. */
function farCapture(): string {
  const parts = [captures.section()];
  for (const settings of [{ offset: -10n }, { resolution: 9 }, { resolution: 0 }])
    parts.push(captures.description({ linkType: 101, ...settings }));
  for (const [id, time] of [
    [0, 9_000_001n],
    [0, 10_000_000n],
    [1, 2n ** 64n - 1n],
    [2, 20_000_000_000n],
  ] as const)
    parts.push(captures.packet(packet(), { interface: id, time }));
  return file("far.pcapng", captures.concat(parts));
}

test("decode prints any time as what it is, also before 1970", async () => {
  const records = recordsOf(await outputOf(["decode", farCapture()]));
  const times = ["-0.999999000", "0.000000000", "18446744073.709551615", "20000000000.000000000"];
  assert.equal(
    records.map(({ time }) => time),
    times,
  );
});

test("split keeps every frame, and every time that its files can hold", async () => {
  const { split } = commandsOn(farCapture(), "far");
  await labelgate(split);
  assert.is(splitCount("far"), 4);
  const times = recordsOf(await outputOf(["decode", at("far/public.pcapng")])).map(({ time }) => time);
  assert.equal(times.slice(1, 3), ["0.000000000", "18446744073.709551615"]);
});

test("what can't be written is named", async () => {
  const out = file("a-file", "");
  const places = [out, `${out}/below`];
  if (!isRoot) {
    mkdirSync(at("closed"), { mode: 0o555 });
    places.push(at("closed"), at("closed/below"));
  }
  for (const place of places) {
    const { code, stdout, stderr } = await labelgate(["split", RECORDING, "--policy", POLICY, "--out", place]);
    assert.equal([code, stdout], [1, ""], place);
    assert.ok(stderr.startsWith(`labelgate: ${place}: cannot be written: `), stderr);
  }
});

if (existsSync("/dev/full")) {
  for (const line of [
    "decode $1",
    "classify $1 --policy $2 --format text",
    "check $2",
    "explain $1 --policy $2 --frame 1",
  ]) {
    test(`a full disk under standard output is an error of ${line.split(" ")[0]}, not a crash`, async () => {
      const { code, stderr } = await shell(`$labelgate ${line} > /dev/full`, [RECORDING, POLICY]);
      assert.is(code, 1);
      assert.match(stderr, /^labelgate: .*no space left/i);
    });
  }

  test("a full disk under standard error changes no record", async () => {
    const line = (then: string) => shell(`$labelgate decode nowhere.pcap $1 ${then}`, [RECORDING]);
    const { code, stdout } = await line("2> /dev/full");
    assert.equal([code, linesOf(stdout).length], [1, 652]);
    assert.is(stdout, (await line("")).stdout);
  });
}

test("a limit that split meets is named with its file, and nothing is left", async () => {
  const line = "ulimit -f 8; $labelgate split $1 --policy $2 --out $3";
  const { code, stderr } = await shell(line, [RECORDING, POLICY, at("limited")]);
  assert.is(code, 1);
  assert.match(stderr, /\.pcapng: cannot be written: EFBIG/);
  assert.equal(readdirSync(at("limited")), []);
});

test("a reader that closes the pipe does not make a failure a success", async () => {
  const closed = await shell("{ { $labelgate decode nowhere.pcap $1; echo $? >&3; } | head -n 1 >/dev/null; } 3>&1", [
    BULK,
  ]);
  assert.is(closed.stdout, "1\n");
});

test("a policy on a pipe or a device is read no further than it may be", async () => {
  const bound = /error: larger than 67108864 octets/;
  for (const line of ["$labelgate check /dev/zero", "head -c 67108865 /dev/zero | $labelgate check -"]) {
    const { code, stdout } = await shell(line);
    assert.is(code, 1);
    assert.match(stdout, bound);
  }
  const { stdout } = await shell("head -c 67108864 /dev/zero | $labelgate check -");
  assert.not.match(stdout, bound);
});

test("32,000 mistakes are told in time that grows with their number alone", async () => {
  const policy = { ...basePolicy(), hosts: { ...basePolicy().hosts } as Record<string, string> };
  for (let i = 0; i < 32_000; i++) policy.hosts[`10.${i >> 8}.${i & 255}.1`] = "nobody";
  const { code, stdout } = await labelgate(["check", file("mistakes.json", JSON.stringify(policy, null, 1))]);
  assert.is(code, 1);
  assert.is(linesOf(stdout).length, 32_001);
});

test("words of others reach a terminal as text, never as commands", async () => {
  const hostile = "\u001b[31m\u009b0m\u202e\u0007";
  const name = "odd\u001b[31m.json";
  const policy = {
    doi: 16,
    interfaces: [],
    partitions: [{ name: hostile, label: hostile }],
    templates: {},
    hosts: { [hostile]: hostile },
  };
  const outcomes = [
    await labelgate(["check", file(name, JSON.stringify(policy))]),
    await labelgate(["classify", RECORDING, "--policy", at(name)]),
    await labelgate(["decode", at(name), "--format", "text"]),
    await labelgate(["decode", `--${hostile}`]),
    await labelgate([hostile]),
  ];
  for (const { code, stdout, stderr } of outcomes) {
    assert.ok(code !== 0);
    assert.not.match(stdout + stderr, /(?!\n)[\p{Cc}\p{Cf}]/u);
    assert.ok((stdout + stderr).includes("\\u001b[31m"));
  }
});

test.run();
