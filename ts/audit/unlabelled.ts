/**
 * What can be reached without a label: by senders of each unlabelled template, with the label it gives them; by control
 * packets; by nobody else.
 *
 * @module
 */
import { equal, type Label, within } from "../label.ts";
import { translate } from "../policy/dois.ts";
import { type Carried, labelKey } from "./accredited.ts";
import { sayLabel } from "./boxes.ts";
import { anyPlace, CONTROL_PROTOCOLS, type ControlPacket } from "./control.ts";
import { type Finding, finding, listed } from "./finding.ts";
import type { Version } from "./fit.ts";
import type { Opening } from "./openings.ts";
import type { Reach } from "./reach.ts";
import type { Sender } from "./senders.ts";
import { labelRequired } from "./templates.ts";
import { targetName, type Witnesses } from "./witness.ts";

export function unlabelledFindings(reach: Reach, witnesses: Witnesses, control: readonly ControlPacket[]): Finding[] {
  // Templates with one label, and senders of the same versions of IP, reach the same.
  const known = new Map<string, readonly Opening[]>();
  const { templates, translations } = reach.policy;
  const findings = templates.flatMap((template, i) => {
    const senders = ([4, 6] as const).flatMap((version) => reach.senders.byTemplate[version].get(i) ?? []);
    if (template.type !== "unlabelled" || senders.length === 0) return [];
    const label = translate(template.label, translations)!;
    const versions = senders.map(({ version }) => version);
    const key = `${versions} ${labelKey(label)}`;
    const openings = known.get(key) ?? openingsFor(reach, label, versions);
    known.set(key, openings);
    return [outsiders(witnesses, template.name, label, openings, senders)];
  });
  return [...findings, ...labelled(reach, witnesses), ...controlled(reach, witnesses, control)];
}

/** One opening for each partition and binding that unlabelled senders reach with a label. */
function openingsFor(reach: Reach, label: Label, versions: readonly Version[]): Opening[] {
  const isIn = reach.policy.interfaces.map(({ range }) => range === null || within(label, range));
  const comesTo = (opening: Opening): boolean =>
    isIn[opening.place.interface]! &&
    versions.includes(opening.place.version) &&
    (opening.label === null || equal(opening.label, label));
  return reach.openings.flatMap((openings) => {
    const found = new Map<number | null, Opening>();
    for (const opening of openings) {
      if (!found.has(opening.binding) && comesTo(opening)) found.set(opening.binding, opening);
    }
    return [...found.values()];
  });
}

function outsiders(
  witnesses: Witnesses,
  name: string,
  label: Label,
  openings: readonly Opening[],
  senders: readonly Sender[],
): Finding {
  const path = ["templates", name];
  const given = `senders of ${name} get label ${sayLabel(label)}`;
  if (openings.length === 0) return finding("unlabelled", "proved", path, `${given} and reach nothing`);
  const packets = openings.map((opening) => {
    const sender = senders.find(({ version }) => version === opening.place.version)!;
    const carried: Carried = { label, sender, unlabelled: true, option: null };
    return witnesses.at(opening, carried);
  });
  const names = openings.map(({ partition, binding }) => targetName(witnesses.target(partition, binding)));
  return finding("unlabelled", "declared", path, `${given} and reach ${listed(names)}`, packets);
}

//
function labelled(reach: Reach, witnesses: Witnesses): Finding[] {
  const required = labelRequired(reach, witnesses);
  if (required === null) return [];
  const words = "senders of labelled templates reach nothing without a label, but for control packets";
  return [finding("unlabelled", "proved", ["templates"], words, [required.packet])];
}

//
function controlled(reach: Reach, witnesses: Witnesses, packets: readonly ControlPacket[]): Finding[] {
  const { control, partitions } = reach.policy;
  if (packets.length > 0) {
    const names = [...new Set(packets.map(({ target }) => targetName(target)))];
    const words = `control packets from everybody with a template reach ${listed(names)}`;
    return [
      finding(
        "unlabelled",
        "declared",
        ["control"],
        words,
        packets.map(({ witness }) => witness),
      ),
    ];
  }
  const words =
    control === null
      ? "control packets without a label reach nothing: no partition is named for them"
      : `control packets without a label reach nothing: ${partitions[control]!.name} has no binding for them`;
  const reason = control === null ? "NO_PARTITION" : "NO_BINDING";
  for (const version of [4, 6] as const) {
    const [sender] = reach.senders.byTemplate[version].values();
    const place = anyPlace(reach, version);
    if (sender === undefined || place === null) continue;
    const [protocol] = CONTROL_PROTOCOLS[version];
    const packet = { sender, place, label: null, exempt: true, protocol: protocol!, port: 0 };
    return [finding("unlabelled", "proved", ["control"], words, [witnesses.bare(packet, { reason })])];
  }
  return [];
}
