// Unix sockets as ports: frames with their length in front, one client at a time, and nobody who may not.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FRAME_SIZE } from "../assembly/columns.ts";
import { LiveError } from "../ts/live/error.ts";
import type { PartitionPort } from "../ts/live/port.ts";
import { MAX_UNIX_BACKLOG, MAX_UNIX_FRAME, openUnixPort } from "../ts/live/unix.ts";

interface Here {
  folder: string;
  path: string;
  port: PartitionPort;
  clients: Socket[];
}

const test = suite<Here>("live unix");
const room = { bytes: new Uint8Array(1_048_576), rows: new Uint8Array(512 * FRAME_SIZE) };
const before = process.umask();

test.before.each(async (here) => {
  // The mode is ours to set, whatever the process leaves open.
  process.umask(0);
  here.folder = mkdtempSync(join(tmpdir(), "labelgate-"));
  here.path = join(here.folder, "public.sock");
  here.port = await openUnixPort(here.path);
  here.clients = [];
});

test.after.each((here) => {
  process.umask(before);
  for (const client of here.clients) client.destroy();
  here.port.close();
  rmSync(here.folder, { recursive: true, force: true });
});

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 5000; !isSo(); await sleep(2)) {
    if (performance.now() > end) throw new Error("it did not come to that within 5 s");
  }
}

async function clientOf(here: Here): Promise<Socket> {
  const client = connect(here.path);
  here.clients.push(client);
  client.on("error", () => {});
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await sleep(5);
  return client;
}

function prefixed(frame: Uint8Array, length = frame.length): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(length);
  return Buffer.concat([prefix, frame]);
}

function send(port: PartitionPort, frame: Uint8Array, count = 1): number {
  const offsets = new Uint32Array(count);
  return port.send({ bytes: frame, offsets, lengths: new Uint32Array(count).fill(frame.length), count });
}

async function drain(port: PartitionPort, wanted: number): Promise<number[]> {
  const lengths: number[] = [];
  await until(() => {
    for (let batch = port.receive(room); batch !== null; batch = port.receive(room)) {
      for (let row = 0; row < batch.count; row++) {
        const octets = batch.octets(row);
        assert.ok(octets.every((octet) => octet === (octets.length & 255)));
        lengths.push(octets.length);
      }
    }
    return lengths.length >= wanted;
  });
  return lengths;
}

const frameOf = (length: number): Uint8Array => new Uint8Array(length).fill(length & 255);

test("only its owner may connect, and the file goes with the port", async ({ path, port }) => {
  assert.is(statSync(path).mode & 0o777, 0o600);
  port.close();
  await until(() => !existsSync(path));
});

test("frames come as they were sent, however the stream is cut", async (here) => {
  const client = await clientOf(here);
  const lengths = [1, 60, 255, 256, 1514, MAX_UNIX_FRAME];
  const stream = Buffer.concat(lengths.map((length) => prefixed(frameOf(length))));
  client.write(stream);
  assert.equal(await drain(here.port, lengths.length), lengths);
  for (let at = 0; at < 200; at++) {
    client.write(stream.subarray(at, at + 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.write(stream.subarray(200));
  assert.equal(await drain(here.port, lengths.length), lengths);
  assert.is(here.port.stats().received, 2 * lengths.length);
});

test("frames go out with their length in front", async (here) => {
  assert.is(send(here.port, frameOf(60)), 0, "nobody is there");
  const client = await clientOf(here);
  const pieces: Buffer[] = [];
  client.on("data", (piece: Buffer) => pieces.push(piece));
  const expected = Buffer.concat([60, 1514].map((length) => prefixed(frameOf(length))));
  for (const length of [60, 1514]) assert.is(send(here.port, frameOf(length)), 1);
  await until(() => Buffer.concat(pieces).length === expected.length);
  assert.equal(Buffer.concat(pieces), expected);
  assert.equal(here.port.sinkStats(), { sent: 2, refused: 1 });
});

for (const length of [0, MAX_UNIX_FRAME + 1, 0xffff_ffff]) {
  test(`a frame of ${length} octets cuts its sender off, and the next client begins anew`, async (here) => {
    const client = await clientOf(here);
    let isClosed = false;
    client.on("close", () => (isClosed = true));
    client.resume();
    client.write(Buffer.concat([prefixed(frameOf(60)), prefixed(frameOf(60), length)]));
    assert.equal(await drain(here.port, 1), [60]);
    await until(() => here.port.receive(room) === null && isClosed);
    assert.is(here.port.stats().truncated, 1);
    const next = await clientOf(here);
    next.write(prefixed(frameOf(61)));
    assert.equal(await drain(here.port, 1), [61]);
  });
}

test("a second client is turned away, and does not disturb the first", async (here) => {
  const client = await clientOf(here);
  const second = await clientOf(here);
  await until(() => second.destroyed || second.readableEnded || second.closed);
  client.write(prefixed(frameOf(60)));
  assert.equal(await drain(here.port, 1), [60]);
});

test("what is half there when a client leaves is not the next one's", async (here) => {
  const client = await clientOf(here);
  client.end(prefixed(frameOf(60)).subarray(0, 30));
  await until(() => client.closed);
  const next = await clientOf(here);
  next.write(prefixed(frameOf(61)));
  assert.equal(await drain(here.port, 1), [61]);
});

test("a client that does not read costs a bounded backlog; the rest is refused and counted", async (here) => {
  const client = await clientOf(here);
  client.pause();
  let taken = 0;
  for (let i = 0; i < 40; i++) {
    taken += send(here.port, frameOf(1514), 100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { sent, refused } = here.port.sinkStats();
  assert.is(sent, taken);
  assert.is(sent + refused, 4000);
  assert.ok(refused > 0);
  // What the system keeps of a socket comes on top.
  assert.ok(taken * 1518 < MAX_UNIX_BACKLOG + 1_048_576, `${taken} frames were kept`);
  let received = 0;
  client.on("data", (piece: Buffer) => (received += piece.length));
  client.resume();
  await until(() => received === taken * 1518);
});

test("a client that floods is read no further than we keep up, and loses nothing", async (here) => {
  const client = await clientOf(here);
  const COUNT = 4000;
  for (let i = 0; i < COUNT; i++) client.write(prefixed(frameOf(1514)));
  await sleep(100);
  assert.ok(client.writableLength > 0, "the socket is not read for ever");
  assert.is((await drain(here.port, COUNT)).length, COUNT);
});

test("a socket that nobody listens at is replaced; anything else that is there is not", async (here) => {
  const outcome = (path: string): Promise<string> =>
    openUnixPort(path).then(
      (port) => {
        port.close();
        return "opened";
      },
      (error: unknown) => (error instanceof LiveError ? error.code : `${error}`),
    );
  assert.is(await outcome(here.path), "IN_USE");
  const file = join(here.folder, "file");
  writeFileSync(file, "");
  assert.is(await outcome(file), "IN_USE");
  assert.ok(existsSync(file));
  assert.is(await outcome(join(here.folder, "none", "socket")), "SYSTEM");

  // The socket of a server that was killed.
  const dead = join(here.folder, "dead.sock");
  const script = `require("node:net").createServer().listen(${JSON.stringify(dead)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  assert.ok(existsSync(dead));
  assert.is(await outcome(dead), "opened");
});

test.run();
