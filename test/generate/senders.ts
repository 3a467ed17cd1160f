// What generated policies believe of senders: templates by prefix, and what becomes of the labels of a DOI.
import fc from "fast-check";
import { formatLabel, type Label } from "../../ts/label.ts";
import type { DoiInput, PolicyInput, TemplateInput } from "../../ts/policy/input.ts";
import { LABELLED4, LABELLED6, PLAIN4, PLAIN6 } from "./addresses.ts";
import { DOIS, EVERYTHING, FAMILIAR, LOW, RANGES, STRANGE_DOI } from "./label.ts";
import { mostly } from "./mostly.ts";

const WIDE = RANGES.slice(0, 3);

// Tables are one to one and partial; each names level 1 and category 0, so that all of LOW have a counterpart.
const LEVELS: readonly (readonly [theirs: string, ours: number])[] = [
  ["0", 0],
  ["3", 3],
  ["5", 5],
  ["255", 255],
];
const SWAPPED: readonly (readonly [theirs: string, ours: number])[] = [
  ["0", 255],
  ["3", 5],
  ["5", 3],
];
const CATEGORIES: readonly (readonly [theirs: string, ours: string | number])[] = [
  ["1", 1],
  ["2.4", "2.4"],
  ["7.9", "17.19"],
  ["100.130", "100.130"],
  ["239", 240],
  ["2040.2047", "2040.2047"],
];

const translated: fc.Arbitrary<DoiInput> = fc
  .tuple(
    fc.constantFrom(undefined, ...DOIS),
    mostly(fc.subarray([...LEVELS], { minLength: 2 }), 3, fc.subarray([...SWAPPED])),
    fc.subarray([...CATEGORIES], { minLength: 2 }),
  )
  .map(([to, levels, categories]) => ({
    mode: "translate",
    to,
    levels: { "1": 1, ...Object.fromEntries(levels) },
    categories: { "0": 0, ...Object.fromEntries(categories) },
  }));

const passed: fc.Arbitrary<DoiInput> = fc.constantFrom(undefined, ...DOIS, ...DOIS).map((to) => ({ mode: "pass", to }));

const becomes: fc.Arbitrary<DoiInput | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: passed },
  { weight: 1, arbitrary: translated },
);

/** What becomes of labels; of those of the strangest DOI something, more often than not. */
export const dois: fc.Arbitrary<Readonly<Record<string, DoiInput>> | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(mostly(fc.constant(undefined), 1, becomes), becomes, becomes)
      .map((list) =>
        Object.fromEntries(
          [16, 17, STRANGE_DOI].flatMap((doi, i) => (list[i] === undefined ? [] : [[`${doi}`, list[i]] as const])),
        ),
      ),
  },
);

const unlabelled = ({ doi, ...label }: Label): TemplateInput => ({
  type: "unlabelled",
  doi,
  label: formatLabel({ doi, ...label }),
});

const labelled: fc.Arbitrary<TemplateInput> = fc
  .tuple(
    fc.constantFrom(...RANGES, ...WIDE, ...WIDE),
    fc.subarray([...FAMILIAR, EVERYTHING], { maxLength: 3 }),
    fc.nat(3),
  )
  .map(([[doi, low, high], set, ranged]): TemplateInput => {
    const own = set.filter((label) => label.doi === doi).map(formatLabel);
    return ranged > 0 || own.length === 0
      ? { type: "labelled", doi, range: [low, high], set: own }
      : { type: "labelled", doi, set: own };
  });

const PREFIXES: readonly string[] = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.1.2.3",
  "198.51.100.0/24",
  "198.51.100.128/25",
  "198.51.0.0/16",
  "203.0.113.8/30",
  "::/0",
  "2001:db8::/32",
  "2001:db8:1::/48",
  "2001:db8:2::8",
  "fe80::/10",
  "::",
];

const all = (hosts: readonly string[], template: string): Record<string, string> =>
  Object.fromEntries(hosts.map((host) => [host, template]));

/**
 * Templates and hosts. Most policies let the hosts that label what they send send what they like, and take those that do
 * not for low ones: else little would come as far as a partition.
 */
export const senders = (
  translations: Readonly<Record<string, DoiInput>> | undefined,
): fc.Arbitrary<Pick<PolicyInput, "templates" | "hosts">> => {
  const hasCounterpart = ({ doi }: Label): boolean => translations?.[doi]?.mode !== "translate";
  const defaults = [...LOW, ...LOW, ...FAMILIAR.filter(hasCounterpart)];
  const some = fc.oneof(fc.constantFrom(...defaults).map(unlabelled), labelled);
  return fc
    .record({
      templates: fc.array(some, { minLength: 2, maxLength: 4 }),
      hosts: fc.subarray([...PREFIXES], { minLength: 6 }),
      choice: fc.array(fc.nat(3), { minLength: PREFIXES.length, maxLength: PREFIXES.length }),
      trusting: mostly(fc.constant(true), 15, fc.constant(false)),
      plain: mostly(fc.constantFrom(...LOW), 3, fc.constantFrom(...defaults)),
      other: mostly(fc.constant(16), 8, fc.constant(17), fc.constant(STRANGE_DOI)),
    })
    .map(({ templates, hosts, choice, trusting, plain, other }) => ({
      templates: {
        wide: { type: "labelled", doi: 16, range: ["0", "255:0.65534"] },
        other: { type: "labelled", doi: other, range: ["0", "255:0.65534"] },
        plain: unlabelled(plain),
        ...Object.fromEntries(templates.map((item, i) => [`t${i}`, item])),
      },
      hosts: {
        ...Object.fromEntries(hosts.map((prefix, i) => [prefix, `t${choice[i]! % templates.length}`])),
        ...(trusting
          ? {
              ...all([LABELLED4[0]!, LABELLED6[0]!], "wide"),
              ...all([LABELLED4[1]!, LABELLED6[1]!], "other"),
              ...all([...PLAIN4, PLAIN6[0]!], "plain"),
            }
          : {}),
      },
    }));
};
