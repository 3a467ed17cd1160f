// What split writes: every frame in its partition's capture, and never half a result in the place of a whole one.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCaptureFile } from "../ts/capture/file.ts";
import { PcapngWriter } from "../ts/capture/write.ts";
import { readAll } from "./captures.ts";
import {
  at,
  BULK,
  command,
  file,
  labelgate,
  outputOf,
  POLICY,
  packet,
  pcap,
  RECORDING,
  recordsOf,
  shell,
  written,
} from "./commands.ts";
import { optional } from "./needs.ts";
import { cipso, ethernet } from "./packets.ts";

const test = suite("command line: split");

const PARTITIONS = ["public", "internal", "staff", "finance", "planning", "audit"];
const recorded = readAll(readCaptureFile(RECORDING)).frames;
const classified = recordsOf(await outputOf(["classify", RECORDING, "--policy", POLICY]));

test("split writes a pcapng for each partition and one of the drops, and no frame is lost", async () => {
  const text = await outputOf(["split", RECORDING, "--policy", POLICY, "--out", at("new/parts")]);
  assert.match(text, "652 frames, 115 delivered, 537 dropped");
  assert.equal(readdirSync(at("new/parts")).sort(), [...PARTITIONS, "dropped"].map((name) => `${name}.pcapng`).sort());
  for (const name of [...PARTITIONS, "dropped"]) {
    const { frames } = readAll(readCaptureFile(at(`new/parts/${name}.pcapng`)));
    const rows = classified.filter(({ partition, reason }) => (reason === null ? partition : "dropped") === name);
    assert.is(frames.length, rows.length, name);
    for (const [i, { frame }] of rows.entries()) {
      const { number: _own, ...content } = recorded[(frame as number) - 1]!;
      const { number: _other, ...found } = frames[i]!;
      assert.equal(found, content, `${name}: frame ${frame}`);
    }
  }
});

test("split leaves files that are there alone, unless --force says otherwise", async () => {
  const out = at("once");
  const split = ["split", RECORDING, "--policy", POLICY, "--out", out];
  mkdirSync(out);
  file("once/audit.pcapng", "mine");
  const { code, stdout, stderr } = await labelgate(split);
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /once\/audit\.pcapng: there already; --force/);
  assert.equal(readdirSync(out), ["audit.pcapng"]);
  assert.is(readFileSync(at("once/audit.pcapng"), "utf8"), "mine");
  await outputOf([...split, "--force"]);
  assert.is(readAll(readCaptureFile(at("once/audit.pcapng"))).frames.length, 36);
});

test("split never destroys the capture it reads", async () => {
  mkdirSync(at("self"));
  const own = pcap("self/public.pcapng", [packet(), packet()], 101);
  const before = readFileSync(own);
  const { code } = await labelgate(["split", own, "--policy", POLICY, "--out", at("self"), "--force"]);
  const kept = readFileSync(own).equals(before) || readAll(readCaptureFile(own)).frames.length === 2;
  assert.ok(kept, `both of its frames are gone, exit ${code}`);
});

interface Tshark {
  readonly _source: { readonly layers: Readonly<Record<string, readonly string[]>> };
}

optional(test, "tshark", "tshark reads times, interfaces and comments of what split wrote", async () => {
  const source = written("links.pcapng", (chunk) => {
    const writer = new PcapngWriter(chunk);
    const ids = [1, 101, 113].map((linkType, i) =>
      writer.addInterface({ linkType, ...(i < 2 ? { name: `port${i}` } : {}) }),
    );
    const cooked = Uint8Array.from([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, ...packet(cipso(9))]);
    const frames = [
      ethernet(packet(), [7]),
      packet(cipso(9, [], 17)),
      cooked,
      packet(),
      ethernet(packet(cipso(2, [8]), 17)),
    ];
    const on = [0, 1, 2, 1, 0];
    for (const [i, octets] of frames.entries())
      writer.packet(octets, {
        interface: ids[on[i]!]!,
        seconds: 1_700_000_000 * (i + 1),
        nanoseconds: i,
        wireLength: 1500,
      });
    writer.flush();
  });
  // The capture's devices are not the policy's.
  const anywhere = at("anywhere.json");
  writeFileSync(anywhere, readFileSync(POLICY, "utf8").replace('"device": "eth0", ', ""));
  await outputOf(["split", source, "--policy", anywhere, "--out", at("links")]);
  const read = (name: string): string[][] => {
    const fields = ["time_epoch", "interface_name", "encap_type", "len", "comment"].map((field) => `frame.${field}`);
    const options = ["-T", "json", ...fields.flatMap((field) => ["-e", field])];
    const { stdout } = spawnSync("tshark", ["-n", "-r", at(`links/${name}.pcapng`), ...options]);
    const packets = JSON.parse(stdout.toString()) as Tshark[];
    return packets.map(({ _source: { layers } }) => fields.flatMap((field) => layers[field] ?? []));
  };
  assert.equal(read("public"), [
    ["1700000000.000000000", "port0", "1", "1500"],
    ["6800000000.000000003", "port1", "7", "1500"],
  ]);
  assert.equal(read("dropped"), [
    [
      "3400000000.000000001",
      "port1",
      "7",
      "1500",
      "frame 2: CIPSO_DOI_UNKNOWN (C3): the DOI is not configured; octet 22",
    ],
    [
      "5100000000.000000002",
      "unknown",
      "25",
      "1500",
      "frame 3: NO_PARTITION (step 9): no partition has this label; octet 36",
    ],
  ]);
  assert.equal(read("audit"), [["8500000000.000000004", "port0", "1", "1500"]]);
  assert.equal(read("staff"), []);
});

test("split refuses a folder that holds the capture it reads from standard input", async () => {
  mkdirSync(at("fed"));
  const own = pcap("fed/dropped.pcapng", [packet(), packet()], 101);
  const before = readFileSync(own);
  const line = "$labelgate split - --policy $1 --out $2 --force < $2/dropped.pcapng";
  const { code, stderr } = await shell(line, [POLICY, at("fed")]);
  assert.is(code, 1);
  assert.match(stderr, /dropped\.pcapng: is a capture that is read/);
  assert.ok(readFileSync(own).equals(before));
});

test("split takes a link for a file that is there, even one that leads nowhere", async () => {
  mkdirSync(at("linked"));
  symlinkSync(at("outside"), at("linked/staff.pcapng"));
  const split = ["split", RECORDING, "--policy", POLICY, "--out", at("linked")];
  const { code, stderr } = await labelgate(split);
  assert.is(code, 1);
  assert.match(stderr, /staff\.pcapng: there already/);
  await outputOf([...split, "--force"]);
  assert.not(existsSync(at("outside")));
  assert.is(readAll(readCaptureFile(at("linked/staff.pcapng"))).frames.length, 16);
});

test("split that fails on its way leaves what was there, whole", async () => {
  mkdirSync(at("kept"));
  const split = ["split", RECORDING, "--policy", POLICY, "--out", at("kept"), "--force"];
  await outputOf(split);
  const before = readdirSync(at("kept")).map((name) => readFileSync(at(`kept/${name}`)));
  mkdirSync(at("kept/finance.pcapng.partial"));
  const { code, stderr } = await labelgate(split);
  assert.is(code, 1);
  assert.match(stderr, /finance\.pcapng: cannot be written/);
  const after = readdirSync(at("kept")).filter((name) => !name.endsWith(".partial"));
  assert.equal(
    after.map((name) => readFileSync(at(`kept/${name}`))),
    before,
  );
  assert.equal(
    readdirSync(at("kept")).filter((name) => name.endsWith(".partial")),
    ["finance.pcapng.partial"],
  );
});

test("a folder in the place of a part is named before anything is read", async () => {
  mkdirSync(at("blocked/audit.pcapng"), { recursive: true });
  const { code, stderr } = await labelgate(["split", RECORDING, "--policy", POLICY, "--out", at("blocked"), "--force"]);
  assert.is(code, 1);
  assert.match(stderr, /audit\.pcapng: cannot be written: it is a directory/);
  assert.equal(readdirSync(at("blocked")), ["audit.pcapng"]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`split that is stopped by ${signal} leaves nothing half written`, async () => {
    const out = at(`stopped-${signal}`);
    // It waits for the end of its input, which does not come.
    const child = spawn(process.execPath, [command, "split", "-", "--policy", POLICY, "--out", out], { stdio: "pipe" });
    const ended = new Promise((resolve) => child.on("close", (_code, by) => resolve(by)));
    child.stdin.on("error", () => {});
    child.stdin.write(readFileSync(BULK));
    while (!existsSync(out) || readdirSync(out).length === 0) await sleep(20);
    assert.ok(readdirSync(out).every((name) => name.endsWith(".pcapng.partial")));
    child.kill(signal);
    assert.is(await ended, signal);
    assert.equal(readdirSync(out), []);
  });
}

test("an interface's name of octets that are no text is kept within its bound", async () => {
  const source = written("name.pcapng", (chunk) => {
    const writer = new PcapngWriter(chunk);
    const id = writer.addInterface({ linkType: 101, name: "n".repeat(1024) });
    writer.packet(packet(), { interface: id, seconds: 1, nanoseconds: 0 });
    writer.flush();
  });
  const octets = readFileSync(source);
  octets.fill(0xff, octets.indexOf("nnnn"), octets.indexOf("nnnn") + 1024);
  await outputOf(["split", file("name.pcapng", octets), "--policy", POLICY, "--out", at("named")]);
  for await (const { interfaces } of readCaptureFile(at("named/public.pcapng"))) {
    assert.is(interfaces[0]!.name, "\ufffd".repeat(341));
  }
});

test("more interfaces than a capture may have, from several that are sound, are an error", async () => {
  const many = written("many.pcapng", (chunk) => {
    const writer = new PcapngWriter(chunk);
    for (let i = 0; i < 65_535; i++) {
      writer.packet(packet(), { interface: writer.addInterface({ linkType: 101 }), seconds: 1, nanoseconds: 0 });
    }
    writer.flush();
  });
  const split = (...captures: string[]) =>
    labelgate(["split", ...captures, "--policy", POLICY, "--out", at("many"), "--force"]);
  assert.is((await split(many)).code, 0);
  const { code, stderr } = await split(many, RECORDING);
  assert.is(code, 1);
  assert.match(stderr, /pcapng: more than 65535 interfaces; split fewer captures at a time/);
});

test.run();
