/**
 * Which labels come to which openings: what partitions take, met with what senders may say and what an interface lets in
 * (step 10).
 *
 * @module
 */
import { equal, type Label, within } from "../label.ts";
import type { Policy } from "../policy/model.ts";
import { type Accredited, accreditedOf, type Carried, carriedIn, carry, labelKey, type Span } from "./accredited.ts";
import { type Box, boxOf, meetBoxes } from "./boxes.ts";
import type { Version } from "./fit.ts";
import { type Ground, groundOf, type Opening, openingsOf } from "./openings.ts";
import { type InterfacePlaces, type Place, placesOf } from "./places.ts";
import { type Senders, sendersOf } from "./senders.ts";

/** The labels that can arrive at an interface in one version of IP. */
export interface Arriving {
  readonly points: readonly Carried[];
  /** Parts of spans that are in the interface's range, each with a label that an option carries. */
  readonly parts: readonly { readonly span: Span; readonly box: Box }[];
}

/** Who can send what, where it can go, and what comes of it. */
export class Reach {
  readonly policy: Policy;
  readonly senders: Senders;
  readonly accredited: Readonly<Record<Version, Accredited>>;
  readonly places: readonly InterfacePlaces[];
  readonly ground: Ground;
  /** By partition. */
  readonly openings: readonly (readonly Opening[])[];
  readonly #carried: Readonly<Record<Version, Map<string, Carried | "unfit" | "nobody">>> = {
    4: new Map(),
    6: new Map(),
  };
  readonly #arriving = new Map<string, Arriving>();

  constructor(policy: Policy) {
    this.policy = policy;
    this.senders = sendersOf(policy);
    this.accredited = {
      4: accreditedOf(policy, this.senders, 4),
      6: accreditedOf(policy, this.senders, 6),
    };
    this.places = placesOf(policy);
    const defaults = new Map(
      [...this.accredited[4].defaults, ...this.accredited[6].defaults].map(([key, { label }]) => [key, label]),
    );
    this.ground = groundOf(policy, this.places, [...defaults.values()]);
    this.openings = policy.partitions.map((_, i) => openingsOf(this.ground, i));
  }

  /** How a packet brings a label, or why none does. */
  carry(version: Version, label: Label): Carried | "unfit" | "nobody" {
    const known = this.#carried[version];
    const key = labelKey(label);
    const found = known.get(key) ?? carry(this.accredited[version], label);
    known.set(key, found);
    return found;
  }

  /** How a packet brings a label to an opening, or `null`: none does. */
  bring(opening: Opening, label: Label): Carried | null {
    const { place, way } = opening;
    if (opening.label !== null && !equal(opening.label, label)) return null;
    if (!this.isInRange(place, label)) return null;
    if (way.kind === "acceptLower") return this.accredited[place.version].defaults.get(labelKey(label)) ?? null;
    const carried = this.carry(place.version, label);
    return typeof carried === "string" ? null : carried;
  }

  /** Labels that come to an opening: none if none does, at least two if two do. */
  *labelsAt(opening: Opening): Generator<Carried> {
    if (opening.label !== null) {
      const carried = this.bring(opening, opening.label);
      if (carried !== null) yield carried;
      return;
    }
    const { points, parts } = this.arriving(opening.place);
    yield* points;
    for (const { span, box } of parts) yield* carriedIn(this.accredited[opening.place.version], span, box);
  }

  /** One label that comes to an opening, the partition's own where it does; `null`: none does. */
  firstAt(opening: Opening): Carried | null {
    const own = this.bring(opening, this.policy.partitions[opening.partition]!.label);
    return own ?? this.labelsAt(opening).next().value ?? null;
  }

  /** Whether a label is in the range of a place's interface. */
  isInRange(place: Place, label: Label): boolean {
    const { range } = this.policy.interfaces[place.interface]!;
    return range === null || within(label, range);
  }

  /** The labels that can arrive where a place is. */
  arriving({ interface: index, version }: Pick<Place, "interface" | "version">): Arriving {
    const key = `${index} ${version}`;
    const known = this.#arriving.get(key);
    if (known !== undefined) return known;
    const { range } = this.policy.interfaces[index]!;
    const accredited = this.accredited[version];
    const arriving = {
      points: [...accredited.points.values()].filter(({ label }) => range === null || within(label, range)),
      parts: accredited.spans.flatMap((span) => {
        const box = range === null ? span.box : meetBoxes(span.box, boxOf(range));
        const isCarried = box !== null && carriedIn(accredited, span, box).next().done !== true;
        return isCarried ? [{ span, box }] : [];
      }),
    };
    this.#arriving.set(key, arriving);
    return arriving;
  }
}
