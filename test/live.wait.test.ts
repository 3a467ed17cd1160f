// Waiting for frames: nothing that happens between looking and waiting is missed. With descriptors: live.packet-socket.test.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadLibc } from "../ts/live/libc.ts";
import { Waiter } from "../ts/live/wait.ts";
import { MemoryPort } from "./live/memory-port.ts";

const test = suite("live wait");

async function time(wait: Promise<void>): Promise<number> {
  const start = performance.now();
  await wait;
  return performance.now() - start;
}

// Without a libc it waits by timers, with one by poll and a pipe.
const tables = process.platform === "linux" ? [null, await loadLibc()] : [null];
for (const libc of tables) {
  const by = libc === null ? "timers" : "poll";

  test(`${by}: a wait lasts as long as it should`, async () => {
    const waiter = new Waiter(libc);
    const waited = await time(waiter.wait([], 50));
    assert.ok(waited > 25 && waited < 1000, `${waited} ms`);
    assert.ok((await time(waiter.wait([], 0))) < 1000);
    waiter.close();
  });

  test(`${by}: a source that has frames ends the wait`, async () => {
    const waiter = new Waiter(libc);
    const port = new MemoryPort("m", [2, 0, 0, 0, 0, 1]);
    setTimeout(() => port.onReadable!(), 20);
    assert.ok((await time(waiter.wait([port], null))) < 1000);
    assert.ok((await time(waiter.wait([port], 50))) > 25, "once, not twice");
    waiter.close();
  });

  test(`${by}: wake before wait ends the next one, however often`, async () => {
    const waiter = new Waiter(libc);
    for (let i = 0; i < 1000; i++) waiter.wake();
    assert.ok((await time(waiter.wait([], 5000))) < 1000);
    assert.ok((await time(waiter.wait([], 50))) > 25);
    waiter.close();
  });

  test(`${by}: a thousand wakes end a thousand waits`, async () => {
    const waiter = new Waiter(libc);
    for (let i = 0; i < 1000; i++) {
      const wait = waiter.wait([], 5000);
      if (i % 2 === 0) setImmediate(() => waiter.wake());
      else waiter.wake();
      await wait;
    }
    assert.ok((await time(waiter.wait([], 50))) > 25);
    waiter.close();
  });

  test(`${by}: several wait at a time, each for its own`, async () => {
    const waiters = Array.from({ length: 3 }, () => new Waiter(libc));
    const waits = waiters.map((waiter) => time(waiter.wait([], 100)));
    waiters[1]!.wake();
    const [first, second, third] = await Promise.all(waits);
    assert.ok(first! > 95 && second! < 90 && third! > 95, `${first}, ${second}, ${third} ms`);
    for (const waiter of waiters) waiter.close();
  });

  test(`${by}: close ends the wait at hand, and there is none after it`, async () => {
    const waiter = new Waiter(libc);
    setTimeout(() => waiter.close(), 20);
    assert.ok((await time(waiter.wait([], null))) < 1000);
    assert.ok((await time(waiter.wait([], null))) < 1000);
    waiter.wake();
    waiter.close();
  });
}

test.run();
