/**
 * Which labels does a partition receive, and through what? None but its own, unless the policy declares it.
 *
 * @module
 */
import { equal, type Label } from "../label.ts";
import type { Carried } from "./accredited.ts";
import { type Box, boxHolds, formatBox, isBoxWithin, sayLabel } from "./boxes.ts";
import { declaredWays } from "./declared.ts";
import { type Finding, finding, listed } from "./finding.ts";
import type { Opening } from "./openings.ts";
import type { Reach } from "./reach.ts";
import type { Witnesses } from "./witness.ts";

/** Ranges among which those that others hold are left out; of more, all are counted. */
export const MAX_REDUCED = 2000;

export function labelFindings(reach: Reach, witnesses: Witnesses): Finding[] {
  // Declarations that are open at the same places receive the same.
  const known = new Map<string, string>();
  return reach.policy.partitions.flatMap(({ name, label }, i) => {
    const findings: Finding[] = [];
    for (const opening of reach.openings[i]!) {
      const carried = opening.way.kind === "label" ? reach.bring(opening, label) : null;
      if (carried === null) continue;
      const words = `${name} receives its label, ${sayLabel(label)}`;
      findings.push(finding("labels", "proved", ["partitions", i, "label"], words, [witnesses.at(opening, carried)]));
      break;
    }
    for (const { path, said, openings } of declaredWays(reach, i)) {
      const shown = foreignest(reach, openings, label);
      if (shown === null) continue;
      const words = `${name} receives ${labelsIn(reach, openings, known)} through ${said}`;
      findings.push(finding("labels", "declared", path, words, [witnesses.at(...shown)]));
    }
    return findings;
  });
}

// A label that comes to one of the openings, another than the partition's own where there is one.
function foreignest(reach: Reach, openings: readonly Opening[], own: Label): [Opening, Carried] | null {
  let shown: [Opening, Carried] | null = null;
  for (const opening of openings) {
    for (const carried of reach.labelsAt(opening)) {
      if (!equal(carried.label, own)) return [opening, carried];
      shown ??= [opening, carried];
    }
  }
  return shown;
}

// All labels that come to the openings, in words.
function labelsIn(reach: Reach, openings: readonly Opening[], known: Map<string, string>): string {
  if (openings.every(({ label }) => label !== null)) {
    const labels = openings.filter((opening) => reach.firstAt(opening) !== null).map(({ label }) => sayLabel(label!));
    return listed([...new Set(labels)]);
  }
  const places = new Map(openings.map(({ place }) => [`${place.interface} ${place.version}`, place]));
  const key = [...places.keys()].sort().join();
  const before = known.get(key);
  if (before !== undefined) return before;
  const arriving = [...places.values()].map((place) => reach.arriving(place));
  const boxes = reduced(arriving.flatMap(({ parts }) => parts.map(({ box }) => box)));
  const points = arriving
    .flatMap((at) => at.points.map(({ label }) => label))
    .filter((label) => !boxes.some((box) => boxHolds(box, label)));
  const words = listed([...new Set([...boxes.map(formatBox), ...points.map(sayLabel)])]);
  known.set(key, words);
  return words;
}

// Without those that another holds; of equal ones the first.
function reduced(boxes: readonly Box[]): readonly Box[] {
  if (boxes.length > MAX_REDUCED) return boxes;
  return boxes.filter(
    (box, i) => !boxes.some((other, j) => i !== j && isBoxWithin(box, other) && (j < i || !isBoxWithin(other, box))),
  );
}
