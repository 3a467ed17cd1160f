// Step 7: whether a sender may use a label, and what becomes of it.
import type { DoiInput, PolicyInput, TemplateInput } from "../../ts/policy/input.ts";
import { cipso, ipv4 } from "../packets.ts";
import { type Decision, LABELLED, PLAIN, raw } from "./case.ts";

/** Partitions of DOI 16, and one of 18; labelled senders of the DOI 17, and unlabelled ones. */
const mapping = (
  dois: Readonly<Record<string, DoiInput>>,
  labelled: Partial<TemplateInput> = {},
  outside: Partial<TemplateInput> = {},
): PolicyInput => ({
  doi: 16,
  dois,
  interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
  partitions: [
    { name: "low", label: "1" },
    { name: "high", label: "5:0,1" },
    { name: "theirs", doi: 17, label: "1" },
    { name: "third", doi: 18, label: "1" },
  ],
  templates: {
    peers: { type: "labelled", doi: 17, range: ["0", "9:0.3000"], ...labelled } as TemplateInput,
    outside: { type: "unlabelled", doi: 17, label: "2", ...outside } as TemplateInput,
  },
  hosts: { "198.51.100.0/24": "peers", "203.0.113.0/24": "outside" },
});

const labelled = (level: number, categories: readonly number[] = [], doi = 17): Uint8Array =>
  ipv4({ src: LABELLED, options: cipso(level, categories, doi) });
const plain = (): Uint8Array => ipv4({ src: PLAIN });

const TRANSLATE: DoiInput = {
  mode: "translate",
  levels: { "3": 5, "2": 1 },
  categories: { "7": 0, "8": 1, "2047": 9 },
};

export const MAPPING: readonly Decision[] = [
  {
    name: "a DOI that is not listed passes (DOI mapping)",
    policy: mapping({}),
    frames: raw(labelled(1), labelled(5, [0, 1])),
    expect: ["theirs", "NO_PARTITION"],
  },
  {
    name: "pass: level and categories stay, and the DOI becomes that of `to` (DOI mapping)",
    policy: mapping({ "17": { mode: "pass", to: 16 } }),
    frames: raw(labelled(1), labelled(5, [0, 1]), labelled(5, [0])),
    expect: ["low", "high", "NO_PARTITION"],
  },
  {
    name: "pass without `to`: the DOI stays its own (DOI mapping)",
    policy: mapping({ "17": { mode: "pass" } }),
    frames: raw(labelled(1)),
    expect: ["theirs"],
  },
  {
    name: "translate: the level and each category become their counterparts, and the DOI the policy's (DOI mapping)",
    policy: mapping({ "17": TRANSLATE }),
    frames: raw(labelled(2), labelled(3, [7, 8]), labelled(3, [7])),
    expect: ["low", "high", "NO_PARTITION"],
  },
  {
    name: "translate with `to`: the DOI becomes that (DOI mapping)",
    policy: mapping({ "17": { ...TRANSLATE, to: 18 } }),
    frames: raw(labelled(2), labelled(3, [7, 8])),
    expect: ["third", "NO_PARTITION"],
  },
  {
    name: "a level or a category without counterpart drops the label, however high (DOI mapping)",
    policy: mapping({ "17": TRANSLATE }),
    frames: raw(labelled(1), labelled(2, [0]), labelled(3, [7, 8, 9]), labelled(2, [2048]), labelled(2, [2047])),
    expect: [...new Array<string>(4).fill("LABEL_NOT_MAPPED"), "NO_PARTITION"],
  },
  {
    name: "one mapping is made, never two in a row (DOI mapping)",
    policy: mapping({ "17": { mode: "pass", to: 18 }, "18": { mode: "pass", to: 16 } }),
    frames: raw(labelled(1)),
    expect: ["third"],
  },
  {
    name: "the default label of an unlabelled sender is mapped too (DOI mapping, R-20)",
    policy: mapping({ "17": TRANSLATE }, {}, { label: "3:7,8" }),
    frames: raw(plain()),
    expect: ["high"],
  },
  {
    name: "an unlabelled sender may show its default label, in its own terms (DOI mapping, Q-01)",
    policy: mapping({ "17": TRANSLATE }, {}, { label: "3:7,8" }),
    frames: raw(
      ipv4({ src: PLAIN, options: cipso(3, [7, 8], 17) }),
      ipv4({ src: PLAIN, options: cipso(5, [0, 1], 16) }),
      ipv4({ src: PLAIN, options: cipso(2, [], 17) }),
    ),
    expect: ["high", "SENDER_NOT_ACCREDITED", "SENDER_NOT_ACCREDITED"],
  },
  {
    name: "ranges and sets of templates are in the terms of the sender (DOI mapping, Q-01)",
    policy: mapping({ "17": TRANSLATE }, { range: ["2", "3:7"], set: ["3:7,8"] }),
    frames: raw(labelled(2), labelled(3, [7, 8]), labelled(3, [8]), labelled(1), labelled(5, [0, 1], 16)),
    expect: ["low", "high", ...new Array<string>(3).fill("SENDER_NOT_ACCREDITED")],
  },
  {
    name: "the interface's range is in the terms of the counterpart (DOI mapping, A-07)",
    policy: {
      ...mapping({ "17": TRANSLATE }),
      interfaces: [{ name: "net0", addresses: ["192.0.2.1"], range: ["2", "5:0,1"] }],
    },
    frames: raw(labelled(3, [7, 8]), labelled(2)),
    expect: ["high", "OUTSIDE_INTERFACE_RANGE"],
  },
  {
    name: "accreditation comes before the mapping (Q-01)",
    policy: mapping({ "17": TRANSLATE }, { range: ["2", "3:7,8"] }),
    frames: raw(labelled(1)),
    expect: ["SENDER_NOT_ACCREDITED"],
  },
];
