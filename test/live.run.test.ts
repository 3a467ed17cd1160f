// A gate while devices come and go and the policy changes: who is there is served, and nothing is left open.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ComingAndGoing } from "./live/coming-and-going.ts";
import { inNamespaces, runInside } from "./namespaces.ts";

const test = suite("live run");

inNamespaces(
  test,
  "a partition whose device is removed is served again once it is back; ports may change",
  [],
  async () => {
    const seen = await runInside<ComingAndGoing>("coming-and-going.ts");
    assert.equal(seen.arrived, [
      [1, 1],
      [0, 1],
      [1, 1],
    ]);
    assert.match(seen.notices[0]!, /^lgs1: removed; .*ip link/);
    assert.match(seen.notices.at(-1)!, /^lgs1: opened again$/);
    assert.match(seen.refused, /nowhere.*ip link/);
    assert.equal(seen.afterRefused, [1, 1], "a policy that can't be opened changes nothing");
    assert.match(seen.missing, /nobody brought a worker tower; try: openGate/);
    assert.equal(seen.moved, [10, 10]);
    assert.equal(seen.left, [0, 0]);
  },
);

test.run();
