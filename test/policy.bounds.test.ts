import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_HIGHS } from "../assembly/tables.ts";
import { compilePolicy } from "../ts/policy/compile.ts";
import { MAX_ADDRESSES, MAX_INTERFACES, MAX_MEMBERS, MAX_PARTITIONS, MAX_TEMPLATES } from "../ts/policy/model.ts";
import { readResolved } from "../ts/policy/read.ts";
import { basePolicy, type Change, changed } from "./policies.ts";

const test = suite("policy bounds");

const numbered = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const quad = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255 || "0"}`;
const BOUNDS: readonly (readonly [
  what: string,
  bound: number,
  change: (count: number) => Change[],
  message: string,
])[] = [
  [
    "partitions",
    MAX_PARTITIONS,
    (count) => [
      [["partitions"], numbered(count, (i) => ({ name: `p${i}`, label: `${i & 255}:${i >> 8}` }))],
      [["interfaces", 0, "addresses"], ["192.0.2.1"]],
      [["control"], undefined],
    ],
    "partitions: 65536 of them: at most 65535",
  ],
  [
    "templates",
    MAX_TEMPLATES,
    (count) => [
      [["templates"], Object.fromEntries(numbered(count, (i) => [`t${i}`, { type: "unlabelled", label: "1" }]))],
      [["hosts"], { "0.0.0.0/0": "t0" }],
    ],
    "templates: 65536 of them: at most 65535",
  ],
  [
    "interfaces",
    MAX_INTERFACES,
    (count) => [
      [
        ["interfaces"],
        numbered(count, (i) => ({ name: `n${i}`, addresses: i === 0 ? ["192.0.2.1"] : [], range: ["1", "9"] })),
      ],
    ],
    "interfaces: 4097 of them: at most 4096",
  ],
  [
    "runs of high categories of a RIPSO label",
    MAX_HIGHS,
    (count) => [
      [["ripso"], { mode: "map", levels: { SECRET: 5 }, authorities: { NONE: numbered(count, (i) => 3000 + 2 * i) } }],
    ],
    "ripso.authorities.NONE: more than 16 runs of categories above 2047",
  ],
  [
    "joined members of a group",
    MAX_MEMBERS,
    (count) => [
      [
        ["partitions"],
        [
          ...basePolicy().partitions,
          ...numbered(count, (i) => ({ name: `m${i}`, label: "1", shared: false, groups: ["ff02::fb"] })),
        ],
      ],
    ],
    "partitions: 1025 of them may get copies of ff02::fb: at most 1024 that share no label",
  ],
  [
    "addresses",
    MAX_ADDRESSES,
    (count) => [[["interfaces", 0, "addresses"], numbered(count, (i) => quad(i + 1))]],
    "interfaces: more than 65534 addresses, broadcasts and groups",
  ],
  [
    "addresses with their broadcasts",
    MAX_ADDRESSES / 2,
    (count) => [[["interfaces", 0, "addresses"], numbered(count, (i) => `${quad(i * 4 + 1)}/30`)]],
    "interfaces: more than 65534 addresses, broadcasts and groups",
  ],
];

for (const [what, bound, change, message] of BOUNDS) {
  test(`${bound} ${what} are accepted and compiled, one more is not`, () => {
    const { policy, problems } = readResolved(changed(...change(bound)));
    assert.equal(problems, []);
    const image = compilePolicy(policy!, 0);
    assert.ok(image.tables.length > 0);
    const more = readResolved(changed(...change(bound + 1)));
    assert.is(more.policy, null);
    assert.equal(
      more.problems.map(({ path, message: text }) => `${path}: ${text}`),
      [message],
    );
  });
}

test.run();
