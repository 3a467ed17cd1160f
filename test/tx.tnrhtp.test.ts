// Templates of remote hosts (F-10 to F-13), and what of them a policy has.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_SET } from "../ts/import/tnrhtp.ts";
import type { TemplateInput } from "../ts/policy/input.ts";
import { MAX_TEMPLATES } from "../ts/policy/model.ts";
import { briefly, CIPSO, HIGH_CATEGORY, HIGH_LEVEL, imported, notesOf } from "./importing.ts";

const test = suite("import, tnrhtp");

function templatesOf(tnrhtp: string): Readonly<Record<string, TemplateInput>> {
  const { policy, notes } = imported({ tnrhtp });
  assert.ok(policy, JSON.stringify(notes));
  return policy.templates;
}

test("F-10, F-13: the templates that Trusted Extensions is installed with", () => {
  const unlabeled = "admin_low:host_type=unlabeled;doi=1;min_sl=ADMIN_LOW;max_sl=ADMIN_HIGH;def_label=ADMIN_LOW;\n";
  assert.equal(templatesOf(CIPSO + unlabeled), {
    cipso: { type: "labelled", range: ["0", "255:0.255"] },
    admin_low: { type: "unlabelled", label: "0" },
  });
});

test("F-10: the type in any case, keys in theirs, blanks and empty attributes anywhere", () => {
  const text = "x: host_type = CIPSO ;; doi = 0x1 ;min_sl= 0x0002-08-08 ;max_sl =[0x0004-08-48];";
  assert.equal(templatesOf(text), {
    x: { type: "labelled", range: ["2:4", "4:1,4"] },
  });
});

test("F-10: the DOI in base 0; DOI of most templates is the policy's, others name theirs", () => {
  const text = ["010", "0x10", "16"]
    .map((doi, i) => CIPSO.replace("cipso:", `t${i}:`).replace("doi=1", `doi=${doi}`))
    .join("");
  const { policy, notes } = imported({ tnrhtp: text });
  assert.is(policy?.doi, 16);
  assert.equal(
    Object.values(policy!.templates).map(({ doi }) => doi),
    [8, undefined, undefined],
  );
  assert.equal(briefly(notes), ["tnrhtp:2:24 warning"]);
  assert.match(notes[0]!.message, "zones get DOI 16");
});

test("F-10: L-09: of two DOIs that are as common the policy has 1, or the first; of none, 1", () => {
  const text = CIPSO.replace("doi=1", "doi=7") + CIPSO.replace("cipso:", "x:").replace("doi=1", "doi=5");
  assert.is(imported({ tnrhtp: text }).policy?.doi, 7);
  assert.is(imported({ tnrhtp: text.replace("doi=5", "doi=1") }).policy?.doi, 1);
  assert.is(imported({}).policy?.doi, 1);
});

test("F-10: names are case-sensitive; the manual's 31 characters are no bound, but a warning", () => {
  const named = (name: string): string => CIPSO.replace("cipso", name);
  assert.equal(Object.keys(templatesOf(named("a.B") + named("a.b"))), ["a.B", "a.b"]);
  assert.equal(notesOf({ tnrhtp: named("x".repeat(31)) }), []);
  assert.equal(notesOf({ tnrhtp: named("x".repeat(32)) }), ["tnrhtp:1:1 warning"]);
  assert.equal(Object.keys(templatesOf(named("x".repeat(63)))), ["x".repeat(63)]);
});

test("F-11: range and set of an unlabeled template are lost, once; without them nothing is", () => {
  const text = "x:host_type=unlabeled;doi=1;def_label=0x0002-08-08;min_sl=ADMIN_LOW;max_sl=0x0002-08-08;sl_set=0x0003";
  assert.equal(notesOf({ tnrhtp: text }), ["tnrhtp:1:59 lost"]);
  assert.equal(templatesOf(text), { x: { type: "unlabelled", label: "2:4" } });
  assert.equal(notesOf({ tnrhtp: "x:host_type=unlabeled;doi=1;def_label=0x0002-08-08" }), []);
  assert.equal(notesOf({ tnrhtp: "x:host_type=unlabeled;doi=1;def_label=0x0002;max_sl=0x0003" }), [
    "tnrhtp:1:1 error 17",
    "tnrhtp:1:53 lost",
  ]);
});

test("F-13: a set of four, separated by commas, blanks and tabs in any number", () => {
  assert.is(MAX_SET, 4);
  const text = CIPSO.replace("HIGH;", "LOW;sl_set=0x0001, 0x0002 ,\t0x0003 0x0004-08-48");
  assert.equal(templatesOf(text), { cipso: { type: "labelled", range: ["0", "0"], set: ["1", "2", "3", "4:1,4"] } });
  const five = imported({ tnrhtp: text.replace("\n", ",0x0005\n") });
  assert.equal([five.policy, five.notes.map(({ code }) => code)], [null, [23]]);
});

test("F-13: bounds that can't be compared are a bad range, both ways", () => {
  for (const [min, max] of [
    ["0x0002-08-08", "0x0002-08-40"],
    ["0x0002-08-40", "0x0002-08-08"],
    ["0x0002", "0x0001-08-ff"],
  ]) {
    const text = CIPSO.replace("ADMIN_LOW", min!).replace("ADMIN_HIGH", max!);
    assert.equal(
      imported({ tnrhtp: text }).notes.map(({ code }) => code),
      [16],
    );
  }
});

test("F-24: def_label, min_sl and sl_set that no packet can show are errors without a number; max_sl is none", () => {
  for (const label of [HIGH_LEVEL, HIGH_CATEGORY, "ADMIN_HIGH"]) {
    const wrong = [
      `x:host_type=unlabeled;doi=1;def_label=${label}`,
      `x:host_type=cipso;doi=1;min_sl=${label};max_sl=ADMIN_HIGH`,
      `x:host_type=cipso;doi=1;min_sl=ADMIN_LOW;max_sl=ADMIN_HIGH;sl_set=${label}`,
    ];
    for (const text of wrong) {
      const column = text.indexOf(`=${label}`, 27) + 2;
      const at = text.startsWith("x:host_type=cipso;doi=1;min_sl=ADMIN_LOW") ? text.lastIndexOf(label) + 1 : column;
      assert.equal(notesOf({ tnrhtp: text }), [`tnrhtp:1:${at} error`], text);
    }
  }
  const top = (label: string): string => CIPSO.replace("ADMIN_HIGH", label);
  assert.equal(notesOf({ tnrhtp: top(HIGH_CATEGORY) }), []);
  assert.equal(templatesOf(top(HIGH_CATEGORY)).cipso, { type: "labelled", range: ["0", "5:240"] });
  assert.equal(notesOf({ tnrhtp: top("0x0100-08-80") }), ["tnrhtp:1:53 lost"]);
  assert.equal(templatesOf(top("0x0100-08-80")).cipso, { type: "labelled", range: ["0", "255:0"] });
});

test("F-24: a template that stands twice is an error, at the second", () => {
  const { policy, notes } = imported({ tnrhtp: `${CIPSO}#\n${CIPSO}` });
  assert.equal([policy, briefly(notes)], [null, ["tnrhtp:3:1 error"]]);
  assert.match(notes[0]!.message, "in line 1 already");
});

test("F-24: DOI 0 is a warning, and the template is lost", () => {
  const { policy, notes } = imported({ tnrhtp: CIPSO.replace("doi=1", "doi=0") });
  assert.equal(briefly(notes), ["tnrhtp:1:27 warning", "tnrhtp:1:27 lost"]);
  assert.equal(policy?.templates, {});
});

test("F-26, F-28: types of other releases are refused by name", () => {
  for (const [type, words] of [
    ["adaptive", /receiving interface/],
    ["netif", /interfaces/],
    ["sun_tsol", /Trusted Solaris 8/],
    ["RIPSO", /"ripso" of a base policy/],
    ["tsix", /Trusted Solaris 8/],
  ] as const) {
    const { notes } = imported({ tnrhtp: CIPSO.replace("=cipso", `=${type}`) });
    assert.equal(
      notes.map(({ code }) => code),
      [12],
    );
    assert.match(notes[0]!.message, words);
  }
  for (const type of ["constructor", "__proto__"]) {
    const { notes } = imported({ tnrhtp: CIPSO.replace("=cipso", `=${type}`) });
    assert.match(notes[0]!.message, new RegExp(`found "${type}"$`));
  }
});

test("names that a policy can't have get another spelling, with a warning", () => {
  const named = (name: string): string => CIPSO.replace("cipso", name);
  const tnrhtp = named("__proto__") + named("constructor") + named("a\u0007b") + named("a\u0008b") + named("a_b");
  const { policy, notes } = imported({ tnrhtp, tnrhdb: "10.0.0.1:__proto__\n10.0.0.2:a\u0008b\n" });
  assert.equal(Object.keys(policy!.templates), ["__proto___", "constructor_", "a_b-2", "a_b-3", "a_b"]);
  assert.equal(policy?.hosts, { "10.0.0.1/32": "__proto___", "10.0.0.2/32": "a_b-3" });
  assert.equal(
    briefly(notes),
    [1, 2, 3, 4].map((line) => `tnrhtp:${line}:1 warning`),
  );
});

test("bound: 65,535 templates, and the next is an error", () => {
  const text = Array.from({ length: MAX_TEMPLATES }, (_, i) => `${i}:host_type=unlabeled;doi=1;def_label=0x0001`).join(
    "\n",
  );
  const most = imported({ tnrhtp: text });
  assert.equal([Object.keys(most.policy!.templates).length, most.notes.length], [65_535, 0]);
  const { policy, notes } = imported({ tnrhtp: `${text}\n${CIPSO}` });
  assert.equal([policy, briefly(notes)], [null, [`tnrhtp:${MAX_TEMPLATES + 1}:1 error`]]);
});

test.run();
