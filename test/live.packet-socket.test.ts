// Packet sockets on both ends of a wire: what is sent arrives, once, as it was, or is counted.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { BySocket } from "./live/by-socket.ts";
import { BATCHES, IN_ROOMS } from "./live/sizes.ts";
import { inNamespaces, runInside } from "./namespaces.ts";

const test = suite("live packet socket");

for (const way of ["message", "ring"]) {
  inNamespaces(test, `by ${way}: frames between two packet sockets`, [], async () => {
    const seen = await runInside<BySocket>("by-socket.ts", way);
    for (const batch of BATCHES) assert.equal(seen.whole[batch], [batch, batch], `batches of ${batch}, each way`);
    assert.is(seen.inRooms, IN_ROOMS, "rooms that change");
    const all = BATCHES.reduce((sum, batch) => sum + batch, 0);
    const nothing = { dropped: 0, truncated: 0, foreign: 0, unfinished: 0 };
    assert.equal(seen.both, [
      { source: { received: all, ...nothing }, sink: { sent: all + IN_ROOMS, refused: 0 } },
      { source: { received: all + IN_ROOMS, ...nothing }, sink: { sent: all, refused: 0 } },
    ]);
    assert.is(seen.own, 0, "nobody receives what he sent");
    assert.ok(seen.late < 1, `times of frames are ${seen.late} s off the clock`);

    for (const { sent, received, wireLength } of seen.tagged) {
      assert.is(received, sent, "tags are put back");
      assert.is(wireLength, sent.length / 2);
    }
    assert.is(seen.foreign.foreign, 2);
    assert.is(seen.offload.on, 0, "a frame without its checksum is not handed on");
    assert.is(seen.offload.off, 1);
    assert.is(seen.offload.stats.unfinished, 1);
    assert.equal(seen.tooLong, { taken: 2, arrived: 2, sink: { sent: 2, refused: 1 } });
    const { waited, ...down } = seen.down;
    assert.equal(down, { taken: 0, received: false, after: 1 });
    assert.ok(waited > 40, `that a device is down is no news for ever: waited ${waited} ms, not 50`);
    assert.is(seen.paced.sent, 20_000);
    assert.is(seen.paced.received, 20_000);
    assert.is(seen.paced.stats.received, 20_000);
    assert.is(seen.paced.stats.dropped, 0);
    assert.equal(seen.closed, { taken: 0, received: false, isSafe: true });

    assert.is(seen.left, 0, "no socket outlives its port");

    assert.is(seen.long.wire, 5000, "a frame that is cut says how long it was");
    assert.equal([seen.long.captured, seen.long.stats.truncated], way === "ring" ? [5000, 0] : [2044, 1]);
    const { sent, stats } = seen.overflow;
    assert.ok(stats.dropped > 0, "the socket was flooded");
    assert.is(stats.received + stats.dropped, sent + 1, "what was not received is counted");

    for (const [how, time] of Object.entries(seen.waits)) {
      assert.ok(time > 40 && time < 2000, `a wait for ${how} took ${time} ms, not 50`);
    }
  });
}

inNamespaces(test, "what keeps a packet socket from being had has a name and a mend", ["ethtool"], async () => {
  const seen = await runInside<Record<string, unknown>>("refused-sockets.ts");
  assert.equal(seen, {
    missing: "NO_DEVICE: device lg9: there is no such device; try: ip link show",
    empty: "NO_DEVICE: device : there is no such device; try: ip link show",
    down: "DEVICE_DOWN: device lg0 is down; try: ip link set lg0 up",
    loopback: "NO_DEVICE: device lo is no Ethernet; try: ip link show type veth",
    offload:
      "OFFLOAD_ON: device lg0 puts frames together (generic receive offload); try: ethtool -K lg0 gro off lro off",
    offloadOff: "none",
    unprivileged:
      "NO_PRIVILEGE: a packet socket on lg0: not permitted; it needs CAP_NET_RAW and CAP_NET_ADMIN; " +
      "try: run it as root, or in a namespace of your own: unshare -Urnm",
    removed: "none",
    retires: ["RangeError", "none", "none", "RangeError", "RangeError", "RangeError"],
  });
});

test.run();
