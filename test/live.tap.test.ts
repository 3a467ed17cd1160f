// A TAP device in another namespace: both ways, and what it does when it goes away.
import { accessSync, constants } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ByTap } from "./live/by-tap.ts";
import { BATCHES } from "./live/sizes.ts";
import { inNamespaces, runInside } from "./namespaces.ts";

const test = suite("live tap");

function hasTun(): boolean {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function bothWays(): Promise<void> {
  const seen = await runInside<ByTap>("by-tap.ts");
  for (const batch of BATCHES) assert.equal(seen.whole[batch], [batch, batch], `batches of ${batch}, each way`);
  const all = BATCHES.reduce((sum, batch) => sum + batch, 0);
  assert.equal(seen.counted, { sent: all, refused: 0, received: all });
  assert.is(seen.macs[0], seen.macs[1]);
  assert.is(seen.mtu, 9000);
  assert.equal(seen.long, { captured: 2048, isLonger: true, truncated: 1 });
  assert.is(new Set(seen.namespaces).size, 1, "the thread is back in its namespace");
  assert.equal(seen.errors, [
    "NO_DEVICE: there is no namespace /run/netns/nowhere; try: ip netns list",
    "DEVICE_DOWN: device tap1 is down; try: ip link set tap1 up",
  ]);
  assert.equal(seen.down, { taken: 0, after: 1 });
  assert.is(seen.gone.taken, 0);
  assert.ok(seen.gone.waited > 40, `a device that was removed is not waited for, and ${seen.gone.waited} ms went by`);
}

const name = "frames to and from a TAP device in another namespace";
if (process.platform !== "linux" || hasTun()) {
  inNamespaces(test, name, [], bothWays);
} else {
  console.log(`SKIP ${name}: /dev/net/tun can't be opened`);
  test.skip(name, bothWays);
}

test.run();
