// labelgate run: what it shows, and why it does not start.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { viewLines } from "../ts/cli/gate-view.ts";
import { at, file, labelgate, POLICY } from "./commands.ts";
import { frame, HOST4, inside, OUR4, world, worldPolicy } from "./live/world.ts";
import { cipso, ipv4 } from "./packets.ts";

const test = suite("cli run");

test("a line a partition, with what came, went and was refused, and the most frequent drop", () => {
  const w = world();
  const before = w.gate.stats();
  for (let i = 0; i < 20; i++) w.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(5, [0]) })));
  for (let i = 0; i < 3; i++) w.fromWire(frame(ipv4({ src: HOST4, dst: OUR4, options: cipso(3) })));
  w.fromPartition("public", inside("public", ipv4({ src: "192.0.2.3", dst: HOST4 })));
  assert.equal(viewLines(w.gate.stats(), before, 2), [
    "partition  in  in/s  out  out/s  refused  why",
    "public      0     0    0      0        1  SOURCE_NOT_OURS",
    "secret     20    10    0      0        0",
    "audit       0     0    0      0        0",
    "dropped     3     2                       NO_PARTITION",
  ]);
});

test("a policy without live, one that is bad, and a device that is not there: exit 1, and what to do", async () => {
  const none = await labelgate(["run", "--policy", POLICY]);
  assert.is(none.code, 1);
  assert.match(none.stderr, /does not say what its partitions are on this machine; try: "live"/);
  const bad = await labelgate(["run", "--policy", file("bad.json", '{ "doi": 16, "partitions": [{ "name": "a" }] }')]);
  assert.is(bad.code, 1);
  assert.match(bad.stderr, /partitions\[0\]/);
  const gone = await labelgate(["run", "--policy", file("gone.json", JSON.stringify(worldPolicy()))]);
  assert.is(gone.code, 1);
  if (process.platform === "linux") assert.match(gone.stderr, /device w0: there is no such device; try: ip link show/);
  const missing = await labelgate(["run", "--policy", at("nowhere.json")]);
  assert.is(missing.code, 1);
  assert.is((await labelgate(["run"])).code, 2);
});

test.run();
