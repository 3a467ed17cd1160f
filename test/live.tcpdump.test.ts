// Frames by tcpdump's pipe: a program of its name stands in for it, since in a user namespace it gives up its privileges.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CaptureError } from "../ts/errors.ts";
import { LiveError } from "../ts/live/error.ts";
import { type TcpdumpOptions, tcpdumpFrames } from "../ts/live/tcpdump.ts";

const test = suite("live tcpdump");
const CAPTURE = fileURLToPath(new URL("../fixtures/captures/cipso-calipso-doi16-tag1-veth-A.pcap", import.meta.url));
const FRAMES = 652;
const path = process.env.PATH;
let folder: string;

test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "labelgate-"));
  process.env.PATH = `${folder}:${path}`;
});

test.after.each(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

function standIn(script: string): void {
  const file = join(folder, "tcpdump");
  const pid = join(folder, "pid");
  writeFileSync(file, `#!/bin/sh\necho $$ > '${pid}'\nprintf '%s\\n' "$@" > '${join(folder, "args")}'\n${script}\n`);
  chmodSync(file, 0o755);
}

async function isGone(): Promise<boolean> {
  const pid = readFileSync(join(folder, "pid"), "utf8").trim();
  for (let i = 0; i < 100 && existsSync(`/proc/${pid}/status`); i++) await sleep(10);
  return !existsSync(`/proc/${pid}/status`);
}

async function count(options?: TcpdumpOptions): Promise<number> {
  let frames = 0;
  for await (const batch of tcpdumpFrames("lg0", options)) frames += batch.count;
  return frames;
}

async function failure(options?: TcpdumpOptions): Promise<string> {
  try {
    await count(options);
    return "none";
  } catch (error) {
    return error instanceof LiveError ? `${error.code}: ${error.message}` : (error as Error).name;
  }
}

test("its pipe is read to its end", async () => {
  standIn(`echo "tcpdump: listening on lg0" >&2; cat '${CAPTURE}'`);
  assert.is(await count(), FRAMES);
  const args = (): string[] => readFileSync(join(folder, "args"), "utf8").split("\n").slice(0, -1);
  assert.equal(args(), ["-i", "lg0", "-s", "262144", "-U", "--immediate-mode", "-n", "-w", "-", "--", ""]);
  assert.is(await count({ filter: "-z /bin/true" }), FRAMES);
  assert.equal(args().slice(-2), ["--", "-z /bin/true"], "a filter is never an option");
});

test("it ends with the reading: left early, or by a signal", async () => {
  standIn(`cat '${CAPTURE}'; exec sleep 60`);
  for await (const batch of tcpdumpFrames("lg0")) {
    assert.ok(batch.count > 0);
    break;
  }
  assert.ok(await isGone());

  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  assert.is(await failure({ signal: controller.signal }), "AbortError");
  assert.ok(await isGone());

  standIn("echo this is no capture, not at all; exec sleep 60");
  assert.is(await failure(), CaptureError.name);
  assert.ok(await isGone());
});

const SAYS: readonly (readonly [script: string, expected: string])[] = [
  [
    'echo "tcpdump: lg0: No such device exists\n(No such device exists)" >&2; exit 1',
    "NO_DEVICE: tcpdump on lg0: lg0: No such device exists; try: ip link show",
  ],
  [
    'echo "tcpdump: lg0: That device is not up" >&2; exit 1',
    "DEVICE_DOWN: tcpdump on lg0: lg0: That device is not up; try: ip link set lg0 up",
  ],
  [
    `echo "tcpdump: lg0: You don't have permission to perform this capture on that device" >&2; exit 1`,
    "NO_PRIVILEGE: tcpdump on lg0: lg0: You don't have permission to perform this capture on that device; try: run it as root",
  ],
  [
    'echo "tcpdump: can\'t parse filter expression: syntax error" >&2; exit 1',
    "SYSTEM: tcpdump on lg0: can't parse filter expression: syntax error",
  ],
  [`head -c 1000 '${CAPTURE}'; kill -9 $$`, "SYSTEM: tcpdump on lg0: it was ended by SIGKILL"],
  [`cat '${CAPTURE}'; exit 3`, "SYSTEM: tcpdump on lg0: "],
  ["true", CaptureError.name],
];

for (const [script, expected] of SAYS) {
  test(`what keeps it from capturing is said: ${expected}`, async () => {
    standIn(script);
    assert.is(await failure(), expected);
  });
}

test("it is missing", async () => {
  process.env.PATH = folder;
  assert.is(await failure(), "NO_TOOL: the command tcpdump is missing; try: apt-get install tcpdump");
});

test.run();
