/**
 * The oracle, step 7: whether a sender may use a label, and what the label is here, as in docs/decision.md.
 *
 * @module
 */
import type { Label } from "../../ts/label.ts";
import type { Template, Translation } from "../../ts/policy/model.ts";
import { equal, runsOf, within } from "./lattice.ts";

export function isAccredited(label: Label, template: Template): boolean {
  if (template.type === "unlabelled") return equal(template.label, label);
  if (template.range !== null && within(label, template.range)) return true;
  return template.set.some((member) => equal(member, label));
}

/** The counterpart of a label; the label itself when its DOI is not listed; `null` is LABEL_NOT_MAPPED. */
export function counterpartOf(label: Label, translations: ReadonlyMap<number, Translation>): Label | null {
  const translation = translations.get(label.doi);
  if (translation === undefined) return label;
  const { to, levels, categories } = translation;
  if (levels === null || categories === null) return { ...label, doi: to };
  const level = levels.get(label.level);
  if (level === undefined) return null;
  const counterparts = new Set<number>();
  for (const [first, last] of label.categories) {
    for (let category = first; category <= last; category++) {
      const counterpart = categories.get(category);
      if (counterpart === undefined) return null;
      counterparts.add(counterpart);
    }
  }
  return { doi: to, level, categories: runsOf(counterparts) };
}
