// F-14: every error number that a file can give, with the place it is given for. Number 0 is none, and 1 a file that can't
// be read, which is the command line's.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TX, TX_ERRORS } from "../ts/import/tx-errors.ts";
import { imported, notesOf, type Texts } from "./importing.ts";

const test = suite("import, error numbers of Trusted Extensions");

const LOW_HIGH = "min_sl=ADMIN_LOW;max_sl=ADMIN_HIGH";

/** A number, a file with one record, and the column. A case is all that is said of the file. */
const CASES: [number: number, name: keyof Texts, record: string, column: number][] = [
  [3, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};sl_set=ADMIN_LOW:`, 76],
  [3, "tnrhtp", "x:host_type=cipso\\", 18],
  [3, "tnrhdb", "2001:db8\\:\\:1:x", 14],
  [3, "tnrhdb", "10.0.0.0/8:x:", 13],
  [3, "tnzonecfg", "global", 7],
  [3, "tnzonecfg", "global#x:ADMIN_LOW:1::", 7],
  [3, "tnzonecfg", "global ADMIN_LOW:1::", 7],
  [3, "tnzonecfg", "global:CONFIDENTIAL HIGH:1::", 20],
  [3, "tnzonecfg", "global:ADMIN_LOW", 17],
  [3, "tnzonecfg", "global:ADMIN_LOW;:1::", 17],
  [3, "tnzonecfg", "global:ADMIN_LOW:1:", 20],
  [3, "tnzonecfg", "global:ADMIN_LOW:1:80/tcp 81/tcp:", 26],
  [3, "tnzonecfg", "global:ADMIN_LOW:1::80/tcp:", 27],
  [4, "tnrhtp", `:host_type=cipso;doi=1;${LOW_HIGH}`, 1],
  [4, "tnzonecfg", ":ADMIN_LOW:1::", 1],
  [5, "tnrhtp", "x", 1],
  [5, "tnrhtp", "x:", 3],
  [5, "tnrhtp", "x:#host_type=cipso", 3],
  [6, "tnrhtp", `x,y:host_type=cipso;doi=1;${LOW_HIGH}`, 2],
  [6, "tnrhtp", `x;y:host_type=cipso;doi=1;${LOW_HIGH}`, 2],
  [6, "tnrhtp", `x#y:host_type=cipso;doi=1;${LOW_HIGH}`, 2],
  [6, "tnrhtp", `${"x".repeat(64)}:host_type=cipso;doi=1;${LOW_HIGH}`, 1],
  [6, "tnrhdb", `10.0.0.1:${"x".repeat(64)}`, 10],
  [6, "tnzonecfg", ";global:ADMIN_LOW:1::", 1],
  [6, "tnzonecfg", " global:ADMIN_LOW:1::", 1],
  [6, "tnzonecfg", "global;:ADMIN_LOW:1::", 7],
  [6, "tnzonecfg", `${"x".repeat(64)}:ADMIN_LOW:1::`, 1],
  [7, "tnrhtp", `x:host_type=cipso;doi=1=2;${LOW_HIGH}`, 24],
  [8, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};colour=blue`, 60],
  [8, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};DOI=1`, 60],
  [8, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};=1`, 60],
  [9, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};doi=1`, 60],
  [10, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};sl_set`, 60],
  [10, "tnzonecfg", "global:ADMIN_LOW:1", 19],
  [11, "tnrhtp", `x:doi=1;${LOW_HIGH}`, 1],
  [11, "tnrhdb", "10.0.0.1", 1],
  [11, "tnrhdb", "10.0.0.1:", 10],
  [11, "tnrhdb", "10.0.0.1:#x", 10],
  [12, "tnrhtp", `x:host_type=unlabelled;doi=1;${LOW_HIGH}`, 13],
  [12, "tnrhtp", `x:host_type=;doi=1;${LOW_HIGH}`, 13],
  [13, "tnrhtp", "x:host_type=unlabeled;doi=1", 1],
  [13, "tnzonecfg", "global::1::", 8],
  [14, "tnrhtp", "x:host_type=unlabeled;doi=1;def_label=PUBLIC", 39],
  [14, "tnrhtp", "x:host_type=unlabeled;doi=1;def_label=", 39],
  [14, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};sl_set=ADMIN_LOW,PUBLIC`, 77],
  [14, "tnzonecfg", "global:PUBLIC:1::", 8],
  [15, "tnrhtp", "x:host_type=cipso;doi=1", 1],
  [16, "tnrhtp", "x:host_type=cipso;doi=1;min_sl=0x0002-08-;max_sl=ADMIN_LOW", 50],
  [17, "tnrhtp", "x:host_type=cipso;doi=1;max_sl=ADMIN_LOW", 1],
  [18, "tnrhtp", "x:host_type=cipso;doi=1;min_sl=LOW;max_sl=ADMIN_LOW", 32],
  [19, "tnrhtp", "x:host_type=cipso;doi=1;min_sl=ADMIN_LOW", 1],
  [20, "tnrhtp", "x:host_type=cipso;doi=1;min_sl=ADMIN_LOW;max_sl=HIGH", 49],
  [21, "tnrhtp", `x:host_type=cipso;${LOW_HIGH}`, 1],
  [22, "tnrhtp", `x:host_type=cipso;doi=one;${LOW_HIGH}`, 23],
  [22, "tnrhtp", `x:host_type=cipso;doi=;${LOW_HIGH}`, 23],
  [22, "tnrhtp", `x:host_type=cipso;doi=4294967296;${LOW_HIGH}`, 23],
  [23, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};sl_set=0x0001,0x0002,0x0003,0x0004,0x0005`, 95],
  [24, "tnrhdb", ":x", 1],
  [25, "tnrhdb", "10.0.0.256:x", 1],
  [25, "tnrhdb", "10.0.0.1/8:x", 1],
  [26, "tnzonecfg", "global:ADMIN_LOW:yes::", 18],
  [26, "tnzonecfg", "global:ADMIN_LOW:256::", 18],
  [26, "tnzonecfg", "global:ADMIN_LOW:::", 18],
  [27, "tnzonecfg", "global:ADMIN_LOW:1:80/tcp;80:", 27],
  [27, "tnzonecfg", "global:ADMIN_LOW:1::80/nothing", 21],
  [28, "tnrhtp", `x:host_type=cipso;doi=1;${LOW_HIGH};def_label=ADMIN_LOW`, 70],
];

for (const number of new Set(CASES.map(([first]) => first))) {
  test(`F-14: number ${number}, ${TX_ERRORS[number]}`, () => {
    for (const [code, name, record, column] of CASES.filter(([first]) => first === number)) {
      // What the other files lack is not asked of here.
      const found = notesOf({ [name]: `# line 1\n${record}\n` }).filter((note) => note !== "tnzonecfg error");
      assert.equal(found, [`${name}:2:${column} error ${code}`], record);
      assert.is(imported({ [name]: `# line 1\n${record}\n` }).policy, null, record);
    }
  });
}

test("F-14: number 2, empty, is a warning", () => {
  assert.equal(notesOf({ tnrhdb: "#\n" }), ["tnrhdb warning 2"]);
  assert.equal(notesOf({ tnrhtp: "" }), ["tnrhtp warning 2"]);
});

test("F-14: every number from 2 has a sentence, a name and a case", () => {
  const numbers = Array.from({ length: 27 }, (_, i) => i + 2);
  assert.is(TX_ERRORS.length, 29);
  assert.equal(new Set([2, ...CASES.map(([number]) => number)]), new Set(numbers));
  assert.equal(new Set(Object.values(TX)), new Set([1, ...numbers]));
});

test("every error of every record and file is reported, in the order of the files", () => {
  const texts = {
    tnrhtp: "x:host_type=cipso;colour=blue;def_label=LOW;min_sl=HIGH\ny\n",
    tnrhdb: ":\n1.2.3:z\n300:z\n",
    tnzonecfg: ":\nglobal:HIGH:no:a:b\n",
  };
  assert.equal(notesOf(texts), [
    "tnrhtp:1:1 error 21",
    "tnrhtp:1:1 error 19",
    "tnrhtp:1:19 error 8",
    "tnrhtp:1:41 error 28",
    "tnrhtp:1:52 error 18",
    "tnrhtp:2:1 error 5",
    "tnrhdb:1:1 error 24",
    "tnrhdb:1:2 error 11",
    "tnrhdb:3:1 error 25",
    "tnzonecfg:1:1 error 4",
    "tnzonecfg:2:8 error 14",
    "tnzonecfg:2:13 error 26",
    "tnzonecfg:2:16 error 27",
    "tnzonecfg:2:18 error 27",
  ]);
});

test.run();
