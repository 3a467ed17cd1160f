// Which ICMP error a drop is answered with: CIPSO 2.2 section 5, RFC 1108 section 2.6, RFC 5570 section 6.2.2.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { answerTo } from "../ts/live/label-errors.ts";
import { REASONS } from "../ts/reason.ts";

const test = suite("live label errors");

const NAMES = REASONS.map(({ name }) => name);

test("CIPSO 2.2 section 5.1: what is wrong with an option is pointed at, without a label", () => {
  const told = NAMES.filter((name) => /^(CIPSO|RIPSO)_/.test(name));
  assert.ok(told.length > 10);
  for (const name of told) {
    assert.equal(answerTo(name, 26), { error: { type: 12, code: 0, word: 26 * 2 ** 24 }, isLabelled: false }, name);
  }
});

test("RFC 792: the pointer has one octet: 255 is told, 256 is not", () => {
  assert.is(answerTo("CIPSO_TAG_LEN", 255)!.error.word, 0xff000000);
  assert.is(answerTo("CIPSO_TAG_LEN", 256), null);
});

test("CIPSO 2.2 section 5.3: a label that is missing: option 134 is required", () => {
  assert.equal(answerTo("LABEL_REQUIRED", 0), { error: { type: 12, code: 1, word: 134 * 2 ** 24 }, isLabelled: false });
});

test("CIPSO 2.2 section 5.3: nobody of this label: prohibited, at the label of the packet", () => {
  assert.equal(answerTo("NO_PARTITION", 0), { error: { type: 3, code: 10, word: 0 }, isLabelled: true });
});

test("RFC 5570 section 6.2.2: nothing is told of CALIPSO, and of nothing else", () => {
  const answered = /^(CIPSO|RIPSO)_|^LABEL_REQUIRED$|^NO_PARTITION$/;
  const silent = NAMES.filter((name) => !answered.test(name));
  assert.ok(silent.some((name) => name.startsWith("CALIPSO_")));
  for (const name of silent) assert.is(answerTo(name, 26), null, name);
});

test.run();
