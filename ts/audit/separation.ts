/**
 * Does a label reach two partitions? On shared addresses labels differ (P-14); what else brings a label to a second one is
 * declared by the policy, and shown.
 *
 * @module
 */
import { equal, type Label } from "../label.ts";
import type { Path } from "../policy/report.ts";
import { type Carried, carriedIn, labelKey } from "./accredited.ts";
import { meetBoxes, sayLabel } from "./boxes.ts";
import type { ControlPacket } from "./control.ts";
import { declaredWays } from "./declared.ts";
import { type Finding, finding, listed } from "./finding.ts";
import type { Opening } from "./openings.ts";
import type { Place } from "./places.ts";
import type { Reach } from "./reach.ts";
import { targetName, type Witnesses } from "./witness.ts";

/** Pairs of ranges that are compared for a label of both; beyond, what was not decided is said to be so. */
export const MAX_COMPARISONS = 1_000_000;

/** A label, and two openings of two partitions that it comes to. */
interface Meeting {
  readonly label: Label;
  readonly first: Opening;
  readonly second: Opening;
}

export function separationFindings(reach: Reach, witnesses: Witnesses, control: readonly ControlPacket[]): Finding[] {
  return new Separation(reach, witnesses).find(control);
}

class Separation {
  readonly #reach: Reach;
  readonly #witnesses: Witnesses;
  /** Openings for one label that it comes to, by label. */
  readonly #byLabel = new Map<string, Opening[]>();
  /** Those for their partition's own label among them. */
  readonly #ownLabel = new Map<string, Opening[]>();
  /** Openings for any label that one comes to, by interface and version, of two partitions at most. */
  readonly #anyAt = new Map<string, Opening[]>();
  /** What {@link #guestsAt} found. */
  readonly #guests = new Map<string, readonly Opening[]>();
  /** What {@link #common} found. */
  readonly #commons = new Map<string, Label | "undecided" | null>();
  #comparisons = 0;

  constructor(reach: Reach, witnesses: Witnesses) {
    this.#reach = reach;
    this.#witnesses = witnesses;
    for (const opening of reach.openings.flat()) {
      if (reach.firstAt(opening) === null) continue;
      if (opening.label === null) addOfTwo(this.#anyAt, placeKey(opening.place), opening);
      else {
        addOfTwo(this.#byLabel, labelKey(opening.label), opening);
        if (opening.way.kind === "label") addOfTwo(this.#ownLabel, labelKey(opening.label), opening);
      }
    }
  }

  find(control: readonly ControlPacket[]): Finding[] {
    return [
      finding("separation", "proved", ["partitions"], "on shared addresses no two partitions have one label"),
      ...this.#repeated(),
      ...this.#declared(),
      ...this.#control(control),
    ];
  }

  // P-27: partitions that are kept off shared addresses may repeat a label.
  #repeated(): Finding[] {
    const { partitions } = this.#reach.policy;
    return partitions.flatMap(({ shared, label, name }, i) => {
      const own = shared ? undefined : this.#reach.openings[i]!.find((opening) => this.#isOwn(opening));
      const other = this.#ownLabel.get(labelKey(label))?.find(({ partition }) => partition !== i);
      if (own === undefined || other === undefined) return [];
      const words = `${sayLabel(label)} is the label of ${name} and of ${partitions[other.partition]!.name}`;
      return [this.#finding(["partitions", i, "shared"], words, { label, first: own, second: other })];
    });
  }

  #isOwn(opening: Opening): boolean {
    return opening.way.kind === "label" && this.#reach.firstAt(opening) !== null;
  }

  #declared(): Finding[] {
    const { partitions } = this.#reach.policy;
    return partitions.flatMap(({ name, label }, i) =>
      declaredWays(this.#reach, i).flatMap(({ path, said, openings }) => {
        const reached = openings.filter((opening) => this.#reach.firstAt(opening) !== null);
        const isForeign = reached.some((opening) => {
          for (const carried of this.#reach.labelsAt(opening)) if (!equal(carried.label, label)) return true;
          return false;
        });
        if (!isForeign) {
          const what = reached.length === 0 ? "no packet comes to it" : `no label but ${name}'s own comes to it`;
          return [finding("separation", "proved", path, `${said} of ${name} does nothing: ${what}`)];
        }
        const meeting = this.#meeting(i, reached);
        if (meeting === null) return [];
        if (meeting === "undecided") {
          const words = `not decided: whether ${said} of ${name} takes a label that another partition takes`;
          return [finding("separation", "undecided", path, words)];
        }
        const other = partitions[meeting.second.partition]!.name;
        const words = `${sayLabel(meeting.label)} reaches ${name} through ${said}, and ${other}`;
        return [this.#finding(path, words, meeting)];
      }),
    );
  }

  // A label that comes to one of these openings, and to another partition.
  #meeting(partition: number, openings: readonly Opening[]): Meeting | "undecided" | null {
    const isOther = (opening: Opening): boolean => opening.partition !== partition;
    let undecided = false;
    for (const first of openings) {
      if (first.label !== null) {
        const second = this.#takers(first.label).find(isOther);
        if (second !== undefined) return { label: first.label, first, second };
        continue;
      }
      const guest = this.#guestsAt(first.place).find(isOther);
      if (guest !== undefined) return { label: guest.label!, first, second: guest };
    }
    for (const first of openings) {
      if (first.label !== null) continue;
      for (const others of [this.#anyAt.get(placeKey(first.place)) ?? [], ...this.#anyAt.values()]) {
        const second = others.find(isOther);
        if (second === undefined) continue;
        const label = this.#common(first.place, second.place);
        if (label === "undecided") undecided = true;
        else if (label !== null) return { label, first, second };
      }
    }
    return undecided ? "undecided" : null;
  }

  // Openings that a label comes to.
  #takers(label: Label): Opening[] {
    const any = [...this.#anyAt.values()].flat();
    return [
      ...(this.#byLabel.get(labelKey(label)) ?? []),
      ...any.filter((opening) => this.#reach.bring(opening, label) !== null),
    ];
  }

  // Openings for one label which arrives at this place too: of two partitions, if there are two.
  #guestsAt(place: Place): readonly Opening[] {
    const key = placeKey(place);
    const known = this.#guests.get(key);
    if (known !== undefined) return known;
    const found: Opening[] = [];
    for (const opening of [...this.#byLabel.values()].flat()) {
      if (found.length > 0 && found[0]!.partition === opening.partition) continue;
      if (!this.#arrives(place, opening.label!)) continue;
      found.push(opening);
      if (found.length === 2) break;
    }
    this.#guests.set(key, found);
    return found;
  }

  #arrives(place: Place, label: Label): boolean {
    return this.#reach.isInRange(place, label) && typeof this.#reach.carry(place.version, label) !== "string";
  }

  // A label that arrives at both places.
  #common(a: Place, b: Place): Label | "undecided" | null {
    const key = [placeKey(a), placeKey(b)].sort().join();
    const known = this.#commons.get(key);
    if (known !== undefined) return known;
    const found = this.#findCommon(a, b);
    this.#commons.set(key, found);
    return found;
  }

  #findCommon(a: Place, b: Place): Label | "undecided" | null {
    const [fromA, fromB] = [this.#reach.arriving(a), this.#reach.arriving(b)];
    const shown = (list: Iterable<Carried>, at: Place): Label | null => {
      for (const { label } of list) if (this.#arrives(at, label)) return label;
      return null;
    };
    const point = shown(fromA.points, b) ?? shown(fromB.points, a);
    if (point !== null) return point;
    let undecided = false;
    for (const one of fromA.parts) {
      for (const two of fromB.parts) {
        if (++this.#comparisons > MAX_COMPARISONS) return "undecided";
        const box = meetBoxes(one.box, two.box);
        if (box === null) continue;
        const ofA = [...carriedIn(this.#reach.accredited[a.version], one.span, box)];
        const ofB = [...carriedIn(this.#reach.accredited[b.version], two.span, box)];
        const label = shown(ofA, b) ?? shown(ofB, a);
        if (label !== null) return label;
        // Each has labels that fit its options, and none that was tried fits both.
        if (ofA.length > 0 && ofB.length > 0) undecided = true;
      }
    }
    return undecided ? "undecided" : null;
  }

  // control packets have no label at all.
  #control(packets: readonly ControlPacket[]): Finding[] {
    const [first] = packets;
    if (first === undefined) return [];
    const names = [...new Set(packets.map(({ target }) => targetName(target)))];
    const words = `control packets without a label reach ${listed(names)}, whatever label their sender has`;
    return [finding("separation", "declared", ["control"], words, [first.witness])];
  }

  #finding(path: Path, words: string, { label, first, second }: Meeting): Finding {
    const packets = [first, second].map((opening) => {
      return this.#witnesses.at(opening, this.#reach.bring(opening, label)!);
    });
    return finding("separation", "declared", path, words, packets);
  }
}

function placeKey({ interface: index, version }: Place): string {
  return `${index} ${version}`;
}

// Keeps the first opening of each of the first two partitions.
function addOfTwo(known: Map<string, Opening[]>, key: string, opening: Opening): void {
  const list = known.get(key);
  if (list === undefined) known.set(key, [opening]);
  else if (list.length === 1 && list[0]!.partition !== opening.partition) list.push(opening);
}
