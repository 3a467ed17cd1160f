// Labels as text: four forms are read, one is printed (spec label-options section 6; T-01 to T-04, L-*).
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { equal, formatLabel, type Label, MAX_CATEGORY, makeLabel, type Run } from "../ts/label.ts";
import { nameKey } from "../ts/names.ts";
import { looksNumeric, parseCategories, parseDoi, parseLabel } from "../ts/notation.ts";
import { resolveNames } from "../ts/policy/names.ts";
import { formatLabelAs, type LabelForm } from "../ts/print.ts";

const test = suite("notation");

const NAMES = resolveNames({
  levels: { PUBLIC: 1, TOP: 3, SECRET: 5, "TOP SECRET": 6, "NEED TO KNOW": 7 },
  categories: { ALPHA: 0, BRAVO: 1, "BRAVO TWO": 9, "INTERNAL USE ONLY": 4 },
});

const printed = (text: string): string => formatLabel(parseLabel(text, 16, NAMES));

/** The message of the RangeError that `read` throws; any other outcome fails. */
function refusal(read: () => unknown): string {
  try {
    const value = read();
    return assert.unreachable(`accepted: ${JSON.stringify(value)}`) as never;
  } catch (error) {
    if (error instanceof assert.Assertion) throw error;
    assert.instance(error, RangeError);
    return (error as RangeError).message;
  }
}

const READ: readonly (readonly [text: string, canonical: string])[] = [
  // Ours.
  ["5:0,2.4", "5:0,2.4"],
  ["5", "5"],
  [" 5:0 ", "5:0"],
  ["005:004,00.1", "5:0,1,4"],
  ["0", "0"],
  ["255:65534", "255:65534"],
  ["0:0.65534", "0:0.65534"],
  ["5:4,0,2.3,3", "5:0,2.4"], // order and repetition are free
  ["5:1,2", "5:1,2"], // a run of two is printed as two
  ["5:1.2", "5:1,2"],
  ["5:1.3,4.6", "5:1.6"],
  // SELinux.
  ["s5:c0,c2.c4", "5:0,2.4"],
  ["s0", "0"],
  ["S5:C0,c2.C4", "5:0,2.4"],
  ["s15:c0.c1023", "15:0.1023"],
  ["s3:c5.c9,c2,c0", "3:0,2,5.9"],
  // Trusted Extensions (T-02): octets from the left, bit 0 the high one.
  ["0x0005-08-b8", "5:0,2.4"],
  ["0x0005b8", "5:0,2.4"],
  ["0X0005-08-B8", "5:0,2.4"],
  ["0x0001-08-", "1"], // T-03
  ["0x0001", "1"],
  ["0x0002-08-08", "2:4"],
  ["0x0004-08-48", "4:1,4"], // T-04
  ["0x0004-08-68", "4:1,2,4"],
  ["0x00ff-08-", "255"],
  ["0x0005-00-", "5"],
  ["0x0005-01-00000001", "5:31"],
  [`0x0005-08-${"0".repeat(63)}1`, "5:255"],
  [`0x0005${"f".repeat(64)}`, "5:0.255"],
  ["0x0005-08-8000", "5:0"], // trailing zero octets say nothing
  ["0x000508b8", "5:4,8,10.12"], // the long form: 08 is an octet of categories here
  // T-01: brackets and blanks around the hexadecimal form.
  ["[0x0005-08-b8]", "5:0,2.4"],
  [" [ 0X0005b8 ] ", "5:0,2.4"],
  // Names.
  ["SECRET ALPHA BRAVO", "5:0,1"],
  // T-04: a colon with blanks around it may stand between level and words.
  ["SECRET : ALPHA", "5:0"],
  ["need to know  :\tinternal use only", "7:4"],
  ["secret alpha", "5:0"],
  ["  Secret\t ALPHA ", "5:0"],
  ["TOP", "3"],
  ["TOP SECRET", "6"], // SECRET is no category: there is one way to read it
  ["top  secret alpha", "6:0"],
  ["SECRET BRAVO TWO", "5:9"],
  ["SECRET BRAVO ALPHA BRAVO TWO", "5:0,1,9"],
  ["SECRET INTERNAL USE ONLY", "5:4"],
  ["need to know internal USE only", "7:4"],
  ["SECRET ALPHA ALPHA", "5:0"],
];

for (const [text, canonical] of READ) {
  test(`${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)} is ${canonical}`, () => {
    assert.is(printed(text), canonical);
  });
}

const REFUSED: readonly (readonly [text: string, message: string | RegExp])[] = [
  ["", '"" is no label: expected level:categories or names'],
  [" \t\n", '"" is no label: expected level:categories or names'],
  ["256", "level 256: expected 0 to 255"],
  ["s256", "level 256: expected 0 to 255"],
  ["99999999999999999999", "level 99999999999999999999: expected 0 to 255"],
  ["5:65535", "category 65535: expected 0 to 65534"],
  ["5:99999", "category 99999: expected 0 to 65534"],
  ["5:0.65535", "category 65535: expected 0 to 65534"],
  ["s5:c65535", "category 65535: expected 0 to 65534"],
  ["5:3.3", 'category run "3.3": the first must be below the last'],
  ["5:4.3", 'category run "4.3": the first must be below the last'],
  ["s5:c3.c3", 'category run "c3.c3": the first must be below the last'],
  ["5:65535.3", 'category run "65535.3": the first must be below the last'],
  ["5:c0", 'categories "c0": expected a or a.b, with commas between'],
  ["s5:0", 'categories "0": expected ca or ca.cb, with commas between'],
  ["s5:c0.4", 'categories "c0.4": expected ca or ca.cb, with commas between'],
  ["5:0, 2", 'categories "0, 2": expected a or a.b, with commas between'],
  ["5: 0", 'categories " 0": expected a or a.b, with commas between'],
  ["5:0,", 'categories "0,": expected a or a.b, with commas between'],
  ["5:,", 'categories ",": expected a or a.b, with commas between'],
  ["5:0:1", 'categories "0:1": expected a or a.b, with commas between'],
  ["5:0-4", 'categories "0-4": expected a or a.b, with commas between'],
  ["5:0..4", 'categories "0..4": expected a or a.b, with commas between'],
  ["5:100000", 'categories "100000": expected a or a.b, with commas between'],
  ["5:-1", 'categories "-1": expected a or a.b, with commas between'],
  ["5:1e1", 'categories "1e1": expected a or a.b, with commas between'],
  ["5:ALPHA", 'categories "ALPHA": expected a or a.b, with commas between'],
  // T-02: whole octets, at most 8 words, the class in one octet of the wire.
  ["0x0006-08-7ff3f", /^"0x0006-08-7ff3f" is no label: expected 0x, four digits of level, -08-, whole octets/],
  ["0x0005-8-b8", /is no label: expected 0x/],
  ["0x005-08-b8", /is no label: expected 0x/],
  ["0x5", /is no label: expected 0x/],
  ["0x", /is no label: expected 0x/],
  ["0x0005-08b8", /is no label: expected 0x/],
  ["0x0005-08-g0", /is no label: expected 0x/],
  ["0x0005-08-b8-", /is no label: expected 0x/],
  ["0x0005-09-", '"0x0005-09-": at most 8 words of categories'],
  ["0x0005-ff-", '"0x0005-ff-": at most 8 words of categories'],
  ["0x0005-00-b8", '"0x0005-00-b8": more category octets than 0 words hold'],
  ["0x0005-01-b800000000", '"0x0005-01-b800000000": more category octets than 1 words hold'],
  [`0x0005-08-${"0".repeat(66)}`, /: more category octets than 8 words hold$/],
  [`0x0005${"0".repeat(66)}`, /: more category octets than 8 words hold$/],
  ["0x0100-08-", "level 256: expected 0 to 255"],
  ["0x8000-08-", "level 32768: expected 0 to 255"],
  ["0xffff-08-", "level 65535: expected 0 to 255"],
  // Names. Blanks matter (T-04), forms do not mix, and nothing is guessed.
  ["secret:alpha", /^"secret:alpha" is no level: expected PUBLIC, TOP, SECRET, TOP SECRET, NEED TO KNOW, or a number/],
  ["SECRET :", '":" is no category: expected ALPHA, BRAVO, BRAVO TWO, INTERNAL USE ONLY'],
  ["SECRET : : ALPHA", '":" is no category: expected ALPHA, BRAVO, BRAVO TWO, INTERNAL USE ONLY'],
  ["SECRET ALPHA : BRAVO", '":" is no category: expected ALPHA, BRAVO, BRAVO TWO, INTERNAL USE ONLY'],
  ["SECRET: ALPHA", /^"SECRET:" is no level/],
  [": ALPHA", /^":" is no level/],
  // T-01: one pair of brackets, around the hexadecimal form.
  ["[[0x0005-08-b8]]", /^"\[\[0x0005-08-b8\]\]" is no level/],
  ["[0x0005-08-b8", /^"\[0x0005-08-b8" is no level/],
  ["[5:0]", /^"\[5:0\]" is no level/],
  ["[SECRET]", /^"\[SECRET\]" is no level/],
  // T-01: Trusted Extensions' two ends are names like any other, when the policy has them.
  ["ADMIN_LOW", /^"ADMIN_LOW" is no level/],
  ["ADMIN_HIGH", /^"ADMIN_HIGH" is no level/],
  ["SECRET 0", '"0" is no category: expected ALPHA, BRAVO, BRAVO TWO, INTERNAL USE ONLY'],
  ["SECRET INTERNAL USE", '"INTERNAL" is no category: expected ALPHA, BRAVO, BRAVO TWO, INTERNAL USE ONLY'],
  ["SECRET TOP", '"TOP" is no category: expected ALPHA, BRAVO, BRAVO TWO, INTERNAL USE ONLY'],
  ["5 ALPHA", /^"5" is no level/],
  ["ALPHA", /^"ALPHA" is no level/],
  ["SECRETALPHA", /^"SECRETALPHA" is no level/],
  ["SECRET,ALPHA", /^"SECRET,ALPHA" is no level/],
  ["-5", /^"-5" is no level/],
  ["+5", /^"\+5" is no level/],
  ["5.5", /^"5\.5" is no level/],
  ["5 :0", /^"5" is no level/],
  ["ss5", /^"ss5" is no level/],
  ["0b101", /^"0b101" is no level/],
  ["5-6", /^"5-6" is no level/],
  ["５", /^"５" is no level/],
  ["constructor", /^"constructor" is no level/],
  ["__proto__", /^"__proto__" is no level/],
];

for (const [text, message] of REFUSED) {
  test(`${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)} is refused`, () => {
    const said = refusal(() => parseLabel(text, 16, NAMES));
    if (typeof message === "string") assert.is(said, message);
    else assert.match(said, message);
  });
}

test("without names a word is refused, and the message says that there are none", () => {
  const expected = '"SECRET" is no level: expected a name, but the policy has none, or a number form as 5:0,2.4';
  assert.is(
    refusal(() => parseLabel("SECRET", 16)),
    expected,
  );
});

test("of many names the message lists eight", () => {
  const named = (count: number): ReturnType<typeof resolveNames> =>
    resolveNames({ levels: Object.fromEntries(Array.from({ length: count }, (_, i) => [`level ${i}`, i])) });
  assert.match(
    refusal(() => parseLabel("x", 16, named(8))),
    /level 6, level 7, or a number form/,
  );
  const message = refusal(() => parseLabel("x", 16, named(9)));
  assert.match(message, /level 7 …, or a number form/);
  assert.not.match(message, /level 8/);
});

test("the DOI is that of the caller, and no DOI is no label", () => {
  assert.is(parseLabel("5", 17).doi, 17);
  assert.is(
    refusal(() => parseLabel("5", 0)),
    "DOI 0: expected 1 to 4294967295",
  );
});

const runs: fc.Arbitrary<Run> = fc
  .tuple(fc.oneof(fc.nat(MAX_CATEGORY), fc.nat(300)), fc.oneof(fc.constant(0), fc.nat(3), fc.nat(MAX_CATEGORY)))
  .map(([first, more]): Run => [first, Math.min(first + more, MAX_CATEGORY)]);
const labels: fc.Arbitrary<Label> = fc
  .tuple(fc.constant(16), fc.nat(255), fc.array(runs, { maxLength: 12 }))
  .map(([doi, level, list]) => makeLabel(doi, level, list));
const narrow: fc.Arbitrary<Label> = fc
  .tuple(fc.nat(255), fc.array(fc.nat(255), { maxLength: 20 }))
  .map(([level, categories]) => makeLabel(16, level, categories));

test("every label is read back from its canonical text, and from SELinux's form", () => {
  fc.assert(
    fc.property(labels, (label) => {
      for (const form of ["levels", "selinux"] as const) {
        assert.ok(equal(parseLabel(formatLabelAs(label, form), 16), label));
      }
      assert.is(formatLabelAs(label, "levels"), formatLabel(label));
    }),
    { numRuns: 2000 },
  );
});

test("every label of 256 categories is read back from both hexadecimal forms (T-02, T-03, L-01)", () => {
  fc.assert(
    fc.property(narrow, fc.boolean(), (label, upper) => {
      const short = formatLabelAs(label, "hex");
      assert.match(short, /^0x[\da-f]{4}-08-(?:(?:[\da-f]{2})*(?:0[1-9a-f]|[1-9a-f][\da-f]))?$/);
      for (const text of [short, short.replace("-08-", "")]) {
        assert.ok(equal(parseLabel(upper ? text.toUpperCase() : text, 16), label), text);
      }
    }),
    { numRuns: 2000 },
  );
});

const PRINTED: readonly (readonly [label: string, form: LabelForm, text: string])[] = [
  ["5:0,2.4", "levels", "5:0,2.4"],
  ["5:0,2.4", "selinux", "s5:c0,c2.c4"],
  ["5:1,2", "selinux", "s5:c1,c2"],
  ["5:1.3", "selinux", "s5:c1.c3"],
  ["0", "selinux", "s0"],
  ["255:65534", "selinux", "s255:c65534"],
  ["5:0,2.4", "hex", "0x0005-08-b8"],
  ["1", "hex", "0x0001-08-"],
  ["0", "hex", "0x0000-08-"],
  ["4:1,4", "hex", "0x0004-08-48"],
  ["255:255", "hex", `0x00ff-08-${"0".repeat(63)}1`],
  ["16:8", "hex", "0x0010-08-0080"],
];

for (const [label, form, text] of PRINTED) {
  test(`${label} is ${text} in the form ${form}${form === "hex" ? " (T-03)" : ""}`, () => {
    assert.is(formatLabelAs(parseLabel(label, 16), form), text);
  });
}

test("category 255 is the last that the hexadecimal form has room for, and the refusal says so (L-01)", () => {
  assert.is(formatLabelAs(makeLabel(16, 5, [255]), "hex").length, 74);
  assert.is(
    refusal(() => formatLabelAs(makeLabel(16, 5, [0, 256]), "hex")),
    "label 5:0,256 has no hexadecimal form: category 256 is above 255",
  );
});

test("a form that there is not is refused", () => {
  assert.is(
    refusal(() => formatLabelAs(makeLabel(16, 5), "octal" as LabelForm)),
    'form "octal": expected levels, selinux, hex, names or short',
  );
});

test("ADMIN_LOW and ADMIN_HIGH are labels where the policy names them (T-01)", () => {
  const names = resolveNames({ labels: { ADMIN_LOW: "0", ADMIN_HIGH: "255:0.255" } });
  assert.is(formatLabel(parseLabel("admin_low", 16, names)), "0");
  assert.is(formatLabel(parseLabel(" ADMIN_HIGH ", 16, names)), "255:0.255");
});

test("categories are read by themselves, with a prefix or none", () => {
  assert.equal(parseCategories("0,2.4"), [
    [0, 0],
    [2, 4],
  ]);
  assert.equal(parseCategories("c2.c4", "c"), [[2, 4]]);
  assert.equal(parseCategories(""), []);
});

test("printing is one to one: two labels have one text exactly when they are equal (L-03)", () => {
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      assert.is(formatLabel(a) === formatLabel(b), equal(a, b));
    }),
    { numRuns: 2000 },
  );
});

test("any text is a label that prints and reads back, or a RangeError", () => {
  const piece = fc.constantFrom(..."0123456789sc:,.- x", "0x", "secret", "alpha", "top", " ", "\u00a0", "65534", "😀");
  const texts = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let label: Label;
      try {
        label = parseLabel(text, 16, NAMES);
      } catch (error) {
        assert.instance(error, RangeError);
        return;
      }
      assert.ok(equal(parseLabel(formatLabel(label), 16), label));
    }),
    { numRuns: 5000 },
  );
});

test("what looks like a number can't be a name", () => {
  for (const text of ["5", " 5", "s5", "S5x", "0x", "0Xff", "[0x", "[ 0X5]", "5 eyes", "s0"])
    assert.ok(looksNumeric(text), text);
  for (const text of ["", "s", "secret", "c0", "x5", "ss5", "[s0]", "["]) assert.not(looksNumeric(text), text);
});

test("a name is looked up in any case and with any blanks", () => {
  assert.is(nameKey("  Top \t\n SECRET "), "top secret");
  assert.is(nameKey("top\u00a0secret"), "top secret");
});

test("a label of 20,000 names is read: the work grows with the length alone", () => {
  assert.equal(parseLabel(`PUBLIC${" ALPHA".repeat(20_000)}`, 16, NAMES).categories, [[0, 0]]);
});

const DOIS: readonly (readonly [text: string | number, doi: number])[] = [
  [1, 1],
  ["1", 1],
  [4294967295, 4294967295],
  ["4294967295", 4294967295],
  ["0:0:0:16", 16],
  ["0:0:0:1", 1],
  ["1:2:3:4", 0x01020304],
  ["128:0:0:0", 0x80000000],
  ["255:255:255:255", 4294967295],
];

for (const [text, doi] of DOIS) {
  test(`${JSON.stringify(text)} is DOI ${doi}`, () => {
    assert.is(parseDoi(text), doi);
  });
}

const NO_DOIS: readonly (readonly [text: string | number, message: string])[] = [
  [0, "DOI 0: expected 1 to 4294967295; 0 is reserved"],
  ["0", "DOI 0: expected 1 to 4294967295; 0 is reserved"],
  ["0:0:0:0", "DOI 0:0:0:0: expected 1 to 4294967295; 0 is reserved"],
  [4294967296, "DOI 4294967296: expected 1 to 4294967295"],
  ["4294967296", "DOI 4294967296: expected 1 to 4294967295"],
  ["9999999999", "DOI 9999999999: expected 1 to 4294967295"],
  [-1, "DOI -1: expected 1 to 4294967295"],
  [1.5, "DOI 1.5: expected 1 to 4294967295"],
  [Number.NaN, "DOI NaN: expected 1 to 4294967295"],
  [Number.POSITIVE_INFINITY, "DOI Infinity: expected 1 to 4294967295"],
  ...["", " 16", "16 ", "+16", "-1", "0x10", "1e1", "1.5", "1:2:3", "1:2:3:4:5", "1:2:3:256", "1:2::4", "１６"].map(
    (text) => [text, `"${text}" is no DOI: expected 1 to 4294967295, or four octets a:b:c:d`] as const,
  ),
];

for (const [text, message] of NO_DOIS) {
  test(`${JSON.stringify(text)} (${text}) is no DOI`, () => {
    assert.is(
      refusal(() => parseDoi(text)),
      message,
    );
  });
}

test("a DOI is read back from its decimal text and from its octets", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), (doi) => {
      assert.is(parseDoi(`${doi}`), doi);
      assert.is(parseDoi([24, 16, 8, 0].map((shift) => (doi >>> shift) & 255).join(":")), doi);
    }),
  );
});

test.run();
