/**
 * What senders may say (steps 6 and 7): for one version of IP every label, in our terms, that a packet can bring, who
 * sends it, and what of it stands in the packet.
 *
 * @module
 */
import { equal, formatLabel, type Label, within } from "../label.ts";
import { translate, untranslate } from "../policy/dois.ts";
import type { Policy, Template } from "../policy/model.ts";
import { type Box, boxHolds, boxOf, meetBoxes, translateBox, untranslateBox } from "./boxes.ts";
import { fits, labelsThatFit, type Version } from "./fit.ts";
import type { Sender, Senders } from "./senders.ts";

/** A label that a packet brings, and how. */
export interface Carried {
  /** In our terms: what the packet is judged by. */
  readonly label: Label;
  readonly sender: Sender;
  /** Whether its sender has an unlabelled template. */
  readonly unlabelled: boolean;
  /** What stands in the packet: a label in the sender's terms, a key of RIPSO, or nothing. */
  readonly option: { readonly label: Label } | { readonly ripso: number } | null;
}

/** A range of labels that a sender may put into an option. */
export interface Span {
  /** In our terms. */
  readonly box: Box;
  readonly sender: Sender;
  /** DOI of the labels as they stand in the packet. */
  readonly doi: number;
}

/** Everything that packets of one version of IP can bring. */
export interface Accredited {
  readonly version: Version;
  /** Single labels, each with one way to bring it, by {@link labelKey}: defaults, sets, RIPSO. */
  readonly points: ReadonlyMap<string, Carried>;
  /** The defaults of unlabelled templates among them. */
  readonly defaults: ReadonlyMap<string, Carried>;
  /** Ranges, each different from the others. Of what is in them only what {@link fits} comes. */
  readonly spans: readonly Span[];
  /** Single labels that may be said and fit no option. */
  readonly unfit: ReadonlySet<string>;
  readonly policy: Policy;
}

/** The same for equal labels, and for no others. */
export function labelKey(label: Label): string {
  return `${label.doi} ${formatLabel(label)}`;
}

/** What packets of a version can bring. */
export function accreditedOf(policy: Policy, senders: Senders, version: Version): Accredited {
  const points = new Map<string, Carried>();
  const defaults = new Map<string, Carried>();
  const spans = new Map<string, Span>();
  const unfit = new Set<string>();
  const add = (known: Map<string, Carried>, carried: Carried): void => {
    const key = labelKey(carried.label);
    if (!known.has(key)) known.set(key, carried);
  };
  for (const [index, sender] of senders.byTemplate[version]) {
    const template = policy.templates[index]!;
    if (template.type === "unlabelled") {
      const label = translate(template.label, policy.translations)!;
      const carried = { label, sender, unlabelled: true, option: null };
      add(defaults, carried);
      points.set(labelKey(label), defaults.get(labelKey(label))!);
      continue;
    }
    for (const wire of template.set) {
      const label = translate(wire, policy.translations);
      if (label === null) continue;
      if (!fits(wire.categories, version, policy.profile)) unfit.add(labelKey(label));
      else add(points, { label, sender, unlabelled: false, option: { label: wire } });
    }
    const box = template.range === null ? null : translateBox(boxOf(template.range), policy.translations);
    if (box === null) continue;
    const key = `${template.doi} ${labelKey(template.range!.low)} ${formatLabel(template.range!.high)}`;
    if (!spans.has(key)) spans.set(key, { box, sender, doi: template.doi });
  }
  for (const carried of version === 4 ? byRipso(policy, senders) : []) add(points, carried);
  return { version, points, defaults, spans: [...spans.values()], unfit, policy };
}

// RIPSO stands for few labels: each is tried with each template (step 3, Q-10).
function* byRipso({ profile, ripso, templates, translations }: Policy, senders: Senders): Generator<Carried> {
  if (profile === "linux") return;
  for (const [index, sender] of senders.byTemplate[4]) {
    const template = templates[index]!;
    for (const [key, theirs] of ripso.labels) {
      const label = isAccredited(template, theirs) ? translate(theirs, translations) : null;
      if (label !== null) yield { label, sender, unlabelled: template.type === "unlabelled", option: { ripso: key } };
    }
  }
}

// `label` in the sender's terms.
function isAccredited(template: Template, label: Label): boolean {
  if (template.type === "unlabelled") return equal(template.label, label);
  if (template.range !== null && within(label, template.range)) return true;
  return template.set.some((item) => equal(item, label));
}

/** How a packet brings a label; `unfit`: it may be said and fits no option; `nobody`: nobody may say it. */
export function carry(accredited: Accredited, label: Label): Carried | "unfit" | "nobody" {
  const { points, spans, unfit, version, policy } = accredited;
  const point = points.get(labelKey(label));
  if (point !== undefined) return point;
  let isSaid = unfit.has(labelKey(label));
  for (const { box, sender, doi } of spans) {
    if (!boxHolds(box, label)) continue;
    const wire = untranslate(label, doi, policy.translations)!;
    if (fits(wire.categories, version, policy.profile)) {
      return { label, sender, unlabelled: false, option: { label: wire } };
    }
    isSaid = true;
  }
  return isSaid ? "unfit" : "nobody";
}

/** Labels of a box that a span brings: none if it brings none, at least two if it brings two. */
export function* carriedIn(accredited: Accredited, { box, sender, doi }: Span, wanted: Box): Generator<Carried> {
  const { policy, version } = accredited;
  const common = meetBoxes(box, wanted);
  const theirs = common && untranslateBox(common, doi, policy.translations);
  if (theirs === null) return;
  for (const wire of labelsThatFit(theirs, version, policy.profile)) {
    const label = translate(wire, policy.translations)!;
    yield { label, sender, unlabelled: false, option: { label: wire } };
  }
}
