// What attacks are sent to: the policy of the mix on one interface, with groups, a DOI to be renumbered and ranges that hold
// every label.
import { parseAddress } from "../../ts/address.ts";
import { MAX_CATEGORY, MAX_LEVEL } from "../../ts/label.ts";
import type { PolicyInput, TemplateInput } from "../../ts/policy/input.ts";
import { randoms } from "../prefixes.ts";
import { drawLabels, type Labels } from "./labels.ts";
import { DOI, policyOf } from "./policy.ts";
import { drawSenders, type Senders } from "./senders.ts";

/** Partitions of a target, if nothing else is said. */
export const PARTITIONS = 64;
const LABELS = 256; // besides those of partitions
const PREFIXES = 10_000;
const HOSTS = 24_000;
const SEED = 1;
/** The DOI whose labels are renumbered, and octets that addresses of those who send them begin with. */
export const RENUMBERED: number = DOI + 1;
export const RENUMBERED4: readonly number[] = [240, 1];
export const RENUMBERED6: readonly number[] = [0x3f, 0xff, 0, 1];
const GROUP4 = "239.1.1.1";
const GROUP6 = "ff05::1:3";
export const GROUPS: readonly Uint8Array[] = [GROUP4, GROUP6].map(parseAddress);
/** The format code of extended RIPSO options that is accepted. */
export const FORMAT = 1;
const CATEGORIES = 2048; // that can be renumbered

export interface Target {
  readonly policy: PolicyInput;
  readonly senders: Senders;
  readonly labels: Labels;
}

/** What a policy has. `plain`: labels stand for themselves and nobody has joined a group. */
export type TargetKind = "full" | "plain";

/** In a full one all partitions have joined the groups. All but two take ICMP of every label. */
export function targetOf(kind: TargetKind, partitions: number = PARTITIONS): Target {
  const full = kind === "full";
  const next = randoms(SEED);
  const labels: Labels = drawLabels(partitions + LABELS, null, next);
  const senders = drawSenders(PREFIXES, HOSTS, SEED, next);
  const mix = policyOf(labels, partitions, senders.hosts);
  const range = ["0", `${MAX_LEVEL}:0.${MAX_CATEGORY}`] as const;
  const numbers = (count: number, step: number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}`, (i + step) % count]));
  const translated = {
    mode: "translate",
    levels: numbers(MAX_LEVEL + 1, 0),
    categories: numbers(CATEGORIES, 1),
  } as const;
  const policy: PolicyInput = {
    ...mix,
    ...(full && { dois: { [RENUMBERED]: translated } }),
    ripso: { ...mix.ripso!, formats: [FORMAT] },
    interfaces: [{ name: "net0", addresses: mix.interfaces.flatMap(({ addresses }) => addresses), range }],
    partitions: mix.partitions.map((item, i) => ({
      ...item,
      ...(full && { groups: [GROUP4, GROUP6] }),
      ...(i > 1 && { icmp: "range" as const }),
    })),
    templates: {
      ...Object.fromEntries(Object.entries(mix.templates).map(([name, item]) => [name, widened(item, range)])),
      renumbered: { type: "labelled", doi: RENUMBERED, range },
    },
    hosts: { ...senders.hosts, "240.1.0.0/16": "renumbered", "3fff:1::/32": "renumbered" },
  };
  return { policy, senders, labels };
}

function widened(template: TemplateInput, range: readonly [string, string]): TemplateInput {
  return template.type === "unlabelled" ? template : { ...template, range };
}
