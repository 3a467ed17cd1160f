/**
 * LSM labels of static entries: a SELinux context, whose MLS level is a label, or a text that only its LSM understands.
 *
 * @module
 */
import { dominates, type Label, MAX_CATEGORY, MAX_LEVEL, makeLabel, type Run } from "../label.ts";
import { EINVAL } from "./netlabel-errors.ts";
import { type PlacedNote, partOf, quoted, type Word } from "./netlabel-script.ts";

/** A label of the LSM, as far as it is one of the lattice. */
export interface Context {
  readonly text: Word;
  /** Its level, low end first, without a DOI; `null`: it has none that a policy can have. */
  readonly low: Label | null;
  /** Why there is none, or what of it is left out; `null`: nothing is. */
  readonly lost: string | null;
}

// Stands for the policy's, which is chosen when everything is read.
const NO_DOI = 1;

/** Reads `user:role:type:level[-level]`. `null`: it is refused, by the kernel too. */
export function readContext(text: Word, notes: PlacedNote[]): Context | null {
  const refuse = (at: Word, message: string): null => {
    notes.push({ severity: "error", at, code: EINVAL, message });
    return null;
  };
  if (text.text === "") return refuse(text, "the label is missing: expected label:user:role:type:level");
  const start = levelStart(text.text);
  if (start === null) {
    return { text, low: null, lost: "has no MLS level: a Smack label, or a context of a policy without MLS" };
  }
  const level = partOf(text, start);
  const dash = level.text.indexOf("-");
  const ends = dash < 0 ? [level] : [partOf(level, 0, dash), partOf(level, dash + 1)];
  const labels: (Label | null)[] = [];
  for (const end of ends) {
    const label = readLevel(end.text);
    if (typeof label === "string") return refuse(end, label);
    labels.push(label);
  }
  const [low, high] = labels as [Label | null, (Label | null)?];
  if (low === null) {
    const bounds = `levels 0 to ${MAX_LEVEL} and categories 0 to ${MAX_CATEGORY}`;
    return { text, low, lost: `its level is no label here, where labels have ${bounds}` };
  }
  if (high === undefined) return { text, low, lost: null };
  if (high !== null && !dominates(high, low)) {
    return refuse(level, `${quoted(level.text)} is no range: its high end does not dominate its low end`);
  }
  return { text, low, lost: "is a range, of which unlabelled packets get the low end" };
}

// Where the fourth part begins; `null`: there are less.
function levelStart(text: string): number | null {
  let at = 0;
  for (let i = 0; i < 3; i++) {
    const colon = text.indexOf(":", at);
    if (colon <= at) return null;
    at = colon + 1;
  }
  return at;
}

// A level in SELinux's own form; a text: why it is none; `null`: labels here do not go so far.
function readLevel(text: string): Label | string | null {
  const match = /^s(\d{1,9})(?::(.*))?$/s.exec(text);
  if (match === null) return `${quoted(text)} is no MLS level: expected s0 or s0:c0,c2.c4`;
  const level = Number(match[1]);
  const runs: Run[] = [];
  for (const item of match[2] === undefined ? [] : match[2].split(",")) {
    const run = /^c(\d{1,9})(?:\.c(\d{1,9}))?$/.exec(item);
    if (run === null) return `${quoted(item)} is no category: expected c0 or c2.c4`;
    const first = Number(run[1]);
    const last = run[2] === undefined ? first : Number(run[2]);
    if (run[2] !== undefined && first >= last) return `${quoted(item)}: the first must be below the last`;
    runs.push([first, last]);
  }
  if (level > MAX_LEVEL || runs.some(([, last]) => last > MAX_CATEGORY)) return null;
  return makeLabel(NO_DOI, level, runs);
}
