/**
 * The shape of a policy as people write it. The JSON Schema that editors use (policy.schema.json) is made from this.
 * What the values mean, and whether they fit together, is policy/read.ts.
 *
 * @module
 */
import * as v from "valibot";
import { sayValue } from "../given.ts";
import type { PolicyInput } from "./input.ts";
import { liveSchema } from "./live-schema.ts";
import { MAX_NAME_LENGTH } from "./model.ts";
import { recordOf } from "./report.ts";
import { closed, described } from "./shape.ts";

const label = described(
  v.string(),
  "A label: 5:0,2.4 (level:categories, a.b a run), s5:c0,c2.c4, 0x0005-08-b8, or names: SECRET ALPHA",
);
const doi = described(v.union([v.number(), v.string()]), "Domain of interpretation: 1 to 4294967295, or a:b:c:d");
const range = described(
  v.strictTuple([label, label], "expected two labels, [lowest, highest]"),
  "The lowest and the highest label; the second dominates the first",
);
const ports = described(
  v.array(v.string()),
  "80/tcp, 6000-6003/udp, */icmp; protocols by name or number, ports for those that have them",
);
const name = described(
  v.string(),
  `Letters, digits, '.', '_' and '-', the first a letter or digit; at most ${MAX_NAME_LENGTH}`,
);

const alternates = described(v.array(v.string()), "Further names that are read");
const levelName = closed({
  value: described(v.number(), "0 to 255"),
  short: v.optional(v.string()),
  alternates: v.optional(alternates),
  categories: v.optional(
    described(v.string(), "Categories that a label written with the name has from the beginning: 4.5,190.239"),
  ),
});
const word = closed({
  name: v.string(),
  short: v.optional(v.string()),
  alternates: v.optional(alternates),
  categories: described(v.string(), "Categories it sets, and with ~ those it clears of the level's: 0,2.4,~7"),
});

const names = closed({
  levels: v.optional(
    described(
      v.record(
        v.string(),
        v.union([v.number(), levelName], "expected a number, or { value, short, alternates, categories }"),
      ),
      "Level by name: 0 to 255, or more than its number",
    ),
  ),
  categories: v.optional(described(v.record(v.string(), v.number()), "Category by name, 0 to 65534")),
  words: v.optional(described(v.array(word), "Words that may stand for several categories")),
  labels: v.optional(
    described(v.record(v.string(), v.string()), "Whole labels by name, as numbers: 15:0.1023, s15:c0.c1023"),
  ),
});

const numberOrName = v.union([v.number(), v.string()]);

const passed = closed({
  mode: described(v.literal("pass"), "The numbers of its labels stay as they are"),
  to: v.optional(described(doi, "DOI its labels are taken over into; left out: their own")),
});
const translated = closed({
  mode: described(v.literal("translate"), "Its labels are renumbered; one without counterpart is dropped"),
  to: v.optional(described(doi, "DOI its labels are translated into; left out: the policy's")),
  levels: described(v.record(v.string(), numberOrName), "Our level by theirs"),
  categories: v.optional(
    described(v.record(v.string(), numberOrName), "Our category, or run a.b, by theirs; 0 to 2047"),
  ),
});

const ripso = closed({
  mode: described(
    v.picklist(["map", "ignore"]),
    "map: level and authorities stand for a label. ignore: options 130 and 133 are passed over",
  ),
  doi: v.optional(doi),
  levels: v.optional(
    described(v.record(v.string(), v.union([v.number(), v.string()])), "Level by RIPSO level: SECRET, TOP SECRET …"),
  ),
  authorities: v.optional(
    described(
      v.record(v.string(), v.array(v.number())),
      "Categories by authorities: GENSER+NSA; NONE for no authority",
    ),
  ),
  formats: v.optional(described(v.array(v.number()), "Format codes of extended options (133) that are accepted")),
});

const interfaceShape = closed({
  name,
  device: v.optional(
    described(v.string(), "The network device it is mapped to; frames known to come by another are not for it"),
  ),
  vlan: v.optional(
    described(v.number(), "The VLAN it is on, 1 to 4094; 0: untagged. Left out: tags are not looked at"),
  ),
  doi: v.optional(doi),
  addresses: described(
    v.array(
      v.union(
        [v.string(), closed({ address: v.string(), partition: v.string() })],
        "expected an address, or { address, partition }",
      ),
    ),
    "Its addresses: shared when plain, else owned by a partition. With a prefix length the broadcast is known too",
  ),
  range: v.optional(range),
});

const binding = closed({
  name,
  ports: v.optional(described(ports, "What it takes; left out: whatever no other binding takes")),
  address: v.optional(described(v.string(), "The one address it is bound to; left out: any")),
  acceptLower: v.optional(
    described(v.boolean(), "true: takes from unlabelled senders also what the partition's label dominates"),
  ),
});

const partition = closed({
  name,
  label,
  doi: v.optional(doi),
  shared: v.optional(
    described(
      v.boolean(),
      "false: reached only on addresses it owns, and by control packets if it is the control partition",
    ),
  ),
  bindings: v.optional(described(v.array(binding), "Its endpoints; left out: it takes everything that reaches it")),
  multilevelPorts: v.optional(
    described(ports, "Ports of shared addresses on which it takes every label of the interface's range"),
  ),
  privateMultilevelPorts: v.optional(described(ports, "The same for the addresses it owns")),
  icmp: v.optional(
    described(v.picklist(["own", "range"]), "range: takes ICMP of every label of the interface's range (F-22)"),
  ),
  groups: v.optional(
    described(
      v.array(
        v.union(
          [v.string(), closed({ address: v.string(), interface: v.string() })],
          "expected an address, or { address, interface }",
        ),
      ),
      "Multicast groups it has joined, on any interface or on one",
    ),
  ),
});

const template = v.variant("type", [
  closed({
    type: v.literal("labelled"),
    doi: v.optional(doi),
    range: v.optional(range),
    set: v.optional(described(v.array(label), "Further labels that its hosts may use")),
  }),
  closed({
    type: v.literal("unlabelled"),
    doi: v.optional(doi),
    label: described(label, "The label of what its hosts send"),
  }),
]);

/** The schema of {@link PolicyInput}. */
export const policySchema: v.GenericSchema<PolicyInput> = closed({
  $schema: v.optional(v.string()),
  doi,
  profile: v.optional(described(v.picklist(["strict", "linux"]), "strict: the standards. linux: what Linux accepts")),
  checksum: v.optional(described(v.picklist(["verify", "ignore"]), "Whether the IPv4 header checksum is verified")),
  names: v.optional(names),
  dois: v.optional(
    described(v.record(v.string(), v.variant("mode", [passed, translated])), "What becomes of labels, by their DOI"),
  ),
  ripso: v.optional(ripso),
  interfaces: v.array(interfaceShape),
  partitions: v.array(partition),
  control: v.optional(described(v.string(), "The partition that receives control packets which need no label")),
  templates: described(v.record(v.string(), template), "What is believed of remote hosts, by name"),
  hosts: described(v.record(v.string(), v.string()), "Template by address prefix; the longest prefix wins"),
  live: v.optional(described(liveSchema, "What interfaces and partitions are on this machine, for labelgate run")),
});

/** Something in a value does not have the shape of a policy. */
export interface ShapeProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly value: unknown;
}

/** Keys with a meaning of their own to JavaScript, which the schema library passes over. */
export const UNUSABLE_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

/** Everything in which a value differs from the shape of a policy. `hostKeys` are the keys of its hosts. */
export function shapeProblems(
  input: unknown,
  hostKeys: readonly string[] = Object.keys(recordOf(recordOf(input).hosts)),
): ShapeProblem[] {
  if (typeof input !== "object" || input === null || !isPlain(input)) {
    return [{ path: [], message: `expected a policy, { "doi": … }, found ${sayValue(input)}`, value: input }];
  }
  const found: ShapeProblem[] = [];
  const looked = withoutSoundHosts(input, hostKeys);
  findUnusableKeys(looked, [], found);
  findStrangers(policySchema, looked, [], found);
  for (const issue of v.safeParse(policySchema, looked).issues ?? []) {
    found.push({
      path: (issue.path ?? []).map((item) => item.key as string | number),
      message: shapeMessage(issue),
      value: issue.type === "never" ? undefined : issue.input,
    });
  }
  return found;
}

// An entry of a record costs 4 µs in what follows. There are very many hosts, and next to none of them has a wrong shape:
// only those are left.
function withoutSoundHosts(input: object, hostKeys: readonly string[]): object {
  const { hosts } = input as { readonly hosts?: Entries };
  if (typeof hosts !== "object" || hosts === null || !isPlain(hosts)) return input;
  const odd = hostKeys.filter((key) => typeof hosts[key] !== "string" || UNUSABLE_KEYS.includes(key));
  return { ...input, hosts: Object.fromEntries(odd.map((key) => [key, hosts[key]])) };
}

type Entries = Readonly<Record<string, unknown>>;

// The schema library takes a list or a Map for an object, since to JavaScript they are.
function findStrangers(
  schema: v.GenericSchema,
  value: unknown,
  path: readonly (string | number)[],
  found: ShapeProblem[],
): void {
  if (typeof value !== "object" || value === null) return;
  const { type, wrapped, item, rest, entries, options, value: values } = schema as Partial<SchemaParts>;
  const into = (part: v.GenericSchema | undefined, key: string | number, inner: unknown): void => {
    if (part !== undefined && typeof inner === "object") findStrangers(part, inner, [...path, key], found);
  };
  if (type === "optional") findStrangers(wrapped!, value, path, found);
  else if (type === "array") {
    if (!Array.isArray(value)) return;
    value.forEach((inner, i) => {
      into(item, i, inner);
    });
  } else if (type === "union") findStrangers(options!.at(-1)!, value, path, found);
  else if (type !== "record" && type !== "variant" && rest === undefined) return;
  else if (!isPlain(value)) found.push({ path, message: `expected an object, found ${sayValue(value)}`, value });
  else {
    const partOf = (key: string): v.GenericSchema | undefined =>
      type === "record" ? values : Object.hasOwn(entries ?? {}, key) ? entries![key] : undefined;
    for (const [key, inner] of Object.entries(value)) into(partOf(key), key, inner);
  }
}

/** What {@link strangers} looks at in a schema; which of these there are depends on its type. */
interface SchemaParts {
  type: string;
  wrapped: v.GenericSchema;
  item: v.GenericSchema;
  rest: v.GenericSchema;
  entries: Readonly<Record<string, v.GenericSchema>>;
  options: readonly v.GenericSchema[];
  value: v.GenericSchema;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Below this nothing is read, so nothing is looked at. */
const DEEPEST = 8;

function findUnusableKeys(value: object, path: readonly (string | number)[], found: ShapeProblem[]): void {
  if (path.length > DEEPEST) return;
  for (const key of Object.keys(value)) {
    const item = (value as Entries)[key];
    const isUnusable = UNUSABLE_KEYS.includes(key);
    const isHolder = typeof item === "object" && item !== null;
    if (!isUnusable && !isHolder) continue;
    const inner = [...path, Array.isArray(value) ? Number(key) : key];
    if (isUnusable) found.push({ path: inner, message: `"${key}" can't be used as a key`, value: item });
    if (isHolder) findUnusableKeys(item, inner, found);
  }
}

function shapeMessage(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith("Invalid ")) return issue.message; // one of ours
  if (issue.received === "undefined") return "missing";
  return `expected ${expectedName(issue.expected ?? "")}, found ${sayValue(issue.input)}`;
}

// valibot's names: `string`, `(number | string)`, `("strict" | "linux")`.
function expectedName(expected: string): string {
  const names = { string: "text", number: "a number", boolean: "true or false", Array: "a list", Object: "an object" };
  return expected
    .replace(/^\(|\)$/g, "")
    .split(" | ")
    .map((name) => names[name as keyof typeof names] ?? name)
    .join(" or ");
}
