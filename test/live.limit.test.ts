// How many errors are sent in a time: RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Limit } from "../ts/limit.ts";
import { ERRORS_A_SECOND } from "../ts/live/limits.ts";

const test = suite("live limit");

/** How many of `tries` are allowed at once. */
const takenAt = (limit: Limit, now: number, tries = 100): number =>
  Array.from({ length: tries }, () => limit.take(now)).filter(Boolean).length;

test("ten at once, whatever the clock says first, and not one more", () => {
  for (const now of [0, 1, 1e6, 1.7e12]) assert.is(takenAt(new Limit(ERRORS_A_SECOND), now), ERRORS_A_SECOND);
});

test("a tenth of a second gives one back, a millisecond less none", () => {
  const limit = new Limit(ERRORS_A_SECOND);
  takenAt(limit, 1000);
  assert.not(limit.take(1099));
  assert.ok(limit.take(1100));
  assert.not(limit.take(1100));
});

test("those that were refused cost nothing", () => {
  const limit = new Limit(ERRORS_A_SECOND);
  takenAt(limit, 0);
  for (let now = 1; now < 100; now++) assert.not(limit.take(now));
  assert.ok(limit.take(101));
});

test("a long silence saves up no more than a second's", () => {
  const limit = new Limit(ERRORS_A_SECOND);
  takenAt(limit, 0);
  assert.is(takenAt(limit, 3_600_000), ERRORS_A_SECOND);
});

test("in any times, no more than ten and ten a second", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), (gaps) => {
      const limit = new Limit(ERRORS_A_SECOND);
      let now = 0;
      let taken = 0;
      for (const gap of gaps) {
        now += gap;
        if (limit.take(now)) taken++;
        assert.ok(taken <= ERRORS_A_SECOND + (now * ERRORS_A_SECOND) / 1000 + 1e-6, `${taken} after ${now} ms`);
      }
    }),
  );
});

test.run();
