// Labels of Trusted Extensions as text.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ADMIN_HIGH, ADMIN_LOW, formatTxLabel, namesOf, parseTxLabel, whyNotShown } from "../ts/import/tx-label.ts";
import { dominates, formatLabel } from "../ts/label.ts";
import { HIGH_CATEGORY, HIGH_LEVEL } from "./importing.ts";

const test = suite("import, labels of Trusted Extensions");
const NONE = namesOf(undefined);
const read = (text: string): string | null => {
  const label = parseTxLabel(text, NONE);
  return label && formatLabel(label);
};

test("L-02: ADMIN_LOW is below and ADMIN_HIGH above every label", () => {
  assert.is(formatLabel(ADMIN_LOW), "0");
  assert.is(formatLabel(ADMIN_HIGH), "32767:0.255");
  for (const text of ["0x7fff-08-", `0x0000${"ff".repeat(32)}`, "0x0005-08-48"]) {
    const label = parseTxLabel(text, NONE)!;
    assert.ok(dominates(ADMIN_HIGH, label) && dominates(label, ADMIN_LOW), text);
  }
  assert.equal(parseTxLabel(`0x7fff-08-${"ff".repeat(32)}`, NONE), ADMIN_HIGH);
});

test("T-01: words in any case, blanks around, one pair of brackets", () => {
  for (const text of ["ADMIN_LOW", "admin_low", " Admin_Low\t", "[ADMIN_LOW]", " [ admin_low ] "])
    assert.is(read(text), "0");
  assert.is(read("[0x0002-08-08]"), "2:4");
  for (const text of ["[[ADMIN_LOW]]", "[ADMIN_LOW", "ADMIN LOW", "ADMIN_LOWER", "", "[]", "PUBLIC"]) {
    assert.is(read(text), null, text);
  }
});

test("T-02: hexadecimal, long and short", () => {
  const labels = {
    "0x0004-08-48": "4:1,4",
    "0X0004-08-48": "4:1,4",
    "0x000448": "4:1,4",
    "0x0001-08-": "1",
    "0x0001": "1",
    "0x0005-08-B8": "5:0,2.4",
    "0x0005-00-b8": "5:0,2.4",
    [`0x0005-08-${"00".repeat(31)}01`]: "5:255",
    "0x7fff-08-80": "32767:0",
  };
  for (const [text, label] of Object.entries(labels)) assert.is(read(text), label, text);
});

test("T-02: class with the top bit, more than 8 words, odd or more than 64 digits are refused", () => {
  const wrong = [
    "0x8000-08-",
    "0x0001-09-",
    "0x0006-08-7ff3f",
    `0x0001-08-${"00".repeat(33)}`,
    "0x001-08-",
    "0x0001-8-",
  ];
  for (const text of [...wrong, "0x0001-08", "0x0001--", "0x", "0x0001-08-0g", "5:0", "s5:c0", "5", "0005-08-48"]) {
    assert.is(read(text), null, text);
  }
});

test("T-05: names are read where there are any", () => {
  const names = namesOf({
    levels: { CONFIDENTIAL: 4, ADMIN_LOW: 9 },
    categories: { "NEED TO KNOW": 2, "FAR OFF": 256 },
  });
  assert.is(formatLabel(parseTxLabel("confidential need to know", names)!), "4:2");
  assert.is(formatLabel(parseTxLabel("admin_low", names)!), "0");
  assert.is(parseTxLabel("confidential far off", names), null);
  assert.is(parseTxLabel("confidential nothing", names), null);
});

test("L-11: what a packet can show ends at level 255 and category 239", () => {
  assert.is(whyNotShown(parseTxLabel(`0x00ff-08-${"ff".repeat(30)}`, NONE)!), null);
  assert.match(whyNotShown(parseTxLabel(HIGH_LEVEL, NONE)!)!, "level 256 is above 255");
  assert.match(whyNotShown(parseTxLabel(HIGH_CATEGORY, NONE)!)!, "category 240 is above 239");
});

test("the top of a range above 255 stands as 255", () => {
  assert.is(formatTxLabel(ADMIN_HIGH), "255:0.255");
  assert.is(formatTxLabel(parseTxLabel("0x0100-08-80", NONE)!), "255:0");
});

test.run();
