// Where the hosts of a wire are: asked for when needed, believed when asked, and bounded.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ASK_EVERY, MAX_ASKED, MAX_NEIGHBOURS, MAX_WAITING, Neighbours, REACHABLE } from "../ts/live/neighbours.ts";

const test = suite("live neighbours");

const MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
const OTHER = Uint8Array.of(2, 0, 0, 0, 0, 2);
const address = (key: number): Uint8Array => Uint8Array.of(10, 0, key >> 8, key & 255);

interface Known {
  readonly neighbours: Neighbours<string>;
  /** Addresses that were asked for. */
  readonly asked: string[];
  readonly lost: { count: number };
}

function known(): Known {
  const asked: string[] = [];
  const lost = { count: 0 };
  const neighbours = new Neighbours<string>(
    (of) => asked.push(of.join(".")),
    (packets) => {
      lost.count += packets;
    },
  );
  return { neighbours, asked, lost };
}

test("a host is asked for once when it is used, and not again before a second has gone by", () => {
  const { neighbours, asked } = known();
  neighbours.use(1, address(1), 0);
  neighbours.use(1, address(1), 10);
  neighbours.tick(ASK_EVERY - 1);
  assert.equal(asked, ["10.0.0.1"]);
  assert.is(neighbours.find(1), null);
  neighbours.tick(ASK_EVERY);
  assert.equal(asked, ["10.0.0.1", "10.0.0.1"]);
});

test("its address is kept as it was, whatever becomes of the packet's memory", () => {
  const { neighbours, asked } = known();
  const octets = address(1);
  neighbours.use(1, octets, 0);
  octets.fill(0);
  neighbours.tick(ASK_EVERY);
  assert.equal(asked, ["10.0.0.1", "10.0.0.1"]);
});

test("what waits for it comes back with its answer, in order, once", () => {
  const { neighbours } = known();
  neighbours.use(1, address(1), 0);
  assert.ok(neighbours.wait(1, "a"));
  assert.ok(neighbours.wait(1, "b"));
  assert.equal(neighbours.learn(1, MAC, 5), ["a", "b"]);
  assert.equal(neighbours.find(1), MAC);
  assert.equal(neighbours.learn(1, MAC, 6), []);
});

test(`${MAX_WAITING} packets wait for a host, no more; and none for one that is not asked for`, () => {
  const { neighbours, lost } = known();
  neighbours.use(1, address(1), 0);
  for (let i = 0; i < MAX_WAITING; i++) assert.ok(neighbours.wait(1, `${i}`));
  assert.not(neighbours.wait(1, "one more"));
  assert.not(neighbours.wait(2, "for another"));
  assert.is(lost.count, 0, "who was told so counts them");
});

test("an answer is believed only while it is asked for", () => {
  const { neighbours } = known();
  assert.equal(neighbours.learn(1, MAC, 0), []);
  assert.is(neighbours.find(1), null);
  assert.is(neighbours.size, 0);
  neighbours.use(1, address(1), 0);
  neighbours.learn(1, MAC, 1);
  neighbours.learn(1, OTHER, 2);
  assert.equal(neighbours.find(1), MAC);
});

test(`after ${MAX_ASKED} questions it is forgotten, and what waited is counted`, () => {
  const { neighbours, asked, lost } = known();
  neighbours.use(1, address(1), 0);
  neighbours.wait(1, "a");
  neighbours.wait(1, "b");
  for (let i = 1; i < MAX_ASKED; i++) neighbours.tick(i * ASK_EVERY);
  assert.equal([asked.length, lost.count, neighbours.size], [MAX_ASKED, 0, 1]);
  neighbours.tick(MAX_ASKED * ASK_EVERY);
  assert.equal([asked.length, lost.count, neighbours.size], [MAX_ASKED, 2, 0]);
  neighbours.use(1, address(1), MAX_ASKED * ASK_EVERY);
  assert.is(asked.length, MAX_ASKED + 1, "who is used again is asked for again");
});

test("a host that is used after its time is asked for again, and used meanwhile; one that is not used is left alone", () => {
  const { neighbours, asked } = known();
  for (const key of [1, 2]) {
    neighbours.use(key, address(key), 0);
    neighbours.learn(key, MAC, 0);
  }
  neighbours.use(1, address(1), REACHABLE);
  assert.is(asked.length, 2);
  neighbours.use(1, address(1), REACHABLE + 1);
  neighbours.tick(REACHABLE + 2);
  assert.equal(asked.slice(2), ["10.0.0.1"]);
  assert.equal(neighbours.find(1), MAC);
  neighbours.learn(1, OTHER, REACHABLE + 3);
  assert.equal(neighbours.find(1), OTHER, "it may be elsewhere by now");
  assert.equal(neighbours.find(2), MAC);
});

test("a host that answers no more is forgotten", () => {
  const { neighbours } = known();
  neighbours.use(1, address(1), 0);
  neighbours.learn(1, MAC, 0);
  const late = REACHABLE + 1;
  neighbours.use(1, address(1), late);
  for (let i = 1; i <= MAX_ASKED; i++) neighbours.tick(late + i * ASK_EVERY);
  assert.is(neighbours.find(1), null);
});

test("what the policy says is never asked for, never changed, and not forgotten for others", () => {
  const { neighbours, asked } = known();
  neighbours.fix(0, address(0), MAC);
  neighbours.use(0, address(0), 10 * REACHABLE);
  neighbours.learn(0, OTHER, 10 * REACHABLE);
  for (let key = 1; key <= 2 * MAX_NEIGHBOURS; key++) neighbours.use(key, address(key), 0);
  assert.equal(neighbours.find(0), MAC);
  assert.not(asked.includes("10.0.0.0"));
  assert.is(neighbours.size, MAX_NEIGHBOURS);
});

test(`${MAX_NEIGHBOURS} hosts are known, one more forgets the one that was asked for first, and counts what waited`, () => {
  const { neighbours, lost } = known();
  for (let key = 0; key < MAX_NEIGHBOURS; key++) neighbours.use(key, address(key), 0);
  neighbours.wait(0, "a");
  neighbours.use(MAX_NEIGHBOURS, address(MAX_NEIGHBOURS), 0);
  assert.equal([neighbours.size, lost.count], [MAX_NEIGHBOURS, 1]);
  assert.not(neighbours.wait(0, "b"));
  assert.ok(neighbours.wait(1, "c"));
});

test.run();
