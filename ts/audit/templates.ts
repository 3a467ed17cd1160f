/**
 * Can every template and every host prefix win? The longest prefix that holds a sender does (step 5).
 *
 * @module
 */
import { isGroupAddress, lastOf, unmapped } from "../address.ts";
import { MAX_LEVEL, makeLabel } from "../label.ts";
import type { HostPrefix, Template } from "../policy/model.ts";
import { anyPlace } from "./control.ts";
import { type Finding, finding, listed, type Witness } from "./finding.ts";
import type { Version } from "./fit.ts";
import { UDP } from "./ports.ts";
import { winnersIn } from "./ranges.ts";
import type { Reach } from "./reach.ts";
import type { Sender } from "./senders.ts";
import type { Witnesses } from "./witness.ts";

export function templateFindings(reach: Reach, witnesses: Witnesses): Finding[] {
  const { hosts, templates } = reach.policy;
  const reasons = reasonsOf(reach);
  const byTemplate = templates.map((): HostPrefix[] => []);
  for (const host of hosts) byTemplate[host.template]!.push(host);
  const findings = templates.map((template, i) => {
    const path = ["templates", template.name];
    const own = byTemplate[i]!;
    const winners = own.filter((host) => !reasons.has(host));
    if (winners.length > 0) {
      const words = `${template.name} wins for ${listed(winners.map(({ text }) => text))}`;
      return finding("templates", "proved", path, words, [shown(reach, witnesses, template, i)]);
    }
    const why = own.length === 0 ? "no host has it" : listed([...new Set(own.map((host) => reasons.get(host)!))]);
    return finding("templates", "refuted", path, `${template.name} never wins: ${why}`);
  });
  const losers = hosts.filter((host) => reasons.has(host));
  const prefixes = hosts.length === 1 ? "the host prefix" : `each of ${hosts.length} host prefixes`;
  return [
    ...findings,
    ...(losers.length === 0 && hosts.length > 0
      ? [finding("templates", "proved", ["hosts"], `${prefixes} wins for some address`)]
      : []),
    ...losers.map((host) =>
      finding("templates", "refuted", ["hosts", host.text], `${host.text} never wins: ${reasons.get(host)}`),
    ),
  ];
}

// Why a prefix never wins, of those that never do.
function reasonsOf(reach: Reach): Map<HostPrefix, string> {
  const { hosts } = reach.policy;
  const isOurs = { 4: anyPlace(reach, 4) !== null, 6: anyPlace(reach, 6) !== null };
  const held = new Set(([4, 16] as const).flatMap((octets) => winnersIn(hosts, octets).map(({ host }) => host)));
  const reasons = new Map<HostPrefix, string>();
  for (const host of hosts) {
    const senders = reach.senders.byHost.get(host) ?? [];
    if (senders.some(({ version }) => isOurs[version])) continue;
    reasons.set(host, reasonOf(host, held.has(host), senders));
  }
  return reasons;
}

function reasonOf(host: HostPrefix, isHeld: boolean, senders: readonly Sender[]): string {
  if (!isHeld) return "longer prefixes hold all of its addresses";
  const last = lastOf({ address: host.address, length: host.prefix });
  if (isGroupAddress(host.address) && isGroupAddress(last))
    return "nobody sends from its addresses, they are of groups";
  if (senders.length > 0) return `no interface gets IPv${host.address.length === 4 ? 4 : 6}`;
  return unmapped(last).length === 4 || host.address.length === 16
    ? "longer prefixes hold its addresses but those of groups and the IPv4-mapped ones, which are looked up as IPv4"
    : "longer prefixes hold its addresses but those of groups";
}

// A packet that is dropped as one of a sender with this template is.
function shown(reach: Reach, witnesses: Witnesses, template: Template, index: number): Witness | null {
  for (const version of [4, 6] as const) {
    const sender = reach.senders.byTemplate[version].get(index);
    const place = anyPlace(reach, version);
    if (sender === undefined || place === null) continue;
    return witnesses.bare(
      { sender, place, ...forbidden(template), exempt: false, protocol: UDP, port: 53 },
      reasonFor(template),
    );
  }
  return null;
}

function forbidden(template: Template): { label: ReturnType<typeof makeLabel> | null } {
  if (template.type === "labelled") return { label: null };
  const { doi, level } = template.label;
  return { label: makeLabel(doi, level === MAX_LEVEL ? 0 : level + 1) };
}

function reasonFor({ type }: Template): { reason: "LABEL_REQUIRED" | "SENDER_NOT_ACCREDITED" } {
  return { reason: type === "labelled" ? "LABEL_REQUIRED" : "SENDER_NOT_ACCREDITED" };
}

/** A packet of a labelled sender that sends no label, or `null`: none has such a template. */
export function labelRequired(reach: Reach, witnesses: Witnesses): { version: Version; packet: Witness | null } | null {
  for (const version of [4, 6] as const) {
    const place = anyPlace(reach, version);
    for (const [index, sender] of reach.senders.byTemplate[version]) {
      if (place === null || reach.policy.templates[index]!.type !== "labelled") continue;
      const bare = { sender, place, label: null, exempt: false, protocol: UDP, port: 53 };
      return { version, packet: witnesses.bare(bare, { reason: "LABEL_REQUIRED" }) };
    }
  }
  return null;
}
